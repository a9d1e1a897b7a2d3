"""A twin: a World behind faults, a record of calls and the controls under `/_twin/`.

Plain ASGI, outermost, because only there can a line be cut the way a real one breaks.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from doorward.net.calls import Masker
from doorward.twinkit.clock import TwinClock
from doorward.twinkit.faults import Fault, FaultKind, Faults
from doorward.twinkit.line import Line, Outgoing

BODY_LIMIT = 64 * 1024 * 1024
REMEMBERED = 1000
KEPT_BODY = 4096


@dataclass(frozen=True, slots=True)
class Table:
    """A table on a twin's page."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Overview:
    """What a twin's page shows: facts, then what is so now, then other tables."""

    title: str
    facts: Mapping[str, str]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    more: Sequence[Table] = ()

    @property
    def tables(self) -> Sequence[Table]:
        """All tables, in their order."""
        return (Table("Now", self.columns, self.rows), *self.more)


class World(Protocol):
    """One emulated system: its state and its protocol."""

    clock: TwinClock
    app: ASGIApp  # the protocol's own routes; knows nothing of faults or controls
    masker: Masker  # hides secrets where calls are shown

    def document(self) -> bytes:
        """The whole state as one JSON document."""
        ...

    def restore(self, document: bytes) -> None:
        """Take a document's state. Raises ValueError with a readable text, nothing changed."""
        ...

    def reset(self) -> None:
        """Back to the seed."""
        ...

    def overview(self) -> Overview:
        """What the page shows."""
        ...

    def label(self, method: str, path: str, body: bytes) -> str:
        """What a fault's `match` is searched in: "METHOD /path", for JSON-RPC the method name."""
        ...

    def fault(self, kind: FaultKind, path: str) -> Response:
        """The vendor's own form of "busy", "refuse" or "unauthorised"."""
        ...


@dataclass(slots=True)
class TwinCall:
    """One call as the twin saw it. `overlapped`: another was still being served."""

    method: str
    path: str
    at: datetime
    body: bytes
    overlapped: bool
    status: int | None = None
    seconds: float = 0.0
    fault: str = ""


@dataclass(slots=True)
class Twin:
    """The ASGI application of a twin.

    `work` is what the system does of its own accord: it goes on from `begin`, or the first call,
    for as long as the event loop runs. `pieces`: the state's document bit by bit, where it may be
    huge. `too_large`: the answer to a body that is not even read.
    """

    world: World
    control: ASGIApp
    faults: Faults = field(default_factory=Faults)
    calls: deque[TwinCall] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    work: Callable[[], Coroutine[None, None, None]] | None = None
    pieces: Callable[[], Iterator[bytes]] | None = None
    too_large: Callable[[], Response] = lambda: Response("the body is too large", 413)
    _busy: int = 0
    _outgoing: Outgoing = field(default_factory=Outgoing)
    _working: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Let it do what it does by itself; nothing the second time."""
        if self.work is not None and (self._working is None or self._working.done()):
            self._working = asyncio.get_running_loop().create_task(self.work())

    async def end(self) -> None:
        """Let it do nothing by itself any more, until it is begun again."""
        working, self._working = self._working, None
        if working is not None:
            working.cancel()
            await asyncio.wait([working])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        self.begin()
        if scope["path"].startswith("/_twin"):
            await self.control(scope, receive, send)
            return
        try:
            body = await _read(receive)
        except _CutOff:
            return  # half a request is none
        if body is None:
            await self.too_large()(scope, receive, send)
            return
        await self._serve(scope, receive, send, body)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, body: bytes) -> None:
        call = self._note(scope, body)
        begun = time.perf_counter()
        line = Line(receive, body)
        line.join(self._outgoing)

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                call.status = message["status"]
            await send(message)

        self._busy += 1
        try:
            if self.faults.ordered:
                due = self.faults.due(self.world.label(call.method, call.path, body))
                call.fault = ", ".join(fault.kind for fault in due)
                await self._break(due, scope, line, noting)
            else:  # most calls; finding out what one is called may take reading it
                await self.world.app(scope, line.receive, noting)
        finally:
            self._busy -= 1
            call.seconds = time.perf_counter() - begun

    async def _break(self, due: list[Fault], scope: Scope, line: Line, send: Send) -> None:
        for fault in due:
            if fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
        match due[-1].kind if due else "slow":
            case "slow":
                await self.world.app(scope, line.receive, send)
            case "drop":
                line.cut()
            case "lost answer":
                await self.world.app(scope, line.receive, _unheard)
                line.cut()
            case "garbage":
                await Response(b"\x00\xff<<{{ not what you asked for")(scope, line.receive, send)
            case kind:
                await self.world.fault(kind, scope["path"])(scope, line.receive, send)

    def _note(self, scope: Scope, body: bytes) -> TwinCall:
        query = scope["query_string"].decode("latin-1")
        call = TwinCall(
            scope["method"],
            scope["path"] + (f"?{query}" if query else ""),
            self.world.clock(),
            body[:KEPT_BODY],
            self._busy > 0,
        )
        self.calls.append(call)
        return call


async def _unheard(_message: Message) -> None:
    """Swallow an answer."""


class _CutOff(Exception):
    """The caller hung up before the whole request had come."""


async def _read(receive: Receive) -> bytes | None:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _CutOff
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > BODY_LIMIT:
            return None
        more = message.get("more_body", False)
        if not (more or pieces):
            return piece  # as most requests are
        pieces.append(piece)
        if not more:
            return b"".join(pieces)
