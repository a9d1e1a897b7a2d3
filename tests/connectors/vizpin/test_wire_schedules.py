"""Schedules: the four kinds, what may stand in each, and what is refused."""

from typing import Any

import pytest

from doorward.connectors.vizpin.wire.faults import Faulty
from doorward.connectors.vizpin.wire.schedules import (
    ALWAYS,
    FIRST_IN,
    GRANTED,
    AroundTheClock,
    CustomSchedule,
    FirstInSchedule,
    MultipleSchedule,
)
from doorward.connectors.vizpin.wire.weeks import TimeSpan

MORNING = {"begin": "08:00 AM", "end": "09:00 AM"}


def custom(**times: Any) -> dict[str, Any]:
    return {"type": "custom", "scheduleelement": times}


def multiple(**element: Any) -> dict[str, Any]:
    return {"type": "multiple", "scheduleelement": element}


def monday(*spans: Any) -> dict[str, Any]:
    return {"monday": {"time": list(spans)}}


def fault(raw: object) -> str:
    with pytest.raises(Faulty) as refused:
        GRANTED.read(raw, "schedule")
    return str(refused.value.fault)


@pytest.mark.covers("vizpin", rule="grant-open")
@pytest.mark.parametrize("raw", [[], {}, {"type": "24x7"}, {"type": "24X7 "}, [{"type": "24x7"}]])
def test_nothing_is_around_the_clock(raw: object):
    assert GRANTED.read(raw, "schedule") == ALWAYS


@pytest.mark.covers("vizpin", rule="around-the-clock")
def test_around_the_clock_takes_no_notice_of_hours():
    raw = {"type": "24x7", "scheduleelement": {"monday_begin": "nonsense"}}
    assert GRANTED.read(raw, "schedule") == AroundTheClock()


@pytest.mark.covers("vizpin", rule="never-mistaken-for-open")
@pytest.mark.parametrize("raw", ["", "24x7", 7, [[]], [{}], [{}, {}], {"type": ""}, {"id": "x"}])
def test_a_garbled_schedule_is_never_around_the_clock(raw: object):
    assert fault(raw).startswith("schedule")


@pytest.mark.covers("vizpin", rule="custom-one-span", object="Schedule ScheduleElement-weekly")
def test_a_custom_schedule_has_a_span_a_weekday():
    read = GRANTED.read(custom(monday_begin="8:00 am", monday_end="12:30PM"), "schedule")
    assert isinstance(read, CustomSchedule)
    assert read.scheduleelement.span("monday") == ("08:00 AM", "12:30 PM")
    assert read.scheduleelement.span("tuesday") == ("", "")


def test_a_span_may_run_past_midnight():
    read = GRANTED.read(custom(friday_begin="10:00 PM", friday_end="02:00 AM"), "schedule")
    assert read.scheduleelement.span("friday") == ("10:00 PM", "02:00 AM")


def test_elements_in_a_list_are_put_together():
    parts = [
        {"id": "", "monday_begin": "08:00 AM", "monday_end": "09:00 AM"},
        {"id": "", "sunday_begin": "10:00 AM", "sunday_end": "11:00 AM", "monday_begin": None},
    ]
    read = GRANTED.read({"type": "custom", "scheduleelement": parts}, "schedule")
    assert read.scheduleelement.span("monday") == ("08:00 AM", "09:00 AM")
    assert read.scheduleelement.span("sunday") == ("10:00 AM", "11:00 AM")


@pytest.mark.covers("vizpin", rule="custom-one-span")
def test_two_spans_on_a_day_are_too_many_for_a_custom_schedule():
    parts = [{"monday_begin": "08:00 AM"}, {"monday_begin": "09:00 AM"}]
    said = fault({"type": "custom", "scheduleelement": parts})
    assert said == "schedule.scheduleelement: says the same thing twice, differently"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (custom(monday_begin="08:00 AM"), "schedule.scheduleelement.monday_end: is required"),
        (custom(sunday_end="08:00 AM"), "schedule.scheduleelement.sunday_begin: is required"),
        (custom(monday_begin="25:00 AM", monday_end=""), "schedule.scheduleelement.monday_begin"),
        (custom(), "schedule.scheduleelement: has no day with a time"),
        ({"type": "custom"}, "schedule.scheduleelement: is required"),
        ({"type": "custom", "scheduleelement": "x"}, "schedule.scheduleelement: is not an object"),
        ({"type": "custom", "scheduleelement": ["x"]}, "schedule.scheduleelement: is not a list"),
        ({"type": "firstin", "scheduleelement": {}}, "schedule.type: is none of 24x7, custom"),
        ({"type": 5}, "schedule.type: is not text"),
        (multiple(), "schedule.scheduleelement: has no day with a time"),
        (multiple(weekdays={}), "schedule.scheduleelement: has no day with a time"),
        (multiple(weekdays="monday"), "schedule.scheduleelement.weekdays: is not an object"),
        (multiple(weekdays=monday()), "schedule.scheduleelement: has no day with a time"),
        (multiple(weekdays={"monday": {}}), "schedule.scheduleelement: has no day with a time"),
        (
            multiple(weekdays=monday(*[MORNING] * 6)),
            "schedule.scheduleelement.weekdays.monday.time: has not from 1 to 5",
        ),
        (
            multiple(weekdays=monday({"begin": "08:00 AM"})),
            "schedule.scheduleelement.weekdays.monday.time[0].end: is required",
        ),
        (
            multiple(weekdays=monday(MORNING, {"begin": "08:00 AM", "end": ""})),
            "schedule.scheduleelement.weekdays.monday.time[1].end: is empty",
        ),
        (
            multiple(weekdays={"monday": {"time": "8"}}),
            "schedule.scheduleelement.weekdays.monday.time: is not a list",
        ),
        (
            multiple(weekdays=monday(MORNING), includedates=[{"date": "", "time": MORNING}]),
            "schedule.scheduleelement.includedates[0].date: is empty",
        ),
        (
            multiple(includedates=[{"date": "2026-02-30", "time": MORNING}]),
            "schedule.scheduleelement.includedates[0].date: day is out of range",
        ),
        (
            multiple(weekdays=monday(MORNING), excludedates={"recurring": [5]}),
            "schedule.scheduleelement.excludedates.recurring[0]: is not text",
        ),
        (
            multiple(weekdays=monday(MORNING), excludedates={"recurring": 5}),
            "schedule.scheduleelement.excludedates.recurring: is not a list",
        ),
        (
            multiple(weekdays=monday(MORNING), excludedates={"recurring": ["2026-01-01"] * 401}),
            "schedule.scheduleelement.excludedates.recurring: has more than 400",
        ),
    ],
)
def test_what_a_schedule_may_not_be_is_named(raw: object, said: str):
    assert fault(raw).startswith(said)


