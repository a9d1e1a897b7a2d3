"""The hub as a settlement system: what car parks ask and tell, against a store of its own."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from doorward.connectors.wincardcore import accounts
from doorward.connectors.wincardcore.desk import SettlementDesk
from doorward.connectors.wincardcore.server.settlement_backend import (
    DONE,
    Contradicts,
    Outcome,
    Sender,
    Unfit,
    Unknown,
)
from doorward.connectors.wincardcore.signing import Caller
from doorward.connectors.wincardcore.wire.codes import Action
from doorward.connectors.wincardcore.wire.requests import Refund
from doorward.connectors.wincardcore.wire.transaction import Transaction, write_transaction
from doorward.connectors.wincardcore.wire.whitelist import Account
from doorward.core.parking.months import Month
from doorward.core.parking.settle import settle
from doorward.core.people import Access
from doorward.core.windows import Window
from doorward.storage.store import Store
from e2e.parking_traffic import visits

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SENDER = Sender("garage", Caller("garage-1", NOW, NOW.isoformat()))
OTHER = Sender("other", Caller("other-1", NOW, NOW.isoformat()))
ID = "0006-0000000001"


def _one() -> tuple[Transaction, Transaction]:

    [one] = visits(1, random.Random(1))
    price = msgspec.structs.replace(one.whole.price, price_gross=Decimal("12.50"))  # type: ignore[type-var]
    return one.begun, msgspec.structs.replace(one.whole, price=price)


BEGUN, WHOLE = _one()


@dataclass
class Room:
    """A desk with a store; how often it asked for a run."""

    store: Store
    rung: int = 0
    now: datetime = NOW
    desk: SettlementDesk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = SettlementDesk(self.store.parking, lambda: self.now, self._ring)

    def _ring(self) -> None:
        self.rung += 1

    async def tells(
        self, how: Callable[..., Any], visit: Transaction, id: str = ID, sender: Sender = SENDER
    ) -> Outcome:
        outcome: Outcome = await how(sender, id, visit, write_transaction(visit))
        return outcome

    async def list_account(self, key: str = "club-1", *numbers: str) -> Account:
        """Let the car park have an account, with cards of these numbers."""
        given = (("cards", numbers), ("plates", ("MAB123",)))
        made = accounts.account(key, Access(Window(None, None), given), BERLIN, None)
        await self.store.parking.keep_accounts("garage", [accounts.known(made)], NOW)
        return made


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with Store.open(tmp_path / "hub.db") as store:
        yield Room(store)


# --- visits


@pytest.mark.covers("wincardcore", rule="visit-kept visit-completed late-entry")
async def test_a_visit_is_kept_once_however_often_it_is_told(room: Room):
    for visit in (BEGUN, BEGUN):
        assert await room.tells(room.desk.put, visit) == DONE
    for visit in (WHOLE, WHOLE):
        assert await room.tells(room.desk.patch, visit) == DONE
    assert await room.tells(room.desk.put, BEGUN) == DONE, "it comes late, and opens nothing again"
    record = room.store.parking.visit("garage", ID)
    assert record is not None
    assert (record.state, record.left) == ("completed", Decimal("12.50"))
    assert (record.raw, record.raw_out) == (
        write_transaction(BEGUN).decode(),
        write_transaction(WHOLE).decode(),
    )


@pytest.mark.covers("wincardcore", rule="visit-kept visit-completed")
async def test_what_contradicts_is_not_kept(room: Room):
    await room.tells(room.desk.put, WHOLE)
    other = msgspec.structs.replace(WHOLE, account_key="somebody else")
    for how in (room.desk.put, room.desk.patch):
        outcome = await room.tells(how, other)
        assert isinstance(outcome, Contradicts)
        assert "account differ" in outcome.reason


@pytest.mark.covers("wincardcore", rule="unknown-update-kept")
async def test_an_update_of_what_nobody_told_is_kept(room: Room):
    assert await room.tells(room.desk.patch, WHOLE) == DONE
    record = room.store.parking.visit("garage", ID)
    assert record is not None
    assert record.state == "completed"


async def test_what_the_core_finds_to_contradict_itself_is_unfit(room: Room):
    for how in (room.desk.put, room.desk.patch):
        assert await room.tells(how, WHOLE, "") == Unfit("a visit names its system and has an id")


# --- refunds


async def gives_back(room: Room, amount: str | None, info: str | None = None) -> Outcome:
    asked = Refund(amount=None if amount is None else Decimal(amount), info=info)
    return await room.desk.refund(SENDER, ID, asked)


@pytest.mark.covers("wincardcore", rule="refund refund-repeated refund-too-much")
async def test_money_is_given_back_once_for_each_thing_that_is_said(room: Room):
    await room.tells(room.desk.put, WHOLE)
    assert await gives_back(room, "2.50") == DONE
    assert await gives_back(room, "2.50") == DONE
    assert await gives_back(room, "2.50", "another") == DONE
    record = room.store.parking.visit("garage", ID)
    assert record is not None
    assert record.left == Decimal("7.50")
    assert (record.entries[-1].by, record.entries[-1].sent_at) == ("garage-1", NOW.isoformat())
    assert isinstance(await gives_back(room, "7.51"), Contradicts)
    assert await gives_back(room, None) == DONE


@pytest.mark.covers("wincardcore", rule="refund-too-much")
async def test_of_an_unknown_visit_nothing_is_given_back(room: Room):
    assert await gives_back(room, None) == Unknown("there is no such transaction")


@pytest.mark.covers("wincardcore", rule="billed-once refund-too-much")
async def test_what_is_billed_is_not_given_back(room: Room):
    await room.tells(room.desk.put, WHOLE)
    done = await settle(room.store.parking, "garage", Month(2026, 10), BERLIN, NOW, "eva")
    assert done.statements == 1
    [statement] = room.store.parking.statements("garage", Month(2026, 10))
    outcome = await gives_back(room, None)
    assert outcome == Contradicts(f"the transaction is on statement {statement.number} already")


# --- locks


@pytest.mark.covers("wincardcore", rule="lock")
async def test_a_lock_and_a_release_each_ask_for_a_run_once(room: Room):
    await room.list_account()
    for _ in range(2):
        assert await room.desk.lock(SENDER, "club-1", "lost") == DONE
    assert room.rung == 1
    for _ in range(2):
        assert await room.desk.release(SENDER, "club-1", "found") == DONE
    assert room.rung == 2


@pytest.mark.covers("wincardcore", rule="lock")
async def test_a_card_that_the_car_park_was_not_told_of_is_unknown(room: Room):
    await room.list_account()
    for sender, card in ((SENDER, "nobody"), (OTHER, "club-1")):
        for how in (room.desk.lock, room.desk.release):
            assert await how(sender, card, "") == Unknown("there is no such card")
    assert room.rung == 0


# --- what is asked


@pytest.mark.covers("wincardcore", rule="accounts-told account-told card-told lock-stays")
async def test_accounts_and_cards_are_told_with_the_locks_of_now(room: Room):
    made = await room.list_account("club-1", "1", "2")
    assert list(room.desk.accounts("garage")) == [made]
    assert await room.desk.account("garage", "club-1") == made
    await room.desk.lock(SENDER, "club-1.2", "lost")
    [account] = room.desk.accounts("garage")
    assert await room.desk.account("garage", "club-1") == account
    first, second = account.cards or ()
    assert (first.blocked, second.blocked, second.blocked_info) == (0, 1, "lost")
    assert await room.desk.card("garage", "club-1") == first
    assert await room.desk.card("garage", "club-1.2") == second


@pytest.mark.covers("wincardcore", rule="account-told card-told")
async def test_nothing_is_told_of_what_is_not_listed_there(room: Room):
    await room.list_account()
    for system, key in (("garage", "nobody"), ("other", "club-1")):
        assert await room.desk.account(system, key) is None
        assert await room.desk.card(system, key) is None
    assert list(room.desk.accounts("other")) == []


# --- signs of life


@pytest.mark.covers("wincardcore", rule="command-1")
async def test_a_car_park_that_asks_for_its_list_gets_it_soon_and_was_heard(room: Room):
    await room.desk.command(SENDER, Action.SEND_ALL_ACCOUNTS)
    sign = room.store.parking.signs()["garage"]
    assert (sign.heard_at, sign.whitelist_asked_at, room.rung) == (NOW, NOW, 1)


@pytest.mark.covers("wincardcore", rule="alive")
async def test_an_alive_call_is_remembered_and_asks_for_nothing(room: Room):
    room.now += timedelta(hours=1)
    await room.desk.alive(SENDER)
    sign = room.store.parking.signs()["garage"]
    assert (sign.heard_at, sign.whitelist_asked_at, room.rung) == (room.now, None, 0)
