"""The queue of failed updates, kept in `sync_errors`: one open row for a person at a target.

A failed update stays open until a write for the same person and target is done, until nothing is
to be written for her there any more, or until somebody resolves it. Revocations come first.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from doorward.core.errors import Kind, Trouble
from doorward.core.failures import next_try
from doorward.core.journal import Settlement
from doorward.core.people import Access
from doorward.core.reads import Complete
from doorward.core.sync import Prepared
from doorward.storage.reads import AnyRow, Reads
from doorward.storage.tables import sync_errors
from doorward.storage.writer import Writer

Pair = tuple[str, str]  # target, person
FAILED = ("differs", "unknown", "declined")
_UNTOLD = "Look at the update with 'doorward history'."

_RESOLVE = (
    update(sync_errors)
    .where(sync_errors.c.id == bindparam("row"))
    .values(resolved=True, resolved_at=bindparam("at"), resolved_by=bindparam("by"))
)
_ANY_OPEN = select(sync_errors.c.id).where(~sync_errors.c.resolved).limit(1)
_OPEN_PAIRS = select(
    sync_errors.c.id, sync_errors.c.target, sync_errors.c.person, sync_errors.c.holder
).where(~sync_errors.c.resolved)
_OPEN_OF = select(sync_errors).where(
    ~sync_errors.c.resolved,
    sync_errors.c.target.in_(bindparam("targets", expanding=True)),
    sync_errors.c.person.in_(bindparam("persons", expanding=True)),
)


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
        return await self._writer.do(lambda db: _resolve_unwanted(db, prepared, at))

    async def _change(self, id: int, **values: Any) -> bool:
        change = update(sync_errors).where(sync_errors.c.id == id, ~sync_errors.c.resolved)
        return await self._writer.do(
            lambda connection: connection.execute(change.values(**values)).rowcount == 1
        )


def note(connection: Connection, tried: Sequence[tuple[Settlement, AnyRow]], at: datetime) -> None:
    """Bring the queue up to date with how writes ended: what failed is on it, what is done is off.

    A write that was cut and not done changes nothing: the next plan asks for it again.
    """
    waiting = _open_of(connection, {(row.target, row.person) for _, row in tried})
    done: list[int] = []
    for one, row in tried:
        pair = (row.target, row.person)
        if one.state == "done" and pair in waiting:
            done.append(waiting.pop(pair).id)
        elif one.state in FAILED:
            _failed(connection, one, row, waiting.get(pair), at)
            waiting |= _open_of(connection, {pair})
    _resolve(connection, done, "done", at)


def resolve_pairs(connection: Connection, pairs: Iterable[Pair], by: str, at: datetime) -> None:
    """Take these off the queue, as far as they are on it."""
    open_now = _all_open(connection)
    if open_now:
        _resolve(connection, [open_now[pair] for pair in pairs if pair in open_now], by, at)


def _failed(
    connection: Connection, one: Settlement, row: AnyRow, old: AnyRow | None, at: datetime
) -> None:
    trouble = one.trouble or Trouble(Kind.PERMANENT, f"the write ended as '{one.state}'", _UNTOLD)
    again = old is not None and old.after == row.after
    attempts = old.attempts + 1 if old is not None and again else 1
    if old is not None and not again:  # something else is asked for now: it starts anew
        _resolve(connection, [old.id], "replaced", at)
    values = {
        "error_message": trouble.reason,
        "error_time": at,
        "trouble": trouble.kind.value,
        "remedy": trouble.remedy,
        "attempts": attempts,
        "next_try": next_try(trouble, attempts, at),
        "run": row.run,
        "update_id": row.id,
        "kind": row.kind,
        "holder": row.holder,
        "loss": row.loss,
        "why": row.why,
    }
    if old is not None and again:
        connection.execute(update(sync_errors).where(sync_errors.c.id == old.id).values(values))
    else:
        who = {"email": row.email, "person": row.person, "who": row.who, "target": row.target}
        new = {**values, **who, "after": row.after, "failing_since": at, "resolved": False}
        connection.execute(insert(sync_errors), new)


def _resolve(connection: Connection, ids: Collection[int], by: str, at: datetime) -> None:
    if ids:
        connection.execute(_RESOLVE, [{"row": id, "at": at, "by": by} for id in ids])


def _open_of(connection: Connection, pairs: set[Pair]) -> dict[Pair, AnyRow]:
    if connection.scalar(_ANY_OPEN) is None:
        return {}
    targets, persons = zip(*pairs, strict=True)
    rows = connection.execute(_OPEN_OF, {"targets": sorted(set(targets)), "persons": persons})
    return {(row.target, row.person): row for row in rows}


def _all_open(connection: Connection) -> dict[Pair, int]:
    return {(row.target, row.person): row.id for row in connection.execute(_OPEN_PAIRS)}


def _resolve_unwanted(connection: Connection, prepared: Prepared, at: datetime) -> int:
    wanted = {(change.target, change.person) for change in prepared.plan.changes}
    asked = {
        (doubt.target, someone)
        for part in prepared.plan.proposals
        for doubt in part.doubtful
        for someone in (doubt.person, *doubt.candidates)
    }
    needless = [
        id
        for id, target, person, holder in map(tuple, connection.execute(_OPEN_PAIRS))
        if (target, person) not in wanted
        and not asked & {(target, person), (target, holder)}
        and _surely_read(prepared, target, person)
    ]
    _resolve(connection, needless, "no longer wanted", at)
    return len(needless)


def _surely_read(prepared: Prepared, target: str, person: str) -> bool:
    """Whether the plan would have what concerns this person at this target, if there were."""
    holders = prepared.survey.holders.get(target)
    register = prepared.survey.people.get(person.partition("/")[0])
    if not isinstance(holders, Complete) or not isinstance(register, Complete):
        return False
    return not holders.faulty and person not in {record.key for record in register.faulty}


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
