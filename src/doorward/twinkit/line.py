"""What a twin's answer goes out on: a line that can be cut, and answers that are sent together."""

import asyncio
from dataclasses import dataclass
from typing import Any

from starlette.types import Message, Receive


@dataclass(slots=True)
class Line:
    """A request whose body was read already, and the socket it came on."""

    incoming: Receive
    body: bytes
    given: bool = False

    async def receive(self) -> Message:
        """The body, once; then what comes on the socket."""
        if self.given:
            return await self.incoming()
        self.given = True
        return {"type": "http.request", "body": self.body, "more_body": False}

    def cut(self) -> None:
        """Close the socket without another byte."""
        _cycle, transport = self._socket()
        if transport is None:
            raise ConnectionAbortedError("the twin cut the line")
        transport.abort()

    def join(self, outgoing: "Outgoing") -> None:
        """Send the answer's head together with its body.

        uvicorn writes them one by one, which is two system calls, and often two wake-ups of
        whoever waits for the answer: for a short one as much work as everything else.
        """
        cycle, transport = self._socket()
        if transport is not None:
            cycle.transport = _Joined(transport, outgoing)

    def _socket(self) -> tuple[Any, asyncio.Transport | None]:
        """What serves this request in uvicorn, whose receive we were given, and its transport."""
        cycle = getattr(self.incoming, "__self__", None)
        transport = getattr(cycle, "transport", None)
        return cycle, transport if isinstance(transport, asyncio.Transport) else None


class _Joined(asyncio.Transport):
    """A transport for one answer: its pieces of one turn of the loop are sent together."""

    __slots__ = ("_outgoing", "_pieces", "_transport")

    def __init__(self, transport: asyncio.Transport, outgoing: "Outgoing") -> None:
        self._transport = transport
        self._outgoing = outgoing
        self._pieces: list[bytes] = []

    def write(self, data: Any) -> None:
        if not self._pieces:
            self._outgoing.hold(self)
        self._pieces.append(data)

    def flush(self) -> None:
        """Send what was held back."""
        if self._pieces:
            self._transport.write(b"".join(self._pieces))
            self._pieces.clear()

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        self._pieces.clear()
        self._transport.abort()

    def is_closing(self) -> bool:
        return self._transport.is_closing()


class Outgoing:
    """Answers that are sent when everybody has been served who was there in a turn of the loop.

    Whoever is answered while others are still served asks again at once, and is then alone in the
    next turn, which costs as much as a turn for many.
    """

    def __init__(self) -> None:
        self._held: list[_Joined] = []

    def hold(self, answer: _Joined) -> None:
        """Send this one with the others."""
        if not self._held:
            asyncio.get_running_loop().call_soon(self._send)
        self._held.append(answer)

    def _send(self) -> None:
        held, self._held = self._held, []
        for answer in held:
            answer.flush()
