"""What the client promises of every kind of terminal, in either dialect."""

from datetime import datetime
from typing import Any

import pytest

from doorward.connectors.hikvision.outcome import Complete, Gone, Written
from doorward.connectors.hikvision.wire.failures import AlreadyThere, NotThere, TerminalFull
from doorward.connectors.hikvision.wire.person import Rights, newcomer
from doorward.connectors.hikvision.wire.validity import LATEST, Shown, Window

KINDS = [
    ("documented", "documented"),
    ("documented", "terminal"),
    ("k1t342", "terminal"),
    ("k1t673", "terminal"),
    ("generic-v4", "terminal"),
]
NEXT_YEAR = Window(datetime(2027, 1, 1), datetime(2027, 12, 31, 23, 59, 59))

every_kind = pytest.mark.parametrize(("profile", "dialect"), KINDS)


@every_kind
async def test_everybody_is_listed_however_small_the_pages_are(
    rig: Any, profile: str, dialect: str
):
    async with rig(profile, people=95, dialect=dialect) as door:
        listing = await door.client.search()

    assert isinstance(listing, Complete)
    assert [person.employee_no for person in listing.people] == [
        str(number) for number in range(10_001, 10_096)
    ]


@every_kind
async def test_everybody_has_a_window(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        listing = await door.client.search()

    assert all(isinstance(person.validity, Shown) for person in listing.people)


@every_kind
async def test_an_empty_terminal_is_a_complete_listing_of_nobody(
    rig: Any, profile: str, dialect: str
):
    async with rig(profile, people=0, dialect=dialect) as door:
        assert await door.client.search() == Complete(())


@every_kind
async def test_one_person_can_be_read(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        person = await door.client.person("10007")

    assert person is not None
    assert person.employee_no == "10007"


@every_kind
async def test_who_is_not_there_is_none(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        assert await door.client.person("99999") is None


@every_kind
async def test_a_window_is_written_and_read_back(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        outcome = await door.client.modify_validity("10003", NEXT_YEAR)
        read = await door.client.person("10003")

    assert isinstance(outcome, Written)
    assert not outcome.settled
    assert outcome.after == read
    assert read is not None
    assert read.validity == Shown(NEXT_YEAR.begin, NEXT_YEAR.end)


@every_kind
async def test_nothing_but_the_window_changes(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        before = door.stored("10003")
        await door.client.modify_validity("10003", NEXT_YEAR)
        after = door.stored("10003")

    assert after.pop("Valid") != before.pop("Valid")
    assert after == before


@every_kind
async def test_access_without_an_end_is_the_end_of_the_range(rig: Any, profile: str, dialect: str):
    window = Window(datetime(2026, 1, 1), LATEST)
    async with rig(profile, dialect=dialect) as door:
        outcome = await door.client.modify_validity("10003", window)

    assert isinstance(outcome, Written)
    assert outcome.after.validity == Shown(window.begin, LATEST)


@every_kind
async def test_who_has_it_already_is_not_written(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        await door.client.modify_validity("10003", NEXT_YEAR)
        before = len(door.writes())
        outcome = await door.client.modify_validity("10003", NEXT_YEAR)

        assert len(door.writes()) == before
    assert isinstance(outcome, Written)


@every_kind
async def test_rights_are_changed_when_asked_for(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect, settings={"doors": 3}) as door:
        outcome = await door.client.modify_validity("10003", NEXT_YEAR, Rights((1, 3), "2"))

    assert isinstance(outcome, Written)
    assert outcome.after.doors == ("1", "3")
    assert {plan.plan_template_no for plan in outcome.after.right_plan or ()} == {"2"}


@every_kind
async def test_changing_who_is_not_there_is_refused(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        with pytest.raises(NotThere):
            await door.client.modify_validity("99999", NEXT_YEAR)


@every_kind
async def test_a_person_is_added_and_deleted(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        added = await door.client.add(newcomer("777", "Ny Person", NEXT_YEAR, Rights((1,), "1")))
        deleted = await door.client.delete("777")
        after = await door.client.person("777")

    assert isinstance(added, Written)
    assert added.after.name == "Ny Person"
    assert deleted == Gone("777")
    assert after is None


@every_kind
async def test_adding_who_is_there_is_refused(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        with pytest.raises(AlreadyThere) as error:
            await door.client.add(newcomer("10001", "Ny", NEXT_YEAR, Rights((1,), "1")))

    assert error.value.reply is not None
    assert error.value.reply.error_msg == "employeeNo"


@every_kind
async def test_adding_beyond_capacity_is_refused_as_full(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect, settings={"capacity": 25}) as door:
        with pytest.raises(TerminalFull):
            await door.client.add(newcomer("777", "Ny", NEXT_YEAR, Rights((1,), "1")))


@every_kind
async def test_deleting_who_is_not_there_is_no_error(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        assert await door.client.delete("99999") == Gone("99999")
        assert await door.client.count() == 25


@every_kind
async def test_a_terminal_tells_who_it_is_and_what_it_can(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        info = await door.client.device_info()
        known = await door.client.capabilities()
        count = await door.client.count()
        login = await door.client.check_login()

        rules = door.world.terminal.profile
        assert (info.model, info.firmware_version) == (rules.model, rules.firmware)
        assert known.page_size == rules.page_cap
        assert known.capacity == rules.capacity
        assert "put" in known.support_function
    assert count == 25
    assert login.status_value == 200


@every_kind
async def test_its_clock_can_be_read(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        told = (await door.client.time()).instant()

        assert abs((told - door.world.clock()).total_seconds()) < 5


@every_kind
async def test_what_happens_at_its_doors_can_be_read(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        for number in ("10001", "10002", "99999"):
            await door.world.open(number, 1)
        events = await door.client.events()

    assert events.complete
    assert [one.employee_no_string for one in events.items] == ["10001", "10002", "99999"]


@pytest.mark.parametrize(
    ("profile", "dialect"),
    [
        ("documented", "documented"),
        ("k1t342", "terminal"),
        ("k1t673", "terminal"),
        ("generic-v4", "terminal"),
    ],
)
async def test_the_dialect_is_found_out_once(rig: Any, profile: str, dialect: str):
    async with rig(profile) as door:
        assert await door.client.dialect() == dialect
        calls = len(door.twin.calls)
        assert await door.client.dialect() == dialect
        assert len(door.twin.calls) == calls


@every_kind
async def test_no_password_shows_in_what_is_recorded(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        door.state(users=[door.stored("10001") | {"password": "4711"}])
        await door.client.search()
        await door.client.modify_validity("10001", NEXT_YEAR)

        recorded = repr(door.said)
    assert "right-password" not in recorded
    assert "4711" not in recorded


@every_kind
async def test_a_pin_outlives_a_change(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        door.state(users=[door.stored("10001") | {"password": "4711"}])
        await door.client.modify_validity("10001", NEXT_YEAR)

        assert door.stored("10001")["password"] == "4711"
