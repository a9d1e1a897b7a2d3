"""How quickly VIZpin's twin answers, beside the same ASGI server doing next to nothing.

`python -m bench.vizpin_twin [ROUNDS [PEOPLE]]`. Each server is a process of its own; they take
turns, and the load is on the same cores. Of the twin:

- `time` beside an endpoint that answers nothing and does not even read what was sent, as plain
  ASGI and as a route of Starlette's;
- `user.list` of 100 beside an endpoint that hands out those very bytes, made before;
- the first batch of a large account beside its last one;
- the same while each answer is on disk (`--state`): a pre-registration a call.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from starlette.applications import Starlette
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bench.report import columns, heading, machine, row, spread
from doorward.connectors.vizpin.server.endpoint import PATH
from doorward.connectors.vizpin.twin import make_twin
from doorward.connectors.vizpin.twin_settings import OEM_KEY, TwinOptions
from doorward.net.collecting import spare_what_stays
from doorward.net.serving import running

ROUNDS, PEOPLE = 5, 100_000
CONNECTIONS, CALLS = 16, 4000


def body(method: str, **params: Any) -> bytes:
    """A call as it goes over the line."""
    call = {"!version": "2", "id": "1234567", "method": f"com.vizpin.{method}", "jsonrpc": "2.0"}
    return json.dumps({**call, "params": {"oem_key": OEM_KEY, **params}}).encode()


def request(url: str, token: str, sent: bytes) -> bytes:
    """The whole of it, headers and all."""
    lines = (
        f"POST {PATH} HTTP/1.1",
        f"Host: {urlsplit(url).netloc}",
        "Content-Type: application/json",
        f"token: {token}",
        f"Content-Length: {len(sent)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + sent


def answer(url: str, token: str, sent: bytes) -> bytes:
    """One answer."""
    headers = {"Content-Type": "application/json", "token": token}
    with urlopen(Request(url + PATH, sent, headers, method="POST")) as found:
        return bytes(found.read())


# --- the load: as little code as will do


class Sender(asyncio.Protocol):
    """One connection: a request as soon as the one before is answered."""

    def __init__(self, sent: Iterator[bytes], done: "asyncio.Future[None]") -> None:
        self._sent = sent
        self._left = -1
        self.done = done

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def next(self) -> None:
        """Send the next request, if there is one."""
        sent = next(self._sent, None)
        if sent is None:
            self._transport.close()
            self.done.set_result(None)
            return
        self._transport.write(sent)

    def data_received(self, data: bytes) -> None:
        if self._left < 0:
            head, _, rest = data.partition(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                self.done.set_exception(RuntimeError(data[:200].decode("latin-1")))
                self._transport.close()
                return
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            self._left = int(length) - len(rest)
        else:
            self._left -= len(data)
        if self._left == 0:
            self._left = -1
            self.next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError("the line broke"))


async def load(url: str, sent: Sequence[bytes]) -> float:
    """Answers a second. Raises RuntimeError unless each has status 200."""
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    coming = iter(sent)
    senders = [Sender(coming, loop.create_future()) for _ in range(CONNECTIONS)]
    for one in senders:
        await loop.create_connection(lambda one=one: one, parts.hostname, parts.port)  # type: ignore[misc]
    begun = time.perf_counter()
    for one in senders:
        one.next()
    await asyncio.gather(*(one.done for one in senders))
    return len(sent) / (time.perf_counter() - begun)


# --- the servers


def handing_out(ready: bytes) -> ASGIApp:
    """An endpoint that answers with these bytes, whatever it is asked."""
    head = {
        "type": "http.response.start",
        "status": 200,
        "headers": [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(ready)).encode()),
        ],
    }

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send(head)
            await send({"type": "http.response.body", "body": ready})

    return app


def empty_route() -> ASGIApp:
    """An endpoint that answers nothing, as one would write it."""

    async def nothing(_request: StarletteRequest) -> Response:
        return Response()

    return Starlette(routes=[Route(PATH, nothing, methods=["POST"])])


async def serve(kind: str, what: str) -> None:
    """Serve until standard input ends; what to hand out is the name of a file."""
    if kind == "twin":
        people, _, state = what.partition(":")
        file = Path(state) if state else None
        app: ASGIApp = make_twin(TwinOptions(people=int(people), state=file))
    elif kind == "route":
        app = empty_route()
    else:
        app = handing_out(Path(what).read_bytes() if what else b"")
    async with running(app) as url:
        spare_what_stays()
        print(json.dumps(url), flush=True)
        await asyncio.to_thread(sys.stdin.read)


@contextmanager
def served(kind: str, what: object = "") -> Iterator[str]:
    """A server in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.vizpin_twin", "serve", kind, str(what)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait()


