"""Statements, and billing a month in one act."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    case,
    func,
    insert,
    select,
    text,
    update,
)

from doorward.core.parking.money import in_cents, of_cents
from doorward.core.parking.months import Month
from doorward.core.parking.settlement import Bill, Settlement
from doorward.core.parking.statements import Line, Statement, SumsDiffer, Totals
from doorward.storage.parking.rows import entry_of, rates_of, rates_text, visit_of
from doorward.storage.parking.tables import entries, settlements, statements, visits
from doorward.storage.reads import AnyRow, Reads

PAGE = 1_000  # entries
STATEMENTS = 100  # statements that are read at once
_earlier = entries.alias("earlier")
_carried = case(
    (entries.c.kind == "charge", 0),
    else_=select(func.coalesce(func.sum(_earlier.c.amount), 0))
    .where(
        _earlier.c.system == entries.c.system,
        _earlier.c.visit == entries.c.visit,
        _earlier.c.id < entries.c.id,
        _earlier.c.statement.is_not(None),
        _earlier.c.statement != func.coalesce(entries.c.statement, ""),
    )
    .scalar_subquery(),
).label("carried")
_lines = select(entries, visits.c.document, _carried).join(
    visits, and_(visits.c.system == entries.c.system, visits.c.visit == entries.c.visit)
)
_order = (entries.c.account, entries.c.visit, entries.c.id)


class Statements:
    """Statements, and what is to go on one, to be looked at."""

    _reads: Reads

    def last_entry(self, system: str) -> int:
        """The id of the last entry of all; 0 when there is none."""
        [row] = self._reads.rows(select(func.coalesce(func.max(entries.c.id), 0)))
        return int(row[0])

    def unbilled(self, system: str, before: datetime, through: int) -> Iterator[Line]:
        """The entries that are to be billed, by account, visit and id, all of one moment.

        What is put in order is ids alone; the documents are fetched page by page.
        """
        order = select(entries.c.id).where(*_billable(system, before, through)).order_by(*_order)
        with self._reads.snapshot() as connection:
            ids = connection.execute(order, execution_options={"yield_per": PAGE}).scalars()
            for page in ids.partitions():
                rows = connection.execute(_lines.where(entries.c.id.in_(page)).order_by(*_order))
                yield from map(_line, rows)

    def settlement(self, system: str, month: Month) -> Settlement | None:
        """Whether and how a month was settled."""
        return self._reads.first(_settled(system, month), _settlement)

    def settlements(self, system: str) -> Sequence[Settlement]:
        """All of them, by month."""
        query = select(settlements).where(settlements.c.system == system)
        return self._reads.each(query.order_by(settlements.c.month), _settlement)

    def statements(self, system: str, month: Month) -> Iterator[Statement]:
        """The statements of a month with their lines, by number."""
        mine = and_(statements.c.system == system, statements.c.month == str(month))
        query = select(statements).where(mine).order_by(statements.c.sequence).limit(STATEMENTS)
        last = 0
        while heads := self._reads.rows(query.where(statements.c.sequence > last)):
            yield from self._whole(heads)
            last = heads[-1].sequence

    def statement(self, number: str) -> Statement | None:
        """One of them."""
        heads = self._reads.rows(select(statements).where(statements.c.number == number))
        return next(self._whole(heads), None)

    def _whole(self, heads: Sequence[AnyRow]) -> Iterator[Statement]:
        """Statements with their lines."""
        numbers = [head.number for head in heads]
        query = _lines.where(entries.c.statement.in_(numbers)).order_by(*_order)
        lines: dict[str, list[Line]] = {number: [] for number in numbers}
        for row in self._reads.rows(query):
            lines[row.statement].append(_line(row))
        for head in heads:
            totals = Totals(head.account, head.lines, rates_of(head.rates))
            its = tuple(lines[head.number])
            yield Statement(head.system, Month.of(head.month), totals, its, head.number)


def bill(connection: Connection, asked: Bill, at: datetime) -> Settlement:
    """Bill a month; one that is billed already is left as it is. Raises SumsDiffer."""
    if connection.dialect.name == "postgresql":  # two programs that settle at once: one waits
        connection.execute(text("lock table parking_settlements in exclusive mode"))
    done = connection.execute(_settled(asked.system, asked.month)).first()
    if done is not None:
        return _settlement(done)
    _check(connection, asked)
    _write(connection, asked, at)
    gross = sum(in_cents(one.gross) for one in asked.totals)
    row = {
        "system": asked.system,
        "month": str(asked.month),
        "settled_at": at,
        "settled_by": asked.by,
        "statements": len(asked.totals),
        "gross": gross,
    }
    connection.execute(insert(settlements).values(row))
    return _settlement(connection.execute(_settled(asked.system, asked.month)).one())


def _check(connection: Connection, asked: Bill) -> None:
    """The sums once more, by the database: over the entries as they are at this moment."""
    found: dict[str, dict[Any, tuple[int, int]]] = {}
    query = select(
        entries.c.account,
        entries.c.vat_rate,
        func.sum(entries.c.amount),
        func.sum(entries.c.vat),
    ).group_by(entries.c.account, entries.c.vat_rate)
    for account, rate, amount, vat in connection.execute(query.where(*_due(asked))):
        found.setdefault(account, {})[rate] = (int(amount), int(vat))
    wanted = {one.account: _sums(one) for one in asked.totals}
    for account in sorted(found.keys() | wanted.keys()):
        if found.get(account) != wanted.get(account):
            raise SumsDiffer(account, wanted.get(account), found.get(account))


def _sums(totals: Totals) -> Mapping[Any, tuple[int, int]]:
    return {in_cents(one.rate): (in_cents(one.gross), in_cents(one.vat)) for one in totals.rates}


def _write(connection: Connection, asked: Bill, at: datetime) -> None:
    """The statements, and their numbers on the entries that they bill."""
    if not asked.totals:
        return
    month = str(asked.month)
    last = connection.scalar(
        select(func.max(statements.c.sequence)).where(statements.c.month == month)
    )
    rows = [
        _row(asked, totals, sequence, at)
        for sequence, totals in enumerate(asked.totals, (last or 0) + 1)
    ]
    connection.execute(insert(statements), rows)
    number = (
        select(statements.c.number)
        .where(
            statements.c.system == asked.system,
            statements.c.month == month,
            statements.c.account == entries.c.account,
        )
        .scalar_subquery()
    )
    marked = connection.execute(update(entries).where(*_due(asked)).values(statement=number))
    lines = sum(one.lines for one in asked.totals)
    if marked.rowcount != lines:
        raise SumsDiffer("", f"{lines} lines", f"{marked.rowcount} entries")


def _row(asked: Bill, totals: Totals, sequence: int, at: datetime) -> dict[str, Any]:
    return {
        "number": f"{asked.month}-{sequence:05}",
        "system": asked.system,
        "month": str(asked.month),
        "sequence": sequence,
        "account": totals.account,
        "lines": totals.lines,
        "gross": in_cents(totals.gross),
        "vat": in_cents(totals.vat),
        "rates": rates_text(totals.rates),
        "made_at": at,
    }


def _due(asked: Bill) -> tuple[Any, ...]:
    return _billable(asked.system, asked.before, asked.through)


def _billable(system: str, before: datetime, through: int) -> tuple[Any, ...]:
    """What goes on a statement: not yet on one, counted in time, of no test card, with money."""
    return (
        entries.c.statement.is_(None),
        entries.c.system == system,
        entries.c.at < before,
        entries.c.id <= through,
        ~entries.c.test,
        entries.c.kind != "cancellation",
    )


def _settled(system: str, month: Month) -> Select[Any]:
    mine = and_(settlements.c.system == system, settlements.c.month == str(month))
    return select(settlements).where(mine)


def _settlement(row: AnyRow) -> Settlement:
    return Settlement(
        system=row.system,
        month=Month.of(row.month),
        settled_at=row.settled_at,
        by=row.settled_by,
        statements=row.statements,
        gross=of_cents(row.gross),
    )


def _line(row: AnyRow) -> Line:
    return Line(entry_of(row), visit_of(row.document), of_cents(int(row.carried)))
