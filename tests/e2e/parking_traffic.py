"""Ten thousand visits to a car park, told by several senders at once, and what they come to."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from doorward.connectors.wincardcore.client.patience import Patience
from doorward.connectors.wincardcore.client.settlement import SettlementClient
from doorward.connectors.wincardcore.signing import KeyPair
from doorward.connectors.wincardcore.wire.codes import (
    EntryStatus,
    ExitStatus,
    MediaType,
    VisitStatus,
)
from doorward.connectors.wincardcore.wire.requests import Refund
from doorward.connectors.wincardcore.wire.transaction import (
    CardMedia,
    DriveIn,
    DriveOut,
    Price,
    Transaction,
    transaction_id,
)
from doorward.connectors.wincardcore.wire.whitelist import Media
from doorward.core.parking.months import Month
from doorward.core.parking.ports import ParkingBook
from doorward.core.parking.settle import drafts
from doorward.net.line import Limits, Line
from doorward.net.secrets import Secret

KEYS = KeyPair(Secret("demo-auth-key"), Secret("demo-sig-key"))
CLIENT = "garage-1"
BERLIN = ZoneInfo("Europe/Berlin")
LATE = Month(9000, 1)  # before whose end everything counts
ACCOUNTS = 400
WALL = timezone(timedelta(hours=2))
STUBBORN = Patience(attempts=2_000, wait=0.02, backoff=0.002, backoff_max=0.05)


@dataclass(frozen=True, slots=True)
class Told:
    """A visit as the car park tells it: its beginning, its whole, and what is given back.

    `at_once`: the car park tells of it when it is over, because it could not before.
    """

    id: str
    begun: Transaction
    whole: Transaction
    refunds: tuple[Refund, ...] = ()
    at_once: bool = False

    @property
    def left(self) -> Decimal:
        """What it costs in the end, by the car park's own reckoning."""
        assert self.whole.price is not None
        back = sum((one.amount for one in self.refunds if one.amount is not None), Decimal(0))
        return self.whole.price.price_gross - back


def visits(number: int, chance: random.Random) -> list[Told]:
    """So many visits of one month, of a few hundred accounts."""
    return [_visit(record, chance) for record in range(1, number + 1)]


def _visit(record: int, chance: random.Random) -> Told:
    account = f"club-{chance.randrange(ACCOUNTS)}"
    came = datetime(2026, 10, 2, tzinfo=WALL) + timedelta(seconds=chance.randrange(20 * 86_400))
    plate = Media(media_type=MediaType.PLATE, media_id=f"M-AB {record}", media_key="")
    begun = Transaction(
        car_park_operator_name="Stadt",
        car_park_id=6,
        car_park_name="Am Markt",
        account_key=account,
        media=CardMedia(
            media_type=MediaType.CARD_NUMBER, media_id=f"{record:010}", media_key=account
        ),
        status=VisitStatus.OPEN,
        drive_in=DriveIn(device_number=1, date_time=came, media=plate, status=EntryStatus.SYSTEM),
    )
    gross = Decimal(chance.randrange(10, 5_000)).scaleb(-2)
    whole = replace(
        begun,
        status=VisitStatus.ENDED,
        drive_out=DriveOut(
            device_number=51,
            date_time=came + timedelta(minutes=chance.randrange(1, 5_000)),
            media=plate,
            status=ExitStatus.SYSTEM,
        ),
        price=Price(
            price_gross=gross,
            vat_percentage=Decimal(chance.choice(["19.00", "7.00"])),
            currency="EUR",
        ),
    )
    return Told(
        transaction_id(6, record),
        begun,
        whole,
        tuple(_refunds(gross, chance)),
        chance.random() < 0.6,
    )


def _refunds(gross: Decimal, chance: random.Random) -> Iterator[Refund]:
    """For every tenth visit a part of it, for every hundredth another part."""
    for number in range(2):
        if chance.random() < 0.1:
            part = (gross / 3).quantize(Decimal("0.01"))
            yield Refund(amount=part, info_id=number, info="ticket machine ate it")
        else:
            return


@asynccontextmanager
async def sender(url: str) -> AsyncIterator[SettlementClient]:
    """One that does not give up, on a line of its own."""
    async with Line("hub", url, limits=Limits(connect=5.0, total=20.0)) as line:
        yield SettlementClient(line, CLIENT, KEYS, patience=STUBBORN)


@dataclass
class Progress:
    """How many visits are told to their end; `halfway` is set when half of them are."""

    of: int
    done: int = 0
    halfway: asyncio.Event = field(default_factory=asyncio.Event)

    def count(self) -> None:
        self.done += 1
        if self.done >= self.of // 2:
            self.halfway.set()


async def deliver(
    told: Sequence[Told], url: str, senders: int = 8, progress: Progress | None = None
) -> None:
    """Tell all of it. Every fiftieth visit is told by two at once, as when a car park restarts."""
    progress = progress or Progress(len(told))
    lanes = [
        sorted(
            (*told[number::senders], *told[(number + 1) % senders :: senders * 50]),
            key=lambda one: one.id,
        )
        for number in range(senders)
    ]

    async def work(lane: Sequence[Told]) -> None:
        async with sender(url) as client:
            for one in lane:
                if one.at_once:
                    await client.put_transaction(one.id, one.whole)
                else:
                    await client.put_transaction(one.id, one.begun)
                    await client.patch_transaction(one.id, one.whole)
                for refund in one.refunds:
                    await client.refund(one.id, refund)
                progress.count()

    async with asyncio.TaskGroup() as tasks:
        for lane in lanes:
            tasks.create_task(work(lane))


def kept(book: ParkingBook, system: str = "garage") -> Mapping[str, Decimal]:
    """What each visit costs by what the hub keeps."""
    last = book.last_entry(system)
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in book.unbilled(system, LATE.end(BERLIN), last):
        sums[line.visit.id] += line.entry.amount
    return sums


def by_account(told: Sequence[Told]) -> Mapping[str, Decimal]:
    """What each account owes, by the car park's own reckoning."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in told:
        sums[one.whole.account_key] += one.left
    return sums


def billed(book: ParkingBook, system: str = "garage") -> Mapping[str, Decimal]:
    """What each account would be billed, by what the hub keeps."""
    return {one.account: one.totals.gross for one in drafts(book, system, LATE, BERLIN)}
