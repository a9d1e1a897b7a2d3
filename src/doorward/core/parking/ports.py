"""What the parking side asks of the store: a `ParkingBook` is read, a `ParkingLedger` written too.

Whatever writes is async and durable when it returns; what it answers is on disk. Reads are
ordinary calls, safe from any thread; those that give an iterator read page by page, each page of
one moment (`unbilled`: all of one). `system` is always the name of a configured target.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from doorward.core.parking.alive import Sign
from doorward.core.parking.deliveries import Delivered
from doorward.core.parking.entries import Record
from doorward.core.parking.locks import CardLock, Locking, Releasing
from doorward.core.parking.months import Month
from doorward.core.parking.presence import Stay, Stranger
from doorward.core.parking.refunds import Corrected, Correction, Refund, Refunded
from doorward.core.parking.settlement import Bill, Settlement
from doorward.core.parking.statements import Line, Statement
from doorward.core.parking.visits import Visit
from doorward.core.parking.whitelist import KnownAccount, Whitelist


class WhitelistGone(Exception):
    """A whitelist was replaced so long ago that reading it cannot go on: begin anew."""


class ParkingBook(Protocol):
    """Visits, locks, whitelists and statements, to be looked at."""

    def visit(self, system: str, id: str) -> Record | None:
        """One visit with its entries; None when there is none of that id."""
        ...

    def inside(self, system: str | None = None) -> Sequence[Record]:
        """The open visits, of one system or of all, the longest first."""
        ...

    def stays(self, since: datetime, until: datetime) -> Iterator[Stay]:
        """Who was in at some moment from `since` up to `until`; nobody who never drove in."""
        ...

    def strangers(self, system: str, since: datetime, limit: int = 100) -> Sequence[Stranger]:
        """Visits open or ended since then of accounts or cards not listed, the latest first."""
        ...

    def lock(self, system: str, card: str) -> CardLock | None:
        """The lock that a card has now."""
        ...

    def locks(self, system: str | None = None, *, released: bool = False) -> Sequence[CardLock]:
        """The locks that hold, oldest first; `released`: those that were released as well."""
        ...

    def locked_holders(self, system: str) -> frozenset[str]:
        """The accounts of which a card is locked."""
        ...

    def signs(self) -> Mapping[str, Sign]:
        """When each car park was last heard, also by a delivery."""
        ...

    def whitelist(self, system: str) -> Whitelist | None:
        """The current whitelist; None while none was ever acknowledged."""
        ...

    def account(self, system: str, key: str) -> KnownAccount | None:
        """One account of it."""
        ...

    def account_of_card(self, system: str, card: str) -> KnownAccount | None:
        """The account that holds a card."""
        ...

    def accounts(self, system: str, page: int = 1_000) -> Iterator[KnownAccount]:
        """All of it by key, in constant memory: the whitelist that was current when it began.

        Each step may wait for the disk. Raises WhitelistGone.
        """
        ...

    def digests(self, system: str) -> Iterator[tuple[str, str]]:
        """Keys and digests by key, to be compared with what is wanted. Raises WhitelistGone."""
        ...

    def last_entry(self, system: str) -> int:
        """The id of the last entry; 0 when there is none."""
        ...

    def unbilled(self, system: str, before: datetime, through: int) -> Iterator[Line]:
        """The entries that are to be billed, by account, visit and id.

        Those that count before `before` and come no later than `through`; none of test cards, and
        no cancellations.
        """
        ...

    def settlement(self, system: str, month: Month) -> Settlement | None:
        """Whether and how a month was settled."""
        ...

    def settlements(self, system: str) -> Sequence[Settlement]:
        """All of them, by month."""
        ...

    def statements(self, system: str, month: Month) -> Iterator[Statement]:
        """The statements of a month with their lines, by number."""
        ...

    def statement(self, number: str) -> Statement | None:
        """One of them."""
        ...


class ParkingLedger(ParkingBook, Protocol):
    """The same, to be written. Nothing here reaches a car park."""

    async def put(self, visit: Visit, raw: str, at: datetime) -> Delivered:
        """Take a visit that is delivered as new (`deliveries.put`). `raw` is the document."""
        ...

    async def patch(self, visit: Visit, raw: str, at: datetime) -> Delivered:
        """Take a visit that is delivered as an update (`deliveries.patch`)."""
        ...

    async def refund(self, asked: Refund, at: datetime) -> Refunded:
        """Give money back, or cancel (`refunds.refund`)."""
        ...

    async def correct(self, made: Correction, at: datetime) -> Corrected:
        """Change what a visit costs (`refunds.correct`)."""
        ...

    async def lock_card(self, system: str, card: str, by: str, info: str, at: datetime) -> Locking:
        """Lock a card of the whitelist. One that is locked keeps the lock that it has."""
        ...

    async def release_card(
        self, system: str, card: str, by: str, info: str, at: datetime
    ) -> Releasing:
        """Release a card, also one that is no longer on the whitelist."""
        ...

    async def heard(self, system: str, at: datetime) -> None:
        """Remember that a car park was heard."""
        ...

    async def ask_whitelist(self, system: str, at: datetime) -> None:
        """Remember that a car park is to get the whole whitelist, until one that begins later.

        It may have asked for it itself, which is for the caller to note (`heard`), or not.
        """
        ...

    async def fulfil_whitelist(self, system: str, begun_at: datetime) -> None:
        """The car park has got the whole whitelist again: nothing asked for before is owed."""
        ...

    async def begin_whitelist(self, system: str, at: datetime) -> int:
        """Begin to stage a whole whitelist; its generation. Others that are staged are dropped."""
        ...

    async def stage(self, system: str, generation: int, accounts: Sequence[KnownAccount]) -> None:
        """Add accounts to it. Raises WhitelistGone when it is not staged any more."""
        ...

    async def adopt_whitelist(self, system: str, generation: int, at: datetime) -> Whitelist:
        """The car park has taken the whole of it: from now on it is the current one.

        Fulfils what was asked for before it was begun. Raises WhitelistGone.
        """
        ...

    async def keep_accounts(
        self, system: str, accounts: Sequence[KnownAccount], at: datetime
    ) -> None:
        """The car park has taken these accounts: each is now as given, with these cards only.

        A card that another account holds moves.
        """
        ...

    async def forget_accounts(self, system: str, keys: Sequence[str]) -> None:
        """The car park has deleted these accounts; those that are not there are no error."""
        ...

    async def bill(self, bill: Bill, at: datetime) -> Settlement:
        """Bill a month in one act: statements with numbers, and its entries marked with them.

        Raises SumsDiffer, and bills nothing, where the entries don't come to the bill's totals. A
        month that somebody settled meanwhile is left as it is, and told.
        """
        ...
