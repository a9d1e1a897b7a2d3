"""Reading a member export: every form that public sources suggest gives the same members."""

import itertools
import random
import re
from datetime import date, datetime
from io import BytesIO
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.connectors.cardskipper.wire import names, record
from doorward.connectors.cardskipper.wire.export import read_export
from doorward.connectors.cardskipper.wire.members import (
    Details,
    Member,
    RoleStay,
    UnreadableMember,
)
from doorward.connectors.cardskipper.wire.problems import NoneReadable
from doorward.connectors.cardskipper.wire.writing import Manner, write_export

STAY = RoleStay("1", date(2026, 1, 1), date(2026, 12, 31))


def member(**other: Any) -> Member:
    said: dict[str, Any] = {
        "id": "10001",
        "first_name": "Åsa",
        "last_name": "Kovač",
        "birthdate": date(1980, 2, 29),
        "emails": ("asa@example.org",),
        "phones": ("+46700000001",),
        "stays": (STAY,),
    }
    return Member(**said | other)


def document(*members: Member, manner: Manner | None = None) -> bytes:
    return b"".join(write_export(members, "123", manner or Manner()))


def read(body: bytes, organisation: str = "123") -> list[Member | UnreadableMember]:
    return list(read_export(BytesIO(body), organisation))


def xml(inside: str, rest: str = "") -> bytes:
    """A document with one readable member, so that it is believed, and others."""
    good = document(member(id="1")).decode()
    return good.replace("</Members>", f"{inside}</Members>{rest}").encode()


def the_other(inside: str) -> Member | UnreadableMember:
    first, second = read(xml(inside))
    assert isinstance(first, Member)
    return second


MANNERS = [
    Manner(form, namespace, case, "date", "left out", name)
    for form, namespace, case, name in itertools.product(
        ("attributes", "values", "text"),
        ("", "urn:some:vendor"),
        ("as printed", "lower", "upper"),
        ("OrganisationMemberId", "MemberId", "Id"),
    )
]


@pytest.mark.parametrize("manner", MANNERS, ids=lambda m: f"{m.form} {m.letter_case} {m.id_name}")
def test_every_form_reads_the_same(manner: Manner):
    people = [
        member(),
        member(id="2", emails=(), phones=(), birthdate=None),
        member(id="3", stays=(STAY, RoleStay("2", None, date(2026, 6, 1), "Senior", "Team A"))),
        member(id="4", tags=("Key", "Parking"), inactive=True),
    ]
    assert read(document(*people, manner=manner)) == people


NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=60
).map(str.strip)
IDS = st.integers(1, 2**63 - 1).map(str)
DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1))


@st.composite
def stays(draw: st.DrawFn) -> RoleStay:
    start, end = sorted([draw(DAYS), draw(DAYS)])
    return RoleStay(
        draw(IDS),
        draw(st.sampled_from([None, start])),
        draw(st.sampled_from([end, datetime(end.year, end.month, end.day, 18, 30)])),
        draw(NAMES),
        draw(NAMES),
    )


MEMBERS = st.builds(
    Member,
    id=IDS,
    first_name=NAMES,
    last_name=NAMES,
    birthdate=st.none() | DAYS,
    emails=st.just(()) | st.tuples(NAMES.filter(bool)),
    phones=st.just(()) | st.tuples(NAMES.filter(bool)),
    stays=st.lists(stays(), max_size=3).map(tuple),
    tags=st.lists(NAMES.filter(bool), max_size=2, unique=True).map(tuple),
    inactive=st.booleans(),
)


@given(st.lists(MEMBERS, max_size=4), st.sampled_from(MANNERS))
def test_whatever_is_written_is_read(people: list[Member], manner: Manner):
    assert read(document(member(), *people, manner=manner)) == [member(), *people]


@given(st.randoms())
def test_letter_case_never_counts(dice: random.Random):
    variants: dict[str, str] = {}

    def spell(name: re.Match[str]) -> str:
        other = "".join(dice.choice([char.lower(), char.upper()]) for char in name[0])
        return variants.setdefault(name[0], other)

    people = [member(), member(id="2", tags=("Key",))]
    printed = document(*people).decode()
    assert (
        read(
            re.sub(
                r'(?<=<)\w+|(?<=</)\w+|\w+(?==")(?<!version)(?<!encoding)', spell, printed
            ).encode()
        )
        == people
    )


