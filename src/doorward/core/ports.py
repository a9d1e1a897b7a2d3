"""What the core asks of the world: registers, targets, and what was remembered.

A dry run is given `Register`, `Door` and `Memory`, none of which can write: it holds no handle
with which it could.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from doorward.core.errors import Trouble
from doorward.core.people import Access, Holder, Options, Person
from doorward.core.reads import Read

Progress = Callable[[int, int | None], None]
"""Called with how many are done and how many there are (None: not known)."""


def silent(_done: int, _total: int | None) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `doorward check` looked at. `remedy` is empty where nothing is to be done.

    `refused`: it was our login that was refused, so that asking again may lock the account.
    """

    system: str
    subject: str
    good: bool
    text: str
    remedy: str = ""
    refused: bool = False


class Register(Protocol):
    """A source: who is a member."""

    @property
    def name(self) -> str:
        """As the configuration calls it; the first part of its people's keys."""
        ...

    async def people(self, progress: Progress) -> Read[Person]:
        """Everybody. Never raises for what the register did: that is a Partial or Failed read."""
        ...

    async def check(self) -> list[Finding]:
        """What works and what does not: connection, login, each grant."""
        ...


class Door(Protocol):
    """A target, to be read."""

    @property
    def name(self) -> str:
        """As the configuration calls it."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """Where it stands: in this zone a day begins and ends."""
        ...

    def fit(self, access: Access) -> Access:
        """This access as the target can hold it (its range, its resolution). Pure."""
        ...

    def credentials(self, person: Person) -> Options:
        """What of the person herself her access here is made with, such as number plates. Pure.

        The same names for everybody, with no value where she has none: a plate that is gone from
        the register goes from the target. A target that keeps only dates gives ().
        """
        ...

    def new_id(self, person: Person) -> str:
        """The id that a holder made for this person gets. Raises Troubled when none is possible."""
        ...

    async def holders(self, progress: Progress) -> Read[Holder]:
        """Everybody who holds access. Never raises for what the target did."""
        ...

    async def holder(self, holder_id: str) -> Holder | None:
        """One of them as she is now; None when there is none. Raises Troubled."""
        ...

    async def check(self) -> list[Finding]:
        """What works and what does not: connection, login, clock, room."""
        ...


@dataclass(frozen=True, slots=True)
class Create:
    """Give a person who is not there yet a record with this access."""

    holder: str
    person: Person
    access: Access


@dataclass(frozen=True, slots=True)
class SetAccess:
    """Give a holder this access; nothing else of hers changes."""

    holder: str
    access: Access


@dataclass(frozen=True, slots=True)
class Remove:
    """Take one holder's record away. There is no way to ask for more than one."""

    holder: str

    def __post_init__(self) -> None:
        if not self.holder:
            raise ValueError("a removal names whom it removes")


Write = Create | SetAccess | Remove


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Written, read back, and as wanted. `after` None: the holder is gone."""

    after: Holder | None


@dataclass(frozen=True, slots=True)
class Differs:
    """Written, but the target shows something else."""

    after: Holder | None
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have been done; only reading can tell."""

    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Declined:
    """Not done."""

    trouble: Trouble


Outcome = Confirmed | Differs | Unknown | Declined


class WritableDoor(Door, Protocol):
    """A target, to be written. Only `apply` is given one."""

    async def write(self, write: Write) -> Outcome:
        """Do it and read it back. Never raises for what the target did."""
        ...


@runtime_checkable
class TakesSeveral(Protocol):
    """A target that is told of many people in one call; `together` is of how many at most."""

    together: int

    async def write_all(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """Do them all and read each back; an outcome for each, in order. Never raises."""
        ...


@runtime_checkable
class Refillable(Protocol):
    """A target that may have lost what it was told, and then asks for all of it."""

    async def refill(self, progress: Progress) -> Trouble | None:
        """Where it asks: tell it once more what it had confirmed. And tell it of operators' locks.

        Nothing else: no rule is looked at, nobody's dates change. What went wrong, if anything
        did; it stays asked for then. Never raises.
        """
        ...


Origin = Literal["manual", "email", "phone", "employee_no", "extra", "created"]


@dataclass(frozen=True, slots=True)
class Link:
    """A person and a holder who are known to be one."""

    person: str
    holder: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was last agreed: what the register wanted, and what the target showed after it.

    Its existence is ownership: the hub wrote or adopted this holder.
    """

    person: str
    holder: str
    wanted: Access
    shown: Access


@dataclass(frozen=True, slots=True)
class TargetMemory:
    """What is remembered of one target. `apart` are pairs that a person said are never one."""

    links: Mapping[str, Link]
    agreed: Mapping[str, Agreed]  # by person
    apart: frozenset[tuple[str, str]] = frozenset()
    lost_lately: frozenset[str] = frozenset()  # persons who lost access in the last 24 hours


@dataclass(frozen=True, slots=True)
class Pending:
    """A write that was journalled and whose outcome is not known."""

    id: int
    target: str
    person: str
    holder: str
    kind: str
    before: Access | None
    after: Access | None
    wanted: Access | None
    intended_at: datetime
    origin: Origin = "manual"


@dataclass(frozen=True, slots=True)
class Failure:
    """An update that has not gone through. `next_try` None: it waits for a person to act."""

    target: str
    person: str
    kind: str
    after: Access | None
    attempts: int
    next_try: datetime | None
    trouble: Trouble


Failures = Mapping[tuple[str, str], Failure]
"""The open ones by target and person."""


class Memory(Protocol):
    """What the store remembers, to be read."""

    def of(self, target: str) -> TargetMemory:
        """Links, agreements and recent losses of one target."""
        ...

    def locked(self) -> Mapping[str, Collection[str]]:
        """People whom an operator has locked, and the targets where: names by person."""
        ...

    def pending(self) -> Sequence[Pending]:
        """Writes that were cut in between, oldest first."""
        ...

    def failures(self) -> Failures:
        """The open failed updates."""
        ...
