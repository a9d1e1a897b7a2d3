"""A settlement system that keeps everything in memory, and calls to it over real sockets."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from doorward.connectors.wincardcore.client.patience import Patience
from doorward.connectors.wincardcore.client.settlement import SettlementClient
from doorward.connectors.wincardcore.server.settlement import CarPark, Noted, SettlementServer
from doorward.connectors.wincardcore.server.settlement_backend import (
    DONE,
    Contradicts,
    Outcome,
    Sender,
    Unfit,
    Unknown,
)
from doorward.connectors.wincardcore.signing import KeyPair
from doorward.connectors.wincardcore.wire.codes import Action, MediaType
from doorward.connectors.wincardcore.wire.requests import Refund
from doorward.connectors.wincardcore.wire.transaction import Transaction, relation
from doorward.connectors.wincardcore.wire.whitelist import Account, Card, Media
from doorward.net.calls import Call
from doorward.net.line import Limits, Line
from doorward.net.secrets import Secret
from doorward.net.serving import running

KEYS = KeyPair(Secret("auth-of-garage"), Secret("sig-of-garage"))
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
ID = "0006-0000000123"
CARD = Card(
    card_key="c/1 ü%2F",
    blocked=0,
    media=(Media(media_type=MediaType.CARD_NUMBER, media_id="0815", media_key="c/1 ü%2F"),),
)
ACCOUNT = Account(account_key="a?1#", cards=(CARD,))
OTHER = Account(account_key="other", cards=())


@dataclass
class Desk:
    """What a settlement system knows, by system; `fails`: what the next calls raise."""

    listed: list[Account] = field(default_factory=lambda: [ACCOUNT, OTHER])
    visits: dict[tuple[str, str], Transaction] = field(default_factory=dict)
    refunds: list[tuple[str, str, Refund, str]] = field(default_factory=list)
    locked: dict[str, str] = field(default_factory=dict)
    commands: list[tuple[str, Action]] = field(default_factory=list)
    alive_calls: list[str] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    billed: bool = False

    def state(self) -> list[Any]:
        """Everything that calls could change, to be compared."""
        changing = (self.visits, self.refunds, self.locked, self.commands, self.alive_calls)
        return [dict(one) if isinstance(one, dict) else list(one) for one in changing]

    def _fail(self) -> None:
        if self.fails:
            raise self.fails.pop(0)

    def accounts(self, system: str) -> Iterator[Account]:
        for account in self.listed:
            self._fail()
            yield account

    async def account(self, system: str, key: str) -> Account | None:
        self._fail()
        return next((one for one in self.listed if one.account_key == key), None)

    async def card(self, system: str, key: str) -> Card | None:
        self._fail()
        cards = [card for one in self.listed for card in one.cards or ()]
        found = next((card for card in cards if card.card_key == key), None)
        if found and key in self.locked:
            return msgspec.structs.replace(found, blocked=1, blocked_info=self.locked[key])
        return found

    async def put(self, sender: Sender, id: str, visit: Transaction, raw: bytes) -> Outcome:
        self._fail()
        kept = self.visits.setdefault((sender.system, id), visit)
        if relation(kept, visit) in ("same", "late"):
            return DONE
        return Contradicts(f"visit {id} is known otherwise")

    async def patch(self, sender: Sender, id: str, visit: Transaction, raw: bytes) -> Outcome:
        kept = self.visits.get((sender.system, id))
        if kept is not None and relation(kept, visit) == "completes":
            self.visits[sender.system, id] = visit
        return await self.put(sender, id, visit, raw)

    async def refund(self, sender: Sender, id: str, refund: Refund) -> Outcome:
        self._fail()
        if (sender.system, id) not in self.visits:
            return Unknown(f"there is no visit {id}")
        if self.billed:
            return Contradicts("the visit is billed")
        if refund.amount == Decimal("0.00"):
            return Unfit("nothing to give back")
        self.refunds.append((sender.system, id, refund, sender.caller.local_time))
        return DONE

    async def lock(self, sender: Sender, card_key: str, info: str) -> Outcome:
        if await self.card(sender.system, card_key) is None:
            return Unknown(f"there is no card {card_key}")
        self.locked.setdefault(card_key, info)
        return DONE

    async def release(self, sender: Sender, card_key: str, info: str) -> Outcome:
        if await self.card(sender.system, card_key) is None:
            return Unknown(f"there is no card {card_key}")
        self.locked.pop(card_key, None)
        return DONE

    async def command(self, sender: Sender, action: Action) -> None:
        self._fail()
        self.commands.append((sender.system, action))

    async def alive(self, sender: Sender) -> None:
        self._fail()
        self.alive_calls.append(sender.system)


class Time:
    """A clock, and sleeps that only move it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@dataclass
class Counter:
    """A desk, its server, where it listens, and who calls it."""

    desk: Desk
    server: SettlementServer
    url: str
    line: Line
    client: SettlementClient
    time: Time
    calls: list[Call]
    noted: list[Noted]


HURRIED = Patience(attempts=3, wait=30.0, backoff=0.5)


def garage(system: str = "garage", client_id: str = "garage-1", keys: KeyPair = KEYS) -> CarPark:
    return CarPark(system, client_id, (keys,))


def client_of(line: Line, time: Time, **told: Any) -> SettlementClient:
    known = {"clock": time, "sleep": time.sleep, "patience": HURRIED}
    return SettlementClient(line, told.pop("client_id", "garage-1"), KEYS, **(known | told))


@asynccontextmanager
async def counter(
    car_parks: Sequence[CarPark] | None = None,
    app: Callable[[SettlementServer], Any] = lambda server: server,
    **told: Any,
) -> AsyncIterator[Counter]:
    """A served desk. `app`: what to serve around the server; `told`: to the server."""
    desk, time, calls = Desk(), Time(), list[Call]()
    noted: list[Noted] = []
    server = SettlementServer(desk, car_parks or [garage()], time, noted=noted.append, **told)
    limits = Limits(connect=2.0, total=5.0)
    async with (
        running(app(server)) as url,
        Line("hub", url, limits=limits, record=calls.append) as line,
    ):
        client = client_of(line, time, prefix=server.prefix)
        yield Counter(desk, server, url, line, client, time, calls, noted)
