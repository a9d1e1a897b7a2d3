"""Deliveries: kept once, repeats told apart from contradictions, whatever order they come in."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.parking.world import (
    CAR_PARK,
    HOUR,
    NOON,
    aborted,
    after,
    completed,
    opened,
    passage,
    record,
    refund,
)
from doorward.core.parking.deliveries import Contradiction, Delivered, Repeat, Stored, patch, put
from doorward.core.parking.entries import Record, charge_of
from doorward.core.parking.refunds import refund as give_back
from doorward.core.parking.visits import CarPark, Visit

Deliver = Callable[[Record | None, Visit], Delivered]
ANY = (opened(), completed(), aborted())


@pytest.mark.parametrize("deliver", [put, patch])
@pytest.mark.parametrize("visit", ANY)
def test_what_is_not_known_is_kept(deliver: Deliver, visit: Visit):
    assert deliver(None, visit) == Stored(visit, visit.status, charge_of(visit))


@pytest.mark.covers("wincardcore", rule="visit-kept")
@pytest.mark.parametrize("deliver", [put, patch])
@pytest.mark.parametrize("visit", ANY)
def test_the_same_again_is_a_repeat(deliver: Deliver, visit: Visit):
    assert deliver(after(None, put(None, visit)), visit) == Repeat()


@pytest.mark.covers("wincardcore", rule="late-entry")
@pytest.mark.parametrize("deliver", [put, patch])
@pytest.mark.parametrize("over", [completed(), aborted()])
def test_a_late_drive_in_never_opens_a_visit_again(deliver: Deliver, over: Visit):
    assert deliver(record(over), opened()) == Repeat()


@pytest.mark.covers("wincardcore", rule="visit-kept")
@pytest.mark.parametrize("deliver", [put, patch])
@pytest.mark.parametrize(
    "other",
    [
        opened(entry=passage(NOON + HOUR)),
        opened(account="somebody else"),
        opened(card="another"),
        opened(car_park=CarPark(7)),
    ],
)
def test_a_different_drive_in_contradicts(deliver: Deliver, other: Visit):
    for known in ANY:
        answer = deliver(record(known), other)
        assert isinstance(answer, Contradiction)
        assert "is known otherwise" in answer.reason


def test_a_contradiction_names_what_differs():
    answer = put(record(completed()), completed(gross="6.00"))
    assert answer == Contradiction("visit 0006-0000000001 is known otherwise: price differ")


def test_a_put_of_an_open_visit_told_otherwise_contradicts():
    assert isinstance(put(record(opened()), completed()), Contradiction)
    renamed = opened(car_park=CarPark(CAR_PARK.id, "Renamed"))
    assert isinstance(put(record(opened()), renamed), Contradiction)


@pytest.mark.covers("wincardcore", rule="visit-completed")
@pytest.mark.parametrize("end", [completed(), aborted()])
def test_an_update_ends_an_open_visit(end: Visit):
    assert patch(record(opened()), end) == Stored(end, end.status, charge_of(end))


def test_an_update_may_call_the_car_park_by_another_name():
    end = completed(car_park=CarPark(CAR_PARK.id, "Renamed"))
    assert isinstance(patch(record(opened()), end), Stored)


@pytest.mark.covers("wincardcore", rule="visit-completed")
def test_a_visit_ends_once():
    assert isinstance(patch(record(completed()), completed(gross="6.00")), Contradiction)
    assert isinstance(patch(record(aborted()), completed()), Contradiction)


def test_a_visit_that_was_cancelled_can_be_aborted_and_stays_cancelled():
    known = record(opened(), state="cancelled")
    assert patch(known, aborted()) == Stored(aborted(), "cancelled")


def test_a_visit_that_was_cancelled_gets_no_price():
    answer = patch(record(opened(), state="cancelled"), completed())
    assert isinstance(answer, Contradiction)
    assert "cancelled" in answer.reason


@pytest.mark.covers("wincardcore", rule="refund visit-kept")
def test_after_a_full_refund_the_same_is_a_repeat_and_another_price_contradicts():
    known = after(None, put(None, completed()))
    known = after(known, give_back(known, refund(), NOON))
    assert put(known, completed()) == Repeat()
    assert isinstance(put(known, completed(gross="6.00")), Contradiction)


def told(known: Record | None, answer: Delivered) -> Record | None:
    return after(known, answer) if isinstance(answer, Stored) else known


@pytest.mark.covers("wincardcore", rule="ten-thousand visit-kept")
@given(st.lists(st.sampled_from(["put in", "patch in", "patch out"]), min_size=1, max_size=12))
def test_in_any_order_and_however_often_a_visit_is_charged_once(order: list[str]):
    known: Record | None = None
    deliveries = {
        "put in": (put, opened()),
        "patch in": (patch, opened()),
        "patch out": (patch, completed()),
    }
    for name in [*order, "patch out"]:
        deliver, visit = deliveries[name]
        answer = deliver(known, visit)
        assert not isinstance(answer, Contradiction)
        known = told(known, answer)
    assert known is not None
    assert (known.visit, known.state, known.left) == (completed(), "completed", Decimal("5.00"))


steps = st.lists(st.sampled_from(["in", "out", "part", "more", "rest"]), max_size=20)


@given(steps)
def test_late_repeats_never_change_what_was_settled(repeats: list[str]):
    story = {
        "in": lambda known: put(known, opened()),
        "out": lambda known: patch(known, completed()),
        "part": lambda known: give_back(known, refund(amount="1.00"), NOON),
        "more": lambda known: give_back(known, refund(amount="1.00", info="again"), NOON),
        "rest": lambda known: give_back(known, refund(info="all of it"), NOON),
    }
    known: Record | None = None
    seen: list[str] = []
    for name, step in story.items():
        seen.append(name)
        answer = step(known)
        assert isinstance(answer, Stored)
        known = after(known, answer)
        for again in repeats:
            if again in seen:
                assert story[again](known) == Repeat()
    assert known is not None
    assert known.left == 0
    assert [one.amount for one in known.entries] == [
        Decimal(amount) for amount in ("5.00", "-1.00", "-1.00", "-3.00")
    ]
