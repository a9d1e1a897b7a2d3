"""What the operator of the twin's car park can do (WinCardCore 3.3, 4, 5 and 6)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.wincardcore.carpark_rig import Rig, account, card, medium, rig

VISIT = "0006-0000000001"


@pytest.fixture
async def park() -> AsyncIterator[Rig]:
    async with rig(
        None, account("a", card("1", "N1", medium(2, "X 1"))), account("b", card("2"))
    ) as made:
        yield made


def deliveries(park: Rig) -> list[tuple[Any, ...]]:
    return [(one["kind"], one.get("key"), one.get("info")) for one in park.state()["deliveries"]]


@pytest.mark.covers("wincardcore", twin="lock-card release-card")
async def test_a_lock_keeps_a_card_out_until_it_is_released(park: Rig):
    await park.operator("lock", medium="X1", info="lost")
    assert (await park.drive_in("N1"))["reason"][:7] == "locked:"
    assert (await park.drive_in("N2"))["opens"]
    await park.operator("release", card="1", info="found")
    assert (await park.drive_in("N1"))["opens"]
    assert deliveries(park)[:1] + deliveries(park)[2:3] == [
        ("lock", "1", "lost"),
        ("release", "1", "found"),
    ]


async def test_a_card_may_be_locked_that_is_on_no_whitelist(park: Rig):
    await park.operator("lock", card="gone")
    assert deliveries(park) == [("lock", "gone", None)]


@pytest.mark.covers("wincardcore", rule="operator", happens="EntryStatus-2")
async def test_the_operator_lets_in_whom_the_whitelist_refuses(park: Rig):
    await park.operator("lock", card="1")
    opened = await park.operator("open-in", medium="N1", info_id=1, device=2)
    entry = opened["transaction"]["DriveIn"]
    assert (entry["Status"], entry["InfoId"], entry["DeviceNumber"]) == (2, 1, 2)


async def test_nobody_unknown_can_be_let_in(park: Rig):
    assert (await park.operator("open-in", medium="nothing"))["opens"] is False


@pytest.mark.covers("wincardcore", rule="operator", happens="ExitStatus-2")
async def test_the_operator_lets_out_for_the_normal_price(park: Rig):
    await park.drive_in("N1")
    opened = await park.operator("open-out", medium="N1")
    assert (opened["transaction"]["DriveOut"]["Status"], opened["price"]) == (2, "2.00")


@pytest.mark.covers("wincardcore", rule="operator", happens="ExitStatus-4")
async def test_the_operator_sets_a_price(park: Rig):
    await park.drive_in("N1")
    opened = await park.operator("price", visit=VISIT, amount=7.5)
    assert (opened["transaction"]["DriveOut"]["Status"], opened["price"]) == (4, "7.50")


@pytest.mark.covers("wincardcore", rule="operator", happens="ExitStatus-102 ExitStatus-103")
@pytest.mark.parametrize(("do", "status"), [("cancel", 102), ("rollback", 103)])
async def test_a_visit_is_cancelled(park: Rig, do: str, status: int):
    await park.drive_in("N1")
    done = await park.operator(do, card="1", info_id=4)
    told = done["transaction"]
    assert (told["Status"], told["DriveOut"]["Status"], told["DriveOut"]["InfoId"]) == (
        2,
        status,
        4,
    )
    assert not (await park.drive_out("N1"))["opens"]


@pytest.mark.covers("wincardcore", rule="operator", happens="EntryStatus-3 ExitStatus-105")
async def test_a_visit_is_begun_anew_with_another_time(park: Rig):
    await park.drive_in("N1")
    opened = await park.operator("replace", medium="N1", at="2026-11-26T09:30:00+01:00")
    over, begun = (one["transaction"] for one in park.state()["visits"])
    assert (over["Status"], over["DriveOut"]["Status"]) == (2, 105)
    assert begun["DriveIn"]["Status"] == 3
    assert begun["DriveIn"]["DateTime"] == "2026-11-26T09:30:00+01:00"
    assert (await park.drive_out("N1"))["price"] == "6.00"
    assert opened["cancelled"] == VISIT


@pytest.mark.covers("wincardcore", twin="refund-transaction")
async def test_money_is_given_back_in_parts_and_then_the_rest(park: Rig):
    await park.drive_in("N1")
    park.later(hours=1.5)
    await park.drive_out("N1")
    done = await park.operator("refund", medium="N1", amount=1.5, info="too dark", info_id=5)
    assert done["refunded"] == "1.50"
    assert (await park.operator("refund", visit=VISIT))["refunded"] == "4.00"
    told = [one["refund"] for one in park.state()["deliveries"] if one["kind"] == "refund"]
    assert told == [{"Amount": 1.5, "InfoId": 5, "Info": "too dark"}, {}]


@pytest.mark.covers("wincardcore", twin="command", happens="Action-1")
async def test_it_asks_for_the_whole_list(park: Rig):
    await park.operator("ask-all")
    assert deliveries(park) == [("command", None, None)]


async def test_it_says_when_there_is_nobody_to_call(park: Rig):
    assert (await park.operator("alive"))["said"] == "there is nobody to call"
    assert (await park.operator("retry"))["done"]
    assert (await park.operator("forget"))["done"]


@pytest.mark.parametrize(
    ("order", "text"),
    [
        ({"do": "lock"}, "'medium' is missing"),
        ({"do": "lock", "card": ".."}, "'card' is no CardKey"),
        ({"do": "lock", "card": "x" * 201}, "'card' is no CardKey"),
        ({"do": "lock", "medium": "nothing"}, "unknown: no card has this medium"),
        ({"do": "cancel", "medium": "N1"}, "not inside: no open visit"),
        ({"do": "cancel", "card": "1"}, "card '1' is not inside"),
        ({"do": "cancel", "visit": "0006-0000000009"}, "there is no visit '0006-0000000009'"),
        ({"do": "cancel", "visit": VISIT}, f"{VISIT} is over"),
        ({"do": "refund", "visit": VISIT, "amount": 2.01}, f"of {VISIT} 2.00 is left, not 2.01"),
        ({"do": "refund", "card": "1"}, "card '1' has paid for no visit"),
        ({"do": "refund", "visit": "0006-0000000002"}, "0006-0000000002 has no price to refund"),
        ({"do": "price", "visit": "0006-0000000002"}, "'amount' is missing"),
        ({"do": "replace", "card": "1"}, "'at', the new time of entry, is missing"),
        (
            {"do": "replace", "card": "1", "at": "2026-11-26T11:30:00"},
            "'at', the new time of entry, is missing",
        ),
        (
            {"do": "replace", "card": "1", "at": "2026-11-27T11:30:00Z"},
            "'at', the new time of entry, is yet",
        ),
    ],
)
async def test_what_cannot_be_done_is_refused_with_the_reason(
    park: Rig, order: dict[str, Any], text: str
):
    await park.drive_in("N2")
    await park.drive_out("N2")
    if order.get("visit") == "0006-0000000002" or order["do"] == "replace":
        await park.drive_in("N1")
    before = park.state()
    status, said = await park.refused("operator", order)
    assert (status, said.startswith(text)) == (409, True), said
    assert park.state() == before


async def test_a_card_that_is_gone_cannot_begin_anew(park: Rig):
    await park.drive_in("N1")
    await park.ok("DELETE", "/v1/accounts", ["a"])
    order = {"do": "replace", "card": "1", "at": "2026-11-26T09:30:00Z"}
    status, said = await park.refused("operator", order)
    assert (status, said) == (409, "card '1' is on the whitelist no more")
