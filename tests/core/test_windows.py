"""Windows against an implementation that is slow and obvious: the set of their seconds."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.factories import STOCKHOLM, window
from doorward.core.windows import (
    ALWAYS,
    SECOND,
    Window,
    first_moment,
    last_moment,
    touching,
    wall_bounds,
)

SANTIAGO = ZoneInfo("America/Santiago")  # 2026-09-06 begins at 01:00
CAIRO = ZoneInfo("Africa/Cairo")  # 2026-04-24 begins at 01:00
HAVANA = ZoneInfo("America/Havana")  # 2026-11-01 has its midnight twice
ZONES = [STOCKHOLM, SANTIAGO, CAIRO, HAVANA, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
RANGE = range(-3, 14)

seconds = st.integers(0, 10)
sides = st.none() | seconds


def at(second: int) -> datetime:
    return EPOCH + second * SECOND


@st.composite
def small_windows(draw: st.DrawFn) -> Window:
    """Windows within eleven seconds, open on either side or none."""
    start, end = draw(sides), draw(sides)
    if start is not None and end is not None and end < start:
        start, end = end, start
    return Window(None if start is None else at(start), None if end is None else at(end))


def held(*windows: Window) -> set[int]:
    """The obvious implementation: each second asked of each window."""
    return {
        second
        for second in RANGE
        for one in windows
        if (one.start is None or one.start <= at(second))
        and (one.end is None or at(second) <= one.end)
    }


# --- what a window says of an instant


@given(small_windows(), st.sampled_from(RANGE), st.integers(0, 999_999))
def test_a_window_is_open_in_each_of_its_seconds_to_their_last_fraction(
    one: Window, second: int, fraction: int
):
    instant = at(second) + timedelta(microseconds=fraction)
    assert one.open_at(instant) == (second in held(one))
    assert one.over_at(instant) == (not held(one) & set(range(second, RANGE.stop)))


@given(small_windows(), st.sampled_from(RANGE))
def test_what_is_left_from_now_on_is_what_lies_ahead(one: Window, second: int):
    left = one.from_now(at(second) + timedelta(microseconds=5))
    ahead = {other for other in held(one) if other >= second}
    assert (held(left) if left else set()) == ahead


@given(small_windows(), small_windows())
def test_a_window_covers_another_when_it_holds_in_all_of_its_seconds(one: Window, other: Window):
    assert one.covers(other) == (held(other) <= held(one))


@given(small_windows())
def test_only_a_window_that_is_open_on_both_sides_covers_always(one: Window):
    assert one.covers(ALWAYS) == (one == ALWAYS)


# --- several windows


@given(small_windows(), small_windows())
def test_windows_touch_when_no_closed_second_lies_between(one: Window, other: Window):
    earlier, later = sorted((one, other), key=lambda each: each.start or at(-3))
    between = set(RANGE) - held(earlier, later)
    gap = {second for second in between if not later.over_at(at(second))}
    begun = {second for second in gap if earlier.start is None or at(second) > earlier.start}
    assert touching(earlier, later) == (not begun)


def test_a_window_without_an_end_touches_whatever_comes_later():
    assert touching(Window(at(0), None), Window(at(9), at(9)))
    assert touching(Window(at(0), at(1)), Window(None, at(9)))


# --- what cannot be made


def test_a_window_that_ends_before_it_begins_cannot_be_made():
    with pytest.raises(ValueError, match="before it begins"):
        Window(at(5), at(4))


def test_a_time_without_a_zone_is_no_moment():
    with pytest.raises(ValueError, match="no time zone"):
        Window(datetime(2026, 1, 1), None)


# --- the same access is the same window


def test_windows_are_equal_in_whatever_zone_their_times_came():
    paris = datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert Window(paris, None) == Window(datetime(2026, 5, 1, 10, tzinfo=UTC), None)


def test_windows_are_equal_also_in_the_hour_that_comes_twice():
    twice = datetime(2026, 10, 25, 2, 30, tzinfo=STOCKHOLM, fold=1)
    assert Window(None, twice) == Window(None, datetime(2026, 10, 25, 1, 30, tzinfo=UTC))


def test_a_fraction_of_a_second_makes_no_other_window():
    fraction = timedelta(microseconds=7)
    assert Window(at(1) + fraction, at(2) + fraction) == Window(at(1), at(2))


# --- a register's days and times as instants


Walk = list[tuple[datetime, datetime]]


def walk_around(day: date, zone: ZoneInfo) -> Walk:
    """Every fifth minute around a day, and what the clock on the wall says then."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    moments = [noon + timedelta(minutes=offset) for offset in range(-40 * 60, 40 * 60, 5)]
    return [(moment, moment.astimezone(zone).replace(tzinfo=None)) for moment in moments]


def slow_first(bound: datetime, walk: Walk) -> datetime:
    """The first moment of all at which the clock on the wall has come to the bound."""
    return next(moment for moment, wall in walk if wall >= bound)


def slow_last(bound: datetime, walk: Walk) -> datetime:
    """The last moment of all at which the clock has not yet gone past the bound."""
    return next(moment for moment, wall in reversed(walk) if wall <= bound)


