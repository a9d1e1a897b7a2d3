"""A run killed with -9 at every step of its journal ends right after the next run."""

import asyncio
import signal
import sys
from collections import Counter
from pathlib import Path

from doorward.storage.store import Store
from e2e.town import Town, town

PROGRAM = Path(__file__).with_name("killed_run.py")
RENEWED = 3


async def run_killed(place: Town, steps: int) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), str(place.file), str(steps)
    )
    return await process.wait()


def renew(place: Town, year: int) -> None:
    def later(members: list[dict[str, object]]) -> None:
        for member in members[:RENEWED]:
            member["roles"] = [{"role": "1", "start": "2026-01-01", "end": f"{year}-12-31"}]

    place.change_members(later)


async def test_a_run_killed_at_any_step_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        await place.sync()
        killed, year = 0, 2030
        while True:
            renew(place, year := year - 1 if year > 2028 else 2033)
            place.door.calls.clear()
            if await run_killed(place, killed) != -signal.SIGKILL:
                break
            after = await place.sync()
            assert after.verdict == "ok", killed
            assert place.ends() == place.wanted(), killed
            assert max(Counter(place.writes()).values(), default=0) <= 1, killed
            with place.store() as store:
                everything_is_settled(store)
            killed += 1
        assert killed >= 2 * (1 + RENEWED + 1)  # each intent, write and settlement, both sides


def everything_is_settled(store: Store) -> None:
    assert store.pending() == []
    assert {one.state for one in store.history.updates(limit=1000)} <= {"done", "not done"}
    assert store.failures() == {}
