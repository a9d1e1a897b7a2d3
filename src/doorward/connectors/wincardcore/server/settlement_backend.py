"""What a settlement system knows and does, as the server asks it (WinCardCore 3.3, 3 to 6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from doorward.connectors.wincardcore.signing import Caller
from doorward.connectors.wincardcore.wire.codes import Action
from doorward.connectors.wincardcore.wire.requests import Refund
from doorward.connectors.wincardcore.wire.transaction import Transaction
from doorward.connectors.wincardcore.wire.whitelist import Account, Card


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose call it is: the configured car park, and who signed when."""

    system: str
    caller: Caller


@dataclass(frozen=True, slots=True)
class Done:
    """It is done and on disk, now or by an earlier call that said the same (204)."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """There is no such thing (404)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Contradicts:
    """It does not go with what is there; nothing changes (409)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unfit:
    """Its content cannot be taken (422)."""

    reason: str


Outcome = Done | Unknown | Contradicts | Unfit

DONE = Done()


class Backend(Protocol):
    """What it answers is durable. What it raises is answered with 5xx by whoever runs the server.

    All of it may be called for several car parks at once, and for the same thing at once.
    """

    def accounts(self, system: str) -> Iterator[Account]:
        """All accounts. Gone through in a thread; each step may wait for the disk."""
        ...

    async def account(self, system: str, key: str) -> Account | None:
        """One account."""
        ...

    async def card(self, system: str, key: str) -> Card | None:
        """One card, as it is now: locks count."""
        ...

    async def put(self, sender: Sender, id: str, visit: Transaction, raw: bytes) -> Outcome:
        """Take a visit as new (4.1). `raw` is the body."""
        ...

    async def patch(self, sender: Sender, id: str, visit: Transaction, raw: bytes) -> Outcome:
        """Take what became of a visit (4.2)."""
        ...

    async def refund(self, sender: Sender, id: str, refund: Refund) -> Outcome:
        """Give money back (4.3)."""
        ...

    async def lock(self, sender: Sender, card_key: str, info: str) -> Outcome:
        """Lock a card; Done as well where it is (5.1)."""
        ...

    async def release(self, sender: Sender, card_key: str, info: str) -> Outcome:
        """Release a card; Done as well where it is not locked (5.2)."""
        ...

    async def command(self, sender: Sender, action: Action) -> None:
        """Remember what the car park asks for (6.1). It is done later."""
        ...

    async def alive(self, sender: Sender) -> None:
        """Remember that the car park was heard (6.2)."""
        ...
