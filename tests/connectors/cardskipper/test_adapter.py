"""The register as the hub sees it: complete, partial or failed, and what `check` says."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from doorward.connectors.cardskipper import adapter
from doorward.connectors.cardskipper.settings import CardskipperSettings, TwinOptions
from doorward.connectors.cardskipper.translate import Translator
from doorward.connectors.cardskipper.twin import CardskipperWorld
from doorward.connectors.cardskipper.wire.members import Member, RoleStay
from doorward.connectors.kinds import Surroundings, source_kind, twin_kind
from doorward.core.errors import Kind
from doorward.core.people import Faulty, Membership, Person
from doorward.core.ports import Register, silent
from doorward.core.reads import Complete, Failed, Partial
from doorward.net.secrets import Secret

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ROLE = {"role": "1", "start": "2026-01-01", "end": "2026-12-31"}


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "_DIALECTS", {})


def settings(url: str, **other: Any) -> CardskipperSettings:
    said: dict[str, Any] = {
        "organisation": 123,
        "username": "admin",
        "password": Secret("right-password"),
    }
    return CardskipperSettings(url=url, **said | other)


@asynccontextmanager
async def register(rig: Any, folder: Path = Path(), **other: Any) -> AsyncIterator[Register]:
    around = Surroundings(zone=STOCKHOLM, folder=folder)
    async with adapter.SOURCE.open("club", settings(rig.url, **other), around) as opened:
        yield opened


async def read(rig: Any, **other: Any) -> Any:
    async with register(rig, **other) as opened:
        return await opened.people(silent)


@pytest.mark.parametrize(
    ("written", "told"),
    [("070-123 45 67", "+46701234567"), ("+358401234567", "+358401234567"), ("ring me", "ring me")],
)
async def test_a_phone_number_is_told_in_international_form(
    rig: Any, make_member: Callable[..., Any], written: str, told: str
):
    rig.members(make_member("7", phones=[written]))
    found = await read(rig)
    assert isinstance(found, Complete)
    assert [one.phone for one in found.items] == [told]


def test_a_country_without_telephone_numbers_is_refused():
    with pytest.raises(ValueError, match="region is no country"):
        CardskipperSettings(
            url="https://api.example.org",
            organisation=1,
            username="someone",
            password=Secret("secret"),
            region="XX",
        )


async def test_everybody_is_read_with_the_names_of_her_roles(
    rig: Any, make_member: Callable[..., Any]
):
    rig.members(
        make_member(
            "7",
            email="anna@example.org",
            phones=["+4670", "+4671"],
            tags=["Key", "Plate: ABC 123", ": odd"],
            roles=[
                {"role": "1", "start": "2020-01-01", "end": "2099-12-31"},
                {"role": "3", "start": "2030-01-01"},
            ],
        )
    )
    found = await read(rig)
    assert found == Complete(
        [
            Person(
                "club/123/7",
                "Anna",
                "Berg",
                ("anna@example.org",),
                "+4670",
                "7",
                (
                    Membership("Gym", date(2020, 1, 1), date(2099, 12, 31)),
                    Membership("Pool", date(2030, 1, 1), None),
                ),
                (("tag", "Key"), ("Plate", "ABC 123"), ("tag", ": odd")),
            )
        ],
        (),
    )
    assert found.items[0].source == "club"


async def test_progress_is_told(open_rig: Any):
    steps: list[tuple[int, int | None]] = []
    async with open_rig(people=1500) as rig, register(rig) as opened:
        await opened.people(lambda done, total: steps.append((done, total)))
    assert steps == [(1000, None), (1500, None), (1500, 1500)]


async def test_a_record_that_cannot_be_read_is_faulty_and_the_read_complete(rig: Any):
    rig.settings(extra_members=[member_xml('OrganisationMemberId="77"')])
    found = await read(rig)
    assert isinstance(found, Complete)
    assert len(found.items) == 3
    (fault,) = found.faulty
    assert fault.key == "club/123/77"
    assert "EndDate cannot be read: 'soon'" in fault.reason
    assert "line" in fault.where
    assert fault.remedy


async def test_a_record_that_does_not_say_whose_it_is_makes_the_read_partial(rig: Any):
    rig.settings(extra_members=[member_xml("")])
    found = await read(rig)
    assert isinstance(found, Partial)
    assert found.faulty[0].key is None
    assert len(found.items) == 3


def member_xml(attributes: str) -> str:
    return f'<Member {attributes}><Roles><Role Id="1" EndDate="soon"/></Roles></Member>'


async def test_a_role_that_nobody_lists_leaves_her_as_she_is(
    rig: Any, make_member: Callable[..., Any]
):
    now = datetime.now(UTC).year
    roles = [{"role": "99", "start": f"{now}-01-01", "end": f"{now + 1}-12-31"}]
    rig.world.put(rig.world.members["10001"])
    rig.members(
        make_member("1", roles=roles),
        make_member("2", roles=[{"role": "1", "start": f"{now}-01-01"}]),
    )
    found = await read(rig)
    assert [fault.key for fault in found.faulty] == ["club/123/1"]
    assert "role 99" in found.faulty[0].reason


async def test_without_the_names_of_roles_the_read_is_partial_and_says_which_grant(rig: Any):
    rig.settings(grants=["Member/Export"])
    found = await read(rig)
    assert isinstance(found, Partial)
    assert {stay.role for person in found.items for stay in person.memberships} <= set("1234")
    assert "Organisation/Info" in found.trouble.reason
    assert "API right for Organisation/Info" in found.trouble.remedy
    assert "nobody loses access" in found.trouble.remedy


async def test_an_organisation_that_is_not_listed_makes_the_read_partial(rig: Any):
    document = rig.world.document().replace(b'"id": "123"', b'"id": "124"', 1)
    rig.world.restore(document)
    found = await read(rig, organisation=124)
    assert isinstance(found, Complete)
    assert isinstance(await read(rig), Failed)  # the export refuses it, too


async def test_a_missing_export_grant_fails_the_read(rig: Any):
    rig.settings(grants=["Organisation/Info"])
    found = await read(rig)
    assert isinstance(found, Failed)
    assert "Member/Export" in found.trouble.reason
    assert found.trouble.kind is Kind.PERMANENT


async def test_a_refused_login_fails_the_read_after_one_call(rig: Any):
    found = await read(rig, password=Secret("wrong"))
    assert isinstance(found, Failed)
    assert found.trouble.kind is Kind.CREDENTIAL
    assert rig.paths() == ["GET /Organisation/Info/"]


@pytest.mark.parametrize("kind", ["garbage", "drop", "busy", "refuse"])
async def test_a_broken_export_fails_the_read(rig: Any, kind: str, monkeypatch: pytest.MonkeyPatch):
    import stamina

    rig.fault("Member/Export", kind, times=None)
    with stamina.set_testing(True, attempts=2):
        found = await read(rig)
    assert isinstance(found, Failed)
    assert found.trouble.remedy


async def test_an_empty_export_fails_the_read(rig: Any):
    rig.members()
    found = await read(rig)
    assert isinstance(found, Failed)
    assert "no members" in found.trouble.reason


async def test_a_register_that_is_gone_fails_the_read(rig: Any):
    import stamina

    with stamina.set_testing(True, attempts=1):
        found = await read_from("http://127.0.0.1:1")
    assert isinstance(found, Failed)
    assert found.trouble.kind is Kind.RETRY


async def read_from(url: str, **other: Any) -> Any:
    around = Surroundings(zone=STOCKHOLM)
    async with adapter.SOURCE.open("club", settings(url, **other), around) as opened:
        return await opened.people(silent)


async def test_plain_http_beyond_this_machine_is_refused_before_anything_is_sent():
    found = await read_from("http://register.example.org")
    assert isinstance(found, Failed)
    assert "clear" in found.trouble.reason


async def test_a_missing_certificate_file_is_named(rig: Any, tmp_path: Path):
    async with register(rig, folder=tmp_path, ca_file="ca.pem") as opened:
        found = await opened.people(silent)
        (finding,) = await opened.check()
    assert isinstance(found, Failed)
    assert "ca.pem is not there" in found.trouble.reason
    assert (finding.subject, finding.good) == ("connection", False)
    assert rig.paths() == []


async def test_the_dialect_is_remembered_from_run_to_run(rig: Any):
    rig.settings(dialects=["vendor"])
    for _ in range(2):
        assert isinstance(await read(rig), Complete)
    assert rig.paths().count("POST /Member/Export/") == 3


TRANSLATOR = Translator("club", "123", STOCKHOLM, "SE", {"1": "Gym"})
PLUS_TWO = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (date(2026, 5, 1), date(2026, 5, 1)),
        (datetime(2026, 5, 1, 12), datetime(2026, 5, 1, 12)),
        (datetime(2026, 4, 30, 22, tzinfo=UTC), date(2026, 5, 1)),  # midnight in Stockholm
        (datetime(2026, 5, 1, 12, tzinfo=PLUS_TWO), datetime(2026, 5, 1, 12, tzinfo=PLUS_TWO)),
        (None, None),
    ],
)
def test_an_instant_that_is_midnight_in_the_club_is_a_day(said: Any, meant: Any):
    person = TRANSLATOR.person(Member("1", stays=(RoleStay("1", None, said),)))
    assert isinstance(person, Person)
    assert person.memberships == (Membership("Gym", None, meant),)


def test_an_inactive_member_has_no_memberships():
    person = TRANSLATOR.person(Member("1", stays=(RoleStay("1"),), inactive=True))
    assert isinstance(person, Person)
    assert person.memberships == ()


def test_dates_of_a_members_own_are_a_membership_without_a_role():
    person = TRANSLATOR.person(Member("1", stays=(RoleStay("", date(2026, 1, 1)),)))
    assert isinstance(person, Person)
    assert person.memberships == (Membership("", date(2026, 1, 1), None),)


def test_windows_stay_apart():
    stays = (RoleStay("1", None, date(2026, 1, 31)), RoleStay("1", date(2026, 3, 1)))
    person = TRANSLATOR.person(Member("1", stays=stays))
    assert isinstance(person, Person)
    assert len(person.memberships) == 2
    assert not isinstance(person, Faulty)


async def findings(rig: Any, **other: Any) -> dict[str, tuple[bool, str, str]]:
    async with register(rig, **other) as opened:
        return {each.subject: (each.good, each.text, each.remedy) for each in await opened.check()}


async def test_check_says_what_works(open_rig: Any):
    async with open_rig(people=300) as rig:
        found = await findings(rig)
    assert list(found) == ["connection", "login", "Organisation/Info", "Member/Export"]
    assert all(good for good, _, _ in found.values())
    assert "Gym off-peak" in found["Organisation/Info"][1]
    text = found["Member/Export"][1]
    assert text.startswith("300 active members, ")
    assert "'documented' dialect" in text
    assert " 0 without" not in text


async def test_check_stops_where_the_login_is_refused(rig: Any):
    found = await findings(rig, password=Secret("wrong"))
    assert list(found) == ["connection", "login"]
    assert found["login"][0] is False
    assert "password" in found["login"][2]


async def test_check_names_each_missing_grant(rig: Any):
    rig.settings(grants=[])
    found = await findings(rig)
    for call in ("Organisation/Info", "Member/Export"):
        good, text, remedy = found[call]
        assert not good
        assert call in text
        assert f"API right for {call}" in remedy


async def test_check_says_which_organisations_there_are(rig: Any):
    found = await findings(rig, organisation=9)
    assert found["Organisation/Info"][1].endswith("this login sees: 123 (Doorward Sports Club)")
    assert not found["Member/Export"][0]


async def test_check_misses_roles(rig: Any):
    rig.world.restore(
        b'{"organisation": {"id": "123", "name": "Club",'
        b' "information_types": [{"id": "1", "name": "News"}]}}'
    )
    assert (await findings(rig))["Organisation/Info"][1].endswith("has no roles")


async def test_check_says_what_is_unreachable(rig: Any):
    import stamina

    rig.fault("", "drop", times=None)
    with stamina.set_testing(True, attempts=1):
        found = await findings(rig)
    assert list(found) == ["connection"]
    assert not found["connection"][0]


async def test_check_names_the_first_records_that_cannot_be_read(rig: Any):
    rig.settings(extra_members=[member_xml(f'Id="{n}"') for n in range(1, 8)] + [member_xml("")])
    async with register(rig) as opened:
        told = [each for each in await opened.check() if each.subject == "members"]
    assert len(told) == 6
    assert told[0].text == "member 1: EndDate cannot be read: 'soon'"
    assert told[-1].text == "3 more records cannot be read"
    assert not any(each.good for each in told)


async def test_check_warns_of_an_unchecked_certificate(rig: Any):
    found = await findings(rig, verify=False)
    assert found["certificate"][0] is False
    assert "verify = false" in found["certificate"][2]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"url": "api.cardskipper.se"}, "address"),
        ({"url": "ftp://api.cardskipper.se"}, "address"),
        ({"url": "https://me:word@api.cardskipper.se"}, "address alone"),
        ({"url": "https://api.cardskipper.se/Member"}, "address alone"),
        ({"username": "a:b"}, "colon"),
        ({"fingerprint": "AB:CD"}, "SHA-256"),
        ({"fingerprint": "no"}, "SHA-256"),
    ],
)
def test_settings_that_cannot_be_are_refused(other: dict[str, Any], why: str):
    with pytest.raises(ValueError, match=why):
        settings(**{"url": "https://api.cardskipper.se/"} | other)


def test_settings_say_how_the_certificate_is_judged(tmp_path: Path):
    trust = settings(
        "https://api.cardskipper.se", ca_file="ca.pem", fingerprint="AB" * 32, verify=False
    ).trust(tmp_path)
    assert trust.ca_file == str(tmp_path / "ca.pem")
    assert (trust.fingerprint, trust.verify, trust.plain_http) == ("AB" * 32, False, False)


def test_the_password_is_not_shown():
    assert "right-password" not in repr(settings("https://api.cardskipper.se"))


def test_the_connector_is_found_by_its_folders_name():
    assert source_kind("cardskipper") is adapter.SOURCE
    twin = twin_kind("cardskipper").make(TwinOptions(people=2, organisation=9, seed=3))
    assert isinstance(twin.world, CardskipperWorld)
    assert twin.world.organisation.id == "9"
    assert len(twin.world.members) == 2
    assert twin.world.grants("demo", "demo")
