"""Windows as a terminal holds them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.connectors.hikvision.wire.validity import (
    EARLIEST,
    LATEST,
    NoTimeLimit,
    OddValidity,
    Shown,
    ValidForm,
    Window,
    asked,
    read,
)

MOMENTS = st.datetimes(EARLIEST, LATEST).map(lambda moment: moment.replace(microsecond=0))


def form(**fields: object) -> ValidForm:
    given = {
        "enable": True,
        "begin_time": "2026-01-01T00:00:00",
        "end_time": "2026-12-31T23:59:59",
    } | fields
    return ValidForm(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (datetime(1999, 12, 31, 23, 59, 59), datetime(2026, 1, 1)),
        (datetime(2026, 1, 1), datetime(2038, 1, 1)),
        (datetime(2026, 1, 2), datetime(2026, 1, 1)),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)),
        (datetime(2026, 1, 1, 0, 0, 0, 1), datetime(2026, 1, 2)),
    ],
    ids=["too early", "too late", "ends before it begins", "with an offset", "too fine"],
)
def test_a_window_that_a_terminal_refuses_cannot_be_made(begin: datetime, end: datetime):
    with pytest.raises(ValueError, match=r"window|outside|offset|finer"):
        Window(begin, end)


def test_a_window_of_one_second_is_one():
    assert Window(EARLIEST, EARLIEST).form("local").end_time == "2000-01-01T00:00:00"


@given(MOMENTS, MOMENTS)
def test_what_is_written_is_read_as_the_same(one: datetime, other: datetime):
    window = Window(min(one, other), max(one, other))
    for time_type in ("local", None):
        shown = read(window.form(time_type))
        assert isinstance(shown, Shown)
        assert shown.is_window(window)
        assert asked(window.form(time_type)) == shown


def test_a_written_window_is_always_enabled():
    assert Window(EARLIEST, LATEST).form(None).enable is True


def test_enable_false_is_no_time_limit():
    assert read(form(enable=False, begin_time=None, end_time="nonsense")) == NoTimeLimit()


@pytest.mark.parametrize(
    ("given", "reason", "field"),
    [
        (None, "missing", "Valid"),
        (form(enable=None), "missing", "enable"),
        (form(begin_time=None), "missing", "beginTime"),
        (form(end_time=""), "missing", "endTime"),
        (form(begin_time="0000-00-00T00:00:00"), "form", "beginTime"),
        (form(end_time="tomorrow"), "form", "endTime"),
        (form(end_time="2026-12-31"), "form", "endTime"),
        (form(end_time="2026-12-31T23:59:59.5"), "form", "endTime"),
        (
            form(begin_time="2026-12-31T23:59:59", end_time="2026-01-01T00:00:00"),
            "order",
            "endTime",
        ),
        (form(begin_time="2026-01-01T00:00:00Z"), "offset", "endTime"),
        (
            form(begin_time="0001-01-01T00:00:00+10:00", end_time="0001-01-02T00:00:00+10:00"),
            "range",
            "beginTime",
        ),
    ],
)
def test_what_means_nothing_certain_is_told_so(given: ValidForm | None, reason: str, field: str):
    assert read(given) == OddValidity(reason, field)  # type: ignore[arg-type]


def test_times_with_an_offset_are_turned_into_utc():
    shown = read(form(begin_time="2026-01-01T00:00:00+01:00", end_time="2026-12-31T23:59:59+01:00"))
    assert shown == Shown(datetime(2025, 12, 31, 23), datetime(2026, 12, 31, 22, 59, 59), utc=True)


def test_utc_times_are_not_the_same_window():
    window = Window(datetime(2026, 1, 1), datetime(2026, 12, 31, 23, 59, 59))
    shown = read(form(time_type="UTC"))
    assert isinstance(shown, Shown)
    assert not shown.is_window(window)


def test_a_terminal_shows_years_that_it_would_not_take():
    given = form(begin_time="1970-01-01T00:00:00", end_time="2099-12-31T23:59:59")
    assert isinstance(read(given), Shown)
    assert asked(given) == OddValidity("range", "beginTime")
    assert asked(form(end_time="2038-01-01T00:00:00")) == OddValidity("range", "endTime")


def test_a_terminal_takes_no_offset():
    assert asked(form(begin_time="2026-01-01T00:00:00Z")) == OddValidity("offset", "beginTime")


def test_seconds_may_be_left_out():
    shown = read(form(begin_time="2026-01-01T08:30", end_time="2026-01-01T09:30"))
    assert shown == Shown(datetime(2026, 1, 1, 8, 30), datetime(2026, 1, 1, 9, 30))
