"""What the settlement side refuses: the status of 1.3, readable words, and nothing changed."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from yarl import URL

from connectors.wincardcore.settlement_desk import (
    CARD,
    ID,
    KEYS,
    NOW,
    Counter,
    counter,
)
from connectors.wincardcore.test_wire_golden import ENDED, ENDED_BYTES, OPEN
from doorward.connectors.wincardcore.server import intake, settlement
from doorward.connectors.wincardcore.signing import KeyPair, sign
from doorward.connectors.wincardcore.wire import operations as ops
from doorward.connectors.wincardcore.wire.operations import OPERATIONS, Operation, target
from doorward.net.secrets import Secret

CALLS = [one for one in OPERATIONS if one.side == "settlement"]
NAMES = [one.name for one in CALLS]
WITH_BODY = [one for one in CALLS if one.body]
KEYED = [one for one in CALLS if one.key_limit]
BODIES = {
    ops.PUT_TRANSACTION.name: ENDED_BYTES,
    ops.PATCH_TRANSACTION.name: ENDED_BYTES,
    ops.REFUND.name: b'{"Amount":1.50}',
    ops.LOCK_CARD.name: b'{"Info":"Card lost"}',
    ops.RELEASE_CARD.name: b"{}",
    ops.COMMAND.name: b'{"Command":1}',
}


async def send(
    hub: Counter,
    operation: Operation,
    body: Any = None,
    *,
    headers: Mapping[str, str] | None = None,
    key: str | None = None,
    path: str = "",
    method: str = "",
) -> tuple[int, str]:
    """Status and text of one request; signed, unless other headers are given."""
    if key is None:
        key = ID if "transaction" in operation.name else CARD.card_key
    path = path or target(operation, key=key)
    signed = sign("garage-1", NOW, KEYS) if headers is None else headers
    said = BODIES.get(operation.name) if body is None else body
    async with (
        aiohttp.ClientSession() as session,
        session.request(
            method or operation.method,
            URL(hub.url + path, encoded=True),
            data=said,
            headers=signed,
        ) as answer,
    ):
        return answer.status, await answer.text()


def but(**changed: str | None) -> dict[str, str]:
    """The four headers, some changed, those that are None left out."""
    headers: dict[str, str | None] = {**sign("garage-1", NOW, KEYS), **changed}
    return {name: value for name, value in headers.items() if value is not None}


def signed_at(at: datetime) -> dict[str, str]:
    return sign("garage-1", at, KEYS)


FORGED = {
    "nothing is signed": {},
    "no ClientId": but(ClientId=None),
    "no LocalTime": but(LocalTime=None),
    "no AuthKey": but(AuthKey=None),
    "no Signature": but(Signature=None),
    "a wrong signature": but(Signature="0" * 64),
    "a signature of another time": but(LocalTime="2026-11-26T12:00:01+00:00"),
    "somebody unknown": sign("garage-2", NOW, KEYS),
    "other keys": sign("garage-1", NOW, KeyPair(Secret("other"), Secret("keys"))),
    "a shifted boundary": but(ClientId="garage-12", LocalTime="026-11-26T12:00:00+00:00"),
    "too old": signed_at(NOW - timedelta(minutes=6)),
    "too early": signed_at(NOW + timedelta(minutes=6)),
    "year 1": but(LocalTime="0001-01-01T00:00:00+00:00"),
    "an absurd length": but(ClientId="g" * 5000),
}


@pytest.mark.covers(
    "wincardcore",
    answers="get-*/401 *-transaction/401 lock-card/401 release-card/401 command/401 alive/401",
)
@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
async def test_what_is_not_signed_is_refused_with_401(headers: dict[str, str]):
    async with counter() as hub:
        hub.desk.visits["garage", ID] = OPEN
        before = hub.desk.state()
        for operation in CALLS:
            status, text = await send(hub, operation, headers=headers)
            assert (status, bool(text)) == (401, True), operation.name
        assert hub.desk.state() == before
        assert {one.system for one in hub.noted} == {""}


@pytest.mark.covers(
    "wincardcore",
    answers="*-transaction/400 lock-card/400 release-card/400 command/400",
    rule="utf8-json wrong-form-400 readable-text",
)
@pytest.mark.parametrize("operation", WITH_BODY, ids=[one.name for one in WITH_BODY])
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"Info": "\xfc"}', "is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"Info":', "not JSON at line 1, column"),
        (b"\x00", "not JSON"),
        (b"NaN", "not JSON"),
        (b'"text"', ""),
        (b"[1]", ""),
    ],
    ids=["Latin-1", "deep", "cut off", "NUL", "NaN", "text", "list"],
)
async def test_what_is_no_message_is_refused_with_400(
    operation: Operation, body: bytes, words: str
):
    async with counter() as hub:
        before = hub.desk.state()
        status, text = await send(hub, operation, body)
        assert status == 400
        assert words in text
        assert text
        assert hub.desk.state() == before


INVALID = [
    (ops.PUT_TRANSACTION, "DriveIn.DeviceNumber", 256, 422),
    (ops.PUT_TRANSACTION, "DriveIn.DeviceNumber", "1", 400),
    (ops.PUT_TRANSACTION, "AccountKey", "k" * 201, 422),
    (ops.PUT_TRANSACTION, "Price.PriceGross", -1, 422),
    (ops.PUT_TRANSACTION, "Price.PriceGross", "1.50", 400),
    (ops.PATCH_TRANSACTION, "DriveOut.Status", 7, 422),
    (ops.PATCH_TRANSACTION, "Price.Currency", "USD", 422),
    (ops.REFUND, "Amount", "1.5", 400),
    (ops.REFUND, "InfoId", -1, 422),
    (ops.LOCK_CARD, "Info", "x" * 256, 422),
    (ops.RELEASE_CARD, "Info", 7, 400),
    (ops.COMMAND, "Command", 2, 422),
    (ops.COMMAND, "Command", None, 400),
]


@pytest.mark.covers(
    "wincardcore",
    answers="*-transaction/422 lock-card/422 command/422",
    rule="readable-text sizes wrong-form-400",
)
@pytest.mark.parametrize(
    ("operation", "field", "value", "wanted"), INVALID, ids=lambda one: getattr(one, "name", None)
)
async def test_a_bad_field_is_named(operation: Operation, field: str, value: Any, wanted: int):
    body: Any = json.loads(BODIES[operation.name])
    *outer, last = field.split(".")
    inner = body
    for name in outer:
        inner = inner[name]
    inner[last] = value
    if value is None:
        del inner[last]
    async with counter() as hub:
        before = hub.desk.state()
        status, text = await send(hub, operation, json.dumps(body).encode())
        assert status == wanted
        assert field in text
        assert hub.desk.state() == before
        assert [(one.system, one.status) for one in hub.noted] == [("garage", wanted)]
        assert hub.noted[0].peer == "127.0.0.1"


UNKNOWN = [
    (ops.GET_ACCOUNT, "nobody"),
    (ops.GET_CARD, "none"),
    (ops.LOCK_CARD, "none"),
    (ops.RELEASE_CARD, "none"),
    (ops.REFUND, "0006-0000000999"),
]


@pytest.mark.covers(
    "wincardcore",
    answers="get-account/404 get-card/404 lock-card/404 release-card/404 refund-transaction/404",
    rule="account-told card-told",
)
@pytest.mark.parametrize(("operation", "key"), UNKNOWN, ids=lambda one: getattr(one, "name", None))
async def test_what_is_not_there_is_404(operation: Operation, key: str):
    async with counter() as hub:
        before = hub.desk.state()
        status, text = await send(hub, operation, key=key)
        assert status == 404
        assert text.startswith("there is no ")
        assert hub.desk.state() == before


@pytest.mark.covers("wincardcore", answers="*-transaction/409")
@pytest.mark.parametrize("operation", [ops.PUT_TRANSACTION, ops.PATCH_TRANSACTION, ops.REFUND])
async def test_what_contradicts_is_409(operation: Operation):
    async with counter() as hub:
        hub.desk.visits["garage", ID] = ENDED
        hub.desk.billed = True
        before = hub.desk.state()
        other = ENDED_BYTES.replace(b'"CarParkId":', b'"CarParkId":9')
        body = None if operation is ops.REFUND else other
        status, text = await send(hub, operation, body)
        assert (status, bool(text)) == (409, True)
        assert hub.desk.state() == before


@pytest.mark.covers("wincardcore", answers="refund-transaction/422")
async def test_what_the_settlement_system_does_not_take_is_422():
    async with counter() as hub:
        hub.desk.visits["garage", ID] = ENDED
        assert await send(hub, ops.REFUND, b'{"Amount":0.00}') == (422, "nothing to give back")


@pytest.mark.covers("wincardcore", answers="settlement-side/404")
@pytest.mark.parametrize("path", ["/v1/visits", "/v2/accounts", "/v1/transactions/", "/"])
async def test_a_path_that_is_none_is_404(path: str):
    async with counter() as hub:
        status, text = await send(hub, ops.ALIVE, path=f"/api/ica{path}")
        assert (status, text) == (404, "there is no such path")


@pytest.mark.covers("wincardcore", answers="settlement-side/404", rule="prefix")
async def test_a_path_beside_the_prefix_is_404():
    async with counter() as hub:
        assert (await send(hub, ops.ALIVE, path="/v1/command"))[0] == 404


@pytest.mark.covers("wincardcore", answers="settlement-side/405")
@pytest.mark.parametrize("operation", KEYED, ids=[one.name for one in KEYED])
async def test_a_method_that_a_path_has_not_is_405(operation: Operation):
    async with counter() as hub:
        status, text = await send(hub, operation, method="OPTIONS")
        assert (status, text) == (405, "OPTIONS is no call on this path")


@pytest.mark.covers("wincardcore", answers="lock-card/400 lock-card/422")
@pytest.mark.parametrize(
    ("key", "wanted", "words"),
    [("%FF", 400, "not UTF-8"), ("k" * 201, 422, "longer than 200"), ("%00", 422, "U+0000")],
)
async def test_a_key_that_is_none_is_refused(key: str, wanted: int, words: str):
    async with counter() as hub:
        status, text = await send(hub, ops.LOCK_CARD, path=f"/api/ica/v1/lock/cards/{key}")
        assert status == wanted
        assert words in text


@pytest.mark.covers("wincardcore", rule="printable-ascii")
async def test_a_header_that_is_not_printable_ascii_is_refused_and_named():
    async with counter() as hub:
        signed = sign("garage-1", NOW, KEYS)
        status, text = await send(hub, ops.ALIVE, headers=signed | {"X-Name": "Müller"})
        assert (status, text) == (400, "the header x-name is not printable ASCII")
        assert hub.desk.alive_calls == []


async def raw(hub: Counter, head: str, body: bytes = b"") -> bytes:
    """What is answered to these bytes, up to its end or half a second."""
    signed = "".join(f"{name}: {value}\r\n" for name, value in sign("garage-1", NOW, KEYS).items())
    reader, writer = await asyncio.open_connection("127.0.0.1", URL(hub.url).port)
    writer.write(f"{head}\r\nHost: hub\r\n{signed}\r\n".encode() + body)
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5.0)
    writer.close()
    return answer


@pytest.mark.covers("wincardcore", rule="bodies-limited")
@pytest.mark.parametrize("length", [str(10**9), str(settlement.BODY_LIMIT + 1), "9" * 18])
async def test_a_body_that_says_it_is_too_large_is_not_waited_for(length: str):
    async with counter() as hub:
        head = f"PUT /api/ica/v1/transactions/{ID} HTTP/1.1\r\nContent-Length: {length}"
        answer = await raw(hub, head, b"[" * 1000)
        assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.covers("wincardcore", rule="bodies-limited")
async def test_a_body_that_grows_too_large_is_cut():
    async with counter() as hub:
        head = f"PUT /api/ica/v1/transactions/{ID} HTTP/1.1\r\nTransfer-Encoding: chunked"
        chunk = b"10000\r\n" + b"[" * 0x10000 + b"\r\n"
        answer = await raw(hub, head, chunk * 6)
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert hub.noted[0].reason == "the body has more than the 262144 bytes that are taken"


@pytest.mark.covers("wincardcore", rule="bodies-limited")
async def test_a_gigabyte_of_brackets_is_refused_and_takes_no_room():
    async def brackets():
        for _ in range(64):
            yield b"[" * 1_000_000

    async with counter() as hub:
        assert (await send(hub, ops.PUT_TRANSACTION, brackets()))[0] == 400
        assert hub.desk.visits == {}


async def test_a_body_that_does_not_come_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(intake, "PATIENCE", 0.05)
    async with counter() as hub:
        head = f"PUT /api/ica/v1/transactions/{ID} HTTP/1.1\r\nContent-Length: 100"
        assert (await raw(hub, head, b"{")).startswith(b"HTTP/1.1 400 ")
        assert hub.noted[0].reason == "the body did not come within 0.05 seconds"


async def test_half_a_visit_is_no_visit():
    async with counter() as hub:
        signed = sign("garage-1", NOW, KEYS)
        lines = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
        path = f"PUT /api/ica/v1/transactions/{ID} HTTP/1.1\r\nHost: hub\r\n"
        _, writer = await asyncio.open_connection("127.0.0.1", URL(hub.url).port)
        writer.write(f"{path}{lines}Content-Length: {len(ENDED_BYTES)}\r\n\r\n".encode())
        writer.write(ENDED_BYTES[:-1])
        await writer.drain()
        writer.close()
        await hub.client.alive()
        async with asyncio.timeout(5.0):
            while not hub.noted:
                await asyncio.sleep(0.01)
        assert hub.noted[0].reason == "the body was cut off"
        assert hub.desk.visits == {}


@pytest.mark.covers("wincardcore", answers="settlement-side/503", rule="replay-memory")
async def test_refunds_beyond_what_is_remembered_are_put_off(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settlement, "REFUNDS", 1)
    async with counter() as hub:
        hub.desk.visits["garage", ID] = ENDED
        assert (await send(hub, ops.REFUND, b'{"Amount":1}'))[0] == 204
        assert (await send(hub, ops.REFUND, b'{"Amount":2}'))[0] == 503
        assert (await send(hub, ops.REFUND, b'{"Amount":1}'))[0] == 204
        assert len(hub.desk.refunds) == 1
        hub.time.now += timedelta(minutes=11)
        late = signed_at(hub.time.now.astimezone(UTC))
        assert (await send(hub, ops.REFUND, b'{"Amount":2}', headers=late))[0] == 204


def test_each_operation_of_the_settlement_side_is_tried_here():
    assert set(NAMES) == {*BODIES, "get accounts", "get account", "get card", "alive"}
