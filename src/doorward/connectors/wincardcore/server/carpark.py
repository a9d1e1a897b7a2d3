"""The car park's side: the calls that keep its whitelist, as they come in (WinCardCore 3.3, 2).

Knows how a call is judged and answered; what the whitelist holds is the Backend's. A refusal is
text that names position and field, and nothing has changed. Whatever a client sends in between its
blocks discards these (2.1); a call that does not prove whose it is discards nothing.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import parse_qsl

from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from doorward.connectors.wincardcore.server.intake import (
    Turned,
    admit,
    body_of,
    operation_of,
)
from doorward.connectors.wincardcore.signing import TOLERANCE, Keyring
from doorward.connectors.wincardcore.wire import lists
from doorward.connectors.wincardcore.wire import operations as ops
from doorward.connectors.wincardcore.wire.blocks import Block, check_records, read_block
from doorward.connectors.wincardcore.wire.faults import Fault
from doorward.connectors.wincardcore.wire.lists import Received
from doorward.connectors.wincardcore.wire.operations import PREFIX, Operation
from doorward.connectors.wincardcore.wire.whitelist import Account, AccountCards, AccountCustomer
from doorward.net.trust import is_loopback

BODY_LIMIT = 32 * 1024 * 1024  # about 50,000 accounts; more are sent in blocks
PARAMETERS = 100


class Backend(Protocol):
    """A whitelist. Each change is done as a whole, and durably, or raises Fault and does nothing.

    Nothing that is missing is an error, nor what is there already (1.4). What the store itself
    cannot do is Turned with 500.
    """

    def keyring(self) -> Keyring:
        """Who may call."""
        ...

    def now(self) -> datetime:
        """The car park's time, which LocalTime is held against."""
        ...

    async def take_all(self, client: str, block: Block | None, sent: Received[Account]) -> None:
        """Put these accounts in place of all others (2.1); of a block, once it completes the list.

        Raises Fault for a block that does not follow the one before.
        """
        ...

    async def discard_blocks(self, client: str) -> None:
        """Forget the blocks that this client has sent so far."""
        ...

    async def patch_accounts(self, sent: Received[Account]) -> None:
        """Change accounts; cards they do not list go, unless they list none at all (2.2)."""
        ...

    async def post_accounts(self, sent: Received[Account]) -> None:
        """Add accounts; of what is there already, cards that are not listed stay (2.3)."""
        ...

    async def delete_accounts(self, keys: tuple[str, ...]) -> None:
        """Delete accounts and their cards (2.4)."""
        ...

    async def patch_cards(self, sent: Received[AccountCards]) -> None:
        """Change or add these cards, and let them belong to these accounts (2.5, 2.6)."""
        ...

    async def put_cards(self, sent: Received[AccountCards]) -> None:
        """Let these be all cards that these accounts have (2.8)."""
        ...

    async def delete_cards(self, keys: tuple[str, ...]) -> None:
        """Delete cards (2.7)."""
        ...

    async def patch_customers(self, sent: tuple[AccountCustomer, ...]) -> None:
        """Change the holders of accounts (2.9)."""
        ...


@dataclass(frozen=True, slots=True)
class CarParkApp:
    """The ASGI application. `prefix`: as `wire.operations.normal_prefix` gives it.

    `plain_http`: take calls without TLS from other machines too, which anybody on the way can read
    and change: the signature covers neither path nor body.
    """

    backend: Backend
    prefix: str = PREFIX
    limit: int = BODY_LIMIT
    tolerance: timedelta = TOLERANCE
    plain_http: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(scope, receive)
        await response(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        try:
            if not self.plain_http:
                demand_safe_line(scope)
            client = self._caller(scope)
        except Turned as turned:
            return refusal(turned.status, turned.reason)
        try:
            return Response(status_code=await self._serve(scope, receive, client))
        except (Fault, Turned) as refused:
            if refused.status < 500:  # what fails here is no word of the client's
                await self.backend.discard_blocks(client)
            return _refused(refused)

    def _caller(self, scope: Scope) -> str:
        backend = self.backend
        return admit(scope, backend.keyring(), backend.now(), self.tolerance).client_id

    async def _serve(self, scope: Scope, receive: Receive, client: str) -> int:
        """Do what is asked: the status. Raises Fault and Turned."""
        operation = operation_of("car park", self.prefix, scope).operation
        if operation is ops.PUT_ACCOUNTS:
            block = _block(scope)
            return await self._take_all(client, block, await body_of(scope, receive, self.limit))
        body = await body_of(scope, receive, self.limit)
        await self.backend.discard_blocks(client)
        await _WORK[operation](self.backend, body)
        return 204

    async def _take_all(self, client: str, block: Block | None, body: bytes) -> int:
        sent = lists.read_accounts(body, block.first if block and block.count else 1)
        check_records(block, len(sent.records))
        await self.backend.take_all(client, block, sent)
        return 204 if block is None or block.completes else 202


def demand_safe_line(scope: Scope) -> None:
    """Raises Turned (403) for plain http from beyond this machine."""
    peer = (scope.get("client") or ("",))[0]
    if scope["scheme"] != "https" and not is_loopback(peer):
        raise Turned(403, "plain http is taken from this machine only; use https")


def _block(scope: Scope) -> Block | None:
    query = scope["query_string"].decode("latin-1")
    try:
        parameters = parse_qsl(query, keep_blank_values=True, max_num_fields=PARAMETERS)
    except ValueError:
        raise Fault(400, f"the query has more than {PARAMETERS} parameters") from None
    return read_block(parameters)


_Work = Callable[[Backend, bytes], Awaitable[None]]

_WORK: dict[Operation, _Work] = {
    ops.PATCH_ACCOUNTS: lambda at, body: at.patch_accounts(lists.read_accounts(body)),
    ops.POST_ACCOUNTS: lambda at, body: at.post_accounts(lists.read_accounts(body)),
    ops.DELETE_ACCOUNTS: lambda at, body: at.delete_accounts(lists.read_keys(body)),
    ops.PATCH_CARDS: lambda at, body: at.patch_cards(lists.read_account_cards(body)),
    ops.POST_CARDS: lambda at, body: at.patch_cards(lists.read_account_cards(body)),
    ops.PUT_CARDS: lambda at, body: at.put_cards(lists.read_account_cards(body)),
    ops.DELETE_CARDS: lambda at, body: at.delete_cards(lists.read_keys(body)),
    ops.PATCH_CUSTOMERS: lambda at, body: at.patch_customers(lists.read_account_customers(body)),
}


def _refused(refused: Fault | Turned) -> Response:
    if isinstance(refused, Fault):
        return refusal(refused.status, str(refused))
    allow = {"Allow": ", ".join(refused.allowed)} if refused.allowed else {}
    return refusal(refused.status, refused.reason, allow)


def refusal(status: int, reason: str, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal in readable text (1.3)."""
    return PlainTextResponse(reason, status, dict(headers or {}))
