"""What holds for every request before it is looked into: signed, plain headers, not too large.

WinCardCore 3.3, 1.1 and 1.3. The statuses are those of 1.3; a body that is too large is one whose
form is not right, 400.
"""

import asyncio
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from starlette.types import Receive, Scope, Send

from doorward.connectors.wincardcore.signing import Caller, Keyring, Refusal, verify
from doorward.connectors.wincardcore.wire.operations import Call, NoCall, Side, find

PATIENCE = 30.0  # seconds for a whole body

_PLAIN = re.compile(rb"[ -~]*")


class Turned(Exception):
    """A request that goes no further: the status of its answer, and why, in readable words."""

    def __init__(self, status: int, reason: str, allowed: Iterable[str] = ()) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.allowed = tuple(allowed)


def admit(scope: Scope, keyring: Keyring, now: datetime, tolerance: timedelta) -> Caller:
    """Who calls. Raises Turned: 401 unless it is proven, 400 for headers that are not plain.

    Nothing is said before about what there is and what there is not.
    """
    headers = scope["headers"]
    caller = verify(headers, keyring, now, tolerance)
    if isinstance(caller, Refusal):
        raise Turned(caller.status, caller.reason)
    if not _PLAIN.fullmatch(b"".join([value for _, value in headers])):
        [name, *_] = [name for name, value in headers if not _PLAIN.fullmatch(value)]
        raise Turned(400, f"the header {name.decode('ascii', 'replace')} is not printable ASCII")
    return caller


def operation_of(side: Side, prefix: str, scope: Scope) -> Call:
    """Which operation it is. Raises Turned 404 or 405, and Fault for a key that is broken."""
    path = scope["raw_path"].decode("latin-1")
    found = find(side, prefix, scope["method"], path)
    if isinstance(found, NoCall):
        if found.allowed:
            raise Turned(405, f"{scope['method']} is no call on this path", found.allowed)
        raise Turned(404, "there is no such path")
    return found


async def body_of(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body. Raises Turned for one that is larger than `limit` bytes, or does not come."""
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    if told.isdigit() and int(told[:20]) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(PATIENCE):
            return await _whole(receive, limit)
    except TimeoutError:
        raise Turned(400, f"the body did not come within {PATIENCE:g} seconds") from None


async def _whole(receive: Receive, limit: int) -> bytes:
    pieces, size, more = list[bytes](), 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Turned(400, "the body was cut off")
        piece = message.get("body", b"")
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise _too_large(limit)
        more = message.get("more_body", False)
    return b"".join(pieces)


def _too_large(limit: int) -> Turned:
    return Turned(400, f"the body has more than the {limit} bytes that are taken")


async def answer(send: Send, status: int, text: str = "", allowed: Iterable[str] = ()) -> None:
    """A status with its words; a success has none."""
    body = text.encode("utf-8", "replace")
    headers = [(b"allow", ", ".join(allowed).encode())] if allowed else []
    if body:
        headers.append((b"content-type", b"text/plain; charset=utf-8"))
    if status != 204:
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
