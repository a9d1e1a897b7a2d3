"""From when until when somebody may enter, as a terminal holds it (its `Valid`).

A terminal's `enable: false` means *no time limit*, not blocked (vendor guide and device data
agree; Hikvision terminals as observed, Validity). So nothing here can be built that takes access
away by it: what is written is a `Window`, and a window is always enabled. Access is taken away by
a window that is over.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import msgspec

EARLIEST = datetime(2000, 1, 1)
LATEST = datetime(2037, 12, 31, 23, 59, 59)  # also the way to write "unlimited"

TimeType = Literal["local", "UTC"]


class ValidForm(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """`Valid` exactly as it stands on the wire.

    The documented dialect prints no `timeType`; the terminal dialect needs it, because one model
    reads times without it as UTC (Hikvision terminals as observed, Validity).
    """

    enable: bool | None = None
    begin_time: str | None = None
    end_time: str | None = None
    time_type: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A window that a terminal takes: whole seconds of its wall time, 2000 to 2037, both included.

    Raises ValueError for anything that it would refuse.
    """

    begin: datetime
    end: datetime

    def __post_init__(self) -> None:
        for moment in (self.begin, self.end):
            if moment.tzinfo is not None:
                raise ValueError(f"{moment} has an offset; a terminal keeps its own wall time")
            if moment.microsecond:
                raise ValueError(f"{moment} is finer than the second a terminal keeps")
            if not EARLIEST <= moment <= LATEST:
                raise ValueError(f"{moment} is outside the years 2000 to 2037 of a terminal")
        if self.end < self.begin:
            raise ValueError(f"the window ends {self.end} before it begins {self.begin}")

    def form(self, time_type: TimeType | None) -> ValidForm:
        """As it is written; without `timeType` for the documented dialect."""
        return ValidForm(
            enable=True,
            begin_time=self.begin.isoformat(),
            end_time=self.end.isoformat(),
            time_type=time_type,
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """A window as a terminal tells it; naive times, in its wall time unless `utc`."""

    begin: datetime
    end: datetime
    utc: bool = False

    def is_window(self, window: Window) -> bool:
        """Whether this is exactly that window."""
        return not self.utc and (self.begin, self.end) == (window.begin, window.end)


@dataclass(frozen=True, slots=True)
class NoTimeLimit:
    """`enable: false`: may enter at any time, for good."""


OddReason = Literal["missing", "form", "offset", "order", "range"]


@dataclass(frozen=True, slots=True)
class OddValidity:
    """A `Valid` that means nothing certain: what is wrong with it, and in which field."""

    reason: OddReason
    field: str


Validity = Shown | NoTimeLimit | OddValidity


def read(form: ValidForm | None) -> Validity:
    """What a terminal tells, taken leniently: a time with an offset is turned into UTC."""
    return _judged(form, offsets=True)


def asked(form: ValidForm | None) -> Validity:
    """What a terminal is asked to keep, judged as it does: no offsets, and within its range."""
    found = _judged(form, offsets=False)
    if isinstance(found, Shown):
        if not EARLIEST <= found.begin <= LATEST:
            return OddValidity("range", "beginTime")
        if not EARLIEST <= found.end <= LATEST:
            return OddValidity("range", "endTime")
    return found


def _judged(form: ValidForm | None, *, offsets: bool) -> Validity:
    if form is None or form.enable is None:
        return OddValidity("missing", "enable" if form else "Valid")
    if not form.enable:
        return NoTimeLimit()
    begin = _moment(form.begin_time, "beginTime", offsets)
    end = _moment(form.end_time, "endTime", offsets)
    if isinstance(begin, OddValidity):
        return begin
    if isinstance(end, OddValidity):
        return end
    return _span(begin, end, utc=form.time_type == "UTC")


def _moment(text: str | None, field: str, offsets: bool) -> datetime | OddValidity:
    if not text:
        return OddValidity("missing", field)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return OddValidity("form", field)
    if moment.microsecond or len(text) < len("2026-01-01T00:00"):
        return OddValidity("form", field)
    if moment.tzinfo is not None and not offsets:
        return OddValidity("offset", field)
    return moment


def _span(begin: datetime, end: datetime, *, utc: bool) -> Shown | OddValidity:
    if (begin.tzinfo is None) != (end.tzinfo is None):
        return OddValidity("offset", "endTime")
    if begin.tzinfo is not None:
        try:
            begin, end = (m.astimezone(UTC).replace(tzinfo=None) for m in (begin, end))
        except OverflowError:
            return OddValidity("range", "beginTime")
        utc = True
    return OddValidity("order", "endTime") if end < begin else Shown(begin, end, utc)
