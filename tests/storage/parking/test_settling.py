"""Billing in the store: a month in one act, each entry on one statement, nothing twice."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from core.parking.world import BERLIN, HOUR, NOON, completed, correction, opened, passage, refund
from doorward.core.parking.deliveries import Repeat, Stored
from doorward.core.parking.months import Month
from doorward.core.parking.refunds import Billed
from doorward.core.parking.settle import drafts, settle
from doorward.core.parking.settlement import Bill, Settlement
from doorward.core.parking.statements import SumsDiffer
from doorward.storage.parking.tables import entries, locks, statements, visits
from doorward.storage.retention import Retention
from doorward.storage.store import Store
from storage.factories import DAY
from storage.parking.deliveries import account, listed, put

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
AFTER = OCTOBER.end(BERLIN) + DAY
LATER = NOVEMBER.end(BERLIN) + DAY


async def settled(store: Store, month: Month = OCTOBER, system: str = "garage") -> Settlement:
    return await settle(store.parking, system, month, BERLIN, LATER, "anna")


def numbers(store: Store, month: Month = OCTOBER, system: str = "garage") -> list[str]:
    return [one.number for one in store.parking.statements(system, month)]


async def test_a_month_is_billed_by_account(store: Store):
    await put(store, completed(1, account="a1"))
    await put(store, completed(2, gross="1.07", rate="7.00", account="a1"))
    await put(store, completed(3, account="a2"))
    done = await settled(store)
    assert (done.statements, done.gross, done.by) == (2, Decimal("11.07"), "anna")
    first, second = store.parking.statements("garage", OCTOBER)
    assert (first.number, first.account) == ("2026-10-00001", "a1")
    assert [(str(one.rate), str(one.gross), str(one.vat)) for one in first.totals.rates] == [
        ("7.00", "1.07", "0.07"),
        ("19.00", "5.00", "0.80"),
    ]
    assert [line.visit for line in first.lines] == [
        completed(1, account="a1"),
        completed(2, gross="1.07", rate="7.00", account="a1"),
    ]
    assert {line.entry.statement for line in first.lines} == {first.number}
    assert store.parking.statement(second.number) == second
    assert store.parking.statement("2026-10-00003") is None


async def test_a_draft_is_what_is_billed_and_writes_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("doorward.storage.parking.settling.STATEMENTS", 2)
    for number in range(1, 6):
        await put(store, completed(number))
    before = list(drafts(store.parking, "garage", OCTOBER, BERLIN))
    assert numbers(store) == []
    assert store.parking.settlement("garage", OCTOBER) is None
    await settled(store)
    after = store.parking.statements("garage", OCTOBER)
    assert [one.totals for one in after] == [one.totals for one in before]
    assert numbers(store) == [f"2026-10-{number:05}" for number in range(1, 6)]


@pytest.mark.covers("wincardcore", rule="billed-once")
async def test_a_month_is_billed_once(store: Store):
    await put(store, completed(1))
    first = await settled(store)
    assert await settled(store) == first
    assert store.parking.settlement("garage", OCTOBER) == first
    assert numbers(store) == ["2026-10-00001"]


async def test_a_month_without_anything_is_closed_too(store: Store):
    assert (await settled(store)).statements == 0
    assert [one.month for one in store.parking.settlements("garage")] == [OCTOBER]


async def test_what_comes_late_is_on_the_next_statement(store: Store):
    await put(store, completed(1, account="a1"))
    await settled(store)
    await put(store, completed(2, account="a1"))
    await settled(store)
    assert len(next(store.parking.statements("garage", OCTOBER)).lines) == 1
    await settled(store, NOVEMBER)
    [late] = store.parking.statements("garage", NOVEMBER)
    assert [line.visit.id for line in late.lines] == [completed(2).id]
    assert late.number == "2026-11-00001"


async def test_the_zone_decides_on_the_month(store: Store):
    midnight = OCTOBER.end(BERLIN)
    await put(store, completed(1, entry=passage(midnight - 2 * HOUR - timedelta(seconds=1))))
    await put(store, completed(2, entry=passage(midnight - 2 * HOUR)))
    await settled(store)
    [made] = store.parking.statements("garage", OCTOBER)
    assert [line.visit.id for line in made.lines] == [completed(1).id]


@pytest.mark.covers("wincardcore", rule="test-cards-unbilled")
async def test_test_cards_open_visits_and_cancellations_are_not_billed(store: Store):
    await listed(store, [account(1, test=True)])
    await put(store, completed(1))
    await put(store, opened(2))
    await put(store, opened(3))
    await store.parking.refund(refund(3), NOON)
    assert (await settled(store)).statements == 0


@pytest.mark.covers("wincardcore", rule="corrections-appended")
async def test_refunds_are_lines_of_their_own(store: Store):
    await put(store, completed(1))
    await store.parking.refund(refund(amount="1.50"), NOON)
    await settled(store)
    [made] = store.parking.statements("garage", OCTOBER)
    assert [str(line.entry.amount) for line in made.lines] == ["5.00", "-1.50"]
    assert (made.totals.gross, made.totals.vat) == (Decimal("3.50"), Decimal("0.56"))


@pytest.mark.covers("wincardcore", rule="billed-once corrections-appended")
async def test_once_billed_money_is_given_back_by_a_correction_alone(store: Store):
    await put(store, completed(1, gross="0.05"))
    await store.parking.refund(refund(amount="0.01"), NOON)
    await settled(store)
    assert await store.parking.refund(refund(), AFTER) == Billed("2026-10-00001")
    assert await store.parking.refund(refund(amount="0.01"), AFTER) == Repeat()
    for amount in ("-0.02", "-0.02"):
        made = correction(amount=amount)
        assert isinstance(await store.parking.correct(made, AFTER), Stored)
    await settled(store, NOVEMBER)
    [credit] = store.parking.statements("garage", NOVEMBER)
    assert [str(line.carried) for line in credit.lines] == ["0.04", "0.04"]
    assert (credit.totals.gross, credit.totals.vat) == (Decimal("-0.04"), Decimal("-0.01"))


async def test_car_parks_are_settled_apart_and_numbered_together(store: Store):
    await put(store, completed(1))
    await put(store, completed(1, system="roof"))
    await settled(store)
    await settled(store, system="roof")
    assert numbers(store) == ["2026-10-00001"]
    assert numbers(store, system="roof") == ["2026-10-00002"]


async def test_two_who_settle_at_once_bill_once(store: Store, address: str):
    for number in range(20):
        await put(store, completed(number))
    with Store.open(address) as other:
        done = await asyncio.gather(settled(store), settled(other), settled(store))
    assert len(set(done)) == 1
    assert numbers(store) == [f"2026-10-{number:05}" for number in range(1, 21)]


@pytest.mark.parametrize("page", [1, 3, 1_000])
async def test_entries_are_billed_page_by_page_in_order(
    store: Store, page: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("doorward.storage.parking.settling.PAGE", page)
    for number in range(10):
        await put(store, completed(number, account=f"a{number % 3}"))
        await store.parking.refund(refund(number, "1.00"), NOON)
    made = store.parking.unbilled("garage", AFTER, store.parking.last_entry("garage"))
    order = [(line.visit.account, line.visit.id, line.entry.id) for line in made]
    assert len(order) == 20
    assert order == sorted(order)


def a_bill(store: Store) -> Bill:
    last = store.parking.last_entry("garage")
    end = OCTOBER.end(BERLIN)
    totals = tuple(one.totals for one in drafts(store.parking, "garage", OCTOBER, BERLIN))
    return Bill(system="garage", month=OCTOBER, before=end, through=last, totals=totals, by="anna")


@pytest.mark.covers("wincardcore", rule="sums-twice")
async def test_sums_that_the_database_does_not_find_bill_nothing(store: Store):
    await put(store, completed(1))
    bill = a_bill(store)
    await put(store, completed(2))
    with pytest.raises(SumsDiffer):
        await store.parking.bill(replace(bill, through=bill.through + 1), AFTER)
    await store._writer.do(lambda db: db.execute(update(entries).values(vat=81)))
    with pytest.raises(SumsDiffer, match="account a1"):
        await store.parking.bill(bill, AFTER)
    assert numbers(store) == []
    assert store.parking.settlement("garage", OCTOBER) is None


async def test_a_count_of_lines_that_is_wrong_bills_nothing(store: Store):
    await put(store, completed(1))
    bill = a_bill(store)
    wrong = replace(bill, totals=tuple(replace(one, lines=2) for one in bill.totals))
    with pytest.raises(SumsDiffer, match="2 lines"):
        await store.parking.bill(wrong, AFTER)
    assert numbers(store) == []


async def test_what_comes_while_a_month_is_settled_is_on_the_next_statement(store: Store):
    await put(store, completed(1))
    bill = a_bill(store)
    await put(store, completed(2))
    assert (await store.parking.bill(bill, AFTER)).gross == Decimal("5.00")
    [left] = store.parking.unbilled("garage", AFTER, store.parking.last_entry("garage"))
    assert left.visit.id == completed(2).id


def rows(store: Store, table: object) -> int:
    [[many]] = store._reads.rows(select(func.count()).select_from(table))
    return many


async def test_vouchers_are_dropped_after_ten_years_and_what_is_not_over_never(store: Store):
    await listed(store, [account(9, test=True)])
    for number in (1, 9):
        await put(store, completed(number))
    await put(store, opened(2))
    await settled(store)
    await put(store, completed(3))
    for number in (9, 9):
        await store.parking.lock_card("garage", f"c{number}", "g", "", NOON)
        await store.parking.release_card("garage", f"c{number}", "g", "", NOON)
    await store.parking.lock_card("garage", "c9", "g", "", NOON)
    await store.prune(Retention(), NOON + 3_650 * DAY)
    assert (rows(store, visits), rows(store, entries), rows(store, locks)) == (4, 3, 3)
    dropped = await store.prune(Retention(), LATER + 3_700 * DAY)
    assert (dropped["parking_visits"], dropped["parking_entries"]) == (2, 2)
    assert (dropped["parking_statements"], dropped["parking_locks"]) == (1, 2)
    assert {store.parking.visit("garage", completed(n).id) is None for n in (2, 3)} == {False}
    assert rows(store, statements) == 0
    assert [one.month for one in store.parking.settlements("garage")] == [OCTOBER]
