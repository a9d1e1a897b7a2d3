"""What is judged before a call to the car park is read: line, signature, headers, size.

WinCardCore 3.3, 1 and 1.1. The signature comes first that can tell who calls: what fails before it
or by it changes nothing, for anybody.
"""

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime

from starlette.requests import ClientDisconnect, Request

from doorward.connectors.wincardcore.signing import Caller, Keyring, Refusal, verify
from doorward.net.line import is_loopback

PATIENCE = 30.0  # seconds for a whole body

_PRINTABLE = re.compile(rb"[ -~]*")


class Declined(Exception):
    """A call that is answered with this status and a text, and does nothing.

    `heard`: whether it counts as a request of its sender; half a request is none, and neither is
    one that only we failed at.
    """

    def __init__(self, status: int, reason: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason
        self.headers = dict(headers or {})

    @property
    def heard(self) -> bool:
        """Whether it came whole and was understood as far as it goes."""
        return self.status != 408 and self.status < 500


def demand_safe_line(request: Request) -> None:
    """Raises Declined (403) for plain http from beyond this machine.

    A signature covers neither path nor body; only TLS does.
    """
    peer = request.client.host if request.client else ""
    if request.url.scheme != "https" and not is_loopback(peer):
        raise Declined(403, "plain http is taken from this machine only; use https")


def demand_caller(request: Request, keyring: Keyring, now: datetime) -> Caller:
    """Who calls. Raises Declined (401)."""
    found = verify(request.scope["headers"], keyring, now)
    if isinstance(found, Refusal):
        raise Declined(found.status, found.reason)
    return found


def demand_printable_headers(request: Request) -> None:
    """Raises Declined (400) for a header with anything but printable ASCII."""
    for name, value in request.scope["headers"]:
        if not _PRINTABLE.fullmatch(value):
            shown = name.decode("ascii", "replace")[:40]
            raise Declined(400, f"the header {shown} has characters that are not printable ASCII")


async def body_of(request: Request, limit: int) -> bytes:
    """The whole body. Raises Declined: 413 beyond `limit` bytes, 408 unless it comes whole."""
    body = bytearray()
    told = request.headers.get("content-length", "")
    try:
        async with asyncio.timeout(PATIENCE):
            if not told.isdecimal() or int(told) <= limit:
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > limit:
                        break
                else:
                    return bytes(body)
    except TimeoutError:
        raise Declined(408, f"the body did not come within {PATIENCE:g} seconds") from None
    except ClientDisconnect:
        raise Declined(408, "the body was cut off") from None
    raise Declined(413, f"the body has more than {limit} bytes; send the list in blocks")
