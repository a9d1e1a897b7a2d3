"""All 36 methods, the client against the twin over a socket: none can be forgotten."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.vizpin.target_rig import Town, town
from doorward.connectors.vizpin.client import VizpinClient
from doorward.connectors.vizpin.client.failures import Declined
from doorward.connectors.vizpin.wire.accounts import Account, AccountFields
from doorward.connectors.vizpin.wire.locations import Location, LocationFields
from doorward.connectors.vizpin.wire.operations import OPERATIONS
from doorward.connectors.vizpin.wire.readers import Reader, ReaderFields
from doorward.connectors.vizpin.wire.users import BATCH, PreRegisteredFields, User, UserFields
from doorward.net.secrets import Secret

EVERY = [operation.short.replace(".", "_").lower() for operation in OPERATIONS.values()]
START, STOP = datetime(2026, 6, 1), datetime(2027, 5, 31, 23, 59, 1)


@dataclass
class Club:
    """The twin's club, as the client sees it."""

    place: Town
    account: Account
    location: Location
    readers: Sequence[Reader]
    users: list[User] = field(default_factory=list)

    @property
    def client(self) -> VizpinClient:
        return self.place.door.client


@asynccontextmanager
async def club(people: int = 6) -> AsyncIterator[Club]:
    async with town(people=people) as place:
        client = place.door.client
        (account,) = await client.account_list()
        (location,) = await client.location_list(account.id)
        found = Club(place, account, location, await client.reader_list(location.id))
        async for batch, _ in client.users(account.id):
            found.users += batch
        yield found


def new_account(name: str = "Second Club") -> AccountFields:
    return AccountFields(
        name=name, phone="+46701112233", street="Gatan 1", city="Stockholm", state="",
        zipcode="111 22", country="SWE", deactivated="false", type="VIZpin PLUS",
    )  # fmt: skip


def new_location(account: str, name: str = "Boathouse") -> LocationFields:
    return LocationFields(account_id=account, name=name, country="SWE", timezone="Europe/Berlin")


def new_person(phone: str = "+46731110001") -> PreRegisteredFields:
    return PreRegisteredFields(first_name="Bo", last_name="Ny", phone=phone, country="SWE")


# --- one test for each method, found by its name


async def try_user_authenticate(it: Club) -> None:
    before = it.place.asked()["user.authenticate"]
    await it.client.user_authenticate()
    await it.client.account_list()
    assert it.place.asked()["user.authenticate"] == before + 1


async def try_time(it: Club) -> None:
    now = await it.client.time()
    assert now is not None
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


async def try_account_list(it: Club) -> None:
    assert [one.name for one in await it.client.account_list()] == ["Doorward Sports Club"]


async def try_account_get(it: Club) -> None:
    assert await it.client.account_get(it.account.id) == it.account


async def try_account_add(it: Club) -> None:
    made = await it.client.account_add(new_account())
    assert made.name == "Second Club"
    assert made in await it.client.account_list()


async def try_account_edit(it: Club) -> None:
    after = await it.client.account_edit(AccountFields(id=it.account.id, city="Solna"))
    assert (after.city, after.name) == ("Solna", it.account.name)
    assert await it.client.account_get(it.account.id) == after


async def try_location_list(it: Club) -> None:
    assert await it.client.location_list(it.account.id) == (it.location,)


async def try_location_get(it: Club) -> None:
    assert await it.client.location_get(it.location.id) == (it.location,)


async def try_location_add(it: Club) -> None:
    made = await it.client.location_add(new_location(it.account.id))
    assert made.locationcode
    assert made in await it.client.location_list(it.account.id)


async def try_location_edit(it: Club) -> None:
    said = LocationFields(id=it.location.id, account_id=it.account.id, city="Nacka")
    assert (await it.client.location_edit(said)).city == "Nacka"


async def try_reader_list(it: Club) -> None:
    assert [one.name for one in it.readers] == ["Main entrance", "Gym", "Pool", "Office"]


async def try_reader_get(it: Club) -> None:
    assert await it.client.reader_get(it.readers[1].id) == (it.readers[1],)