def test_members_spelled_in_two_ways_are_all_read():
    body = document(member(), member(id="2"), member(id="3")).decode()
    place = body.index("<Member ", body.index("<Member ") + 1)
    end = body.index("</Member>", place)
    mixed = body[:place] + "<mEMBER " + body[place + 8 : end] + "</mEMBER>" + body[end + 9 :]
    assert [each.id for each in read(mixed.encode())] == ["10001", "2", "3"]


@pytest.mark.parametrize("spelled", ["EMail", "Email", "E-mail", "e-Mail", "Mail"])
@pytest.mark.parametrize("under", ["contact", "member"])
def test_an_address_is_found_under_every_name(spelled: str, under: str):
    contact = f'<ContactInfo {spelled}="a@b.se"/>' if under == "contact" else "<ContactInfo/>"
    own = f' {spelled}="a@b.se"' if under == "member" else ""
    found = the_other(f'<Member Id="2"{own}>{contact}</Member>')
    assert isinstance(found, Member)
    assert found.emails == ("a@b.se",)


def test_several_addresses_are_all_kept():
    found = the_other(
        '<Member Id="2" Mail="c@b.se"><ContactInfo EMail="a@b.se" Email="b@b.se"/>'
        '<ContactInfo EMail="a@b.se"><CellPhone1>1</CellPhone1></ContactInfo></Member>'
    )
    assert isinstance(found, Member)
    assert found.emails == ("a@b.se", "c@b.se")
    assert found.phones == ("1",)


@pytest.mark.parametrize("start", ["StartDate", "ValidFrom", "FromDate"])
@pytest.mark.parametrize("end", ["EndDate", "ValidTo", "ToDate", "ValidUntil"])
@pytest.mark.parametrize("place", ["role", "member"])
def test_dates_are_found_under_every_name(start: str, end: str, place: str):
    dates = f'{start}="2026-01-01" {end}="2026-12-31"'
    role = f'<Roles><Role Id="1" {dates}/></Roles>' if place == "role" else ""
    own = dates if place == "member" else ""
    found = the_other(
        f'<Member OrganisationMemberId="2" {own}><Organisations><Organisation Id="123">{role}'
        "</Organisation></Organisations></Member>"
    )
    assert isinstance(found, Member)
    wanted = msgspec.structs.replace(STAY, role_id="1" if place == "role" else "")
    assert found.stays == (wanted,)


def test_an_id_is_the_members_number_in_the_organisation_before_any_other():
    found = the_other('<Member Id="7" MemberId="8" OrganisationMemberId="9"/>')
    assert found.id == "9"
    assert the_other('<Member Id="7" MemberId="8" OrganisationMemberId=""/>').id == "8"
    assert the_other('<Member Id="7"><MemberId>8</MemberId></Member>').id == "8"


def test_an_attribute_goes_before_a_child_and_its_value_before_its_text():
    found = the_other(
        '<Member Id="2" Firstname="Attribute"><Firstname value="no"/>'
        '<Lastname value="Value">Text</Lastname><Birthdate> 1980-01-02 </Birthdate></Member>'
    )
    assert isinstance(found, Member)
    assert (found.first_name, found.last_name) == ("Attribute", "Value")
    assert found.birthdate == date(1980, 1, 2)


def test_an_empty_date_gives_way_to_the_next_name():
    """Else an end would be read as open although one was said."""
    found = the_other(
        '<Member Id="2"><Roles><Role Id="1" EndDate="" ValidTo="2026-12-31"/></Roles></Member>'
    )
    assert isinstance(found, Member)
    assert found.stays == (RoleStay("1", None, date(2026, 12, 31)),)


@pytest.mark.parametrize(
    "said",
    [
        '<Role Id="1" StartDate="2026-01-01" EndDate="0001-01-01"/>',
        '<Role Id="1" StartDate="2026-01-01" EndDate="0001-01-01T00:00:00"/>',
        '<Role Id="1" StartDate="2026-01-01"/>',
        '<Role Id="1"><StartDate>2026-01-01</StartDate><EndDate i:nil="true">x</EndDate></Role>',
        '<Role Id="1"><StartDate>2026-01-01</StartDate><EndDate i:nil="1"/></Role>',
        '<Role Id="1" StartDate="2026-01-01"><EndDate/></Role>',
    ],
)
def test_no_end_is_said_in_many_ways(said: str):
    space = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
    found = the_other(f'<Member Id="2" {space}><Roles>{said}</Roles></Member>')
    assert isinstance(found, Member)
    assert found.stays == (RoleStay("1", date(2026, 1, 1), None),)


