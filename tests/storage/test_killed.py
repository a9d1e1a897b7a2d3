"""Processes that are killed, or write at the same time: nothing acknowledged is lost."""

import asyncio
import time

import pytest

from core.factories import NOW, change
from doorward.storage.errors import StoreBusy
from doorward.storage.store import Reader, Store
from storage.factories import a_run, done, intended
from storage.processes import Victim, victim


def check_nothing_lost(store: Reader, killed: Victim) -> None:
    lines = {one.id: one for one in store.history.updates(limit=100_000)}
    agreed = {one.person for one in store.history.agreements()}
    assert set(killed.intended) <= set(lines)
    for id in killed.settled:
        assert lines[id].state == "done"
        assert lines[id].person in agreed
    pending = {one.id for one in store.pending()}
    assert pending == {id for id, one in lines.items() if one.state == "intended"}
    assert {one.person for one in lines.values() if one.state == "done"} == agreed


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(address: str):
    for acknowledgements in (1, 40):
        with victim(address, "write") as killed:
            killed.hear(acknowledgements)
            killed.kill()
            assert killed.settled
            with Store.open(address) as store:
                check_nothing_lost(store, killed)


async def test_two_processes_write_at_once_and_lose_nothing(address: str):
    with victim(address, "write") as other, Store.open(address) as store:
        run = await a_run(store)
        mine: list[int] = []
        for chunk in range(20):
            changes = [change(f"mine-{chunk}-{more}") for more in range(25)]
            ids = await store.intend(run, changes, NOW)
            await store.settle([done(id, one) for id, one in zip(ids, changes, strict=True)], NOW)
            mine += ids
        other.hear(4)
        other.kill()
        check_nothing_lost(store, other)
        settled = {one.id for one in store.history.updates(states=["done"], limit=100_000)}
        assert set(mine) <= settled
        assert not set(mine) & set(other.intended)


async def test_two_stores_of_one_process_write_at_once(address: str):
    with Store.open(address) as first, Store.open(address) as second:
        run = await a_run(first)
        ids = await asyncio.gather(
            *(
                intended(store, change(number, target=f"target {number % 3}"), run=run)
                for number, store in enumerate([first, second] * 20)
            )
        )
        assert len(first.pending()) == len({id for [id] in ids}) == 40
        assert second.pending() == first.pending()


async def test_only_one_run_at_a_time_and_it_is_named(store: Store, address: str):
    with Store.open(address) as other:
        async with store.exclusive():
            with pytest.raises(StoreBusy) as refused:
                async with other.exclusive():
                    pytest.fail("two runs at once")
        async with other.exclusive():
            pass
    assert "another run is under way" in refused.value.reason
    assert refused.value.remedy


async def test_a_store_runs_once_at_a_time(store: Store):
    async with store.exclusive():
        with pytest.raises(StoreBusy):
            async with store.exclusive():
                pytest.fail("two runs at once")
    async with store.exclusive():
        pass


async def test_a_run_that_fails_lets_the_next_one_begin(store: Store, address: str):
    with pytest.raises(ZeroDivisionError):
        async with store.exclusive():
            raise ZeroDivisionError
    with Store.open(address) as other:
        async with other.exclusive():
            pass


async def test_the_lock_names_its_process_and_ends_with_it(store: Store, address: str):
    with victim(address, "hold") as holder:
        with pytest.raises(StoreBusy) as refused:
            async with store.exclusive():
                pytest.fail("two runs at once")
        assert f"doorward {holder.pid} on " in refused.value.holder
        holder.kill()
    await _soon_free(store)


async def _soon_free(store: Store) -> None:
    """PostgreSQL notices within a moment that a client is gone; the kernel at once."""
    until = time.monotonic() + 10
    while True:
        try:
            async with store.exclusive():
                return
        except StoreBusy:
            assert time.monotonic() < until
            await asyncio.sleep(0.05)
