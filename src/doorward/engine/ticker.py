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


async def every(interval: timedelta, job: Job, stop: asyncio.Event) -> None:
    """Run the job at once and then at each interval until `stop` is set.

    A run that takes longer than the interval is followed by the next at once, and once only.
    """
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        begun = loop.time()
        await job()
        spread = random.uniform(-JITTER, JITTER)  # noqa: S311  # spreads load, keeps no secret
        wait = interval.total_seconds() * (1 + spread) - (loop.time() - begun)
        await pause(max(wait, 0), stop)


async def pause(seconds: float, stop: asyncio.Event) -> None:
    """Wait so long, or until `stop` is set."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
