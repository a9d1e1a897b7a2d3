"""What becomes of the access of somebody who has lapsed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.doubles import FakeDoor
from core.factories import LAST_YEAR, NOW, STOCKHOLM, access
from doorward.core.lapse import after_lapse, yesterday
from doorward.core.people import Access
from doorward.core.windows import SECOND, Window

DOOR = FakeDoor()


def test_kept_access_stays_as_it_is():
    assert after_lapse("keep", access(), DOOR, NOW) == access()


def test_deleted_access_is_gone():
    assert after_lapse("delete", access(), DOOR, NOW) is None


def test_expired_access_ended_yesterday_and_keeps_its_doors():
    after = after_lapse("expire", access(doors=("1",)), DOOR, NOW)
    assert after == access(end=date(2026, 6, 14), doors=("1",))


def test_access_that_is_over_is_not_touched():
    assert after_lapse("expire", access(*LAST_YEAR), DOOR, NOW) == access(*LAST_YEAR)


def test_access_that_was_to_begin_today_or_later_moves_its_start_along():
    for start in (date(2026, 6, 15), date(2026, 9, 1)):
        after = after_lapse("expire", access(start, date(2026, 12, 31)), DOOR, NOW)
        assert after is not None
        assert after.window.start == after.window.end == access(end=date(2026, 6, 14)).window.end


def test_open_access_gets_an_end():
    after = after_lapse("expire", access(None, None), DOOR, NOW)
    assert after == access(None, date(2026, 6, 14))


def test_what_the_target_can_hold_is_asked_of_it():
    def from_2000(wanted: Access) -> Access:
        start = max(wanted.window.start or NOW, datetime(2000, 1, 1, tzinfo=UTC))
        return replace(wanted, window=Window(start, wanted.window.end))

    door = FakeDoor(fitting=from_2000)
    after = after_lapse("expire", access(date(1999, 1, 1), None), door, NOW)
    assert after == from_2000(access(date(1999, 1, 1), date(2026, 6, 14)))


def test_it_is_the_same_all_day_where_the_target_stands():
    midnight = datetime(2026, 6, 15, tzinfo=STOCKHOLM).astimezone(UTC)
    ends = {yesterday(midnight + timedelta(hours=hour), STOCKHOLM) for hour in range(24)}
    assert ends == {midnight - SECOND}
    assert yesterday(midnight - SECOND, STOCKHOLM) == midnight - timedelta(days=1) - SECOND


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/Santiago", date(2026, 9, 6)),
        ("Africa/Cairo", date(2026, 4, 24)),
        ("America/Havana", date(2026, 11, 1)),
        ("Europe/Stockholm", date(2026, 3, 29)),
        ("Europe/Stockholm", date(2026, 10, 25)),
    ],
)
def test_yesterday_ended_when_today_began_also_where_midnight_is_missing_or_comes_twice(
    zone: str, day: date
):
    there = ZoneInfo(zone)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=there).astimezone(UTC)
    assert yesterday(noon, there) == Window.of(None, day - timedelta(days=1), there).end


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    st.sampled_from(["Europe/Stockholm", "America/Santiago", "Asia/Kathmandu"]),
)
def test_expired_access_is_over_at_once(when: datetime, zone: str):
    now = when.replace(tzinfo=UTC)
    door = FakeDoor(zone=ZoneInfo(zone))
    after = after_lapse("expire", Access(Window(now, None)), door, now)
    assert after is not None
    assert after.window.over_at(now)
