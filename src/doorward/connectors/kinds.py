"""What a connector's folder offers, found by its name: a source, a target, a twin.

The settings of each are a msgspec Struct: the configuration is checked against it, and its fields'
descriptions (`msgspec.Meta(description=...)`) are the help that people read.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from doorward.core.inbound import Happening
from doorward.core.ports import Register, WritableDoor
from doorward.net.calls import Call, Recorder
from doorward.net.secrets import Secret
from doorward.twinkit.twin import Twin

S = TypeVar("S", bound=msgspec.Struct)


def _unrecorded(_call: Call) -> None:
    """Keep no record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a connector is given besides its settings.

    `folder` is where the configuration lies: paths in settings are relative to it. `zone` is the
    target's (or, for a source, the club's).
    """

    zone: ZoneInfo
    folder: Path = Path()
    record: Recorder = _unrecorded
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


_LOOPBACK = ("127.0.0.0/8", "::1/128")
_PART_OF_A_PATH = re.compile(r"[A-Za-z0-9_-]{16,128}")


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """Who may push to the hub in a system's name. Raises ValueError for what cannot be.

    A connector whose system pushes has a field of this type in its settings, named `inbound`.
    """

    allow: Annotated[
        tuple[str, ...],
        Meta(min_length=1, description="addresses and networks, such as 192.168.1.0/24"),
    ] = _LOOPBACK
    secret: Annotated[Secret, Meta(description="the last part of the address")] | None = None

    def __post_init__(self) -> None:
        for entry in self.allow:
            _network(entry)
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


def _network(entry: str) -> None:
    try:
        ip_network(entry)
    except ValueError as fault:
        raise ValueError(f"allow has an entry that is no network: {fault}") from None


def inbound_of(settings: msgspec.Struct) -> Inbound:
    """Who may push in the name of a system with these settings: loopback, where they don't say."""
    found = getattr(settings, "inbound", None)
    return found if isinstance(found, Inbound) else Inbound()


@dataclass(frozen=True, slots=True)
class Received:
    """What a system pushed. `zone` is where it stands: for times that come without an offset."""

    content_type: str
    body: bytes
    received_at: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class SourceKind(Generic[S]):
    """A register that can be read. `open` is entered for a run and left after it."""

    settings: type[S]
    open: Callable[[str, S, Surroundings], AbstractAsyncContextManager[Register]]


@dataclass(frozen=True, slots=True)
class TargetKind(Generic[S]):
    """A target that can be kept. `grant_options` are the names that a rule's grant may carry.

    `receive`, where the system pushes: what a push to the target of that name tells, which may be
    nothing (a heartbeat). It raises ValueError, which says why, for one that cannot be read.
    """

    settings: type[S]
    open: Callable[[str, S, Surroundings], AbstractAsyncContextManager[WritableDoor]]
    grant_options: Sequence[str] = ()
    receive: Callable[[str, S, Received], Sequence[Happening]] | None = None


@dataclass(frozen=True, slots=True)
class TwinKind(Generic[S]):
    """An emulation of the system."""

    options: type[S]
    make: Callable[[S], Twin]


class NoSuchConnector(LookupError):
    """No folder of that name, or one that does not offer what was asked for."""

    def __init__(self, name: str, what: str, known: Sequence[str]) -> None:
        super().__init__(f"there is no {what} of type '{name}'; there is: {', '.join(known)}")
        self.known = known


def connectors() -> list[str]:
    """The names of all connectors."""
    found = importlib.import_module("doorward.connectors")
    return sorted(entry.name for entry in pkgutil.iter_modules(found.__path__) if entry.ispkg)


def source_kind(name: str) -> SourceKind[Any]:
    """The source of that type. Raises NoSuchConnector."""
    return _offered(name, "SOURCE", SourceKind, "source")


def target_kind(name: str) -> TargetKind[Any]:
    """The target of that type. Raises NoSuchConnector."""
    return _offered(name, "TARGET", TargetKind, "target")


def twin_kind(name: str) -> TwinKind[Any]:
    """The twin of that name. Raises NoSuchConnector."""
    return _offered(name, "TWIN", TwinKind, "twin")


K = TypeVar("K")


def _offered(name: str, attribute: str, kind: type[K], what: str) -> K:
    known = {folder: _declared(folder, attribute) for folder in connectors()}
    offered = known.get(name)
    if not isinstance(offered, kind):
        raise NoSuchConnector(name, what, [folder for folder, had in known.items() if had])
    return offered


def _declared(folder: str, attribute: str) -> object:
    adapter = importlib.import_module(f"doorward.connectors.{folder}.adapter")
    return getattr(adapter, attribute, None)
