"""One session with VIZpin: logged in when needed, once more when it is over, never in a loop.

Three wrong passwords lock the login (appendix 4): one that was refused is not sent again.
Source: VIZpin OEM API 4.3, authentication.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

import stamina

from doorward.connectors.vizpin.client.failures import SessionOver, fault, of_api, of_platform
from doorward.connectors.vizpin.wire import answers, envelope, operations
from doorward.connectors.vizpin.wire.answers import Answered, Failed, PlatformFailed
from doorward.connectors.vizpin.wire.faults import Faulty, NotUnderstood
from doorward.connectors.vizpin.wire.operation import A, Operation, P
from doorward.connectors.vizpin.wire.session import Login
from doorward.net.calls import Masker
from doorward.net.errors import AnswerLost, Busy, LoginRefused, Refused, Unreachable, Unreadable
from doorward.net.line import Line
from doorward.net.secrets import Secret

ENDPOINT = "/services/apexrest/oem-api"
_IDS = 10**10  # a message id has at most ten digits


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are to VIZpin, and the key of the OEM whose data we see."""

    username: str
    password: Secret
    oem_key: Secret


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a call is tried that may be, and how long is waited in between, in seconds."""

    attempts: int = 3
    wait: float = 0.5
    wait_max: float = 5.0


PATIENT = Patience()


@dataclass(slots=True, weakref_slot=True)
class Standing:
    """How we stand with one login: in, by a token; or refused. Sessions of one login share it.

    `turn` is held by whoever logs in, so that of several sessions one does.
    """

    token: Secret | None = None
    refused: LoginRefused | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True)
class Session:
    """Calls over one line. All errors are `doorward.net.errors.RemoteError`.

    `now` is VIZpin's own time, in whole seconds, as its last answer says it; None: not yet.
    """

    line: Line
    account: Account
    patience: Patience = PATIENT
    endpoint: str = ENDPOINT
    now: datetime | None = None
    standing: Standing = field(default_factory=Standing)
    _ids: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.line.masker = Masker(operations.MASKED)

    async def call(self, operation: Operation[P, A], params: P) -> A:
        """Ask, logging in first where that is needed. Raises RemoteError.

        Refused, before anything is sent, for parameters that the interface doesn't take.
        """
        token = await self._session()
        try:
            return await self._patiently(operation, params, token)
        except SessionOver:
            token = await self._session(over=token)
        try:
            return await self._patiently(operation, params, token)
        except SessionOver as error:
            raise Refused(f"{error.reason}, right after logging in") from error

    async def log_in(self) -> None:
        """Begin a new session. Raises RemoteError: LoginRefused for one that was ever refused."""
        await self._session(over=self.standing.token)

    async def _session(self, over: Secret | None = None) -> Secret:
        """The session's token; of several calls that found the same one over, one logs in."""
        standing = self.standing
        async with standing.turn:
            if standing.token is None or standing.token == over:
                standing.token = await self._log_in()
            return standing.token

    async def _log_in(self) -> Secret:
        if self.standing.refused is not None:
            raise self.standing.refused
        login = Login(
            oem_key=self.account.oem_key,
            username=self.account.username,
            password=self.account.password,
        )
        try:
            found = await self._patiently(operations.AUTHENTICATE, login)
        except LoginRefused as refused:
            self.standing.refused = refused
            raise
        return found.token

    async def _patiently(
        self, operation: Operation[P, A], params: P, token: Secret | None = None
    ) -> A:
        """Again after what may pass; a call that may do harm twice only if it never got there."""
        async for attempt in stamina.retry_context(
            on=_may_pass if operation.repeatable else _never_arrived,
            attempts=self.patience.attempts,
            timeout=None,
            wait_initial=self.patience.wait,
            wait_max=self.patience.wait_max,
            wait_jitter=self.patience.wait,
        ):
            with attempt:
                answer = await self._once(operation, params, token)
        return answer

    async def _once(self, operation: Operation[P, A], params: P, token: Secret | None) -> A:
        try:
            body = envelope.write_request(operation, params, next(self._ids) % _IDS)
        except Faulty as error:
            raise Refused(f"{operation.name} is not sent: {error.fault}") from None
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["token"] = token
        answer = await self.line.call("POST", self.endpoint, body, headers)
        if (trouble := fault(operation, answer)) is not None:
            raise trouble
        found = _taken(operation, answer.body)
        self.now = None if found.now is None else _instant(found.now)
        return found.answer


def _instant(seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _taken(operation: Operation[P, A], body: bytes) -> Answered[A]:
    try:
        found = answers.read_answer(operation, body)
    except NotUnderstood as error:
        raise Unreadable(f"{operation.name}: {error}") from None
    match found:
        case Answered():
            return found
        case Failed():
            raise of_api(operation, found)
        case PlatformFailed():
            raise of_platform(found)


def _may_pass(error: Exception) -> bool:
    return isinstance(error, Unreachable | Busy)


def _never_arrived(error: Exception) -> bool:
    return isinstance(error, Unreachable) and not isinstance(error, AnswerLost)
