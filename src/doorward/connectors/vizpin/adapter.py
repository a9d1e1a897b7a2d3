"""A location at VIZpin as a target of the hub, and its twin as a command."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from doorward.connectors import remote
from doorward.connectors.kinds import Surroundings, TargetKind, TwinKind
from doorward.connectors.vizpin import happenings as events
from doorward.connectors.vizpin import translate
from doorward.connectors.vizpin.checking import findings
from doorward.connectors.vizpin.client import VizpinClient
from doorward.connectors.vizpin.client.failures import Declined as VizpinDeclined
from doorward.connectors.vizpin.dialling import dialled
from doorward.connectors.vizpin.listening import ways_in
from doorward.connectors.vizpin.newcomers import phone_of
from doorward.connectors.vizpin.reading import Reading, one_user
from doorward.connectors.vizpin.settings import VizpinSettings
from doorward.connectors.vizpin.site import Site, find_site
from doorward.connectors.vizpin.translate import READERS, ROLES
from doorward.connectors.vizpin.twin import make_twin
from doorward.connectors.vizpin.twin_settings import TwinOptions
from doorward.connectors.vizpin.wire.users import User
from doorward.connectors.vizpin.wire.vizpins import Vizpin
from doorward.connectors.vizpin.writing import Writing
from doorward.core.errors import Kind, Trouble, Troubled
from doorward.core.inbound import Happening, Mark
from doorward.core.people import Access, Faulty, Holder, Options, Person
from doorward.core.ports import Declined, Finding, Outcome, Progress, WritableDoor, Write
from doorward.core.proposal import Policy
from doorward.core.reads import Failed, Read
from doorward.net.errors import RemoteError

TOGETHER = 50
"""People in one call: so many are in doubt when its answer is lost."""


@dataclass(slots=True)
class VizpinDoor:
    """One location. `fault`: why it cannot be used at all, such as a missing certificate file.

    What was read is kept for the length of a run: the location, its users and their VIZpins.
    """

    name: str
    zone: ZoneInfo
    settings: VizpinSettings
    clock: Callable[[], datetime]
    client: VizpinClient
    fault: RemoteError | None = None
    together: int = TOGETHER
    _site: Site | None = None
    _users: dict[str, User] = field(default_factory=dict)
    _vizpins: dict[str, Sequence[Vizpin]] = field(default_factory=dict)

    async def _place(self) -> Site:
        """The location. Raises RemoteError and Troubled."""
        if self.fault is not None:
            raise self.fault
        if self._site is None:
            self._site = await find_site(self.client, self.settings)
        return self._site

    def fit(self, access: Access) -> Access:
        """In whole days and minutes of its wall time, and in readers; nothing for what is over."""
        return translate.fitted(access, self.zone, self.settings, self.clock())

    def credentials(self, person: Person) -> Options:
        """Nothing: her phone is what VIZpin knows her by."""
        return ()

    def new_id(self, person: Person) -> str:
        """Her phone number: VIZpin gives her an id of its own. Raises Troubled."""
        return phone_of(person)

    async def holders(self, progress: Progress) -> Read[Holder]:
        """Everybody at the location."""
        try:
            reading = Reading(self.client, await self._place(), self.zone)
        except (RemoteError, Troubled) as error:
            return Failed(_trouble(error))
        read = await reading.holders(progress)
        self._users, self._vizpins = reading.users, reading.vizpins
        return read

    async def holder(self, holder_id: str) -> Holder | None:
        """One person as she is now. Raises Troubled."""
        try:
            return await self._one(holder_id)
        except RemoteError as error:
            raise Troubled(remote.trouble(error)) from error

    async def _one(self, user_id: str) -> Holder | None:
        site = await self._place()
        try:
            user = await self.client.user_get(user_id)
        except VizpinDeclined:
            return None
        vizpins = await one_user(self.client, site, user_id)
        if vizpins is None:
            return None
        read = translate.holder(user, vizpins, site.readers, self.zone)
        if isinstance(read, Faulty):
            raise Troubled(Trouble(Kind.PERMANENT, f"{read.where}: {read.reason}", read.remedy))
        if read.access == translate.NO_ACCESS:
            return read if await self._is_here(user_id, site) else None
        return read

    async def _is_here(self, user_id: str, site: Site) -> bool:
        """Whether somebody without access is a user of the location all the same."""
        without = await self.client.user_needaccess(site.account.id, site.location.id)
        return any(user.id == user_id for user in without)

    async def check(self) -> list[Finding]:
        """Login, place, time zone, readers and roles, clock."""
        if self.fault is not None:
            return [Finding(self.name, "connection", False, self.fault.reason, self.fault.remedy)]
        return await findings(self.name, self.zone, self.clock, self.client, self.settings)

    async def happenings(self, after: Mark) -> Read[Happening]:
        """What happened at its readers since."""
        try:
            site = await self._place()
        except (RemoteError, Troubled) as error:
            return Failed(_trouble(error))
        return await events.happenings(self.name, self.client, site, after, self.clock())

    async def write(self, write: Write) -> Outcome:
        """Do it, read it back."""
        (outcome,) = await self.write_all([write])
        return outcome

    async def write_all(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """Do them all in few calls, read each back."""
        try:
            site = await self._place()
        except (RemoteError, Troubled) as error:
            return [Declined(_trouble(error))] * len(writes)
        writing = Writing(
            self.client,
            site,
            self.zone,
            self.settings,
            self.clock,
            self._users,
            self._vizpins,
        )
        return await writing.done(writes)


def _trouble(error: RemoteError | Troubled) -> Trouble:
    return error.trouble if isinstance(error, Troubled) else remote.trouble(error)


@asynccontextmanager
async def open_door(
    name: str, settings: VizpinSettings, around: Surroundings
) -> AsyncIterator[WritableDoor]:
    """The location, for the length of a run; nothing is called before it is asked."""
    async with dialled(name, settings, around) as session:
        client, fault = VizpinClient(session), settings.unusable(around.folder)
        yield VizpinDoor(name, around.zone, settings, around.clock, client, fault)


STANDARD = Policy(match=("link", "phone"), lapsed="expire", missing="create")

TARGET = TargetKind(VizpinSettings, open_door, (READERS, ROLES), STANDARD, ways_in)
TWIN = TwinKind(TwinOptions, make_twin)
