"""What systems told of their doors: each happening once, however often it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from doorward.core.inbound import Happening, Mark
from doorward.storage.reads import AnyRow, Reads
from doorward.storage.tables import event_reads, events, links
from doorward.storage.upsert import upsert
from doorward.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class Noted:
    """A happening as it was noted. `person`: the key of whom its holder is linked to, "" if none.

    The link is today's, not that of the day when it happened.
    """

    id: int
    happening: Happening
    received_at: datetime
    person: str


_person = (
    select(links.c.person)
    .where(links.c.target == events.c.system, links.c.holder == events.c.holder)
    .order_by(links.c.person)
    .limit(1)
    .scalar_subquery()
)
_noted = select(events, _person.label("person"))


class Events:
    """The happenings, to be looked at."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def search(
        self,
        *,
        system: str | None = None,
        person: str | None = None,
        since: datetime | None = None,
        limit: int = 100,
    ) -> list[Noted]:
        """Those that happened last first, that fit all that is given.

        `person`: a person's key, or a holder's id. `since` includes its moment.
        """
        query = _noted.order_by(events.c.at.desc(), events.c.id.desc()).limit(limit)
        if system is not None:
            query = query.where(events.c.system == system)
        if person is not None:
            query = query.where(or_(events.c.holder == person, _is_linked(person)))
        if since is not None:
            query = query.where(events.c.at >= since)
        return self._reads.each(query, _shaped)

    def last(self, system: str) -> Noted | None:
        """What a system told last, whenever that happened."""
        query = _noted.where(events.c.system == system).order_by(events.c.id.desc()).limit(1)
        return self._reads.first(query, _shaped)

    def read_up_to(self, system: str) -> Mark | None:
        """Where the last reading of a system ended; None for one that was never read."""
        query = select(event_reads).where(event_reads.c.system == system)
        return self._reads.first(query, lambda row: Mark(row.serial, row.at))


class WritableEvents(Events):
    """The happenings, to be noted: the core's `EventLog`."""

    def __init__(self, reads: Reads, writer: Writer) -> None:
        super().__init__(reads)
        self._writer = writer

    async def note(
        self, batch: Sequence[Happening], received_at: datetime, mark: Mark | None = None
    ) -> int:
        """Keep those not known yet; how many those are. Durable when it returns.

        `mark`: up to where the system of the batch is read now, kept in the same transaction.
        Raises ValueError for a mark without a batch: it would not be known whose it is.
        """
        if mark is not None and not batch:
            raise ValueError("a mark belongs to a batch")
        if not batch:
            return 0
        rows = [_row(one, received_at) for one in batch]
        return await self._writer.do(lambda connection: _note(connection, rows, mark))


def _is_linked(person: str) -> Any:
    query = select(links.c.holder).where(
        links.c.person == person,
        links.c.target == events.c.system,
        links.c.holder == events.c.holder,
    )
    return query.exists()


SLICE = 500  # rows in one statement


def _note(connection: Connection, rows: list[dict[str, Any]], mark: Mark | None) -> int:
    insert, new = _insert_new(connection.dialect.name), 0
    for start in range(0, len(rows), SLICE):
        new += len(connection.scalars(insert, rows[start : start + SLICE]).all())
    if mark is not None:
        read = {"serial": mark.serial, "at": mark.at, "read_at": rows[0]["received_at"]}
        upsert(connection, event_reads, [{"system": rows[0]["system"], **read}])
    return new


@lru_cache
def _insert_new(dialect: str) -> Any:
    """A statement that gives the ids of those rows that were not there."""
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    told_apart = (events.c.system, events.c.serial, events.c.at)
    statement = insert(events).on_conflict_do_nothing(index_elements=told_apart)
    return statement.returning(events.c.id)


_FIELDS = ("system", "serial", "at", "kind", "holder", "name", "door", "text", "late", "raw")


def _row(one: Happening, received_at: datetime) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _FIELDS} | {"received_at": received_at}


def _shaped(row: AnyRow) -> Noted:
    happening = Happening(**{name: getattr(row, name) for name in _FIELDS})
    return Noted(row.id, happening, row.received_at, row.person or "")
