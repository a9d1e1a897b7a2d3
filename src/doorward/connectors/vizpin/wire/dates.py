"""Days and times as the document writes them.

Days are `yyyy-mm-dd`, only the activity list asks in `mm/dd/yyyy`; times of day are `hh:mm AM`.
A start lies at 00:00:00 of its day. A stop has seconds, and they are always 01: what is sent with
others is taken as that minute. Both are wall times of the reader; audit dates are GMT.

The document prints a stop also as a bare day (grantphonerole), without saying when on that day it
ends: here at 23:59:01, the last stop that the day has.
"""

import re
from datetime import UTC, date, datetime, time

STOP_SECOND = 1

_DAY = r"(\d{4})-(\d\d)-(\d\d)"
_MOMENT = re.compile(_DAY + r"(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?", re.ASCII)
_ISO = re.compile(_DAY, re.ASCII)
_US = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})", re.ASCII)
_CLOCK = re.compile(r"(\d\d?):(\d\d) ?([AP]M)", re.ASCII | re.IGNORECASE)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def _moment(text: str) -> tuple[date, time | None]:
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        raise ValueError("is not yyyy-mm-dd or yyyy-mm-dd HH:mm:ss")
    year, month, day, hour, minute, second = found.groups()
    clock = time(int(hour), int(minute), int(second or 0)) if hour else None
    return date(int(year), int(month), int(day)), clock


def read_start(text: str) -> datetime:
    """When access starts: midnight of a day, the reader's wall time. Raises ValueError."""
    day, clock = _moment(text)
    if clock not in {None, time(0)}:
        raise ValueError("starts at 00:00:00 of its day, at no other time")
    return datetime.combine(day, time(0))


def read_stop(text: str) -> datetime:
    """When access stops, the reader's wall time, at second 01. Raises ValueError."""
    day, clock = _moment(text)
    last = time(23, 59) if clock is None else clock
    return datetime.combine(day, last).replace(second=STOP_SECOND)


def write_moment(moment: datetime) -> str:
    """A start: `2026-03-01 00:00:00`. Raises ValueError for a time with a zone."""
    if moment.tzinfo is not None:
        raise ValueError("is not wall time")
    return moment.isoformat(" ", "seconds")


def write_stop(moment: datetime) -> str:
    """A stop: `2026-03-01 17:00:01`. Raises ValueError for a time with a zone."""
    return write_moment(moment.replace(second=STOP_SECOND))


def read_audit(text: str) -> datetime:
    """When something happened, in GMT. Raises ValueError."""
    day, clock = _moment(text)
    if clock is None:
        raise ValueError("has no time of day")
    return datetime.combine(day, clock, UTC)


def write_audit(moment: datetime) -> str:
    """The same instant as GMT text; `moment` knows its zone."""
    return write_moment(moment.astimezone(UTC).replace(tzinfo=None))


def describe(moment: datetime) -> str:
    """A moment for people: `Mar 01 2026 05:09:03 PM CET`; `moment` is in the reader's zone."""
    clock = f"{_hour(moment.time())}:{moment:%M:%S} {_half(moment.time())}"
    zone = moment.tzname() or ""
    day = f"{_MONTHS[moment.month - 1]} {moment.day:02d} {moment.year:04d}"
    return f"{day} {clock} {zone}".rstrip()


def read_day(text: str) -> date:
    """`yyyy-mm-dd`. Raises ValueError."""
    found = _ISO.fullmatch(text.strip())
    if found is None:
        raise ValueError("is not yyyy-mm-dd")
    return date(*map(int, found.groups()))


def read_us_day(text: str) -> date:
    """`mm/dd/yyyy`. Raises ValueError."""
    found = _US.fullmatch(text.strip())
    if found is None:
        raise ValueError("is not mm/dd/yyyy")
    month, day, year = map(int, found.groups())
    return date(year, month, day)


def write_us_day(day: date) -> str:
    """`mm/dd/yyyy`."""
    return f"{day.month:02d}/{day.day:02d}/{day.year:04d}"


def read_clock(text: str) -> time:
    """`05:00 PM`. Raises ValueError."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None or not 1 <= int(found[1]) <= 12:
        raise ValueError("is not hh:mm AM or hh:mm PM")
    return time(int(found[1]) % 12 + 12 * (found[3].upper() == "PM"), int(found[2]))


def write_clock(clock: time) -> str:
    """`05:00 PM`."""
    return f"{_hour(clock)}:{clock.minute:02d} {_half(clock)}"


def _hour(clock: time) -> str:
    return f"{clock.hour % 12 or 12:02d}"


def _half(clock: time) -> str:
    return "PM" if clock.hour >= 12 else "AM"
