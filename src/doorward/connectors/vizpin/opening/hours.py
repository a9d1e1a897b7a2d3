"""The hours of a schedule, in wall time: weekly spans, dates added and dates taken out.

Source: VIZpin OEM API 4.3, appendix 2, Schedule, ScheduleElement, IncludeDates, ExcludeDates,
Weekdays, Time. The document leaves open, and here holds:

- A span begins with its first minute and is over when the clock shows its end.
- A span whose end is not later than its beginning runs past midnight; so midnight to midnight is a
  whole day. It belongs as a whole to the day on which it begins, whichever day the next one is.
- An included date adds its own times to those of its weekday, an excluded date takes the times of
  its weekday away. On a date that is both (the document's own sample has one) only the included
  times hold.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Self

DAY = timedelta(days=1)

Stretch = tuple[datetime, datetime]
"""From the first moment up to, but without, the second."""


@dataclass(frozen=True, slots=True)
class Span:
    """Open from `start` until `stop` on a day; a `stop` not later than `start` is the next day's.

    Raises ValueError for times finer than a second or with a zone.
    """

    start: time
    stop: time

    def __post_init__(self) -> None:
        if any(moment.microsecond or moment.tzinfo for moment in (self.start, self.stop)):
            raise ValueError(f"{self.start} to {self.stop} is no span of wall time in seconds")

    def on(self, day: date) -> Stretch:
        """The span of the day on which it begins; never longer than 24 hours on the wall."""
        last = day + DAY if self.stop <= self.start else day
        return datetime.combine(day, self.start), datetime.combine(last, self.stop)


Spans = tuple[Span, ...]
Week = tuple[Spans, Spans, Spans, Spans, Spans, Spans, Spans]
"""The spans of each weekday, Monday first; spans of a day may overlap."""

NO_WEEK: Week = ((), (), (), (), (), (), ())


@dataclass(frozen=True, slots=True)
class Yearly:
    """A date without its year: it comes every year, the 29th of February in leap years only."""

    month: int
    day: int

    @classmethod
    def of(cls, day: date) -> Self:
        """The same date in every year."""
        return cls(day.month, day.day)


@dataclass(frozen=True, slots=True)
class Always:
    """Open at every time of every day: 24x7, and a grant without a schedule."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """What is open on which day: the week, and the dates that are different."""

    week: Week = NO_WEEK
    included: Mapping[date | Yearly, Spans] = field(default_factory=dict)
    excluded: frozenset[date | Yearly] = frozenset()

    def spans_on(self, day: date) -> Spans:
        """The spans that begin on a day."""
        yearly = Yearly.of(day)
        added = self.included.get(day, ()) + self.included.get(yearly, ())
        if day in self.excluded or yearly in self.excluded:
            return added
        return self.week[day.weekday()] + added

    def shows(self, wall: datetime) -> bool:
        """Whether access is open while the clock on the wall shows this."""
        return any(start <= wall < stop for start, stop in self._around(wall, wall))

    def within(self, since: datetime, until: datetime) -> list[Stretch]:
        """What is open between two wall times, cut to them, by beginning; may overlap."""
        return sorted(
            (max(start, since), min(stop, until))
            for start, stop in self._around(since, until)
            if start < until and since < stop
        )

    def _around(self, since: datetime, until: datetime) -> Iterator[Stretch]:
        """The spans of all days that may reach into a time: from the day before it on."""
        day = since.date() - DAY
        while day <= until.date():
            for span in self.spans_on(day):
                yield span.on(day)
            day += DAY


Hours = Always | Timetable
