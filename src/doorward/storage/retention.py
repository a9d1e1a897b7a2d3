"""How long things are kept, and dropping what is older.

What is not over is never dropped, however old: writes whose outcome is not known, open failed
updates, open incidents, people who are in a register, visits to a car park that last or are not
billed yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, exists, select

from doorward.storage.calls import trim
from doorward.storage.memory import LATELY, OPEN
from doorward.storage.parking import tables as parking
from doorward.storage.parking.staging import tidy
from doorward.storage.tables import (
    calls,
    events,
    incidents,
    people,
    plans,
    runs,
    sync_errors,
    sync_history,
    updates,
)
from doorward.storage.writer import Writer

SLICE = 5_000  # rows in one transaction, so that a run does not wait long


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Days for which things are kept. `history`: updates, `sync_history` and runs;
    `errors`: resolved ones; `gone`: people who left their register; `most_calls` is a number;
    `parking`: visits, statements and released locks, ten years as tax law asks of vouchers.

    Raises ValueError for less than the two days that the guard looks back over.
    """

    calls: int = 14
    most_calls: int = 20_000
    history: int = 730
    errors: int = 365
    plans: int = 30
    incidents: int = 365
    gone: int = 365
    events: int = 90
    parking: int = 3_653

    def __post_init__(self) -> None:
        days = (self.calls, self.errors, self.plans, self.incidents, self.gone, self.events)
        if min(*days, self.parking, self.most_calls) < 0:
            raise ValueError("a time to keep things cannot be negative")
        if timedelta(days=self.history) < 2 * LATELY:
            raise ValueError("history is kept for two days at least: the guard looks back over it")


async def prune(writer: Writer, keep: Retention, now: datetime) -> dict[str, int]:
    """Drop what is older, slice by slice; how many rows of each table."""
    dropped: dict[str, int] = {}
    for table, old in _old(keep, now):
        dropped[table.name] = await _drop(writer, table, old)
    dropped["calls"] += await writer.do(lambda connection: trim(connection, keep.most_calls))
    await tidy(writer, now)
    return dropped


def _old(keep: Retention, now: datetime) -> Iterator[tuple[Table, Any]]:
    """Each table and which of its rows are old. Updates go before the runs that they belong to."""

    def since(days: int) -> datetime:
        return now - timedelta(days=days)

    history = since(keep.history)
    settled = updates.c.state.not_in(OPEN) & (updates.c.intended_at < history)
    used = exists(select(updates.c.id).where(updates.c.run == runs.c.id))
    yield calls, calls.c.at < since(keep.calls)
    yield updates, settled
    yield sync_history, sync_history.c.sync_time < history
    yield runs, (runs.c.ended < history) & ~used
    yield sync_errors, sync_errors.c.resolved & (sync_errors.c.resolved_at < since(keep.errors))
    yield plans, plans.c.made_at < since(keep.plans)
    yield incidents, incidents.c.recovered_at < since(keep.incidents)
    yield events, events.c.received_at < since(keep.events)
    yield people, people.c.gone_at < since(keep.gone)
    yield from _old_parking(since(keep.parking))


def _old_parking(since: datetime) -> Iterator[tuple[Table, Any]]:
    """The money of visits goes before the visits that it belongs to."""
    visits, entries = parking.visits, parking.entries
    other = entries.alias("other")
    unbilled = exists().where(
        other.c.system == visits.c.system,
        other.c.visit == visits.c.visit,
        other.c.statement.is_(None),
        other.c.kind != "cancellation",
        ~other.c.test,
    )
    over = and_(visits.c.received_at < since, visits.c.state != "open", ~unbilled)
    same = and_(visits.c.system == entries.c.system, visits.c.visit == entries.c.visit)
    yield entries, exists().where(same, over)
    yield visits, over
    yield parking.statements, parking.statements.c.made_at < since
    yield parking.locks, parking.locks.c.released_at < since


async def _drop(writer: Writer, table: Table, old: Any) -> int:
    dropped = 0
    while many := await writer.do(lambda connection: _slice(connection, table, old)):
        dropped += many
    return dropped


def _slice(connection: Connection, table: Table, old: Any) -> int:
    [key] = table.primary_key
    chosen = select(key).where(old).limit(SLICE)
    return connection.execute(delete(table).where(key.in_(chosen))).rowcount
