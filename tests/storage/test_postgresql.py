"""What only PostgreSQL can do to a store: sessions that are lost."""

import psycopg
import pytest

from core.factories import change
from doorward.storage.errors import StoreBusy, StoreError, Unopenable
from doorward.storage.store import Store
from storage.factories import intended


@pytest.fixture
def address(postgresql_database: str) -> str:
    """On PostgreSQL only."""
    return postgresql_database


def cut_sessions(address: str, application: str = "doorward") -> None:
    """End every session of a store."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where application_name like %s and pid <> pg_backend_pid()"
            " and datname = current_database()",
            [f"{application}%"],
        )


async def test_a_lost_session_is_replaced(store: Store, address: str):
    await intended(store, change(1))
    cut_sessions(address)
    await intended(store, change(2))
    assert [one.person for one in store.pending()] == ["club/1", "club/2"]


async def test_the_run_is_still_the_only_one_after_a_lost_session(store: Store, address: str):
    async with store.exclusive():
        cut_sessions(address)
        await intended(store, change(1))
        with Store.open(address) as other:
            with pytest.raises(StoreBusy):
                async with other.exclusive():
                    pytest.fail("two runs at once")
    async with store.exclusive():
        pass


async def test_a_run_that_lost_its_turn_writes_nothing_more(store: Store, address: str):
    with Store.open(address) as other:
        async with store.exclusive():
            cut_sessions(address)
            async with other.exclusive():
                with pytest.raises(StoreError, match="another run has begun"):
                    await intended(store, change(1))
        assert other.pending() == []
        async with store.exclusive():
            await intended(store, change(1))


def test_a_server_that_is_not_there_is_told_without_its_password():
    with pytest.raises(Unopenable) as refused:
        Store.open("postgresql://anna:s3cret@127.0.0.1:1/doorward")
    assert "s3cret" not in str(refused.value) + repr(refused.value) + refused.value.where
    assert "127.0.0.1" in refused.value.where
    assert "PostgreSQL" in refused.value.remedy


def test_a_database_that_is_not_there_is_told(address: str):
    with pytest.raises(Unopenable, match="does not exist"):
        Store.open(address + "_none")