@pytest.mark.covers(
    "vizpin",
    rule="multiple-five-spans",
    object="Schedule ScheduleElement-multiple Weekdays Time",
)
def test_a_multiple_schedule_has_up_to_five_spans_a_day():
    read = GRANTED.read(multiple(weekdays=monday(*[MORNING] * 5)), "schedule")
    assert isinstance(read, MultipleSchedule)
    assert read.scheduleelement.weekdays.monday.time == (TimeSpan("08:00 AM", "09:00 AM"),) * 5


def test_days_without_spans_are_read_and_never_sent():
    raw = multiple(weekdays={**monday(MORNING), "tuesday": {"time": []}})
    schedule = GRANTED.read(raw, "schedule")
    written = GRANTED.write(schedule)
    assert isinstance(written, dict)
    assert list(written["scheduleelement"]["weekdays"]) == ["monday"]


@pytest.mark.covers("vizpin", rule="include-dates", object="IncludeDates")
def test_an_included_date_has_spans():
    said = fault(multiple(includedates=[{"date": "2026-06-06", "time": []}]))
    assert said.startswith("schedule.scheduleelement.includedates[0].time: has not from 1 to 5")


def test_dates_alone_make_a_multiple_schedule():
    dates = [{"date": "2026-06-06", "recurring": True, "time": MORNING}]
    read = GRANTED.read(multiple(includedates=dates), "schedule")
    assert read.scheduleelement.includedates[0].recurring == "true"
    assert not read.scheduleelement.empty


def test_parts_in_lists_are_put_together():
    raw = multiple(
        weekdays=[monday(MORNING), {"friday": {"time": MORNING}}],
        excludedates=[{"recurring": ["2026-12-24"]}, {"recurring": ["2026-12-31"]}],
        includedates={"date": "2026-06-06", "time": MORNING},
    )
    element = GRANTED.read(raw, "schedule").scheduleelement
    assert element.weekdays.friday.time == element.weekdays.monday.time
    assert element.excludedates.recurring == ("2026-12-24", "2026-12-31")
    assert element.includedates[0].date == "2026-06-06"


@pytest.mark.covers("vizpin", rule="exclude-dates", object="ExcludeDates")
def test_one_day_alone_stands_for_a_list_of_it_and_empty_days_are_none():
    for days, read in (("2026-12-24", ("2026-12-24",)), ([""], ())):
        raw = multiple(weekdays=monday(MORNING), excludedates={"nonrecurring": days})
        assert GRANTED.read(raw, "s").scheduleelement.excludedates.nonrecurring == read


@pytest.mark.covers("vizpin", rule="first-in-schedule")
def test_a_first_in_schedule_need_not_say_its_kind():
    raw = {"scheduleelement": {"monday_begin": "06:00 AM", "monday_end": "07:00 AM"}}
    read = FIRST_IN.read(raw, "first_in_schedule")
    assert isinstance(read, FirstInSchedule)
    for wrong in ([], {}, {**raw, "type": "24x7"}):
        with pytest.raises(Faulty):
            FIRST_IN.read(wrong, "first_in_schedule")


@pytest.mark.covers("vizpin", object="Schedule ScheduleElement-*")
def test_every_kind_is_read_as_it_was_written():
    span = {"monday_begin": "06:00 AM", "monday_end": "07:00 AM"}
    for raw in ({"type": "24x7"}, custom(**span), multiple(weekdays=monday(MORNING))):
        schedule = GRANTED.read(raw, "schedule")
        assert GRANTED.read(GRANTED.write(schedule), "schedule") == schedule
        assert schedule.type == raw["type"]
