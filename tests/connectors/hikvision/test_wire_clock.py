"""A terminal's clock and zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.connectors.hikvision.wire.clock import DeviceTime, read_time, write_time, zone
from doorward.connectors.hikvision.wire.form import NotUnderstood

SWEDEN = "CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00"
NEW_YORK = "EST+5:00:00DST01:00:00,M3.2.0/02:00:00,M11.1.0/02:00:00"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (SWEDEN, "Europe/Stockholm"),
        (NEW_YORK, "America/New_York"),
        ("CST-8:00:00", "Asia/Shanghai"),
        ("UTC0", "UTC"),
    ],
)
@given(moment=st.datetimes(datetime(2010, 1, 1), datetime(2037, 1, 1)))
def test_a_terminals_zone_is_the_real_one(text: str, name: str, moment: datetime):
    instant = moment.replace(tzinfo=UTC)
    assert instant.astimezone(zone(text)).utcoffset() == (
        instant.astimezone(ZoneInfo(name)).utcoffset()
    )


def told(local: str, zone_text: str = "") -> DeviceTime:
    body = f"<Time><localTime>{local}</localTime><timeZone>{zone_text}</timeZone></Time>"
    return read_time(body.encode())


@pytest.mark.parametrize(
    ("local", "zone_text", "instant"),
    [
        ("2026-07-01T12:00:00", SWEDEN, datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-01-01T12:00:00", SWEDEN, datetime(2026, 1, 1, 11, tzinfo=UTC)),
        ("2026-07-01T12:00:00+08:00", SWEDEN, datetime(2026, 7, 1, 4, tzinfo=UTC)),
        ("2026-07-01T12:00:00Z", "", datetime(2026, 7, 1, 12, tzinfo=UTC)),
        ("2026-07-01T12:00:00", "CST-8:00:00", datetime(2026, 7, 1, 4, tzinfo=UTC)),
    ],
)
def test_the_sign_of_a_zone_is_inverted_and_summer_counts(
    local: str, zone_text: str, instant: datetime
):
    assert told(local, zone_text).instant() == instant


def test_a_time_without_offset_or_zone_is_no_instant():
    with pytest.raises(NotUnderstood, match="neither"):
        told("2026-07-01T12:00:00").instant()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Europe/Stockholm",
        "CST-99:00:00",
        "CST-1:00:00DST01:00:00,M3.5.9,M10.5.0",
        "CST-1:00:00DST",
    ],
)
def test_a_zone_that_is_none_is_not_understood(text: str):
    with pytest.raises(NotUnderstood):
        zone(text)


def test_a_time_at_the_end_of_time_is_not_understood():
    with pytest.raises(NotUnderstood):
        told("0001-01-01T00:00:00+14:00").instant()


@pytest.mark.parametrize(
    "body", [b"<Clock/>", b"<Time/>", b"<Time><localTime>now</localTime></Time>"]
)
def test_what_is_no_time_is_not_understood(body: bytes):
    with pytest.raises(NotUnderstood):
        read_time(body)


@pytest.mark.parametrize("hours", [-9.5, 0, 5.75])
def test_an_offset_is_written_as_it_was(hours: float):
    shown = DeviceTime(datetime(2026, 7, 1, 12), timedelta(hours=hours), SWEDEN, "NTP")
    assert read_time(write_time(shown, "http://www.isapi.org/ver20/XMLSchema")) == shown


def test_a_time_without_an_offset_is_written_without():
    shown = DeviceTime(datetime(2026, 7, 1, 12), None, SWEDEN)
    assert b"12:00:00</localTime>" in write_time(shown)