async def try_reader_add(it: Club) -> None:
    said = ReaderFields(location_id=it.location.id, name="Sauna", serial="VZ7")
    made = await it.client.reader_add(said)
    assert made.readersettings.read_range == "Unlimited"
    assert made in await it.client.reader_list(it.location.id)


async def try_reader_edit(it: Club) -> None:
    said = ReaderFields(id=it.readers[0].id, location_id=it.location.id, name="Front")
    assert (await it.client.reader_edit(said)).name == "Front"


async def try_user_count(it: Club) -> None:
    counted = await it.client.user_count(it.account.id)
    assert (counted.totalcount, counted.batchcounter) == (len(it.users), 1)


async def try_user_list(it: Club) -> None:
    counted = await it.client.user_count(it.account.id, it.location.id)
    assert await it.client.user_list(counted, 1, it.account.id, it.location.id) == tuple(it.users)


async def try_user_find(it: Club) -> None:
    sought = it.users[2]
    assert await it.client.user_find(sought.phone, sought.last_name.upper()) == sought
    with pytest.raises(Declined) as caught:
        await it.client.user_find(sought.phone, "Nobody")
    assert caught.value.code == 45


async def try_user_get(it: Club) -> None:
    assert await it.client.user_get(it.users[3].id) == it.users[3]


async def try_user_preregister(it: Club) -> None:
    made = await it.client.user_preregister(new_person())
    assert not (await it.client.user_get(made.id)).verified


async def try_user_register(it: Club) -> None:
    said = UserFields(
        first_name="Bo", last_name="Ny", phone="+46731110002", country="SWE",
        password=Secret("letters4digits"),
    )  # fmt: skip
    made = await it.client.user_register(said)
    assert (made.first_name, made.verified) == ("Bo", True)
    assert made.password != "letters4digits"


async def try_user_edit(it: Club) -> None:
    after = await it.client.user_edit(UserFields(id=it.users[0].id, city="Solna"))
    assert (after.city, after.phone) == ("Solna", it.users[0].phone)


async def try_user_delete(it: Club) -> None:
    await it.client.user_delete(it.users[0].id)
    with pytest.raises(Declined) as caught:
        await it.client.user_get(it.users[0].id)
    assert caught.value.code == 87


async def try_user_associate(it: Club) -> None:
    made = await it.client.user_preregister(new_person())
    for _ in range(2):
        assert (await it.client.user_associate(made.id, [it.location.id])).id == made.id
    assert (await it.client.user_count(it.account.id)).totalcount == len(it.users) + 1


async def try_credential_get(it: Club) -> None:
    assert await it.client.credential_get(it.users[0].id) == ()


async def try_credential_generate(it: Club) -> None:
    one = await it.client.credential_generate(it.users[0].id, it.account.id)
    two = await it.client.credential_generate(it.users[1].id, it.account.id)
    assert int(two.cardnumber) == int(one.cardnumber) + 1
    assert await it.client.credential_get(it.users[0].id) == (one,)


async def try_user_needaccess(it: Club) -> None:
    without = await it.client.user_needaccess(it.account.id, it.location.id)
    assert [one.id for one in without] == [it.users[1].id, it.users[4].id]


async def try_user_grantphonerole(it: Club) -> None:
    role = (await it.client.role_list(it.location.id))[0]
    user = it.users[1].id
    await it.client.user_grantphonerole(it.location.id, [user], [role.id], START, STOP)
    made = await it.client.vizpin_list(it.account.id, user)
    assert {one.reader_id for one in made} == {one.id for one in it.readers[:3]}
    assert {(one.start, one.stop) for one in made} == {(START, STOP)}


async def try_role_list(it: Club) -> None:
    assert [one.name for one in await it.client.role_list(it.location.id)] == ["Members", "Staff"]


async def try_role_add(it: Club) -> None:
    ident = await it.client.role_add(it.location.id, "Guests")
    assert [one.id for one in await it.client.role_list(it.location.id)][-1] == ident


