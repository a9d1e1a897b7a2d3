"""What is wrong with a call is said with the right status, by its place; nothing changes."""

import asyncio
import json
import resource
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from connectors.wincardcore.carpark_rig import KEYS, Rig, account, card, medium, rig
from doorward.connectors.wincardcore.server.carpark import CarParkApp
from doorward.connectors.wincardcore.signing import KeyPair, sign
from doorward.net.secrets import Secret

OLD = {"old": ["cold"]}


@pytest.fixture
async def park() -> AsyncIterator[Rig]:
    async with rig(None, account("old", card("cold"))) as made:
        yield made


# --- who calls


def _signed(
    park: Rig, client: str = "doorward", keys: KeyPair = KEYS, **late: float
) -> dict[str, str]:
    return sign(client, park.world.clock() - timedelta(**late), keys)


Change = Callable[[Rig], dict[str, str]]
UNPROVEN: dict[str, Change] = {
    "no headers": lambda park: {},
    "no signature": lambda park: {k: v for k, v in _signed(park).items() if k != "Signature"},
    "wrong signature": lambda park: _signed(park) | {"Signature": "ab" * 32},
    "no hex": lambda park: _signed(park) | {"Signature": "zz" * 32},
    "wrong SigKey": lambda park: _signed(park, keys=KeyPair(KEYS.auth_key, Secret("another"))),
    "wrong AuthKey": lambda park: _signed(park, keys=KeyPair(Secret("another"), KEYS.sig_key)),
    "unknown client": lambda park: _signed(park, "somebody"),
    "stale": lambda park: _signed(park, minutes=6),
    "ahead": lambda park: _signed(park, minutes=-6),
    "shifted boundary": lambda park: (
        _signed(park) | {"ClientId": "doorward2", "LocalTime": _signed(park)["LocalTime"][1:]}
    ),
    "no offset": lambda park: _signed(park) | {"LocalTime": "2026-11-26T11:00:00"},
    "year 1": lambda park: _signed(park) | {"LocalTime": "0001-01-01T00:00:00+14:00"},
    "no ASCII": lambda park: _signed(park) | {"ClientId": "d\u00f6rward"},
    "endless": lambda park: _signed(park) | {"AuthKey": "a" * 4000},
}


@pytest.mark.covers(
    "wincardcore",
    answers="delete-accounts/401",
    rule="fresh headers-each-on-its-own",
)
@pytest.mark.parametrize("change", UNPROVEN.values(), ids=list(UNPROVEN))
async def test_a_call_that_does_not_prove_whose_it_is_is_refused(park: Rig, change: Change):
    answer = await park.call("DELETE", "/v1/accounts", ["old"], headers=change(park))
    assert (answer.status, bool(answer.text)) == (401, True)
    assert park.stored() == OLD


async def test_a_replayed_call_is_only_done_again(park: Rig):
    headers = park.signed()
    for _ in range(2):
        answer = await park.call("DELETE", "/v1/cards", ["cold"], headers=headers)
        assert answer.status == 204
    park.later(minutes=6)
    answer = await park.call("DELETE", "/v1/accounts", ["old"], headers=headers)
    assert (answer.status, answer.text) == (401, "LocalTime is too far from the time here")


async def test_what_there_is_is_told_to_nobody_unknown(park: Rig):
    assert (await park.call("PUT", "/v1/nowhere", headers={})).status == 401


@pytest.mark.covers("wincardcore", rule="headers-each-on-its-own")
async def test_a_header_that_stands_twice_is_refused(park: Rig):
    twice = [*park.signed().items(), ("ClientId", "doorward")]
    async with park.session.delete(
        f"{park.url}/api/ica/v1/accounts", headers=twice, data=b'["old"]'
    ) as answer:
        assert answer.status == 401
    assert park.stored() == OLD


@pytest.mark.covers("wincardcore", rule="printable-ascii")
@pytest.mark.parametrize("value", ["d\u00f6r", "a\tb"])
async def test_any_header_that_is_not_printable_ascii_is_refused_by_its_name(park: Rig, value: str):
    headers = {**park.signed(), "X-Note": value}
    answer = await park.call("DELETE", "/v1/accounts", ["old"], headers=headers)
    assert answer.status == 400
    assert "x-note" in answer.text.lower()
    assert park.stored() == OLD


@pytest.mark.covers("wincardcore", rule="key-rotation")
async def test_keys_may_overlap_for_a_while(park: Rig):
    until = (park.world.clock() + timedelta(hours=1)).isoformat()
    new = {"client_id": "doorward", "auth_key": "a2", "sig_key": "s2", "until": until}
    park.world.restore(json.dumps({"clients": [new]}).encode())
    headers = _signed(park, keys=KeyPair(Secret("a2"), Secret("s2")))
    assert (await park.call("PATCH", "/v1/cards", [], headers=headers)).status == 204
    assert (await park.call("PATCH", "/v1/cards", [])).status == 204
    park.later(hours=2)
    headers = _signed(park, keys=KeyPair(Secret("a2"), Secret("s2")))
    assert (await park.call("PATCH", "/v1/cards", [], headers=headers)).status == 401


