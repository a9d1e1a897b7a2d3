"""Named examples of what a schedule opens when: the hours clocks change, nights, dates, bounds."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from doorward.connectors.vizpin.opening.access import (
    HORIZON,
    Access,
    Closed,
    Open,
    Validity,
)
from doorward.connectors.vizpin.opening.hours import Always, Hours, Span, Timetable, Week, Yearly

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
KATMANDU = ZoneInfo("Asia/Katmandu")
APIA = ZoneInfo("Pacific/Apia")

MINUTE = timedelta(minutes=1)


def span(text: str) -> Span:
    start, stop = (time.fromisoformat(part) for part in text.split("-"))
    return Span(start, stop)


def every_day(*texts: str) -> Week:
    day = tuple(span(text) for text in texts)
    return (day, day, day, day, day, day, day)


def on_monday(text: str) -> Week:
    return ((span(text),), (), (), (), (), (), ())


WORK = every_day("09:00-17:00")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def opened(access: Access, day: str) -> list[str]:
    """What is open on a day of UTC, as times of that day."""
    start = utc(day)
    return [
        f"{since:%H:%M}-{until:%H:%M}"
        for since, until in access.openings(start, start + timedelta(days=1))
    ]


def shown(access: Access, day: date) -> list[str]:
    """What is open on a day as its clock shows it, with the offset."""
    start, stop = (
        datetime.combine(day + timedelta(days=ahead), time(), access.zone) for ahead in (0, 1)
    )
    return [
        " to ".join(f"{bound.astimezone(access.zone):%H:%M%z}" for bound in opening)
        for opening in access.openings(start, stop)
    ]


# --- clocks put ahead


@pytest.mark.covers("vizpin", rule="daylight-saving")
def test_a_span_within_the_hour_left_out_does_not_happen():
    access = Access(Timetable(every_day("01:15-01:45")), LONDON)
    assert opened(access, "2026-03-28") == ["01:15-01:45"]
    assert opened(access, "2026-03-29") == []
    assert access.at(utc("2026-03-29T00:59")) == Closed(utc("2026-03-30T00:15"))


def test_a_span_that_begins_in_the_hour_left_out_begins_with_the_leap():
    access = Access(Timetable(every_day("01:30-03:00")), LONDON)
    assert shown(access, date(2026, 3, 29)) == ["02:00+0100 to 03:00+0100"]


def test_a_span_that_ends_in_the_hour_left_out_is_over_with_the_leap():
    access = Access(Timetable(every_day("00:30-01:30")), LONDON)
    assert shown(access, date(2026, 3, 29)) == ["00:30+0000 to 02:00+0100"]
    assert access.at(utc("2026-03-29T00:45")) == Open(utc("2026-03-29T01:00"))


def test_a_span_around_the_hour_left_out_is_an_hour_shorter():
    access = Access(Timetable(every_day("01:00-05:00")), NEW_YORK)
    assert opened(access, "2026-03-07") == ["06:00-10:00"]
    assert opened(access, "2026-03-08") == ["06:00-09:00"]


def test_a_place_may_leave_out_half_an_hour_only():
    access = Access(Timetable(every_day("01:45-02:45")), LORD_HOWE)
    assert shown(access, date(2026, 10, 4)) == ["01:45+1030 to 02:45+1100"]
    (opening,) = access.openings(utc("2026-10-03T12:00"), utc("2026-10-04T12:00"))
    assert opening[1] - opening[0] == 30 * MINUTE


def test_a_day_that_is_left_out_has_no_openings():
    access = Access(Timetable(included={date(2011, 12, 30): (span("09:00-17:00"),)}), APIA)
    assert access.at(utc("2011-12-29T00:00")) == Closed(None)


def test_a_night_into_a_day_that_is_left_out_ends_with_the_leap():
    access = Access(Timetable(included={date(2011, 12, 29): (span("22:00-06:00"),)}), APIA)
    assert access.at(utc("2011-12-30T09:00")) == Open(utc("2011-12-30T10:00"))


# --- clocks put back


@pytest.mark.covers("vizpin", rule="daylight-saving")
def test_a_span_within_the_hour_that_comes_twice_happens_twice():
    access = Access(Timetable(every_day("01:15-01:45")), LONDON)
    assert shown(access, date(2026, 10, 25)) == [
        "01:15+0100 to 01:45+0100",
        "01:15+0000 to 01:45+0000",
    ]


def test_a_span_that_ends_in_the_hour_that_comes_twice_opens_again():
    access = Access(Timetable(every_day("00:30-01:30")), LONDON)
    assert shown(access, date(2026, 10, 25)) == [
        "00:30+0100 to 01:30+0100",
        "01:00+0000 to 01:30+0000",
    ]
    assert access.at(utc("2026-10-25T00:30")) == Closed(utc("2026-10-25T01:00"))


def test_a_span_that_begins_in_the_hour_that_comes_twice_closes_in_between():
    access = Access(Timetable(every_day("01:30-03:00")), LONDON)
    assert shown(access, date(2026, 10, 25)) == [
        "01:30+0100 to 01:00+0000",
        "01:30+0000 to 03:00+0000",
    ]


def test_a_span_around_the_hour_that_comes_twice_is_an_hour_longer():
    access = Access(Timetable(every_day("00:30-02:30")), NEW_YORK)
    assert shown(access, date(2026, 11, 1)) == ["00:30-0400 to 02:30-0500"]
    assert access.at(utc("2026-11-01T05:59")) == Open(utc("2026-11-01T07:30"))


def test_a_place_may_have_half_an_hour_twice():
    access = Access(Timetable(every_day("01:30-02:00")), LORD_HOWE)
    assert shown(access, date(2026, 4, 5)) == ["01:30+1100 to 02:00+1030"]
    (opening,) = access.openings(utc("2026-04-04T12:00"), utc("2026-04-05T12:00"))
    assert opening[1] - opening[0] == 60 * MINUTE


def test_a_clock_put_ahead_and_back_within_a_week_is_followed():
    access = Access(Timetable(every_day("09:00-10:00")), ZoneInfo("America/Recife"))
    found = list(access.openings(utc("2000-10-07T18:00"), utc("2000-10-16T18:00")))
    assert [start.hour for start, _ in found] == [11, 11, 11, 11, 11, 11, 11, 12, 12]


# --- nights


@pytest.mark.covers("vizpin", rule="overnight")
def test_a_span_that_ends_earlier_than_it_begins_runs_past_midnight():
    access = Access(Timetable(on_monday("22:00-06:00")), LONDON)
    assert access.at(utc("2026-01-05T21:59")) == Closed(utc("2026-01-05T22:00"))
    assert access.at(utc("2026-01-06T05:59")) == Open(utc("2026-01-06T06:00"))
    assert access.at(utc("2026-01-06T06:00")) == Closed(utc("2026-01-12T22:00"))


def test_access_is_closed_from_the_minute_in_which_a_span_ends():
    access = Access(Timetable(WORK), LONDON)
    last = utc("2026-01-05T17:00") - timedelta(microseconds=1)
    assert access.open_at(last)
    assert not access.open_at(utc("2026-01-05T17:00"))


def test_a_night_belongs_to_the_weekday_on_which_it_begins():
    access = Access(Timetable(on_monday("22:00-06:00")), LONDON)
    assert not access.open_at(utc("2026-01-05T05:00"))  # early on Monday
    assert access.open_at(utc("2026-01-06T05:00"))  # early on Tuesday


def test_a_span_until_midnight_ends_with_its_day():
    access = Access(Timetable(on_monday("18:00-00:00")), KATMANDU)
    assert access.at(utc("2026-01-05T12:15")) == Open(utc("2026-01-05T18:15"))


def test_midnight_to_midnight_is_a_whole_day():
    access = Access(Timetable(on_monday("00:00-00:00")), LONDON)
    assert access.at(utc("2026-01-05T00:00")) == Open(utc("2026-01-06T00:00"))
    assert access.at(utc("2026-01-06T00:00")) == Closed(utc("2026-01-12T00:00"))


@pytest.mark.covers("vizpin", rule="daylight-saving")
def test_a_whole_day_is_as_long_as_its_clock_makes_it():
    access = Access(Timetable(every_day("00:00-00:00")), LONDON)
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        bounds = Access(Timetable(included={day: (span("00:00-00:00"),)}), LONDON)
        (opening,) = bounds.openings(utc("2026-03-01"), utc("2026-11-30"))
        assert opening[1] - opening[0] == timedelta(hours=hours)
        assert access.at(opening[0]) == Open(None)


def test_spans_that_touch_or_overlap_are_one_opening():
    access = Access(Timetable(every_day("09:00-12:00", "12:00-13:00", "08:00-10:00")), LONDON)
    assert opened(access, "2026-01-05") == ["08:00-13:00"]
    assert access.at(utc("2026-01-05T08:30")) == Open(utc("2026-01-05T13:00"))


def test_a_short_span_within_a_long_one_changes_nothing():
    access = Access(Timetable(every_day("08:00-17:00", "09:00-10:00")), LONDON)
    assert opened(access, "2026-01-05") == ["08:00-17:00"]


def test_a_night_that_meets_the_morning_is_one_opening():
    access = Access(Timetable(every_day("22:00-06:00", "06:00-09:00")), LONDON)
    assert access.at(utc("2026-01-05T23:00")) == Open(utc("2026-01-06T09:00"))


# --- dates

CHRISTMAS = date(2026, 12, 25)  # a Friday


@pytest.mark.covers("vizpin", rule="exclude-dates")
def test_an_excluded_date_is_closed():
    access = Access(Timetable(WORK, excluded=frozenset({CHRISTMAS})), LONDON)
    assert opened(access, "2026-12-25") == []
    assert opened(access, "2027-12-25") == ["09:00-17:00"]
    assert access.at(utc("2026-12-24T18:00")) == Closed(utc("2026-12-26T09:00"))


@pytest.mark.covers("vizpin", rule="exclude-dates")
def test_a_date_excluded_every_year_is_closed_in_any_year():
    access = Access(Timetable(WORK, excluded=frozenset({Yearly.of(CHRISTMAS)})), LONDON)
    assert opened(access, "2031-12-25") == []
    assert opened(access, "2031-12-26") == ["09:00-17:00"]


@pytest.mark.covers("vizpin", rule="include-dates")
def test_an_included_date_adds_its_times_to_the_weekday():
    access = Access(Timetable(WORK, {CHRISTMAS: (span("19:00-20:00"),)}), LONDON)
    assert opened(access, "2026-12-25") == ["09:00-17:00", "19:00-20:00"]
    assert opened(access, "2027-12-25") == ["09:00-17:00"]


@pytest.mark.covers("vizpin", rule="include-dates")
def test_a_date_included_every_year_opens_in_any_year():
    access = Access(Timetable(included={Yearly(12, 25): (span("19:00-20:00"),)}), LONDON)
    assert access.at(utc("2026-12-26T00:00")) == Closed(utc("2027-12-25T19:00"))


def test_on_a_date_included_and_excluded_only_the_included_times_hold():
    timetable = Timetable(WORK, {CHRISTMAS: (span("11:00-12:00"),)}, frozenset({Yearly(12, 25)}))
    assert opened(Access(timetable, LONDON), "2026-12-25") == ["11:00-12:00"]
    assert opened(Access(timetable, LONDON), "2027-12-25") == []


def test_a_date_included_alone_and_every_year_has_the_times_of_both():
    included = {CHRISTMAS: (span("11:00-12:00"),), Yearly(12, 25): (span("14:00-15:00"),)}
    assert opened(Access(Timetable(included=included), LONDON), "2026-12-25") == [
        "11:00-12:00",
        "14:00-15:00",
    ]


def test_the_night_before_an_excluded_date_runs_to_its_end():
    nights = every_day("22:00-06:00")
    access = Access(Timetable(nights, excluded=frozenset({CHRISTMAS})), LONDON)
    assert opened(access, "2026-12-25") == ["00:00-06:00"]
    assert opened(access, "2026-12-26") == ["22:00-00:00"]


def test_a_leap_day_of_every_year_comes_after_eight_years_at_the_latest():
    access = Access(Timetable(included={Yearly(2, 29): (span("09:00-10:00"),)}), LONDON)
    assert access.at(utc("2096-02-29T10:00")) == Closed(utc("2104-02-29T09:00"))


# --- how far ahead is looked


def test_hours_that_never_come_are_given_up_at_the_horizon():
    assert Access(Timetable(), LONDON).at(utc("2026-01-05")) == Closed(None)


def test_a_date_beyond_the_horizon_is_not_looked_for():
    now = utc("2026-01-05")
    far = (now + HORIZON).date()
    included = {far: (span("00:00-00:00"),)}
    access = Access(Timetable(included=included), LONDON)
    assert access.at(now) == Closed(None)
    assert access.at(now + MINUTE) == Closed(now + HORIZON)


def test_an_opening_longer_than_the_horizon_has_no_end():
    access = Access(Timetable(every_day("12:00-12:00")), LONDON)
    assert access.at(utc("2026-01-05")) == Open(None)


def test_a_long_opening_ends_with_its_validity():
    now = utc("2026-01-05")
    week = every_day("00:00-00:00")
    for stop in (now + MINUTE, now + HORIZON - MINUTE, now + HORIZON):
        access = Access(Timetable(week), LONDON, Validity(None, stop))
        assert access.at(now) == Open(stop)
    later = Access(Timetable(week), LONDON, Validity(None, now + HORIZON + MINUTE))
    assert later.at(now) == Open(None)


def test_the_horizon_is_counted_from_the_start_of_the_validity():
    start = utc("2060-01-05")
    access = Access(Timetable(WORK), LONDON, Validity(start, None))
    assert access.at(utc("2026-01-05")) == Closed(utc("2060-01-05T09:00"))


# --- around the clock, and bounds


@pytest.mark.covers("vizpin", rule="around-the-clock")
def test_around_the_clock_is_always_open():
    access = Access(Always(), LONDON)
    assert access.open_at(utc("2026-01-05"))
    assert access.at(utc("2026-01-05")) == Open(None)
    assert opened(access, "2026-01-05") == ["00:00-00:00"]


@pytest.mark.parametrize("hours", [Always(), Timetable(every_day("00:00-00:00"))])
def test_a_validity_cuts_hours_at_both_ends(hours: Hours):
    validity = Validity.of(datetime(2026, 6, 1), datetime(2026, 6, 2, 17, 0, 1), LONDON)
    access = Access(hours, LONDON, validity)
    start, stop = utc("2026-05-31T23:00"), utc("2026-06-02T16:00:01")
    assert access.at(start - MINUTE) == Closed(start)
    assert access.at(start) == Open(stop)
    assert not access.open_at(start - MINUTE)
    assert access.open_at(stop - timedelta(seconds=1))
    assert not access.open_at(stop)
    assert access.at(stop) == Closed(None)
    assert list(access.openings(utc("2026-01-01"), utc("2027-01-01"))) == [(start, stop)]
    assert list(access.openings(stop, utc("2027-01-01"))) == []


def test_a_night_is_cut_by_the_start_of_the_validity():
    validity = Validity.of(datetime(2026, 1, 6), None, LONDON)
    access = Access(Timetable(on_monday("22:00-06:00")), LONDON, validity)
    assert access.at(utc("2026-01-05T23:00")) == Closed(utc("2026-01-06T00:00"))


@pytest.mark.parametrize("hours", [Always(), Timetable(every_day("00:00-00:00"))])
def test_a_validity_that_is_over_before_it_begins_is_never_open(hours: Hours):
    access = Access(hours, LONDON, Validity(utc("2026-01-05"), utc("2026-01-04")))
    for day in ("2026-01-03", "2026-01-04", "2026-01-05", "2026-01-06"):
        assert access.at(utc(day)) == Closed(None)
        assert not access.open_at(utc(day))


def test_a_validity_bound_that_comes_twice_is_the_first_start_and_the_last_stop():
    twice = datetime(2026, 10, 25, 1, 30)
    assert Validity.of(twice, twice, LONDON) == Validity(
        utc("2026-10-25T00:30"), utc("2026-10-25T01:30")
    )


def test_a_validity_bound_that_is_leapt_over_is_the_leap():
    left_out = datetime(2026, 3, 29, 1, 30)
    leap = utc("2026-03-29T01:00")
    assert Validity.of(left_out, left_out, LONDON) == Validity(leap, leap)


def test_a_validity_is_equal_in_whatever_zone_its_instants_came():
    east = timezone(timedelta(hours=5, minutes=45))
    here = Validity(datetime(2026, 1, 5, 5, 45, 0, 7, tzinfo=east), None)
    assert here == Validity(utc("2026-01-05"), None)


# --- what cannot be asked, and the ends of the calendar


def test_a_time_without_a_zone_is_no_instant():
    naive = datetime(2026, 1, 5)
    access = Access(Always(), LONDON)
    for ask in (access.open_at, access.at, Validity):
        with pytest.raises(ValueError, match="no time zone"):
            ask(naive)


@pytest.mark.parametrize("odd", [time(9, microsecond=1), time(9, tzinfo=UTC)])
def test_a_span_has_whole_seconds_of_wall_time(odd: time):
    for pair in ((odd, time(10)), (time(8), odd)):
        with pytest.raises(ValueError, match="no span"):
            Span(*pair)


@pytest.mark.parametrize("zone", [LONDON, NEW_YORK, LORD_HOWE, KATMANDU], ids=str)
@pytest.mark.parametrize("edge", [datetime.min, datetime.max])
def test_the_ends_of_the_calendar_can_be_asked_about(zone: ZoneInfo, edge: datetime):
    bounded = Access(Timetable(WORK), zone, Validity.of(datetime.min, datetime.max, zone))
    assert bounded.at(utc("2026-01-05T00:00")) == Access(Timetable(WORK), zone).at(
        utc("2026-01-05T00:00")
    )
    access = Access(Timetable(every_day("00:00-00:00")), zone)
    assert access.open_at(edge.replace(tzinfo=zone))
    assert access.open_at(edge.replace(tzinfo=UTC))
    assert access.at(edge.replace(tzinfo=UTC)) == Open(None)
