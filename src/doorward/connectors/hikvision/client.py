"""The client of a Hikvision terminal: reads everybody, changes one person safely, reads it back.

Sources: Cardskipper-IVMS document, IVMS API; Hikvision terminals as observed. All errors are
`doorward.net.errors.RemoteError`, most of them subclasses in `wire.status` that carry the
terminal's reply.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from typing import Literal, TypeVar

from doorward.connectors.hikvision import operations as ops
from doorward.connectors.hikvision.digest import Auth, Scheme
from doorward.connectors.hikvision.history import EVERYTHING, Wanted, read_events
from doorward.connectors.hikvision.listing import Progress, among, find, read_all
from doorward.connectors.hikvision.operations import Operation
from doorward.connectors.hikvision.outcome import (
    DeleteOutcome,
    Differs,
    Events,
    Gone,
    Listing,
    StillThere,
    Unknown,
    WriteOutcome,
    Written,
)
from doorward.connectors.hikvision.session import PATIENT, Patience, Session
from doorward.connectors.hikvision.wire import change, clock, device, event, search
from doorward.connectors.hikvision.wire.clock import DeviceTime
from doorward.connectors.hikvision.wire.device import Capabilities, DeviceInfo, UserCheck
from doorward.connectors.hikvision.wire.event import EventCondition, EventPage
from doorward.connectors.hikvision.wire.failures import (
    NotSupported,
    NotThere,
    TerminalFault,
    TerminalForbidden,
    TerminalRefused,
)
from doorward.connectors.hikvision.wire.form import Dialect, NotUnderstood
from doorward.connectors.hikvision.wire.person import (
    Rights,
    UserInfo,
    Writing,
    differences,
    rewritten,
)
from doorward.connectors.hikvision.wire.search import SearchAnswer
from doorward.connectors.hikvision.wire.validity import Window
from doorward.net.errors import AnswerLost, RemoteError, Unreachable, Unreadable
from doorward.net.line import Answer, Line, Login

DOCUMENTED_PAGE = 1000
TERMINAL_PAGE = 30

_NO_SUCH_CALL = (NotSupported, TerminalRefused, TerminalForbidden, TerminalFault, Unreadable)

T = TypeVar("T")


def _quiet(_done: int, _total: int | None) -> None:
    """Show no progress."""


class HikvisionClient:
    """One terminal over one line, which it takes over: its login and its masking are set here.

    With "auto" it finds out for itself: the login from the terminal's challenge, never by trying;
    the dialect by asking for people in the documented one first, since only that one is sure to
    tell e-mail addresses.
    """

    def __init__(
        self,
        line: Line,
        login: Login,
        *,
        dialect: Dialect | Literal["auto"] = "auto",
        auth: Auth = "auto",
        patience: Patience = PATIENT,
        fresh_id: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._session = Session(line, login, auth, patience)
        self._dialect: Dialect | None = None if dialect == "auto" else dialect
        self._fresh_id = fresh_id
        self._page_size: int | None = None
        self._places: dict[str, int] = {}
        self._detail_delete = True

    @property
    def scheme(self) -> Scheme | None:
        """The login in use; None until the first call has found out."""
        return self._session.scheme

    async def dialect(self) -> Dialect:
        """The dialect in use, found out on the first call."""
        if self._dialect is None:
            self._dialect = await self._find_dialect()
        return self._dialect

    async def _find_dialect(self) -> Dialect:
        try:
            await self._page("documented", 0, 1)
        except _NO_SUCH_CALL:
            await self._page("terminal", 0, 1)
            return "terminal"
        return "documented"

    async def device_info(self) -> DeviceInfo:
        """Model, firmware, serial number."""
        return _understood(device.read_info, await self._session.read(ops.DEVICE_INFO))

    async def time(self) -> DeviceTime:
        """What the terminal's clock shows."""
        return _understood(clock.read_time, await self._session.read(ops.TIME))

    async def check_login(self) -> UserCheck:
        """What the terminal says to our login, a refused one being LoginDenied."""
        return _understood(device.read_check, await self._session.read(ops.USER_CHECK))

    async def capabilities(self) -> Capabilities:
        """What the terminal says it can. Raises NotSupported where it doesn't say."""
        return _understood(device.read_capabilities, await self._session.read(ops.CAPABILITIES))

    async def count(self) -> int:
        """How many people the terminal holds."""
        return _understood(device.read_count, await self._session.read(ops.COUNT))

    async def search(self, progress: Progress = _quiet) -> Listing:
        """Everybody, to the last page."""
        dialect, size = await self.dialect(), await self._size()
        search_id = self._fresh_id()
        pages = await read_all(
            lambda position: self._page(dialect, position, size, search_id=search_id), progress
        )
        self._places = pages.places
        return pages.listing()

    async def _size(self) -> int:
        if await self.dialect() == "documented":
            return DOCUMENTED_PAGE
        if self._page_size is None:
            told = await self._told_size() or TERMINAL_PAGE
            self._page_size = min(max(told, 1), DOCUMENTED_PAGE)
        return self._page_size

    async def _told_size(self) -> int | None:
        try:
            return (await self.capabilities()).page_size
        except _NO_SUCH_CALL:
            return None

    async def _page(
        self,
        dialect: Dialect,
        position: int,
        size: int,
        names: tuple[str, ...] = (),
        search_id: str = "",
    ) -> SearchAnswer:
        asked = search.condition(search_id or self._fresh_id(), position, size, names)
        body = search.write_condition(asked, dialect)
        answer = await self._session.read(ops.SEARCH[dialect], body)
        return _understood(lambda said: search.read_answer(said, dialect), answer)

    async def person(self, employee_no: str) -> UserInfo | None:
        """One person as she is now; None when there is none."""
        if await self.dialect() == "terminal":
            page = await self._page("terminal", 0, TERMINAL_PAGE, (employee_no,))
            if found := among(page, employee_no):
                return found
            if page.status == "NO MATCH" or page.total == 0:
                return None
            # It does not say that nobody is there, or gave somebody else: read everybody.
        elif found := await self._at_her_place(employee_no):
            return found
        return find(await self.search(), employee_no)

    async def _at_her_place(self, employee_no: str) -> UserInfo | None:
        """Look where the last listing showed her: the documented dialect can't ask for one."""
        place = self._places.get(employee_no)
        if place is None:
            return None
        return among(await self._page("documented", place, 1), employee_no)

    async def modify_validity(
        self, employee_no: str, window: Window, rights: Rights | None = None
    ) -> WriteOutcome:
        """Give somebody this window, and these rights if any; all else stays as it is.

        Reads her, changes the one thing, writes all that can be written, reads back and compares.
        Nothing is written where she has it already. Raises NotThere.
        """
        before = await self.person(employee_no)
        if before is None:
            raise NotThere(f"nobody has employee number {employee_no}")
        dialect = await self.dialect()
        time_type: Literal["local"] | None = "local" if dialect == "terminal" else None
        writing = rewritten(before, window, time_type, rights)
        if not differences(writing, before):
            return Written(before)
        return await self._written(ops.MODIFY[dialect], dialect, writing, before)

    async def add(self, newcomer: Writing) -> WriteOutcome:
        """Add a person (see `wire.person.newcomer`). Raises AlreadyThere, TerminalFull."""
        return await self._written(ops.RECORD, "terminal", newcomer, None)

    async def _written(
        self, operation: Operation, dialect: Dialect, writing: Writing, before: UserInfo | None
    ) -> WriteOutcome:
        body = change.write_person(writing, dialect)
        for _ in range(self._session.patience.attempts):
            lost = await self._tell(operation, body)
            try:
                after = await self.person(writing.user.employee_no)
            except RemoteError as error:
                return Unknown(f"not read back: {error.reason}", error.remedy)
            differing = differences(writing, after) if after else ("employeeNo",)
            if after and not differing:
                return Written(after, settled=lost)
            if not lost or after != before:
                return Differs(after, differing)
        raise Unreachable(f"the change did not arrive in {self._session.patience.attempts} tries")

    async def _tell(self, operation: Operation, body: bytes) -> bool:
        """Send a change; whether its answer was lost."""
        try:
            await self._session.write(operation, body)
        except AnswerLost:
            return True
        return False

    async def delete(self, employee_no: str) -> DeleteOutcome:
        """Delete one person, with all that belongs to her where the terminal can."""
        deletion = change.Deletion((employee_no,))
        for _ in range(self._session.patience.attempts):
            lost = await self._send_deletion(deletion)
            try:
                await self._await_deletion()
                after = await self.person(employee_no)
            except RemoteError as error:
                return Unknown(f"not read back: {error.reason}", error.remedy)
            if after is None:
                return Gone(employee_no)
            if not lost:
                return StillThere(after)
        raise Unreachable(f"the deletion did not arrive in {self._session.patience.attempts} tries")

    async def _send_deletion(self, deletion: change.Deletion) -> bool:
        if self._detail_delete:
            try:
                return await self._tell(ops.DETAIL_DELETE, change.write_detail_deletion(deletion))
            except NotSupported:
                self._detail_delete = False
        return await self._tell(ops.DELETE, change.write_deletion(deletion))

    async def _await_deletion(self) -> None:
        """Wait until the terminal has done it, or long enough: reading tells what came of it."""
        patience = self._session.patience
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience.deletion):
                while self._detail_delete and await self._deleting():  # noqa: ASYNC110
                    await asyncio.sleep(patience.poll)

    async def _deleting(self) -> bool:
        answer = await self._session.read(ops.DELETE_PROGRESS)
        return _understood(change.read_progress, answer) == "processing"

    async def events(self, wanted: Wanted = EVERYTHING) -> Events:
        """What happened, as far as it is wanted."""
        return await read_events(self._event_page, wanted, self._fresh_id())

    async def _event_page(self, asked: EventCondition) -> EventPage:
        answer = await self._session.read(ops.EVENTS, event.write_condition(asked))
        return _understood(event.read_page, answer)


def _understood(read: Callable[[bytes], T], answer: Answer) -> T:
    try:
        return read(answer.body)
    except NotUnderstood as error:
        raise Unreadable(str(error), status=answer.status) from None
