"""A clock that survives a restart."""

from pathlib import Path

from doorward.twinkit.clock import ClockOrder, TwinClock
from doorward.twinkit.kept_clock import clock_record, keep_clock
from doorward.twinkit.shelf import Record, Shelf


def opened(file: Path) -> tuple[TwinClock, Shelf]:
    shelf, clock = Shelf(file), TwinClock()
    keep_clock(clock, shelf, shelf.load())
    return clock, shelf


def test_an_order_is_on_disk_when_it_has_been_carried_out(tmp_path: Path):
    clock, shelf = opened(tmp_path / "twin.db")
    clock.order(ClockOrder(advance=90.5, drift=-3))
    shelf.close()
    again, shelf = opened(tmp_path / "twin.db")
    assert (again.shift, again.drift) == (clock.shift, clock.drift)
    again.order(ClockOrder())
    shelf.close()
    real, shelf = opened(tmp_path / "twin.db")
    assert (real.shift.total_seconds(), real.drift.total_seconds()) == (0, 0)
    shelf.close()


def test_a_clock_that_was_never_set_is_as_it_is_and_other_records_are_not_looked_at():
    clock = TwinClock()
    keep_clock(clock, Shelf(), [Record("note", "", b"x"), Record("clock", "", None)])
    assert clock.shift.total_seconds() == 0
    assert clock_record(clock) == Record("clock", "", b"[0.0,0.0]")
