"""Signed calls over one line, tried again as the protocol allows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, TypeVar, cast

from doorward.connectors.wincardcore import signing
from doorward.connectors.wincardcore.client.failures import failure
from doorward.connectors.wincardcore.client.patience import PATIENT, Patience
from doorward.connectors.wincardcore.signing import KeyPair
from doorward.connectors.wincardcore.wire.operations import JSON, PREFIX, Operation, target
from doorward.connectors.wincardcore.wire.whitelist import MASKED
from doorward.net.calls import Masker
from doorward.net.errors import AnswerLost, Busy, RemoteError, Unreachable
from doorward.net.line import Answer, Limits, Line

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]


def _told(failures: list[RemoteError]) -> RemoteError:
    """The last failure; an earlier lost answer instead where the last leaves it open as well."""
    last = failures[-1]
    lost = [one for one in failures if isinstance(one, AnswerLost)]
    return lost[-1] if lost and isinstance(last, Busy | Unreachable) else last


@dataclass(frozen=True, slots=True)
class Request:
    """A call as it is sent: `key` follows the path, `query` the question mark."""

    operation: Operation
    body: bytes = b""
    key: str = ""
    query: str = ""


class Session:
    """Signs with one client's keys. `prefix`: as `wire.operations.normal_prefix` gives it.

    `clock` gives the LocalTime, with its offset; the line's own where there is none. Raises
    ValueError for a ClientId that no header can carry.
    """

    def __init__(
        self,
        line: Line,
        client_id: str,
        keys: KeyPair,
        *,
        prefix: str = PREFIX,
        clock: Callable[[], datetime] | None = None,
        patience: Patience = PATIENT,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        signing.check_client_id(client_id)
        line.masker = Masker(MASKED)
        self._line = line
        self._client_id = client_id
        self._keys = keys
        self._prefix = prefix
        self.clock = clock or line.clock
        self._patience = patience
        self._sleep = sleep

    async def call(self, request: Request, at: datetime | None = None) -> Answer:
        """One try. `at`: the LocalTime, if it is not now. Raises RemoteError."""
        answer = await self._line.call(
            request.operation.method, self._path(request), request.body, self._headers(request, at)
        )
        if error := failure(request.operation, answer):
            raise error
        return answer

    @asynccontextmanager
    async def download(self, request: Request, limits: Limits) -> AsyncIterator[BinaryIO]:
        """A large answer in a file, whole before you see it. One try. Raises RemoteError."""
        operation = request.operation
        async with self._line.download(
            operation.method,
            self._path(request),
            request.body,
            self._headers(request, None),
            limits=limits,
        ) as (answer, file):
            if error := failure(operation, answer):
                raise error
            yield cast("BinaryIO", file)

    @asynccontextmanager
    async def patient_download(self, request: Request, limits: Limits) -> AsyncIterator[BinaryIO]:
        """The same, tried again. Raises RemoteError."""

        async def tried() -> tuple[AsyncExitStack, BinaryIO]:
            async with AsyncExitStack() as trial:
                file = await trial.enter_async_context(self.download(request, limits))
                return trial.pop_all(), file

        stack, file = await self.patiently(tried)
        async with stack:
            yield file

    async def patient_call(self, request: Request) -> Answer:
        """Signed anew for each try. Raises RemoteError."""
        return await self.patiently(lambda: self.call(request))

    async def patiently(
        self, attempt: Callable[[], Awaitable[T]], until: datetime | None = None
    ) -> T:
        """Try as often as patience allows, and not beyond `until`. Raises the last RemoteError.

        That is AnswerLost also where only an earlier try may have been done.
        """
        failures: list[RemoteError] = []
        while True:
            try:
                return await attempt()
            except RemoteError as error:
                failures.append(error)
                if not await self.paused(failures, until):
                    raise _told(failures) from None

    async def paused(self, failures: list[RemoteError], until: datetime | None = None) -> bool:
        """Wait as long as it takes until the next try; False where there is to be none."""
        pause = self._patience.pause(failures)
        if pause is None:
            return False
        if until is not None and (until - self.clock()).total_seconds() < pause:
            return False
        await self._sleep(pause)
        return True

    def _path(self, request: Request) -> str:
        path = target(request.operation, self._prefix, request.key)
        return f"{path}?{request.query}" if request.query else path

    def _headers(self, request: Request, at: datetime | None) -> dict[str, str]:
        headers = signing.sign(self._client_id, at or self.clock(), self._keys)
        return headers | {"Content-Type": JSON} if request.body else headers