# --- what is sent

CARD = {"CardKey": "1", "Media": [medium(255, "N1")]}


def _with(**fields: Any) -> list[dict[str, Any]]:
    """A good account, then one whose card has these fields."""
    return [account("x"), account("y", {**CARD, **fields})]


BODIES: dict[str, tuple[object, int, str]] = {
    "no JSON": (b"{", 400, "not JSON at line 1"),
    "nothing": (b"", 400, "not JSON"),
    "Latin-1": ('[{"AccountKey": "M\u00fcller"}]'.encode("latin-1"), 400, "byte 19 is not UTF-8"),
    "UTF-16": ('[{"AccountKey": "M"}]'.encode("utf-16"), 400, "byte 1 is not UTF-8"),
    "nested": (b"[" * 100_000, 400, "nested too deeply"),
    "a number": (b"7", 400, "position 1: has to be an object"),
    "no key": ([{"Card": []}], 400, "position 1, AccountKey: is missing"),
    "key twice": (b'[{"AccountKey":"a","AccountKey":"b"}]', 400, "position 1, AccountKey: stands"),
    "empty key": ([account("x"), account("")], 422, "position 2, AccountKey: is empty"),
    "long key": ([account("x" * 201)], 422, "position 1, AccountKey: is longer than 200"),
    "number as key": ([{"AccountKey": 7}], 400, "position 1, AccountKey: has to be text"),
    "account twice": ([account("x"), account("x")], 422, "position 2, AccountKey: 'x' stands"),
    "card twice": (
        [account("x", CARD), account("y", CARD)],
        422,
        "position 2, Card[0].CardKey: '1' stands at position 1",
    ),
    "number twice": (
        [account("x", CARD, {**CARD, "CardKey": "2"})],
        422,
        "position 1, Card[1].Media[0].MediaId: the card number stands",
    ),
    "no CardKey": (_with(CardKey=None), 400, "position 2, Card[0].CardKey: is missing"),
    "text as Blocked": (_with(Blocked="1"), 400, "position 2, Card[0].Blocked: has to be a whole"),
    "negative Blocked": (_with(Blocked=-1), 422, "position 2, Card[0].Blocked: is below 0"),
    "unknown variant": (_with(CardVariant=2), 422, "position 2, Card[0].CardVariant: 2 is none"),
    "time with offset": (
        _with(ValidFrom="2026-01-01T00:00:00Z"),
        422,
        "position 2, Card[0].ValidFrom: has an offset",
    ),
    "no time": (_with(ValidTo="tomorrow"), 422, "position 2, Card[0].ValidTo: is no date"),
    "backwards": (
        _with(ValidFrom="2026-01-02T00:00", ValidTo="2026-01-01T00:00"),
        422,
        "position 2, Card[0].ValidTo: is before ValidFrom",
    ),
    "unknown medium": (
        _with(Media=[medium(3, "x")]),
        422,
        "position 2, Card[0].Media[0].MediaType: 3 is none of the listed",
    ),
    "long MediaId": (
        _with(Media=[medium(255, "x" * 41)]),
        422,
        "position 2, Card[0].Media[0].MediaId: is longer than 40",
    ),
    "long title": (
        [account("x", Customer={"Title": "x" * 41})],
        422,
        "position 1, Customer.Title: is longer than 40",
    ),
    "unknown gender": ([account("x", Customer={"Gender": 3})], 422, "position 1, Customer.Gender"),
    "text as Bool1": ([account("x", Customer={"Bool1": "no"})], 400, "position 1, Customer.Bool1"),
}  # fmt: skip


@pytest.mark.covers(
    "wincardcore",
    answers=(
        "put-accounts/400 put-accounts/422 patch-accounts/400 patch-accounts/422 "
        "post-accounts/400 post-accounts/422"
    ),
    rule=(
        "all-or-nothing readable-text sizes instants closed-lists no-key-twice utf8-json "
        "wrong-form-400"
    ),
)
@pytest.mark.parametrize(("body", "status", "text"), BODIES.values(), ids=list(BODIES))
async def test_a_bad_list_is_refused_as_a_whole_by_its_place(
    park: Rig, body: object, status: int, text: str
):
    for method in ("PUT", "PATCH", "POST"):
        answer = await park.call(method, "/v1/accounts", body)
        assert answer.status == status, answer.text
        assert answer.text.startswith(text)
    assert park.stored() == OLD


