"""Adding to the money of visits. An entry of a test card's visit is marked as such."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from doorward.core.parking.entries import Entry
from doorward.core.parking.money import in_cents
from doorward.core.parking.visits import Visit
from doorward.storage.parking import bulk
from doorward.storage.parking.rows import cents, moment, words

_INSERT = """
insert into parking_entries (system, visit, account, kind, amount, vat_rate, vat, at,
    asked, info_id, info, by, sent_at, corrects, test)
select told.system, told.visit, told.account, kind, amount, vat_rate, vat, at,
    asked, info_id, info, by, sent_at, corrects, p.test
from {rows} join parking_visits p on p.system = told.system and p.visit = told.visit
"""
_COLUMNS: bulk.Columns = (
    ("system", "text"),
    ("visit", "text"),
    ("account", "text"),
    ("kind", "text"),
    ("amount", "bigint"),
    ("vat_rate", "integer"),
    ("vat", "bigint"),
    ("at", "timestamptz"),
    ("asked", "bigint"),
    ("info_id", "bigint"),
    ("info", "text"),
    ("by", "text"),
    ("sent_at", "text"),
    ("corrects", "bigint"),
)


def entry_row(visit: Visit, entry: Entry, dialect: str) -> tuple[Any, ...]:
    """An entry of a visit as `add_entries` takes it."""
    return (
        words(visit.system),
        words(visit.id),
        words(visit.account),
        entry.kind,
        in_cents(entry.amount),
        in_cents(entry.vat_rate),
        in_cents(entry.vat),
        moment(entry.at, dialect),
        cents(entry.asked),
        entry.info_id,
        words(entry.info),
        words(entry.by),
        words(entry.sent_at),
        entry.corrects,
    )


def charge_row(whose: tuple[str, ...], charge: Entry, at: Any) -> tuple[Any, ...]:
    """A charge as `add_entries` takes it, of system, visit, account, and when it counts, as rows
    have them: what all visits that are delivered have in common is done with the least effort.
    """
    amounts = (in_cents(charge.amount), in_cents(charge.vat_rate), in_cents(charge.vat))
    return (*whose, charge.kind, *amounts, at, None, None, "", "", "", None)


def add_entries(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Add entries to visits that are there."""
    bulk.run(connection, _INSERT, _COLUMNS, rows)