def test_roles_of_other_organisations_are_never_merged_in():
    found = the_other(
        '<Member Id="2" StartDate="2020-01-01"><Organisations>'
        '<Organisation Id="456"><Roles><Role Id="9" EndDate="no date"/></Roles></Organisation>'
        '<Organisation Id="0123"><Roles><Role Id="2" StartDate="2026-01-01"/></Roles>'
        "</Organisation></Organisations></Member>"
    )
    assert isinstance(found, Member)
    assert found.stays == (RoleStay("2", date(2026, 1, 1)),)


def test_dates_of_her_own_do_not_stand_in_for_roles_elsewhere():
    found = the_other(
        '<Member Id="2" EndDate="2030-01-01"><Organisation Id="456"><Role Id="9"/></Organisation>'
        "</Member>"
    )
    assert isinstance(found, Member)
    assert found.stays == ()


def test_roles_stand_without_their_containers_too():
    role = '<Role Id="1" StartDate="2026-01-01" EndDate="2026-12-31"/>'
    tags = '<Tags><Tag>Key</Tag><Tag Label=""/></Tags><X/>'
    inside = f"<Organisation><Id>123</Id>{role}{tags}</Organisation>"
    for said in (inside, f"<Organisations><X/>{inside}</Organisations>"):
        found = the_other(f'<Member Id="2">{said}</Member>')
        assert isinstance(found, Member)
        assert (found.stays, found.tags) == ((STAY,), ("Key",))
    found = the_other(f'<Member Id="2">{role}<Roles>{role}<Odd/></Roles></Member>')
    assert isinstance(found, Member)
    assert found.stays == (STAY, STAY)


def test_windows_with_a_gap_stay_apart():
    stays = (
        RoleStay("1", date(2026, 1, 1), date(2026, 1, 31)),
        RoleStay("1", date(2026, 3, 1), date(2026, 3, 31)),
    )
    assert read(document(member(stays=stays))) == [member(stays=stays)]


def test_families_share_an_address():
    people = [member(id="1"), member(id="2")]
    assert read(document(*people)) == people


def test_addresses_and_the_like_are_passed_over():
    details = Details("F", "SE", "800229-0000", ("a", "", ""), ("Street 1", "", "111 11", "Town"))
    written = document(member(details=details))
    assert b"Street 1" in written
    assert b"800229-0000" in written
    assert read(written) == [member()]


@pytest.mark.parametrize("text", ["maybe 1980", "1980-00-00"])
def test_an_unreadable_birthdate_is_none_and_the_member_stays(text: str):
    found = the_other(f'<Member Id="2" Birthdate="{text}"/>')
    assert isinstance(found, Member)
    assert found.birthdate is None


def test_a_birthdate_with_a_time_is_its_day():
    found = the_other('<Member Id="2" Birthdate="1980-01-02T11:00:00"/>')
    assert isinstance(found, Member)
    assert found.birthdate == date(1980, 1, 2)