@pytest.mark.covers(
    "wincardcore",
    answers=(
        "delete-accounts/400 delete-accounts/422 delete-cards/400 delete-cards/422 "
        "patch-cards/400 put-cards/400 patch-customers/400 patch-customers/422"
    ),
    rule="all-or-nothing readable-text",
)
@pytest.mark.parametrize(
    ("method", "path", "body", "status", "text"),
    [
        ("DELETE", "accounts", ["old", 7], 400, "position 2: has to be text"),
        ("DELETE", "accounts", ["old", ""], 422, "position 2: is empty"),
        ("DELETE", "cards", ["cold", "cold"], 422, "position 2: 'cold' stands at position 1"),
        ("DELETE", "cards", [{"CardKey": "cold"}], 400, "position 1: has to be text"),
        ("PATCH", "cards", [{"AccountKey": "old"}], 400, "position 1, Card: is missing"),
        ("PUT", "cards", [account("old", {})], 400, "position 1, Card[0].CardKey: is missing"),
        ("PATCH", "customers", [{"AccountKey": "old"}], 400, "position 1, Customer: is missing"),
        ("PATCH", "customers", [{"AccountKey": "a", "Customer": {}}] * 2, 422, "position 2"),
    ],
)
async def test_other_calls_name_the_place_as_well(
    park: Rig, method: str, path: str, body: object, status: int, text: str
):
    answer = await park.call(method, f"/v1/{path}", body)
    assert answer.status == status, answer.text
    assert answer.text.startswith(text)
    assert park.stored() == OLD


@pytest.mark.covers(
    "wincardcore",
    answers="put-accounts/400 put-accounts/422",
    rule="block-parameters",
)
@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ("first=1", 422, "last: is missing"),
        ("first=1&count=1", 422, "last: is missing"),
        ("first=1&last=2&count=1", 422, "first=1, last=2, count=1"),
        ("first=0&last=1&count=1", 422, ""),
        ("first=x&last=1&count=1", 400, "first: has to be a whole number"),
        ("first=-1&last=1&count=1", 400, "first: has to be"),
        ("first=1&last=1&count=99999999999", 400, "count: has to be"),
        ("first=1&first=1&last=1&count=1", 422, "first: stands twice"),
        ("first=1&last=2&count=2", 422, "first=1, last=2, count=2 is 2 records, the body has 1"),
        ("&".join("a=1" for _ in range(101)), 400, "the query has more than 100"),
    ],
)
async def test_a_block_that_is_none_is_refused(park: Rig, query: str, status: int, text: str):
    answer = await park.call("PUT", f"/v1/accounts?{query}", [account("x")])
    assert (answer.status, answer.text.startswith(text)) == (status, True), answer.text
    assert park.stored() == OLD


# --- too much


@pytest.mark.covers("wincardcore", rule="bodies-limited")
@pytest.mark.parametrize("signed", [True, False])
async def test_a_gigabyte_of_brackets_costs_neither_memory_nor_time(park: Rig, signed: bool):
    host = urlsplit(park.url)
    reader, writer = await asyncio.open_connection(host.hostname, host.port)
    headers = {**(park.signed() if signed else {}), "Host": "here", "Content-Length": str(2**30)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"PUT /api/ica/v1/accounts HTTP/1.1\r\n{lines}\r\n".encode())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answered = asyncio.create_task(reader.read(10_000))
    for _ in range(2**30 // 2**20):
        writer.write(b"[" * 2**20)
        await asyncio.sleep(0)
        if answered.done() or writer.is_closing():
            break
        await writer.drain()
    text = (await answered).decode()
    assert text.startswith("HTTP/1.1 400"), text
    assert "bytes" in text
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert more < 400 * 1024  # KiB: what a body may have, in the few forms it passes through
    writer.close()
    assert park.stored() == OLD


@pytest.mark.covers("wincardcore", rule="bodies-limited")
async def test_a_body_of_many_small_pieces_is_held_to_the_limit_too(park: Rig):
    park.world.app = CarParkApp(park.world, limit=1000)
    answer = await park.call("PUT", "/v1/accounts", [account(str(n)) for n in range(100)])
    assert (answer.status, answer.text[:23]) == (400, "the body has more than ")
    assert park.stored() == OLD


# --- from where


async def _from(peer: str, scheme: str = "http", **options: Any) -> tuple[int, str]:
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"[]"}

    async with rig() as park:
        headers = [(name.encode(), value.encode()) for name, value in park.signed().items()]
        scope = {"type": "http", "method": "PATCH", "scheme": scheme, "client": (peer, 5),
                 "path": "/", "raw_path": b"/api/ica/v1/cards", "query_string": b"",
                 "headers": headers}  # fmt: skip
        await CarParkApp(park.world, **options)(scope, receive, send)
    return said[0]["status"], said[1]["body"].decode()


@pytest.mark.covers("wincardcore", answers="car-park-side/403", rule="no-plain-http")
async def test_plain_http_from_another_machine_is_refused():
    assert await _from("192.0.2.7") == (
        403,
        "plain http is taken from this machine only; use https",
    )


@pytest.mark.parametrize("given", [("127.0.0.1",), ("::1",), ("192.0.2.7", "https")])
async def test_this_machine_and_https_are_taken(given: tuple[str, ...]):
    assert await _from(*given) == (204, "")


@pytest.mark.covers("wincardcore", rule="no-plain-http")
async def test_plain_http_is_taken_where_it_is_meant():
    assert await _from("192.0.2.7", plain_http=True) == (204, "")
