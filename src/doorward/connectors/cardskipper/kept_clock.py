"""A twin's clock that survives a restart, as its people do."""

from collections.abc import Iterable
from datetime import timedelta

import msgspec

from doorward.twinkit.clock import ClockOrder, TwinClock
from doorward.twinkit.shelf import Record, Shelf


class KeptClock(TwinClock):
    """Shift and drift are on disk when an order has been carried out."""

    def __init__(self, shelf: Shelf, kept: Iterable[Record]) -> None:
        super().__init__()
        self._shelf = shelf
        for record in kept:
            if record.kind == "clock" and record.body is not None:
                shift, drift = msgspec.json.decode(record.body, type=tuple[float, float])
                self.shift, self.drift = timedelta(seconds=shift), timedelta(seconds=drift)

    def order(self, order: ClockOrder) -> None:
        """Do what a `PUT /_twin/clock` asks. Raises ValueError for a time without an offset."""
        super().order(order)
        self._shelf.write(clock_records(self))


def clock_records(clock: TwinClock) -> list[Record]:
    """A clock as it is kept on disk; nothing for one that isn't kept."""
    if not isinstance(clock, KeptClock):
        return []
    body = msgspec.json.encode((clock.shift.total_seconds(), clock.drift.total_seconds()))
    return [Record("clock", "", body)]
