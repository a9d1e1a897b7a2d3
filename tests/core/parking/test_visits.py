"""A visit that contradicts itself cannot be made; two that tell the same are equal."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from core.parking.world import BERLIN, NOON, aborted, completed, opened, passage, price
from doorward.core.parking.entries import charge_of
from doorward.core.parking.visits import Price


@pytest.mark.covers("wincardcore", rule="contradictory-visit")
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"system": ""}, "names its system"),
        ({"id": ""}, "has an id"),
        ({"status": "open", "exit": passage()}, "exit"),
        ({"status": "completed", "price": price()}, "exit"),
        ({"status": "completed", "exit": passage()}, "price"),
        ({"status": "aborted", "exit": passage(), "price": price()}, "price"),
        ({"price": price()}, "price"),
    ],
)
def test_a_visit_that_contradicts_itself_is_refused(wrong: dict[str, Any], reason: str):
    with pytest.raises(ValueError, match=reason):
        opened(**wrong)


def test_a_passage_has_a_zone():
    with pytest.raises(ValueError, match="time zone"):
        passage(datetime(2026, 10, 5, 12))


@pytest.mark.parametrize(("gross", "rate"), [("-0.01", "19"), ("1", "-1"), ("0.001", "19")])
def test_a_price_is_an_amount_of_zero_or_more(gross: str, rate: str):
    with pytest.raises(ValueError, match=r"below zero|two places"):
        price(gross, rate)


def test_a_price_is_in_euros():
    with pytest.raises(ValueError, match="CHF"):
        Price(Decimal(1), Decimal(19), currency="CHF")


@pytest.mark.covers("wincardcore", rule="same-instant")
def test_the_same_moment_in_another_zone_is_the_same_visit():
    assert opened(entry=passage(NOON.astimezone(BERLIN))) == opened(entry=passage(NOON))


def test_an_amount_without_its_zeros_is_the_same_visit():
    assert completed(price=price("5", "19")) == completed(price=price("5.00", "19.00"))


@pytest.mark.parametrize(
    ("status", "never_in"), [(101, False), (102, False), (103, True), (104, False), (105, True)]
)
def test_who_was_rolled_back_or_made_anew_was_never_in(status: int, never_in: bool):
    assert aborted(status=status).never_in is never_in


def test_an_open_visit_is_in():
    assert not opened().never_in


def test_a_charge_counts_at_the_exit():
    charge = charge_of(completed(hours=3))
    assert charge is not None
    assert (charge.kind, charge.amount, charge.vat) == ("charge", Decimal("5.00"), Decimal("0.80"))
    assert charge.at == datetime(2026, 10, 5, 13, tzinfo=UTC)


def test_what_has_no_price_has_no_charge():
    assert charge_of(opened()) is None
    assert charge_of(aborted()) is None
