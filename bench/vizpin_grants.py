"""Granting 1,000 people ten readers each, beside the bare requests of that very run.

The adapter has read the location, and is then given 1,000 writes as `apply` gives them: in chunks,
each of a new year at ten readers. It plans them, grants, and reads each person back. The bare
requests are those that it sent, replayed over a connection of the same kind to a twin in the same
state, by a loop that does nothing else. The twin is a process of its own on this one machine;
adapter and loop take turns. `python -m bench.vizpin_grants`.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import aiohttp

from bench.report import Figures, columns, cpu, heading, machine, row, spread
from doorward.connectors.vizpin.adapter import VizpinDoor
from doorward.connectors.vizpin.client import Account, Session, VizpinClient
from doorward.connectors.vizpin.settings import VizpinSettings
from doorward.connectors.vizpin.twin_settings import OEM_KEY
from doorward.connectors.vizpin.wire.readers import ReaderFields
from doorward.core.people import Access
from doorward.core.ports import Confirmed, SetAccess, silent
from doorward.core.reads import Complete
from doorward.core.windows import Window
from doorward.net.line import Answer, Limits, Line
from doorward.net.secrets import Secret
from doorward.twinkit.clock import real_time

PEOPLE, READERS, ROUNDS = 1_000, 10, 5
ZONE = ZoneInfo("Europe/Stockholm")
CLUB = {"account": "Doorward Sports Club", "location": "Clubhouse"}
WHO = Account("demo", Secret("demo"), Secret(OEM_KEY))


@dataclass
class Noting(Line):
    """A line that keeps what it sends."""

    sent: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    async def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        limits: Limits | None = None,
    ) -> Answer:
        """Keep it, and send it."""
        self.sent.append((path, body, dict(headers or {})))
        return await super().call(method, path, body, headers, limits=limits)


@contextmanager
def cloud() -> Iterator[str]:
    """A twin with so many people, in a process of its own; its address."""
    program = str(Path(sys.executable).with_name("doorward"))
    asked = [program, "twin", "vizpin", "--port", "0", "--people", str(PEOPLE)]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().removeprefix("ready: ").strip()
        finally:
            process.terminate()


def control(url: str, method: str, body: bytes | None = None) -> bytes:
    """The twin's whole state, asked for or set."""
    with urlopen(Request(f"{url}/_twin/state", body, method=method)) as answer:
        found: bytes = answer.read()
    return found


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[tuple[VizpinDoor, Noting]]:
    """The target, and the line it speaks on."""
    settings = VizpinSettings(
        url=url, username=WHO.username, password=WHO.password, oem_key=WHO.oem_key, **CLUB
    )
    async with Noting("phones", url, limits=settings.limits) as line:
        client = VizpinClient(Session(line, WHO))
        yield VizpinDoor("phones", ZONE, settings, real_time, client), line


async def furnish(url: str) -> Sequence[str]:
    """Give the location ten readers; their names."""
    async with opened(url) as (door, _):
        client = door.client
        (account,) = await client.account_list()
        (location,) = await client.location_list(account.id)
        there = len(await client.reader_list(location.id))
        for place in range(there, READERS):
            await client.reader_add(
                ReaderFields(location_id=location.id, name=f"Door {place}", serial=f"VZB{place}")
            )
        return [one.name for one in await client.reader_list(location.id)]


async def granted(url: str, readers: Sequence[str]) -> tuple[Figures, Noting]:
    """Grant them all through the adapter; what that took, and what was sent."""
    window = Window.of(date(2026, 1, 1), date(2099, 12, 31), ZONE)
    wanted = Access(window, (("readers", tuple(readers)),))
    async with opened(url) as (door, line):
        read = await door.holders(silent)
        assert isinstance(read, Complete)
        assert len(read.items) == PEOPLE
        writes = [SetAccess(one.id, door.fit(wanted)) for one in read.items]
        line.sent.clear()
        begun, used = time.perf_counter(), cpu()
        for start in range(0, PEOPLE, door.together):
            outcomes = await door.write_all(writes[start : start + door.together])
            assert all(isinstance(one, Confirmed) for one in outcomes)
        return {"seconds": time.perf_counter() - begun, "cpu": cpu() - used}, line


async def replayed(url: str, sent: Sequence[tuple[str, bytes, dict[str, str]]]) -> Figures:
    """The same requests with nothing around them."""
    async with opened(url) as (door, line):
        await door.client.time()
        token = line.sent[-1][2]["token"]
    connector = aiohttp.TCPConnector(limit=1)
    async with aiohttp.ClientSession(connector=connector) as session:
        begun, used = time.perf_counter(), cpu()
        for path, body, headers in sent:
            told = {**headers, "token": token}
            async with session.post(url + path, data=body, headers=told) as answer:
                assert b'"status":1' in (await answer.read())[:20]
        return {"seconds": time.perf_counter() - begun, "cpu": cpu() - used}


def methods(sent: Sequence[tuple[str, bytes, dict[str, str]]]) -> Counter[str]:
    """How often each method was called."""
    called: list[dict[str, Any]] = [json.loads(body) for _, body, _ in sent]
    return Counter(one["method"].removeprefix("com.vizpin.") for one in called)


async def measure(url: str) -> tuple[list[Figures], list[Figures], Counter[str]]:
    """Adapter and bare requests in turns, each time from the same state."""
    readers = await furnish(url)
    state = control(url, "GET")
    ours, bare, kinds = [], [], Counter[str]()
    for _ in range(ROUNDS):
        control(url, "PUT", state)
        found, line = await granted(url, readers)
        ours.append(found)
        kinds = methods(line.sent)
        control(url, "PUT", state)
        bare.append(await replayed(url, line.sent))
    return ours, bare, kinds


def main() -> None:
    """Print the tables."""
    heading(f"{PEOPLE:,} people granted {READERS} readers each at VIZpin")
    with cloud() as url:
        ours, bare, kinds = asyncio.run(measure(url))
    columns("adapter s", "bare s", "ratio", "requests", "a person", "adapter CPU s", "bare CPU s")
    row(
        spread([one["seconds"] for one in ours]),
        spread([one["seconds"] for one in bare]),
        spread([one["seconds"] / two["seconds"] for one, two in zip(ours, bare, strict=True)]),
        f"{sum(kinds.values()):,}",
        f"{sum(kinds.values()) / PEOPLE:.2f}",
        spread([one["cpu"] for one in ours]),
        spread([one["cpu"] for one in bare]),
    )
    print()
    columns("method", "times")
    for name, times in kinds.most_common():
        row(f"`{name}`", f"{times:,}")


if __name__ == "__main__":
    print(machine())
    main()
