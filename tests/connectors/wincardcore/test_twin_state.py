"""The twin around the car park: its state, its page, its clock, its faults."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from connectors.wincardcore.carpark_rig import (
    account,
    at_noon,
    card,
    medium,
    numberless,
    rig,
    settled_rig,
)
from doorward.connectors.kinds import twin_kind
from doorward.connectors.wincardcore.twin.outbox import Delivery, Outbox
from doorward.connectors.wincardcore.twin.rules import Rules
from doorward.connectors.wincardcore.twin_settings import TwinOptions

ONE = account("a", card("1", "4711-0815", medium(2, "DO-AB 123")))


# --- state


async def test_the_state_can_be_put_back_as_it_is():
    async with rig(TwinOptions(people=3), capacity=5) as park:
        await park.drive_in("C10001")
        await park.drive_out("C10001")
        await park.drive_in("C10002")
        await park.operator("lock", card="card-10003", info="lost")
        await park.ok("PATCH", "/v1/cards", [account("10001", numberless("x"))])
        before = park.world.document()
        park.world.reset()
        assert park.state()["visits"] == []
        park.world.restore(before)
        assert park.world.document() == before
        opened = await park.drive_in("C10001")
    assert opened["visit"] == "0006-0000000003"


async def test_parts_that_are_left_out_stay():
    async with rig(None, ONE) as park:
        await park.drive_in("4711-0815")
        park.world.restore(b'{"settings": {"capacity": 1}}')
        assert park.state()["settings"]["capacity"] == 1
        assert (park.stored(), len(park.state()["visits"])) == ({"a": ["1"]}, 1)
        park.world.restore(b'{"accounts": [], "record": 99}')
        assert (park.stored(), len(park.state()["visits"])) == ({}, 1)


async def test_a_reset_goes_on_with_the_numbers_of_visits():
    async with rig(TwinOptions(people=1)) as park:
        await park.drive_in("C10001")
        async with park.session.post(f"{park.url}/_twin/reset") as answer:
            assert answer.status == 204
        assert (await park.drive_in("C10001"))["visit"] == "0006-0000000002"


async def test_everything_outlives_the_process(tmp_path: Path):
    options = TwinOptions(state=tmp_path / "kept")
    async with rig(options, ONE, capacity=3) as park:
        park.world.restore(
            b'{"clients": [{"client_id": "other", "auth_key": "a", "sig_key": "s"}]}'
        )
        await park.drive_in("4711-0815")
        await park.operator("lock", card="1", info="lost")
        park.later(hours=1)
        before, time = park.state(), park.world.clock()
    async with rig(options, clock=at_noon(), capacity=3) as park:
        assert (park.state(), park.world.clock()) == (before, time)


BAD_STATES: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"{", "Input data was truncated"),
    "unknown part": (b'{"member": []}', "unknown field `member`"),
    "unknown switch": (b'{"settings": {"colour": 1}}', "unknown field `colour`"),
    "no category 0": (b'{"settings": {"tariffs": {"1": {}}}}', "category 0 is missing"),
    "no zone": (b'{"settings": {"time_zone": "Dortmund"}}', "'Dortmund' is no time zone"),
    "negative price": (b'{"settings": {"tariffs": {"0": {"per_hour": -1}}}}', "'per_hour'"),
    "too much VAT": (b'{"settings": {"tariffs": {"0": {"vat": 101}}}}', "'vat': is above 100"),
    "car park": (b'{"settings": {"car_park": 10000}}', "Expected `int` <= 9999"),
    "client": (b'{"clients": [{"client_id": "", "auth_key": "a", "sig_key": "s"}]}', "ClientId"),
    "keys": (b'{"clients": [{"client_id": "c", "auth_key": "", "sig_key": "s"}]}', "AuthKey"),
    "account": (b'{"accounts": [{"AccountKey": ""}]}', "position 1, AccountKey: is empty"),
    "record": (b'{"record": -1}', "'record': has ten digits"),
    "visit": (b'{"visits": [{"id": "x"}]}', "missing required field `transaction`"),
    "delivery twice": (
        b'{"deliveries": [{"number": 1, "kind": "command"}, {"number": 1, "kind": "command"}]}',
        "'deliveries': one is there twice",
    ),
}


@pytest.mark.parametrize(("document", "text"), BAD_STATES.values(), ids=list(BAD_STATES))
async def test_a_state_that_cannot_be_is_refused_and_nothing_changes(document: bytes, text: str):
    async with rig(None, ONE) as park:
        before = park.world.document()
        async with park.session.put(f"{park.url}/_twin/state", data=document) as answer:
            assert answer.status == 400
            assert text in (await answer.json())["error"]
        assert park.world.document() == before


async def test_a_card_cannot_be_inside_twice():
    async with rig(None, ONE) as park:
        await park.drive_in("4711-0815")
        [visit] = park.state()["visits"]
        twice = json.dumps({"visits": [visit, {**visit, "id": "0006-0000000009"}]})
        with pytest.raises(ValueError, match="inside by visit 0006-0000000001 already"):
            park.world.restore(twice.encode())
        with pytest.raises(ValueError, match="'visits': one is there twice"):
            park.world.restore(json.dumps({"visits": [visit, visit]}).encode())


async def test_a_long_whitelist_is_told_in_pieces():
    accounts = [account(f"{number:05}", card(str(number))) for number in range(2500)]
    async with rig(None, *accounts) as park:
        pieces = list(park.world.pieces())
        async with park.session.get(f"{park.url}/_twin/state") as answer:
            told = await answer.read()
    assert len(pieces) == 5
    assert told == b"".join(pieces)
    assert [one["AccountKey"] for one in json.loads(told)["accounts"]] == [
        one["AccountKey"] for one in accounts
    ]


async def test_the_state_is_of_one_moment_while_the_list_changes():
    accounts = [account(f"{number:05}", card(str(number))) for number in range(2500)]
    async with rig(None, *accounts) as park:
        coming = park.world.pieces()
        begun = next(coming) + next(coming)
        await park.ok("PUT", "/v1/accounts", [account("new")])
        park.world.whitelist.swept()
        whole = begun + b"".join(coming)
        assert len(json.loads(whole)["accounts"]) == 2500
        assert park.stored() == {"new": []}


def test_the_command_knows_the_twin():
    kind = twin_kind("wincardcore")
    assert kind.options is TwinOptions


# --- page


async def test_the_page_shows_who_is_inside_what_is_owed_and_what_was_passed_over():
    async with rig(None, ONE, account("b", card("2"), numberless("3")), capacity=9) as park:
        await park.drive_in("4711-0815")
        await park.drive_in("N2")
        park.later(hours=3)
        await park.drive_out("N2")
        await park.operator("cancel", card="1")
        await park.drive_in("N2")
        async with park.session.get(f"{park.url}/_twin/") as answer:
            page = await answer.text()
    for text in ("1 of 9", "6.00 EUR", "1 system", "102 cancelled operator", "0006-0000000003",
                 "Card[1]", "there is nobody to call", "card_number"):  # fmt: skip
        assert text in page, text
    assert "4711-0815" not in page  # a number is enough to copy a card


async def test_numbers_and_keys_are_shown_nowhere():
    async with rig(None, ONE) as park:
        await park.ok("PATCH", "/v1/accounts", [ONE])
        async with park.session.get(f"{park.url}/_twin/calls") as answer:
            calls = await answer.text()
    assert "4711-0815" not in calls
    assert "PATCH" in calls


# --- faults


@pytest.mark.parametrize(
    ("kind", "status"), [("busy", 503), ("refuse", 422), ("unauthorised", 401)]
)
async def test_faults_have_the_statuses_of_the_document(kind: str, status: int):
    async with rig(None, ONE) as park:
        park.fault("DELETE .*/accounts", kind)
        answer = await park.call("DELETE", "/v1/accounts", ["a"])
        assert (answer.status, bool(answer.text)) == (status, True)
        assert park.stored() == {"a": ["1"]}
        await park.ok("DELETE", "/v1/accounts", ["a"])


@pytest.mark.parametrize(("kind", "left"), [("lost answer", {}), ("drop", {"a": ["1"]})])
async def test_a_lost_answer_does_the_work(kind: str, left: dict[str, Any]):
    async with rig(None, ONE) as park:
        park.fault("DELETE", kind)
        with pytest.raises(aiohttp.ClientError):
            await park.call("DELETE", "/v1/accounts", ["a"])
        assert park.stored() == left


async def test_a_lost_answer_to_the_last_block_has_swapped_the_list():
    async with rig(None, ONE) as park:
        assert (await park.block(1, 1, 2, "x")).status == 202
        park.fault("PUT", "lost answer")
        with pytest.raises(aiohttp.ClientError):
            await park.block(2, 2, 2, "y")
        assert sorted(park.stored()) == ["x", "y"]
        assert (await park.block(2, 2, 2, "y")).status == 422  # it has to begin again
        assert sorted(park.stored()) == ["x", "y"]


# --- small things


def test_deliveries_that_were_kept_are_all_due_at_once():
    clock = at_noon()
    kept = [
        Delivery(number=1, kind="command", due=clock().replace(year=2030)),
        Delivery(number=2, kind="lock", key="1", refused=True),
    ]
    outbox = Outbox(kept)
    assert (len(outbox), list(outbox.refused)) == (1, [2])
    assert outbox.next(clock()) == Delivery(number=1, kind="command")
    assert outbox.next(clock()) is None
    assert outbox.next_due() is None


def test_the_rules_read_what_they_write():
    rules = Rules(capacity=3, refused=(4, 5))
    written = msgspec.json.encode(rules)
    assert msgspec.json.decode(written, type=Rules, strict=False) == rules


async def test_a_state_put_in_while_something_is_told_knows_nothing_of_it():
    async with settled_rig(ONE, script=["hold"]) as (park, settlement):
        await park.drive_in("4711-0815")
        await settlement.until(1)
        park.world.restore(b'{"visits": [], "deliveries": []}')
        settlement.go.set()
        await park.drive_in("4711-0815")
        await settlement.until(2)
        assert settlement.calls()[-1] == "PUT /transactions/0006-0000000002"
