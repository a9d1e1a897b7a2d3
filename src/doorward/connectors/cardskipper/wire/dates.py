"""Dates as Cardskipper says them, and which of two comes first.

A midnight is a whole day: as an end, both last through that day. So `2026-12-31` and
`2026-12-31T00:00:00` are the same `date`; anything else is a `datetime`, aware where an offset was
said. `0001-01-01...` means none, the last day of the year 9999 (.NET's greatest date) is
`date.max` (Cardskipper facts, "A reader that cannot be fooled").
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal

Bound = date | None
"""A day, a moment (a `datetime`, naive for wall time), or none."""

DateForm = Literal["date", "midnight", "moment with offset"]

_FORM = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,12}))?)?)?"
    r"(?:Z|([+-])(\d\d):?(\d\d))?",
    re.ASCII,
)
_NO_DATE = date.min


def bound(text: str) -> Bound:
    """What a date says. Raises ValueError for anything that is none of the known forms."""
    if len(text) == 10 and text[4] == text[7] == "-" and text.isascii():  # nearly all of them
        day = date.fromisoformat(text)  # takes less time than to look it up
        return None if day == _NO_DATE else day
    return _bound(text)


@lru_cache(maxsize=40_000)  # as many as there are days in a long life
def _bound(text: str) -> Bound:
    said = moment(text)
    if said is None:
        return None
    day = said.date()
    if day == date.max:
        return day
    return said if any((said.hour, said.minute, said.second, said.microsecond)) else day


def moment(text: str) -> datetime | None:
    """The moment that a date says, a day being its midnight. Raises ValueError as `bound` does."""
    text = text.strip()
    if not text:
        return None
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError(f"{text!r} is not a date")
    day = date.fromisoformat(form[1])
    if day == _NO_DATE:
        return None
    hour, minute, second = (int(form[place] or 0) for place in (2, 3, 4))
    micro = int((form[5] or "0")[:6].ljust(6, "0"))
    zone = _zone(text, form)
    return datetime(day.year, day.month, day.day, hour, minute, second, micro, zone)


def _zone(text: str, form: re.Match[str]) -> timezone | None:
    if text.endswith("Z"):
        return UTC
    if form[6] is None:
        return None
    offset = timedelta(hours=int(form[7]), minutes=int(form[8]))
    return timezone(-offset if form[6] == "-" else offset)


def ends_before(end: date, start: date) -> bool:
    """Whether an end surely lies before its start, in whatever zone the two are meant."""
    if type(end) is date and type(start) is date:
        return end < start
    if isinstance(end, datetime) and isinstance(start, datetime):
        if (end.tzinfo is None) == (start.tzinfo is None):
            return end < start
        return _day(end) < _day(start) - timedelta(days=1)
    loose = _aware(end) or _aware(start)
    return _day(end) < _day(start) - timedelta(days=1 if loose else 0)


def _aware(moment: date) -> bool:
    return isinstance(moment, datetime) and moment.tzinfo is not None


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def written(moment: date, form: DateForm) -> str:
    """A day in one of the forms in which Cardskipper may say it; a moment always as it is."""
    if isinstance(moment, datetime):
        return moment.isoformat()
    match form:
        case "date":
            return moment.isoformat()
        case "midnight":
            return f"{moment.isoformat()}T00:00:00"
        case _:
            return f"{moment.isoformat()}T00:00:00.000+01:00"
