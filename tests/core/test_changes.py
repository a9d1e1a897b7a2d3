"""What a change is called, what it asks of the target, and whether anybody loses or gains by it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.factories import (
    LAST_YEAR,
    NEXT_YEAR,
    NOW,
    access,
    change,
    holder,
    lost,
    person,
    role,
)
from doorward.core.changes import gains, kind_of, known_as, loses, named
from doorward.core.people import Access
from doorward.core.ports import Create, Remove, SetAccess
from doorward.core.windows import SECOND, Window

JUNE, JULY = date(2026, 6, 30), date(2026, 7, 31)


def test_a_change_asks_for_its_access():
    assert change(1).write == SetAccess("h1", access(*NEXT_YEAR))


def test_a_newcomers_change_asks_for_a_record():
    anna = person(1)
    made = change(1, kind="create", before=None, newcomer=anna)
    assert made.write == Create("h1", anna, access(*NEXT_YEAR))


def test_a_change_to_nothing_asks_for_removal():
    gone = replace(change(1, wanted=None, kind="delete"), after=None)
    assert gone.write == Remove("h1")


def test_a_removal_without_a_name_cannot_be_asked_for():
    with pytest.raises(ValueError, match="names whom it removes"):
        Remove("")


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (access(end=date(2027, 1, 1)), "extend"),
        (access(end=None), "extend"),
        (access(end=JUNE), "shorten"),
        (access(start=JUNE), "move"),
        (access(doors=("1",)), "change"),
    ],
)
def test_a_change_is_called_by_what_happens_to_the_end(after: Access, kind: str):
    assert kind_of(access(), after) == kind


def test_an_end_where_there_was_none_shortens():
    assert kind_of(access(end=None), access()) == "shorten"


# --- losing and gaining


@pytest.mark.parametrize(
    ("before", "after", "loss", "gain"),
    [
        (access(), access(*NEXT_YEAR), False, True),
        (access(*NEXT_YEAR), access(), True, False),
        (access(), access(), False, False),
        (access(), None, True, False),
        (None, access(), False, True),
        (access(*LAST_YEAR), None, False, False),
        (access(*LAST_YEAR), access(date(2024, 1, 1), date(2024, 2, 1)), False, False),
        (access(*LAST_YEAR), access(), False, True),
        # the past is nobody's loss, the future is
        (access(), access(start=date(2026, 6, 1)), False, False),
        (access(), access(start=JUNE), True, False),
        (access(JUNE, JULY), access(JULY, None), True, True),
        # doors, readers, plans
        (access(doors=("1", "2")), access(doors=("1",)), True, False),
        (access(doors=("1",)), access(doors=("1", "2")), False, True),
        (access(doors=("1",)), access(doors=("2",)), True, True),
        (access(), access(doors=("1",)), False, True),
        (access(end=JUNE, doors=("1", "2")), access(end=JULY, doors=("1",)), True, True),
    ],
)
def test_less_from_now_on_is_a_loss_and_more_is_a_gain(
    before: Access | None, after: Access | None, loss: bool, gain: bool
):
    assert loses(before, after, NOW) == loss
    assert gains(before, after, NOW) == gain


def test_the_factories_say_what_is_so():
    assert change(1).gain
    assert not change(1).loss
    assert lost(1).loss
    assert not lost(1).gain


EPOCH = datetime(2026, 6, 1, tzinfo=UTC)
SECONDS = range(-2, 12)


@st.composite
def small_access(draw: st.DrawFn) -> Access | None:
    if draw(st.booleans()) and draw(st.booleans()):
        return None
    start, end = draw(st.none() | st.integers(0, 9)), draw(st.none() | st.integers(0, 9))
    if start is not None and end is not None and end < start:
        start, end = end, start
    bounds = [None if side is None else EPOCH + side * SECOND for side in (start, end)]
    doors = tuple(sorted(draw(st.sets(st.sampled_from("123"), min_size=1))))
    return Access(Window(*bounds), (("doors", doors),))


def opened(access: Access | None, now: int) -> set[tuple[int, str]]:
    """The obvious implementation: each door in each second from now on."""
    if access is None:
        return set()
    doors = dict(access.options)["doors"]
    return {
        (second, door)
        for second in SECONDS
        if second >= now and access.window.open_at(EPOCH + second * SECOND)
        for door in doors
    }


@given(small_access(), small_access(), st.integers(-1, 10))
def test_losing_is_that_some_door_in_some_second_stays_closed(
    before: Access | None, after: Access | None, now: int
):
    instant = EPOCH + now * SECOND + timedelta(microseconds=3)
    had, has = opened(before, now), opened(after, now)
    assert loses(before, after, instant) == bool(had - has)
    assert gains(before, after, instant) == bool(has - had)


# --- how people are named


def test_a_person_is_shown_by_name_and_address():
    assert named(person(1)) == "First1 Last1 <member1@example.org>"
    assert named(person(1, emails=())) == "First1 Last1"
    assert named(person(1, first_name="", last_name="")) == "<member1@example.org>"
    assert named(person(1, first_name="", last_name="", emails=())) == "club/1"


def test_a_holder_is_shown_by_name_and_address():
    assert known_as(holder(1)) == "First1 Last1 <member1@example.org>"
    assert known_as(holder(1, emails=())) == "First1 Last1"
    assert known_as(holder(1, name="")) == "<member1@example.org>"
    assert known_as(holder(1, name="", emails=())) == "h1"


def test_a_person_knows_her_register():
    assert person(1, role(), key="pool/se/77").source == "pool"


def test_who_is_called_otherwise_neither_loses_nor_gains():
    before, after = access(name=["Anna Berg"]), access(name=["Anna Lind"])
    assert not loses(before, after, NOW)
    assert not gains(before, after, NOW)
    assert kind_of(before, after) == "change"
