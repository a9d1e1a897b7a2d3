"""Car parks, to be written too: the core's `ParkingLedger`. All is on disk when it returns."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from doorward.core.parking.deliveries import Delivered
from doorward.core.parking.locks import Locking, Releasing
from doorward.core.parking.refunds import Corrected, Correction, Refund, Refunded
from doorward.core.parking.settlement import Bill, Settlement
from doorward.core.parking.visits import Visit
from doorward.core.parking.whitelist import KnownAccount, Whitelist
from doorward.storage.gathering import Gathering
from doorward.storage.parking import locking, refunding, settling, signs, staging
from doorward.storage.parking.book import Book
from doorward.storage.parking.delivering import MOST, PATCH, PUT, Delivery, Intake
from doorward.storage.reads import Reads
from doorward.storage.writer import Writer


class Ledger(Book):
    """All there is to read and to write of car parks."""

    def __init__(self, reads: Reads, writer: Writer) -> None:
        super().__init__(reads)
        self._writer = writer
        self._dialect = writer.engine.dialect.name
        self._deliveries: Gathering[Delivery, Delivered] = Gathering(writer, Intake().take, MOST)

    async def put(self, visit: Visit, raw: str, at: datetime) -> Delivered:
        """Take a visit that is delivered as new."""
        return await self._deliveries.do(Delivery.of(PUT, visit, raw, at, self._dialect))

    async def patch(self, visit: Visit, raw: str, at: datetime) -> Delivered:
        """Take a visit that is delivered as an update."""
        return await self._deliveries.do(Delivery.of(PATCH, visit, raw, at, self._dialect))

    async def refund(self, asked: Refund, at: datetime) -> Refunded:
        """Give money back, or cancel."""
        return await self._writer.do(lambda db: refunding.give_back(db, asked, at))

    async def correct(self, made: Correction, at: datetime) -> Corrected:
        """Change what a visit costs."""
        return await self._writer.do(lambda db: refunding.put_right(db, made, at))

    async def lock_card(self, system: str, card: str, by: str, info: str, at: datetime) -> Locking:
        """Lock a card of the whitelist."""
        return await self._writer.do(lambda db: locking.lock_card(db, system, card, by, info, at))

    async def release_card(
        self, system: str, card: str, by: str, info: str, at: datetime
    ) -> Releasing:
        """Release a card."""
        return await self._writer.do(
            lambda db: locking.release_card(db, system, card, by, info, at)
        )

    async def heard(self, system: str, at: datetime) -> None:
        """Remember that a car park was heard."""
        await self._writer.do(lambda db: signs.hear(db, {system: at}))

    async def ask_whitelist(self, system: str, at: datetime) -> None:
        """Remember that a car park asks for the whole whitelist."""
        await self._writer.do(lambda db: signs.ask_whitelist(db, system, at))

    async def fulfil_whitelist(self, system: str, begun_at: datetime) -> None:
        """Forget what was asked for no later than that."""
        await self._writer.do(lambda db: signs.fulfil(db, system, begun_at))

    async def begin_whitelist(self, system: str, at: datetime) -> int:
        """Begin to stage a whole whitelist; its generation."""
        await staging.tidy(self._writer, at)
        return await self._writer.do(lambda db: staging.begin(db, system, at))

    async def stage(self, system: str, generation: int, accounts: Sequence[KnownAccount]) -> None:
        """Add accounts to it. Raises WhitelistGone."""
        await self._writer.do(lambda db: staging.stage(db, system, generation, accounts))

    async def adopt_whitelist(self, system: str, generation: int, at: datetime) -> Whitelist:
        """It is the current one from now on. Raises WhitelistGone."""
        await self._writer.do(lambda db: staging.adopt(db, system, generation, at))
        current = await asyncio.to_thread(self.whitelist, system)  # counts what may be a million
        assert current is not None
        return current

    async def keep_accounts(
        self, system: str, accounts: Sequence[KnownAccount], at: datetime
    ) -> None:
        """Each account is now as given, with these cards only."""
        await self._writer.do(lambda db: staging.keep(db, system, accounts, at))

    async def forget_accounts(self, system: str, keys: Sequence[str]) -> None:
        """These accounts are gone."""
        await self._writer.do(lambda db: staging.forget(db, system, keys))

    async def bill(self, bill: Bill, at: datetime) -> Settlement:
        """Bill a month in one act. Raises SumsDiffer."""
        return await self._writer.do(lambda db: settling.bill(db, bill, at))
