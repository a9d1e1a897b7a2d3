"""A twin's clock: real time, shifted and drifting as a test asks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec

_DAY = timedelta(days=1)


class ClockOrder(msgspec.Struct, forbid_unknown_fields=True):
    """The body of `PUT /_twin/clock`; an empty object goes back to real time.

    `now` sets the time (it runs on from there), `advance` adds seconds to it, `drift` makes the
    twin's own idea of it wrong by so many seconds, as a real device's clock is.
    """

    now: datetime | None = None
    advance: float | None = None
    drift: float | None = None


def real_time() -> datetime:
    """This machine's time, with its offset."""
    return datetime.now(UTC)


def _nobody_waits() -> None:
    """Most twins look at their clock when they are asked."""


class TwinClock:
    """Call it for the twin's time, an aware datetime in UTC.

    `moved` is called after each order: for a twin that waits for a time.
    """

    def __init__(self, real: Callable[[], datetime] = real_time) -> None:
        self._real = real
        self.shift = timedelta()
        self.drift = timedelta()
        self.moved: Callable[[], None] = _nobody_waits

    def __call__(self) -> datetime:
        real = self._real()
        return real + self.shift + self.drift if self.shift or self.drift else real

    def order(self, order: ClockOrder) -> None:
        """Do what a `PUT /_twin/clock` asks, or all of nothing.

        Raises ValueError for a time without an offset, or beyond the calendar.
        """
        real = self._real()
        try:
            shift, drift = self._ordered(order, real)
            for spare in (-_DAY, _DAY):  # a clock that cannot be read in every zone is not set
                real + shift + drift + spare
        except OverflowError:
            raise ValueError("the time would lie beyond the years 1 to 9999") from None
        self.shift, self.drift = shift, drift
        self.moved()

    def _ordered(self, order: ClockOrder, real: datetime) -> tuple[timedelta, timedelta]:
        if order == ClockOrder():
            return timedelta(), timedelta()
        shift, drift = self.shift, self.drift
        if order.now is not None:
            if order.now.tzinfo is None:
                raise ValueError("'now' needs an offset, such as 2026-03-29T01:59:00+01:00")
            shift = order.now - real
        if order.advance is not None:
            shift += timedelta(seconds=order.advance)
        if order.drift is not None:
            drift = timedelta(seconds=order.drift)
        return shift, drift
