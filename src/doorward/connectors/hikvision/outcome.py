"""What a client's call came to, where "done" and "failed" are not all there is."""

from dataclasses import dataclass

from doorward.connectors.hikvision.wire.event import Event
from doorward.connectors.hikvision.wire.person import UserInfo


@dataclass(frozen=True, slots=True)
class Complete:
    """Everybody: who is not in it is not on the terminal."""

    people: tuple[UserInfo, ...]


@dataclass(frozen=True, slots=True)
class Partial:
    """Some of those who are there, and why not all."""

    people: tuple[UserInfo, ...]
    reason: str


Listing = Complete | Partial


@dataclass(frozen=True, slots=True)
class Written:
    """Read back, and as wanted. `settled`: the answer was lost and the reading proved it."""

    after: UserInfo
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Differs:
    """Written, but the terminal shows these fields otherwise. `after` None: nobody is there."""

    after: UserInfo | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Perhaps written; it could not be read back."""

    reason: str
    remedy: str


WriteOutcome = Written | Differs | Unknown


@dataclass(frozen=True, slots=True)
class Gone:
    """Deleted, and nobody is there on reading back."""

    employee_no: str


@dataclass(frozen=True, slots=True)
class StillThere:
    """Deleted, but the terminal still shows her."""

    after: UserInfo


DeleteOutcome = Gone | StillThere | Unknown


@dataclass(frozen=True, slots=True)
class Events:
    """What happened, oldest first as the terminal tells it; `reason` says why some are missing."""

    items: tuple[Event, ...]
    reason: str = ""

    @property
    def complete(self) -> bool:
        """Whether this is all that was asked for."""
        return not self.reason
