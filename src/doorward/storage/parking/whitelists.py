"""What each car park has acknowledged, in generations: one is current, the others are on their way
in or out.

A replaced generation stays for an hour, for those who are still reading it.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, func, select, true

from doorward.core.parking.ports import WhitelistGone
from doorward.core.parking.whitelist import KnownAccount, Whitelist
from doorward.storage.parking.rows import account_of
from doorward.storage.parking.tables import accounts, cards, generations
from doorward.storage.reads import AnyRow, Reads

READABLE = ("current", "replaced")
DIGESTS = 5_000  # rows in a page of digests


class Whitelists:
    """Whitelists, to be looked at."""

    _reads: Reads

    def whitelist(self, system: str) -> Whitelist | None:
        """The current whitelist; None while none was ever acknowledged."""
        with self._reads.snapshot() as connection:
            row = connection.execute(select(generations).where(*_current(system))).first()
            return None if row is None else _described(connection, row)

    def account(self, system: str, key: str) -> KnownAccount | None:
        """One account of it."""
        query = _account_of(system).where(accounts.c.account == key)
        return self._reads.first(query, account_of)

    def account_of_card(self, system: str, card: str) -> KnownAccount | None:
        """The account that holds a card."""
        held = (
            (cards.c.system == accounts.c.system)
            & (cards.c.generation == accounts.c.generation)
            & (cards.c.account == accounts.c.account)
        )
        query = _account_of(system).join(cards, held).where(cards.c.card == card)
        return self._reads.first(query, account_of)

    def accounts(self, system: str, page: int = 1_000) -> Iterator[KnownAccount]:
        """All of it by key, page by page. Raises WhitelistGone."""
        for row in self._pages(system, select(accounts), page):
            yield account_of(row)

    def digests(self, system: str) -> Iterator[tuple[str, str]]:
        """Keys and digests by key. Raises WhitelistGone."""
        for row in self._pages(system, select(accounts.c.account, accounts.c.digest), DIGESTS):
            yield row.account, row.digest

    def _pages(self, system: str, query: Select[Any], page: int) -> Iterator[AnyRow]:
        """The rows of the whitelist that is current now, also if it is replaced meanwhile."""
        with self._reads.snapshot() as connection:
            generation = current_generation(connection, system)
        if generation is None:
            return
        mine = (accounts.c.system == system) & (accounts.c.generation == generation)
        query = query.where(mine).order_by(accounts.c.account).limit(page)
        after: Any = true()
        while rows := self._page(system, generation, query.where(after)):
            yield from rows
            if len(rows) < page:
                return
            after = accounts.c.account > rows[-1].account

    def _page(self, system: str, generation: int, query: Select[Any]) -> list[AnyRow]:
        with self._reads.snapshot() as connection:
            if state_of(connection, system, generation) not in READABLE:
                raise WhitelistGone(f"the whitelist of {system} was replaced while it was read")
            return list(connection.execute(query))


def current_generation(connection: Connection, system: str) -> int | None:
    """Which generation is current."""
    return connection.scalar(select(generations.c.generation).where(*_current(system)))


def state_of(connection: Connection, system: str, generation: int) -> str | None:
    """How far a generation is."""
    mine = (generations.c.system == system) & (generations.c.generation == generation)
    return connection.scalar(select(generations.c.state).where(mine))


def holder_of(connection: Connection, system: str, card: str) -> str | None:
    """The key of the account that holds a card."""
    query = select(cards.c.account).join(generations, _same(cards))
    return connection.scalar(query.where(*_current(system), cards.c.card == card))


def _described(connection: Connection, row: AnyRow) -> Whitelist:
    """A generation with its counts."""
    counts = [
        connection.scalar(
            select(func.count())
            .select_from(table)
            .where(table.c.system == row.system, table.c.generation == row.generation)
        )
        for table in (accounts, cards)
    ]
    return Whitelist(
        row.system, row.generation, row.adopted_at, accounts=counts[0] or 0, cards=counts[1] or 0
    )


def _account_of(system: str) -> Select[Any]:
    return select(accounts).join(generations, _same(accounts)).where(*_current(system))


def _current(system: str) -> tuple[Any, ...]:
    return generations.c.system == system, generations.c.state == "current"


def _same(table: Any) -> Any:
    return (table.c.system == generations.c.system) & (
        table.c.generation == generations.c.generation
    )
