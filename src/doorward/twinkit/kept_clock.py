"""A twin's clock that survives a restart, as everything else does."""

from collections.abc import Iterable
from datetime import timedelta

import msgspec

from doorward.twinkit.clock import TwinClock
from doorward.twinkit.shelf import Record, Shelf

KIND = "clock"


def keep_clock(clock: TwinClock, shelf: Shelf, kept: Iterable[Record]) -> None:
    """Set a clock as it was, and put it on disk after each order."""
    set_as_kept(clock, kept)
    clock.moved = lambda: shelf.write([clock_record(clock)])


def set_as_kept(clock: TwinClock, kept: Iterable[Record]) -> None:
    """Let a clock be as wrong as it was."""
    for record in kept:
        if record.kind == KIND and record.body is not None:
            shift, drift = msgspec.json.decode(record.body, type=tuple[float, float])
            clock.shift, clock.drift = timedelta(seconds=shift), timedelta(seconds=drift)


def clock_record(clock: TwinClock) -> Record:
    """A clock as it is kept on disk."""
    told = (clock.shift.total_seconds(), clock.drift.total_seconds())
    return Record(KIND, "", msgspec.json.encode(told))
