"""Money given back: what is asked for, never twice, never more than is left, not once billed."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.parking.world import (
    HOUR,
    NOON,
    aborted,
    after,
    completed,
    correction,
    euros,
    opened,
    record,
    refund,
)
from doorward.core.parking.deliveries import Contradiction, Repeat, Stored, put
from doorward.core.parking.entries import Record
from doorward.core.parking.money import of_cents, vat_in
from doorward.core.parking.refunds import Billed, Correction, Refund, Unknown, correct
from doorward.core.parking.refunds import refund as give_back
from doorward.core.parking.visits import Visit


def paid(gross: str = "5.00", **told: Any) -> Record:
    return after(None, put(None, completed(gross=gross, **told)))


def billed(known: Record) -> Record:
    return replace(known, entries=tuple(replace(one, statement="N1") for one in known.entries))


def given_back(known: Record, *asked: Refund) -> Record:
    for one in asked:
        known = after(known, give_back(known, one, NOON + 5 * HOUR))
    return known


@pytest.mark.covers("wincardcore", rule="refund")
def test_a_refund_without_an_amount_gives_all_back():
    known = given_back(paid(), refund(info="Error", info_id=5))
    [charge, back] = known.entries
    assert known.left == 0
    assert (back.kind, back.amount, back.vat) == ("refund", euros("-5.00"), euros("-0.80"))
    assert (back.corrects, back.at) == (charge.id, NOON + 5 * HOUR)
    assert (back.by, back.sent_at) == ("garage-1", "2026-10-05T12:00:00+02:00")
    assert (back.asked, back.info_id, back.info) == (None, 5, "Error")


@pytest.mark.covers("wincardcore", rule="refund")
def test_after_a_partial_refund_one_without_an_amount_gives_back_the_rest():
    known = given_back(paid(), refund(amount="1.50"), refund())
    assert [one.amount for one in known.entries[1:]] == [euros("-1.50"), euros("-3.50")]


@pytest.mark.covers("wincardcore", rule="refund-too-much")
def test_a_refund_of_a_visit_that_is_not_known_is_told():
    assert give_back(None, refund(), NOON) == Unknown()


@pytest.mark.covers("wincardcore", rule="refund-too-much")
def test_more_than_is_left_is_not_given_back():
    known = given_back(paid(), refund(amount="3.00"))
    answer = give_back(known, refund(amount="2.01"), NOON)
    assert answer == Contradiction("2.01 is more than the 2.00 that is left")


def test_nothing_is_given_back_when_nothing_is_left():
    known = given_back(paid(), refund(amount="5.00"))
    assert give_back(known, refund(), NOON) == Contradiction("nothing is left to give back")


@pytest.mark.covers("wincardcore", rule="refund-repeated")
@pytest.mark.parametrize("again", [{}, {"sent_at": "later"}, {"by": "another"}])
def test_a_refund_that_says_the_same_is_a_repeat(again: dict[str, str]):
    known = given_back(paid(), refund(amount="1.50", info="Error", info_id=5))
    asked = refund(amount="1.5", info="Error", info_id=5, **again)
    assert give_back(known, asked, NOON) == Repeat()


@pytest.mark.covers("wincardcore", rule="refund-repeated")
@pytest.mark.parametrize("other", [{"info": "Other"}, {"info_id": 6}, {"amount": "1.00"}])
def test_refunds_that_say_something_else_are_two(other: dict[str, Any]):
    said: dict[str, Any] = {"amount": "1.50", "info": "Error", "info_id": 5}
    known = given_back(paid(), refund(**said))
    assert isinstance(give_back(known, refund(**(said | other)), NOON), Stored)


@pytest.mark.covers("wincardcore", rule="billed-once refund-too-much")
def test_what_is_billed_is_not_given_back_and_a_repeat_still_is_one():
    assert give_back(billed(paid()), refund(), NOON) == Billed("N1")
    known = billed(given_back(paid(), refund(amount="1.00")))
    assert give_back(known, refund(amount="1.00"), NOON) == Repeat()


@pytest.mark.covers("wincardcore", rule="refund")
@pytest.mark.parametrize("visit", [opened(), aborted()])
def test_a_visit_without_a_price_is_cancelled(visit: Visit):
    known = given_back(record(visit), refund(info="wrong gate"))
    assert known.state == "cancelled"
    assert [(one.kind, one.amount) for one in known.entries] == [("cancellation", euros("0.00"))]
    assert give_back(known, refund(info="wrong gate"), NOON) == Repeat()
    assert isinstance(give_back(known, refund(info="again"), NOON), Contradiction)


def test_of_a_visit_without_a_price_no_amount_is_given_back():
    assert isinstance(give_back(record(opened()), refund(amount="1.00"), NOON), Contradiction)


def test_a_visit_for_nothing_can_be_refunded():
    known = given_back(paid("0.00"), refund())
    assert [one.amount for one in known.entries] == [0, 0]


def test_a_refund_counts_no_earlier_than_the_charge():
    known = paid(hours=2)
    answer = give_back(known, refund(), NOON - HOUR)
    assert isinstance(answer, Stored)
    assert answer.entry is not None
    assert answer.entry.at == NOON + 2 * HOUR


@pytest.mark.parametrize("amount", ["-0.01", "1.005"])
def test_an_amount_to_give_back_has_two_places_and_is_not_below_zero(amount: str):
    with pytest.raises(ValueError, match=r"below zero|two places"):
        refund(amount=amount)


@pytest.mark.covers("wincardcore", rule="corrections-appended")
def test_a_correction_changes_what_a_visit_costs_either_way():
    known = paid()
    known = after(known, correct(known, correction(amount="-2.00"), NOON))
    known = after(known, correct(known, correction(amount="1.00"), NOON))
    assert known.left == euros("4.00")
    assert [one.kind for one in known.entries] == ["charge", "correction", "correction"]
    assert {one.corrects for one in known.entries[1:]} == {known.entries[0].id}


@pytest.mark.covers("wincardcore", rule="corrections-appended")
def test_a_correction_is_possible_after_billing():
    assert isinstance(correct(billed(paid()), correction(), NOON), Stored)


def test_a_visit_never_costs_less_than_nothing():
    answer = correct(paid(), correction(amount="-5.01"), NOON)
    assert answer == Contradiction("5.01 is more than the 5.00 that is left")


def test_what_has_no_price_or_is_not_known_cannot_be_corrected():
    assert isinstance(correct(record(opened()), correction(), NOON), Contradiction)
    assert correct(None, correction(), NOON) == Unknown()


@pytest.mark.parametrize("missing", [{"amount": Decimal(0)}, {"info": ""}, {"by": ""}])
def test_a_correction_has_an_amount_a_reason_and_an_author(missing: dict[str, Any]):
    known: dict[str, Any] = {"amount": Decimal(1), "info": "why", "by": "anna"}
    with pytest.raises(ValueError, match="correction"):
        Correction(system="garage", id="1", **(known | missing))


@given(st.integers(0, 5_000), st.sampled_from(["19.00", "7.00", "0.00"]), st.data())
def test_the_vat_of_a_visit_is_always_that_of_what_is_left(cents: int, rate: str, data: Any):
    known = after(None, put(None, completed(gross=str(of_cents(cents)), rate=rate)))
    for number in range(data.draw(st.integers(0, 6))):
        part = data.draw(st.integers(0, int(known.left * 100)))
        asked = refund(amount=str(of_cents(part)), info=str(number))
        answer = give_back(known, asked, NOON)
        if isinstance(answer, Stored):
            known = after(known, answer)
    assert sum(one.vat for one in known.entries) == vat_in(known.left, Decimal(rate))
