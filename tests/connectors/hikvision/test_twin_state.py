"""A twin's state: seeded, kept over a kill, edited by hand, shown on its page."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from doorward.connectors.hikvision.outcome import Complete
from doorward.connectors.hikvision.profiles import PROFILES
from doorward.connectors.hikvision.twin import hikvision_twin
from doorward.connectors.hikvision.wire.person import Rights, newcomer
from doorward.connectors.hikvision.wire.validity import Window
from doorward.twinkit.clock import TwinClock
from doorward.twinkit.population import people

WINDOW = Window(datetime(2026, 6, 1), datetime(2027, 5, 31, 23, 59, 59))
ANN = newcomer("777", "Ann", WINDOW, Rights((1,), "1"))


def documents(twin: Any) -> dict[str, Any]:
    read: dict[str, Any] = msgspec.json.decode(twin.world.document())
    return read


@pytest.mark.parametrize("profile", list(PROFILES))
def test_a_fresh_twin_holds_the_invented_people(profile: str):
    clock = TwinClock(lambda: datetime(2026, 5, 15, tzinfo=UTC))
    users = documents(hikvision_twin("a", "b", 60, 3, profile, clock=clock))["users"]
    invented = list(people(60, 3, date(2026, 5, 15)))

    assert [user["employeeNo"] for user in users] == [person.number for person in invented]
    for user, person in zip(users, invented, strict=True):
        assert user["name"] == f"{person.first_name} {person.last_name}"
        end = person.stale_end or max(stay.end for stay in person.stays)
        begin = min(stay.start for stay in person.stays)
        begin -= timedelta(days=364) if person.stale_end else timedelta()
        assert user["Valid"] == {
            "enable": True, "beginTime": f"{begin}T00:00:00", "endTime": f"{end}T23:59:59",
        }  # fmt: skip
        assert user["RightPlan"] == [{"doorNo": 1, "planTemplateNo": "1"}]
    assert any(person.stale_end for person in invented)


def test_an_address_is_kept_where_the_model_has_a_place_for_it():
    def first(profile: str) -> dict[str, Any]:
        user: dict[str, Any] = documents(hikvision_twin("a", "b", 1, 1, profile))["users"][0]
        return user

    assert first("documented")["email"] == "member10001.1@example.org"
    assert first("k1t342")["PersonInfoExtends"] == [{"value": "member10001.1@example.org"}]
    assert not {"email", "PersonInfoExtends"} & first("k1t673").keys()


async def test_what_was_answered_survives_a_kill(rig: Any, tmp_path: Path):
    file = tmp_path / "twin.sqlite"
    async with rig("k1t342", state=file) as door:
        await door.client.modify_validity("10001", WINDOW)
        await door.client.delete("10002")
        await door.client.add(ANN)
        await door.world.open("10001", 1)
        door.world.gate._count(door.world.clock())
        before = door.world.document()
        # Killed: nothing is closed, and another process opens the file.
        again = hikvision_twin("admin", "x", 3, 9, "k1t342", file)

    assert documents(again) == msgspec.json.decode(before)


async def test_people_keep_their_order_over_a_restart(rig: Any, tmp_path: Path):
    file = tmp_path / "twin.sqlite"
    async with rig("k1t342", state=file, people=3) as door:
        await door.client.add(ANN)
        await door.client.modify_validity("10002", WINDOW)
    async with rig("documented", state=file) as door:
        listing = await door.client.search()
        assert door.world.terminal.profile.model.startswith("DS-K1T342")
    assert [one.employee_no for one in listing.people] == ["10001", "10002", "10003", "777"]


async def test_a_reset_is_back_at_the_seed(rig: Any, tmp_path: Path):
    async with rig("k1t342", state=tmp_path / "twin.sqlite") as door:
        seed = door.world.document()
        await door.client.delete("10001")
        await door.world.open("10001", 1)
        door.state(profile="generic-v4")
        async with aiohttp.ClientSession() as session:
            async with session.post(f"{door.url}/_twin/reset") as answer:
                assert answer.status == 204
        assert door.world.document() == seed
        again = hikvision_twin("admin", "x", state=tmp_path / "twin.sqlite")
    assert again.world.document() == seed


async def test_a_document_that_was_read_can_be_given_back(rig: Any):
    async with rig("documented") as door:
        await door.world.open("10001", 1)
        document = door.world.document()
        await door.client.modify_validity("10001", WINDOW)
        door.world.restore(document)
        assert door.world.document() == document


async def test_a_part_that_is_left_out_stays(rig: Any):
    async with rig("k1t342") as door:
        await door.world.open("10001", 1)
        door.state(settings={"capacity": 3})
        state = msgspec.json.decode(door.world.document())
    assert (state["profile"], state["settings"]) == ("k1t342", {"capacity": 3})
    assert (len(state["users"]), len(state["events"])) == (25, 1)


async def test_settings_go_with_their_profile(rig: Any):
    async with rig("k1t342", settings={"page_cap": 7}) as door:
        door.state(users=[])
        assert door.world.terminal.profile.page_cap == 7
        door.state(profile="k1t673")
        assert door.world.terminal.profile.page_cap == 30


async def test_another_profile_changes_the_login_too(rig: Any):
    async with rig("documented", auth="basic") as door:
        await door.client.count()
        door.state(settings={"schemes": ["digest"]})
        assert len(door.world.gate.offers()) == 1


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"profile": "k9"}, "'profile' is one of"),
        ({"settings": {"pages": 1}}, "pages"),
        ({"people": []}, "people"),
        ({"users": [{"name": "x"}]}, r"users\[0\].employeeNo"),
        ({"users": [{"employeeNo": ""}]}, r"users\[0\].employeeNo: is empty"),
        ({"users": [{"employeeNo": "1"}, {"employeeNo": "1"}]}, r"users\[1\].employeeNo: '1'"),
        ({"users": [{"employeeNo": "1", "gender": 4}]}, r"users\[0\].gender"),
        (
            {"users": [{"employeeNo": "1", "Valid": {"enable": True, "beginTime": "2026-01-01"}}]},
            r"users\[0\].Valid.beginTime: is not a time",
        ),
        (
            {
                "users": [
                    {
                        "employeeNo": "1",
                        "Valid": {
                            "enable": True,
                            "beginTime": "2026-02-01T00:00:00",
                            "endTime": "2026-01-01T00:00:00",
                        },
                    }
                ]
            },
            "the window ends before it begins",
        ),
        ({"events": [{"major": 5}]}, r"events\[0\].minor"),
        ({"events": [{"major": 5, "minor": 1, "time": "2026-01-01T00:00:00"}]}, "no offset"),
        ({"events": [{"major": 5, "minor": 1, "time": "2026-01-01T00:00:00Z"}]}, "serialNo"),
        ({"hosts": [{"id": 1}]}, "hosts"),
        ([], "object"),
    ],
)
async def test_a_document_with_a_mistake_changes_nothing_and_names_it(
    rig: Any, document: Any, text: str
):
    async with rig("k1t342") as door:
        before = door.world.document()
        with pytest.raises(ValueError, match=text):
            door.world.restore(msgspec.json.encode(document))
        assert door.world.document() == before


async def test_the_page_shows_people_and_facts(rig: Any):
    async with rig("k1t342", people=250) as door, aiohttp.ClientSession() as session:
        async with session.get(f"{door.url}/_twin/") as answer:
            page = await answer.text()
    assert "Hikvision terminal, profile k1t342" in page
    assert "the first 200 shown" in page
    assert "member10001.1@example.org" in page
    assert "granted" in page


async def test_the_page_shows_who_has_no_limit_and_a_locked_login(rig: Any):
    async with rig("k1t342") as door:
        later = (door.world.clock() + timedelta(seconds=60)).isoformat()
        door.state(
            users=[{"employeeNo": "1", "Valid": {"enable": False}}],
            login={"wrong": 5, "locked_until": later},
        )
        view = door.world.overview()
    assert "no limit" in view.rows[0]
    assert "locked for" in view.facts["Login"]


async def test_a_terminal_of_thousands_is_listed(rig: Any):
    async with rig("documented", people=3_000, dialect="documented") as door:
        listing = await door.client.search()
    assert isinstance(listing, Complete)
    assert len(listing.people) == 3_000


async def test_only_so_many_events_are_kept(rig: Any, tmp_path: Path):
    file = tmp_path / "twin.sqlite"
    async with rig("k1t342", state=file, settings={"events_kept": 3}) as door:
        for _ in range(5):
            await door.world.open("10001", 1)
        assert [one.serial_no for one in door.world.terminal.log] == [3, 4, 5]
        again = hikvision_twin("admin", "x", state=file)
    assert [one["serialNo"] for one in documents(again)["events"]] == [3, 4, 5]
