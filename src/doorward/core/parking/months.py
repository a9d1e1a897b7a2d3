"""Months of the club's calendar, as instants of its zone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from doorward.core.windows import first_moment


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year. Raises ValueError for one that the calendar does not have."""

    year: int
    number: int

    def __post_init__(self) -> None:
        date(self.year, self.number, 1)

    @classmethod
    def of(cls, text: str) -> Self:
        """From text such as `2026-10`. Raises ValueError."""
        year, dash, number = text.partition("-")
        if not (dash and len(year) == 4 and len(number) == 2 and (year + number).isdecimal()):
            raise ValueError(f"{text!r} is no month such as 2026-10")
        return cls(int(year), int(number))

    @classmethod
    def at(cls, instant: datetime, zone: ZoneInfo) -> Self:
        """The month in which an instant lies."""
        local = instant.astimezone(zone)
        return cls(local.year, local.month)

    @property
    def next(self) -> "Month":
        """The month after it."""
        if self.number == 12:
            return Month(self.year + 1, 1)
        return Month(self.year, self.number + 1)

    def begin(self, zone: ZoneInfo) -> datetime:
        """Its first instant."""
        moment = first_moment(date(self.year, self.number, 1), zone)
        assert moment is not None, "only the first day of the calendar has none"
        return moment

    def end(self, zone: ZoneInfo) -> datetime:
        """The first instant that is no longer in it."""
        return self.next.begin(zone)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"
