"""Schedules as they are sent, as hours; and what a server refuses in them."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from doorward.connectors.vizpin.opening.access import Closed, Open
from doorward.connectors.vizpin.opening.hours import Always, Span, Timetable, Yearly
from doorward.connectors.vizpin.timetables import access_of, faults, timetable_of
from doorward.connectors.vizpin.wire.faults import Fault, Faulty
from doorward.connectors.vizpin.wire.schedules import (
    ALWAYS,
    FIRST_IN,
    GRANTED,
    CustomSchedule,
    FirstInSchedule,
    MultipleSchedule,
    Schedule,
)
from doorward.connectors.vizpin.wire.vizpins import Vizpin
from doorward.connectors.vizpin.wire.weeks import (
    ExcludeDates,
    IncludeDate,
    MultipleElement,
    TimeSpan,
    WeeklyElement,
)

MADRID = ZoneInfo("Europe/Madrid")
MORNING = TimeSpan("08:15 AM", "11:45 AM")


def sent(kind: str, element: dict[str, Any]) -> Schedule:
    """A schedule as a caller sends it, read."""
    rule = FIRST_IN if kind == "firstin" else GRANTED
    return rule.read({"type": kind, "scheduleelement": element}, "schedule")


def multiple(**element: Any) -> Schedule:
    return sent("multiple", {"weekdays": {"monday": {"time": [times("08:15 AM")]}}, **element})


def times(begin: str, end: str = "11:45 AM") -> dict[str, str]:
    return {"begin": begin, "end": end}


def fields_refused(schedule: Schedule) -> list[str]:
    return [fault.field.removeprefix("schedule.scheduleelement.") for fault in faults(schedule)]


# --- hours


def test_around_the_clock_is_always_open():
    assert timetable_of(ALWAYS) == Always()
    assert timetable_of(GRANTED.read([], "schedule")) == Always()


@pytest.mark.covers("vizpin", rule="custom-one-span")
@pytest.mark.parametrize("kind", ["custom", "firstin"])
def test_a_weekly_schedule_has_one_span_on_each_day_that_is_given(kind: str):
    schedule = sent(
        kind,
        {
            "monday_begin": "12:00 PM",
            "monday_end": "01:30 PM",
            "sunday_begin": "10:00 PM",
            "sunday_end": "12:00 AM",
        },
    )
    monday, sunday = Span(time(12), time(13, 30)), Span(time(22), time(0))
    assert timetable_of(schedule) == Timetable(((monday,), (), (), (), (), (), (sunday,)))


def test_a_schedule_of_many_spans_keeps_all_of_them():
    schedule = multiple(
        weekdays={
            "tuesday": {"time": [times("08:15 AM"), times("01:00 PM", "05:00 PM")]},
            "saturday": {"time": [times("11:00 PM", "02:00 AM")]},
        }
    )
    tuesday = (Span(time(8, 15), time(11, 45)), Span(time(13), time(17)))
    saturday = (Span(time(23), time(2)),)
    assert timetable_of(schedule) == Timetable(((), tuesday, (), (), (), saturday, ()))


def test_dates_are_put_in_and_left_out_once_or_every_year():
    schedule = multiple(
        includedates=[
            {"date": "2027-02-14", "recurring": "false", "time": [times("08:15 AM")]},
            {"date": "2027-06-30", "recurring": "true", "time": [times("09:00 AM")]},
        ],
        excludedates={"recurring": ["2026-01-06"], "nonrecurring": ["2027-02-15"]},
    )
    found = timetable_of(schedule)
    assert isinstance(found, Timetable)
    assert found.included == {
        date(2027, 2, 14): (Span(time(8, 15), time(11, 45)),),
        Yearly(6, 30): (Span(time(9), time(11, 45)),),
    }
    assert found.excluded == {Yearly(1, 6), date(2027, 2, 15)}


def test_a_date_put_in_twice_has_the_times_of_both():
    day = {"date": "2027-02-14", "recurring": "false"}
    schedule = multiple(
        includedates=[
            {**day, "time": [times("08:15 AM")]},
            {**day, "time": [times("09:00 AM")]},
        ]
    )
    found = timetable_of(schedule)
    assert isinstance(found, Timetable)
    assert found.spans_on(date(2027, 2, 14)) == (
        Span(time(8, 15), time(11, 45)),
        Span(time(9), time(11, 45)),
    )


@pytest.mark.parametrize(
    "element", [WeeklyElement(monday_begin="8 o'clock"), WeeklyElement(monday_end="09:00 AM")]
)
def test_times_that_are_not_written_as_the_document_does_are_not_understood(
    element: WeeklyElement,
):
    with pytest.raises(ValueError, match="hh:mm"):
        timetable_of(CustomSchedule(scheduleelement=element))


# --- a VIZpin


@pytest.mark.covers("vizpin", rule="readers-clock")
def test_a_vizpin_opens_by_its_schedule_within_its_dates_where_its_reader_is():
    schedule = sent("custom", {"monday_begin": "08:15 AM", "monday_end": "11:45 AM"})
    vizpin = Vizpin(
        id="a0v1",
        start_date="2026-03-30 00:00:00",
        stop_date="2026-04-06 09:00:01",
        schedule=schedule,
    )
    access = access_of(vizpin, MADRID)
    first = datetime(2026, 3, 30, 6, 15, tzinfo=UTC)  # summer time began the day before
    last = datetime(2026, 4, 6, 7, 0, 1, tzinfo=UTC)
    assert access.at(datetime(2026, 3, 23, 8, tzinfo=UTC)) == Closed(first)
    assert access.at(datetime(2026, 4, 6, 7, tzinfo=UTC)) == Open(last)
    assert access.at(last) == Closed(None)


def test_a_vizpin_without_dates_or_schedule_is_always_open():
    assert access_of(Vizpin(id="a0v1"), MADRID).at(datetime(2026, 3, 30, tzinfo=UTC)) == Open(None)


# --- what is refused


WEEKLY = WeeklyElement(monday_begin="08:15 AM", monday_end="11:45 AM")


@pytest.mark.parametrize(
    "schedule",
    [
        ALWAYS,
        sent("custom", {"monday_begin": "08:15 AM", "monday_end": "11:45 AM"}),
        sent("custom", {"monday_begin": "10:00 PM", "monday_end": "06:00 AM"}),
        sent("custom", {"monday_begin": "12:00 AM", "monday_end": "12:00 AM"}),
        multiple(weekdays={"monday": {"time": [times("08:15 AM")] * 5}}),
        multiple(
            includedates=[{"date": "2028-02-29", "recurring": "true", "time": [times("08:15 AM")]}],
            excludedates={"recurring": ["2028-02-29"]},
        ),
    ],
)
def test_a_schedule_within_the_rules_is_taken(schedule: Schedule):
    assert faults(schedule) == ()


def test_hours_of_first_in_mode_are_taken_for_a_reader_and_refused_in_a_grant():
    schedule = FirstInSchedule(scheduleelement=WEEKLY)
    assert faults(schedule, FIRST_IN, "first_in_schedule") == ()
    assert [fault.field for fault in faults(schedule)] == ["schedule.type"]


@pytest.mark.covers("vizpin", rule="first-in-schedule")
@pytest.mark.parametrize(
    "schedule",
    [ALWAYS, CustomSchedule(scheduleelement=WEEKLY), multiple()],
    ids=lambda schedule: schedule.type,
)
def test_first_in_mode_takes_no_other_kind(schedule: Schedule):
    found = faults(schedule, FIRST_IN, "first_in_schedule")
    assert [fault.field for fault in found] == ["first_in_schedule.type"]


@pytest.mark.parametrize(
    "schedule", [CustomSchedule(), MultipleSchedule()], ids=lambda schedule: schedule.type
)
def test_a_schedule_that_is_never_open_is_refused(schedule: Schedule):
    (fault,) = faults(schedule)
    assert fault == Fault("schedule.scheduleelement", "has no day with a time")


@pytest.mark.covers("vizpin", rule="multiple-five-spans")
def test_a_sixth_span_is_refused():
    six = IncludeDate(date="2027-02-14", time=(MORNING,) * 6)
    element = MultipleElement(includedates=(six,))
    assert fields_refused(MultipleSchedule(scheduleelement=element)) == ["includedates[0].time"]
    with pytest.raises(Faulty, match="from 1 to 5"):
        multiple(weekdays={"monday": {"time": [times("08:15 AM")] * 6}})


def test_a_sixth_span_is_refused_also_when_its_date_stands_there_twice():
    def on(recurring: str, spans: int, day: str = "2027-02-14") -> IncludeDate:
        return IncludeDate(date=day, recurring=recurring, time=(MORNING,) * spans)

    included = (on("false", 3), on("true", 3), on("false", 2), on("true", 3, "2031-02-14"))
    schedule = MultipleSchedule(scheduleelement=MultipleElement(includedates=included))
    assert fields_refused(schedule) == ["includedates[3].time"]


def test_a_span_with_one_end_only_is_refused():
    schedule = CustomSchedule(scheduleelement=WeeklyElement(friday_begin="08:15 AM"))
    assert fields_refused(schedule) == ["friday_end"]


@pytest.mark.parametrize("clock", ["13:00 PM", "08:60 AM", "08:15", "0815 AM"])
def test_a_time_that_is_none_is_refused(clock: str):
    element = WeeklyElement(friday_begin="08:15 AM", friday_end=clock)
    assert fields_refused(CustomSchedule(scheduleelement=element)) == ["friday_end"]


def test_a_day_that_is_none_is_refused():
    out = ExcludeDates(nonrecurring=("2027-02-29",))
    element = MultipleElement(includedates=(IncludeDate(date="2027-02-14", time=(MORNING,)),))
    schedule = MultipleSchedule(scheduleelement=msgspec.structs.replace(element, excludedates=out))
    assert fields_refused(schedule) == ["excludedates.nonrecurring[0]"]


def test_a_weekly_span_that_ends_when_it_begins_is_refused_but_at_midnight():
    schedule = sent(
        "custom",
        {
            "monday_begin": "12:00 AM",
            "monday_end": "12:00 AM",
            "tuesday_begin": "12:00 PM",
            "tuesday_end": "12:00 PM",
            "friday_begin": "09:00 AM",
            "friday_end": "09:00 AM",
        },
    )
    assert fields_refused(schedule) == ["tuesday_end", "friday_end"]


def test_of_many_spans_each_that_ends_when_it_begins_is_refused():
    still = times("09:00 AM", "09:00 AM")
    schedule = multiple(
        weekdays={"sunday": {"time": [times("08:15 AM"), still]}},
        includedates=[{"date": "2027-02-14", "time": [still, times("12:00 AM", "12:00 AM")]}],
    )
    assert fields_refused(schedule) == [
        "weekdays.sunday.time[1].end",
        "includedates[0].time[0].end",
    ]
