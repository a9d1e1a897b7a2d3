"""Whether access is open at an instant, until when it stays so, and when it opens next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self, assert_never
from zoneinfo import ZoneInfo

from doorward.connectors.vizpin.opening.hours import Always, Hours, Stretch, Timetable
from doorward.connectors.vizpin.opening.zones import (
    first_shown,
    last_shown,
    steadies,
    whole_second,
)

HORIZON = timedelta(days=8 * 366)
"""How far ahead openings and closings are looked for: a 29th of February may be eight years off."""


@dataclass(frozen=True, slots=True)
class Validity:
    """Access from the instant `start` up to, but without, `stop`; None leaves that side open.

    Unlike a schedule, it begins once and is over once, also when the clock is put back.
    Both are kept in UTC and whole seconds. Raises ValueError for times without a zone.
    """

    start: datetime | None = None
    stop: datetime | None = None

    def __post_init__(self) -> None:
        for name, bound in (("start", self.start), ("stop", self.stop)):
            if bound is not None:
                object.__setattr__(self, name, whole_second(bound))

    @classmethod
    def of(cls, start: datetime | None, stop: datetime | None, zone: ZoneInfo) -> Self:
        """Bounds as a VIZpin has them, in wall time of its reader (appendix 2, VIZpin).

        A start that the clock shows twice is the first of the two, a stop the second. One that
        the clock leaps over is the instant of the leap.
        """
        return cls(
            None if start is None else first_shown(start, zone),
            None if stop is None else last_shown(stop, zone),
        )

    def begun_at(self, instant: datetime) -> bool:
        """Whether it has begun by this instant; it may be over as well."""
        return self.start is None or self.start <= instant

    def over_at(self, instant: datetime) -> bool:
        """Whether it is over for good at this instant."""
        return self.stop is not None and self.stop <= instant


UNLIMITED = Validity()


@dataclass(frozen=True, slots=True)
class Open:
    """Access is open, and stays so until this instant; None: for good, or beyond the horizon."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Closed:
    """Access is closed, and opens at this instant; None: never, or beyond the horizon."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Access:
    """Hours at a place, within a validity. All answers are instants in UTC, whole seconds."""

    hours: Hours
    zone: ZoneInfo
    validity: Validity = UNLIMITED

    def open_at(self, instant: datetime) -> bool:
        """Whether access is open. Raises ValueError for a time without a zone."""
        moment = whole_second(instant)
        if not self.validity.begun_at(moment) or self.validity.over_at(moment):
            return False
        match self.hours:
            case Always():
                return True
            case Timetable() as timetable:
                return timetable.shows(moment.astimezone(self.zone).replace(tzinfo=None))
            case _:
                assert_never(self.hours)

    def at(self, instant: datetime) -> Open | Closed:
        """Whether access is open, and the next change. Raises ValueError for a time without a zone.

        A timetable is followed for `HORIZON`, counted from the instant or from the start of the
        validity if that is later.
        """
        moment = whole_second(instant)
        since = max(moment, self.validity.start or moment)
        opening = None if self.validity.over_at(since) else self._first(since)
        if opening is None:
            return Closed(None)
        start, stop = opening
        return Open(stop) if start == moment else Closed(start)

    def openings(self, since: datetime, until: datetime) -> Iterator[Stretch]:
        """All that is open between two instants, in order and cut to them; no two touch."""
        return self._between(whole_second(since), whole_second(until))

    def _first(self, since: datetime) -> tuple[datetime, datetime | None] | None:
        """The first opening from an instant on, and its end if it has one."""
        if isinstance(self.hours, Always):
            return since, self.validity.stop
        horizon = since + HORIZON
        first = next(self._between(since, horizon), None)
        if first is None or first[1] != horizon:
            return first
        return first[0], self.validity.stop if self.validity.over_at(horizon) else None

    def _between(self, since: datetime, until: datetime) -> Iterator[Stretch]:
        start = max(since, self.validity.start or since)
        stop = min(until, self.validity.stop or until)
        return _joined(self._pieces(start, stop))

    def _pieces(self, since: datetime, until: datetime) -> Iterator[Stretch]:
        match self.hours:
            case Always():
                if since < until:
                    yield since, until
            case Timetable() as timetable:
                for steady in steadies(self.zone, since, until):
                    walls = timetable.within(steady.wall(steady.start), steady.wall(steady.stop))
                    for start, stop in walls:
                        yield steady.instant(start), steady.instant(stop)
            case _:
                assert_never(self.hours)


def _joined(pieces: Iterable[Stretch]) -> Iterator[Stretch]:
    """Stretches in order of their beginning, those that overlap or touch made one."""
    held: Stretch | None = None
    for start, stop in pieces:
        if held is None:
            held = start, stop
        elif start <= held[1]:
            held = held[0], max(held[1], stop)
        else:
            yield held
            held = start, stop
    if held is not None:
        yield held
