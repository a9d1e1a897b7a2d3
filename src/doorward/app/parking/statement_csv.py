"""Statements for a spreadsheet, as Excel and LibreOffice open them in Sweden and Germany.

UTF-8 with a byte order mark, semicolons between cells, a decimal comma, lines ended by CRLF. Text
that a spreadsheet would take for a formula gets an apostrophe in front.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from doorward.app.parking.settling import Account
from doorward.app.parking.words import Row, held, moment, place, plain, rows
from doorward.core.parking.statements import RateTotal

ENCODING = "utf-8-sig"
COLUMNS = (
    "statement target month account person transaction kind booked car_park in out medium"
    " gross vat_rate net vat note"
).split()
SUMMARY = "statement target month account person lines gross vat_rate net vat".split()

_FORMULA = tuple("=+-@＝＋－＠")


def statement_csv(account: Account) -> bytes:
    """An account's month: a row per line, then a `total` per VAT rate, and a `sum`."""
    return encoded([COLUMNS, *_lines(account), *_totals(account)])


def summary_rows(account: Account) -> Iterator[Sequence[str]]:
    """An account in the list of all: a row per VAT rate."""
    lines = str(account.statement.totals.lines)
    for rate in account.statement.totals.rates:
        yield (*_whose(account), lines, *_money(rate))


def encoded(table: Iterable[Sequence[str]], encoding: str = ENCODING) -> bytes:
    """Rows as a file has them."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(table)
    return text.getvalue().encode(encoding)


def harmless(text: str) -> str:
    """Text of others as a cell that stays text."""
    told = plain(text)
    return f"'{told}" if told.startswith(_FORMULA) else told


def number(amount: Decimal) -> str:
    """An amount or a percentage with a decimal comma."""
    return f"{amount:.2f}".replace(".", ",")


def _whose(account: Account) -> tuple[str, ...]:
    one = account.statement
    named = (one.number, one.system, str(one.month), one.account, account.holder.name)
    return tuple(map(harmless, named))


def _lines(account: Account) -> Iterator[Sequence[str]]:
    zone = account.park.zone
    for row in rows(account.statement):
        entry = row.entry
        money = (entry.amount, entry.vat_rate, row.net, entry.vat)
        booked = moment(entry.at, zone, seconds=True)
        visit = (harmless(row.visit.id), entry.kind, booked, *_visit(row, zone))
        yield (*_whose(account), *visit, *map(number, money), harmless(row.note))


def _visit(row: Row, zone: ZoneInfo) -> Sequence[str]:
    visit = row.visit
    left = moment(visit.exit.at, zone, seconds=True) if visit.exit else ""
    came = moment(visit.entry.at, zone, seconds=True)
    return harmless(place(visit.car_park)), came, left, harmless(held(visit.entry.medium))


def _totals(account: Account) -> Iterator[Sequence[str]]:
    totals, nothing = account.statement.totals, ("",) * 5
    for rate in totals.rates:
        yield (*_whose(account), "", "total", *nothing, *_money(rate), "")
    whole = (number(totals.gross), "", number(totals.net), number(totals.vat))
    yield (*_whose(account), "", "sum", *nothing, *whole, "")


def _money(rate: RateTotal) -> Sequence[str]:
    return tuple(map(number, (rate.gross, rate.rate, rate.net, rate.vat)))
