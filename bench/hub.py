"""One run of the hub in a process of its own: `python -m bench.hub CONFIGURATION`.

Prints the seconds of `doorward.app.runs.sync`, the processor seconds in them, and what was done.
Reading the configuration and opening the store come before and are not counted.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from bench.report import cpu, peak
from doorward.app.config import load
from doorward.app.runs import Desk, counts, sync
from doorward.storage.store import Store


async def run(file: Path) -> dict[str, object]:
    """One sync."""
    settings = load(file)
    with Store.open(file.parent / "bench.db") as store:
        desk = Desk(settings=settings, store=store)
        begun, used = time.perf_counter(), cpu()
        report = await sync(desk, "bench")
        seconds, used = time.perf_counter() - begun, cpu() - used
        troubles = [f"{one.system}: {one.trouble.reason}" for one in report.plan.troubles]
    found = {"seconds": seconds, "cpu": used, "peak": peak(), "verdict": report.verdict}
    return found | counts(report) | {"troubles": troubles}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(Path(sys.argv[1])))))
