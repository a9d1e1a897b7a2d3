"""What is written down around every write, so that nothing is lost and nothing is done twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, assert_never

from doorward.core.changes import Adoption, Change
from doorward.core.errors import Trouble
from doorward.core.people import Access, Holder, Person
from doorward.core.ports import (
    Agreed,
    Confirmed,
    Declined,
    Differs,
    Origin,
    Outcome,
    Pending,
    Unknown,
)
from doorward.core.reads import Read

State = Literal["done", "differs", "unknown", "declined", "not done", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a journalled write ended.

    `agreed` is what holds from now on between register and target; `gone` that the holder is no
    more. "not done" is a write that was cut and that reading showed not to have happened,
    "withdrawn" one that was journalled but never begun.
    """

    id: int
    state: State
    trouble: Trouble | None = None
    agreed: Agreed | None = None
    origin: Origin = "manual"
    gone: bool = False


class Journal(Protocol):
    """Where intents and outcomes are kept. Durable when a call returns."""

    async def intend(self, run: int, changes: Sequence[Change], at: datetime) -> Sequence[int]:
        """Write down what is about to be done; an id for each."""
        ...

    async def settle(self, settlements: Sequence[Settlement], at: datetime) -> None:
        """Write down how it ended: history, agreement, and the queue of failed updates."""
        ...


class Ledger(Journal, Protocol):
    """Everything that a run writes down."""

    async def remember(self, people: Mapping[str, Read[Person]], at: datetime) -> None:
        """Keep who was in each register that could be read, for `explain` and the record."""
        ...

    async def adopt(self, adoptions: Sequence[Adoption], at: datetime) -> None:
        """Keep what register and target agree on without a write."""
        ...


def settled(id: int, change: Change, outcome: Outcome) -> Settlement:
    """The settlement of a write from what the target answered."""
    match outcome:
        case Confirmed(after):
            return _done(id, change.person, change.wanted, after, change.origin)
        case Differs(_, trouble):
            return Settlement(id, "differs", trouble)
        case Unknown(trouble):
            return Settlement(id, "unknown", trouble)
        case Declined(trouble):
            return Settlement(id, "declined", trouble)
        case _:
            assert_never(outcome)


def _done(
    id: int, person: str, wanted: Access | None, after: Holder | None, origin: Origin
) -> Settlement:
    if after is None:
        return Settlement(id, "done", gone=True)
    agreed = Agreed(person, after.id, wanted or after.access, after.access)
    return Settlement(id, "done", agreed=agreed, origin=origin)


def settled_by_reading(pending: Pending, found: Holder | None, *, whole: bool) -> Settlement | None:
    """The settlement of a write that was cut, from what the target shows now.

    None while it cannot be told: a holder missing from half a read may be there.
    """
    if found is None:
        if not whole:
            return None
        return Settlement(pending.id, "done" if pending.after is None else "not done", gone=True)
    if pending.after is None or not pending.after.satisfied_by(found.access):
        return Settlement(pending.id, "not done")
    return _done(pending.id, pending.person, pending.wanted, found, pending.origin)
