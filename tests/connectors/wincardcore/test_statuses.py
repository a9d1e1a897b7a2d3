"""Each call of either side, refused with each status that it may have: nothing changes."""

import sqlite3

import pytest

from connectors.wincardcore.carpark_rig import account, card, medium, rig
from connectors.wincardcore.settlement_desk import counter
from connectors.wincardcore.test_settlement_refusals import send
from doorward.connectors.wincardcore.twin import changing
from doorward.connectors.wincardcore.wire import operations as ops
from doorward.connectors.wincardcore.wire.operations import OPERATIONS, Operation

OLD = {"old": ["cold"]}
OF_CARPARK = [one for one in OPERATIONS if one.side == "car park"]
OF_CARDS = [ops.PUT_CARDS, ops.PATCH_CARDS, ops.POST_CARDS]


def named(one: object) -> str | None:
    return one.name if isinstance(one, Operation) else None


@pytest.mark.covers(
    "wincardcore",
    answers="p*-accounts/401 delete-accounts/401 *-cards/401 patch-customers/401",
    rule="signature",
)
async def test_a_car_park_takes_no_call_that_is_not_signed():
    async with rig(None, account("old", card("cold"))) as park:
        for one in OF_CARPARK:
            answer = await park.call(one.method, one.path, [], headers={})
            assert (answer.status, bool(answer.text)) == (401, True), one.name
        assert park.stored() == OLD


@pytest.mark.covers(
    "wincardcore", answers="*-cards/400 patch-customers/400 p*-accounts/400 delete-accounts/400"
)
@pytest.mark.parametrize("operation", OF_CARPARK, ids=named)
async def test_a_car_park_refuses_what_is_no_list_with_400(operation: Operation):
    async with rig(None, account("old", card("cold"))) as park:
        answer = await park.call(operation.method, operation.path, b'["old", ')
        assert answer.status == 400
        assert answer.text.startswith("not JSON at line 1")
        assert park.stored() == OLD


@pytest.mark.covers("wincardcore", answers="put-cards/422 patch-cards/422 post-cards/422")
@pytest.mark.parametrize("operation", OF_CARDS, ids=named)
async def test_a_card_that_cannot_be_is_refused_with_422(operation: Operation):
    wrong = {"CardKey": "new", "Media": [medium(3, "N1")]}
    async with rig(None, account("old", card("cold"))) as park:
        answer = await park.call(operation.method, operation.path, [account("old", wrong)])
        assert answer.status == 422
        assert answer.text.startswith("position 1, Card[0].Media[0].MediaType: 3 is none of")
        assert park.stored() == OLD


@pytest.mark.covers("wincardcore", answers="car-park-side/500")
async def test_a_whitelist_that_cannot_be_written_is_a_500(monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    async with rig(None, account("old", card("cold"))) as park:
        monkeypatch.setattr(changing, "delete_cards", full)
        answer = await park.call("DELETE", "/v1/cards", ["cold"])
        assert answer.status == 500
        assert "disk is full" in answer.text
        assert park.stored() == OLD


@pytest.mark.covers(
    "wincardcore",
    answers="get-*/400 get-*/422 *-transaction/400 *-transaction/422 *-card/400 *-card/422",
)
@pytest.mark.parametrize(("key", "wanted"), [("%FF", 400), ("k" * 201, 422), ("%00", 422)])
@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.key_limit], ids=named)
async def test_a_key_that_no_record_can_have_is_refused(
    operation: Operation, key: str, wanted: int
):
    async with counter() as hub:
        before = hub.desk.state()
        status, text = await send(hub, operation, path=f"/api/ica{operation.path}/{key}")
        assert status == wanted
        assert "key in the path" in text
        assert hub.desk.state() == before
