"""Members sent to Import/Member, and the rest of what is written."""

from datetime import date
from io import BytesIO

import pytest
from lxml import etree

from doorward.connectors.cardskipper.schemas import schema, source
from doorward.connectors.cardskipper.wire import basedata, writing
from doorward.connectors.cardskipper.wire.export import read_export
from doorward.connectors.cardskipper.wire.imports import (
    ImportRefused,
    Outcome,
    Sent,
    read_import,
    write_outcome,
)
from doorward.connectors.cardskipper.wire.members import Details, Member, RoleStay
from doorward.connectors.cardskipper.wire.operations import OPERATIONS, SCHEMAS
from doorward.connectors.cardskipper.wire.text import escaped
from doorward.connectors.cardskipper.wire.writing import Manner, write_export

STAY = RoleStay("1", date(2026, 1, 1), date(2026, 12, 31), "Senior", "Team A")
ANNA = Member(
    "10001",
    "Anna",
    "Berg",
    date(1980, 2, 29),
    ("anna@example.org",),
    ("+46700000001", "+46700000002"),
    (STAY,),
    ("Key",),
    True,
    Details("F", "SE", "19800229", ("a", "b", "c"), ("Street 1", "", "111 11", "Town")),
)
IMPORT = schema("MemberImport.xsd")


def document(*members: Member, organisation: str = "123") -> bytes:
    return b"".join(write_export(members, organisation))


def test_an_import_survives_the_wire():
    assert read_import(document(ANNA), IMPORT) == (Sent("123", ANNA),)


def test_an_import_is_refused_at_every_cut():
    body = document(ANNA).rstrip()
    for place in range(len(body)):
        with pytest.raises(ImportRefused):
            read_import(body[:place], IMPORT)


def test_a_member_of_two_organisations_is_sent_to_both():
    body = document(ANNA).replace(
        b"</Organisations>",
        b'<Organisation Id="9" ClearTags="true"><Roles><Role Id="4" StartDate="2026-01-01"'
        b' EndDate="2026-02-01"/></Roles></Organisation></Organisations>',
    )
    first, second = read_import(body, IMPORT)
    assert (first.organisation_id, first.member.stays, first.clear_tags) == ("123", (STAY,), False)
    assert (second.organisation_id, second.clear_tags) == ("9", True)
    assert second.member.stays == (RoleStay("4", date(2026, 1, 1), date(2026, 2, 1)),)


PLAIN = (
    '<Cardskipper><Members><Member OrganisationMemberId="1" Firstname="A" Lastname="B" '
    'Birthdate="1980-01-01"><ContactInfo CellPhone1="070"/><Organisations><Organisation Id="123">'
    '<Roles><Role Id="1" StartDate="2026-01-01" EndDate="2026-02-01"/></Roles></Organisation>'
    "</Organisations></Member></Members></Cardskipper>"
)


def test_the_least_that_an_import_needs():
    (sent,) = read_import(PLAIN.encode(), IMPORT)
    assert (sent.member.first_name, sent.member.phones, sent.clear_tags) == ("A", ("070",), False)
    assert sent.member.details == Details()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('Firstname="A"', "", "Firstname is missing"),
        ('Lastname="B"', 'Lastname=" "', "Lastname is missing"),
        ('Birthdate="1980-01-01"', "", "Birthdate is missing"),
        ('CellPhone1="070"', "", "CellPhone1 or EMail is missing"),
        (' EndDate="2026-02-01"', "", "StartDate or EndDate is missing"),
        ("2026-02-01", "2025-02-01", "before the start"),
        ("2026-02-01", "soon", "soon"),
        ('Id="123"', "", "'Id' is required"),
        ("Roles>", "Rolls>", "Rolls"),
        ("<Cardskipper>", "<!DOCTYPE a><Cardskipper>", "DOCTYPE"),
    ],
)
def test_an_import_that_cannot_be_taken_says_why(old: str, new: str, why: str):
    with pytest.raises(ImportRefused, match=why):
        read_import(PLAIN.replace(old, new).encode(), IMPORT)


def test_exports_fit_the_import_schema_an_empty_one_too():
    for body in (document(), document(ANNA), document(Member("5")), document(ANNA, Member("5"))):
        IMPORT.assertValid(etree.fromstring(body))


def test_a_date_that_is_none_may_be_written_as_the_year_one():
    manner = Manner(no_date="0001-01-01", dates="midnight")
    endless = Member("5", birthdate=date(1980, 1, 1), stays=(RoleStay("1", date(2026, 1, 1)),))
    body = b"".join(write_export([endless], "123", manner))
    assert b'StartDate="2026-01-01T00:00:00" EndDate="0001-01-01"' in body
    IMPORT.assertValid(etree.fromstring(body))
    assert list(read_export(BytesIO(body), "123")) == [endless]


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "\ud800", "\uffff"])
def test_what_xml_cannot_carry_is_refused(text: str):
    with pytest.raises(ValueError, match="control characters"):
        escaped(text)


def test_members_put_in_as_text_stand_beside_the_others():
    body = b"".join(write_export([ANNA], "123", also='<Member Id="x"/>'))
    assert [each.id for each in read_export(BytesIO(body), "123")] == ["10001", "x"]


def test_the_answer_to_an_import_counts():
    root = etree.fromstring(write_outcome(Outcome(2, 3)))
    assert dict(root[0].attrib) == {"Created": "2", "Updated": "3"}


def test_base_data_comes_in_the_language_asked_for():
    english = etree.fromstring(basedata.write_countries(basedata.COUNTRIES, "en"))
    swedish = etree.fromstring(basedata.write_countries(basedata.COUNTRIES, "sv"))
    assert english[0][0].attrib["Localname"] == "Sweden"
    assert swedish[0][0].attrib["Localname"] == "Sverige"
    genders = etree.fromstring(basedata.write_genders(basedata.GENDERS, "sv"))
    assert [gender.get("Name") for gender in genders[0]] == ["Man", "Kvinna"]


def test_base_data_answers_to_any_of_its_names():
    sweden, woman = basedata.COUNTRIES[0], basedata.GENDERS[1]
    assert all(sweden.answers_to(name) for name in ("1", "se", "SWE", "Sweden", "sverige"))
    assert not sweden.answers_to("Norway")
    assert all(woman.answers_to(name) for name in ("2", "f", "Female", "KVINNA"))
    assert woman.name("en") == "Female"


def test_every_call_is_known_with_and_without_its_slash():
    assert OPERATIONS[0].paths == (
        "/Organisation/Info/",
        "/Organisation/Info",
    )
    assert len({operation.name for operation in OPERATIONS}) == 6


def test_only_the_three_schemas_are_served():
    assert all(source(name).startswith(b"<?xml") for name in SCHEMAS)
    with pytest.raises(KeyError):
        source("../../../etc/passwd")


def test_a_register_with_very_many_different_roles_is_written_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(writing, "_REMEMBERED", 1)
    people = [
        Member(str(number), stays=(RoleStay(str(number), date(2026, 1, 1)),))
        for number in range(1, 4)
    ]
    assert list(read_export(BytesIO(document(*people)), "123")) == people
