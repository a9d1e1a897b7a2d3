"""Cards that an operator of the car park locked (WinCardCore 3.3, section 5).

A lock stays until it is released, whatever the membership says; a card that leaves the whitelist
meanwhile stays locked as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLock:
    """A lock, released or not. `account` is whose card it was when it was locked.

    `by` and `released_by` are the client ids of the callers, `info` and `release_info` what they
    gave as the reason.
    """

    system: str
    card: str
    account: str
    locked_at: datetime
    by: str = ""
    info: str = ""
    released_at: datetime | None = None
    released_by: str = ""
    release_info: str = ""

    @property
    def holds(self) -> bool:
        """Whether it has not been released."""
        return self.released_at is None


@dataclass(frozen=True, slots=True)
class Locked:
    """The card is locked; `again`: it was already, and that lock stays as it is."""

    lock: CardLock
    again: bool = False


@dataclass(frozen=True, slots=True)
class Released:
    """The card is not locked (any more). `lock` None: it was not."""

    lock: CardLock | None = None


@dataclass(frozen=True, slots=True)
class UnknownCard:
    """No such card was sent to that car park, and none is locked."""


Locking = Locked | UnknownCard
Releasing = Released | UnknownCard


def locked_holders(locks: Iterable[CardLock], system: str) -> frozenset[str]:
    """The accounts at a system of which a card is locked: whom the planner must not let in."""
    return frozenset(one.account for one in locks if one.system == system and one.holds)