async def try_role_edit(it: Club) -> None:
    ident = await it.client.role_add(it.location.id, "Guests")
    await it.client.role_edit(it.location.id, ident, it.readers[3].id, "24x7")
    await it.client.user_grantphonerole(it.location.id, [it.users[1].id], [ident], START, STOP)
    (made,) = await it.client.vizpin_list(it.account.id, it.users[1].id)
    assert made.reader_id == it.readers[3].id
    await it.client.role_edit(it.location.id, ident, it.readers[3].id, "None")
    (gone,) = await it.client.vizpin_list(it.account.id, it.users[1].id)
    assert gone.status == "Revoke Complete"


async def try_vizpin_list(it: Club) -> None:
    user, reader = it.users[0].id, it.readers[0].id
    everywhere = await it.client.vizpin_list(it.account.id, user)
    (one,) = await it.client.vizpin_list(it.account.id, user, [reader])
    assert len(everywhere) == 3
    assert (one.user_id, one.reader_id) == (user, reader)


async def try_vizpin_grant(it: Club) -> None:
    users, readers = [one.id for one in it.users[:2]], [one.id for one in it.readers[:2]]
    made = await it.client.vizpin_grant(users, readers, START, STOP)
    assert {(one.user_id, one.reader_id) for one in made} == {
        (u, r) for u in users for r in readers
    }


async def try_vizpin_revoke(it: Club) -> None:
    held = await it.client.vizpin_list(it.account.id, it.users[0].id)
    after = await it.client.vizpin_revoke([one.id for one in held])
    assert {one.status for one in after} == {"Revoke Complete"}


async def try_activity_list(it: Club) -> None:
    it.place.world.cloud.unlock(it.users[0].id, it.readers[0].id)
    today = datetime.now(UTC).date()
    days = (today - timedelta(days=1), today + timedelta(days=1))
    (mine,) = await it.client.activity_list(*days, it.account.id, user_id=it.users[0].id)
    (here,) = await it.client.activity_list(*days, it.account.id, reader_id=it.readers[0].id)
    assert mine == here
    assert (here.code, here.reader_name) == (52, "Main entrance")


async def try_user_remove(it: Club) -> None:
    user = it.users[0].id
    await it.client.user_remove(user, it.account.id)
    held = await it.client.vizpin_list(it.account.id, user)
    assert {one.status for one in held} == {"Revoke Complete"}
    assert (await it.client.user_count(it.account.id)).totalcount == len(it.users) - 1


async def try_object_delete(it: Club) -> None:
    await it.client.object_delete(it.readers[0].id, "reader")
    assert await it.client.reader_list(it.location.id) == tuple(it.readers[1:])
    await it.client.object_delete(it.account.id, "account")
    assert await it.client.account_list() == ()


def tries() -> dict[str, Callable[[Club], Awaitable[None]]]:
    return {
        name.removeprefix("try_"): value
        for name, value in globals().items()
        if name.startswith("try_")
    }


def test_each_operation_has_a_method_of_the_client_and_is_tried_here():
    methods = {name for name, _ in inspect.getmembers(VizpinClient, inspect.iscoroutinefunction)}
    assert len(EVERY) == 36
    assert methods == set(EVERY) == set(tries())


@pytest.mark.covers("vizpin", client="*", server="*", twin="*")
@pytest.mark.parametrize("method", EVERY)
async def test_the_client_and_the_twin_understand_each_other(method: str):
    async with club() as it:
        name = next(
            one.short
            for one in OPERATIONS.values()
            if one.short.replace(".", "_").lower() == method
        )
        await tries()[method](it)
        assert it.place.asked()[name] >= 1


# --- batches


@pytest.mark.covers(
    "vizpin",
    client="user.count user.list",
    twin="user.count user.list",
    rule="all-users-are-read counted-in-batches no-users",
)
@pytest.mark.parametrize("people", [0, 1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH + 1])
async def test_all_users_are_read_by_count_and_batch(people: int):
    async with club(people) as it:
        found: list[str] = []
        it.place.forget()
        async for batch, total in it.client.users(it.account.id, it.location.id):
            assert total == people
            found += [one.id for one in batch]
        asked: Any = it.place.asked()
    assert found == [one.id for one in it.users]
    assert len(set(found)) == people
    assert (asked["user.count"], asked["user.list"]) == (1, -(-people // BATCH))
