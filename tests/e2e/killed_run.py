"""A run that ends itself with SIGKILL at the n-th step: `killed_run.py CONFIG N`.

A step is the moment before and after each thing that lasts: an intent, a write, a settlement.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from doorward.app import runs
from doorward.app.config import load
from doorward.app.hub import open_store
from doorward.connectors.hikvision.adapter import HikvisionDoor
from doorward.storage.store import Store

LASTING = ((Store, "intend"), (Store, "settle"), (Store, "adopt"), (HikvisionDoor, "write"))


class Countdown:
    """Counts steps, and kills at the last."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def step(self) -> None:
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1

    def around(self, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def counted(*given: Any, **named: Any) -> Any:
            self.step()
            answer = await method(*given, **named)
            self.step()
            return answer

        return counted


async def main(config: Path, steps: int) -> None:
    countdown = Countdown(steps)
    for owner, name in LASTING:
        setattr(owner, name, countdown.around(getattr(owner, name)))
    settings = load(config)
    with open_store(settings) as store:
        await runs.sync(runs.Desk(settings=settings, store=store), "killed")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
