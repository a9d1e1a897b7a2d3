"""The settlement side: what car parks call at the hub (WinCardCore 3.3, sections 3 to 6).

A plain ASGI application, because delivering visits has to be quick: one of Starlette's routes costs
as much as all that is checked here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import assert_never

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from doorward.connectors.wincardcore.server.intake import (
    Turned,
    admit,
    answer,
    body_of,
    operation_of,
)
from doorward.connectors.wincardcore.server.settlement_backend import (
    DONE,
    Backend,
    Contradicts,
    Done,
    Outcome,
    Sender,
    Unfit,
    Unknown,
)
from doorward.connectors.wincardcore.signing import (
    TOLERANCE,
    KeyPair,
    Keyring,
    ReplayMemory,
    request_key,
)
from doorward.connectors.wincardcore.wire import form
from doorward.connectors.wincardcore.wire import operations as ops
from doorward.connectors.wincardcore.wire.faults import Fault
from doorward.connectors.wincardcore.wire.lists import write_card
from doorward.connectors.wincardcore.wire.operations import JSON, PREFIX
from doorward.connectors.wincardcore.wire.requests import read_command, read_lock, read_refund
from doorward.connectors.wincardcore.wire.streaming import array
from doorward.connectors.wincardcore.wire.transaction import Transaction, read_transaction

BODY_LIMIT = 256 * 1024
REFUNDS = 10_000  # that are remembered at once


@dataclass(frozen=True, slots=True)
class CarPark:
    """A car park that may call: its configured name, and how it signs."""

    system: str
    client_id: str
    keys: tuple[KeyPair, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """A call that was turned away, for the log. `system` is "" as long as nobody knows who."""

    system: str
    peer: str
    method: str
    path: str
    status: int
    reason: str


def _unnoted(_noted: Noted) -> None:
    """Keep no log."""


_Take = Callable[[Sender, str, bytes], Awaitable[Outcome]]
_Show = Callable[[str, str], Awaitable[Response]]
_Deliver = Callable[[Sender, str, Transaction, bytes], Awaitable[Outcome]]


class SettlementServer:
    """Everything below one prefix, for all car parks that call there.

    `prefix`: as `wire.operations.normal_prefix` gives it. Raises ValueError for two car parks with
    one ClientId. What the backend raises is left to whoever runs this.
    """

    def __init__(
        self,
        backend: Backend,
        car_parks: Sequence[CarPark],
        clock: Callable[[], datetime],
        *,
        prefix: str = PREFIX,
        tolerance: timedelta = TOLERANCE,
        noted: Callable[[Noted], None] = _unnoted,
    ) -> None:
        self.prefix = prefix
        self._backend = backend
        self._systems = _systems(car_parks)
        self._keyring = Keyring({one.client_id: one.keys for one in car_parks})
        self._clock = clock
        self._tolerance = tolerance
        self._noted = noted
        self._refunds = ReplayMemory(2 * tolerance, REFUNDS)
        self._takes: Mapping[str, _Take] = {
            ops.PUT_TRANSACTION.name: partial(_deliver, backend.put),
            ops.PATCH_TRANSACTION.name: partial(_deliver, backend.patch),
            ops.REFUND.name: self._refund,
            ops.LOCK_CARD.name: self._lock,
            ops.RELEASE_CARD.name: self._release,
            ops.COMMAND.name: self._command,
            ops.ALIVE.name: self._alive,
        }
        self._shows: Mapping[str, _Show] = {
            ops.GET_ACCOUNTS.name: self._accounts,
            ops.GET_ACCOUNT.name: self._account,
            ops.GET_CARD.name: self._card,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request and its answer."""
        system = ""
        try:
            caller = admit(scope, self._keyring, self._clock(), self._tolerance)
            system = self._systems[caller.client_id]
            call = operation_of("settlement", self.prefix, scope)
            if take := self._takes.get(call.operation.name):
                body = await body_of(scope, receive, BODY_LIMIT)
                _accept(await take(Sender(system, caller), call.key, body))
                return await answer(send, 204)
            response = await self._shows[call.operation.name](system, call.key)
        except (Turned, Fault) as refused:
            return await self._refuse(system, scope, send, refused)
        await response(scope, receive, send)

    async def _refuse(self, system: str, scope: Scope, send: Send, refused: Turned | Fault) -> None:
        client = scope.get("client")
        peer, path = client[0] if client else "", scope["raw_path"].decode("latin-1")
        reason = str(refused)
        self._noted(Noted(system, peer, scope["method"], path, refused.status, reason))
        allowed = refused.allowed if isinstance(refused, Turned) else ()
        await answer(send, refused.status, reason, allowed)

    async def _refund(self, sender: Sender, id: str, body: bytes) -> Outcome:
        """Once only for the same ClientId, LocalTime, path and body."""
        refund, now = read_refund(body), self._clock()
        key = request_key(sender.caller, id, body)
        if self._refunds.recall(key, now) is not None:
            return DONE
        if len(self._refunds) >= REFUNDS:
            raise Turned(503, "too many refunds at once: send it again")
        outcome = await self._backend.refund(sender, id, refund)
        if isinstance(outcome, Done):
            self._refunds.remember(key, 204, now)
        return outcome

    async def _lock(self, sender: Sender, key: str, body: bytes) -> Outcome:
        return await self._backend.lock(sender, key, read_lock(body).info or "")

    async def _release(self, sender: Sender, key: str, body: bytes) -> Outcome:
        return await self._backend.release(sender, key, read_lock(body).info or "")

    async def _command(self, sender: Sender, _key: str, body: bytes) -> Outcome:
        await self._backend.command(sender, read_command(body).command)
        return DONE

    async def _alive(self, sender: Sender, _key: str, _body: bytes) -> Outcome:
        await self._backend.alive(sender)
        return DONE

    async def _account(self, system: str, key: str) -> Response:
        found = await self._backend.account(system, key)
        if found is None:
            raise Turned(404, "there is no such account")
        return Response(form.write(found), media_type=JSON)

    async def _card(self, system: str, key: str) -> Response:
        found = await self._backend.card(system, key)
        if found is None:
            raise Turned(404, "there is no such card")
        return Response(write_card(found), media_type=JSON)

    async def _accounts(self, system: str, _key: str) -> Response:
        """In pieces. What fails in the middle breaks the line: no list that is cut looks whole."""
        pieces = array(self._backend.accounts(system))
        first = await asyncio.to_thread(next, pieces)
        return StreamingResponse(chain((first,), pieces), media_type=JSON)


async def _deliver(take: _Deliver, sender: Sender, id: str, body: bytes) -> Outcome:
    return await take(sender, id, read_transaction(body), body)


def _accept(outcome: Outcome) -> None:
    """Raises Turned for what is not done."""
    match outcome:
        case Done():
            return
        case Unknown(reason):
            raise Turned(404, reason)
        case Contradicts(reason):
            raise Turned(409, reason)
        case Unfit(reason):
            raise Turned(422, reason)
        case _:
            assert_never(outcome)


def _systems(car_parks: Sequence[CarPark]) -> dict[str, str]:
    systems: dict[str, str] = {}
    for one in car_parks:
        if one.client_id in systems:
            both = f"{systems[one.client_id]} and {one.system}"
            raise ValueError(f"{both} have the same ClientId {one.client_id!r} under one prefix")
        systems[one.client_id] = one.system
    return systems
