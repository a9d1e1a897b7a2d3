"""A line: the one connection on which we talk to one remote system.

One session with one socket, because the systems we talk to serve one request at a time; a request
waits for the one before it. Nothing is ever repeated here: whether a repeat is harmless is the
protocol's business (see each client). Every exchange is recorded, also one that failed.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from doorward.net.calls import EXCERPT, Call, Masker, Recorder, shown_headers
from doorward.net.errors import (
    AnswerLost,
    LoginRefused,
    RemoteError,
    TooLarge,
    Unreachable,
    Unreadable,
    Untrusted,
)
from doorward.net.secrets import Secret
from doorward.net.trust import ADDRESS, Trust, refuse_plain_http

SPOOL = 8 * 1024 * 1024

_FAULTS = (
    aiohttp.ClientError,
    OSError,
    TimeoutError,
    asyncio.IncompleteReadError,
    UnicodeError,  # a host name that cannot be one
)


@dataclass(frozen=True, slots=True)
class Login:
    """Who we are to a remote system."""

    username: str
    password: Secret


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to wait and bytes to take."""

    connect: float = 10.0
    total: float = 30.0
    body: int = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and whole body of one answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


_Take = Callable[[aiohttp.ClientResponse, bytearray], Awaitable[Answer]]
"""Reads an answer to its end, and keeps its beginning for the record."""


def _unrecorded(_call: Call) -> None:
    """Keep no record: the default of a line that nobody asked to remember."""


@dataclass(slots=True)
class Line:
    """Use as `async with Line(...) as line`. All errors are `doorward.net.errors.RemoteError`."""

    system: str
    url: str
    basic: Login | None = None
    middlewares: Sequence[aiohttp.ClientMiddlewareType] = ()
    trust: Trust = field(default_factory=Trust)
    limits: Limits = Limits()
    masker: Masker = field(default_factory=lambda: Masker(frozenset()))
    record: Recorder = _unrecorded
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        refuse_plain_http(self.url, self.trust)  # now, and not only at the first call
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up; the next call opens a new connection (and, with Digest, a new handshake)."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        limits: Limits | None = None,
    ) -> Answer:
        """One request and its whole answer, whatever its status. Raises RemoteError.

        `path` is percent-encoded, where that is needed, and is sent as it is.
        """
        bounds = limits or self.limits

        async def take(response: aiohttp.ClientResponse, kept: bytearray) -> Answer:
            content = await _read(response, bounds.body, kept)
            return Answer(response.status, dict(response.headers), content)

        return await self._exchange(method, path, body, headers, bounds, take)

    @asynccontextmanager
    async def download(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        limits: Limits,
    ) -> AsyncIterator[tuple[Answer, "SpooledTemporaryFile[bytes]"]]:
        """A large answer, in a file that is complete before you see it and gone after."""
        with SpooledTemporaryFile(SPOOL) as file:

            async def take(response: aiohttp.ClientResponse, kept: bytearray) -> Answer:
                await _spool(response, limits.body, kept, file)
                return Answer(response.status, dict(response.headers), bytes(kept))

            answer = await self._exchange(method, path, body, headers, limits, take)
            file.seek(0)
            yield answer, file

    async def _exchange(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str] | None,
        limits: Limits,
        take: _Take,
    ) -> Answer:
        at, begun = self.clock(), time.perf_counter()
        kept, status, error = bytearray(), None, ""
        try:
            async with self._open().request(
                method,
                _address(self.url, path),
                data=body or None,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(limits.total, sock_connect=limits.connect),
            ) as response:
                status = response.status
                return await take(response, kept)
        except _FAULTS as fault:
            failure = explain(fault)
            error = failure.reason
            raise failure from fault
        except RemoteError as failure:
            error = failure.reason
            raise
        except asyncio.CancelledError:
            error = "given up before the whole answer came"
            raise
        finally:
            self.record(
                Call(
                    self.system,
                    method,
                    path,
                    at,
                    time.perf_counter() - begun,
                    status,
                    shown_headers(headers or {}) + self.masker(body),
                    self.masker(bytes(kept)),
                    error,
                )
            )

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            refuse_plain_http(self.url, self.trust)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=1, ssl=tls(self.trust)),
                headers=_basic(self.basic),
                middlewares=tuple(self.middlewares),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
            # aiohttp repeats a PUT by itself when a kept-alive socket turns out closed. A write
            # must never be repeated blindly: it is settled by reading.
            self._session._retry_connection = False
        return self._session


@lru_cache(maxsize=256)  # most lines ask for a few paths, again and again
def _address(url: str, path: str) -> URL:
    """Where a request goes. The path is sent as it is: %2F in it is no slash."""
    try:
        return URL(str(URL(url)).rstrip("/") + path, encoded=True)
    except ValueError as error:
        raise aiohttp.InvalidURL(url, str(error)) from None


def _basic(login: Login | None) -> dict[str, str]:
    if login is None:
        return {}
    if ":" in login.username:
        raise LoginRefused("a user name with a colon in it cannot be sent")
    return {"Authorization": aiohttp.encode_basic_auth(login.username, login.password, "utf-8")}


def tls(trust: Trust) -> ssl.SSLContext | aiohttp.Fingerprint | bool:
    """What aiohttp takes as `ssl`. Raises Untrusted for a fingerprint or a file of no use."""
    try:
        if trust.fingerprint:
            return aiohttp.Fingerprint(bytes.fromhex(trust.fingerprint.replace(":", "")))
        if trust.ca_file:
            return ssl.create_default_context(cafile=trust.ca_file)
    except (OSError, ValueError) as fault:
        what = "'fingerprint'" if trust.fingerprint else f"'ca_file' {trust.ca_file}"
        raise Untrusted(f"{what} is of no use: {fault}", remedy=f"Correct {what}.") from None
    return trust.verify


def explain(fault: BaseException) -> RemoteError:
    """A library's exception as one of ours."""
    text = f"{type(fault).__name__}: {fault}" if str(fault) else type(fault).__name__
    match fault:
        case aiohttp.ServerFingerprintMismatch() | aiohttp.ClientConnectorCertificateError():
            return Untrusted(f"the certificate is not the one expected ({text})")
        case aiohttp.ClientConnectorSSLError():
            return Untrusted(f"no secure connection ({text})")
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return Unreachable(f"no connection ({text})")
        case aiohttp.InvalidURL() | UnicodeError():
            return Untrusted(f"not an address: {text}", remedy=ADDRESS)
        case aiohttp.ClientResponseError():
            return Unreadable(f"not an HTTP answer ({text})")
        case _:
            return AnswerLost(f"the line broke before the whole answer came ({text})")


async def _read(response: aiohttp.ClientResponse, limit: int, kept: bytearray) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        _keep(kept, chunk)
        _refuse_large(len(body), limit)
    return bytes(body)


async def _spool(
    response: aiohttp.ClientResponse,
    limit: int,
    kept: bytearray,
    file: "SpooledTemporaryFile[bytes]",
) -> None:
    taken = 0
    async for chunk in response.content.iter_any():
        taken += len(chunk)
        _refuse_large(taken, limit)
        _keep(kept, chunk)
        file.write(chunk)


def _keep(kept: bytearray, chunk: bytes) -> None:
    if len(kept) <= EXCERPT:
        kept += chunk[: EXCERPT + 1 - len(kept)]


def _refuse_large(taken: int, limit: int) -> None:
    if taken > limit:
        raise TooLarge(f"the answer is larger than the {limit} bytes allowed")
