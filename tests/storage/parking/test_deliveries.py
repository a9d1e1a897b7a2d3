"""Visits delivered to the store: each kept once, whatever the line and the callers do."""

import asyncio
import random
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from core.parking.world import BERLIN, HOUR, NOON, aborted, completed, opened, passage, refund
from doorward.core.parking.deliveries import Contradiction, Repeat, Stored
from doorward.core.parking.refunds import Billed, Unknown
from doorward.core.parking.visits import Discount, Price
from doorward.storage.errors import Unwritable
from doorward.storage.parking import delivering
from doorward.storage.store import Reader, Store
from storage.parking.deliveries import RAW, account, left, listed, patch, put


async def test_a_visit_is_kept_whole(store: Store):
    discount = Discount(Decimal("1.50"), "spring sale", "5:5", "Supermarkt Müller", "a comment")
    price = Price(Decimal("0.50"), Decimal("19.00"), (discount,))
    visit = completed(price=price, exit=passage((NOON + HOUR).astimezone(BERLIN), info_id=3))
    answer = await put(store, visit)
    assert isinstance(answer, Stored)
    known = store.parking.visit("garage", visit.id)
    assert known is not None
    assert (known.visit, known.state, known.raw, known.raw_out) == (visit, "completed", RAW, "")
    assert (known.received_at, known.test, known.statement) == (NOON, False, "")
    [charge] = known.entries
    assert (charge.kind, str(charge.amount), str(charge.vat)) == ("charge", "0.50", "0.08")
    assert (charge.at, charge.corrects, charge.id > 0) == (NOON + HOUR, None, True)


async def test_a_visit_that_is_not_there_is_none(store: Store):
    assert store.parking.visit("garage", "0006-1") is None


@pytest.mark.covers("wincardcore", rule="visit-completed")
async def test_an_update_ends_a_visit_and_both_documents_are_kept(store: Store):
    await put(store, opened(), "in")
    assert isinstance(await patch(store, completed(), "out"), Stored)
    known = store.parking.visit("garage", opened().id)
    assert known is not None
    assert (known.visit, known.state) == (completed(), "completed")
    assert (known.raw, known.raw_out, known.left) == ("in", "out", Decimal("5.00"))


@pytest.mark.covers("wincardcore", rule="unknown-update-kept")
async def test_an_update_of_what_is_not_known_is_kept(store: Store):
    assert isinstance(await patch(store, completed()), Stored)
    assert isinstance(await put(store, opened()), Repeat)
    assert left(store, completed()) == Decimal("5.00")


@pytest.mark.covers("wincardcore", rule="visit-kept")
async def test_a_repeat_and_a_contradiction_change_nothing(store: Store):
    await put(store, completed(), "first")
    before = store.parking.visit("garage", completed().id)
    assert isinstance(await put(store, completed(), "again"), Repeat)
    assert isinstance(await put(store, completed(gross="6.00")), Contradiction)
    assert isinstance(await patch(store, completed(gross="6.00")), Contradiction)
    assert store.parking.visit("garage", completed().id) == before


async def test_systems_number_their_visits_each_for_themselves(store: Store):
    await put(store, completed())
    assert isinstance(await put(store, completed(system="roof", gross="6.00")), Stored)
    assert left(store, completed()) == Decimal("5.00")


async def test_an_aborted_visit_has_no_money(store: Store):
    await put(store, opened())
    await patch(store, aborted())
    known = store.parking.visit("garage", opened().id)
    assert known is not None
    assert (known.state, known.entries) == ("aborted", ())


async def test_what_waits_together_is_answered_each_for_itself(store: Store):
    await put(store, completed(1))
    answers = await asyncio.gather(
        put(store, completed(1)),
        put(store, completed(2)),
        put(store, completed(2)),
        put(store, completed(2, gross="6.00")),
        put(store, opened(3)),
        patch(store, completed(3)),
        patch(store, completed(3)),
        put(store, completed(1, gross="6.00")),
        patch(store, completed(4)),
    )
    assert [type(one) for one in answers] == [
        Repeat,
        Stored,
        Repeat,
        Contradiction,
        Stored,
        Stored,
        Repeat,
        Contradiction,
        Stored,
    ]
    assert [left(store, completed(number)) for number in (1, 2, 3, 4)] == [Decimal("5.00")] * 4


