"""A logged-in session with one terminal: careful with passwords, patient where it is harmless.

Source: Hikvision terminals as observed, Login and load; Answers.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import stamina

from doorward.connectors.hikvision.digest import Auth, Handshake, Scheme
from doorward.connectors.hikvision.operations import Operation
from doorward.connectors.hikvision.wire import failures, status
from doorward.connectors.hikvision.wire.event import Event
from doorward.connectors.hikvision.wire.failures import LoginDenied, TerminalBusy
from doorward.connectors.hikvision.wire.person import UserInfo
from doorward.connectors.hikvision.wire.status import Reply
from doorward.net.calls import Masker
from doorward.net.errors import AnswerLost, RemoteError, Unreachable, Unreadable
from doorward.net.line import Answer, Limits, Line, Login
from doorward.net.secrets import masked_names

MASKED = masked_names(UserInfo, Event)


@dataclass(frozen=True, slots=True)
class Patience:
    """How often something harmless is tried, and how long is waited in between, in seconds.

    `poll` is the pause between two looks at a deletion, `deletion` how long one may take.
    """

    attempts: int = 3
    wait: float = 0.5
    wait_max: float = 5.0
    poll: float = 1.0
    deletion: float = 60.0


PATIENT = Patience()


class _Heard(NamedTuple):
    answer: Answer
    said: Reply | None  # the ResponseStatus that it is, if it is one


class Session:
    """One request at a time. After the first confirmed 401 every call is refused on this side."""

    def __init__(self, line: Line, login: Login, auth: Auth, patience: Patience) -> None:
        line.masker = Masker(MASKED)
        self._line = line
        self._login = login
        self._auth = auth
        self.patience = patience
        self._turn = asyncio.Lock()
        self._denied: LoginDenied | None = None
        self._proved = False  # the login was accepted at least once
        self._worked = False  # and so was this handshake
        self._handshake = self._fresh()

    @property
    def scheme(self) -> Scheme | None:
        """How the terminal lets us log in; None as long as that is not known."""
        return self._handshake.scheme

    def _fresh(self) -> Handshake:
        handshake = Handshake(self._login, self._auth)
        self._line.middlewares = (handshake,)
        self._worked = False
        return handshake

    async def _renew(self) -> None:
        await self._line.close()
        self._handshake = self._fresh()

    async def read(self, operation: Operation, body: bytes = b"") -> Answer:
        """A call that changes nothing: repeated when the terminal is busy or the line breaks."""
        return (await self._patiently(operation, body, self._repeats_read)).answer

    async def write(self, operation: Operation, body: bytes) -> Reply:
        """A call that changes something: repeated only where it certainly was not done.

        Raises AnswerLost where it may have been: that is settled by reading. Raises Unreadable
        where something came that says neither yes nor no.
        """
        answer, said = await self._patiently(operation, body, _repeats_write)
        if said is None:
            raise Unreadable(f"no ResponseStatus came to '{operation.name}'", status=answer.status)
        return said

    async def _patiently(
        self, operation: Operation, body: bytes, again: Callable[[Exception], bool]
    ) -> _Heard:
        try:
            return await self._once(operation, body)
        except RemoteError as error:
            if not again(error):
                raise
            return await self._again(operation, body, again, error)

    async def _again(
        self,
        operation: Operation,
        body: bytes,
        again: Callable[[Exception], bool],
        failed: RemoteError,
    ) -> _Heard:
        """Pause and try again, as long as it is worth it; the first try has `failed` already."""
        patience = self.patience
        tried = False
        async for attempt in stamina.retry_context(
            on=again,
            attempts=patience.attempts,
            timeout=None,
            wait_initial=patience.wait,
            wait_max=patience.wait_max,
            wait_jitter=patience.wait,
        ):
            with attempt:
                if not tried:
                    tried = True
                    raise failed
                return await self._once(operation, body)
        raise AssertionError("unreachable")  # pragma: no cover

    def _repeats_read(self, error: Exception) -> bool:
        # An answer lost to a password that nothing has proved yet may have been a refusal.
        unproved = self._handshake.sent and not self._proved
        if isinstance(error, AnswerLost) and unproved:
            return False
        return isinstance(error, Unreachable | TerminalBusy)

    async def _once(self, operation: Operation, body: bytes) -> _Heard:
        async with self._turn:
            if self._denied is not None:
                raise self._copy(self._denied)
            answer = await self._exchange(operation, body)
            if answer.status == 401 and self._worked:
                await self._renew()
                answer = await self._exchange(operation, body)
            if answer.status == 401:
                raise self._deny(self._refusal(answer))
            self._worked = self._proved = True
            said = status.find_reply(answer.body)
            error = failures.failure(answer.status, said)
            if isinstance(error, LoginDenied):
                raise self._deny(error)
            if error is not None:
                raise error
            return _Heard(answer, said)

    async def _exchange(self, operation: Operation, body: bytes) -> Answer:
        headers = {"Content-Type": operation.content_type} if body else None
        try:
            return await self._line.call(
                operation.method, operation.target, body, headers, limits=self._limits(operation)
            )
        except Unreachable:
            # A new session for whatever comes next; the handshake is kept while it is unproved,
            # because that is what knows whether the password was sent.
            await self._line.close()
            if self._worked:
                self._handshake = self._fresh()
            raise

    def _limits(self, operation: Operation) -> Limits:
        usual = self._line.limits
        longer = operation.seconds > usual.total
        return replace(usual, total=operation.seconds) if longer else usual

    def _refusal(self, answer: Answer) -> LoginDenied:
        lock = status.read_lock(answer.body)
        said = status.find_reply(answer.body)
        if self._handshake.sent:
            return LoginDenied(str(lock), lock=lock, reply=said, status=401)
        offered = ", ".join(self._handshake.offered) or "no login"
        return LoginDenied(
            f"the terminal offers {offered}, which is not what 'auth' allows",
            lock=lock,
            reply=said,
            remedy="Set 'auth' to what the terminal offers, or switch Digest on at the terminal.",
            status=401,
        )

    def _deny(self, error: LoginDenied) -> LoginDenied:
        self._denied = error
        return error

    @staticmethod
    def _copy(error: LoginDenied) -> LoginDenied:
        return LoginDenied(
            f"not tried again: {error.reason}",
            lock=error.lock,
            reply=error.reply,
            remedy=error.remedy,
            status=error.status,
        )


def _repeats_write(error: Exception) -> bool:
    certainly_not_done = isinstance(error, Unreachable) and not isinstance(error, AnswerLost)
    return certainly_not_done or isinstance(error, TerminalBusy)
