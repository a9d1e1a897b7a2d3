"""A schedule as it is sent, as hours the door can be asked about; and what a server refuses in it.

Source: VIZpin OEM API 4.3, appendix 2, Schedule and ScheduleElement. What the document leaves open
is settled in `opening.hours`, and here: an end equal to its begin is a whole day at midnight and
refused at any other time, and the limit of five spans holds for a date even when it stands in
`includedates` twice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, time
from typing import assert_never, cast
from zoneinfo import ZoneInfo

from doorward.connectors.vizpin.opening.access import Access, Validity
from doorward.connectors.vizpin.opening.hours import (
    Always,
    Hours,
    Span,
    Spans,
    Timetable,
    Week,
    Yearly,
)
from doorward.connectors.vizpin.wire import dates, form
from doorward.connectors.vizpin.wire.faults import Fault, Faulty
from doorward.connectors.vizpin.wire.schedules import (
    GRANTED,
    AroundTheClock,
    CustomSchedule,
    FirstInSchedule,
    MultipleSchedule,
    Schedule,
    ScheduleRule,
)
from doorward.connectors.vizpin.wire.vizpins import Vizpin
from doorward.connectors.vizpin.wire.weeks import (
    SPANS_A_DAY,
    WEEKDAYS,
    IncludeDate,
    MultipleElement,
    TimeSpan,
    WeeklyElement,
)

Mark = date | Yearly


def access_of(vizpin: Vizpin, zone: ZoneInfo) -> Access:
    """When a VIZpin opens its reader, which is in this zone; its revocation is not looked at.

    Raises ValueError for times that are not as the document writes them.
    """
    validity = Validity.of(vizpin.start, vizpin.stop, zone)
    return Access(timetable_of(vizpin.schedule), zone, validity)


def timetable_of(schedule: Schedule) -> Hours:
    """The hours of a schedule. Raises ValueError for times not as the document writes them."""
    match schedule:
        case AroundTheClock():
            return Always()
        case CustomSchedule(scheduleelement=weekly) | FirstInSchedule(scheduleelement=weekly):
            return Timetable(_week(_once(*weekly.span(weekday)) for weekday in WEEKDAYS))
        case MultipleSchedule(scheduleelement=element):
            return _multiple(element)
        case _:
            assert_never(schedule)


def faults(
    schedule: Schedule, rule: ScheduleRule = GRANTED, where: str = "schedule"
) -> tuple[Fault, ...]:
    """Why a schedule is refused where `rule` holds; empty when it is taken.

    Of what the wire itself refuses (kind, number of spans, form of times) the first is told,
    otherwise everything. `where` is the path of the schedule in what was sent.
    """
    try:
        rule.read(_as_sent(schedule), where)
    except Faulty as faulty:
        return (faulty.fault,)
    return tuple(fault.under(f"{where}.scheduleelement") for fault in _found(schedule))


def _as_sent(schedule: Schedule) -> object:
    """A schedule as a caller sends it: without the weekdays on which it has no time."""
    said = form.parse(form.encode(schedule))
    if isinstance(schedule, MultipleSchedule):
        element = said["scheduleelement"]
        days = element["weekdays"].items()
        element["weekdays"] = {weekday: day for weekday, day in days if day["time"]}
    return said


def _multiple(element: MultipleElement) -> Timetable:
    included: dict[Mark, Spans] = {}
    for entry in element.includedates:
        mark = _mark(entry.date, yearly=entry.recurring == "true")
        included[mark] = included.get(mark, ()) + _spans(entry.time)
    out = element.excludedates
    return Timetable(
        _week(_spans(getattr(element.weekdays, weekday).time) for weekday in WEEKDAYS),
        included,
        frozenset(_mark(day, yearly=True) for day in out.recurring)
        | frozenset(_mark(day, yearly=False) for day in out.nonrecurring),
    )


def _mark(text: str, *, yearly: bool) -> Mark:
    day = dates.read_day(text)
    return Yearly.of(day) if yearly else day


def _week(days: Iterable[Spans]) -> Week:
    return cast("Week", tuple(days))


def _spans(spans: Iterable[TimeSpan]) -> Spans:
    return tuple(_span(span.begin, span.end) for span in spans)


def _once(begin: str, end: str) -> Spans:
    return (_span(begin, end),) if begin or end else ()


def _span(begin: str, end: str) -> Span:
    return Span(dates.read_clock(begin), dates.read_clock(end))


def _found(schedule: Schedule) -> Iterator[Fault]:
    """The faults of a schedule whose parts are each as they should be, within its element."""
    match schedule:
        case AroundTheClock():
            return
        case CustomSchedule(scheduleelement=weekly) | FirstInSchedule(scheduleelement=weekly):
            yield from _standing_still(_weekly_spans(weekly))
        case MultipleSchedule(scheduleelement=element):
            yield from _standing_still(_multiple_spans(element))
            yield from _crowded(element.includedates)
        case _:
            assert_never(schedule)


def _standing_still(spans: Iterable[tuple[str, str, str]]) -> Iterator[Fault]:
    for field, begin, end in spans:
        if dates.read_clock(begin) == dates.read_clock(end) != time():
            yield Fault(field, "is when it begins; a whole day is 12:00 AM to 12:00 AM")


def _weekly_spans(element: WeeklyElement) -> Iterator[tuple[str, str, str]]:
    """Each span as the field of its end, begin and end."""
    for weekday in WEEKDAYS:
        begin, end = element.span(weekday)
        if begin:
            yield f"{weekday}_end", begin, end


def _multiple_spans(element: MultipleElement) -> Iterator[tuple[str, str, str]]:
    """Each span as the field of its end, begin and end."""
    lists = [
        (f"weekdays.{weekday}", getattr(element.weekdays, weekday).time) for weekday in WEEKDAYS
    ]
    lists += [
        (f"includedates[{place}]", entry.time) for place, entry in enumerate(element.includedates)
    ]
    for path, spans in lists:
        for place, span in enumerate(spans):
            yield f"{path}.time[{place}].end", span.begin, span.end


def _crowded(included: tuple[IncludeDate, ...]) -> Iterator[Fault]:
    held: Counter[Mark] = Counter()
    for place, entry in enumerate(included):
        mark = _mark(entry.date, yearly=entry.recurring == "true")
        held[mark] += len(entry.time)
        if held[mark] > SPANS_A_DAY:
            yield Fault(
                f"includedates[{place}].time", f"makes more than {SPANS_A_DAY} for its date"
            )
