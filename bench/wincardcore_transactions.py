"""How quickly a car park's visits are taken in: signed, validated, on disk before the answer.

`python -m bench.wincardcore_transactions [ROUNDS [VISITS]]`. The makes (`bench.wincardcore_makes`)
take turns, so that what else the machine does falls on all of them; 64 connections, and the load on
the same cores.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import tests.postgres_fixture as postgresql

from bench.report import columns, heading, machine, row, spread
from bench.wincardcore_load import Found, deliver, requests

ROUNDS, VISITS = 5, 6000
PLAIN = f"sqlite, {'FastAPI' if find_spec('fastapi') else 'Starlette'} and a session"


@dataclass(frozen=True)
class Made:
    """An endpoint that is served. `share`: of the visits; one that is slow needs fewer to show."""

    name: str
    url: str
    process: int
    share: float = 1.0

    def cpu(self) -> float:
        """Seconds of processor time that it has used so far; 0 where the system does not tell."""
        try:
            told = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(name: str, make: str, database: str | Path, share: float) -> Iterator[Made]:
    """One make in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.wincardcore_server", make, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Made(name, json.loads(process.stdout.readline()), process.pid, share)
    finally:
        process.stdin.close()
        process.wait()


@contextmanager
def makes(folder: Path) -> Iterator[list[Made]]:
    """All of them. Those on PostgreSQL are left out where there is none."""
    with ExitStack() as stack:

        def one(name: str, make: str, database: str | Path, share: float = 1.0) -> Made:
            return stack.enter_context(served(name, make, database, share))

        found = [
            one("nothing", "nothing", ""),
            one("a file, synced", "synced", folder / "synced"),
            one("sqlite", "grouped", folder / "grouped.db"),
            one(PLAIN, "plain", folder / "plain.db", 0.1),
        ]
        postgresql.QUICK = ("shared_buffers=128MB",)  # what is acknowledged has to be on disk here
        postgresql._quick_folder = lambda: None
        try:
            server = stack.enter_context(postgresql.running_server())
        except postgresql.NoServer as reason:
            print(f"no PostgreSQL: {reason}")
        else:
            found.append(one("postgresql", "grouped", server.make()))
            found.append(one("postgresql, each", "each", server.make(), 0.5))
        yield found


@dataclass(frozen=True)
class Round:
    """What was found, and microseconds of processor time of the server for each visit."""

    found: Found
    cpu: float

    @property
    def rate(self) -> float:
        """Visits a second."""
        return self.found.rate


Results = dict[str, list[Round]]


def measured(found: Sequence[Made], rounds: int, visits: int) -> Results:
    """Each make once a round, after one round that is not counted."""
    results: defaultdict[str, list[Round]] = defaultdict(list)
    first = count(0, visits)
    for turn in range(rounds + 1):
        for make in found:
            sent = requests(next(first), int(visits * make.share))
            used = make.cpu()
            took = asyncio.run(deliver(make.url, sent))
            if turn:
                cpu = (make.cpu() - used) / len(sent) * 1e6
                results[make.name].append(Round(took, cpu))
    return results


def main(rounds: int = ROUNDS, visits: int = VISITS) -> None:
    """Measure and report."""
    heading(f"Visits delivered by a car park, {visits} in each of {rounds} rounds, 64 connections")
    with tempfile.TemporaryDirectory() as name, makes(Path(name)) as found:
        results = measured(found, rounds, visits)
    columns(
        "kept in", "visits a second", "of nothing", "half within, ms", "p99, ms", "CPU each, µs"
    )
    for make in found:
        took, ideal = results[make.name], results["nothing"]
        shares = [one.rate / best.rate for one, best in zip(took, ideal, strict=True)]
        row(
            make.name,
            spread([one.rate for one in took], 0),
            spread(shares),
            spread([one.found.half * 1000 for one in took], 1),
            spread([one.found.p99 * 1000 for one in took], 1),
            spread([one.cpu for one in took], 0),
        )
    _compare(results, "sqlite", "a file, synced")
    _compare(results, "sqlite", PLAIN)
    _compare(results, "postgresql", "postgresql, each")


def _compare(results: Results, ours: str, theirs: str) -> None:
    pairs = list(zip(results.get(ours, ()), results.get(theirs, ()), strict=True))
    if pairs:
        times = spread([one.rate / other.rate for one, other in pairs])
        print(f"\n{ours} is {times} times {theirs}")


if __name__ == "__main__":
    print(machine())
    main(*map(int, sys.argv[1:]))
