"""What each call makes of each answer: operation by status, with the tries counted."""

from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from connectors.wincardcore.settlement_desk import HURRIED, ID, KEYS, NOW, Time, client_of
from connectors.wincardcore.test_wire_golden import ENDED
from doorward.connectors.wincardcore.client.carpark import CarParkClient
from doorward.connectors.wincardcore.client.failures import (
    EXCERPT,
    Conflict,
    InternalError,
    Invalid,
    Malformed,
    NotFound,
    SignatureRefused,
    Unavailable,
    words,
)
from doorward.connectors.wincardcore.client.settlement import SettlementClient
from doorward.connectors.wincardcore.signing import Caller, Keyring, verify
from doorward.connectors.wincardcore.wire import operations as ops
from doorward.connectors.wincardcore.wire.operations import OPERATIONS, Operation
from doorward.connectors.wincardcore.wire.whitelist import (
    Account,
    AccountCards,
    AccountCustomer,
    Customer,
)
from doorward.net.errors import Refused, RemoteError, Unreachable, Unreadable, Untrusted
from doorward.net.line import Limits, Line
from net.sockets import Handler, Heard, Server, free_port, serving


class Both(NamedTuple):
    """The clients of one line."""

    carpark: CarParkClient
    settlement: SettlementClient
    time: Time
    server: Server


async def _accounts(client: SettlementClient) -> None:
    async with client.accounts() as accounts:
        list(accounts)


ACCOUNT = Account(account_key="a")
CALLS: dict[str, Callable[[Both], Awaitable[Any]]] = {
    ops.PUT_ACCOUNTS.name: lambda to: to.carpark.put_all(lambda: [ACCOUNT], 1),
    ops.PATCH_ACCOUNTS.name: lambda to: to.carpark.patch_accounts([ACCOUNT]),
    ops.POST_ACCOUNTS.name: lambda to: to.carpark.post_accounts([ACCOUNT]),
    ops.DELETE_ACCOUNTS.name: lambda to: to.carpark.delete_accounts(["a"]),
    ops.PUT_CARDS.name: lambda to: to.carpark.put_cards([AccountCards(account_key="a", cards=())]),
    ops.PATCH_CARDS.name: lambda to: to.carpark.patch_cards(
        [AccountCards(account_key="a", cards=())]
    ),
    ops.POST_CARDS.name: lambda to: to.carpark.post_cards(
        [AccountCards(account_key="a", cards=())]
    ),
    ops.DELETE_CARDS.name: lambda to: to.carpark.delete_cards(["c"]),
    ops.PATCH_CUSTOMERS.name: lambda to: to.carpark.patch_customers(
        [AccountCustomer(account_key="a", customer=Customer(last_name="Muster"))]
    ),
    ops.GET_ACCOUNTS.name: lambda to: _accounts(to.settlement),
    ops.GET_ACCOUNT.name: lambda to: to.settlement.account("a"),
    ops.GET_CARD.name: lambda to: to.settlement.card("c"),
    ops.PUT_TRANSACTION.name: lambda to: to.settlement.put_transaction(ID, ENDED),
    ops.PATCH_TRANSACTION.name: lambda to: to.settlement.patch_transaction(ID, ENDED),
    ops.REFUND.name: lambda to: to.settlement.refund(ID),
    ops.LOCK_CARD.name: lambda to: to.settlement.lock_card("c"),
    ops.RELEASE_CARD.name: lambda to: to.settlement.release_card("c"),
    ops.COMMAND.name: lambda to: to.settlement.command(),
    ops.ALIVE.name: lambda to: to.settlement.alive(),
}
ANSWERS = {
    ops.GET_ACCOUNTS.name: b'[{"AccountKey":"a"}]',
    ops.GET_ACCOUNT.name: b'{"AccountKey":"a"}',
    ops.GET_CARD.name: b'{"CardKey":"c","Media":[{"MediaType":255,"MediaId":"1"}]}',
}
TEXT = "position 3, Card[0].CardKey: is empty"


@asynccontextmanager
async def answered(handler: Handler) -> Any:
    """Both clients, on lines to a server that answers like this."""
    time = Time()
    async with serving(handler) as server:
        async with Line("there", server.url, limits=Limits(connect=2.0, total=5.0)) as line:
            told: Any = {"clock": time, "sleep": time.sleep, "patience": HURRIED}
            carpark = CarParkClient(line, "hub", KEYS, **told)
            yield Both(carpark, client_of(line, time), time, server)


def saying(status: int, body: bytes = TEXT.encode()) -> Handler:
    async def answer(heard: Heard) -> None:
        if status == 204:
            await heard.say(b"HTTP/1.1 204 X\r\n\r\n")
        else:
            await heard.answer(body, status)

    return answer


FAILURES: list[tuple[int, type[RemoteError], list[float]]] = [
    (302, Unreadable, []),
    (400, Malformed, []),
    (401, SignatureRefused, []),
    (403, Refused, []),
    (404, NotFound, []),
    (405, Refused, []),
    (409, Conflict, []),
    (413, Refused, []),
    (422, Invalid, []),
    (500, InternalError, [30.0, 30.0]),
    (501, Unavailable, [0.0, 0.5]),
    (503, Unavailable, [0.0, 0.5]),
    (599, Unavailable, [0.0, 0.5]),
]


