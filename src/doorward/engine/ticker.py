"""A job every so often in this process: never beside itself, stopped between two runs.

Enough for one process. A durable engine takes its place without touching the job.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

Job = Callable[[], Awaitable[None]]
JITTER = 0.05  # of the interval: hubs that were started together don't call a register together


class Bell:
    """Rung when the job is wanted before its time; heard once, however often it was rung."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Want the job soon."""
        self._rung.set()

    async def heard(self, stop: asyncio.Event) -> None:
        """Wait until it is rung, or `stop` is set."""
        waits = [asyncio.create_task(one.wait()) for one in (self._rung, stop)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self._rung.clear()


async def every(interval: timedelta, job: Job, stop: asyncio.Event, bell: Bell) -> None:
    """Run the job at once, then at each interval and when the bell is rung, until `stop` is set.

    A run that takes longer than the interval is followed by the next at once, and once only.
    """
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        begun = loop.time()
        await job()
        spread = random.uniform(-JITTER, JITTER)  # noqa: S311  # spreads load, keeps no secret
        wait = interval.total_seconds() * (1 + spread) - (loop.time() - begun)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(bell.heard(stop), max(wait, 0))
