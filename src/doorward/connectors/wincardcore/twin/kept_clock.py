"""The twin's clock, which survives a restart as everything else does."""

from collections.abc import Iterable
from datetime import timedelta

import msgspec

from doorward.twinkit.clock import TwinClock
from doorward.twinkit.shelf import Record


def set_as_kept(clock: TwinClock, kept: Iterable[Record]) -> None:
    """Let a clock be as wrong as it was."""
    for record in kept:
        if record.kind == "clock" and record.body is not None:
            shift, drift = msgspec.json.decode(record.body, type=tuple[float, float])
            clock.shift, clock.drift = timedelta(seconds=shift), timedelta(seconds=drift)


def clock_record(clock: TwinClock) -> Record:
    """A clock as it is kept on disk."""
    told = (clock.shift.total_seconds(), clock.drift.total_seconds())
    return Record("clock", "", msgspec.json.encode(told))
