"""Windows of access: from when until when, in instants, closed at both ends, in whole seconds.

Registers speak of days and wall time, devices of wall time in their own zone. Both are resolved to
instants in UTC exactly once, here, so that a day of 23 or 25 hours is as long as it is.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)

Bound = date | datetime | None
"""A start or end as a register says it: a whole day, a moment (naive: wall time), or open."""


@dataclass(frozen=True, slots=True)
class Window:
    """Access from the second `start` through the second `end`; None leaves that side open.

    Whatever zone they come in, both are kept in UTC: two windows are equal when they are the same
    access, also in the hour that a zone has twice. Raises ValueError for a window that ends before
    it begins, or for times without a zone.
    """

    start: datetime | None
    end: datetime | None

    def __post_init__(self) -> None:
        for name, moment in (("start", self.start), ("end", self.end)):
            if moment is not None and (moment.tzinfo is not UTC or moment.microsecond):
                object.__setattr__(self, name, _whole_second(moment))
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError(f"the window ends {self.end} before it begins {self.start}")

    @classmethod
    def of(cls, start: Bound, end: Bound, zone: ZoneInfo) -> Self:
        """A register's bounds as instants: an end that is a day lasts through that day."""
        return cls(first_moment(start, zone), last_moment(end, zone))

    def open_at(self, instant: datetime) -> bool:
        """Whether access holds at this instant."""
        return not self.over_at(instant) and (self.start is None or self.start <= instant)

    def over_at(self, instant: datetime) -> bool:
        """Whether access has ended for good."""
        if instant.microsecond:
            instant = instant.replace(microsecond=0)
        return self.end is not None and self.end < instant

    def from_now(self, instant: datetime) -> "Window | None":
        """What is left of it from this instant on; None when nothing is."""
        if self.over_at(instant):
            return None
        if self.start is not None and self.start > instant:
            return self
        return Window(instant.replace(microsecond=0), self.end)

    def covers(self, other: "Window") -> bool:
        """Whether all of the other lies within this one."""
        begins = self.start is None or (other.start is not None and self.start <= other.start)
        ends = self.end is None or (other.end is not None and other.end <= self.end)
        return begins and ends


ALWAYS = Window(None, None)
NEVER = Window(datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC))
"""What somebody has at a target that keeps no dates for who may not open anything."""


def first_moment(bound: Bound, zone: ZoneInfo) -> datetime | None:
    """The instant at which a start begins. Of a wall time that comes twice, the first.

    The first day of the calendar is how some registers say "since ever", and means no start.
    """
    if bound is None or _day(bound) == date.min:
        return None
    if isinstance(bound, datetime):
        return _instant(bound, zone, fold=0)
    return _midnight(bound, zone)


def last_moment(bound: Bound, zone: ZoneInfo) -> datetime | None:
    """The last second of an end. Of a wall time that comes twice, the second.

    The last day of the calendar is how some registers say "for ever", and means no end.
    """
    if bound is None or _day(bound) == date.max:
        return None
    if isinstance(bound, datetime):
        return _instant(bound, zone, fold=1)
    return _midnight(bound + timedelta(days=1), zone) - SECOND


def _day(bound: date) -> date:
    return bound.date() if isinstance(bound, datetime) else bound


@lru_cache(maxsize=16_384)
def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return _instant(datetime.combine(day, time()), zone, fold=0)


def _instant(moment: datetime, zone: ZoneInfo, fold: int) -> datetime:
    """A moment in UTC, of a wall time that comes twice the first or the second."""
    if moment.tzinfo is not None:
        return _whole_second(moment)
    return _of_wall(moment, zone, fold)


@lru_cache(maxsize=16_384)  # a target has few moments at which windows begin and end
def _of_wall(moment: datetime, zone: ZoneInfo, fold: int) -> datetime:
    """A wall time in UTC; one that the clock jumps over is the moment of the jump."""
    early, late = (moment.replace(tzinfo=zone, fold=side) for side in (0, 1))
    jump = _offset(late) - _offset(early)
    if jump <= timedelta():  # an ordinary time, or one that comes twice
        return _whole_second(late if fold else early)
    before = _whole_second(late)
    seconds = bisect_left(
        range(jump // SECOND),
        _offset(late),
        key=lambda second: _offset((before + second * SECOND).astimezone(zone)),
    )
    return before + seconds * SECOND


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()


def _whole_second(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC).replace(microsecond=0)


def wall_bounds(
    window: Window, zone: ZoneInfo, earliest: datetime, latest: datetime
) -> tuple[datetime, datetime]:
    """Its start and end as clocks in this zone show them, within what a target can hold.

    An open side becomes the end of that range. The zone is left out, so that in the hour that
    comes twice a wall time names two instants.
    """
    start = earliest if window.start is None else _wall(window.start, zone, earliest, latest)
    end = latest if window.end is None else _wall(window.end, zone, earliest, latest)
    return start, end


def _wall(instant: datetime, zone: ZoneInfo, earliest: datetime, latest: datetime) -> datetime:
    try:
        wall = instant.astimezone(zone).replace(tzinfo=None, fold=0)
    except OverflowError:
        return latest if instant.year > latest.year else earliest
    return min(max(wall, earliest), latest)


def touching(earlier: Window, later: Window) -> bool:
    """Whether no closed second lies between a window and one that begins no earlier."""
    return earlier.end is None or later.start is None or later.start <= earlier.end + SECOND
