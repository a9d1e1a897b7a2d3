"""Telling a car park what changed: as few calls as there are kinds of changes.

One record that the car park does not take refuses the whole call (WinCardCore 3.3, section 2.1), so
a call that is refused for its content is halved until the record is found: the rest goes through.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from doorward.connectors.wincardcore import accounts
from doorward.connectors.wincardcore.client.carpark import CarParkClient
from doorward.connectors.wincardcore.client.failures import Invalid, Malformed
from doorward.connectors.wincardcore.wire.whitelist import Account, Customer
from doorward.core.errors import Kind, Trouble
from doorward.core.parking.locks import CardLock
from doorward.core.parking.ports import ParkingLedger
from doorward.core.ports import (
    Confirmed,
    Create,
    Declined,
    Outcome,
    Remove,
    SetAccess,
    Unknown,
    Write,
)
from doorward.net.errors import AnswerLost, RemoteError

Send = Callable[[Sequence[Account]], Awaitable[None]]


@dataclass(slots=True)
class _Sorted:
    """Writes by what is called for them, each under its place; and what cannot be sent."""

    gone: dict[int, str] = field(default_factory=dict)
    added: dict[int, Account] = field(default_factory=dict)
    changed: dict[int, Account] = field(default_factory=dict)
    refused: dict[int, Outcome] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes to one car park. `fault`: why it cannot be called at all."""

    name: str
    zone: ZoneInfo
    client: CarParkClient
    parking: ParkingLedger
    clock: Callable[[], datetime]
    fault: RemoteError | None = None

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """An outcome for each, in order."""
        if self.fault is not None:
            return [Declined(trouble(self.fault))] * len(writes)
        into = _Sorted()
        locks = {one.card: one for one in self.parking.locks(self.name)}
        for place, write in enumerate(writes):
            self._sort(place, write, into, locks)
        outcomes = into.refused
        outcomes |= await self._remove(into.gone)
        outcomes |= await self._send(into.added, self.client.post_accounts)
        outcomes |= await self._send(into.changed, self.client.patch_accounts)
        return [outcomes[place] for place in range(len(writes))]

    def _sort(self, place: int, write: Write, into: _Sorted, locks: Mapping[str, CardLock]) -> None:
        try:
            match write:
                case Remove(holder):
                    into.gone[place] = holder
                case Create(holder, person, access):
                    customer = accounts.newcomer(person)
                    made = accounts.account(holder, access, self.zone, customer)
                    into.added[place] = accounts.with_locks(made, locks)
                case SetAccess(holder, access):
                    made = accounts.account(holder, access, self.zone, self._customer(holder))
                    into.changed[place] = accounts.with_locks(made, locks)
                case _:
                    assert_never(write)
        except ValueError as error:
            remedy = "Correct the member's record, or the rule that gives her this."
            into.refused[place] = Declined(Trouble(Kind.PERMANENT, str(error), remedy))

    def _customer(self, key: str) -> Customer | None:
        found = self.parking.account(self.name, key)
        return accounts.remembered(found).customer if found else None

    async def _remove(self, keys: Mapping[int, str]) -> dict[int, Outcome]:
        if not keys:
            return {}
        try:
            await self.client.delete_accounts(list(keys.values()))
        except RemoteError as error:
            return dict.fromkeys(keys, _failed(error))
        await self.parking.forget_accounts(self.name, list(keys.values()))
        return dict.fromkeys(keys, Confirmed(None))

    async def _send(self, made: Mapping[int, Account], send: Send) -> dict[int, Outcome]:
        if not made:
            return {}
        try:
            await send(list(made.values()))
        except (Invalid, Malformed) as error:
            if len(made) == 1:
                return dict.fromkeys(made, _failed(error))
            first, second = _halves(made)
            return await self._send(first, send) | await self._send(second, send)
        except RemoteError as error:
            return dict.fromkeys(made, _failed(error))
        return await self._taken(made)

    async def _taken(self, made: Mapping[int, Account]) -> dict[int, Outcome]:
        known = {place: accounts.known(account) for place, account in made.items()}
        await self.parking.keep_accounts(self.name, list(known.values()), self.clock())
        return {
            place: Confirmed(accounts.holder(account, self.zone))
            for place, account in known.items()
        }


def _halves(made: Mapping[int, Account]) -> tuple[dict[int, Account], dict[int, Account]]:
    places = sorted(made)
    middle = len(places) // 2
    first, second = places[:middle], places[middle:]
    return {one: made[one] for one in first}, {one: made[one] for one in second}


def _failed(error: RemoteError) -> Outcome:
    """A call whose answer was lost may have been taken; it is harmless to send again."""
    return Unknown(trouble(error)) if isinstance(error, AnswerLost) else Declined(trouble(error))


def trouble(error: RemoteError) -> Trouble:
    """A car park's error as the core knows it."""
    return Trouble(Kind(error.kind), error.reason, error.remedy)
