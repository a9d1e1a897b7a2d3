"""A car park's twin on a real socket, signed calls to it, and a settlement system that it calls."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import msgspec
from yarl import URL

from doorward.connectors.wincardcore.signing import KeyPair, sign
from doorward.connectors.wincardcore.twin import wincardcore_twin
from doorward.connectors.wincardcore.twin.world import WinCardCoreWorld
from doorward.connectors.wincardcore.twin_settings import DEMO_AUTH_KEY, DEMO_SIG_KEY, TwinOptions
from doorward.net.secrets import Secret
from doorward.net.serving import running
from doorward.twinkit.clock import ClockOrder, TwinClock
from doorward.twinkit.faults import Fault
from doorward.twinkit.twin import Twin

KEYS = KeyPair(Secret(DEMO_AUTH_KEY), Secret(DEMO_SIG_KEY))
NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)  # twelve o'clock where the car park stands
QUICK = {"wait": 0.05, "backoff": 0.01, "alive": 0}


def medium(kind: int, ident: str, key: str | None = None) -> dict[str, Any]:
    return {"MediaType": kind, "MediaId": ident} | ({"MediaKey": key} if key else {})


def card(
    key: str, number: str | None = None, *media: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """A card that may drive in, with the number "N" and its key unless another is given."""
    return {
        "CardKey": key,
        "Blocked": 0,
        "Media": [medium(255, number or f"N{key}"), *media],
        **more,
    }


def account(key: str, *cards: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"AccountKey": key, "Card": list(cards), **more}


def numberless(key: str) -> dict[str, Any]:
    """A card that is not processed."""
    return {"CardKey": key, "Blocked": 0, "Media": [medium(2, "DO-AB 1")]}


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Rig:
    """The twin, and whoever calls it."""

    twin: Twin
    url: str
    session: aiohttp.ClientSession

    @property
    def world(self) -> WinCardCoreWorld:
        assert isinstance(self.twin.world, WinCardCoreWorld)
        return self.twin.world

    def signed(
        self, client: str = "doorward", keys: KeyPair = KEYS, **shift: float
    ) -> dict[str, str]:
        return sign(client, self.world.clock() + timedelta(**shift), keys)

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        client: str = "doorward",
    ) -> Answer:
        """A call under the prefix; a body that is no bytes is sent as JSON."""
        data = body if isinstance(body, bytes) or body is None else msgspec.json.encode(body)
        address = URL(f"{self.url}/api/ica{path}", encoded=True)
        signed = self.signed(client) if headers is None else headers
        async with self.session.request(method, address, data=data, headers=signed) as answer:
            return Answer(answer.status, await answer.text(), dict(answer.headers))

    async def ok(self, method: str, path: str, body: object, client: str = "doorward") -> None:
        answer = await self.call(method, path, body, client=client)
        assert (answer.status, answer.text) == (204, "")

    async def block(self, first: int, last: int, count: int, *keys: str, client: str = "doorward"):
        """A block of accounts with these keys, each with a card."""
        accounts = [account(key, card(f"c{key}")) for key in keys]
        query = f"/v1/accounts?first={first}&last={last}&count={count}"
        return await self.call("PUT", query, accounts, client=client)

    async def control(self, path: str, body: object, method: str = "POST") -> Any:
        async with self.session.request(method, f"{self.url}/_twin/{path}", json=body) as answer:
            text = await answer.text()
            assert answer.status == 200, text
            return json.loads(text, parse_float=str)

    async def refused(self, path: str, body: object) -> tuple[int, str]:
        async with self.session.post(f"{self.url}/_twin/{path}", json=body) as answer:
            return answer.status, (await answer.json())["error"]

    async def drive_in(self, medium: object, **more: Any) -> Any:
        return await self.control("drive-in", {"medium": medium, **more})

    async def drive_out(self, medium: object, **more: Any) -> Any:
        return await self.control("drive-out", {"medium": medium, **more})

    async def operator(self, do: str, **more: Any) -> Any:
        return await self.control("operator", {"do": do, **more})

    def later(self, **time: float) -> None:
        self.world.clock.order(ClockOrder(advance=timedelta(**time).total_seconds()))

    def settings(self, **rules: Any) -> None:
        self.world.restore(msgspec.json.encode({"settings": {**QUICK, **rules}}))

    def fault(self, match: str, kind: Any, times: int | None = 1) -> None:
        self.twin.faults.ordered.append(Fault(match, kind, times))

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.world.document())
        return found

    def stored(self) -> dict[str, list[str]]:
        """The cards by account, as the whitelist has them."""
        return {
            one["AccountKey"]: sorted(each["CardKey"] for each in one["Card"])
            for one in self.state()["accounts"]
        }

    def card_of(self, key: str) -> dict[str, Any]:
        held = self.world.whitelist.reader.card(key)
        assert held is not None
        found: dict[str, Any] = msgspec.to_builtins(held.card)
        return found


def at_noon() -> TwinClock:
    """A clock that stands until it is moved."""
    return TwinClock(lambda: NOON)


@asynccontextmanager
async def rig(
    options: TwinOptions | None = None,
    *accounts: dict[str, Any],
    clock: TwinClock | None = None,
    **rules: Any,
) -> AsyncIterator[Rig]:
    """A car park with these accounts on its whitelist."""
    twin = wincardcore_twin(options, clock=clock or at_noon())
    try:
        async with running(twin) as url, aiohttp.ClientSession() as session:
            session._retry_connection = False  # or a call whose answer is lost is made twice
            made = Rig(twin, url, session)
            made.settings(**rules)
            if accounts:
                made.world.restore(msgspec.json.encode({"accounts": accounts}))
            yield made
    finally:
        twin.world.close()


Script = int | str
"""A status to answer with; "hold": 204 once told to `go`; "before", "after": the line breaks."""


@dataclass
class Settlement:
    """A settlement system that remembers what it was told, and answers as the script says."""

    script: deque[Script] = field(default_factory=deque)
    told: list[tuple[str, str, Any]] = field(default_factory=list)
    signed: list[dict[str, str]] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=dict)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    def calls(self, *without: str) -> list[str]:
        return [f"{method} {path}" for method, path, _ in self.told if method not in without]

    async def until(self, count: int) -> None:
        """Return when it has been told so much."""
        async with asyncio.timeout(10):
            while len(self.told) < count:
                await asyncio.sleep(0.002)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message["more_body"]:
                break
        path = scope["raw_path"].decode().removeprefix("/api/ica/v1")
        step = self.script.popleft() if self.script else 204
        if step == "before":
            return receive.__self__.transport.abort()
        self.told.append((scope["method"], path, json.loads(body) if body else None))
        self.signed.append({name.decode(): value.decode() for name, value in scope["headers"]})
        if step == "after":
            return receive.__self__.transport.abort()
        if step == "hold":
            await self.go.wait()
            step = 204
        found = self.known.get(path) if scope["method"] == "GET" else None
        text = msgspec.json.encode(found) if found else b"" if step == 204 else b"said by the test"
        status = 200 if found else step
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": text})


@asynccontextmanager
async def settled_rig(
    *accounts: dict[str, Any],
    script: Iterable[Script] = (),
    clock: TwinClock | None = None,
    **rules: Any,
) -> AsyncIterator[tuple[Rig, Settlement]]:
    """A car park that has somebody to call."""
    settlement = Settlement(deque(script))
    async with running(settlement) as url:
        options = TwinOptions(peer_url=url)
        async with rig(options, *accounts, clock=clock, **rules) as made:
            yield made, settlement
