"""HTTP around the one address of the API.

Plain ASGI and not a route of Starlette's: the whole protocol is one address, and routing would cost
as much as answering. Calls that never reach the API are declined in the form of the platform
underneath, an array of errors; every other answer has status 200, failed or not.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from doorward.connectors.vizpin.server import answering
from doorward.connectors.vizpin.server.backend import Backend
from doorward.connectors.vizpin.wire.answers import PlatformFailed, write_platform
from doorward.connectors.vizpin.wire.form import MAX_BYTES

PATH = "/services/apexrest/oem-api"
PATHS = frozenset({PATH, f"{PATH}/", f"/VIZpin{PATH}", f"/VIZpin{PATH}/"})
"""The address as it is printed, and as the samples call a sandbox."""

JSON = "application/json"
TYPES = frozenset({b"", JSON.encode(), b"text/plain"})
ENCODINGS = frozenset({b"", b"identity"})

Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call that never reaches the API: HTTP status, the platform's code, why."""

    status: int
    code: str
    why: str
    headers: tuple[tuple[bytes, bytes], ...] = ()

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Say so."""
        body = write_platform(PlatformFailed(self.code, self.why))
        await _say(send, self.status, body, self.headers)


NOT_ALLOWED = Refusal(403, "IP_NOT_ALLOWED", "calls from this address are not allowed")
NOT_FOUND = Refusal(404, "NOT_FOUND", f"the API is at {PATH}")
NOT_POSTED = Refusal(405, "METHOD_NOT_ALLOWED", "calls are posted", ((b"allow", b"POST"),))
NOT_JSON = Refusal(415, "UNSUPPORTED_MEDIA_TYPE", f"a call is {JSON}, in no encoding")
TOO_LARGE = Refusal(413, "REQUEST_TOO_LARGE", f"a call has at most {MAX_BYTES} bytes")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The ASGI application. Knows HTTP and nothing of what is called."""

    backend: Backend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        refusal, token = self._judged(scope)
        if refusal is None:
            body = await _read(receive)
            if body is None:
                return  # whoever asked has gone
            if len(body) <= MAX_BYTES:
                await _say(send, 200, answering.answer(self.backend, token, body))
                return
            refusal = TOO_LARGE
        await refusal(scope, receive, send)

    def _judged(self, scope: Scope) -> tuple[Refusal | None, str]:
        """What is wrong with a request before its body is looked at, and its token."""
        client = scope.get("client")
        if not self.backend.admits(client[0] if client else ""):
            return NOT_ALLOWED, ""
        if scope["path"] not in PATHS:
            return NOT_FOUND, ""
        if scope["method"] != "POST":
            return NOT_POSTED, ""
        return _headed(scope["headers"])


def _headed(headers: Headers) -> tuple[Refusal | None, str]:
    token = kind = encoding = b""
    for name, value in headers:
        if name == b"token":
            token = value
        elif name == b"content-type":
            kind = value
        elif name == b"content-encoding":
            encoding = value
    if kind not in TYPES and kind.partition(b";")[0].strip().lower() not in TYPES:
        return NOT_JSON, ""
    if encoding.strip().lower() not in ENCODINGS:
        return NOT_JSON, ""
    return None, token.decode("latin-1").strip()


async def _read(receive: Receive) -> bytes | None:
    """The body, of one that is too large only so much as shows it; None if the caller hung up."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        piece: bytes = message.get("body", b"")
        body = body + piece if body else piece
        if not message.get("more_body", False) or len(body) > MAX_BYTES:
            return body


async def _say(
    send: Send, status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    length = (b"content-length", b"%d" % len(body))
    started = {"type": _START, "status": status, "headers": (_IS_JSON, length, *headers)}
    await send(started)
    await send({"type": "http.response.body", "body": body})


_START = "http.response.start"
_IS_JSON = (b"content-type", JSON.encode())
