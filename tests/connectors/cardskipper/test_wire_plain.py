"""The straight path reads what it reads as the tolerant one does, and nothing else."""

from copy import deepcopy
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from doorward.connectors.cardskipper.wire.members import Details, Member, RoleStay
from doorward.connectors.cardskipper.wire.names import Odd
from doorward.connectors.cardskipper.wire.plain import read_plain
from doorward.connectors.cardskipper.wire.record import read_member
from doorward.connectors.cardskipper.wire.writing import write_export

STAY = RoleStay("1", date(2026, 1, 1), date(2026, 12, 31))
MEMBER = Member("7", "Åsa", "Kovač", date(1980, 2, 29), ("a@b.se",), ("+4670",), (STAY,))


def element(said: Member) -> etree._Element:
    body = b"".join(write_export([said], "123"))
    return etree.fromstring(body)[0][0]


@pytest.mark.parametrize(
    "said",
    [
        MEMBER,
        Member("7", "", "Kovač"),
        Member("7", stays=(STAY, RoleStay("2", None, None, "Senior", "Team A"))),
        Member("7", emails=("a@b.se",), phones=("1", "2"), stays=(STAY,), tags=("Key", "Gym")),
        Member("7", details=Details("F", extras=("a", "", ""), address=("1 St", "", "1", "Town"))),
    ],
    ids=["as printed", "little", "open role", "much", "details"],
)
def test_a_plainly_spelled_record_goes_straight(said: Member):
    read = read_plain(element(said), "123")
    assert read is not None
    assert read == read_member(element(said), "123")


ROLE, TAGS = f'<Role Id="1" StartDate="{STAY.start}" EndDate="{STAY.end}"/>', "<Tags><Tag/></Tags>"
ORGANISATION = '<Organisation Id="123">'


@pytest.mark.parametrize(
    ("printed", "instead"),
    [
        ('Birthdate="', 'Inactive="'),
        ("ContactInfo", "Contact"),
        ("<Organisations>", "<Firstname>A</Firstname><Organisations>"),
        ("Organisations>", "Groups>"),
        (ORGANISATION, '<Organisation Id="0123">'),
        (ORGANISATION, f'<Organisation Id="9"/>{ORGANISATION}'),
        ("Roles>", "Tags>"),
        ("</Roles>", f"</Roles>{ROLE}"),
        ("</Roles>", f"</Roles>{TAGS}{TAGS}"),
        (f"<Roles>{ROLE}</Roles>", ""),
        ("<Role ", "<Odd "),
        ('<Role Id="1"', '<Role Id=" "'),
        (str(STAY.end), "never"),
        ('OrganisationMemberId="7"', 'OrganisationMemberId=" "'),
        ("Kovač", "x" * 501),
        ("a@b.se", "x" * 501),
    ],
)
def test_a_record_of_another_form_is_left_to_the_tolerant_path(printed: str, instead: str):
    text = etree.tostring(element(MEMBER), encoding="unicode")
    assert printed in text
    assert read_plain(etree.fromstring(text.replace(printed, instead)), "123") is None


@pytest.mark.parametrize(
    ("printed", "instead"),
    [
        ("a@b.se", " "),
        ("a@b.se", 'a@b.se" Mail="c@b.se'),
        (ROLE, '<Role EndDate="2026-12-31" id="1"/>'),
        (ROLE, f"<Role><Id>1</Id></Role>{ROLE}"),
        ("<ContactInfo", '<ContactInfo Other="x"'),
        ("</Roles>", "</Roles><Tags><Tag>Key</Tag></Tags>"),
        ("</Roles>", '</Roles><Tags><Tag Label="">Key</Tag></Tags>'),
        ("</Roles>", '</Roles><Tags><Tag Label=" Key "/><Odd Label="Key"/></Tags>'),
        ('Birthdate="1980-02-29"', 'Birthdate="1980-02-29T11:00:00"'),
    ],
)
def test_a_part_of_another_form_is_read_as_by_the_tolerant_path(printed: str, instead: str):
    text = etree.tostring(element(MEMBER), encoding="unicode")
    assert printed in text
    other = etree.fromstring(text.replace(printed, instead))
    assert read_plain(other, "123") == read_member(other, "123")


ELEMENTS = ["Member", "ContactInfo", "Address", "Organisations", "Organisation", "Roles", "Role"]
ELEMENTS += ["Tags", "Tag", "Odd", "{urn:x}Role", "roles"]
VALUES = ["OrganisationMemberId", "Firstname", "Birthdate", "Inactive", "EMail", "Mail", "Id", "id"]
VALUES += ["CellPhone1", "CellPhone2", "StartDate", "EndDate", "ValidTo", "Type", "Label", "Other"]
TEXTS = ["", " ", "7", " 7 ", "123", "0123", "x" * 65, "x" * 251, "x" * 501, "a@b.se", "true"]
TEXTS += ["2026-01-01", "2026-12-31", "2026-12-31T18:30:00", "0001-01-01", "never"]


def changed(root: etree._Element, draw: st.DrawFn) -> None:
    """One thing in a record made otherwise."""
    at = draw(st.sampled_from(list(root.iter())))
    name, text = draw(st.sampled_from(VALUES)), draw(st.sampled_from(TEXTS))
    match draw(st.sampled_from(["set", "usual", "rename", "add", "take out", "repeat"])):
        case "set":
            at.set(name, text)
        case "usual" if at.attrib:
            at.set(draw(st.sampled_from(at.keys())), text)
        case "rename" if at is not root:
            at.tag = draw(st.sampled_from(ELEMENTS))
        case "add":
            etree.SubElement(at, draw(st.sampled_from(ELEMENTS) | st.just(name))).text = text
        case "take out" if at is not root:
            parent = at.getparent()
            assert parent is not None
            parent.remove(at)
        case _ if at is not root:
            at.addnext(deepcopy(at))


@st.composite
def records(draw: st.DrawFn) -> etree._Element:
    """A plainly spelled record, with up to three things in it made otherwise."""
    tags = draw(st.sampled_from([(), ("Key",)]))
    root = element(Member("7", "A", "B", date(1980, 2, 29), ("a@b.se",), ("1",), (STAY,), tags))
    for _ in range(draw(st.integers(0, 3))):
        changed(root, draw)
    return root


@given(records())
def test_both_paths_read_the_same(record: etree._Element):
    straight = read_plain(record, "123")
    try:
        tolerant = read_member(record, "123")
    except Odd:
        assert straight is None
    else:
        assert straight in (None, tolerant)
