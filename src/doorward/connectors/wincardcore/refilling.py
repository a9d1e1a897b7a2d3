"""Sending a car park its whole whitelist again, because it asks for it (WinCardCore 3.3, 6.1).

What is sent is what it had acknowledged, with the locks of today: nothing that no run has approved.
The locks of its operators are kept here (section 5), so they come back to it the same way.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from doorward.connectors.remote import trouble
from doorward.connectors.wincardcore import accounts
from doorward.connectors.wincardcore.client.carpark import CarParkClient
from doorward.connectors.wincardcore.wire.whitelist import Account
from doorward.core.errors import Trouble
from doorward.core.parking.ports import ParkingLedger
from doorward.core.ports import Progress
from doorward.net.errors import RemoteError


@dataclass(frozen=True, slots=True)
class Refiller:
    """Refills one car park, `block` accounts at a time."""

    name: str
    client: CarParkClient
    parking: ParkingLedger
    clock: Callable[[], datetime]
    block: int

    async def refill(self, progress: Progress) -> Trouble | None:
        """What is asked for, then the locks; what went wrong, if anything did.

        A whitelist stays asked for then, and a lock is sent by the next run.
        """
        try:
            if self._asked():
                await self._send_all(progress)
            await self._send_locks()
        except RemoteError as error:
            return trouble(error)
        return None

    def _asked(self) -> bool:
        sign = self.parking.signs().get(self.name)
        return sign is not None and sign.whitelist_asked_at is not None

    async def _send_all(self, progress: Progress) -> None:
        """A hub that has confirmed nothing yet sends nothing: an empty list would shut out all."""
        begun, current = self.clock(), await asyncio.to_thread(self.parking.whitelist, self.name)
        if current is not None:
            await self.client.put_all(self._everything, current.accounts, self.block, progress)
        await self.parking.fulfil_whitelist(self.name, begun)

    def _everything(self) -> Iterator[Account]:
        locks = {one.card: one for one in self.parking.locks(self.name)}
        for found in self.parking.accounts(self.name):
            yield accounts.with_locks(accounts.remembered(found), locks)

    async def _send_locks(self) -> None:
        """Accounts of which a card was locked or released since they were sent."""
        changed = await asyncio.to_thread(lambda: list(self._relocked()))
        for start in range(0, len(changed), self.block):
            few = changed[start : start + self.block]
            await self.client.patch_accounts(few)
            known = [accounts.known(account) for account in few]
            await self.parking.keep_accounts(self.name, known, self.clock())

    def _relocked(self) -> Iterator[Account]:
        every = self.parking.locks(self.name, released=True)
        holding = {one.card: one for one in every if one.holds}
        seen = set[str]()
        for card in dict.fromkeys(one.card for one in every):
            found = self.parking.account_of_card(self.name, card)
            if found is not None and found.key not in seen:
                seen.add(found.key)
                sent = accounts.remembered(found)
                now = accounts.with_locks(sent, holding)
                if now != sent:
                    yield now
