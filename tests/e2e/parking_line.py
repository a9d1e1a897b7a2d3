"""A line to the hub that breaks by chance: before, during and after an answer."""

import asyncio
import random
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Break = Literal["before", "in the request", "lost answer", "in the answer", "after"]
BREAKS: tuple[Break, ...] = ("before", "in the request", "lost answer", "in the answer", "after")


@dataclass
class BreakingLine:
    """A TCP proxy to `target`, a port. Of all requests `share` meet a break, by `chance`."""

    target: int
    chance: random.Random
    share: float = 0.05
    port: int = 0
    breaks: Counter[str] = field(default_factory=Counter)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry the requests of one connection until it breaks or either side hangs up."""
        there: asyncio.StreamWriter | None = None
        try:
            answers, there = await asyncio.open_connection("127.0.0.1", self.target)
            while await self._carry(reader, writer, answers, there):
                pass
        except (OSError, asyncio.IncompleteReadError):
            self.breaks["by the hub itself"] += there is None
        finally:
            for one in (writer, there):
                if one is not None:
                    _cut(one)

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        answers: asyncio.StreamReader,
        there: asyncio.StreamWriter,
    ) -> bool:
        """One request and its answer; False once the line is broken."""
        asked = await _message(reader)
        meets = self.chance.choice(BREAKS) if self.chance.random() < self.share else None
        if meets is not None:
            self.breaks[meets] += 1
        if meets == "before":
            return False
        there.write(asked[: len(asked) // 2] if meets == "in the request" else asked)
        if meets == "in the request":
            await there.drain()
            return False
        answer = await _message(answers)
        if meets == "lost answer":
            return False
        writer.write(answer[: len(answer) // 2] if meets == "in the answer" else answer)
        await writer.drain()
        return meets is None


def _cut(writer: asyncio.StreamWriter) -> None:
    """As a line is cut: what is sent already may arrive, no goodbye does."""
    there: socket.socket = writer.get_extra_info("socket")
    with suppress(OSError):
        there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0))
    writer.close()


async def _message(reader: asyncio.StreamReader) -> bytes:
    """A whole request or answer. Raises IncompleteReadError."""
    head = await reader.readuntil(b"\r\n\r\n")
    _, found, rest = head.lower().partition(b"content-length:")
    return head + await reader.readexactly(int(rest.partition(b"\r\n")[0]) if found else 0)


@asynccontextmanager
async def breaking_line(
    target: int, chance: random.Random, share: float = 0.05
) -> AsyncIterator[BreakingLine]:
    """Such a line until the block ends."""
    line, tasks = BreakingLine(target, chance, share), set[asyncio.Task[None]]()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        with suppress(asyncio.CancelledError):
            await line.serve(reader, writer)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        waiting = list(tasks)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await asyncio.sleep(0)
