"""A job every so often: at once, at each interval, when the bell is rung, until told to stop."""

import asyncio
from datetime import timedelta

from doorward.engine.ticker import Bell, every

LONG, SHORT = timedelta(hours=1), timedelta(milliseconds=1)


async def runs(interval: timedelta, times: int, *rings: int, settle: float = 0.05) -> int:
    """How often a job ran that stops itself at `times`, and rings the bell in these runs."""
    stop, bell, count = asyncio.Event(), Bell(), 0

    async def job() -> None:
        nonlocal count
        count += 1
        for _ in range(rings.count(count)):
            bell.ring()
        if count >= times:
            stop.set()

    ticking = asyncio.create_task(every(interval, job, stop, bell))
    await asyncio.wait([ticking], timeout=settle)
    stop.set()
    await asyncio.wait_for(ticking, 1)
    return count


async def test_a_job_runs_at_once_and_at_each_interval():
    assert await runs(SHORT, 3, settle=5) == 3


async def test_between_two_intervals_nothing_runs():
    assert await runs(LONG, 3) == 1


async def test_the_bell_brings_the_next_run_forward():
    assert await runs(LONG, 3, 1) == 2


async def test_a_bell_that_is_rung_often_is_heard_once():
    assert await runs(LONG, 9, 1, 1, 1) == 2


async def test_stop_ends_the_waiting_at_once():
    stop = asyncio.Event()
    stop.set()
    ran: list[int] = []

    async def job() -> None:
        ran.append(1)

    await asyncio.wait_for(every(LONG, job, stop, Bell()), 1)
    assert ran == []
