"""What the world tells: something happened at a door. Nothing here writes to a remote system.

A system tells by itself (it pushes) or when it is asked (a `Witness`); either way each happening
is noted once. One that comes later than it happened is marked `late`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol, runtime_checkable

from doorward.core.errors import Trouble, unforeseen
from doorward.core.reads import Complete, Failed, Read

HappeningKind = Literal["granted", "denied", "door", "other"]

FIRST_LOOK = timedelta(days=1)
"""How far back a system is asked that was never asked before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Somebody was let in or not, or a door did something.

    `system`, `serial` and `at` together are unique: a serial alone may wrap, or begin anew on a
    device that was reset. `holder` is her id at the system and `name` what the system calls her,
    both "" where nobody is named. `text` says what happened in plain words, `raw` is what the
    system told, secrets masked. Raises ValueError for a moment without a zone, or no serial.
    """

    system: str
    serial: str
    at: datetime
    kind: HappeningKind
    holder: str = ""
    name: str = ""
    door: str = ""
    text: str = ""
    late: bool = False
    raw: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(f"{self.at} has no time zone")
        if not self.system or not self.serial:
            raise ValueError("a happening names its system and has a serial")

    @property
    def mark(self) -> "Mark":
        """Its place in what its system tells."""
        return Mark(self.serial, self.at)


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where a system was read: the last happening. `serial` "": only the moment is known."""

    serial: str
    at: datetime


@runtime_checkable
class Witness(Protocol):
    """A system that can be asked what happened."""

    async def happenings(self, after: Mark) -> Read[Happening]:
        """What happened after that, in the order in which the system keeps it.

        It may repeat what happened before or at the mark. A Partial read is one from its start to
        where it broke off, or lacks what its trouble says. Never raises for what the system did.
        """
        ...


class EventLog(Protocol):
    """Where happenings are noted."""

    async def note(
        self, batch: Sequence[Happening], received_at: datetime, mark: Mark | None = None
    ) -> int:
        """Keep those not known yet, durably; how many those are.

        `mark`: up to where their system is read now, kept in the same transaction.
        """
        ...

    def read_up_to(self, system: str) -> Mark | None:
        """Where the last reading of a system ended; None for one that was never read."""
        ...


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """How filling a gap went: how many happenings were missed before, and what is still missing."""

    missed: int = 0
    trouble: Trouble | None = None


async def catch_up(system: str, witness: Witness, log: EventLog, now: datetime) -> CaughtUp:
    """Note what a system kept and nobody heard, marked late. Never raises for what it did."""
    after = log.read_up_to(system) or Mark("", now - FIRST_LOOK)
    try:
        read = await witness.happenings(after)
    except Exception as error:  # a port that breaks its promise must not end the service
        return CaughtUp(trouble=unforeseen(error))
    if isinstance(read, Failed):
        return CaughtUp(trouble=read.trouble)
    missed = [replace(one, late=True) for one in read.items]
    new = await log.note(missed, now, missed[-1].mark if missed else None)
    return CaughtUp(new, None if isinstance(read, Complete) else read.trouble)