@pytest.mark.parametrize(
    ("said", "ident", "field", "found"),
    [
        ('<Member Firstname="A"/>', None, "OrganisationMemberId", "nothing"),
        ('<Member Id=" "/>', None, "OrganisationMemberId", "nothing"),
        (f'<Member Id="{"9" * 65}"/>', None, "Member", "64 characters"),
        (f'<Member Id="2" Firstname="{"x" * 501}"/>', "2", "Member", "64 characters"),
        (f'<Member Id="2"><ContactInfo EMail="{"x" * 501}"/></Member>', "2", "ContactInfo", "500"),
        (
            f'<Member Id="2"><ContactInfo EMail="{"x" * 500}" CellPhone1="1"/></Member>',
            "2",
            "ContactInfo",
            "500",
        ),
        ('<Member Id="2"><Roles><Role EndDate="2026-01-01"/></Roles></Member>', "2", "Role Id", ""),
        (
            '<Member Id="2"><Roles><Role Id="1" EndDate="31/12 2026"/></Roles></Member>',
            "2",
            "EndDate",
            "'31/12 2026'",
        ),
        (
            '<Member Id="2" StartDate="now" EndDate="2026-12-31"/>',
            "2",
            "StartDate",
            "'now'",
        ),
        (
            '<Member Id="2"><Roles><Role Id="1" StartDate="2026-02-01" EndDate="2026-01-01"/>'
            "</Roles></Member>",
            "2",
            "EndDate",
            "'2026-01-01' before the start '2026-02-01'",
        ),
        (
            f'<Member Id="2"><Roles><Role Id="1" Type="{"x" * 500}"/></Roles></Member>',
            "2",
            "Role",
            "500",
        ),
        (
            '<Member Id="2"><Organisations><Organisation><Roles/></Organisation></Organisations>'
            "</Member>",
            "2",
            "Organisation Id",
            "nothing",
        ),
        ("<Member><Id>2<b/></Id></Member>", None, "id", "elements inside"),
        ('<Member Id="2" Inactive="perhaps"/>', "2", "Inactive", "'perhaps'"),
        ('<Member Id="2"><EMail>a<b/>@c</EMail></Member>', "2", "email", "elements inside"),
        (
            '<Member Id="2"><Roles><Role Id="1" EndDate="a&#10;b&#9;"/></Roles></Member>',
            "2",
            "EndDate",
            "\\u000a",
        ),
    ],
)
def test_a_record_that_cannot_be_read_is_named(
    said: str, ident: str | None, field: str, found: str
):
    unread = the_other(said)
    assert isinstance(unread, UnreadableMember)
    assert (unread.id, unread.field, unread.place) == (ident, field, 2)
    assert found in unread.found
    assert unread.remedy
    assert unread.found.isprintable()


def test_an_unreadable_record_says_its_line_and_the_others_go_on():
    lines = ["<Cardskipper>", "<Members>"]
    lines += [member_line(number, "2026-12-31") for number in range(3000)]
    lines[2500] = member_line(2498, "never")
    body = "\n".join([*lines, "</Members>", "</Cardskipper>"]).encode()
    found = read(body)
    unread = [each for each in found if isinstance(each, UnreadableMember)]
    assert [(each.id, each.line, each.place) for each in unread] == [("2498", 2501, 2499)]
    assert len(found) == 3000


def member_line(number: int, end: str) -> str:
    return f'<Member Id="{number}"><Roles><Role Id="1" EndDate="{end}"/></Roles></Member>'


def test_comments_and_cdata_do_not_cut_a_value():
    found = the_other(
        '<Member Id="2"><Firstname>An<!-- x -->na<?x y?> B</Firstname>'
        "<Lastname><![CDATA[<Cat> & Co]]></Lastname></Member>"
    )
    assert isinstance(found, Member)
    assert (found.first_name, found.last_name) == ("Anna B", "<Cat> & Co")


@given(st.text(max_size=300))
def test_hostile_text_is_a_name_or_an_error_never_markup(text: str):
    try:
        body = document(member(last_name=text))
    except ValueError:
        return
    assert read(body) == [member(last_name=text.strip())]


def test_names_invented_by_a_document_do_not_fill_the_memory():
    many = "".join(f'<Member Id="{n}" A{n}="x"><B{n}/></Member>' for n in range(3000))
    read(xml(many))
    assert len(names.NAMES) <= 1024
    assert len(record.MEMBER) <= 1024


def test_an_empty_value_in_the_usual_place_is_none_and_never_another():
    nobody = '<Member OrganisationMemberId="" Firstname="A" Lastname="B" Birthdate=""/>'
    assert isinstance(the_other(nobody), UnreadableMember)
    open_start = document(member(stays=(STAY,))).decode()
    body = open_start.replace(f'StartDate="{STAY.start}"', 'StartDate=""')
    assert read(body.encode()) == [member(stays=(RoleStay("1", None, STAY.end),))]


@pytest.mark.parametrize(
    "text", ["2026-W01-1", "2026-1-1-1", "20260101-1", "2026-13-01", "٢٠٢٦-01-01"]
)
def test_ten_letters_that_are_no_date_are_none(text: str):
    body = document(member()).decode().replace(str(STAY.end), text)
    with pytest.raises(NoneReadable):
        read(body.encode())