async def test_what_waits_together_shares_a_commit(store: Store):
    commits: list[None] = []
    event.listen(store._writer.engine, "commit", lambda _: commits.append(None))
    await asyncio.gather(*(put(store, completed(number)) for number in range(200)))
    assert len(commits) == 1
    await asyncio.gather(*(put(store, completed(number)) for number in range(200, 900)))
    assert len(commits) == 1 + 3


async def test_two_programs_keep_each_visit_once(store: Store, address: str):
    with Store.open(address) as other:
        answers = await asyncio.gather(
            *(put(one, completed(number)) for number in range(50) for one in (store, other) * 2)
        )
    assert sum(isinstance(one, Stored) for one in answers) == 50
    assert sum(isinstance(one, Repeat) for one in answers) == 150
    assert {left(store, completed(number)) for number in range(50)} == {Decimal("5.00")}


@pytest.mark.covers("wincardcore", rule="ten-thousand")
async def test_over_a_bad_line_nothing_is_lost_or_doubled(store: Store):
    """Each step of each visit is told until it is heard, some after the next one, by many."""
    chance = random.Random(4)

    async def car(number: int) -> None:
        steps = [(put, opened(number)), (patch, completed(number, f"{number % 7}.50"))]
        for step, visit in steps:
            while (
                not isinstance(await step(store, visit), Stored | Repeat) or chance.random() < 0.4
            ):
                await asyncio.sleep(0)
        for step, visit in chance.choices(steps, k=2):
            assert await step(store, visit) == Repeat()

    await asyncio.gather(*(car(number) for number in range(300)))
    totals = [left(store, completed(number)) for number in range(300)]
    assert totals == [Decimal(f"{number % 7}.50") for number in range(300)]


async def test_one_that_fails_does_not_take_the_others_with_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    def take(self: object, connection: object, batch: list[delivering.Delivery]) -> object:
        if any(one.visit.id == completed(2).id for one in batch):
            raise ZeroDivisionError
        return original(intake, connection, batch)

    intake, original = delivering.Intake(), delivering.Intake.take
    monkeypatch.setattr(store.parking._deliveries, "_work", lambda db, batch: take(0, db, batch))
    answers = await asyncio.gather(
        *(put(store, completed(number)) for number in (1, 2, 3)), return_exceptions=True
    )
    assert [type(one) for one in answers] == [Stored, ZeroDivisionError, Stored]
    assert left(store, completed(3)) == Decimal("5.00")


@pytest.mark.covers("wincardcore", rule="durable")
async def test_a_caller_who_goes_away_leaves_its_visit_kept(store: Store):
    task = asyncio.create_task(put(store, completed(1)))
    other = asyncio.create_task(put(store, completed(2)))
    await asyncio.sleep(0)
    task.cancel()
    assert isinstance(await other, Stored)
    assert left(store, completed(1)) == Decimal("5.00")


