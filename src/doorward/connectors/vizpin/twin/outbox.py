"""What is told to the partner, until it is taken: in order, one after another, on disk meanwhile.

Source: VIZpin OEM API 4.3, Push API Calls. A call is repeated until it is answered with status 200,
in HTTP and in the body. A receiver that was away gets what it missed, in the order of happening.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import aiohttp
import msgspec
import stamina

from doorward.connectors.vizpin.twin.store import Change
from doorward.connectors.vizpin.wire import form
from doorward.connectors.vizpin.wire.faults import NotUnderstood
from doorward.connectors.vizpin.wire.push import PUSH_LIMIT, read_reply
from doorward.twinkit.shelf import Record

MOST = 10_000
"""So many wait at most; the oldest one makes room."""
TIMEOUT = aiohttp.ClientTimeout(total=10.0)


class Told(msgspec.Struct, frozen=True):
    """One call: whom it is about (the end of the address), and its body."""

    about: str
    body: str


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds between attempts: at first, and at most."""

    wait: float = 0.2
    wait_max: float = 10.0


class _NotTaken(Exception):
    """The partner did not take a call; the text says why, without the address."""


def _deaf() -> None:
    """Nobody delivers yet: what waits is found when somebody begins."""


class Outbox:
    """Delivers to one address. `address` makes it of what a call is about; "" for nowhere."""

    def __init__(
        self,
        kind: str,
        address: Callable[[str], str],
        keep: Callable[[Sequence[Record]], None],
        tls: ssl.SSLContext | None = None,
        patience: Patience = Patience(),
    ) -> None:
        self._kind = kind
        self._address = address
        self._keep = keep
        self._tls = tls
        self._patience = patience
        self._waiting: dict[str, Told] = {}
        self._arrived: Callable[[], None] = _deaf
        self._turned: list[asyncio.Future[None]] = []
        self._last = 0
        self.dropped = 0
        self.trouble = ""

    def __len__(self) -> int:
        return len(self._waiting)

    def load(self, kept: Iterable[Record]) -> None:
        """Go on with what was on disk."""
        for record in kept:
            if record.kind == self._kind and record.body is not None:
                self._waiting[record.key] = form.decode(record.body, Told)
                self._last = int(record.key)

    def records(self) -> list[Record]:
        """All that waits as it is put on disk."""
        return [self._record(key, told) for key, told in self._waiting.items()]

    def _record(self, key: str, told: Told) -> Record:
        return Record(self._kind, key, form.encode(told))

    def forget(self) -> None:
        """Owe nothing any more; on disk that is the caller's business."""
        self._waiting.clear()

    def add(self, change: Change, about: str, body: str = "") -> None:
        """Tell this, too, once the change is done. Nothing, if there is nobody to tell."""
        if not self._address(about):
            return
        self._last += 1
        key, told = f"{self._last:012d}", Told(about, body)
        change.extra.append(self._record(key, told))
        change.afterwards.append(lambda: self._accept(key, told))

    def _accept(self, key: str, told: Told) -> None:
        if len(self._waiting) >= MOST:
            self._done(next(iter(self._waiting)))
            self.dropped += 1
        self._waiting[key] = told
        self._arrived()

    def _done(self, key: str) -> None:
        self._keep([Record(self._kind, key, None)])
        self._waiting.pop(key, None)

    async def settled(self, seconds: float) -> bool:
        """Whether all is taken, after waiting for that so long, or for a first failure."""
        if self._waiting:
            turned = asyncio.get_running_loop().create_future()
            self._turned.append(turned)
            with suppress(TimeoutError):
                await asyncio.wait_for(turned, seconds)
        return not self._waiting

    def _turn(self) -> None:
        for turned in self._turned:
            if not turned.done():
                turned.set_result(None)
        self._turned.clear()

    async def deliver(self) -> None:
        """Deliver whatever waits and comes, for as long as this is awaited."""
        arrived = asyncio.Event()
        self._arrived = arrived.set
        async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
            while True:
                while self._waiting:
                    await self._deliver(session, next(iter(self._waiting)))
                self._turn()
                arrived.clear()
                await arrived.wait()

    async def _deliver(self, session: aiohttp.ClientSession, key: str) -> None:
        await self._send(session, key)
        if key in self._waiting:
            self._done(key)

    async def _send(self, session: aiohttp.ClientSession, key: str) -> None:
        """Try until it is taken, or is not to be sent any more."""
        async for attempt in stamina.retry_context(
            on=_NotTaken,
            attempts=None,
            timeout=None,
            wait_initial=self._patience.wait,
            wait_max=self._patience.wait_max,
            wait_jitter=self._patience.wait / 2,
        ):
            with attempt:
                told = self._waiting.get(key)
                if told is not None:
                    await self._post(session, told)

    async def _post(self, session: aiohttp.ClientSession, told: Told) -> None:
        try:
            async with session.post(
                self._address(told.about),
                data=told.body.encode() or None,
                headers={"Content-Type": "application/json"} if told.body else {},
                allow_redirects=False,
                ssl=self._tls or True,
            ) as answer:
                self._judge(answer.status, await answer.content.read(PUSH_LIMIT))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            self._fail(type(error).__name__)

    def _judge(self, status: int, body: bytes) -> None:
        """Raise _NotTaken unless it was taken."""
        if status != 200:
            self._fail(f"answered with HTTP {status}")
        try:
            reply = read_reply(body)
        except NotUnderstood:
            self._fail("answered with HTTP 200 and a body that is none")
        if not reply.taken:
            self._fail(f"answered with status {reply.status}")
        self.trouble = ""

    def _fail(self, why: str) -> None:
        self.trouble = why
        self._turn()
        raise _NotTaken(why)
