"""Visits that arrive. This is the way that must be quick: a car park delivers all of its visits
here, and is answered only when they are on disk.

Those that wait at the same time are written together: a statement for the visits, one for their
money, and one commit. The database itself tells which were not there yet; only the others are
looked up, and decided one after the other by the core.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from doorward.core.parking.deliveries import Delivered, Stored, patch, put
from doorward.core.parking.entries import Record, State
from doorward.core.parking.visits import Visit
from doorward.storage.parking import bulk
from doorward.storage.parking.entering import add_entries, charge_row
from doorward.storage.parking.rows import moment, visit_of, visit_text, words
from doorward.storage.parking.signs import hear

SECOND = timedelta(seconds=1)
MOST = bulk.MOST  # deliveries in one piece of work
Decide = Callable[[Record | None, Visit], Delivered]
_Key = tuple[str, str]
_Known = dict[_Key, Record]

PUT: Decide = put
PATCH: Decide = patch


class Delivery(NamedTuple):
    """A visit on its way into the store, with what becomes of it when it is new.

    All that is made by the caller's thread, so that the writing one has little left to do.
    """

    decide: Decide
    visit: Visit
    key: _Key
    row: tuple[Any, ...]
    charge: tuple[Any, ...] | None
    new: Delivered
    at: datetime

    @classmethod
    def of(cls, decide: Decide, visit: Visit, raw: str, at: datetime, dialect: str) -> "Delivery":
        """The delivery, with rows as the dialect takes them."""
        new = decide(None, visit)
        assert isinstance(new, Stored), "a visit that is not known is kept"
        row = _visit_row(visit, words(raw), at, dialect)
        charge = charge_row(row[:3], new.entry, row[6]) if new.entry else None
        return cls(decide, visit, row[:2], row, charge, new, at)


class Intake:
    """Takes deliveries in, batch by batch."""

    def __init__(self) -> None:
        self._heard: dict[str, datetime] = {}

    def take(self, connection: Connection, batch: Sequence[Delivery]) -> list[Delivered]:
        """What became of each, in their order; their systems were heard."""
        known = _look_up(connection, {one.key for one in batch if one.decide is PATCH})
        firsts = {one.key: one for one in reversed(batch) if one.key not in known}
        new = _insert(connection, firsts)
        begun = [one.key in new and firsts[one.key] is one for one in batch]
        later = {one.key for one, begins in zip(batch, begun, strict=True) if not begins}
        known |= _look_up(connection, later - known.keys())
        changes = _Changes()
        answers = [
            changes.begin(one) if begins else changes.go_on(one, known)
            for one, begins in zip(batch, begun, strict=True)
        ]
        changes.write(connection)
        self._hear(connection, {one.key[0]: one.at for one in batch})
        return answers

    def _hear(self, connection: Connection, heard: Mapping[str, datetime]) -> None:
        """Remember when systems were heard, to the second: more often costs more than it tells."""
        stale = {
            system: at
            for system, at in heard.items()
            if abs(at - self._heard.get(system, _NEVER)) >= SECOND
        }
        if stale:
            hear(connection, stale)
            self._heard |= stale


class _Changes:
    """What a batch changes beside new visits, gathered to be written at once."""

    def __init__(self) -> None:
        self._entries: list[tuple[Any, ...]] = []
        self._ends: list[tuple[Any, ...]] = []

    def begin(self, one: Delivery) -> Delivered:
        """A visit that was not there."""
        if one.charge is not None:
            self._entries.append(one.charge)
        return one.new

    def go_on(self, one: Delivery, known: _Known) -> Delivered:
        """A visit that is there: decide, and know of it when the next is decided."""
        answer = one.decide(known[one.key], one.visit)
        if isinstance(answer, Stored):
            self._ends.append(_end_row(one, answer))
            if answer.entry is not None:
                self._entries.append(charge_row(one.row[:3], answer.entry, one.row[6]))
            known[one.key] = _record(answer.visit, answer.state)
        return answer

    def write(self, connection: Connection) -> None:
        """Write all of it."""
        if self._ends:
            bulk.run(connection, _END_VISITS, _END, self._ends)
        if self._entries:
            add_entries(connection, self._entries)


_LOOK_UP = """
select p.system, p.visit, p.state, p.document from {rows}
join parking_visits p on p.system = told.system and p.visit = told.visit
"""
_IDS = """
select p.system, p.visit, p.id from {rows}
join parking_visits p on p.system = told.system and p.visit = told.visit
"""
_INSERT_VISITS = """
insert into parking_visits (system, visit, account, card, state, entered_at, left_at, exit_status,
    document, raw, raw_out, received_at, test)
