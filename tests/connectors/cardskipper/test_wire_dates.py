"""Dates as Cardskipper says them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.connectors.cardskipper.wire.dates import DateForm, bound, ends_before, written

PLUS_ONE = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-12-31", date(2026, 12, 31)),
        (" 2026-12-31 ", date(2026, 12, 31)),
        ("2026-12-31T00:00", date(2026, 12, 31)),
        ("2026-12-31T00:00:00", date(2026, 12, 31)),
        ("2026-12-31 00:00:00", date(2026, 12, 31)),
        ("2026-12-31T00:00:00.0000000", date(2026, 12, 31)),
        ("2026-12-31T00:00:00Z", date(2026, 12, 31)),
        ("2026-12-31T00:00:00+01:00", date(2026, 12, 31)),
        ("2026-12-31Z", date(2026, 12, 31)),
        ("2026-12-31T18:30", datetime(2026, 12, 31, 18, 30)),
        ("2026-12-31T18:30:15.5", datetime(2026, 12, 31, 18, 30, 15, 500_000)),
        ("2026-12-31T18:30:15.1234567", datetime(2026, 12, 31, 18, 30, 15, 123_456)),
        ("2026-12-31T18:30:15Z", datetime(2026, 12, 31, 18, 30, 15, tzinfo=UTC)),
        ("2026-12-31T18:30:15+01:00", datetime(2026, 12, 31, 18, 30, 15, tzinfo=PLUS_ONE)),
        ("2026-12-31T18:30:15+0100", datetime(2026, 12, 31, 18, 30, 15, tzinfo=PLUS_ONE)),
        ("2026-12-31T18:30:15-01:00", datetime(2026, 12, 31, 19, 30, 15, tzinfo=UTC)),
        ("", None),
        ("0001-01-01", None),
        ("0001-01-01T00:00:00", None),
        ("0001-01-01T00:00:00+01:00", None),
        ("9999-12-31", date.max),
        ("9999-12-31T23:59:59.9999999", date.max),
        ("9999-12-31T23:59:59Z", date.max),
    ],
)
def test_a_date_is_what_it_says(text: str, meant: date | None):
    said = bound(text)
    assert (said, type(said)) == (meant, type(meant))
    if isinstance(meant, datetime) and isinstance(said, datetime):
        assert (said.tzinfo is None) == (meant.tzinfo is None)


@pytest.mark.parametrize(
    "text",
    [
        "31/12/2026",
        "2026-02-30",
        "20261231",
        "2026-W01-1",
        "2026-12-31T25:00",
        "2026-12-31T18",
        "2026-12-31T18:30:15+25:00",
        "soon",
        "٢٠٢٦-12-31",
        "2026-12-31; drop table",
        "-2026-12-31",
        "2026-12-31T24:00:00",
    ],
)
def test_anything_else_is_no_date(text: str):
    with pytest.raises(ValueError, match=r"."):
        bound(text)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.sampled_from(["date", "midnight"]))
def test_a_day_reads_the_same_in_every_form(day: date, form: DateForm):
    assert bound(written(day, form)) == day
    assert bound(written(day, "moment with offset")) == day


@given(
    st.datetimes(datetime(1900, 1, 1, 0, 0, 1)).filter(lambda moment: any(moment.timetuple()[3:6]))
)
def test_a_moment_survives_the_wire(moment: datetime):
    assert bound(written(moment, "date")) == moment or moment.date() == date.max


DAY, NEXT, LATER = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)
NOON = datetime(2026, 3, 1, 12)
EARLY = datetime(2026, 3, 1, 3)
AWARE = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("end", "start"),
    [(DAY, NEXT), (EARLY, NOON), (EARLY, NEXT), (DAY, datetime(2026, 3, 2, 1)), (AWARE, LATER)],
)
def test_an_end_before_its_start_is_seen(end: date, start: date):
    assert ends_before(end, start)


@pytest.mark.parametrize(
    ("end", "start"),
    [
        (DAY, DAY),
        (NOON, NOON),
        (DAY, NOON),
        (NOON, DAY),
        (AWARE, NEXT),  # in a zone far enough east the instant lies in the next day
        (AWARE, datetime(2026, 3, 1, 20)),
        (NOON, datetime(2026, 3, 2, 1, tzinfo=UTC)),
        (date.max, DAY),
    ],
)
def test_an_end_that_may_be_after_its_start_is_let_pass(end: date, start: date):
    assert not ends_before(end, start)


def test_a_wall_time_and_an_instant_days_apart_are_compared():
    assert ends_before(NOON, datetime(2026, 3, 9, 1, tzinfo=UTC))