CHANGES = [
    (STOCKHOLM, date(2026, 3, 29)),
    (STOCKHOLM, date(2026, 10, 25)),
    (SANTIAGO, date(2026, 9, 6)),
    (SANTIAGO, date(2026, 4, 5)),
    (CAIRO, date(2026, 4, 24)),
    (CAIRO, date(2026, 10, 30)),
    (HAVANA, date(2026, 11, 1)),
    (ZoneInfo("Australia/Lord_Howe"), date(2026, 10, 4)),
]


@pytest.mark.parametrize(("zone", "day"), CHANGES, ids=lambda value: str(value).replace("/", "-"))
def test_a_wall_time_is_the_minute_that_a_slow_walk_along_the_clock_finds(
    zone: ZoneInfo, day: date
):
    walk = walk_around(day, zone)
    shown = {wall for _, wall in walk}
    for step in range(0, 30 * 60, 10):
        bound = datetime(day.year, day.month, day.day) + timedelta(minutes=step - 3 * 60)
        assert first_moment(bound, zone) == slow_first(bound, walk), bound
        # An end that never comes lasts to the jump, so that no window ends before it begins.
        jumped = timedelta(minutes=0 if bound in shown else 5)
        assert last_moment(bound, zone) == slow_last(bound, walk) + jumped, bound


@pytest.mark.parametrize(("zone", "day"), CHANGES, ids=lambda value: str(value).replace("/", "-"))
def test_a_day_holds_every_minute_of_that_date_and_no_other(zone: ZoneInfo, day: date):
    walk = walk_around(day, zone)
    for one in (day - timedelta(days=1), day, day + timedelta(days=1)):
        there = Window.of(one, one, zone)
        opened = {moment for moment, _ in walk if there.open_at(moment)}
        assert opened == {moment for moment, wall in walk if wall.date() == one}


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (STOCKHOLM, date(2026, 3, 29), 23),
        (STOCKHOLM, date(2026, 10, 25), 25),
        (STOCKHOLM, date(2026, 6, 1), 24),
        (SANTIAGO, date(2026, 9, 6), 23),
        (CAIRO, date(2026, 4, 24), 23),
        (HAVANA, date(2026, 11, 1), 25),
    ],
)
def test_a_day_is_as_long_as_it_is_where_the_target_stands(zone: ZoneInfo, day: date, hours: int):
    there = Window.of(day, day, zone)
    assert there.start is not None
    assert there.end is not None
    assert there.end + SECOND - there.start == timedelta(hours=hours)


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.integers(0, 10_000),
)
def test_a_window_that_runs_forward_on_the_wall_never_runs_backward(
    zone: ZoneInfo, start: datetime, length: int
):
    there = Window.of(start, start + timedelta(seconds=length), zone)
    assert there.start is not None
    assert there.end is not None
    assert there.start <= there.end


@given(st.sampled_from(ZONES), st.dates(date(1990, 1, 1), date(2040, 12, 31)))
def test_one_day_begins_the_second_after_the_other_ended(zone: ZoneInfo, day: date):
    end, start = last_moment(day, zone), first_moment(day + timedelta(days=1), zone)
    assert end is not None
    assert end + SECOND == start


def test_a_moment_with_an_offset_is_that_moment_whatever_the_zone():
    moment = datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=-7)))
    assert first_moment(moment, STOCKHOLM) == last_moment(moment, CAIRO) == moment


@pytest.mark.parametrize(
    "last", [date.max, datetime.max, datetime.max.replace(tzinfo=UTC), datetime(9999, 12, 31)]
)
@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_the_last_day_of_the_calendar_is_no_end(last: date, zone: ZoneInfo):
    assert Window.of(None, last, zone) == ALWAYS


@pytest.mark.parametrize("first", [date.min, datetime.min, datetime.min.replace(tzinfo=UTC)])
@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_the_first_day_of_the_calendar_is_no_start(first: date, zone: ZoneInfo):
    assert Window.of(first, None, zone) == ALWAYS


def test_the_day_before_the_last_is_an_end_that_can_be_reckoned_with():
    end = window(None, date(9999, 12, 30)).end
    assert end is not None
    assert end + SECOND == datetime(9999, 12, 30, 23, tzinfo=UTC)


LOWEST, HIGHEST = datetime(2000, 1, 1), datetime(2037, 12, 31)


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        (None, None, (LOWEST, HIGHEST)),
        (
            datetime(2026, 7, 1, 10, tzinfo=UTC),
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # the second 02:30
            (datetime(2026, 7, 1, 12), datetime(2026, 10, 25, 2, 30)),
        ),
        (
            datetime(1999, 12, 31, tzinfo=UTC),
            datetime(2040, 1, 1, tzinfo=UTC),
            (LOWEST, HIGHEST),
        ),
        (
            datetime.min.replace(tzinfo=UTC),
            datetime.max.replace(tzinfo=UTC),
            (LOWEST, HIGHEST),
        ),
    ],
)
def test_wall_bounds_stay_within_what_a_target_holds(
    start: datetime | None, end: datetime | None, shown: tuple[datetime, datetime]
) -> None:
    found = wall_bounds(Window(start, end), STOCKHOLM, LOWEST, HIGHEST)
    assert found == shown
    assert [(one.tzinfo, one.fold) for one in found] == [(None, 0)] * 2


def test_an_instant_before_the_calendar_of_a_zone_is_the_earliest() -> None:
    window = Window(datetime.min.replace(tzinfo=UTC), None)
    assert wall_bounds(window, HAVANA, LOWEST, HIGHEST)[0] == LOWEST
