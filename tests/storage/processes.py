"""Victims: processes that are started, listened to, and killed without a warning."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TESTS = Path(__file__).parent.parent


class Victim:
    """A running `victim.py`. What it acknowledged is in `intended` and `settled`."""

    def __init__(self, address: str, task: str) -> None:
        here = {**os.environ, "PYTHONPATH": str(TESTS)}
        command = [sys.executable, str(TESTS / "storage" / "victim.py"), address, task]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env=here, text=True)
        self.intended: list[int] = []
        self.settled: list[int] = []

    @property
    def pid(self) -> int:
        return self.process.pid

    def hear(self, times: int = 1) -> None:
        """Wait for so many acknowledgements."""
        assert self.process.stdout is not None
        for _ in range(times):
            line = self.process.stdout.readline()
            assert line, "the victim died by itself"
            self._note(line)

    def kill(self) -> None:
        """Kill it, and take in what it still had said."""
        assert self.process.stdout is not None
        self.process.kill()
        for line in self.process.stdout:
            if line.endswith("\n"):
                self._note(line)
        self.process.stdout.close()
        self.process.wait(10)

    def _note(self, line: str) -> None:
        what, *ids = line.split()
        if what != "held":
            getattr(self, what).extend(map(int, ids))


@contextmanager
def victim(address: str, task: str) -> Iterator[Victim]:
    """A victim that has begun its task; killed at the end of the block at the latest."""
    started = Victim(address, task)
    try:
        started.hear()
        yield started
    finally:
        if started.process.poll() is None:
            started.kill()
