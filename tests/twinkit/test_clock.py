"""A twin's clock under a test's control."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.twinkit.clock import ClockOrder, TwinClock, real_time

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
orders = st.builds(
    ClockOrder,
    now=st.none() | st.datetimes(timezones=st.just(UTC)),
    advance=st.none() | st.floats(allow_nan=False),
    drift=st.none() | st.floats(allow_nan=False),
)


class Real:
    """This machine's time, as a test says it is."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def test_an_untouched_clock_shows_real_time():
    before = real_time()
    assert before <= TwinClock()() <= real_time()


def test_a_clock_that_was_set_runs_on_from_there():
    real = Real()
    clock = TwinClock(real)
    winter = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    clock.order(ClockOrder(now=winter))
    real.now += timedelta(minutes=5)
    assert clock() == winter + timedelta(minutes=5)


def test_advances_add_up_and_drifts_do_not():
    clock = TwinClock(Real())
    for _ in range(3):
        clock.order(ClockOrder(advance=60, drift=-420))
    assert clock() == NOON + timedelta(minutes=3) - timedelta(minutes=7)


def test_an_order_may_set_advance_and_drift_at_once():
    clock = TwinClock(Real())
    clock.order(ClockOrder(now=NOON + timedelta(days=1), advance=1, drift=2))
    assert clock() == NOON + timedelta(days=1, seconds=3)
    assert clock.drift == timedelta(seconds=2)


def test_an_empty_order_goes_back_to_real_time():
    clock = TwinClock(Real())
    clock.order(ClockOrder(advance=60, drift=5))
    clock.order(ClockOrder())
    assert (clock(), clock.drift) == (NOON, timedelta())


def test_a_time_without_an_offset_is_refused_and_changes_nothing():
    clock = TwinClock(Real())
    clock.order(ClockOrder(drift=5))
    with pytest.raises(ValueError, match="needs an offset"):
        clock.order(ClockOrder(now=datetime(2026, 1, 1), drift=9))
    assert clock() == NOON + timedelta(seconds=5)


@given(orders)
def test_whatever_is_ordered_the_clock_can_still_be_read(order: ClockOrder):
    clock = TwinClock(Real())
    clock.order(ClockOrder(drift=5))
    try:
        clock.order(order)
    except ValueError:
        assert clock() == NOON + timedelta(seconds=5)
    assert isinstance(clock(), datetime)
