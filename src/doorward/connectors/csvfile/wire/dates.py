"""The days and moments in cells. What could be two days is neither, unless the order is told.

Source: ISO 8601; the orders of day, month and year in use in Europe and America.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache

Bound = date | datetime | None

FIRST, LAST = 1900, 2999  # years; what lies beyond is a mistake, or stands for no end
_NO_END = date.max
_TIME = r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?)?"
_ZONE = r"\s*(?P<zone>Z|[+-]\d\d:?\d\d)?"
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})(?P<sign>[-/.]?)(?P<month>\d\d)(?P=sign)(?P<day>\d\d){_TIME}{_ZONE}",
    re.ASCII,
)
_YEAR_LAST = re.compile(
    rf"(?P<one>\d{{1,2}})(?P<sign>[-/.])(?P<other>\d{{1,2}})(?P=sign)(?P<year>\d{{4}}){_TIME}{_ZONE}",
    re.ASCII,
)


class NotADate(ValueError):
    """What a cell says instead of a day."""


@lru_cache(maxsize=65_536)
def bound(text: str, told: str | None) -> Bound:
    """A day, or a moment where a time is written; None for an empty cell. Raises NotADate.

    `told` is the one format that is taken, in the letters of `strptime`.
    """
    if not text:
        return None
    found = _as_told(text, told) if told else _as_written(text)
    if found.year == _NO_END.year:
        return _NO_END
    if not FIRST <= found.year <= LAST:
        raise NotADate(f"'{text}' lies outside the years {FIRST} to {LAST}")
    return found


def backwards(start: Bound, end: Bound) -> bool:
    """Whether an end lies before its start, as far as that can be told without a time zone."""
    if start is None or end is None:
        return False
    moments = isinstance(start, datetime) and isinstance(end, datetime)
    if moments and _has_zone(start) == _has_zone(end):
        return end < start
    return _day(end) < _day(start)


def through(end: Bound) -> Bound:
    """An end at midnight is how programs write a day: it lasts through that day."""
    if isinstance(end, datetime) and end.time() == time():
        return end.date()
    return end


def refuse_format(told: str) -> None:
    """Raise ValueError for a format that does not say the whole day."""
    probe = datetime(2026, 11, 23, 17, 45, 59)
    try:
        back = datetime.strptime(probe.strftime(told), told)
    except (ValueError, re.error):
        back = datetime.min
    if back.date() != probe.date():
        raise ValueError("dates does not say day, month and year, such as %d/%m/%Y")


def _has_zone(moment: date) -> bool:
    return isinstance(moment, datetime) and moment.tzinfo is not None


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _as_told(text: str, told: str) -> date:
    try:
        found = datetime.strptime(text, told)
    except ValueError:
        raise NotADate(f"'{text}' is not a date of the form {told}") from None
    return found if re.search("%[HIMSXcTfz]", told) else found.date()


def _as_written(text: str) -> date:
    found = _YEAR_FIRST.fullmatch(text) or _YEAR_LAST.fullmatch(text)
    if found is None:
        raise NotADate(f"'{text}' is not a date")
    month, day = _order(found, text)
    try:
        written = date(int(found["year"]), month, day)
        return _with_time(written, found)
    except ValueError:
        raise NotADate(f"'{text}' is not a date that there is") from None


def _order(found: re.Match[str], text: str) -> tuple[int, int]:
    """Month and day of a date; dots and numbers above 12 tell which is which."""
    parts = found.groupdict()
    if "month" in parts:
        return int(parts["month"]), int(parts["day"])
    one, other = int(parts["one"]), int(parts["other"])
    if one == other or one > 12 or parts["sign"] == ".":
        return other, one
    if other > 12:
        return one, other
    raise NotADate(f"'{text}' could be two different days")


def _with_time(written: date, found: re.Match[str]) -> date:
    if found["hour"] is None:
        if found["zone"]:
            raise ValueError("a zone without a time")
        return written
    clock = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    return datetime.combine(written, clock, _zone(found["zone"]))


def _zone(written: str | None) -> tzinfo | None:
    if not written:
        return None
    if written == "Z":
        return UTC
    ahead = timedelta(hours=int(written[1:3]), minutes=int(written[-2:]))
    return timezone(-ahead if written[0] == "-" else ahead)
