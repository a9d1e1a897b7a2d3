"""The search of a member export, in both dialects."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from doorward.connectors.cardskipper.schemas import schema
from doorward.connectors.cardskipper.wire.criteria import (
    CRITERIA,
    DIALECTS,
    Criteria,
    CriteriaRefused,
    Dialect,
    read_criteria,
    write_criteria,
)

ALL = Criteria(
    organisation_id="123",
    member_id="4",
    role_id="1",
    user_id="900",
    organisation_member_id="10001",
    birthdate=date(1980, 2, 29),
    first_name="Åsa & Co",
    last_name='"Berg"',
    cellphone="070 111 222",
    tag_contains="<Key>",
    organisation_unit="Team A",
    has_user_device=False,
    only_active=True,
    changed_at=datetime(2026, 3, 1, 12, 30),
)
TWO = Criteria(organisation_id="123", only_active=True)


def test_the_documented_dialect_is_as_printed():
    root = etree.fromstring(write_criteria(TWO, "documented"))
    assert root.tag == "SearchCriteriaMember"
    assert [(child.tag, child.text) for child in root] == [
        ("OrganisationId", "123"),
        ("OnlyActive", "true"),
    ]
    assert set(root.nsmap) == {"xsi", "xsd"}


def test_the_vendors_dialect_has_values_in_attributes():
    root = etree.fromstring(write_criteria(TWO, "vendor"))
    assert (root.tag, root[0].tag, len(root)) == ("Cardskipper", "SearchCriteriaMember", 1)
    assert [(child.tag, dict(child.attrib)) for child in root[0]] == [
        ("OrganisationId", {"value": "123"}),
        ("OnlyActive", {"value": "true"}),
    ]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("criteria", [ALL, TWO], ids=["all", "two"])
def test_a_search_survives_the_wire_in_schema_order(criteria: Criteria, dialect: Dialect):
    body = write_criteria(criteria, dialect)
    assert read_criteria(body) == (criteria, dialect)
    schema("SearchCriteriaMember.xsd").assertValid(etree.fromstring(body))


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=50,
).filter(lambda text: text == text.strip())
NUMBERS = st.integers(0, 10**18).map(str)
VALUES = {
    "number": NUMBERS,
    "text": TEXTS,
    "flag": st.booleans(),
    "day": st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    "moment": st.datetimes(
        datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.sampled_from([None, UTC])
    ).map(lambda moment: moment.replace(microsecond=0)),
}


@given(
    st.fixed_dictionaries(
        {"organisation_id": NUMBERS},
        optional={c.field: VALUES[c.kind] for c in CRITERIA if c.field != "organisation_id"},
    ),
    st.sampled_from(DIALECTS),
)
def test_any_search_survives_the_wire(said: dict[str, Any], dialect: Dialect):
    assert read_criteria(write_criteria(Criteria(**said), dialect)) == (Criteria(**said), dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_cut_search_is_refused(dialect: Dialect):
    body = write_criteria(ALL, dialect)
    for place in range(len(body)):
        with pytest.raises(CriteriaRefused):
            read_criteria(body[:place])


def test_a_search_is_read_in_any_case_order_and_namespace():
    body = (
        b'<SEARCHCRITERIAMEMBER xmlns="urn:x"><onlyactive>1</onlyactive><ORGANISATIONID>'
        b"123</ORGANISATIONID></SEARCHCRITERIAMEMBER>"
    )
    assert read_criteria(body) == (TWO, "documented")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-03-01", datetime(2026, 3, 1)),
        ("2026-03-01T00:00:00Z", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01Z", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T08:00:00.5", datetime(2026, 3, 1, 8, 0, 0, 500_000)),
        ("0001-01-01", None),
    ],
)
def test_changed_at_is_a_moment_also_at_midnight(said: str, meant: datetime | None):
    assert read_criteria(search(ChangedAt=said)).criteria.changed_at == meant


def test_a_birthdate_may_come_with_a_time():
    found = read_criteria(search(Birthdate="1980-02-29T12:00:00"))
    assert found.criteria.birthdate == date(1980, 2, 29)


def test_a_nil_criterion_asks_for_nothing():
    body = search(RoleId="7").replace(
        b"<RoleId>7</RoleId>",
        b'<RoleId xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>',
    )
    assert read_criteria(body).criteria == Criteria(organisation_id="123")


def search(**said: str) -> bytes:
    inner = "".join(
        f"<{name}>{value}</{name}>" for name, value in ({"OrganisationId": "123"} | said).items()
    )
    return f"<SearchCriteriaMember>{inner}</SearchCriteriaMember>".encode()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (search(OrganisationId=""), "OrganisationId is missing"),
        (b"<SearchCriteriaMember/>", "OrganisationId is missing"),
        (b"<Cardskipper/>", "SearchCriteriaMember"),
        (b"<Cardskipper><SearchCriteriaMember/><SearchCriteriaMember/></Cardskipper>", "exactly"),
        (b"<Something/>", "SearchCriteriaMember"),
        (search(OrganisationId="abc"), "OrganisationId is a whole number"),
        (search(RoleId="1.5"), "RoleId"),
        (search(RoleId="٣"), "RoleId"),
        (search(OnlyActive="yes"), "OnlyActive"),
        (search(Birthdate="soon"), "Birthdate"),
        (search(Birthdate="0001-01-01"), "Birthdate"),
        (search(ChangedAt="yesterday"), "ChangedAt"),
        (search(Firstname="<b/>"), "Firstname"),
        (search(Firstname="x" * 201), "Firstname"),
        (search(Password="x"), "'password' is no search criterion"),
        (search(onlyactive="true", OnlyActive="false"), "OnlyActive is there twice"),
        (b"<!DOCTYPE x><SearchCriteriaMember/>", "DOCTYPE"),
        (b"no xml", "not readable"),
    ],
)
def test_a_search_that_is_not_understood_says_why(body: bytes, why: str):
    with pytest.raises(CriteriaRefused, match=why):
        read_criteria(body)


@pytest.mark.parametrize(
    "said",
    [
        {"organisation_id": ""},
        {"organisation_id": "[YOUR_ORGANIZATION_ID]"},
        {"organisation_id": "123", "first_name": ""},
        {"organisation_id": "123", "first_name": " Anna"},
        {"organisation_id": "123", "last_name": "a\x00b"},
        {"organisation_id": "123", "member_id": "-1"},
    ],
)
def test_a_search_that_could_only_be_refused_cannot_be_made(said: dict[str, str]):
    with pytest.raises(ValueError, match=r"cannot be|whole number"):
        Criteria(**said)


def test_only_a_search_for_all_members_asks_for_everybody():
    assert TWO.everybody
    assert Criteria(organisation_id="123").everybody
    assert not ALL.everybody
    assert not Criteria(organisation_id="123", changed_at=datetime(2026, 1, 1)).everybody
