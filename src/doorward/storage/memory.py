"""What the next run reads back: the core's `Memory`, of one moment."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, literal, select

from doorward.core.errors import Kind, Trouble
from doorward.core.ports import Agreed, Failure, Failures, Link, Pending, TargetMemory
from doorward.storage.parking.tables import locks
from doorward.storage.reads import AnyRow
from doorward.storage.tables import agreed, apart, links, sync_errors, updates

LATELY = timedelta(hours=24)  # over which losses are counted together
OPEN = ("intended", "unknown")  # the states of a write whose outcome is not known

# Written into the statement and not bound: only so can SQLite use the indexes over these rows.
_IS_OPEN = updates.c.state.in_([literal(state, literal_execute=True) for state in OPEN])
_IS_DONE = updates.c.state == literal("done", literal_execute=True)


def target_memory(connection: Connection, target: str, now: datetime) -> TargetMemory:
    """Links, agreements, pairs kept apart and recent losses of one target."""
    return TargetMemory(
        links={one.person: one for one in _links(connection, target)},
        agreed={one.person: one for one in _agreed(connection, target)},
        apart=_apart(connection, target),
        lost_lately=_lost(connection, target, now - LATELY),
    )


def locked_people(connection: Connection) -> Mapping[str, Collection[str]]:
    """People of whom an operator has locked a card, with the targets where."""
    query = select(links.c.person, locks.c.system).join(
        locks, (locks.c.system == links.c.target) & (locks.c.account == links.c.holder)
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for person, system in connection.execute(query.where(locks.c.released_at.is_(None))):
        found[person].add(system)
    return found


def pending_writes(connection: Connection) -> Sequence[Pending]:
    """Writes that were cut in between, oldest first."""
    query = select(
        updates.c.id,
        updates.c.target,
        updates.c.person,
        updates.c.holder,
        updates.c.kind,
        updates.c.before,
        updates.c.after,
        updates.c.wanted,
        updates.c.intended_at,
        updates.c.origin,
    )
    query = query.where(_IS_OPEN).order_by(updates.c.id)
    return [_pending(row) for row in connection.execute(query)]


def open_failures(connection: Connection) -> Failures:
    """The failed updates that are not resolved, by target and person."""
    query = select(sync_errors).where(~sync_errors.c.resolved)
    return {(row.target, row.person): failure_of(row) for row in connection.execute(query)}


def failure_of(row: AnyRow) -> Failure:
    """A row of `sync_errors` as the core knows it."""
    return Failure(
        target=row.target,
        person=row.person,
        kind=row.kind,
        after=row.after,
        attempts=row.attempts,
        next_try=row.next_try,
        trouble=Trouble(Kind(row.trouble), row.error_message, row.remedy),
    )


def _pending(row: AnyRow) -> Pending:
    return Pending(*row)


def _links(connection: Connection, target: str) -> list[Link]:
    query = select(links.c.person, links.c.holder, links.c.origin)
    return [Link(*row) for row in connection.execute(query.where(links.c.target == target))]


def _agreed(connection: Connection, target: str) -> list[Agreed]:
    query = select(agreed.c.person, agreed.c.holder, agreed.c.wanted, agreed.c.shown)
    return [Agreed(*row) for row in connection.execute(query.where(agreed.c.target == target))]


def _apart(connection: Connection, target: str) -> frozenset[tuple[str, str]]:
    query = select(apart.c.person, apart.c.holder).where(apart.c.target == target)
    return frozenset((person, holder) for person, holder in connection.execute(query))


def _lost(connection: Connection, target: str, since: datetime) -> frozenset[str]:
    """Who lost access there without a person having approved that very plan."""
    query = select(updates.c.person).distinct()
    query = query.where(updates.c.target == target, updates.c.settled_at >= since)
    query = query.where(_IS_DONE, updates.c.loss, ~updates.c.approved_held)
    return frozenset(connection.scalars(query))
