"""Who at a target is which person, as known; and the pairs that a person said are never one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, delete, or_, select

from doorward.core.ports import Origin
from doorward.storage.reads import AnyRow, Reads
from doorward.storage.tables import agreed, apart, links
from doorward.storage.upsert import insert_new, upsert
from doorward.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class KnownLink:
    """A person and a holder who are known to be one, since when, by whom ("": by the rules)."""

    target: str
    person: str
    holder: str
    origin: Origin
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class KeptApart:
    """A person and a holder who are never taken for one."""

    target: str
    person: str
    holder: str
    made_at: datetime
    made_by: str


class Links:
    """Links and pairs kept apart, to be looked at."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def all(
        self, target: str | None = None, person: str | None = None, holder: str | None = None
    ) -> list[KnownLink]:
        """The links, by target and person."""
        query = _about(select(links), links, target, person, holder)
        return self._reads.each(query, _link)

    def apart(
        self, target: str | None = None, person: str | None = None, holder: str | None = None
    ) -> list[KeptApart]:
        """The pairs kept apart, by target and person."""
        query = _about(select(apart), apart, target, person, holder)
        return self._reads.each(query, _apart)


class WritableLinks(Links):
    """Links and pairs kept apart, to be changed."""

    def __init__(self, reads: Reads, writer: Writer) -> None:
        super().__init__(reads)
        self._writer = writer

    async def set(self, target: str, person: str, holder: str, by: str, at: datetime) -> None:
        """This person is that holder, and nobody else is."""
        link = {
            "target": target,
            "person": person,
            "holder": holder,
            "origin": "manual",
            "made_at": at,
            "made_by": by,
        }
        await self._writer.do(lambda connection: _set(connection, link))

    async def remove(self, target: str, person: str) -> bool:
        """Forget a person's link and what was agreed: her holder is no longer kept by the hub.

        The next run looks for her holder anew. False when there was neither.
        """
        return await self._writer.do(lambda connection: _forget(connection, target, person))

    async def never(self, target: str, person: str, holder: str, by: str, at: datetime) -> None:
        """This person is not that holder: a link between them goes, and no rule makes one again."""
        pair = {"target": target, "person": person, "holder": holder, "made_at": at, "made_by": by}
        await self._writer.do(lambda connection: _never(connection, pair))

    async def allow(self, target: str, person: str, holder: str) -> bool:
        """Take back `never`. False when it was never said."""
        query = delete(apart).where(_pair(apart, target, person, holder))
        return await self._writer.do(lambda connection: connection.execute(query).rowcount > 0)


def _set(connection: Connection, link: dict[str, Any]) -> None:
    target, person, holder = link["target"], link["person"], link["holder"]
    for table in (links, agreed):
        others = and_(table.c.holder == holder, table.c.person != person)
        stale = and_(table.c.person == person, table.c.holder != holder)
        connection.execute(delete(table).where(table.c.target == target, or_(others, stale)))
    connection.execute(delete(apart).where(_pair(apart, target, person, holder)))
    upsert(connection, links, [link])


def _forget(connection: Connection, target: str, person: str) -> bool:
    gone = [
        connection.execute(
            delete(table).where(table.c.target == target, table.c.person == person)
        ).rowcount
        for table in (links, agreed)
    ]
    return any(gone)


def _never(connection: Connection, pair: dict[str, Any]) -> None:
    for table in (links, agreed):
        whose = _pair(table, pair["target"], pair["person"], pair["holder"])
        connection.execute(delete(table).where(whose))
    insert_new(connection, apart, [pair])


def _pair(table: Table, target: str, person: str, holder: str) -> Any:
    return and_(table.c.target == target, table.c.person == person, table.c.holder == holder)


def _about(
    query: Select[Any], table: Table, target: str | None, person: str | None, holder: str | None
) -> Select[Any]:
    given = {"target": target, "person": person, "holder": holder}
    for name, value in given.items():
        if value is not None:
            query = query.where(table.c[name] == value)
    return query.order_by(table.c.target, table.c.person, table.c.holder)


def _link(row: AnyRow) -> KnownLink:
    return KnownLink(*row)


def _apart(row: AnyRow) -> KeptApart:
    return KeptApart(*row)
