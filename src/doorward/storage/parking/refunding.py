"""Money given back, cancellations and corrections, each decided on what is there at that moment."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, select, update

from doorward.core.parking.deliveries import Stored
from doorward.core.parking.entries import Record
from doorward.core.parking.refunds import (
    Corrected,
    Correction,
    Refund,
    Refunded,
    correct,
    refund,
)
from doorward.storage.parking.entering import add_entries, entry_row
from doorward.storage.parking.rows import entry_of, record_of
from doorward.storage.parking.tables import entries, visits

Asked = TypeVar("Asked", Refund, Correction)
Answer = TypeVar("Answer", Refunded, Corrected)


def give_back(connection: Connection, asked: Refund, at: datetime) -> Refunded:
    """Refund or cancel."""
    return _apply(connection, asked, refund, at)


def put_right(connection: Connection, made: Correction, at: datetime) -> Corrected:
    """Correct."""
    return _apply(connection, made, correct, at)


def visit_record(connection: Connection, system: str, id: str, *, hold: bool) -> Record | None:
    """A visit with its entries; `hold`: nobody else changes it until the commit."""
    query = select(visits).where(visits.c.system == system, visits.c.visit == id)
    row = connection.execute(query.with_for_update() if hold else query).first()
    if row is None:
        return None
    mine = (entries.c.system == system) & (entries.c.visit == id)
    money = connection.execute(select(entries).where(mine).order_by(entries.c.id))
    return record_of(row, tuple(entry_of(one) for one in money))


def _apply(
    connection: Connection,
    asked: Asked,
    decide: Callable[[Record | None, Asked, datetime], Answer],
    at: datetime,
) -> Answer:
    known = visit_record(connection, asked.system, asked.id, hold=True)
    answer = decide(known, asked, at)
    if isinstance(answer, Stored):
        assert known is not None
        assert answer.entry is not None
        row = entry_row(known.visit, answer.entry, connection.dialect.name)
        add_entries(connection, [row])
        if answer.state != known.state:
            mine = (visits.c.system == asked.system) & (visits.c.visit == asked.id)
            connection.execute(update(visits).where(mine).values(state=answer.state))
    return answer
