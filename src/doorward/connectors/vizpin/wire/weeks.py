"""What a schedule holds: spans of time by weekday, and dates put in or left out.

Source: VIZpin OEM API 4.3, ScheduleElement (both forms), IncludeDates, ExcludeDates, Weekdays and
Time objects. Where it differs from itself: text calls `excludedates` an array, samples show one
object of two arrays; `weekdays` likewise. One object is sent; a list is read as its parts together.

Times are the reader's wall time. A span that doesn't end later than it begins runs past midnight.
"""

from typing import Annotated, Any

from doorward.connectors.vizpin.wire.faults import Fault
from doorward.connectors.vizpin.wire.fields import Asked, Field
from doorward.connectors.vizpin.wire.lists import Days, ListOf, Merged
from doorward.connectors.vizpin.wire.moments import CLOCK, DAY
from doorward.connectors.vizpin.wire.rules import FLAG, Nested

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""In the order of `date.weekday()`."""

SPANS_A_DAY = 5
MAX_DATES = 400

Clock = Annotated[str, Field(CLOCK)]


class WeeklyElement(
    Asked,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"schedule_id": "scheduleid"},
):
    """At most one span for each weekday, as `05:00 PM`; "" where that day has none."""

    id: str = ""
    schedule_id: str = ""
    sunday_begin: Clock = ""
    sunday_end: Clock = ""
    monday_begin: Clock = ""
    monday_end: Clock = ""
    tuesday_begin: Clock = ""
    tuesday_end: Clock = ""
    wednesday_begin: Clock = ""
    wednesday_end: Clock = ""
    thursday_begin: Clock = ""
    thursday_end: Clock = ""
    friday_begin: Clock = ""
    friday_end: Clock = ""
    saturday_begin: Clock = ""
    saturday_end: Clock = ""

    def span(self, weekday: str) -> tuple[str, str]:
        """Begin and end on a weekday, both "" where there is none."""
        return getattr(self, f"{weekday}_begin"), getattr(self, f"{weekday}_end")

    @property
    def empty(self) -> bool:
        """Whether no day has a span."""
        return not any(begin for begin, _ in map(self.span, WEEKDAYS))

    def fault(self) -> Fault | None:
        """A day with only one end of its span."""
        for weekday in WEEKDAYS:
            begin, end = self.span(weekday)
            if bool(begin) != bool(end):
                return Fault(
                    f"{weekday}_{'end' if begin else 'begin'}", "is required beside its pair"
                )
        return None


class TimeSpan(Asked, frozen=True, forbid_unknown_fields=True):
    """A span within a day, as `09:00 AM` and `12:00 PM`."""

    begin: Clock
    end: Clock

    def fault(self) -> Fault | None:
        """An end that is empty."""
        empty = next((name for name in ("begin", "end") if not getattr(self, name)), None)
        return Fault(empty, "is empty") if empty else None


Spans = Annotated[tuple[TimeSpan, ...], Field(ListOf(TimeSpan, 1, SPANS_A_DAY))]


class IncludeDate(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A date with times of its own; `recurring` "true": in every year."""

    date: Annotated[str, Field(DAY)]
    recurring: Annotated[str, Field(FLAG)] = "false"
    time: Spans

    def fault(self) -> Fault | None:
        """A date that is empty."""
        return None if self.date else Fault("date", "is empty")


class ExcludeDates(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Dates without access, in every year and in that year alone."""

    recurring: Annotated[tuple[str, ...], Field(Days(MAX_DATES))] = ()
    nonrecurring: Annotated[tuple[str, ...], Field(Days(MAX_DATES))] = ()


class DayTimes(Asked, frozen=True, forbid_unknown_fields=True):
    """The spans of one weekday."""

    time: Spans = ()


class _OpenDay(Nested):
    """A weekday. One without spans is read, because answers show each, but never sent."""

    def read(self, raw: object, where: str) -> Any:
        """The spans. Raises Faulty."""
        return DayTimes() if raw == {"time": []} else Nested.read(self, raw, where)

    def write(self, value: Any) -> object:
        """The spans; None where there are none."""
        return Nested.write(self, value) if value.time else None


Day = Annotated[DayTimes, Field(_OpenDay(DayTimes))]


class Weekdays(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The spans of each weekday; a weekday without any has an empty list."""

    monday: Day = DayTimes()
    tuesday: Day = DayTimes()
    wednesday: Day = DayTimes()
    thursday: Day = DayTimes()
    friday: Day = DayTimes()
    saturday: Day = DayTimes()
    sunday: Day = DayTimes()


class MultipleElement(
    Asked,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"schedule_id": "scheduleid"},
):
    """Up to five spans a weekday, and dates put in or left out."""

    id: str = ""
    includedates: Annotated[tuple[IncludeDate, ...], Field(ListOf(IncludeDate, 0, MAX_DATES))] = ()
    excludedates: Annotated[ExcludeDates, Field(Merged(ExcludeDates))] = ExcludeDates()
    weekdays: Annotated[Weekdays, Field(Merged(Weekdays))] = Weekdays()

    @property
    def empty(self) -> bool:
        """Whether no day has a span."""
        return not self.includedates and not any(
            getattr(self.weekdays, weekday).time for weekday in WEEKDAYS
        )
