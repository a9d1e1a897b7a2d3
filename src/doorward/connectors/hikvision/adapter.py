"""A Hikvision terminal as a target of the hub, and its twin as a command."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from doorward.connectors.hikvision import happenings as events
from doorward.connectors.hikvision import outcome as told
from doorward.connectors.hikvision import translate
from doorward.connectors.hikvision.checking import findings
from doorward.connectors.hikvision.client import HikvisionClient
from doorward.connectors.hikvision.listening import ways_in
from doorward.connectors.hikvision.settings import HikvisionSettings, TwinOptions
from doorward.connectors.hikvision.translate import DOORS, PLAN
from doorward.connectors.hikvision.twin import hikvision_twin
from doorward.connectors.hikvision.wire.person import Rights, UserInfo, Writing, newcomer
from doorward.connectors.kinds import Surroundings, TargetKind, TwinKind
from doorward.connectors.remote import trouble
from doorward.core.errors import Kind, Trouble, Troubled
from doorward.core.inbound import Happening, Mark
from doorward.core.people import Access, Faulty, Holder, Options, Person
from doorward.core.ports import (
    Confirmed,
    Create,
    Declined,
    Differs,
    Finding,
    Outcome,
    Progress,
    Remove,
    SetAccess,
    Unknown,
    WritableDoor,
    Write,
)
from doorward.core.reads import Failed, Partial, Read, graded
from doorward.net.errors import LoginRefused, RemoteError
from doorward.net.line import Login
from doorward.twinkit.twin import Twin

_NUMBER = re.compile(r"[A-Za-z0-9]{1,32}")  # what every model takes


@dataclass(frozen=True, slots=True)
class HikvisionDoor:
    """One terminal. `fault`: why it cannot be used at all, such as a missing certificate file."""

    name: str
    zone: ZoneInfo
    settings: HikvisionSettings
    clock: Callable[[], datetime]
    client: HikvisionClient
    fault: RemoteError | None = None

    @property
    def _terminal(self) -> HikvisionClient:
        if self.fault is not None:
            raise self.fault
        return self.client

    def fit(self, access: Access) -> Access:
        """In its wall time, its seconds and its range; without an end: until 2037-12-31."""
        return translate.fitted(access, self.zone)

    def credentials(self, person: Person) -> Options:
        """Nothing: cards and faces are taught at the terminal."""
        return ()

    def new_id(self, person: Person) -> str:
        """The member number, if every model takes it. Raises Troubled."""
        if _NUMBER.fullmatch(person.number):
            return person.number
        reason = f"member number '{person.number}' cannot be an employee number"
        remedy = "Give the member a number of 1 to 32 letters and digits, or add her by hand."
        raise Troubled(Trouble(Kind.PERMANENT, reason, remedy))

    async def holders(self, progress: Progress) -> Read[Holder]:
        """Everybody on the terminal."""
        try:
            listing = await self._terminal.search(progress)
        except RemoteError as error:
            return Failed(trouble(error))
        read = [translate.holder(user, self.zone) for user in listing.people]
        people = [one for one in read if isinstance(one, Holder)]
        faulty = tuple(one for one in read if isinstance(one, Faulty))
        if isinstance(listing, told.Partial):
            remedy = "Nothing to do: it is read again. If it stays so, restart the terminal."
            return Partial(people, Trouble(Kind.RETRY, listing.reason, remedy), faulty)
        return graded(people, faulty)

    async def holder(self, holder_id: str) -> Holder | None:
        """One person as she is now. Raises Troubled."""
        try:
            user = await self._terminal.person(holder_id)
        except RemoteError as error:
            raise Troubled(trouble(error)) from error
        return self._holder(user) if user else None

    def _holder(self, user: UserInfo) -> Holder:
        read = translate.holder(user, self.zone)
        if isinstance(read, Faulty):
            reason = f"{read.where}: {read.reason}"
            raise Troubled(Trouble(Kind.PERMANENT, reason, read.remedy))
        return read

    async def check(self) -> list[Finding]:
        """Connection, login, clock, room."""
        try:
            return await findings(self.name, self.zone, self.clock, self._terminal, self.settings)
        except RemoteError as error:
            refused = isinstance(error, LoginRefused)
            return [
                Finding(self.name, "connection", False, error.reason, error.remedy, refused=refused)
            ]

    async def happenings(self, after: Mark) -> Read[Happening]:
        """What happened at its doors since."""
        try:
            terminal = self._terminal
        except RemoteError as error:
            return Failed(trouble(error))
        return await events.happenings(self.name, self.zone, terminal.events, after)

    async def write(self, write: Write) -> Outcome:
        """Do it, read it back."""
        try:
            return await self._done(write)
        except RemoteError as error:
            return Declined(trouble(error))
        except Troubled as error:
            return Unknown(error.trouble)
        except ValueError as error:
            return Declined(Trouble(Kind.PERMANENT, str(error), "Correct the rule or the record."))

    async def _done(self, write: Write) -> Outcome:
        match write:
            case Create(holder, person, access):
                newcomer = await self._newcomer(holder, person, access)
                return self._written(await self._terminal.add(newcomer))
            case SetAccess(holder, access):
                window = translate.wall_window(access.window, self.zone)
                rights = translate.rights(access)
                return self._written(await self._terminal.modify_validity(holder, window, rights))
            case Remove(holder):
                return self._removed(await self._terminal.delete(holder))
            case _:
                assert_never(write)

    async def _newcomer(self, holder: str, person: Person, access: Access) -> Writing:
        wanted = translate.rights(access)
        mail = person.emails[0] if person.emails else ""
        place = self.settings.email_in
        if place == "auto":
            place = "email" if await self._terminal.dialect() == "documented" else "nowhere"
        return newcomer(
            holder,
            person.name,
            translate.wall_window(access.window, self.zone),
            Rights(wanted.doors or (1,), wanted.template or "1"),
            email=mail if mail and place == "email" else None,
            slot=mail if place == "slot" else "",
        )

    def _written(self, outcome: told.WriteOutcome) -> Outcome:
        match outcome:
            case told.Written(after):
                return Confirmed(self._holder(after))
            case told.Differs(after, fields):
                reason = f"the terminal shows {', '.join(fields)} otherwise than written"
                remedy = "Look at the call with 'doorward calls'; its firmware may be too old."
                seen = self._holder(after) if after else None
                return Differs(seen, Trouble(Kind.PERMANENT, reason, remedy))
            case told.Unknown(reason, remedy):
                return Unknown(Trouble(Kind.RETRY, reason, remedy))
            case _:
                assert_never(outcome)

    def _removed(self, outcome: told.DeleteOutcome) -> Outcome:
        match outcome:
            case told.Gone():
                return Confirmed(None)
            case told.StillThere(after):
                reason = "the terminal still shows her after deleting"
                remedy = "Delete her at the terminal itself."
                return Differs(self._holder(after), Trouble(Kind.PERMANENT, reason, remedy))
            case told.Unknown(reason, remedy):
                return Unknown(Trouble(Kind.RETRY, reason, remedy))
            case _:
                assert_never(outcome)


@asynccontextmanager
async def open_door(
    name: str, settings: HikvisionSettings, around: Surroundings
) -> AsyncIterator[WritableDoor]:
    """The terminal, for the length of a run; nothing is called before it is asked."""
    line = settings.line(name, around, settings.limits)
    login = Login(settings.username, settings.password)
    client = HikvisionClient(line, login, dialect=settings.dialect, auth=settings.auth)
    fault = settings.unusable(around.folder)
    try:
        yield HikvisionDoor(name, around.zone, settings, around.clock, client, fault)
    finally:
        await line.close()


def make_twin(options: TwinOptions) -> Twin:
    """The twin that these options describe. Raises ValueError for a profile that isn't known."""
    return hikvision_twin(
        options.username,
        options.password,
        options.people,
        options.seed,
        options.profile,
        options.state,
    )


TARGET = TargetKind(HikvisionSettings, open_door, (DOORS, PLAN), ways_in=ways_in)
TWIN = TwinKind(TwinOptions, make_twin)
