"""What a connector's folder offers, found by its name: a source, a target, a twin.

The settings of each are a msgspec Struct: the configuration is checked against it, and its fields'
descriptions (`msgspec.Meta(description=...)`) are the help that people read.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from starlette.routing import BaseRoute

from doorward.connectors.reception import Reached, Reception
from doorward.core.parking.ports import ParkingLedger
from doorward.core.ports import Register, WritableDoor
from doorward.core.proposal import Policy
from doorward.net.calls import Call, Recorder
from doorward.twinkit.twin import Twin

S = TypeVar("S", bound=msgspec.Struct)


def _unrecorded(_call: Call) -> None:
    """Keep no record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a connector is given besides its settings.

    `folder` is where the configuration lies: paths in settings are relative to it. `zone` is the
    target's (or, for a source, the club's). `parking` is what is kept of car parks.
    """

    zone: ZoneInfo
    folder: Path = Path()
    record: Recorder = _unrecorded
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    parking: ParkingLedger | None = None


@dataclass(frozen=True, slots=True)
class SourceKind(Generic[S]):
    """A register that can be read. `open` is entered for a run and left after it."""

    settings: type[S]
    open: Callable[[str, S, Surroundings], AbstractAsyncContextManager[Register]]


@dataclass(frozen=True, slots=True)
class Clash:
    """A target for which another of its kind leaves no room: its name, the key in it, and why."""

    target: str
    key: Sequence[str]
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class TargetKind(Generic[S]):
    """A target that can be kept. `grant_options` are the names that a rule's grant may carry.

    `standard` is how such a target is kept where the configuration does not say. `ways_in`, where
    the system calls the hub: the routes for all targets of the kind, which may share addresses.
    `silent_after` is how long such a system may not call before somebody is told; None: for ever.
    `refillable`: its targets can be sent all they had confirmed once more. `clashes`: which of all
    targets of the kind, by name, cannot be beside each other.
    """

    settings: type[S]
    open: Callable[[str, S, Surroundings], AbstractAsyncContextManager[WritableDoor]]
    grant_options: Sequence[str] = ()
    standard: Policy = field(default_factory=Policy)
    ways_in: Callable[[Sequence[Reached[S]], Reception], Sequence[BaseRoute]] | None = None
    silent_after: Callable[[S], timedelta | None] = lambda _settings: None
    refillable: bool = False
    clashes: Callable[[Mapping[str, S]], Sequence[Clash]] = lambda _settings: ()


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
    """Loads no other connector, unless the name is none that there is."""
    folders = connectors()
    offered = _declared(name, attribute) if name in folders else None
    if isinstance(offered, kind):
        return offered
    known = [folder for folder in folders if isinstance(_declared(folder, attribute), kind)]
    raise NoSuchConnector(name, what, known)


def _declared(folder: str, attribute: str) -> object:
    adapter = importlib.import_module(f"doorward.connectors.{folder}.adapter")
    return getattr(adapter, attribute, None)
