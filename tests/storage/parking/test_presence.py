"""Who is in, by the store: open visits, stays of a day, strangers, an account's visits."""

from datetime import date

import pytest

from core.parking.world import BERLIN, HOUR, NOON, aborted, completed, opened, passage, refund
from doorward.core.parking.presence import bounds, occupancy
from doorward.storage.store import Store
from storage.parking.deliveries import account, listed, put


async def test_open_visits_are_in_the_longest_first(store: Store):
    await put(store, opened(1))
    await put(store, opened(2, entry=passage(NOON - HOUR)))
    await put(store, completed(3))
    await put(store, opened(4, system="roof"))
    assert [one.visit.id[-1] for one in store.parking.inside()] == ["2", "1", "4"]
    assert [one.visit.id[-1] for one in store.parking.inside("garage")] == ["2", "1"]


@pytest.mark.parametrize("page", [1, 2, 1_000])
async def test_a_day_is_counted_from_who_was_in(
    store: Store, page: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("doorward.storage.parking.visiting.PAGE", page)
    day = date(2026, 10, 5)
    begin, end = bounds(day, BERLIN)
    await put(store, completed(1))
    await put(store, completed(2))
    await put(store, opened(3))
    await put(store, aborted(4))
    await put(store, aborted(5, status=103))
    await put(store, completed(6, entry=passage(begin - 3 * HOUR)))
    await put(store, completed(7, entry=passage(end)))
    await put(store, opened(8))
    await store.parking.refund(refund(8), NOON)
    stays = list(store.parking.stays(begin, end))
    assert len(stays) == 4
    [hours] = occupancy(stays, day, BERLIN).values()
    assert [hour.peak for hour in hours[11:16]] == [0, 4, 3, 1, 1]


@pytest.mark.covers("wincardcore", rule="unknown-card-kept")
async def test_visits_of_who_is_not_listed_are_strangers(store: Store):
    await listed(store, [account(1), account(2)])
    await put(store, completed(1))
    await put(store, completed(2, card="c9"))
    await put(store, completed(3))
    await put(store, opened(4, account="a1", card="c9"))
    await put(store, completed(5, entry=passage(NOON - 50 * HOUR)))
    found = store.parking.strangers("garage", NOON)
    told = {(one.record.visit.id[-1], one.account_known, one.card_known) for one in found}
    assert told == {("2", True, False), ("3", False, False), ("4", True, False)}
    assert next(str(one.record.left) for one in found if one.record.visit.id[-1] == "3") == "5.00"
    assert len(store.parking.strangers("garage", NOON, limit=1)) == 1


async def test_where_nothing_is_listed_everybody_is_a_stranger(store: Store):
    await listed(store, [account(1)], system="roof")
    await put(store, completed(1))
    assert len(store.parking.strangers("garage", NOON)) == 1
    assert store.parking.strangers("roof", NOON) == []
