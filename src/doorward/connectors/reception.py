"""Letting in the systems that call the hub: who may, how much they may send, what they are told.

A connector whose system calls builds its routes from these pieces (`TargetKind.ways_in`).
"""

import asyncio
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated, Generic, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta
from starlette.requests import ClientDisconnect, Request

from doorward.core.inbound import EventLog
from doorward.core.parking.ports import ParkingLedger
from doorward.net.identity import PEER
from doorward.net.secrets import Secret

S = TypeVar("S", bound=msgspec.Struct)

PATIENCE = 30.0  # seconds for a whole body

_LOOPBACK = ("127.0.0.0/8", "::1/128")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_PART_OF_A_PATH = re.compile(r"[A-Za-z0-9_-]{16,128}")


class Refused(Exception):
    """A call that is not taken: in whose name, the status of its answer, and why, never empty."""

    def __init__(self, target: str, status: int, reason: str) -> None:
        super().__init__(reason)
        self.target = target
        self.status = status
        self.reason = reason


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """Who may push to the hub in a system's name. Raises ValueError for what cannot be.

    A connector whose system pushes has a field of this type in its settings, named `inbound`.
    """

    allow: Annotated[
        tuple[str, ...],
        Meta(min_length=1, description="addresses and networks, such as 192.168.1.0/24"),
    ] = _LOOPBACK
    secret: Annotated[Secret, Meta(description="the last part of the address")] | None = None
    certificate: (
        Annotated[str, Meta(description="SHA-256 of the caller's own certificate")] | None
    ) = None

    def __post_init__(self) -> None:
        for entry in self.allow:
            _network(entry)
        if self.certificate is not None and not _FINGERPRINT.fullmatch(self._expected):
            raise ValueError("certificate is not a SHA-256: 64 digits of 0-9 and A-F")
        if self.secret is not None and not _PART_OF_A_PATH.fullmatch(self.secret):
            raise ValueError("secret is not 16 to 128 of A-Z, a-z, 0-9, - and _")

    def allows(self, address: str) -> bool:
        """Whether who calls from this address may push."""
        try:
            peer = ip_address(address)
        except ValueError:
            return False
        if isinstance(peer, IPv6Address) and peer.ipv4_mapped:
            peer = peer.ipv4_mapped
        return any(peer in ip_network(entry) for entry in self.allow)

    @property
    def _expected(self) -> str:
        return (self.certificate or "").replace(":", "").lower()

    def admit(self, target: str, request: Request, secret: str = "") -> None:
        """Raises Refused for who may not push in this target's name.

        `secret` is what the caller gave, "" where the address has no such part.
        """
        peer = peer_of(request)
        if not self.allows(peer):
            unknown = peer or "an unknown address"
            raise Refused(target, 403, f"{unknown} is not in 'allow' of this target")
        if self.certificate is not None and not _shows(request, self._expected):
            reason = "the caller does not show the certificate that this target's system has"
            raise Refused(target, 403, reason)
        if self.secret is None and secret:
            reason = "this target has no secret: leave out the last part of the address"
            raise Refused(target, 403, reason)
        if not hmac.compare_digest((self.secret or "").encode(), secret.encode()):
            reason = "the last part of the address is not this target's secret"
            raise Refused(target, 403, reason)


def _shows(request: Request, fingerprint: str) -> bool:
    """Whether the caller has proved to hold the certificate of that SHA-256."""
    shown = request.scope.get("extensions", {}).get(PEER, {}).get("sha256", "")
    return hmac.compare_digest(shown, fingerprint)


def _network(entry: str) -> None:
    try:
        ip_network(entry)
    except ValueError as fault:
        raise ValueError(f"allow has an entry that is no network: {fault}") from None


@dataclass(frozen=True, slots=True)
class Reached(Generic[S]):
    """A target that others call. `zone` is where it stands: for times without an offset."""

    name: str
    settings: S
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What calls are answered with: where happenings and visits are noted, and the time.

    None of it can write to a remote system: what is called in is noted, and `due` says that it
    asks for a run soon.
    """

    events: EventLog
    parking: ParkingLedger
    clock: Callable[[], datetime]
    due: Callable[[], None]


def peer_of(request: Request) -> str:
    """The address of who is connected, whatever a header says."""
    return request.client.host if request.client else ""


async def body_of(request: Request, target: str, limit: int) -> bytes:
    """The whole body, at most `limit` bytes. Raises Refused."""
    told = request.headers.get("content-length", "")
    body = bytearray()
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
        raise Refused(target, 408, f"it did not come within {PATIENCE:g} seconds") from None
    except ClientDisconnect:
        raise Refused(target, 400, "it was cut off") from None
    raise Refused(target, 413, f"it has more than the {limit} bytes allowed")
