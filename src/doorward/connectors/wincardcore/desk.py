"""The hub as the settlement system: what car parks call, answered from what is kept.

Nothing here reaches a car park. A visit, a lock or a refund is kept, and a command is remembered
for the next run (WinCardCore 3.3, sections 3 to 6).
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from doorward.connectors.wincardcore import accounts
from doorward.connectors.wincardcore.server.settlement_backend import (
    DONE,
    Contradicts,
    Outcome,
    Sender,
    Unfit,
    Unknown,
)
from doorward.connectors.wincardcore.visits import visit_of
from doorward.connectors.wincardcore.wire import requests
from doorward.connectors.wincardcore.wire.codes import Action
from doorward.connectors.wincardcore.wire.transaction import Transaction
from doorward.connectors.wincardcore.wire.whitelist import Account, Card
from doorward.core.parking import refunds
from doorward.core.parking.deliveries import Contradiction, Delivered, Repeat, Stored
from doorward.core.parking.locks import Locked, Released, UnknownCard
from doorward.core.parking.ports import ParkingLedger


@dataclass(frozen=True, slots=True)
class SettlementDesk:
    """The `Backend` of the hub. `due` asks for a run soon: a lock counts at other doors as well."""

    parking: ParkingLedger
    clock: Callable[[], datetime]
    due: Callable[[], None]

    def accounts(self, system: str) -> Iterator[Account]:
        """The whitelist that the car park has acknowledged, locks as they are now."""
        locks = {one.card: one for one in self.parking.locks(system)}
        for found in self.parking.accounts(system):
            yield accounts.with_locks(accounts.remembered(found), locks)

    async def account(self, system: str, key: str) -> Account | None:
        """One account of it."""
        return await asyncio.to_thread(self._account, system, key)

    def _account(self, system: str, key: str) -> Account | None:
        found = self.parking.account(system, key)
        return None if found is None else self._with_locks(system, accounts.remembered(found))

    async def card(self, system: str, key: str) -> Card | None:
        """One card of it."""
        return await asyncio.to_thread(self._card, system, key)

    def _card(self, system: str, key: str) -> Card | None:
        found = self.parking.account_of_card(system, key)
        if found is None:
            return None
        account = self._with_locks(system, accounts.remembered(found))
        cards = account.cards or ()
        return next((card for card in cards if card.card_key == key), None)

    def _with_locks(self, system: str, account: Account) -> Account:
        found = [self.parking.lock(system, card.card_key) for card in account.cards or ()]
        return accounts.with_locks(account, {lock.card: lock for lock in found if lock})

    async def put(self, sender: Sender, id: str, visit: Transaction, raw: bytes) -> Outcome:
        """Keep a visit that is told as new."""
        try:
            told = visit_of(sender.system, id, visit)
        except ValueError as error:
            return Unfit(str(error))
        return _delivered(await self.parking.put(told, raw.decode(), self.clock()))

    async def patch(self, sender: Sender, id: str, visit: Transaction, raw: bytes) -> Outcome:
        """Keep what became of a visit."""
        try:
            told = visit_of(sender.system, id, visit)
        except ValueError as error:
            return Unfit(str(error))
        return _delivered(await self.parking.patch(told, raw.decode(), self.clock()))

    async def refund(self, sender: Sender, id: str, refund: requests.Refund) -> Outcome:
        """Give money back, once."""
        asked = refunds.Refund(
            system=sender.system,
            id=id,
            amount=refund.amount,
            info_id=refund.info_id,
            info=refund.info or "",
            by=sender.caller.client_id,
            sent_at=sender.caller.local_time,
        )
        match await self.parking.refund(asked, self.clock()):
            case Stored() | Repeat():
                return DONE
            case Contradiction(reason):
                return Contradicts(reason)
            case refunds.Unknown():
                return Unknown("there is no such transaction")
            case refunds.Billed(statement):
                return Contradicts(f"the transaction is on statement {statement} already")
            case other:
                assert_never(other)

    async def lock(self, sender: Sender, card_key: str, info: str) -> Outcome:
        """Lock a card until it is released."""
        by, now = sender.caller.client_id, self.clock()
        found = await self.parking.lock_card(sender.system, card_key, by, info, now)
        return self._settled(found)

    async def release(self, sender: Sender, card_key: str, info: str) -> Outcome:
        """Release a card."""
        by, now = sender.caller.client_id, self.clock()
        found = await self.parking.release_card(sender.system, card_key, by, info, now)
        return self._settled(found)

    def _settled(self, found: Locked | Released | UnknownCard) -> Outcome:
        match found:
            case UnknownCard():
                return Unknown("there is no such card")
            case Locked(again=True) | Released(lock=None):
                return DONE  # nothing has changed, so nothing is due
            case Locked() | Released():
                self.due()
                return DONE
            case _:
                assert_never(found)

    async def command(self, sender: Sender, action: Action) -> None:
        """Remember that the whole whitelist is asked for: the next run sends it."""
        match action:
            case Action.SEND_ALL_ACCOUNTS:
                await self.parking.heard(sender.system, self.clock())
                await self.parking.ask_whitelist(sender.system, self.clock())
                self.due()
            case _:
                assert_never(action)

    async def alive(self, sender: Sender) -> None:
        """Remember that the car park was heard."""
        await self.parking.heard(sender.system, self.clock())


def _delivered(found: Delivered) -> Outcome:
    match found:
        case Stored() | Repeat():
            return DONE
        case Contradiction(reason):
            return Contradicts(reason)
        case _:
            assert_never(found)
