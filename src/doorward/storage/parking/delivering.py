"""Visits that arrive. This is the way that must be quick: a car park delivers all of its visits
here, and is answered only when they are on disk.

Those that wait at the same time are looked up together, decided one after the other by the core,
and written together: three or four statements and one commit for all of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from doorward.core.parking.deliveries import Delivered, Stored, patch, put
from doorward.core.parking.entries import Record, State, charge_of
from doorward.core.parking.visits import Visit
from doorward.storage.parking import bulk
from doorward.storage.parking.entering import add_entries, entry_row
from doorward.storage.parking.rows import moment, visit_of, visit_text, words
from doorward.storage.parking.signs import hear

MOST = bulk.MOST  # deliveries in one piece of work
Decide = Callable[[Record | None, Visit], Delivered]
_Key = tuple[str, str]
_Known = dict[_Key, Record]

PUT: Decide = put
PATCH: Decide = patch


class Overtaken(Exception):
    """Another process kept one of these visits at the same moment: decide anew."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A visit on its way into the store, with the rows that it makes when it is new.

    The rows are made by the caller's thread, so that the writing one has little left to do.
    """

    decide: Decide
    visit: Visit
    key: _Key
    row: tuple[Any, ...]
    charge: tuple[Any, ...] | None
    raw: str
    at: datetime

    @classmethod
    def of(cls, decide: Decide, visit: Visit, raw: str, at: datetime, dialect: str) -> "Delivery":
        """The delivery, with rows as the dialect takes them."""
        charge = charge_of(visit)
        return cls(
            decide,
            visit,
            (words(visit.system), words(visit.id)),
            _visit_row(visit, words(raw), at, dialect),
            entry_row(visit, charge, dialect) if charge else None,
            words(raw),
            at,
        )


def deliver(connection: Connection, batch: Sequence[Delivery]) -> list[Delivered]:
    """Take visits in; what became of each. Raises Overtaken."""
    known = _look_up(connection, [one.key for one in batch])
    changes = _Changes(connection.dialect.name)
    answers = [changes.take(one, known) for one in batch]
    changes.write(connection)
    hear(connection, {one.key[0]: one.at for one in batch})
    return answers


class _Changes:
    """What a batch changes, gathered to be written at once."""

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect
        self.visits: list[tuple[Any, ...]] = []
        self.entries: list[tuple[Any, ...]] = []
        self.ends: list[tuple[Any, ...]] = []

    def take(self, one: Delivery, known: _Known) -> Delivered:
        """Decide on one delivery, and know of it when the next is decided."""
        found = known.get(one.key)
        answer = one.decide(found, one.visit)
        if not isinstance(answer, Stored):
            return answer
        if found is None:
            self.visits.append(one.row)
        else:
            self.ends.append(_end_row(one, answer, self._dialect))
        if answer.entry is not None and one.charge is not None:
            self.entries.append(one.charge)
        known[one.key] = Record(visit=answer.visit, state=answer.state, received_at=one.at)
        return answer

    def write(self, connection: Connection) -> None:
        """Write all of it."""
        if self.visits:
            new = bulk.run(connection, _INSERT_VISITS, _VISIT, sorted(self.visits, key=_place))
            if new.rowcount != len(self.visits):
                raise Overtaken
        if self.ends:
            bulk.run(connection, _END_VISITS, _END, self.ends)
        if self.entries:
            add_entries(connection, self.entries)


_LOOK_UP = """
select p.system, p.visit, p.state, p.document from {rows}
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


def _look_up(connection: Connection, keys: Sequence[_Key]) -> _Known:
    """The visits that are there; on PostgreSQL nobody else changes them until the commit."""
    lock = "" if connection.dialect.name == "sqlite" else "order by p.id for update of p"
    rows = bulk.run(connection, _LOOK_UP + lock, _VISIT[:2], keys)
    return {(row.system, row.visit): _decided(row.state, row.document) for row in rows}


def _decided(state: State, document: str) -> Record:
    return Record(visit=visit_of(document), state=state, received_at=_NEVER)


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


def _end_row(one: Delivery, answer: Stored, dialect: str) -> tuple[Any, ...]:
    left = answer.visit.exit
    assert left is not None, "what changes a visit that is known is its end"
    at = moment(left.at, dialect)
    return (*one.key, answer.state, at, left.status, visit_text(answer.visit), one.raw)


def _place(row: Sequence[Any]) -> _Key:
    return row[0], row[1]
