"""What a zone's clock shows when: stretches of one offset, and wall times as instants.

Instants are in UTC and whole seconds. Offsets are asked of a zone every third day: none has ever
changed its clock and taken that back sooner (Freetown did after four days in 1939, Recife
after seven in 2000).
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)
STEP = timedelta(days=3)

EARLIEST = datetime(1, 1, 4, tzinfo=UTC)
LATEST = datetime(9990, 1, 1, tzinfo=UTC)
"""Time is reckoned with between these: a search ahead must not leave the calendar in any zone."""


@dataclass(frozen=True, slots=True)
class Steady:
    """Instants from `start` up to `stop` during which the clock runs without a change."""

    start: datetime
    stop: datetime
    offset: timedelta

    def wall(self, instant: datetime) -> datetime:
        """What the clock shows at an instant."""
        return (instant + self.offset).replace(tzinfo=None)

    def instant(self, wall: datetime) -> datetime:
        """When the clock shows this."""
        return wall.replace(tzinfo=UTC) - self.offset


def steadies(zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[Steady]:
    """The time between two instants in pieces of one offset, in order, `STEP` long at most."""
    while since < until:
        stop, offset = min(since + STEP, until), _offset(zone, since)
        if _offset(zone, stop) != offset:
            stop = _change(zone, since, stop)
        yield Steady(since, stop, offset)
        since = stop


def whole_second(instant: datetime) -> datetime:
    """An instant in UTC without its fraction, moved into the time that can be reckoned with.

    Raises ValueError for a time without a zone.
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone")
    if not EARLIEST <= instant <= LATEST:
        return EARLIEST if instant < EARLIEST else LATEST
    return instant.astimezone(UTC).replace(microsecond=0)


def first_shown(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clock shows a wall time for the first time.

    When the clock leaps over it, the instant of the leap.
    """
    return _shown(wall, zone)[0]


def last_shown(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clock shows a wall time for the last time.

    When the clock leaps over it, the instant of the leap.
    """
    return _shown(wall, zone)[1]


def _shown(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    first, last = (whole_second(wall.replace(tzinfo=zone, fold=side)) for side in (0, 1))
    if first <= last:
        return first, last
    # Reckoned with the offset before the leap it seems to come after it, and the other way round.
    leap = _change(zone, last, first)
    return leap, leap


def _change(zone: ZoneInfo, since: datetime, until: datetime) -> datetime:
    """The first second between two instants whose offset is another than at first."""
    before = _offset(zone, since)
    seconds = bisect_left(
        range((until - since) // SECOND),
        True,
        key=lambda second: _offset(zone, since + second * SECOND) != before,
    )
    return since + seconds * SECOND


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
