"""The journal of updates, to be asked: what was written for whom, where, why, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from doorward.core.errors import Kind, Trouble
from doorward.core.people import Access
from doorward.storage.reads import AnyRow, Reads
from doorward.storage.tables import agreed, updates


@dataclass(frozen=True, slots=True)
class Update:
    """One journalled write. `settled_at` None: its outcome was never told.

    `state` is "intended" or how it ended (`doorward.core.journal.State`).
    """

    id: int
    run: int
    target: str
    person: str
    who: str
    email: str
    holder: str
    kind: str
    before: Access | None
    after: Access | None
    wanted: Access | None
    why: str
    origin: str
    loss: bool
    approved_held: bool
    state: str
    trouble: Trouble | None
    intended_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """What is agreed of a person at a target, and since when."""

    target: str
    person: str
    holder: str
    wanted: Access
    shown: Access
    agreed_at: datetime


class History:
    """The journal of updates."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def updates(
        self,
        *,
        person: str | None = None,
        target: str | None = None,
        run: int | None = None,
        states: Sequence[str] = (),
        before: int | None = None,
        limit: int = 100,
    ) -> list[Update]:
        """The latest first, those that fit all that is given; `before` an id, for paging."""
        query = select(updates).order_by(updates.c.id.desc()).limit(limit)
        query = _where(query, person=person, target=target, run=run)
        if states:
            query = query.where(updates.c.state.in_(states))
        if before is not None:
            query = query.where(updates.c.id < before)
        return self._reads.each(query, _update)

    def update(self, id: int) -> Update | None:
        """One of them."""
        return self._reads.first(select(updates).where(updates.c.id == id), _update)

    def agreements(
        self, person: str | None = None, target: str | None = None, holder: str | None = None
    ) -> list[Agreement]:
        """What is agreed now, by target and person."""
        query = select(agreed).order_by(agreed.c.target, agreed.c.person)
        for name, value in (("person", person), ("target", target), ("holder", holder)):
            if value is not None:
                query = query.where(agreed.c[name] == value)
        return self._reads.each(query, _agreement)


def _where(query: Select[Any], **given: Any) -> Select[Any]:
    for name, value in given.items():
        if value is not None:
            query = query.where(updates.c[name] == value)
    return query


def _update(row: AnyRow) -> Update:
    told = row.trouble is not None
    trouble = Trouble(Kind(row.trouble), row.reason or "", row.remedy or "") if told else None
    return Update(
        id=row.id,
        run=row.run,
        target=row.target,
        person=row.person,
        who=row.who,
        email=row.email,
        holder=row.holder,
        kind=row.kind,
        before=row.before,
        after=row.after,
        wanted=row.wanted,
        why=row.why,
        origin=row.origin,
        loss=row.loss,
        approved_held=row.approved_held,
        state=row.state,
        trouble=trouble,
        intended_at=row.intended_at,
        settled_at=row.settled_at,
    )


def _agreement(row: AnyRow) -> Agreement:
    return Agreement(*row)
