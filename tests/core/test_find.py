"""Whom somebody means by what she types."""

import pytest

from core.factories import person
from doorward.core.find import find_people

ASA = person(1, key="club/org/1", first_name="Åsa", last_name="Öberg", number="M-7")
ANNA = person(
    2, key="club/org/2", first_name="Anna", last_name="Åsabo", emails=("åsa@example.org",)
)
PEOPLE = [ASA, ANNA]


@pytest.mark.parametrize("text", ["club/org/1", "1", "m-7", "MEMBER1@example.org", " öberg "])
def test_a_person_is_found_by_key_id_number_address_or_name(text: str):
    assert find_people(PEOPLE, text) == [ASA]


def test_a_part_of_the_name_finds_all_who_have_it():
    assert find_people(PEOPLE, "åsa") == PEOPLE


def test_whoever_is_named_exactly_goes_before_part_of_a_name():
    assert find_people(PEOPLE, "åsa@example.org") == [ANNA]


def test_nobody_is_found_by_what_nobody_has():
    assert find_people(PEOPLE, "berit") == []


def test_a_blank_names_nobody():
    assert find_people([ASA], " ") == []
