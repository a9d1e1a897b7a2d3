"""Days and times in the document's forms."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.connectors.vizpin.wire import dates
from doorward.connectors.vizpin.wire.faults import Faulty
from doorward.connectors.vizpin.wire.moments import CLOCK, START, STOP
from doorward.connectors.vizpin.wire.vizpins import Vizpin


@pytest.mark.covers("vizpin", rule="grant-dates")
def test_a_start_is_the_midnight_of_its_day():
    for text in ("2026-03-01", "2026-03-01 00:00:00", "2026-03-01T00:00", " 2026-03-01 "):
        assert dates.read_start(text) == datetime(2026, 3, 1)


def test_a_start_at_another_time_is_refused_rather_than_moved():
    with pytest.raises(ValueError, match="starts at 00:00:00"):
        dates.read_start("2026-03-01 09:30:00")


@pytest.mark.covers("vizpin", rule="grant-dates")
@pytest.mark.parametrize(
    ("text", "stop"),
    [
        ("2026-03-01 17:00:01", datetime(2026, 3, 1, 17, 0, 1)),
        ("2026-03-01 17:00:59", datetime(2026, 3, 1, 17, 0, 1)),
        ("2026-03-01 17:00", datetime(2026, 3, 1, 17, 0, 1)),
        ("2026-03-01 00:00:00", datetime(2026, 3, 1, 0, 0, 1)),
        ("2026-03-01", datetime(2026, 3, 1, 23, 59, 1)),
    ],
)
def test_a_stop_has_second_one(text: str, stop: datetime):
    assert dates.read_stop(text) == stop
    assert dates.write_stop(stop.replace(second=30)).endswith(":01")


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (dates.read_start, "01/03/2026"),
        (dates.read_start, "2026-3-1"),
        (dates.read_start, "2026-03-01 0:00"),
        (dates.read_start, "٢٠٢٦-03-01"),
        (dates.read_start, "0000-03-01"),
        (dates.read_stop, "2026-02-29"),
        (dates.read_stop, "2026-02-28 24:00:00"),
        (dates.read_stop, "2026-02-28 12:00:00Z"),
        (dates.read_audit, "2026-02-28"),
        (dates.read_day, "2026-02-28 00:00:00"),
        (dates.read_day, "2026-13-01"),
        (dates.read_us_day, "2026-03-01"),
        (dates.read_us_day, "31/03/2026"),
        (dates.read_clock, "17:00"),
        (dates.read_clock, "00:30 AM"),
        (dates.read_clock, "13:30 PM"),
        (dates.read_clock, "11:60 PM"),
        (dates.read_clock, ""),
    ],
)
def test_another_form_is_refused(read: Callable[[str], Any], text: str):
    with pytest.raises(ValueError, match=r"\w"):
        read(text)


def test_an_audit_date_is_an_instant_in_gmt():
    noon = datetime(2026, 7, 4, 12, 0, 5, tzinfo=ZoneInfo("Europe/Berlin"))
    assert dates.write_audit(noon) == "2026-07-04 10:00:05"
    assert dates.read_audit("2026-07-04 10:00:05") == noon.astimezone(UTC)


def test_a_time_with_a_zone_is_never_sent_as_wall_time():
    for write in (START.write, STOP.write):
        with pytest.raises(ValueError, match="not wall time"):
            write(datetime(2026, 7, 4, tzinfo=UTC))


def test_a_moment_is_described_in_the_readers_zone():
    moment = datetime(2026, 3, 2, 17, 4, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    assert dates.describe(moment) == "Mar 02 2026 05:04:09 PM CET"
    assert dates.describe(datetime(2026, 12, 31, 0, 0, 0)) == "Dec 31 2026 12:00:00 AM"


@pytest.mark.covers("vizpin", rule="twelve-hours")
@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("12:00 AM", time(0)),
        ("12:30 PM", time(12, 30)),
        ("01:05 AM", time(1, 5)),
        ("11:59 PM", time(23, 59)),
    ],
)
def test_twelve_comes_before_one(text: str, clock: time):
    assert dates.read_clock(text) == clock
    assert dates.write_clock(clock) == text


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)))
def test_what_is_written_is_read_again(moment: datetime):
    day = datetime.combine(moment.date(), time(0))
    assert dates.read_start(dates.write_moment(day)) == day
    assert dates.read_stop(dates.write_stop(moment)) == moment.replace(second=1, microsecond=0)
    assert dates.read_us_day(dates.write_us_day(moment.date())) == moment.date()
    assert dates.read_day(date.isoformat(moment.date())) == moment.date()
    minute = moment.time().replace(second=0, microsecond=0)
    assert dates.read_clock(dates.write_clock(minute)) == minute


def test_an_odd_date_is_a_fault_of_its_field():
    with pytest.raises(Faulty) as refused:
        START.read("soon", "start_date")
    assert refused.value.fault.field == "start_date"
    assert CLOCK.read(" ", "monday_begin") == ""


def test_a_vizpin_knows_its_bounds():
    pin = Vizpin(id="p", start_date="2026-03-01", stop_date="2026-03-01 17:00:01")
    assert (pin.start, pin.stop) == (datetime(2026, 3, 1), datetime(2026, 3, 1, 17, 0, 1))
    assert (Vizpin(id="p").start, Vizpin(id="p").stop) == (None, None)
