"""What `doorward check` finds at a VIZpin target, and what it says to do."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.vizpin.target_rig import Town, town
from doorward.connectors.vizpin.wire.accounts import AccountFields
from doorward.connectors.vizpin.wire.readers import ReaderFields
from doorward.core.ports import Finding


async def found(place: Town) -> dict[str, Finding]:
    return {one.subject: one for one in await place.door.check()}


async def test_all_is_well_and_is_said_in_a_few_calls():
    async with town() as place:
        findings = await found(place)
        asked = place.asked()
    assert all(one.good and not one.remedy for one in findings.values())
    assert set(findings) == {"connection", "place", "time zone", "people"}
    assert "4 readers" in findings["place"].text
    assert findings["people"].text == "6 users at the location"
    assert sum(asked.values()) == 7


@pytest.mark.covers("vizpin", rule="listed-zone")
@pytest.mark.parametrize(
    ("zone", "chosen"),
    [
        ("Europe/London", "Europe/London"),
        ("Europe/Helsinki", "Europe/Helsinki"),
        ("Europe/Tallinn", "Europe/Athens"),
        ("Asia/Kathmandu", "Asia/Katmandu"),
        ("UTC", "GMT"),
    ],
)
async def test_another_time_zone_is_told_with_the_listed_one_to_choose(zone: str, chosen: str):
    async with town(zone=ZoneInfo(zone)) as place:
        finding = (await found(place))["time zone"]
    assert not finding.good
    assert f"time zone to {chosen}," in finding.remedy


async def test_a_zone_that_is_not_listed_may_be_any_with_the_same_clock():
    async with town(zone=ZoneInfo("Europe/Stockholm")) as place:
        finding = (await found(place))["time zone"]
    assert finding.good
    assert "Europe/Berlin" in finding.text


@pytest.mark.covers("vizpin", rule="listed-zone")
async def test_a_zone_without_its_like_in_the_list_is_told_too():
    async with town(zone=ZoneInfo("Antarctica/Troll")) as place:
        finding = (await found(place))["time zone"]
    assert "the nearest one" in finding.remedy


@pytest.mark.parametrize(
    ("told", "subject", "word"),
    [
        ({"readers": ("Gymn",)}, "readers", "Did you mean 'Gym'?"),
        ({"roles": {"Members": ("Attic",)}}, "readers", "There is: Gym,"),
        ({"roles": {"Boss": ("Gym",)}}, "roles", "There is: Members, Staff."),
        ({"account": "Other Club"}, "place", "There is: Doorward Sports Club."),
        ({"location": "Attic"}, "place", "There is: Clubhouse."),
    ],
)
async def test_what_is_configured_and_not_there_is_told(
    told: dict[str, Any], subject: str, word: str
):
    async with town(**told) as place:
        finding = (await found(place))[subject]
    assert not finding.good
    assert word in finding.remedy


async def test_a_clock_that_is_wrong_is_told():
    async with town() as place:
        place.door.clock = lambda: datetime.now(UTC) + timedelta(minutes=90)
        finding = (await found(place))["clock"]
    assert not finding.good
    assert re.search(r"is 1:(29:59|30:0[01]) behind", finding.text)
    assert "NTP" in finding.remedy


async def test_a_deactivated_account_is_told():
    async with town() as place:
        (account,) = await place.door.client.account_list()
        await place.door.client.account_edit(AccountFields(id=account.id, deactivated="true"))
        finding = (await found(place))["account"]
    assert not finding.good


async def test_a_certificate_that_is_not_looked_at_is_told():
    async with town(verify=False) as place:
        finding = (await found(place))["certificate"]
    assert not finding.good


async def test_what_does_not_answer_is_told():
    async with town() as place:
        place.fault("com.vizpin.time", "busy", times=None)
        finding = (await found(place))["connection"]
    assert not finding.good
    assert not finding.refused


async def test_readers_that_share_a_name_are_to_be_named_by_id():
    async with town(readers=("Boat door",)) as place:
        site = await place.door._place()
        for serial in ("VZ1", "VZ2"):
            await place.door.client.reader_add(
                ReaderFields(location_id=site.location.id, name="Boat door", serial=serial)
            )
        finding = (await found(place))["readers"]
    assert "no reader 'Boat door'" in finding.text


async def test_roles_that_share_a_name_are_told_with_their_ids():
    async with town() as place:
        site = await place.door._place()
        ident = await place.door.client.role_add(site.location.id, "Members")
        finding = (await found(place))["roles"]
    assert finding.text == "2 roles are called Members"
    assert ident in finding.remedy
