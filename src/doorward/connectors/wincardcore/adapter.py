"""A WinCardCore car park as a target of the hub, and its twin as a command.

The interface has no way to read a car park's whitelist, so what it acknowledged is remembered, and
that is what a change is compared with and read back as (WinCardCore 3.3, section 2 and 1.4).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from doorward.connectors.kinds import Surroundings, TargetKind, TwinKind
from doorward.connectors.remote import trouble
from doorward.connectors.wincardcore import accounts
from doorward.connectors.wincardcore.accounts import BRAND, CAR_PARK, CATEGORY, VARIANT
from doorward.connectors.wincardcore.checking import findings
from doorward.connectors.wincardcore.client.carpark import CarParkClient
from doorward.connectors.wincardcore.listening import clashes, ways_in
from doorward.connectors.wincardcore.refilling import Refiller
from doorward.connectors.wincardcore.settings import WinCardCoreSettings
from doorward.connectors.wincardcore.twin import make_twin
from doorward.connectors.wincardcore.twin_settings import TwinOptions
from doorward.connectors.wincardcore.wire.operations import normal_prefix
from doorward.connectors.wincardcore.writing import Writer
from doorward.core.errors import Trouble
from doorward.core.parking.ports import ParkingLedger
from doorward.core.people import Access, Faulty, Holder, Options, Person
from doorward.core.ports import Finding, Outcome, Progress, WritableDoor, Write
from doorward.core.proposal import Policy
from doorward.core.reads import Read, graded
from doorward.net.errors import RemoteError

STANDARD = Policy(match=("link", "extra"), lapsed="expire", missing="create")
PAGE = 1000  # accounts between two words about progress


@dataclass(frozen=True, slots=True)
class CarParkDoor:
    """One car park. `fault`: why it cannot be called at all, such as a missing certificate file."""

    name: str
    zone: ZoneInfo
    settings: WinCardCoreSettings
    clock: Callable[[], datetime]
    client: CarParkClient
    parking: ParkingLedger
    together: int
    fault: RemoteError | None = None

    def fit(self, access: Access) -> Access:
        """In its wall time and whole seconds, with every plate, card and tag."""
        return accounts.fitted(access, self.zone)

    def credentials(self, person: Person) -> Options:
        """Her plates, cards and tags, from the columns that the settings name; and her name."""
        return accounts.credentials(person, self._columns)

    @property
    def _columns(self) -> accounts.Columns:
        named = self.settings
        return {
            accounts.PLATES: named.plates,
            accounts.CARDS: named.cards,
            accounts.TAGS: named.tags,
        }

    def new_id(self, person: Person) -> str:
        """The key of her account: her own key, as a path can bear it."""
        return accounts.account_key(person)

    async def holders(self, progress: Progress) -> Read[Holder]:
        """Everybody whom the car park was told to let in, and acknowledged."""
        people, faulty = list[Holder](), list[Faulty]()
        found = self._found()
        while page := await asyncio.to_thread(lambda: list(islice(found, PAGE))):
            people += [one for one in page if isinstance(one, Holder)]
            faulty += [one for one in page if isinstance(one, Faulty)]
            progress(len(people), None)
        return graded(people, tuple(faulty))

    def _found(self) -> Iterator[Holder | Faulty]:
        for known in self.parking.accounts(self.name):
            try:
                yield accounts.holder(known, self.zone)
            except ValueError as error:
                remedy = "The store was changed by something else: put back a copy, or report it."
                yield Faulty(known.key, f"account {known.key}", str(error), remedy)

    async def holder(self, holder_id: str) -> Holder | None:
        """One of them."""
        found = await asyncio.to_thread(self.parking.account, self.name, holder_id)
        return accounts.holder(found, self.zone) if found else None

    async def check(self) -> list[Finding]:
        """Connection, signature, whitelist, and whether the car park calls us."""
        if self.fault is not None:
            return [Finding(self.name, "connection", False, self.fault.reason, self.fault.remedy)]
        return await findings(self.name, self.settings, self.client, self.parking, self.clock())

    async def write(self, write: Write) -> Outcome:
        """Do it."""
        [outcome] = await self.write_all([write])
        return outcome

    async def write_all(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """All in as few calls as there are kinds of writes; what is taken is remembered."""
        writer = Writer(self.name, self.zone, self.client, self.parking, self.clock, self.fault)
        return await writer.write(writes)

    async def refill(self, progress: Progress) -> Trouble | None:
        """Send the whole whitelist where it is asked for (6.1), and what operators locked."""
        if self.fault is not None:
            return trouble(self.fault)
        return await Refiller(
            self.name, self.client, self.parking, self.clock, self.settings.block
        ).refill(progress)


@asynccontextmanager
async def open_door(
    name: str, settings: WinCardCoreSettings, around: Surroundings
) -> AsyncIterator[WritableDoor]:
    """The car park, for the length of a run; nothing is called before it is asked."""
    assert around.parking is not None
    line = settings.line(name, around, settings.limits)
    client = CarParkClient(
        line, settings.client_id, settings.keys, prefix=normal_prefix(settings.prefix)
    )
    try:
        yield CarParkDoor(
            name=name,
            zone=around.zone,
            settings=settings,
            clock=around.clock,
            client=client,
            parking=around.parking,
            together=settings.block,
            fault=settings.unusable(around.folder),
        )
    finally:
        await line.close()


TARGET = TargetKind(
    WinCardCoreSettings,
    open_door,
    (CATEGORY, CAR_PARK, BRAND, VARIANT),
    standard=STANDARD,
    ways_in=ways_in,
    silent_after=lambda settings: settings.silence,
    refillable=True,
    clashes=clashes,
)
TWIN = TwinKind(TwinOptions, make_twin)
