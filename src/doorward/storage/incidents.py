"""Incidents: something that is wrong from one moment to another, told once and not every time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from doorward.storage.reads import AnyRow, Reads
from doorward.storage.tables import incidents
from doorward.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class Incident:
    """What is or was wrong. `key` names the matter: one incident of a key is open at a time.

    `times` is how often it was seen; `recovered_at` None: it is still open.
    """

    id: int
    key: str
    text: str
    remedy: str
    opened_at: datetime
    last_seen_at: datetime
    times: int
    last_notified_at: datetime | None
    recovered_at: datetime | None


class Incidents:
    """The incidents, to be looked at."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def all(self, *, only_open: bool = False, limit: int = 100) -> list[Incident]:
        """The latest first."""
        query = select(incidents).order_by(incidents.c.id.desc()).limit(limit)
        if only_open:
            query = query.where(incidents.c.recovered_at.is_(None))
        return self._reads.each(query, _incident)

    def of(self, key: str) -> Incident | None:
        """The open one of this key."""
        return self._reads.first(_open(key), _incident)


class WritableIncidents(Incidents):
    """The incidents, to be opened and closed."""

    def __init__(self, reads: Reads, writer: Writer) -> None:
        super().__init__(reads)
        self._writer = writer

    async def open(self, key: str, text: str, at: datetime, remedy: str = "") -> Incident:
        """It is wrong: a new incident, or the open one of this key, seen once more."""
        return await self._writer.do(
            lambda connection: _seen(connection, key, {"text": text, "remedy": remedy}, at)
        )

    async def notified(self, key: str, at: datetime) -> None:
        """Somebody was told of the open one."""
        change = update(incidents).where(incidents.c.key == key, incidents.c.recovered_at.is_(None))
        await self._writer.do(
            lambda connection: connection.execute(change.values(last_notified_at=at)).rowcount
        )

    async def recover(self, key: str, at: datetime) -> Incident | None:
        """It is right again: the incident that was open, now closed; None when there was none."""
        change = update(incidents).where(incidents.c.key == key, incidents.c.recovered_at.is_(None))
        closing = change.values(recovered_at=at).returning(*incidents.c)
        return await self._writer.do(lambda connection: _one(connection.execute(closing).first()))


def _seen(connection: Connection, key: str, told: dict[str, str], at: datetime) -> Incident:
    old = connection.execute(_open(key)).first()
    if old is None:
        new = {"key": key, "opened_at": at, "last_seen_at": at, "times": 1, **told}
        row = connection.execute(insert(incidents).returning(*incidents.c), [new]).one()
    else:
        again = {"last_seen_at": at, "times": old.times + 1, **told}
        change = update(incidents).where(incidents.c.id == old.id).values(again)
        row = connection.execute(change.returning(*incidents.c)).one()
    return _incident(row)


def _open(key: str) -> Any:
    return select(incidents).where(incidents.c.key == key, incidents.c.recovered_at.is_(None))


def _one(row: AnyRow | None) -> Incident | None:
    return None if row is None else _incident(row)


def _incident(row: AnyRow) -> Incident:
    return Incident(*row)
