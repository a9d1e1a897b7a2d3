"""The car park's side: the calls that keep its whitelist, as they come in (WinCardCore 3.3, 2).

Knows how a call is judged and answered; what the whitelist holds is the Backend's. A refusal is
text that names position and field, and nothing has changed. Whatever a client sends in between its
blocks discards these (2.1); a call that does not prove whose it is discards nothing.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from doorward.connectors.wincardcore.server.carpark_intake import (
    Declined,
    body_of,
    demand_caller,
    demand_printable_headers,
    demand_safe_line,
)
from doorward.connectors.wincardcore.signing import Keyring
from doorward.connectors.wincardcore.wire import lists
from doorward.connectors.wincardcore.wire import operations as ops
from doorward.connectors.wincardcore.wire.blocks import Block, check_records, read_block
from doorward.connectors.wincardcore.wire.faults import Fault
from doorward.connectors.wincardcore.wire.lists import Received
from doorward.connectors.wincardcore.wire.operations import PREFIX, NoCall, Operation
from doorward.connectors.wincardcore.wire.whitelist import Account, AccountCards, AccountCustomer

BODY_LIMIT = 32 * 1024 * 1024  # about 50,000 accounts; a block of 1,000 is 1 MB at most


class Backend(Protocol):
    """A whitelist. Each change is done as a whole, and durably, or raises Fault and does nothing.

    Nothing that is missing is an error, nor what is there already (1.4). What the store itself
    cannot do is Declined with 500.
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
    """The ASGI application. `prefix`: as `wire.operations.normal_prefix` gives it."""

    backend: Backend
    prefix: str = PREFIX
    limit: int = BODY_LIMIT
    plain_http: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            if not self.plain_http:
                demand_safe_line(request)
            client = demand_caller(request, self.backend.keyring(), self.backend.now()).client_id
        except Declined as declined:
            return refusal(declined.status, declined.reason)
        try:
            return Response(status_code=await self._serve(request, client))
        except Fault as fault:
            await self.backend.discard_blocks(client)
            return refusal(fault.status, str(fault))
        except Declined as declined:
            if declined.heard:
                await self.backend.discard_blocks(client)
            return refusal(declined.status, declined.reason, declined.headers)

    async def _serve(self, request: Request, client: str) -> int:
        """Do what is asked: the status. Raises Fault and Declined."""
        demand_printable_headers(request)
        operation = self._operation(request)
        if operation is ops.PUT_ACCOUNTS:
            block = _block(request)
            return await self._take_all(client, block, await body_of(request, self.limit))
        body = await body_of(request, self.limit)
        await self.backend.discard_blocks(client)
        await _WORK[operation](self.backend, body)
        return 204

    def _operation(self, request: Request) -> Operation:
        path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
        found = ops.find("car park", self.prefix, request.method, path.decode("latin-1"))
        if not isinstance(found, NoCall):
            return found.operation
        if found.allowed:
            allowed = ", ".join(found.allowed)
            reason = f"{request.method} is not possible here; possible: {allowed}"
            raise Declined(405, reason, {"Allow": allowed})
        raise Declined(404, "there is nothing at this address")

    async def _take_all(self, client: str, block: Block | None, body: bytes) -> int:
        sent = lists.read_accounts(body, block.first if block and block.count else 1)
        check_records(block, len(sent.records))
        await self.backend.take_all(client, block, sent)
        return 204 if block is None or block.completes else 202


def _block(request: Request) -> Block | None:
    query = request.scope["query_string"].decode("latin-1")
    try:
        return read_block(parse_qsl(query, keep_blank_values=True, max_num_fields=100))
    except Fault:
        raise
    except ValueError:
        raise Fault(400, "the query has too many parameters") from None


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


def refusal(status: int, reason: str, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal in readable text (1.3)."""
    return PlainTextResponse(reason, status, dict(headers or {}))
