"""The month's settlement, against a book in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.parking.world import BERLIN, HOUR, after, completed, passage
from doorward.core.parking.deliveries import put
from doorward.core.parking.months import Month
from doorward.core.parking.settle import NotDue, drafts, settle
from doorward.core.parking.settlement import Bill, Settlement
from doorward.core.parking.statements import Line, SumsDiffer
from doorward.core.parking.visits import Visit

OCTOBER = Month(2026, 10)
LAST = OCTOBER.end(BERLIN)
LATER = LAST + timedelta(days=3)


class Kept:
    """A ledger of lines that all wait to be billed, until they are."""

    def __init__(self, *visits: Visit) -> None:
        known = [after(None, put(None, visit)) for visit in visits]
        self.lines = [
            Line(replace(entry, id=number), one.visit)
            for number, one in enumerate(known, 1)
            for entry in one.entries
        ]
        self.billed: list[Bill] = []
        self.closed: list[Settlement] = []

    def last_entry(self, system: str) -> int:
        return len(self.lines)

    def unbilled(self, system: str, before: datetime, through: int) -> Iterator[Line]:
        due = [one for one in self.lines if one.entry.at < before and one.entry.id <= through]
        return iter(sorted(due, key=lambda line: line.visit.account))

    def settlement(self, system: str, month: Month) -> Settlement | None:
        return next((one for one in self.closed if one.month == month), None)

    def settlements(self, system: str) -> Sequence[Settlement]:
        return self.closed

    async def bill(self, bill: Bill, at: datetime) -> Settlement:
        self.billed.append(bill)
        gross = sum((one.gross for one in bill.totals), Decimal(0))
        done = Settlement(bill.system, bill.month, at, bill.by, len(bill.totals), gross)
        self.closed.append(done)
        return done


def visit(number: int, left: datetime, account: str = "a1") -> Visit:
    return completed(number, account=account, entry=passage(left - 2 * HOUR))


async def test_each_account_gets_a_statement_of_what_counts_before_the_months_end():
    last_second = LAST - timedelta(seconds=1)
    book = Kept(visit(1, last_second), visit(2, LAST), visit(3, last_second, "a2"))
    done = await settle(book, "garage", OCTOBER, BERLIN, LATER, "anna")
    assert (done.statements, done.gross, done.by) == (2, Decimal("10.00"), "anna")
    [bill] = book.billed
    assert [one.account for one in bill.totals] == ["a1", "a2"]
    assert (bill.before, bill.through) == (LAST, 3)


async def test_drafts_are_the_same_and_write_nothing():
    book = Kept(visit(1, LAST - HOUR), visit(2, LAST - HOUR))
    [draft] = drafts(book, "garage", OCTOBER, BERLIN)
    assert (draft.number, draft.totals.gross, len(draft.lines)) == ("", Decimal("10.00"), 2)
    assert list(drafts(book, "garage", OCTOBER, BERLIN, through=0)) == []
    assert book.billed == []


@pytest.mark.covers("wincardcore", rule="billed-once")
async def test_a_month_is_settled_once():
    book = Kept(visit(1, LAST - HOUR))
    first = await settle(book, "garage", OCTOBER, BERLIN, LATER, "anna")
    assert await settle(book, "garage", OCTOBER, BERLIN, LATER + HOUR, "berta") == first
    assert len(book.billed) == 1


async def test_a_month_that_is_not_over_cannot_be_settled():
    with pytest.raises(NotDue, match="not over"):
        await settle(Kept(), "garage", OCTOBER, BERLIN, LAST - HOUR, "anna")


async def test_a_month_before_one_that_is_settled_cannot_be_settled_any_more():
    book = Kept()
    await settle(book, "garage", OCTOBER, BERLIN, LATER, "anna")
    with pytest.raises(NotDue, match="2026-10 of garage is settled"):
        await settle(book, "garage", Month(2026, 9), BERLIN, LATER, "anna")


@pytest.mark.covers("wincardcore", rule="sums-twice")
async def test_a_difference_stops_the_run_before_anything_is_billed():
    book = Kept(visit(1, LAST - HOUR))
    [line] = book.lines
    book.lines = [replace(line, entry=replace(line.entry, vat=Decimal("0.79")))]
    with pytest.raises(SumsDiffer):
        await settle(book, "garage", OCTOBER, BERLIN, LATER, "anna")
    assert book.billed == []


def test_the_zone_decides_on_the_month():
    midnight = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # half past midnight in Berlin
    assert list(drafts(Kept(visit(1, midnight)), "garage", OCTOBER, BERLIN)) == []
