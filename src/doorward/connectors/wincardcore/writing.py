"""Telling a car park what changed: as few calls as there are kinds of changes.

One record that the car park does not take refuses the whole call (WinCardCore 3.3, section 2.1), so
a call that is refused for its content is halved until the record is found: the rest goes through.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, assert_never
from zoneinfo import ZoneInfo

from doorward.connectors.remote import trouble
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

T = TypeVar("T")
Places = dict[int, T]
"""Things by the place of the write that they come from."""


@dataclass(slots=True)
class _Sorted:
    """Writes by what is called for them; and what cannot be sent."""

    gone: Places[str] = field(default_factory=dict)
    changed: Places[Account] = field(default_factory=dict)
    added: Places[Account] = field(default_factory=dict)
    refused: Places[Outcome] = field(default_factory=dict)


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
        """An outcome for each, in order.

        Until all answers are there the whole whitelist is owed: the interface cannot be asked what
        of it was taken, so after a cut or a lost answer the next run sends what had been confirmed.
        """
        if self.fault is not None:
            return [Declined(trouble(self.fault))] * len(writes)
        owed_since = await self._owe()
        outcomes = await self._written(await asyncio.to_thread(self._sorted, writes))
        if owed_since is not None and not any(isinstance(one, Unknown) for one in outcomes):
            await self.parking.fulfil_whitelist(self.name, owed_since)
        return outcomes

    async def _owe(self) -> datetime | None:
        """Since when the whole whitelist is owed because of what is about to be written.

        None where it is owed already: that is not for a write to settle.
        """
        sign = self.parking.signs().get(self.name)
        if sign is not None and sign.whitelist_asked_at is not None:
            return None
        now = self.clock()
        await self.parking.ask_whitelist(self.name, now)
        return now

    async def _written(self, todo: _Sorted) -> list[Outcome]:
        """What frees a card's number goes first, and so does what takes access away."""
        client, outcomes = self.client, todo.refused
        outcomes |= await self._send(todo.gone, client.delete_accounts, self._forgotten)
        outcomes |= await self._send(todo.changed, client.patch_accounts, self._taken)
        outcomes |= await self._send(todo.added, client.post_accounts, self._taken)
        return [outcomes[place] for place in sorted(outcomes)]

    def _sorted(self, writes: Sequence[Write]) -> _Sorted:
        into, locks = _Sorted(), {one.card: one for one in self.parking.locks(self.name)}
        for place, write in enumerate(writes):
            try:
                self._sort(place, write, into, locks)
            except ValueError as error:
                remedy = "Correct the member's record, or the rule that gives her this."
                into.refused[place] = Declined(Trouble(Kind.PERMANENT, str(error), remedy))
        return into

    def _sort(self, place: int, write: Write, into: _Sorted, locks: Mapping[str, CardLock]) -> None:
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

    def _customer(self, key: str) -> Customer | None:
        found = self.parking.account(self.name, key)
        return accounts.remembered(found).customer if found else None

    async def _send(
        self,
        made: Places[T],
        send: Callable[[Sequence[T]], Awaitable[None]],
        taken: Callable[[Places[T]], Awaitable[Places[Outcome]]],
    ) -> Places[Outcome]:
        if not made:
            return {}
        try:
            await send(list(made.values()))
        except (Invalid, Malformed) as error:
            if len(made) == 1:
                return dict.fromkeys(made, _failed(error))
            first, second = _halves(made)
            return await self._send(first, send, taken) | await self._send(second, send, taken)
        except RemoteError as error:
            return dict.fromkeys(made, _failed(error))
        return await taken(made)

    async def _forgotten(self, gone: Places[str]) -> Places[Outcome]:
        await self.parking.forget_accounts(self.name, list(gone.values()))
        return dict.fromkeys(gone, Confirmed(None))

    async def _taken(self, made: Places[Account]) -> Places[Outcome]:
        known = {place: accounts.known(account) for place, account in made.items()}
        await self.parking.keep_accounts(self.name, list(known.values()), self.clock())
        return {
            place: Confirmed(accounts.holder(account, self.zone))
            for place, account in known.items()
        }


def _halves(made: Places[T]) -> tuple[Places[T], Places[T]]:
    places = sorted(made)
    middle = len(places) // 2
    first, second = places[:middle], places[middle:]
    return {one: made[one] for one in first}, {one: made[one] for one in second}


def _failed(error: RemoteError) -> Outcome:
    """A call whose answer was lost may have been taken; it is harmless to send again."""
    return Unknown(trouble(error)) if isinstance(error, AnswerLost) else Declined(trouble(error))