@pytest.mark.parametrize("failure", [ZeroDivisionError(), Unwritable("here", "full disk")])
async def test_a_caller_who_goes_away_is_not_told_of_a_failure(
    store: Store, monkeypatch: pytest.MonkeyPatch, failure: Exception
):
    left = [failure]

    def fail(connection: object, batch: object) -> object:
        raise left.pop()

    monkeypatch.setattr(store.parking._deliveries, "_work", fail)
    task = asyncio.create_task(put(store, completed(1)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    while left:
        await asyncio.sleep(0.001)
    assert store.parking.visit("garage", completed(1).id) is None


@pytest.mark.covers("wincardcore", rule="durable")
async def test_when_the_database_fails_all_of_that_commit_are_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    def fail(connection: object, batch: object) -> object:
        raise Unwritable("here", "the disk is full")

    monkeypatch.setattr(store.parking._deliveries, "_work", fail)
    answers = await asyncio.gather(
        *(put(store, completed(number)) for number in (1, 2)), return_exceptions=True
    )
    assert [type(one) for one in answers] == [Unwritable, Unwritable]


async def test_a_closed_store_takes_nothing_and_says_so(address: str):
    store = Store.open(address)
    store.close()
    with pytest.raises(Unwritable, match="closed"):
        await put(store, completed())


def test_a_store_is_used_by_one_loop_after_another(address: str):
    with Store.open(address) as store:
        for number in (1, 2):
            assert isinstance(asyncio.run(put(store, completed(number))), Stored)


async def test_text_of_any_kind_is_kept(store: Store):
    odd = completed(account="Zoë\0'; drop table parking_visits", card="%_\\")
    assert isinstance(await put(store, odd, "a\0b"), Stored)
    assert isinstance(await put(store, odd, "a\0b"), Repeat)
    known = store.parking.visit("garage", odd.id)
    assert known is not None
    assert (known.visit, known.raw) == (odd, "a\ufffdb")


async def test_a_visit_of_a_test_card_is_marked(store: Store):
    await listed(store, [account(1, test=True), account(2)])
    await put(store, opened(1))
    await patch(store, completed(1))
    await put(store, completed(2))
    known = [store.parking.visit("garage", completed(number).id) for number in (1, 2)]
    assert [one.test for one in known if one] == [True, False]


@pytest.mark.covers("wincardcore", rule="refund refund-repeated")
async def test_money_is_given_back_once(store: Store):
    await put(store, completed())
    asked = refund(amount="1.50", info="Error", info_id=5)
    answers = await asyncio.gather(*(store.parking.refund(asked, NOON) for _ in range(5)))
    assert sum(isinstance(one, Stored) for one in answers) == 1
    assert sum(isinstance(one, Repeat) for one in answers) == 4
    known = store.parking.visit("garage", completed().id)
    assert known is not None
    charge, back = known.entries
    assert (back.amount, back.asked, back.vat) == (
        Decimal("-1.50"),
        Decimal("1.50"),
        Decimal("-0.24"),
    )
    assert (back.info, back.info_id, back.by) == ("Error", 5, "garage-1")
    assert back.corrects == charge.id
    assert isinstance(await store.parking.refund(refund(), NOON), Stored)
    assert left(store, completed()) == 0


async def test_an_open_visit_is_cancelled(store: Store):
    await put(store, opened())
    assert isinstance(await store.parking.refund(refund(), NOON), Stored)
    known = store.parking.visit("garage", opened().id)
    assert known is not None
    assert (known.state, known.visit.status) == ("cancelled", "open")
    assert store.parking.inside() == []
    assert isinstance(await patch(store, completed()), Contradiction)
    assert isinstance(await patch(store, aborted()), Stored)
    assert isinstance(await put(store, opened()), Repeat)


@pytest.mark.covers("wincardcore", rule="refund-too-much")
async def test_what_is_not_known_or_too_much_is_refused(store: Store):
    assert await store.parking.refund(refund(), NOON) == Unknown()
    await put(store, completed())
    assert isinstance(await store.parking.refund(refund(amount="5.01"), NOON), Contradiction)
    assert not isinstance(await store.parking.refund(refund(amount="5.00"), NOON), Billed)


@pytest.mark.covers("wincardcore", rule="alive")
async def test_a_car_park_that_delivers_is_heard(store: Store):
    assert store.parking.signs() == {}
    await put(store, completed(1))
    await store.parking.put(completed(2), RAW, NOON + timedelta(milliseconds=10))
    await store.parking.put(completed(3), RAW, NOON + HOUR)
    assert store.parking.signs()["garage"].heard_at == NOON + HOUR
    await store.parking.heard("roof", NOON)
    assert store.parking.signs()["roof"].heard_at == NOON


async def test_a_reader_sees_visits_and_cannot_take_any(store: Store, address: str):
    await put(store, completed())
    with Reader.open(address) as reader:
        assert reader.parking.visit("garage", completed().id) is not None
        assert not hasattr(reader.parking, "put")
