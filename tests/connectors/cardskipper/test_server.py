"""What real clients see of the server: statuses, schemas, grants, every criterion."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from lxml import etree

from doorward.connectors.cardskipper.schemas import schema
from doorward.connectors.cardskipper.wire.operations import OPERATIONS, SCHEMAS, Operation
from doorward.net.line import Login
from doorward.net.secrets import Secret

SEARCH = b"<SearchCriteriaMember><OrganisationId>123</OrganisationId></SearchCriteriaMember>"
XML = {"Content-Type": "application/xml"}
IMPORT = (
    '<Cardskipper><Members><Member OrganisationMemberId="{id}" Firstname="Eva" Lastname="Ek" '
    'Birthdate="1990-05-01"{more}><ContactInfo EMail="eva@example.org"/><Organisations>'
    '<Organisation Id="{organisation}"><Roles><Role Id="{role}" StartDate="2026-01-01" '
    'EndDate="2026-12-31"/></Roles><Tags><Tag Label="New"/></Tags></Organisation></Organisations>'
    "</Member></Members></Cardskipper>"
)


def an_import(**other: str) -> bytes:
    said = {"id": "77", "organisation": "123", "role": "1", "more": ""} | other
    return IMPORT.format(**said).encode()


def path_of(operation: Operation) -> str:
    return operation.path.format(organisation="123", member="10001")


async def ask(rig: Any, operation: Operation, **other: Any) -> Any:
    bodies = {"Member/Export": SEARCH, "Import/Member": an_import(), "MemberBlob/Blob": b"jpeg"}
    headers = {"Content-Disposition": 'inline; filename="Anna.jpg"'}
    body = other.pop("body", bodies.get(operation.name, b""))
    path = other.pop("path", path_of(operation))
    return await rig.call(operation.method, path, body, headers, **other)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
async def test_each_call_works_with_and_without_its_slash(rig: Any, operation: Operation):
    for path in (path_of(operation), path_of(operation).rstrip("/")):
        answer = await ask(rig, operation, path=path)
        assert answer.status == 200


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
@pytest.mark.parametrize(
    "login",
    [None, Login("admin", Secret("wrong")), Login("other", Secret("right-password"))],
    ids=["none", "password", "name"],
)
async def test_no_call_works_without_the_login(rig: Any, operation: Operation, login: Any):
    answer = await ask(rig, operation, login=login)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert b"Member " not in answer.body


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
async def test_each_call_has_a_grant_of_its_own(rig: Any, operation: Operation):
    rig.settings(grants=[other.name for other in OPERATIONS if other != operation])
    for other in OPERATIONS:
        answer = await ask(rig, other)
        assert answer.status == (403 if other == operation else 200)
    assert operation.name in str((await ask(rig, operation)).body)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
async def test_another_method_is_405(rig: Any, operation: Operation):
    other = "POST" if operation.method == "GET" else "GET"
    answer = await rig.call(other, path_of(operation))
    assert answer.status == 405
    assert operation.method in answer.headers["Allow"]


async def test_an_unknown_path_is_404(rig: Any):
    assert (await rig.call("GET", "/Member/")).status == 404
    assert (await rig.call("GET", "/Doc/Other.xsd")).status == 404


@pytest.mark.parametrize("name", SCHEMAS)
async def test_the_schemas_need_no_login(rig: Any, name: str):
    answer = await rig.call("GET", f"/Doc/{name}", login=None)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/xml")
    etree.XMLSchema(etree.fromstring(answer.body))


async def test_answers_fit_their_schemas(rig: Any, make_member: Callable[..., Any]):
    info = await rig.call("GET", "/Organisation/Info")
    schema("OrganisationInfo.xsd").assertValid(etree.fromstring(info.body))
    rich = make_member(
        "5",
        phones=["1", "2"],
        email="a@b.se",
        birthdate="1980-01-01",
        tags=["Key"],
        inactive=True,
        details={"address": ["Street 1", "", "1", "Town"], "gender": "F", "extras": ["", "x", ""]},
    )
    for members in ([rich, {"id": "6"}], []):
        rig.members(*members)
        root = etree.fromstring((await rig.call("POST", "/Member/Export", SEARCH)).body)
        schema("MemberImport.xsd").assertValid(root)
        people = list(root.iter("Member"))
        assert len(people) == len(members)
        assert all(len(member.findall("ContactInfo")) == 1 for member in people)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not readable"),
        (b"<SearchCriteriaMember/>", "OrganisationId is missing"),
        (SEARCH.replace(b"123", b"999"), "no organisation 999"),
        (SEARCH.replace(b"123", b""), "OrganisationId is missing"),
        (SEARCH[:-5], "not readable"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + SEARCH, "DOCTYPE"),
        (SEARCH.replace(b"</Search", b"<Secret>1</Secret></Search"), "no search criterion"),
    ],
)
async def test_a_search_without_its_criteria_gets_400_and_never_members(
    rig: Any, body: bytes, why: str
):
    answer = await rig.call("POST", "/Member/Export/", body)
    assert answer.status == 400
    assert why in answer.body.decode()
    assert b"<Member " not in answer.body


async def test_a_body_of_another_type_is_415(rig: Any):
    answer = await rig.call("POST", "/Member/Export/", SEARCH, {"Content-Type": "text/csv"})
    assert answer.status == 415
    for kind in ("text/xml", "application/xml; charset=utf-8", ""):
        answer = await rig.call("POST", "/Member/Export/", SEARCH, {"Content-Type": kind})
        assert answer.status == 200


async def test_a_body_that_is_too_large_is_413(rig: Any):
    answer = await rig.call("POST", "/Member/Export/", SEARCH + b" " * 70_000, XML)
    assert answer.status == 413


async def test_base_data_comes_in_the_language_asked_for(rig: Any):
    for asked, name in (
        ("sv", "Sverige"),
        ("de, sv-SE;q=0.9", "Sverige"),
        ("en", "Sweden"),
        ("fr", "Sweden"),
    ):
        answer = await rig.call("GET", "/Basedata/Country/", headers={"Accept-Language": asked})
        assert etree.fromstring(answer.body)[0][0].get("Localname") == name
    genders = await rig.call("GET", "/Basedata/Gender", headers={"Accept-Language": "sv"})
    assert "Kvinna" in genders.body.decode()


@pytest.fixture
def club(rig: Any, make_member: Callable[..., Any]) -> Any:
    """Three members who differ in everything that can be searched for."""
    rig.world.restore(
        json.dumps(
            {
                "organisation": json.loads(msgspec.json.encode(rig.world.organisation))
                | {"units": [{"id": "7", "value": "Team A", "organisation_id": "123"}]},
                "members": [
                    make_member(
                        "1",
                        birthdate="1980-02-29",
                        phones=["+46 70 111 22 33"],
                        tags=["Key holder"],
                        user_id="900",
                        has_device=True,
                        roles=[{"role": "1", "start": "2026-01-01", "end": "2026-12-31"}],
                        changed_at="2026-03-01T12:00:00+01:00",
                    ),
                    make_member(
                        "2",
                        first_name="Åsa",
                        last_name="Ek",
                        member_id="555",
                        phones=["", "0046701112244"],
                        roles=[
                            {"role": "2", "end": "2026-06-30", "unit": "team a"},
                            {"role": "1", "start": "2027-01-01"},
                        ],
                        changed_at="2026-04-01T12:00:00Z",
                    ),
                    make_member("3", inactive=True),
                    make_member("4", roles=[]),
                ],
            }
        ).encode()
    )
    return rig


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({}, "1 2 3 4"),
        ({"member_id": "1"}, "1"),
        ({"member_id": "555"}, "2"),
        ({"organisation_member_id": "2"}, "2"),
        ({"organisation_member_id": "002"}, "2"),
        ({"role_id": "2"}, "2"),
        ({"role_id": "1"}, "1 2 3"),
        ({"user_id": "900"}, "1"),
        ({"birthdate": "1980-02-29"}, "1"),
        ({"first_name": "ANNA"}, "1 3 4"),
        ({"first_name": "åsa", "last_name": "ek"}, "2"),
        ({"last_name": "Ber"}, ""),
        ({"cellphone": "070 111 22 33"}, "1"),
        ({"cellphone": "+46701112244"}, "2"),
        ({"cellphone": "46701112244"}, "2"),
        ({"tag_contains": "key"}, "1"),
        ({"organisation_unit": "Team A"}, "2"),
        ({"organisation_unit": "7"}, "2"),
        ({"has_user_device": "true"}, "1"),
        ({"has_user_device": "false"}, "2 3 4"),
        ({"only_active": "false"}, "1 2 3 4"),
        ({"changed_at": "2026-03-01T12:30:00"}, "2"),
        ({"changed_at": "2026-03-01T11:30:00"}, "1 2"),
        ({"changed_at": "2026-03-01T11:30:00Z"}, "2"),
    ],
)
@pytest.mark.parametrize("dialect", ["documented", "vendor"])
async def test_every_criterion_filters(
    club: Any, criteria: dict[str, str], found: str, dialect: str
):
    assert await searched(club, dialect, **criteria) == found


async def searched(rig: Any, dialect: str, **criteria: str) -> str:
    said = {"organisation_id": "123"} | criteria
    if dialect == "vendor":
        inner = "".join(f'<{wire(key)} value="{value}"/>' for key, value in said.items())
        body = f"<Cardskipper><SearchCriteriaMember>{inner}</SearchCriteriaMember></Cardskipper>"
    else:
        inner = "".join(f"<{wire(key)}>{value}</{wire(key)}>" for key, value in said.items())
        body = f"<SearchCriteriaMember>{inner}</SearchCriteriaMember>"
    answer = await rig.call("POST", "/Member/Export/", body.encode())
    assert answer.status == 200
    root = etree.fromstring(answer.body)
    return " ".join(str(each.get("OrganisationMemberId")) for each in root.iter("Member"))


def wire(field: str) -> str:
    """first_name is Firstname, organisation_id is OrganisationId."""
    parts = field.replace("first_name", "firstname").replace("last_name", "lastname").split("_")
    return "".join(part.capitalize() for part in parts)


@pytest.mark.parametrize(
    ("now", "more", "found"),
    [
        ("2025-12-31T22:59:00Z", {}, "2"),
        ("2025-12-31T23:00:00Z", {}, "1 2"),  # midnight in Stockholm
        ("2026-06-30T21:59:00Z", {}, "1 2"),
        ("2026-06-30T22:00:00Z", {}, "1"),
        ("2026-12-31T22:59:00Z", {}, "1"),
        ("2026-12-31T23:00:00Z", {}, "2"),
        ("2026-06-01T12:00:00Z", {"role_id": "1"}, "1"),  # her active role is another one
        ("2027-06-01T12:00:00Z", {"role_id": "1"}, "2"),
        ("2027-06-01T12:00:00Z", {"organisation_unit": "Team A"}, ""),
    ],
)
async def test_only_active_goes_by_the_twins_clock_and_the_clubs_days(
    club: Any, now: str, more: dict[str, str], found: str
):
    order = json.dumps({"now": now}).encode()
    assert (await club.call("PUT", "/_twin/clock", order)).status == 200
    assert await searched(club, "documented", only_active="true", **more) == found


async def test_an_end_with_a_time_ends_at_that_time(club: Any, make_member: Callable[..., Any]):
    wall = {"role": "1", "start": "2026-05-01T08:00:00", "end": "2026-05-01T18:00:00"}
    moment = {"role": "1", "start": "2026-05-01T08:00:00Z", "end": "2026-05-01T18:00:00Z"}
    club.members(make_member("1", roles=[wall]), make_member("2", roles=[moment]))
    for now, found in (
        ("2026-05-01T05:59:00Z", ""),
        ("2026-05-01T06:00:00Z", "1"),
        ("2026-05-01T15:59:00Z", "1 2"),
        ("2026-05-01T16:00:01Z", "2"),
        ("2026-05-01T18:00:01Z", ""),
    ):
        await club.call("PUT", "/_twin/clock", json.dumps({"now": now}).encode())
        assert await searched(club, "vendor", only_active="true") == found


async def test_an_import_adds_and_changes_members(rig: Any):
    answer = await rig.call("POST", "/Import/Member/", an_import(), XML)
    assert dict(etree.fromstring(answer.body)[0].attrib) == {"Created": "1", "Updated": "0"}
    again = an_import(role="2", more=' Inactive="true"').replace(b"Eva", b"Eve")
    answer = await rig.call("POST", "/Import/Member/", again, XML)
    assert dict(etree.fromstring(answer.body)[0].attrib) == {"Created": "0", "Updated": "1"}
    member = rig.world.members["77"]
    assert (member.first_name, member.inactive, member.tags) == ("Eve", True, ("New",))
    assert [role.role for role in member.roles] == ["1", "2"]
    assert await rig.ids(organisation_member_id="77", role_id="2") == ["77"]


async def test_an_import_takes_the_place_of_roles_with_the_same_id_and_may_clear_tags(rig: Any):
    await rig.call("POST", "/Import/Member/", an_import())
    later = an_import().replace(b"2026-", b"2027-").replace(b'Label="New"', b'Label="Old"')
    cleared = later.replace(b'Id="123"', b'Id="123" ClearTags="true"')
    await rig.call("POST", "/Import/Member/", cleared)
    member = rig.world.members["77"]
    assert [(role.role, role.start) for role in member.roles] == [("1", "2027-01-01")]
    assert member.tags == ("Old",)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"organisation": "9"}, "no organisation 9"),
        ({"role": "99"}, "no role 99"),
        ({"more": ' GenderCode="Dragon"'}, "no gender"),
        ({"more": ' Nationality="Atlantis"'}, "no nationality"),
        ({"more": ' Age="9"'}, "Age"),
        ({"id": "abc"}, "abc"),
    ],
)
async def test_an_import_with_one_bad_record_changes_nothing(
    rig: Any, other: dict[str, str], why: str
):
    before = rig.world.document()
    good = an_import().split(b"<Members>")[1].split(b"</Members>")[0]
    body = an_import(**other).replace(b"<Members>", b"<Members>" + good)
    answer = await rig.call("POST", "/Import/Member/", body)
    assert answer.status == 400
    assert why in answer.body.decode()
    assert rig.world.document() == before


async def test_an_import_knows_base_data_under_any_name(rig: Any):
    body = an_import(more=' GenderCode="kvinna" Nationality="SWE" Birthnumber="19900501-0000"')
    assert (await rig.call("POST", "/Import/Member/", body)).status == 200
    assert rig.world.members["77"].details.nationality == "SWE"


async def test_a_member_whose_number_is_too_long_is_refused_by_name(rig: Any):
    answer = await rig.call("POST", "/Import/Member/", an_import(id="1" * 19))
    assert answer.status == 400
    assert "Member 1111111111111111111" in answer.body.decode()


async def test_a_photo_needs_a_file_name_a_member_and_a_body(rig: Any):
    path, named = "/MemberBlob/Blob/123/10001", {"Content-Disposition": "inline; filename=a.jpg"}
    assert (await rig.call("POST", path, b"jpeg", named)).status == 200
    assert json.loads(rig.world.document())["photos"]["10001"]["name"] == "a.jpg"
    assert (await rig.call("POST", path, b"jpeg")).status == 400
    assert (await rig.call("POST", path, b"", named)).status == 400
    for other in ("/MemberBlob/Blob/123/99", "/MemberBlob/Blob/9/10001"):
        assert (await rig.call("POST", other, b"jpeg", named)).status == 404