def logged_in(url: str) -> str:
    """A token."""
    params = {"username": "demo", "password": "demo"}
    found = json.loads(answer(url, "", body("user.authenticate", **params)))
    return str(found["result"]["token"])


# --- what is compared


def compare(names: tuple[str, str], sides: Sequence[tuple[str, bytes]], rounds: int) -> None:
    """Two servers that take turns: their rates, and the first one's share of the second's."""
    rates: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 1):
        for place, (url, sent) in enumerate(sides):
            found = asyncio.run(load(url, [sent] * CALLS))
            if turn:  # the first one warms up
                rates[place].append(found)
    shares = [one / other for one, other in zip(*rates, strict=True)]
    row(names[0], spread(rates[0], 0), names[1], spread(rates[1], 0), spread(shares))


def main(rounds: int = ROUNDS, people: int = PEOPLE) -> None:
    """All of it."""
    heading(f"VIZpin's twin, {people:,} users in one account")
    columns("what", "answers a second", "beside", "answers a second", "share")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        twin = stack.enter_context(served("twin", people))
        empty = stack.enter_context(served("ready"))
        token = logged_in(twin)
        account = json.loads(answer(twin, token, body("account.list")))["result"]["accounts"][0]
        asked = {"account_id": account["id"], "locationid": "", "totalcount": str(people)}
        first, last = (
            body("user.list", **asked, batchcounter=str(batch)) for batch in (1, -(-people // 100))
        )
        (folder / "ready").write_bytes(answer(twin, token, first))
        ready = stack.enter_context(served("ready", folder / "ready"))
        clock = body("time")
        compare(
            ("`time`", "an empty endpoint"),
            [(twin, request(twin, token, clock)), (empty, request(empty, token, clock))],
            rounds,
        )
        route = stack.enter_context(served("route"))
        compare(
            ("`time`", "an empty route of Starlette's"),
            [(twin, request(twin, token, clock)), (route, request(route, token, clock))],
            rounds,
        )
        compare(
            ("`user.list`, 100 users", "the same bytes, ready-made"),
            [(twin, request(twin, token, first)), (ready, request(ready, token, first))],
            rounds,
        )
        compare(
            ("`user.list`, the last batch", "the first batch"),
            [(twin, request(twin, token, last)), (twin, request(twin, token, first))],
            rounds,
        )
    writing(people)


def writing(people: int) -> None:
    """Users that are added while each answer is on disk first."""
    heading(f"Pre-registrations, {people:,} users there already")
    columns("kept", "answers a second")
    with tempfile.TemporaryDirectory() as folder:
        for name, state in (("in memory", ""), ("in a file, each on disk", f"{folder}/twin.db")):
            with served("twin", f"{people}:{state}") as url:
                token = logged_in(url)
                person = {"first_name": "Kim", "last_name": "Ek", "country": "DEU"}
                sent = [
                    request(
                        url,
                        token,
                        body(
                            "user.preregister",
                            preregister_user={**person, "phone": f"+49151{n:08d}"},
                        ),
                    )
                    for n in range(CALLS // 2)
                ]
                row(name, f"{asyncio.run(load(url, sent)):.0f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(*sys.argv[2:4]))
    else:
        print(machine())
        main(*map(int, sys.argv[1:3]))
