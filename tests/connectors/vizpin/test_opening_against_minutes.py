"""Openings against a slow and obvious implementation: each minute of the clock on the wall."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.connectors.vizpin.opening.access import Access, Closed, Open, Validity
from doorward.connectors.vizpin.opening.hours import Always, Hours, Span, Timetable, Week, Yearly

MINUTE = timedelta(minutes=1)
DAYS = 8

PLACES = [
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),  # half an hour ahead
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # half an hour back
    ("Asia/Katmandu", date(2026, 12, 30)),  # 5:45 ahead of UTC, never changed
    ("America/Santiago", date(2026, 9, 6)),  # midnight is leapt over
    ("America/Havana", date(2026, 11, 1)),  # midnight comes twice
    ("Pacific/Apia", date(2011, 12, 30)),  # the whole day is leapt over
    ("America/Recife", date(2000, 10, 12)),  # put ahead, and back again a week later
    ("Pacific/Chatham", date(2028, 2, 28)),  # 13:45 ahead of UTC, and a leap day
]


@dataclass(frozen=True)
class Walk:
    """Every minute of some days around a date, and what the clock on the wall shows then."""

    zone: ZoneInfo
    instants: Sequence[datetime] = field(repr=False)
    walls: Sequence[datetime] = field(repr=False)


@lru_cache
def walk_around(place: tuple[str, date]) -> Walk:
    name, day = place
    zone = ZoneInfo(name)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - 4 * timedelta(days=1)
    instants = [start + step * MINUTE for step in range(DAYS * 24 * 60)]
    walls = [instant.astimezone(zone).replace(tzinfo=None) for instant in instants]
    return Walk(zone, instants, walls)


# --- the obvious implementation


def is_marked(day: date, marks: frozenset[date | Yearly]) -> bool:
    return any(
        (mark.month, mark.day) == (day.month, day.day) if isinstance(mark, Yearly) else mark == day
        for mark in marks
    )


def spans_of(hours: Timetable, day: date) -> list[Span]:
    found = [] if is_marked(day, hours.excluded) else list(hours.week[day.weekday()])
    for mark, spans in hours.included.items():
        if is_marked(day, frozenset({mark})):
            found += spans
    return found


def begun_today(span: Span, shown: time) -> bool:
    overnight = span.stop <= span.start
    return span.start <= shown and (overnight or shown < span.stop)


def left_of_yesterday(span: Span, shown: time) -> bool:
    return span.stop <= span.start and shown < span.stop


def slow_open(today: list[Span], yesterday: list[Span], shown: time) -> bool:
    return any(begun_today(span, shown) for span in today) or any(
        left_of_yesterday(span, shown) for span in yesterday
    )


def slow_hours(walk: Walk, hours: Hours) -> list[bool]:
    if isinstance(hours, Always):
        return [True] * len(walk.walls)
    dates = {wall.date() - timedelta(days=back) for wall in walk.walls for back in (0, 1)}
    spans = {day: spans_of(hours, day) for day in dates}
    return [
        slow_open(spans[wall.date()], spans[wall.date() - timedelta(days=1)], wall.time())
        for wall in walk.walls
    ]


def slow_begun(walk: Walk, start: datetime | None) -> int:
    """Where in the walk the clock first shows a wall time or a later one."""
    if start is None:
        return 0
    return next((i for i, wall in enumerate(walk.walls) if wall >= start), len(walk.walls))


def slow_over(walk: Walk, stop: datetime | None) -> int:
    """Where in the walk the clock shows a wall time for the last time, or has leapt over it."""
    if stop is None:
        return len(walk.walls)
    if stop in walk.walls:
        return max(i for i, wall in enumerate(walk.walls) if wall == stop)
    return slow_begun(walk, stop)


def slow_flags(walk: Walk, hours: Hours, start: datetime | None, stop: datetime | None):
    begun, over = slow_begun(walk, start), slow_over(walk, stop)
    return [
        flag and begun <= position < over for position, flag in enumerate(slow_hours(walk, hours))
    ]


# --- schedules to try, most of their times close to where clocks are changed


times = st.one_of(
    st.sampled_from([time(0), time(0, 30), time(1), time(1, 30), time(2), time(2, 15), time(3)]),
    st.times().map(lambda moment: moment.replace(second=0, microsecond=0)),
)
spans = st.lists(st.builds(Span, times, times), max_size=3).map(tuple)
weeks = st.tuples(*[spans] * 7).map(lambda days: cast(Week, days))


@st.composite
def timetables(draw: st.DrawFn, day: date) -> Timetable:
    dates = st.integers(-4, 5).map(lambda offset: day + timedelta(days=offset))
    marks = st.one_of(dates, dates.map(Yearly.of))
    return Timetable(
        draw(weeks),
        draw(st.dictionaries(marks, spans, max_size=3)),
        draw(st.frozensets(marks, max_size=3)),
    )


@dataclass(frozen=True)
class Case:
    walk: Walk
    hours: Hours
    start: datetime | None
    stop: datetime | None

    @property
    def access(self) -> Access:
        zone = self.walk.zone
        return Access(self.hours, zone, Validity.of(self.start, self.stop, zone))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    place = draw(st.sampled_from(PLACES))
    walk, day = walk_around(place), place[1]
    bounds = st.builds(
        lambda offset, moment: datetime.combine(day + timedelta(days=offset), moment),
        st.integers(-2, 3),
        times,
    )
    hours = draw(st.one_of(timetables(day), st.just(Always())))
    return Case(walk, hours, draw(st.none() | bounds), draw(st.none() | bounds))


positions = st.integers(0, DAYS * 24 * 60 - 1)

few = settings(max_examples=50, deadline=None)


@pytest.mark.covers("vizpin", rule="readers-clock daylight-saving")
@few
@given(cases(), st.lists(positions, min_size=5, max_size=15))
def test_access_is_open_when_the_clock_on_the_wall_says_so(case: Case, asked: list[int]):
    flags = slow_flags(case.walk, case.hours, case.start, case.stop)
    access = case.access
    for position in asked:
        assert access.open_at(case.walk.instants[position]) == flags[position]


@pytest.mark.covers("vizpin", rule="daylight-saving")
@few
@given(cases())
def test_openings_are_every_minute_that_is_open_and_no_other(case: Case):
    flags = slow_flags(case.walk, case.hours, case.start, case.stop)
    instants = case.walk.instants
    end = instants[-1] + MINUTE
    changes = [
        instant
        for instant, flag, before in zip(instants, flags, [False, *flags[:-1]], strict=True)
        if flag != before
    ]
    if flags[-1]:
        changes.append(end)
    expected = list(zip(changes[::2], changes[1::2], strict=True))
    assert list(case.access.openings(instants[0], end)) == expected


@few
@given(cases(), st.lists(positions, min_size=5, max_size=15))
def test_the_next_change_is_the_first_minute_that_is_different(case: Case, asked: list[int]):
    flags = slow_flags(case.walk, case.hours, case.start, case.stop)
    access, instants = case.access, case.walk.instants
    for position in asked:
        state = access.at(instants[position])
        assert isinstance(state, Open if flags[position] else Closed)
        ahead = flags[position:]
        if (not flags[position]) in ahead:
            assert state.until == instants[position + ahead.index(not flags[position])]
        else:
            assert state.until is None or state.until > instants[-1]


@few
@given(cases(), positions, st.integers(0, 59), st.integers(0, 999_999))
def test_within_a_minute_nothing_changes(case: Case, position: int, second: int, fraction: int):
    instant = case.walk.instants[position]
    within = instant + timedelta(seconds=second, microseconds=fraction)
    assert case.access.open_at(within) == case.access.open_at(instant)
    assert case.access.at(within) == case.access.at(instant)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place[0]} {place[1]}")
def test_a_validity_begins_and_is_over_once(place: tuple[str, date]):
    walk = walk_around(place)
    midnight = datetime.combine(place[1], time())
    for step in range(-6 * 60, 30 * 60, 15):
        bound = midnight + step * MINUTE
        validity = Validity.of(bound, bound, walk.zone)
        begun = [validity.begun_at(instant) for instant in walk.instants]
        over = [validity.over_at(instant) for instant in walk.instants]
        assert bisect_left(begun, True) == begun.index(True) == slow_begun(walk, bound)
        assert bisect_left(over, True) == over.index(True) == slow_over(walk, bound)
