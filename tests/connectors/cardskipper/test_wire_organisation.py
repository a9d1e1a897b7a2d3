"""The answer of Organisation/Info."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from doorward.connectors.cardskipper.schemas import schema
from doorward.connectors.cardskipper.wire import problems
from doorward.connectors.cardskipper.wire.organisation import (
    Child,
    InformationType,
    Organisation,
    Role,
    Unit,
    read_organisations,
    write_organisations,
)

CLUB = Organisation(
    "123",
    "Ström & Co",
    (Role("1", "Gym", "Day and night"), Role("2", "Pool")),
    (Unit("7", "Team A", "123"),),
    (InformationType("5", "News", "123"),),
    (Child("124", "Youth"),),
)
SMALL = Organisation("9", "Small", information_types=(InformationType("1", "News", "9"),))


def test_organisations_survive_the_wire_and_fit_the_schema():
    body = write_organisations([CLUB, SMALL])
    assert read_organisations(body) == (CLUB, SMALL)
    schema("OrganisationInfo.xsd").assertValid(etree.fromstring(body))
    assert read_organisations(write_organisations([])) == ()


def test_a_cut_answer_is_an_error_at_every_byte():
    body = write_organisations([CLUB])
    for place in range(len(body)):
        with pytest.raises(problems.UnusableAnswer):
            read_organisations(body[:place])


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30
).map(str.strip)
IDS = st.integers(1, 2**31 - 1).map(str)


@given(
    st.lists(
        st.builds(
            Organisation,
            IDS,
            TEXTS,
            st.lists(st.builds(Role, IDS, TEXTS, TEXTS), max_size=3).map(tuple),
            st.lists(st.builds(Unit, IDS, TEXTS, IDS), max_size=2).map(tuple),
            st.lists(st.builds(InformationType, IDS, TEXTS, IDS), max_size=2).map(tuple),
            st.lists(st.builds(Child, IDS, TEXTS), max_size=2).map(tuple),
        ),
        max_size=3,
    )
)
def test_any_organisations_survive_the_wire(organisations: list[Organisation]):
    assert read_organisations(write_organisations(organisations)) == tuple(organisations)


def test_values_are_found_in_any_form():
    body = """<x:cardskipper xmlns:x="urn:y"><x:organisations><x:ORGANISATION><x:id value="123"/>
        <x:name>Club</x:name><x:roles><x:role><x:Id>1</x:Id><x:Name value="Gym"/></x:role>
        <x:other/></x:roles><x:children><x:whatever Id="5" Name="Youth"/></x:children>
        </x:ORGANISATION><x:other/></x:organisations></x:cardskipper>"""
    club = Organisation("123", "Club", (Role("1", "Gym"),), children=(Child("5", "Youth"),))
    assert read_organisations(body.encode()) == (club,)


def test_roles_have_names_by_their_id():
    assert CLUB.role_names() == {"1": "Gym", "2": "Pool"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html/>", problems.WebPage),
        (b"<!DOCTYPE a><a/>", problems.UnsafeDocument),
        (b"<Error/>", problems.WrongRoot),
        (b"<Cardskipper><a></b></Cardskipper>", problems.NotWellFormed),
        (b"<Cardskipper><Organ", problems.CutOff),
        (b"<a>\xff</a>", problems.Garbled),
        (b"<Cardskipper><Organisation Name='x'/></Cardskipper>", problems.UnusableAnswer),
        (b" " * (4 * 1024 * 1024 + 1), problems.CutOff),
    ],
)
def test_an_answer_that_is_none_is_an_error(body: bytes, kind: type[problems.UnusableAnswer]):
    with pytest.raises(problems.UnusableAnswer) as caught:
        read_organisations(body)
    assert type(caught.value) is kind
