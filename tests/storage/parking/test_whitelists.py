"""Whitelists in the store: staged and adopted at once, changed by account, streamed in order."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.parking.world import HOUR, NOON
from doorward.core.parking.ports import WhitelistGone
from doorward.core.parking.whitelist import KnownAccount, KnownCard, compare
from doorward.storage.parking.tables import accounts as accounts_table
from doorward.storage.parking.tables import cards as cards_table
from doorward.storage.parking.tables import generations
from doorward.storage.retention import Retention
from doorward.storage.store import Store
from storage.parking.deliveries import account, listed


def keys(store: Store, system: str = "garage", page: int = 1_000) -> list[str]:
    return [one.key for one in store.parking.accounts(system, page)]


def rows(store: Store, table: object) -> int:
    [[many]] = store._reads.rows(select(func.count()).select_from(table))
    return many


async def test_before_anything_was_acknowledged_there_is_no_whitelist(store: Store):
    assert store.parking.whitelist("garage") is None
    assert keys(store) == []
    assert store.parking.account("garage", "a1") is None
    assert store.parking.account_of_card("garage", "c1") is None


async def test_a_whitelist_counts_once_it_is_adopted(store: Store):
    generation = await store.parking.begin_whitelist("garage", NOON)
    await store.parking.stage("garage", generation, [account(1), account(2)])
    await store.parking.stage("garage", generation, [account(3)])
    assert store.parking.whitelist("garage") is None
    adopted = await store.parking.adopt_whitelist("garage", generation, NOON)
    assert (adopted.accounts, adopted.cards, adopted.since) == (3, 3, NOON)
    assert store.parking.whitelist("garage") == adopted
    assert keys(store) == ["a1", "a2", "a3"]


async def test_accounts_are_found_by_key_and_by_card(store: Store):
    two = KnownAccount("a9", "{}", "d", (KnownCard("c8"), KnownCard("c9", test=True)))
    await listed(store, [account(1), two])
    assert store.parking.account("garage", "a9") == two
    assert store.parking.account_of_card("garage", "c9") == two
    assert store.parking.account_of_card("garage", "c1") == account(1)
    assert store.parking.account_of_card("roof", "c1") is None


async def test_a_whole_new_whitelist_takes_the_place_of_the_old_one(store: Store):
    await listed(store, [account(1), account(2)])
    await listed(store, [account(2, "new")])
    await listed(store, [account(5)], system="roof")
    assert keys(store) == ["a2"]
    assert store.parking.account("garage", "a1") is None
    assert store.parking.account_of_card("garage", "c2") == account(2, "new")
    assert keys(store, "roof") == ["a5"]


async def test_one_that_is_not_staged_any_more_can_be_neither_filled_nor_adopted(store: Store):
    old = await store.parking.begin_whitelist("garage", NOON)
    await store.parking.stage("garage", old, [account(1)])
    await store.parking.begin_whitelist("garage", NOON)
    with pytest.raises(WhitelistGone):
        await store.parking.stage("garage", old, [account(2)])
    with pytest.raises(WhitelistGone):
        await store.parking.adopt_whitelist("garage", old, NOON)
    assert store.parking.whitelist("garage") is None


async def test_an_account_is_replaced_with_its_cards(store: Store):
    await listed(store, [account(1), account(2)])
    changed = KnownAccount("a1", "{}", "new", (KnownCard("c7"),))
    await store.parking.keep_accounts("garage", [account(1, "older"), changed, account(3)], NOON)
    assert store.parking.account("garage", "a1") == changed
    assert store.parking.account_of_card("garage", "c1") is None
    assert store.parking.account_of_card("garage", "c7") == changed
    now = store.parking.whitelist("garage")
    assert now is not None
    assert (now.accounts, now.cards) == (3, 3)


async def test_a_card_that_moves_belongs_to_the_new_account(store: Store):
    await listed(store, [account(1), account(2)])
    await store.parking.keep_accounts(
        "garage", [KnownAccount("a3", "{}", "d", (KnownCard("c1"),))], NOON
    )
    await store.parking.keep_accounts("garage", [KnownAccount("a1", "{}", "d")], NOON)
    held = store.parking.account_of_card("garage", "c1")
    assert held is not None
    assert held.key == "a3"


async def test_accounts_are_forgotten_with_their_cards(store: Store):
    await listed(store, [account(number) for number in range(4)])
    await store.parking.forget_accounts("garage", ["a1", "a3", "nobody"])
    assert keys(store) == ["a0", "a2"]
    assert store.parking.account_of_card("garage", "c3") is None
    await store.parking.forget_accounts("roof", ["a0"])
    assert keys(store) == ["a0", "a2"]


async def test_the_first_account_begins_a_whitelist(store: Store):
    await store.parking.keep_accounts("garage", [account(1)], NOON)
    assert keys(store) == ["a1"]
    assert store.parking.whitelist("garage") is not None


async def test_many_accounts_are_changed_and_forgotten_at_once(store: Store):
    await store.parking.keep_accounts("garage", [account(n) for n in range(1_203)], NOON)
    await store.parking.forget_accounts("garage", [f"a{n}" for n in range(1_202)])
    assert keys(store) == ["a1202"]
    assert rows(store, cards_table) == 1


@pytest.mark.parametrize("page", [1, 2, 3, 7, 100])
async def test_accounts_are_streamed_by_key_page_by_page(store: Store, page: int):
    names = ["Z", "a", "b", "ä", "ß", "€", "😀"]
    await listed(store, [KnownAccount(name, "{}", name) for name in reversed(names)])
    assert keys(store, page=page) == sorted(names)
    assert list(store.parking.digests("garage")) == [(name, name) for name in sorted(names)]


async def test_what_is_known_can_be_compared_with_what_is_wanted(store: Store):
    await listed(store, [account(1), account(2)])
    wanted = [("a2", "new"), ("a3", "d")]
    changes = list(compare(store.parking.digests("garage"), wanted))
    assert [one.key for one in changes] == ["a1", "a2", "a3"]


async def test_who_is_reading_goes_on_with_the_list_that_was_current(store: Store):
    await listed(store, [account(number) for number in range(4)])
    reading = store.parking.accounts("garage", page=2)
    assert next(reading).key == "a0"
    await listed(store, [account(9)])
    assert [one.key for one in reading] == ["a1", "a2", "a3"]


async def test_who_reads_for_too_long_has_to_begin_anew(store: Store):
    await listed(store, [account(number) for number in range(4)])
    reading = store.parking.accounts("garage", page=2)
    next(reading)
    await listed(store, [account(9)])
    await store.prune(Retention(), NOON + 2 * HOUR)
    with pytest.raises(WhitelistGone):
        list(reading)


async def test_what_was_replaced_or_given_up_is_removed_in_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("doorward.storage.parking.staging.SLICE", 2)
    await listed(store, [account(number) for number in range(5)])
    await listed(store, [account(9)])
    given_up = await store.parking.begin_whitelist("garage", NOON)
    await store.parking.stage("garage", given_up, [account(7)])
    await store.prune(Retention(), NOON + timedelta(minutes=59))
    assert rows(store, accounts_table) == 7
    await store.parking.begin_whitelist("garage", NOON + 2 * HOUR)
    await store.prune(Retention(), NOON + 2 * HOUR)
    assert (rows(store, accounts_table), rows(store, cards_table)) == (1, 1)
    assert rows(store, generations) == 2
    assert keys(store) == ["a9"]


async def test_a_whitelist_that_is_asked_for_is_owed_until_one_is_adopted(store: Store):
    early = await store.parking.begin_whitelist("garage", NOON)
    await store.parking.ask_whitelist("garage", NOON + HOUR)
    assert store.parking.signs()["garage"].whitelist_asked_at == NOON + HOUR
    await store.parking.adopt_whitelist("garage", early, NOON + HOUR)
    assert store.parking.signs()["garage"].whitelist_asked_at == NOON + HOUR
    late = await store.parking.begin_whitelist("garage", NOON + 2 * HOUR)
    await store.parking.adopt_whitelist("garage", late, NOON + 3 * HOUR)
    sign = store.parking.signs()["garage"]
    assert (sign.whitelist_asked_at, sign.heard_at) == (None, None), "it was not heard by that"


async def test_asking_again_is_owed_from_then_on(store: Store):
    await store.parking.ask_whitelist("garage", NOON)
    await store.parking.heard("garage", NOON + HOUR)
    assert store.parking.signs()["garage"].whitelist_asked_at == NOON


async def test_a_whitelist_that_was_sent_again_is_owed_no_more(store: Store):
    await store.parking.ask_whitelist("garage", NOON + HOUR)
    await store.parking.fulfil_whitelist("garage", NOON)
    assert store.parking.signs()["garage"].whitelist_asked_at == NOON + HOUR
    await store.parking.fulfil_whitelist("garage", NOON + HOUR)
    assert store.parking.signs()["garage"].whitelist_asked_at is None
