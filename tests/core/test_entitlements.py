"""What the rules give, against a model that asks again and again and knows nothing of windows."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.factories import (
    LAST_YEAR,
    NOW,
    STOCKHOLM,
    THIS_YEAR,
    access,
    doors,
    person,
    role,
    rule,
    window,
)
from doorward.core.entitlements import Entitlement, Reason, Rule, entitle, everybody
from doorward.core.people import Membership, Options, Person
from doorward.core.windows import ALWAYS

HAVANA = ZoneInfo("America/Havana")


def given_to(someone: Person, *rules: Rule, now: datetime = NOW) -> Entitlement | None:
    return entitle(someone, rules or (rule(),), "gate", STOCKHOLM, now)


def instant(wall: datetime) -> datetime:
    return wall.replace(tzinfo=STOCKHOLM).astimezone(UTC)


# --- which roles open what


@pytest.mark.parametrize("name", ["Gym", "GYM off-peak", "gym", " Gym ", "gYm 24/7"])
def test_a_pattern_fits_whatever_the_letter_case_and_the_blanks_around(name: str):
    assert rule("gYM*").fits(name)


@pytest.mark.parametrize("name", ["Pool", "A Gym", ""])
def test_a_pattern_fits_no_other_role(name: str):
    assert not rule("Gym*").fits(name)


def test_a_pattern_fits_the_same_letters_in_another_form():
    assert rule("Träning*").fits(unicodedata.normalize("NFD", "TRÄNING barn"))


def test_a_role_with_brackets_in_its_name_fits_that_name():
    assert rule("Gym [A]").fits("Gym [A]")
    assert rule("Gym [AB]").fits("Gym b")


def test_a_rule_gives_nothing_at_a_target_that_it_does_not_name():
    assert given_to(person(), rule(target="pool")) is None


def test_a_role_that_no_rule_names_gives_nothing():
    assert given_to(person(1, role("Board"))) is None


def test_without_rules_every_membership_opens_every_target():
    someone = person(1, Membership("", None, None))
    got = given_to(someone, everybody(["pool", "gate"]))
    assert got is not None
    assert got.access.window == ALWAYS
    assert str(got.reasons[0]) == "rule 'every membership': a membership without an end"


def test_the_reason_says_rule_role_and_dates_as_the_register_has_them():
    reason = Reason("gym", "Gym", date(2026, 1, 1), datetime(2026, 6, 1, 17, 30))
    assert str(reason) == "rule 'gym': role 'Gym' from 2026-01-01 until 2026-06-01 17:30"


def test_two_roles_for_the_same_time_are_one_access_with_both_reasons():
    got = given_to(
        person(1, role("Gym"), role("Gym off-peak")),
        rule("Gym", name="all", doors=("2", "1")),
        rule("Gym off-peak", name="some", doors=("3", "1"), plan=("5",)),
    )
    assert got is not None
    assert got.access == access(doors=("1", "2", "3"), plan=("5",))
    assert [reason.rule for reason in got.reasons] == ["all", "some"]


def test_options_come_in_the_same_order_from_one_role_as_from_two():
    one = given_to(person(1, role("Gym")), rule(doors=("2", "1")))
    two = given_to(person(1, role("Gym"), role("Gym 2")), rule(doors=("2", "1")))
    assert one is not None
    assert two is not None
    assert one.access.options == two.access.options == doors(doors=("1", "2"))


def test_a_membership_that_ends_before_it_begins_is_refused_in_the_registers_words():
    with pytest.raises(ValueError, match="from 2026-05-01 until 2026-04-30 makes no sense"):
        given_to(person(1, role("Gym", date(2026, 5, 1), date(2026, 4, 30))))


def test_a_membership_beyond_the_calendar_is_refused_as_well():
    with pytest.raises(ValueError, match="makes no sense"):
        entitle(person(1, role("Gym", datetime.max, None)), (rule(),), "gate", HAVANA, NOW)


# --- which window


def test_the_window_that_is_open_now_is_the_one():
    got = given_to(person(1, role("Gym", *LAST_YEAR), role("Gym", *THIS_YEAR)))
    assert got is not None
    assert got.access.window == window(LAST_YEAR[0], THIS_YEAR[1])  # they touch


def test_between_two_windows_the_next_one_is_given_and_the_gap_stays_closed():
    spring, autumn = (date(2026, 1, 1), date(2026, 5, 31)), (date(2026, 9, 1), date(2026, 12, 31))
    got = given_to(person(1, role("Gym", *autumn), role("Gym", *spring)))
    assert got is not None
    assert got.access.window == window(*autumn)


def test_when_all_is_over_the_last_window_is_given():
    got = given_to(
        person(1, role("Gym", *LAST_YEAR), role("Gym", date(2024, 1, 1), date(2024, 2, 1)))
    )
    assert got is not None
    assert got.access.window == window(*LAST_YEAR)


# --- the timeline against a slow model

ROLES = {"Gym": doors(doors=("1",)), "Pool": doors(doors=("2",)), "Court": doors(plan=("9",))}
RULES = tuple(rule(name, name=name, **dict(options)) for name, options in ROLES.items())
BASE = datetime(2026, 6, 1, 12)
# Ends that are days last through them; ends that are minutes leave 59 seconds to the next minute.
DAYS = ([BASE.date() + timedelta(place) for place in range(10)], timedelta(hours=12))
MINUTES = ([BASE + timedelta(minutes=place) for place in range(10)], timedelta(seconds=30))


@dataclass(frozen=True)
class Story:
    """Somebody's memberships, the moments at which the model asks, and which of them is now."""

    stays: tuple[Membership, ...]
    moments: tuple[datetime, ...]
    now: datetime


