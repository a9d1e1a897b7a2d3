"""Rules for fields that hold days and times, and what they are as values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from doorward.connectors.vizpin.wire import dates
from doorward.connectors.vizpin.wire.faults import Faulty
from doorward.connectors.vizpin.wire.rules import FILLED, TEXT


@dataclass(frozen=True, slots=True)
class When:
    """A day or a moment as a value; `reader` and `writer` know its form."""

    reader: Callable[[str], Any]
    writer: Callable[[Any], str]

    def read(self, raw: object, where: str) -> Any:
        """The value. Raises Faulty."""
        text = FILLED.read(raw, where)
        try:
            return self.reader(text)
        except ValueError as error:
            raise Faulty(where, str(error)) from None

    def write(self, value: Any) -> object:
        """Its text."""
        return self.writer(value)


@dataclass(frozen=True, slots=True)
class Written:
    """A day or a time of day that stays text, in the one form that is sent, or ""."""

    reader: Callable[[str], Any]
    writer: Callable[[Any], str]

    def read(self, raw: object, where: str) -> str:
        """The text as it is sent. Raises Faulty."""
        text = TEXT.read(raw, where)
        if not text.strip():
            return ""
        return self.writer(When(self.reader, self.writer).read(text, where))

    def write(self, value: str) -> object:
        """The text."""
        return value


START = When(dates.read_start, dates.write_moment)
STOP = When(dates.read_stop, dates.write_stop)
AUDIT = When(dates.read_audit, dates.write_audit)
US_DAY = When(dates.read_us_day, dates.write_us_day)
DAY = Written(dates.read_day, date.isoformat)
CLOCK = Written(dates.read_clock, dates.write_clock)
