"""The queue of failed updates, kept in `sync_errors`: one open row for a person at a target.

A failed update stays open until a write for the same person and target is done, until nothing is
to be written for her there any more, or until somebody resolves it. Revocations come first.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update

from doorward.core.errors import Kind
from doorward.core.people import Access
from doorward.core.sync import Prepared
from doorward.storage import backlog
from doorward.storage.reads import AnyRow, Reads
from doorward.storage.tables import sync_errors
from doorward.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class FailedUpdate:
    """A failed update, open or resolved. `next_try` None: it waits for a person.

    `message` is what went wrong, `remedy` what helps; `since` is when it failed first and `at`
    when it failed last.
    """

    id: int
    target: str
    person: str
    who: str
    email: str
    holder: str
    kind: str
    after: Access | None
    loss: bool
    why: str
    run: int | None
    update: int | None
    trouble: Kind
    message: str
    remedy: str
    attempts: int
    since: datetime
    at: datetime
    next_try: datetime | None
    resolved: bool
    resolved_at: datetime | None
    resolved_by: str | None


class FailureQueue:
    """The failed updates, to be looked at."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def open(
        self, target: str | None = None, person: str | None = None, limit: int = 1_000
    ) -> list[FailedUpdate]:
        """Those not resolved: revocations first, and of each the longest failing first."""
        query = _about(select(sync_errors), target, person).where(~sync_errors.c.resolved)
        order = (sync_errors.c.loss.desc(), sync_errors.c.failing_since, sync_errors.c.id)
        return self._reads.each(query.order_by(*order).limit(limit), _failed_update)

    def all(
        self, target: str | None = None, person: str | None = None, limit: int = 100
    ) -> list[FailedUpdate]:
        """Resolved ones too, latest first."""
        query = _about(select(sync_errors), target, person)
        return self._reads.each(
            query.order_by(sync_errors.c.id.desc()).limit(limit), _failed_update
        )

    def get(self, id: int) -> FailedUpdate | None:
        """One of them."""
        return self._reads.first(select(sync_errors).where(sync_errors.c.id == id), _failed_update)


class WritableFailureQueue(FailureQueue):
    """The failed updates, to be tried again or taken off. Answers False where none is open."""

    def __init__(self, reads: Reads, writer: Writer) -> None:
        super().__init__(reads)
        self._writer = writer

    async def retry(self, id: int, at: datetime) -> bool:
        """Make it due at once: the next run tries it."""
        return await self._change(id, next_try=at)

    async def skip(self, id: int) -> bool:
        """Leave it alone until somebody asks to retry, or the plan asks for something else."""
        return await self._change(id, next_try=None)

    async def resolve(self, id: int, by: str, at: datetime) -> bool:
        """Take it off the queue; if the plan still asks for it, it is tried anew."""
        return await self._change(id, resolved=True, resolved_at=at, resolved_by=by)

    async def retry_all(self, target: str, at: datetime) -> int:
        """Make everything that failed at a target due at once; how many that is."""
        change = update(sync_errors).where(sync_errors.c.target == target, ~sync_errors.c.resolved)
        return await self._writer.do(
            lambda connection: connection.execute(change.values(next_try=at)).rowcount
        )

    async def resolve_unwanted(self, prepared: Prepared, at: datetime) -> int:
        """Take off what the plan no longer asks for; how many that is.

        Only where that is sure: the plan is whole, the target and the person's register were read
        to their end, her record was readable, and whose holder it is is no question.
        """
        if not prepared.plan.whole:
            return 0
        return await self._writer.do(lambda db: backlog.resolve_unwanted(db, prepared, at))

    async def _change(self, id: int, **values: Any) -> bool:
        change = update(sync_errors).where(sync_errors.c.id == id, ~sync_errors.c.resolved)
        return await self._writer.do(
            lambda connection: connection.execute(change.values(**values)).rowcount == 1
        )


def _about(query: Select[Any], target: str | None, person: str | None) -> Select[Any]:
    if target is not None:
        query = query.where(sync_errors.c.target == target)
    return query if person is None else query.where(sync_errors.c.person == person)


def _failed_update(row: AnyRow) -> FailedUpdate:
    return FailedUpdate(
        id=row.id,
        target=row.target,
        person=row.person,
        who=row.who,
        email=row.email or "",
        holder=row.holder,
        kind=row.kind,
        after=row.after,
        loss=row.loss,
        why=row.why,
        run=row.run,
        update=row.update_id,
        trouble=Kind(row.trouble),
        message=row.error_message or "",
        remedy=row.remedy,
        attempts=row.attempts,
        since=row.failing_since,
        at=row.error_time,
        next_try=row.next_try,
        resolved=row.resolved,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
    )