@st.composite
def stories(draw: st.DrawFn) -> Story:
    bounds, step = draw(st.sampled_from([DAYS, MINUTES]))
    stays = draw(st.lists(_stays(bounds), min_size=1, max_size=5))
    before = BASE - 4 * step
    moments = tuple(before + place * step for place in range(30))
    return Story(tuple(stays), moments, draw(st.sampled_from(moments)))


@st.composite
def _stays(draw: st.DrawFn, bounds: Sequence[date]) -> Membership:
    start, end = (
        draw(st.none() | st.sampled_from(bounds)),
        draw(st.none() | st.sampled_from(bounds)),
    )
    if start is not None and end is not None and end < start:
        start, end = end, start
    return Membership(draw(st.sampled_from(sorted(ROLES))), start, end)


def holds(one: Membership, wall: datetime) -> bool:
    """Whether a membership holds when the clock on the wall says so."""
    asked = wall if isinstance(one.start or one.end, datetime) else wall.date()
    return (one.start is None or one.start <= asked) and (one.end is None or asked <= one.end)


def may(story: Story, wall: datetime) -> dict[str, set[str]] | None:
    """What somebody may do at a moment; None when nothing."""
    held = [one for one in story.stays if holds(one, wall)]
    options: dict[str, set[str]] = {}
    for one in held:
        for name, values in ROLES[one.role]:
            options.setdefault(name, set()).update(values)
    return options if held else None


def stretch(story: Story, wall: datetime) -> set[datetime]:
    """The moments around this one in which nothing changes."""
    place, same = story.moments.index(wall), {wall}
    for around in (story.moments[place + 1 :], story.moments[:place][::-1]):
        for other in around:
            if may(story, other) != may(story, wall):
                break
            same.add(other)
    return same


def as_sets(options: Options) -> dict[str, set[str]]:
    return {name: set(values) for name, values in options}


@given(stories())
def test_the_window_and_its_options_are_those_of_a_model_that_asks_each_moment(story: Story):
    got = given_to(person(1, *story.stays), *RULES, now=instant(story.now))
    assert got is not None
    held = [wall for wall in story.moments if may(story, wall) is not None]
    chosen = next((wall for wall in held if wall >= story.now), held[-1])
    opened = {wall for wall in story.moments if got.access.window.open_at(instant(wall))}
    assert opened == stretch(story, chosen)
    assert as_sets(got.access.options) == may(story, chosen)


@given(stories(), st.data())
def test_the_order_of_roles_makes_no_difference(story: Story, data: st.DataObject):
    shuffled = data.draw(st.permutations(story.stays))
    one = given_to(person(1, *story.stays), *RULES, now=instant(story.now))
    other = given_to(person(1, *shuffled), *RULES, now=instant(story.now))
    assert one is not None
    assert other is not None
    assert one.access == other.access


@given(stories())
def test_the_reasons_are_the_roles_that_hold_in_the_window(story: Story):
    got = given_to(person(1, *story.stays), *RULES, now=instant(story.now))
    assert got is not None
    opened = [wall for wall in story.moments if got.access.window.open_at(instant(wall))]
    holding = {one.role for one in story.stays if any(holds(one, wall) for wall in opened)}
    assert {reason.role for reason in got.reasons} == holding
