"""Occupancy by the hour, and who has stayed too long."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.parking.world import BERLIN, CAR_PARK, HOUR, NOON, completed, opened, passage, record
from doorward.core.parking.presence import Hour, Stay, bounds, occupancy, overdue
from doorward.core.parking.visits import CarPark

DAY = date(2026, 10, 5)
BEGIN = datetime(2026, 10, 4, 22, tzinfo=UTC)
GARAGE = ("garage", CAR_PARK.id)


def stay(since: float, until: float | None, car_park: CarPark = CAR_PARK) -> Stay:
    """In from so many hours after the day began, until so many; None: still."""
    end = None if until is None else BEGIN + until * HOUR
    return Stay("garage", car_park, BEGIN + since * HOUR, end)


def hours(*stays: Stay) -> list[Hour]:
    return list(occupancy(stays, DAY, BERLIN)[GARAGE])


def test_cars_are_counted_hour_by_hour():
    day = hours(stay(-3, 1.5), stay(0.5, 0.75), stay(1.25, None))
    assert len(day) == 24
    assert day[0] == Hour(BEGIN, inside=1, peak=2, came=1, left=1)
    assert day[1] == Hour(BEGIN + HOUR, inside=1, peak=2, came=1, left=1)
    assert day[23] == Hour(BEGIN + 23 * HOUR, inside=1, peak=1, came=0, left=0)


def test_a_car_that_leaves_as_another_comes_never_meets_it():
    assert hours(stay(0.25, 0.5), stay(0.5, 0.75))[0].peak == 1


def test_who_left_before_the_day_or_comes_after_it_does_not_count():
    assert occupancy([stay(-2, 0), stay(24, 25)], DAY, BERLIN) == {}


def test_who_stays_past_midnight_does_not_leave_today():
    assert sum(hour.left for hour in hours(stay(23.5, 24.5))) == 0


def test_who_leaves_on_the_hour_has_left_before_it():
    day = hours(stay(1, 2), stay(22, 24))
    assert [(hour.peak, hour.left) for hour in day[1:3]] == [(1, 1), (0, 0)]
    assert day[23].left == 1


def test_car_parks_are_counted_apart():
    found = occupancy([stay(1, 2), stay(1, 2, CarPark(7))], DAY, BERLIN)
    assert list(found) == [GARAGE, ("garage", 7)]


@pytest.mark.parametrize(
    ("day", "count"), [(date(2026, 3, 29), 23), (DAY, 24), (date(2026, 10, 25), 25)]
)
def test_a_day_has_the_hours_that_it_has(day: date, count: int):
    begin, _ = bounds(day, BERLIN)
    [found] = occupancy([Stay("garage", CAR_PARK, begin, None)], day, BERLIN).values()
    assert len(found) == count


def test_the_first_day_of_the_calendar_is_no_day_to_look_at():
    with pytest.raises(ValueError, match="no beginning"):
        bounds(date.min, BERLIN)


moments = st.integers(-60, 60).map(lambda half: half / 2)


@given(st.lists(st.tuples(moments, moments).filter(lambda pair: pair[0] != pair[1])))
def test_each_hour_goes_on_where_the_last_one_ended(pairs: list[tuple[float, float]]):
    stays = [stay(min(pair), max(pair)) for pair in pairs]
    for found in occupancy(stays, DAY, BERLIN).values():
        for hour, then in pairwise(found):
            assert hour.inside + hour.came - hour.left == then.inside
        for hour in found:
            inside = [one for one in stays if one.since < hour.begin < (one.until or hour.begin)]
            assert hour.inside == len(inside)
            assert hour.inside <= hour.peak <= hour.inside + hour.came


def test_who_is_in_for_longer_than_allowed_is_told_the_longest_first():
    long = record(opened(1, entry=passage(NOON - 50 * HOUR)))
    longer = record(opened(2, entry=passage(NOON - 60 * HOUR)))
    short, gone = record(opened(3)), record(completed(4, entry=passage(NOON - 70 * HOUR)))
    limit = timedelta(hours=48)
    assert overdue([long, short, longer, gone], NOON, limit) == [longer, long]