select system, visit, account, card, state, entered_at, left_at, exit_status,
    document, raw, '', received_at, exists (
        select 1 from parking_generations g
        join parking_cards c on c.system = g.system and c.generation = g.generation
        where g.system = told.system and g.state = 'current' and c.card = told.card and c.test)
from {rows} where true on conflict do nothing
"""
_VISIT: bulk.Columns = (
    ("system", "text"),
    ("visit", "text"),
    ("account", "text"),
    ("card", "text"),
    ("state", "text"),
    ("entered_at", "timestamptz"),
    ("left_at", "timestamptz"),
    ("exit_status", "integer"),
    ("document", "text"),
    ("raw", "text"),
    ("received_at", "timestamptz"),
)
_END_VISITS = """
update parking_visits set state = told.state, left_at = told.left_at,
    exit_status = told.exit_status, document = told.document, raw_out = told.raw_out
from {rows} where parking_visits.system = told.system and parking_visits.visit = told.visit
"""
_END: bulk.Columns = (
    ("system", "text"),
    ("visit", "text"),
    ("state", "text"),
    ("left_at", "timestamptz"),
    ("exit_status", "integer"),
    ("document", "text"),
    ("raw_out", "text"),
)


def _insert(connection: Connection, fresh: Mapping[_Key, Delivery]) -> Collection[_Key]:
    """Insert visits where none of their key is; the keys of those that were inserted."""
    if not fresh:
        return ()
    rows = [fresh[key].row for key in sorted(fresh)]  # in order, so that two programs never lock up
    if connection.dialect.name == "postgresql":
        told = bulk.run(connection, _INSERT_VISITS + " returning system, visit", _VISIT, rows)
        return {(row.system, row.visit) for row in told}
    done = bulk.run(connection, _INSERT_VISITS, _VISIT, rows)
    if done.rowcount == len(rows):
        return fresh.keys()
    if not done.rowcount:
        return ()
    # A row id is one more than the largest, and nobody else writes: the new ones are the last.
    before = done.lastrowid - done.rowcount
    found = bulk.run(connection, _IDS, _VISIT[:2], list(fresh))
    return {(row.system, row.visit) for row in found if row.id > before}


def _look_up(connection: Connection, keys: Collection[_Key]) -> _Known:
    """The visits that are there; on PostgreSQL nobody else changes them until the commit."""
    if not keys:
        return {}
    lock = "" if connection.dialect.name == "sqlite" else "order by p.id for update of p"
    rows = bulk.run(connection, _LOOK_UP + lock, _VISIT[:2], sorted(keys))
    return {(row.system, row.visit): _record(visit_of(row.document), row.state) for row in rows}


def _record(visit: Visit, state: State) -> Record:
    return Record(visit=visit, state=state, received_at=_NEVER)


_NEVER = datetime.min.replace(tzinfo=UTC)  # no decision asks when a visit was received


def _visit_row(visit: Visit, raw: str, at: datetime, dialect: str) -> tuple[Any, ...]:
    left = visit.exit
    return (
        words(visit.system),
        words(visit.id),
        words(visit.account),
        words(visit.card),
        visit.status,
        moment(visit.entry.at, dialect),
        moment(left.at, dialect) if left else None,
        left.status if left else None,
        visit_text(visit),
        raw,
        moment(at, dialect),
    )


def _end_row(one: Delivery, answer: Stored) -> tuple[Any, ...]:
    """The end of a visit; the columns are those that a new visit of this delivery would have."""
    left_at, exit_status, document, raw = one.row[6:10]
    return (*one.key, answer.state, left_at, exit_status, document, raw)
