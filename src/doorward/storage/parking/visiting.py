"""Visits, to be looked at."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, literal, or_, select, true, tuple_

from doorward.core.parking.entries import Entry, Record
from doorward.core.parking.presence import Stay, Stranger
from doorward.core.parking.visits import MADE_ANEW, ROLLED_BACK
from doorward.storage.parking.refunding import visit_record
from doorward.storage.parking.rows import entry_of, record_of, visit_of
from doorward.storage.parking.tables import accounts, cards, entries, generations, visits
from doorward.storage.reads import AnyRow, Reads

PAGE = 1_000
# Written into the statement and not bound: only so can SQLite use the index over the open ones.
_IS_OPEN = visits.c.state == literal("open", literal_execute=True)


class Visits:
    """Visits, to be looked at."""

    _reads: Reads

    def visit(self, system: str, id: str) -> Record | None:
        """One visit with its entries; None when there is none of that id."""
        with self._reads.snapshot() as connection:
            return visit_record(connection, system, id, hold=False)

    def inside(self, system: str | None = None) -> Sequence[Record]:
        """The open visits, of one system or of all, the longest first."""
        query = select(visits).where(_IS_OPEN).order_by(visits.c.entered_at, visits.c.id)
        if system is not None:
            query = query.where(visits.c.system == system)
        return self._records(query)

    def stays(self, since: datetime, until: datetime) -> Iterator[Stay]:
        """Who was in at some moment from `since` up to `until`, page by page."""
        came = select(visits.c.document, visits.c.left_at, visits.c.id)
        came = came.where(visits.c.entered_at < until)
        yield from self._reads.each(came.where(_IS_OPEN), _stay)
        order = (visits.c.left_at, visits.c.id)
        query = came.where(visits.c.left_at > since, _was_in).order_by(*order).limit(PAGE)
        after: Any = true()
        while rows := self._reads.rows(query.where(after)):
            yield from map(_stay, rows)
            after = tuple_(*order) > (rows[-1].left_at, rows[-1].id)

    def strangers(self, system: str, since: datetime, limit: int = 100) -> Sequence[Stranger]:
        """Visits open or ended since then of accounts or cards not listed, the latest first."""
        account, card = _listed(accounts, "account"), _listed(cards, "card")
        query = select(visits, account.label("account_known"), card.label("card_known"))
        query = query.where(visits.c.system == system)
        query = query.where(or_(_IS_OPEN, visits.c.left_at >= since), or_(~account, ~card))
        query = query.order_by(visits.c.entered_at.desc(), visits.c.id.desc()).limit(limit)
        with self._reads.snapshot() as connection:
            rows = connection.execute(query).all()
            money = _money(connection, rows)
        return [
            Stranger(record_of(row, money[row.id]), bool(row.account_known), bool(row.card_known))
            for row in rows
        ]

    def _records(self, query: Select[Any]) -> list[Record]:
        with self._reads.snapshot() as connection:
            rows = connection.execute(query).all()
            money = _money(connection, rows)
        return [record_of(row, money[row.id]) for row in rows]


_was_in = and_(
    visits.c.state.in_(("completed", "aborted")),
    visits.c.exit_status.not_in((ROLLED_BACK, MADE_ANEW)),
)


def _listed(table: Any, column: str) -> Any:
    """Whether a visit's account or card is on its system's current whitelist."""
    current = and_(
        generations.c.system == visits.c.system,
        generations.c.state == "current",
        table.c.system == generations.c.system,
        table.c.generation == generations.c.generation,
        table.c[column] == visits.c[column],
    )
    return exists().where(current)


def _money(connection: Connection, rows: Sequence[AnyRow]) -> dict[int, tuple[Entry, ...]]:
    """The entries of visits by the visits' row ids."""
    found: dict[int, list[Entry]] = {row.id: [] for row in rows}
    ids = list(found)
    same = and_(entries.c.system == visits.c.system, entries.c.visit == visits.c.visit)
    query = select(visits.c.id.label("whose"), entries).join(visits, same).order_by(entries.c.id)
    for start in range(0, len(ids), PAGE):
        for row in connection.execute(query.where(visits.c.id.in_(ids[start : start + PAGE]))):
            found[row.whose].append(entry_of(row))
    return {whose: tuple(money) for whose, money in found.items()}


def _stay(row: AnyRow) -> Stay:
    visit = visit_of(row.document)
    until = visit.exit.at if visit.exit else None
    return Stay(visit.system, visit.car_park, visit.entry.at, until)
