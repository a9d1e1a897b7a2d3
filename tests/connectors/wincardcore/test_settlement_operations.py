"""The calls at the settlement side over a real socket, each answered with a success."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from connectors.wincardcore.settlement_desk import (
    ACCOUNT,
    CARD,
    ID,
    KEYS,
    OTHER,
    client_of,
    counter,
    garage,
)
from connectors.wincardcore.test_wire_golden import ENDED, OPEN
from doorward.connectors.wincardcore.client.failures import Conflict
from doorward.connectors.wincardcore.server.settlement import CarPark
from doorward.connectors.wincardcore.signing import KeyPair
from doorward.connectors.wincardcore.wire.codes import Action
from doorward.connectors.wincardcore.wire.requests import Refund
from doorward.connectors.wincardcore.wire.whitelist import Account
from doorward.net.line import Line
from doorward.net.secrets import Secret


@pytest.mark.covers(
    "wincardcore",
    client="put-transaction",
    server="put-transaction",
    answers="put-transaction/204",
)
async def test_a_visit_is_delivered_and_a_repeat_is_as_good():
    async with counter() as hub:
        await hub.client.put_transaction(ID, OPEN)
        await hub.client.put_transaction(ID, OPEN)
        assert hub.desk.visits == {("garage", ID): OPEN}


@pytest.mark.covers(
    "wincardcore",
    client="patch-transaction",
    server="patch-transaction",
    answers="patch-transaction/204",
)
async def test_a_visit_is_completed():
    async with counter() as hub:
        await hub.client.put_transaction(ID, OPEN)
        await hub.client.patch_transaction(ID, ENDED)
        await hub.client.patch_transaction(ID, ENDED)
        assert hub.desk.visits == {("garage", ID): ENDED}


@pytest.mark.covers("wincardcore", server="put-transaction")
async def test_a_late_beginning_does_not_open_a_visit_again():
    async with counter() as hub:
        await hub.client.patch_transaction(ID, ENDED)
        await hub.client.put_transaction(ID, OPEN)
        assert hub.desk.visits == {("garage", ID): ENDED}


@pytest.mark.covers(
    "wincardcore",
    answers="put-transaction/409",
    hears="put-transaction/409",
    rule="readable-text",
)
async def test_a_contradiction_is_told_with_its_reason():
    async with counter() as hub:
        await hub.client.put_transaction(ID, ENDED)
        with pytest.raises(Conflict, match="known otherwise") as caught:
            await hub.client.put_transaction(ID, msgspec.structs.replace(ENDED, car_park_id=7))
        assert caught.value.status == 409
        assert len(hub.calls) == 2


@pytest.mark.covers(
    "wincardcore",
    client="refund-transaction",
    server="refund-transaction",
    answers="refund-transaction/204",
)
async def test_money_is_given_back():
    async with counter() as hub:
        await hub.client.put_transaction(ID, ENDED)
        await hub.client.refund(ID)
        partly = Refund(amount=Decimal("1.50"), info="Error")
        await hub.client.refund(ID, partly)
        assert [one[2] for one in hub.desk.refunds] == [Refund(), partly]


@pytest.mark.covers("wincardcore", server="refund-transaction", rule="replay-memory")
async def test_the_same_refund_again_is_a_retry():
    async with counter() as hub:
        await hub.client.put_transaction(ID, ENDED)
        await hub.client.refund(ID, at=hub.time.now)
        await hub.client.refund(ID, at=hub.time.now)
        assert len(hub.desk.refunds) == 1


async def test_a_refund_signed_later_is_the_settlement_systems_to_judge():
    async with counter() as hub:
        await hub.client.put_transaction(ID, ENDED)
        await hub.client.refund(ID)
        hub.time.now += timedelta(seconds=1)
        await hub.client.refund(ID)
        assert len(hub.desk.refunds) == 2


async def test_a_refund_that_was_declined_is_judged_anew():
    async with counter() as hub:
        at = hub.time.now
        hub.desk.billed = True
        await hub.client.put_transaction(ID, ENDED)
        with pytest.raises(Conflict):
            await hub.client.refund(ID, at=at)
        hub.desk.billed = False
        await hub.client.refund(ID, at=at)
        assert len(hub.desk.refunds) == 1


@pytest.mark.covers(
    "wincardcore",
    client="lock-card release-card",
    server="lock-card release-card",
    answers="lock-card/204 release-card/204",
)
async def test_a_card_is_locked_and_released_by_a_key_of_any_characters():
    async with counter() as hub:
        await hub.client.lock_card(CARD.card_key, "Card lost")
        await hub.client.lock_card(CARD.card_key)
        assert hub.desk.locked == {CARD.card_key: "Card lost"}
        assert (await hub.client.card(CARD.card_key)).blocked_info == "Card lost"
        await hub.client.release_card(CARD.card_key, "Card regained")
        assert hub.desk.locked == {}


@pytest.mark.covers("wincardcore", client="command", server="command", answers="command/204")
async def test_a_command_is_remembered():
    async with counter() as hub:
        await hub.client.command()
        assert hub.desk.commands == [("garage", Action.SEND_ALL_ACCOUNTS)]


@pytest.mark.covers("wincardcore", client="alive", server="alive", answers="alive/204")
async def test_a_sign_of_life_is_remembered():
    async with counter() as hub:
        await hub.client.alive()
        assert hub.desk.alive_calls == ["garage"]


@pytest.mark.covers(
    "wincardcore",
    client="get-account",
    server="get-account",
    answers="get-account/200",
    rule="account-told",
)
async def test_an_account_is_shown():
    async with counter() as hub:
        assert await hub.client.account(ACCOUNT.account_key) == ACCOUNT


@pytest.mark.covers(
    "wincardcore",
    client="get-card",
    server="get-card",
    answers="get-card/200",
    rule="card-told",
)
async def test_a_card_is_shown():
    async with counter() as hub:
        assert await hub.client.card(CARD.card_key) == CARD


@pytest.mark.covers(
    "wincardcore",
    client="get-accounts",
    server="get-accounts",
    answers="get-accounts/200",
    rule="accounts-told",
)
async def test_all_accounts_are_shown():
    async with counter() as hub, hub.client.accounts() as accounts:
        assert list(accounts) == [ACCOUNT, OTHER]


@pytest.mark.covers("wincardcore", server="get-accounts", rule="accounts-told")
async def test_no_accounts_are_an_empty_list():
    async with counter() as hub:
        hub.desk.listed = []
        async with hub.client.accounts() as accounts:
            assert list(accounts) == []


@pytest.mark.covers("wincardcore", server="get-accounts", rule="accounts-told")
async def test_many_accounts_come_in_pieces():
    async with counter() as hub:
        hub.desk.listed = [Account(account_key=f"{number}") for number in range(12_345)]
        async with hub.client.accounts() as accounts:
            assert list(accounts) == hub.desk.listed


@pytest.mark.covers("wincardcore", rule="prefix")
async def test_a_prefix_of_ones_own_is_served():
    async with counter(prefix="/parking/hub") as hub:
        await hub.client.alive()
        assert hub.calls[0].path == "/parking/hub/v1/command"


async def test_car_parks_under_one_prefix_are_told_apart_by_their_client_ids():
    async with counter([garage(), garage("harbour", "garage-2")]) as hub:
        async with Line("hub", hub.url) as line:
            await client_of(line, hub.time, client_id="garage-2").put_transaction(ID, OPEN)
        await hub.client.put_transaction(ID, ENDED)
        assert hub.desk.visits == {("harbour", ID): OPEN, ("garage", ID): ENDED}


async def test_two_car_parks_cannot_sign_with_one_client_id():
    with pytest.raises(ValueError, match="garage and harbour have the same ClientId 'garage-1'"):
        async with counter([garage(), garage("harbour")]):
            pass


@pytest.mark.covers("wincardcore", rule="key-rotation")
async def test_the_old_keys_are_taken_beside_the_new_ones_while_they_are_changed():
    new = KeyPair(Secret("new-auth"), Secret("new-sig"))
    async with counter([CarPark("garage", "garage-1", (new, KEYS))]) as hub:
        await hub.client.alive()
        assert hub.desk.alive_calls == ["garage"]


async def test_no_call_shows_a_key_in_its_record():
    async with counter() as hub:
        await hub.client.put_transaction(ID, ENDED)
        shown = hub.calls[0].request
        assert "ClientId: garage-1" in shown
        assert str(KEYS.auth_key) not in shown
        assert "Signature: •••" in shown
        assert '"MediaId":"•••"' in shown
