"""Locks of cards in the store: set once, held until released, whatever the whitelist says."""

import pytest

from core.parking.world import HOUR, NOON
from doorward.core.parking.locks import CardLock, Locked, Released, UnknownCard
from doorward.storage.store import Store
from storage.parking.deliveries import account, listed

LOCK = CardLock(
    system="garage", card="c1", account="a1", locked_at=NOON, by="garage-1", info="Card lost"
)


async def lock(store: Store, card: str = "c1", info: str = "Card lost") -> object:
    return await store.parking.lock_card("garage", card, "garage-1", info, NOON)


async def release(store: Store, card: str = "c1") -> object:
    return await store.parking.release_card("garage", card, "garage-2", "regained", NOON + HOUR)


async def test_a_card_of_the_whitelist_is_locked(store: Store):
    await listed(store, [account(1)])
    assert await lock(store) == Locked(LOCK)
    assert store.parking.lock("garage", "c1") == LOCK
    assert store.parking.locks() == [LOCK]
    assert store.parking.locked_holders("garage") == {"a1"}
    assert store.parking.locked_holders("roof") == frozenset()


async def test_a_lock_stays_as_it_is_when_it_is_set_again(store: Store):
    await listed(store, [account(1)])
    await lock(store)
    assert await lock(store, info="again") == Locked(LOCK, again=True)
    assert len(store.parking.locks(released=True)) == 1


@pytest.mark.covers("wincardcore", rule="lock")
async def test_a_card_that_nobody_knows_is_neither_locked_nor_released(store: Store):
    assert await lock(store) == UnknownCard()
    await listed(store, [account(1)])
    assert await lock(store, "c9") == UnknownCard()
    assert await release(store, "c9") == UnknownCard()


@pytest.mark.covers("wincardcore", rule="lock")
async def test_a_lock_is_released_and_remembered(store: Store):
    await listed(store, [account(1)])
    await lock(store)
    answer = await release(store)
    assert isinstance(answer, Released)
    assert store.parking.lock("garage", "c1") is None
    assert store.parking.locks("garage") == []
    assert store.parking.locked_holders("garage") == frozenset()
    [past] = store.parking.locks("garage", released=True)
    assert past == answer.lock
    assert (past.released_at, past.released_by, past.release_info) == (
        NOON + HOUR,
        "garage-2",
        "regained",
    )


async def test_a_card_that_is_not_locked_may_be_released(store: Store):
    await listed(store, [account(1)])
    assert await release(store) == Released()


@pytest.mark.covers("wincardcore", rule="lock-stays")
async def test_a_lock_outlives_the_whitelist(store: Store):
    await listed(store, [account(1)])
    await lock(store)
    await listed(store, [account(2)])
    assert store.parking.locked_holders("garage") == {"a1"}
    assert isinstance(await release(store), Released)
    assert await release(store) == Released()
    assert store.parking.locked_holders("garage") == frozenset()


async def test_a_card_can_be_locked_again(store: Store):
    await listed(store, [account(1)])
    await lock(store)
    await release(store)
    assert await lock(store) == Locked(LOCK)
    assert len(store.parking.locks(released=True)) == 2
    assert store.parking.locks("roof") == []
