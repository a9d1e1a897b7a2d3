"""Keeping the queue of failed updates in step: with how writes ended, and with what is planned."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from doorward.core.errors import Kind, Trouble
from doorward.core.failures import next_try
from doorward.core.journal import Settlement
from doorward.core.reads import Complete
from doorward.core.sync import Prepared
from doorward.storage.reads import AnyRow
from doorward.storage.tables import sync_errors

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


def resolve_unwanted(connection: Connection, prepared: Prepared, at: datetime) -> int:
    """Take off what a whole plan no longer asks for, where that is sure; how many that is."""
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
