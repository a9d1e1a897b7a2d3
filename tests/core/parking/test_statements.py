"""Sums of statements: per line and per visit, the same or nothing."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.parking.world import NOON, after, completed, correction, refund
from doorward.core.parking.deliveries import Stored, put
from doorward.core.parking.entries import Record
from doorward.core.parking.money import of_cents, vat_in
from doorward.core.parking.months import Month
from doorward.core.parking.refunds import correct
from doorward.core.parking.refunds import refund as give_back
from doorward.core.parking.statements import Line, RateTotal, SumsDiffer, checked, statement

OCTOBER = Month(2026, 10)


def lines(known: Record, first: int = 0) -> list[Line]:
    """The lines of a visit from its `first` entry on, those before it being billed."""
    carried = sum((one.amount for one in known.entries[:first]), Decimal(0))
    return [Line(one, known.visit, carried) for one in known.entries[first:]]


def paid(number: int = 1, gross: str = "5.00", rate: str = "19.00") -> Record:
    return after(None, put(None, completed(number, gross, rate)))


def test_vat_is_broken_down_by_rate():
    made = lines(paid(1)) + lines(paid(2, "1.07", "7.00")) + lines(paid(3, "2.00"))
    totals = checked("a1", made)
    assert totals.rates == (
        RateTotal(Decimal("7.00"), Decimal("1.07"), Decimal("0.07")),
        RateTotal(Decimal("19.00"), Decimal("7.00"), Decimal("1.12")),
    )
    assert (totals.lines, totals.gross, totals.vat) == (3, Decimal("8.07"), Decimal("1.19"))
    assert totals.net == Decimal("6.88")
    assert [one.net for one in totals.rates] == [Decimal("1.00"), Decimal("5.88")]


def test_a_visit_given_back_cent_by_cent_leaves_no_vat():
    known = paid(1, "0.05")
    for number in range(5):
        known = after(known, give_back(known, refund(amount="0.01", info=str(number)), NOON))
    totals = checked("a1", lines(known))
    assert (totals.gross, totals.vat, totals.lines) == (0, 0, 6)


def test_a_correction_after_billing_builds_on_what_was_billed():
    known = paid(1, "0.05")
    known = after(known, correct(known, correction(amount="-0.02"), NOON))
    totals = checked("a1", lines(known, first=1))
    assert totals.gross == Decimal("-0.02")
    assert totals.vat == vat_in(Decimal("0.03"), Decimal(19)) - vat_in(Decimal("0.05"), Decimal(19))


def test_a_statement_knows_whose_it_is():
    made = statement("garage", OCTOBER, "a1", lines(paid()))
    assert (made.account, made.number, len(made.lines)) == ("a1", "", 1)
    assert made.totals.gross == Decimal("5.00")


@pytest.mark.covers("wincardcore", rule="sums-twice")
def test_sums_that_differ_stop_everything():
    [line] = lines(paid())
    wrong = replace(line, entry=replace(line.entry, vat=Decimal("0.81")))
    with pytest.raises(SumsDiffer, match="account a1") as stopped:
        checked("a1", [wrong])
    assert stopped.value.account == "a1"
    assert stopped.value.one != stopped.value.other
    assert stopped.value.remedy


@given(st.data())
def test_both_ways_agree_wherever_a_statement_is_cut(data: Any):
    made: list[Line] = []
    gross = Decimal(0)
    for number in range(data.draw(st.integers(0, 5))):
        rate = data.draw(st.sampled_from(["19.00", "7.00", "0.00"]))
        known = paid(number, str(of_cents(data.draw(st.integers(0, 300)))), rate)
        for step in range(data.draw(st.integers(0, 4))):
            part = of_cents(data.draw(st.integers(0, 100)))
            answer = give_back(known, refund(number, str(part), info=str(step)), NOON)
            known = after(known, answer) if isinstance(answer, Stored) else known
        cut = data.draw(st.integers(0, len(known.entries)))
        made += lines(known, cut)
        gross += sum((one.amount for one in known.entries[cut:]), Decimal(0))
    assert checked("a1", made).gross == gross