@pytest.mark.covers(
    "wincardcore",
    hears="*/4?? *-side/50?",
    rule="after-500-wait other-5xx-at-once",
)
@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.name for one in OPERATIONS])
@pytest.mark.parametrize(
    ("status", "kind", "slept"), FAILURES, ids=[str(status) for status, *_ in FAILURES]
)
async def test_a_failure_has_its_kind_and_its_number_of_tries(
    operation: Operation, status: int, kind: type[RemoteError], slept: list[float]
):
    async with answered(saying(status)) as to:
        with pytest.raises(RemoteError) as caught:
            await CALLS[operation.name](to)
        assert type(caught.value) is kind
        assert caught.value.status == status
        assert caught.value.reason == f"{operation.name}: {status}, {TEXT}"
        assert caught.value.remedy
        assert to.time.slept == slept
        assert len(to.server.heard) == len(slept) + 1


@pytest.mark.covers("wincardcore", client="*", hears="*/200 */204")
@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.name for one in OPERATIONS])
async def test_each_call_is_what_the_table_of_operations_says(operation: Operation):
    async with answered(saying(operation.statuses[0], ANSWERS.get(operation.name, b""))) as to:
        await CALLS[operation.name](to)
        [heard] = to.server.heard
        line, *lines = heard.head.rstrip().split("\r\n")
        method, path, _ = line.split(" ")
        found = ops.find(operation.side, ops.PREFIX, method, path.partition("?")[0])
        assert isinstance(found, ops.Call)
        assert found.operation is operation
        assert bool(heard.body) is bool(operation.body)
        headers = dict(one.split(": ", 1) for one in lines)
        assert headers.get("Content-Type") == ("application/json" if heard.body else None)
        asgi = [(name.encode(), value.encode()) for name, value in headers.items()]
        ring = Keyring({"hub": [KEYS], "garage-1": [KEYS]})
        assert isinstance(verify(asgi, ring, NOW + timedelta(minutes=4)), Caller)


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_a_success_of_another_number_is_one(status: int):
    async with answered(saying(status, b"")) as to:
        await to.settlement.put_transaction(ID, ENDED)
        await to.carpark.patch_accounts([ACCOUNT])


@pytest.mark.parametrize("operation", [ops.PUT_TRANSACTION, ops.REFUND, ops.LOCK_CARD, ops.ALIVE])
async def test_a_page_instead_of_an_answer_is_no_success(operation: Operation):
    async with answered(saying(200, b"<html>Please log in</html>")) as to:
        with pytest.raises(Unreadable, match="Please log in"):
            await CALLS[operation.name](to)


@pytest.mark.parametrize("operation", [ops.GET_ACCOUNTS, ops.GET_ACCOUNT, ops.GET_CARD])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]{", b'[{"AccountKey":""}]', b"[1]", b"{}"])
async def test_an_answer_that_is_something_else_is_unreadable(operation: Operation, body: bytes):
    async with answered(saying(200, body)) as to:
        with pytest.raises(Unreadable):
            await CALLS[operation.name](to)
        assert len(to.server.heard) == 1


async def test_no_account_at_all_is_unreadable():
    async with answered(saying(200, b"[]")) as to:
        with pytest.raises(Unreadable):
            await to.settlement.account("a")


@pytest.mark.parametrize("key", ["", ".", "..", "k" * 201])
async def test_a_key_that_no_path_can_carry_is_not_sent(key: str):
    async with answered(saying(204)) as to:
        with pytest.raises(ValueError, match="no path can carry"):
            await to.settlement.lock_card(key)
        assert to.server.heard == []


async def test_words_of_an_answer_are_one_short_line():
    assert words(b" a\r\n\tb\x1b[31m\xff ") == "a b\ufffd[31m\ufffd"
    assert words(b"x" * 5000) == "x" * EXCERPT + "…"
    assert words(b"") == ""


async def test_a_failure_without_words_is_told_by_its_number():
    async with answered(saying(409, b"")) as to:
        with pytest.raises(Conflict) as caught:
            await to.settlement.refund(ID)
        assert caught.value.reason == "refund transaction: 409"


async def test_nobody_there_is_unreachable():
    time = Time()
    async with Line("there", f"http://127.0.0.1:{free_port()}") as line:
        with pytest.raises(Unreachable):
            await client_of(line, time).alive()
        assert time.slept == [0.0, 0.5]


@pytest.mark.covers("wincardcore", rule="no-plain-http")
async def test_keys_are_not_sent_over_plain_http_beyond_this_machine():
    with pytest.raises(Untrusted):
        async with Line("there", "http://garage.example") as line:
            await client_of(line, Time()).alive()


async def test_a_client_id_that_no_header_can_carry_is_refused():
    async with Line("there", "http://127.0.0.1:1") as line:
        with pytest.raises(ValueError, match="ClientId"):
            SettlementClient(line, "gärage", KEYS)
