"""Twins in a process of their own, and how a measurement steers them.

`python -m bench.terminals` reads what to serve from standard input, prints the addresses as one
line of JSON and serves until standard input ends.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, AsyncExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from doorward.connectors.cardskipper.twin import cardskipper_twin
from doorward.connectors.hikvision.twin import hikvision_twin
from doorward.net.serving import running

USERNAME, PASSWORD = "bench", "bench-only"
FIRST_NUMBER = 10_001


def number(terminal: int, place: int) -> str:
    """The member and employee number of somebody at one of the terminals."""
    return str(FIRST_NUMBER + terminal * 10_000 + place)


def user(terminal: int, place: int, end: str, mail: bool) -> dict[str, Any]:
    """Somebody as her terminal holds her."""
    found = {
        "employeeNo": number(terminal, place),
        "name": f"Kim Nr{place}",
        "userType": "normal",
        "Valid": {"enable": True, "beginTime": "2026-01-01T00:00:00", "endTime": f"{end}T23:59:59"},
        "doorRight": "1",
        "RightPlan": [{"doorNo": 1, "planTemplateNo": "1"}],
    }
    return found | ({"email": email(terminal, place)} if mail else {})


def email(terminal: int, place: int) -> str:
    """Her address."""
    return f"member{number(terminal, place)}@example.org"


@dataclass(frozen=True)
class Terminal:
    """One twin that is served."""

    url: str

    def state(self) -> Any:
        """Everything it holds."""
        return self._asked("GET", "state")

    def begin(self, state: Any, seconds: float) -> None:
        """Hold this and nothing else, forget all calls, and take so long for each answer."""
        self._asked("POST", "reset")
        self._asked("PUT", "state", state)
        slow = [{"match": "", "kind": "slow", "seconds": seconds}]
        self._asked("PUT", "faults", slow if seconds else [])

    def calls(self) -> list[dict[str, Any]]:
        """The calls since it was begun, oldest first."""
        found: list[dict[str, Any]] = self._asked("GET", "calls")
        return found

    def _asked(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.url}/_twin/{path}", data, method=method)) as answer:
            return json.loads(answer.read() or b"null")


def terminals(count: int, profile: str) -> AbstractContextManager[list[Terminal]]:
    """So many terminals in one process, each empty and on a port of its own."""
    return _served({"count": count, "profile": profile})


@contextmanager
def register(username: str, password: str) -> Iterator[Terminal]:
    """A register without members, steered as a terminal is."""
    with _served({"login": [username, password]}) as [found]:
        yield found


@contextmanager
def _served(what: dict[str, Any]) -> Iterator[list[Terminal]]:
    asked = json.dumps(what)
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.terminals", asked],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield [Terminal(url) for url in json.loads(process.stdout.readline())]
    finally:
        process.stdin.close()
        process.wait()


async def serve(
    count: int = 0, profile: str = "documented", login: tuple[str, str] | None = None
) -> None:
    """Serve so many terminals, or a register with that login, until standard input ends."""
    async with AsyncExitStack() as stack:
        twins = [hikvision_twin(USERNAME, PASSWORD, 0, 1, profile) for _ in range(count)]
        if login:
            twins.append(cardskipper_twin(*login, people=0))
        print(json.dumps([await stack.enter_async_context(running(one)) for one in twins]))
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(**json.loads(sys.argv[1])))
