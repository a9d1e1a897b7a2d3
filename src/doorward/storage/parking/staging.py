"""Changing whitelists: staged as a whole and put in place at once, or account by account."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, func, select, update

from doorward.core.parking.ports import WhitelistGone
from doorward.core.parking.whitelist import KnownAccount
from doorward.storage.parking.rows import account_row, card_rows, cards_of
from doorward.storage.parking.signs import fulfil
from doorward.storage.parking.tables import accounts, cards, generations
from doorward.storage.parking.whitelists import current_generation, state_of
from doorward.storage.upsert import upsert
from doorward.storage.writer import Writer

READING = timedelta(hours=1)  # how long a replaced whitelist can still be read
SLICE = 5_000  # rows removed in one transaction
SOME = 500  # keys in one statement


def begin(connection: Connection, system: str, at: datetime) -> int:
    """A new generation to stage; others that are staged are given up."""
    mine = generations.c.system == system
    staged = mine & (generations.c.state == "staged")
    connection.execute(update(generations).where(staged).values(state="dropped"))
    last = connection.scalar(select(func.max(generations.c.generation)).where(mine)) or 0
    row = {"system": system, "generation": last + 1, "state": "staged", "begun_at": at}
    connection.execute(generations.insert().values(row))
    return last + 1


def stage(
    connection: Connection, system: str, generation: int, batch: Sequence[KnownAccount]
) -> None:
    """Add accounts to a staged generation. Raises WhitelistGone."""
    _check_staged(connection, system, generation)
    _write(connection, system, generation, batch)


def adopt(connection: Connection, system: str, generation: int, at: datetime) -> None:
    """Make a staged generation the current one. Raises WhitelistGone."""
    _check_staged(connection, system, generation)
    mine = generations.c.system == system
    old = mine & (generations.c.state == "current")
    connection.execute(update(generations).where(old).values(state="replaced", replaced_at=at))
    new = mine & (generations.c.generation == generation)
    told = {"state": "current", "adopted_at": at}
    begun_at = generations.c.begun_at
    begun = connection.scalar(update(generations).where(new).values(told).returning(begun_at))
    assert begun is not None
    fulfil(connection, system, begun)


def keep(connection: Connection, system: str, batch: Sequence[KnownAccount], at: datetime) -> None:
    """Add or replace accounts of the current generation; the first ones begin one."""
    generation = current_generation(connection, system)
    if generation is None:
        generation = begin(connection, system, at)
        adopt(connection, system, generation, at)
    latest = {account.key: account for account in batch}
    _drop_cards(connection, system, generation, latest)
    _write(connection, system, generation, list(latest.values()))


def forget(connection: Connection, system: str, keys: Sequence[str]) -> None:
    """Remove accounts of the current generation."""
    generation = current_generation(connection, system)
    if generation is not None:
        _drop_cards(connection, system, generation, keys)
        for some in _portions(keys):
            mine = _place(accounts, system, generation) & accounts.c.account.in_(some)
            connection.execute(delete(accounts).where(mine))


async def tidy(writer: Writer, now: datetime) -> int:
    """Remove, slice by slice, the rows of generations that nobody reads any more; how many."""
    removed = 0
    for system, generation in await writer.do(lambda connection: _give_up(connection, now)):
        for table in (accounts, cards):
            while many := await writer.do(_slice(table, system, generation)):
                removed += many
        mine = _place(generations, system, generation)
        await writer.do(lambda connection, mine=mine: _remove(connection, mine))  # type: ignore[misc]
    return removed


def _check_staged(connection: Connection, system: str, generation: int) -> None:
    if state_of(connection, system, generation) != "staged":
        raise WhitelistGone(f"whitelist {generation} of {system} is not staged any more")


def _write(
    connection: Connection, system: str, generation: int, batch: Sequence[KnownAccount]
) -> None:
    upsert(connection, accounts, [account_row(system, generation, one) for one in batch])
    its_cards = [row for one in batch for row in card_rows(system, generation, one)]
    upsert(connection, cards, its_cards)


def _drop_cards(connection: Connection, system: str, generation: int, keys: Iterable[str]) -> None:
    """Remove the cards that these accounts have; not those that went to another one meanwhile."""
    for some in _portions(list(keys)):
        mine = _place(accounts, system, generation) & accounts.c.account.in_(some)
        rows = connection.execute(select(accounts.c.cards).where(mine))
        had = [card.key for row in rows for card in cards_of(row.cards)]
        for portion in _portions(had):
            held = _place(cards, system, generation) & cards.c.card.in_(portion)
            connection.execute(delete(cards).where(held, cards.c.account.in_(some)))


def _give_up(connection: Connection, now: datetime) -> list[tuple[str, int]]:
    """Mark what was replaced long ago as gone, so that nobody reads half of it; all such."""
    old = and_(generations.c.state == "replaced", generations.c.replaced_at < now - READING)
    connection.execute(update(generations).where(old).values(state="dropped"))
    gone = select(generations.c.system, generations.c.generation)
    rows = connection.execute(gone.where(generations.c.state == "dropped"))
    return [(system, generation) for system, generation in rows]


def _slice(table: Table, system: str, generation: int) -> Any:
    *_, key = table.primary_key
    mine = _place(table, system, generation)
    chosen = select(key).where(mine).limit(SLICE)
    query = delete(table).where(mine, key.in_(chosen))
    return lambda connection: connection.execute(query).rowcount


def _remove(connection: Connection, mine: Any) -> None:
    connection.execute(delete(generations).where(mine))


def _place(table: Table, system: str, generation: int) -> Any:
    return (table.c.system == system) & (table.c.generation == generation)


def _portions(keys: Sequence[str]) -> list[Sequence[str]]:
    return [keys[start : start + SOME] for start in range(0, len(keys), SOME)]
