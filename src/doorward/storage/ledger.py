"""What a run writes down: the intent before a write, how it ended, and what is agreed since.

Each function is one piece of a transaction; the store gives it a connection and commits.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from doorward.core.changes import Adoption, Change
from doorward.core.journal import Settlement
from doorward.core.ports import Agreed, Origin
from doorward.storage import backlog
from doorward.storage.encoding import end_text
from doorward.storage.memory import OPEN
from doorward.storage.reads import AnyRow
from doorward.storage.tables import agreed, links, people, runs, sync_history, updates
from doorward.storage.upsert import insert_new, upsert

Values = dict[str, Any]

_SETTLE = (
    update(updates)
    .where(updates.c.id == bindparam("update"))
    .values(
        state=bindparam("to"),
        trouble=bindparam("kind_of_trouble"),
        reason=bindparam("because"),
        remedy=bindparam("helps"),
        settled_at=bindparam("at"),
    )
)
_INTEND = insert(updates).returning(updates.c.id, sort_by_parameter_order=True)
_HELD = select(runs.c.approved_held).where(runs.c.id == bindparam("run"))
_EMAILS = select(people.c.key, people.c.email).where(
    people.c.key.in_(bindparam("keys", expanding=True))
)
_JOURNALLED = select(updates).where(updates.c.id.in_(bindparam("ids", expanding=True)))
_REPORT = insert(sync_history)
_FORGET = delete(agreed).where(
    agreed.c.target == bindparam("at_target"),
    agreed.c.person == bindparam("whose"),
    agreed.c.holder == bindparam("gone"),
)
_UNLINK = delete(links).where(
    links.c.target == bindparam("at_target"),
    links.c.person == bindparam("whose"),
    links.c.holder == bindparam("gone"),
    links.c.origin != "manual",
)


def intend(
    connection: Connection, run: int, changes: Sequence[Change], at: datetime
) -> Sequence[int]:
    """Journal what is about to be done; ids in the order of the changes.

    Raises LookupError for a run that was never begun.
    """
    held = connection.scalar(_HELD, {"run": run})
    if held is None:
        raise LookupError(f"there is no run {run}")
    emails = _emails(connection, {change.person for change in changes})
    rows = [
        {
            "run": run,
            "target": change.target,
            "person": change.person,
            "who": change.who,
            "email": emails.get(change.person, ""),
            "holder": change.holder,
            "kind": change.kind,
            "before": change.before,
            "after": change.after,
            "wanted": change.wanted,
            "why": change.why,
            "origin": change.origin,
            "loss": change.loss,
            "approved_held": held,
            "state": "intended",
            "intended_at": at,
        }
        for change in changes
    ]
    if not rows:
        return []
    return connection.scalars(_INTEND, rows).all()


def settle(connection: Connection, settlements: Sequence[Settlement], at: datetime) -> None:
    """Journal how writes ended. What was settled before stays as it was settled.

    Raises LookupError for an id that `intend` never gave.
    """
    written = _journalled(connection, [one.id for one in settlements])
    todo = [(one, written[one.id]) for one in settlements if written[one.id].state in OPEN]
    if not todo:
        return
    connection.execute(_SETTLE, [_settled(one, at) for one, _ in todo])
    _agree(connection, [(row, one) for one, row in todo], at)
    tried = [(one, row) for one, row in todo if one.state != "withdrawn"]
    if tried:
        connection.execute(_REPORT, [_history(one, row, at) for one, row in tried])
    backlog.note(connection, tried, at)


def adopt(connection: Connection, adoptions: Sequence[Adoption], at: datetime) -> None:
    """Keep what is agreed without a write; a failed update for it has become needless."""
    upsert(connection, agreed, [_agreement(one.target, one.agreed, at) for one in adoptions])
    insert_new(
        connection,
        links,
        [_link(one.target, one.agreed, one.origin, at) for one in adoptions],
    )
    pairs = [(one.target, one.agreed.person) for one in adoptions]
    backlog.resolve_pairs(connection, pairs, "in step", at)


def _emails(connection: Connection, persons: Iterable[str]) -> dict[str, str]:
    rows = connection.execute(_EMAILS, {"keys": sorted(persons)})
    return {row.key: row.email for row in rows}


def _journalled(connection: Connection, ids: Sequence[int]) -> dict[int, AnyRow]:
    rows = connection.execute(_JOURNALLED, {"ids": ids})
    found = {row.id: row for row in rows}
    for id in ids:
        if id not in found:
            raise LookupError(f"there is no update {id}")
    return found


def _settled(one: Settlement, at: datetime) -> Values:
    trouble = one.trouble
    return {
        "update": one.id,
        "to": one.state,
        "kind_of_trouble": trouble.kind.value if trouble else None,
        "because": trouble.reason if trouble else None,
        "helps": trouble.remedy if trouble else None,
        "at": at,
    }


def _agree(connection: Connection, todo: Sequence[tuple[AnyRow, Settlement]], at: datetime) -> None:
    """Agreements and links from settlements, in their order: the last word about a person holds."""
    last = {(row.target, row.person): (row, one) for row, one in todo if one.agreed or one.gone}
    kept = [(row, one, one.agreed) for row, one in last.values() if one.agreed]
    upsert(connection, agreed, [_agreement(row.target, now, at) for row, _, now in kept])
    found = [(row, _link(row.target, now, one.origin, at)) for row, one, now in kept]
    upsert(connection, links, [link for row, link in found if row.kind == "create"])
    insert_new(connection, links, [link for row, link in found if row.kind != "create"])
    gone = [
        {"at_target": row.target, "whose": row.person, "gone": row.holder}
        for row, one in last.values()
        if not one.agreed
    ]
    if gone:
        connection.execute(_FORGET, gone)
        connection.execute(_UNLINK, gone)


def _agreement(target: str, now: Agreed, at: datetime) -> Values:
    return {
        "target": target,
        "person": now.person,
        "holder": now.holder,
        "wanted": now.wanted,
        "shown": now.shown,
        "agreed_at": at,
    }


def _link(target: str, now: Agreed, origin: Origin, at: datetime) -> Values:
    return {
        "target": target,
        "person": now.person,
        "holder": now.holder,
        "origin": origin,
        "made_at": at,
        "made_by": "",
    }


def _history(one: Settlement, row: AnyRow, at: datetime) -> Values:
    """A line of `sync_history`; the register's own id is the last part of the person's key."""
    return {
        "email": row.email,
        "cardskipper_id": row.person.rpartition("/")[2],
        "ivms_id": row.holder,
        "previous_end_date": end_text(row.before),
        "new_end_date": end_text(row.after),
        "sync_status": one.state,
        "sync_time": at,
        "target": row.target,
        "person": row.person,
        "kind": row.kind,
        "why": row.why,
        "run": row.run,
        "update_id": row.id,
    }
