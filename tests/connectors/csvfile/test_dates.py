"""The days and moments in cells."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.connectors.csvfile.wire.dates import (
    Bound,
    NotADate,
    backwards,
    bound,
    refuse_format,
    through,
)

HOUR = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("2026-12-31", date(2026, 12, 31)),
        ("2026/12/31", date(2026, 12, 31)),
        ("2026.12.31", date(2026, 12, 31)),
        ("20261231", date(2026, 12, 31)),
        ("31/12/2026", date(2026, 12, 31)),
        ("12/31/2026", date(2026, 12, 31)),
        ("31-12-2026", date(2026, 12, 31)),
        ("5/5/2026", date(2026, 5, 5)),
        ("1.2.2026", date(2026, 2, 1)),
        ("01.02.2026 08:30", datetime(2026, 2, 1, 8, 30)),
        ("2026-12-31 18:30", datetime(2026, 12, 31, 18, 30)),
        ("2026-12-31T18:30:15", datetime(2026, 12, 31, 18, 30, 15)),
        ("2026-12-31T18:30:15.123", datetime(2026, 12, 31, 18, 30, 15)),
        ("2026-12-31T18:30:15,5Z", datetime(2026, 12, 31, 18, 30, 15, tzinfo=UTC)),
        ("2026-12-31 18:30 +01:00", datetime(2026, 12, 31, 18, 30, tzinfo=HOUR)),
        (
            "2026-12-31T18:30-0100",
            datetime(2026, 12, 31, 18, 30, tzinfo=timezone(-timedelta(hours=1))),
        ),
        ("9999-12-31", date.max),
        ("9999-12-31 23:59:59", date.max),
    ],
)
def test_a_date_is_understood(text: str, expected: Bound):
    assert bound(text, None) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("02/03/2026", "1-2-2026", "2026-02-30", "2026-1-5", "26-01-05", "31.12.26", "46022"),
        *("soon", "0001-01-01", "1899-12-31", "3000-01-01", "2026-12-31Z", "2026-12-31 25:00"),
        *("13/13/2026", "2026-12/31", "٢٠٢٦-١٢-٣١", "2026-12-31T18:30+99:00", "0000-00-00"),
        "2026-12-31 and on",
    ],
)
def test_what_is_no_sure_date_is_refused(text: str):
    with pytest.raises(NotADate, match="'"):
        bound(text, None)


@pytest.mark.parametrize(
    ("told", "text", "expected"),
    [
        ("%d/%m/%Y", "02/03/2026", date(2026, 3, 2)),
        ("%m/%d/%Y", "02/03/2026", date(2026, 2, 3)),
        ("%d.%m.%y", "31.12.26", date(2026, 12, 31)),
        ("%d/%m/%Y %H:%M", "02/03/2026 07:00", datetime(2026, 3, 2, 7)),
    ],
)
def test_an_order_that_is_told_is_taken(told: str, text: str, expected: Bound):
    assert bound(text, told) == expected


def test_with_an_order_told_nothing_else_is_taken():
    with pytest.raises(NotADate, match="of the form"):
        bound("2026-12-31", "%d/%m/%Y")


@pytest.mark.parametrize("told", ["%d/%m/%Y", "%Y%m%d", "%d %b %Y", "%Y-%j", "%d.%m.%y %H:%M"])
def test_a_format_that_says_the_day_is_accepted(told: str):
    refuse_format(told)


@pytest.mark.parametrize("told", ["%d/%m", "%Y", "yyyy-mm-dd", "%Q", "%H:%M", "%"])
def test_a_format_that_does_not_say_the_day_is_refused(told: str):
    with pytest.raises(ValueError, match="does not say"):
        refuse_format(told)


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_every_day_is_read_back(day: date):
    assert bound(day.isoformat(), None) == day
    assert bound(day.strftime("%d.%m.") + f"{day.year:04}", None) == day


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader_of_dates(text: str):
    try:
        found = bound(text, None)
    except NotADate:
        return
    assert found is None or found.year >= 1900


@given(st.dates(date(2000, 1, 1), date(2999, 1, 1)))
def test_a_date_cut_anywhere_is_no_other_date(day: date):
    text = day.isoformat()
    for end in range(1, len(text)):
        with pytest.raises(NotADate):
            bound(text[:end], None)


@pytest.mark.parametrize(
    ("start", "end", "wrong"),
    [
        (date(2026, 1, 2), date(2026, 1, 1), True),
        (date(2026, 1, 1), date(2026, 1, 1), False),
        (date(2026, 1, 1), None, False),
        (None, date(2026, 1, 1), False),
        (datetime(2026, 1, 1, 9), date(2026, 1, 1), False),
        (datetime(2026, 1, 1, 9), datetime(2026, 1, 1, 8), True),
        (datetime(2026, 1, 1, 9), datetime(2026, 1, 1, 10), False),
        (datetime(2026, 1, 1, 9, tzinfo=UTC), datetime(2026, 1, 1, 8), False),
        (datetime(2026, 1, 2, 9, tzinfo=UTC), datetime(2026, 1, 1, 8), True),
        (datetime(2026, 1, 1, 9, tzinfo=HOUR), datetime(2026, 1, 1, 8, 30, tzinfo=UTC), False),
    ],
)
def test_an_end_before_its_start_is_seen(start: Bound, end: Bound, wrong: bool):
    assert backwards(start, end) is wrong


def test_only_midnight_stands_for_a_day():
    assert through(datetime(2026, 1, 1)) == date(2026, 1, 1)
    assert through(datetime(2026, 1, 1, 0, 1)) == datetime(2026, 1, 1, 0, 1)
    assert through(date(2026, 1, 1)) == date(2026, 1, 1)
    assert through(None) is None
