"""Servers on real sockets that answer as told, or not at all."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from doorward.net.calls import Call, Masker
from doorward.net.line import Line

Handler = Callable[["Heard"], Awaitable[None]]


@dataclass
class Heard:
    """One request as it came over the socket, and the way back."""

    head: str
    body: bytes
    writer: asyncio.StreamWriter

    async def say(self, answer: bytes) -> None:
        """Send these very bytes."""
        self.writer.write(answer)
        await self.writer.drain()

    async def answer(self, body: bytes = b"", status: int = 200, headers: str = "") -> None:
        """Send a proper answer."""
        start = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        await self.say(start.encode() + body)

    def hang_up(self) -> None:
        """Close the socket as a program that ends does."""
        self.writer.close()

    def reset(self) -> None:
        """Cut the line as a broken one is cut."""
        there: socket.socket = self.writer.get_extra_info("socket")
        there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@dataclass
class Server:
    """A server and what it heard."""

    url: str
    heard: list[Heard] = field(default_factory=list)
    connections: int = 0

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


@asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """A server that gives each request to the handler."""
    server = Server("")
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        server.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while not writer.is_closing():
                one = Heard(*await _request(reader), writer)
                server.heard.append(one)
                await handler(one)
        writer.close()

    listening = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    try:
        yield server
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


async def _request(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = 0
    for line in head.lower().split("\r\n"):
        if line.startswith("content-length:"):
            length = int(line.partition(":")[2])
    return head, await reader.readexactly(length)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@dataclass
class Recorded:
    """A line that keeps its calls, to `url`."""

    url: str
    calls: list[Call] = field(default_factory=list)

    def line(self, **told: object) -> Line:
        masker = Masker(frozenset({"password", "cardno"}))
        known = {"system": "gate", "url": self.url, "record": self.calls.append, "masker": masker}
        return Line(**(known | told))  # type: ignore[arg-type]
