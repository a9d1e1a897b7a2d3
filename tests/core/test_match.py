"""Whose holder is whose: ordered rules, and a question instead of a guess."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.factories import agreement, holder, linked, person, remembered
from doorward.core.match import (
    Ambiguous,
    Match,
    Matched,
    Matcher,
    MatchRule,
    Unmatched,
    folded,
    names_agree,
)
from doorward.core.people import Holder, Person
from doorward.core.ports import Link, TargetMemory

DEFAULT: tuple[MatchRule, ...] = ("link", "email", "employee_no")
NOTHING = TargetMemory({}, {})


def matcher(
    *holders: Holder, memory: TargetMemory = NOTHING, rules: tuple[MatchRule, ...] = DEFAULT
) -> Matcher:
    return Matcher(holders, memory, rules)


def keyless(number: int, /, **told: Any) -> Holder:
    """A holder with neither address nor number."""
    return holder(number, **({"emails": (), "number": ""} | told))


def matched(match: Match) -> tuple[str, str]:
    assert isinstance(match, Matched), match
    return match.holder.id, match.origin


# --- the rules, one by one


def test_a_person_is_found_by_her_e_mail_address():
    found = matcher(holder(2), holder(1, number="")).one(person(1))
    assert matched(found) == ("h1", "email")


def test_a_person_is_found_by_any_of_her_addresses():
    both = person(1, emails=("old@example.org", "new@example.org"))
    assert matched(matcher(keyless(1, emails=("new@example.org",))).one(both)) == ("h1", "email")


def test_a_person_is_found_by_her_number():
    found = matcher(keyless(1, number="1"), keyless(2, number="2")).one(person(1))
    assert matched(found) == ("h1", "employee_no")


def test_a_person_is_found_by_her_phone_and_last_name():
    there = keyless(1, phone="+46701111111", name="Last1")
    called = person(1, phone="+46701111111")
    assert matched(matcher(there, rules=("link", "phone")).one(called)) == ("h1", "phone")


def test_a_phone_that_somebody_of_another_name_has_is_a_question():
    there = keyless(1, phone="+46701111111", name="First1 Nowak")
    found = matcher(there, rules=("phone",)).one(person(1, phone="+46701111111"))
    assert isinstance(found, Ambiguous)
    assert found.reason == "h1 has the phone number +46701111111, but is called 'First1 Nowak'"
    assert found.remedy == "if it is 'First1 Last1' all the same: doorward links set club/1 h1"


@pytest.mark.parametrize("slot", ["member1@example.org", "1", "CLUB/1"])
def test_a_person_is_found_by_whatever_the_club_keeps_in_the_extra_slot(slot: str):
    found = matcher(keyless(1, extra=slot), rules=("link", "extra")).one(person(1))
    assert matched(found) == ("h1", "extra")


def test_a_link_goes_before_every_rule_and_keeps_how_it_came():
    memory = remembered(links=[linked("club/1", "h7", "manual")])
    assert matched(matcher(holder(1), holder(7), memory=memory).one(person(1))) == ("h7", "manual")


def test_links_are_not_read_where_the_rules_leave_them_out():
    memory = remembered(links=[linked("club/1", "h7")])
    found = matcher(holder(1), holder(7), memory=memory, rules=("email",)).one(person(1))
    assert matched(found) == ("h1", "email")


def test_a_link_to_a_holder_who_is_gone_is_told_and_nobody_else_is_taken():
    memory = remembered(links=[linked("club/1", "h7")])
    found = matcher(holder(1), memory=memory).one(person(1))
    assert found == Unmatched("linked to h7, which the target no longer has")


# --- what counts as the same


@pytest.mark.parametrize(
    "address",
    [
        "ÅSA.ÖBERG@EXAMPLE.ORG",
        " åsa.öberg@example.org ",
        unicodedata.normalize("NFD", "åsa.öberg@example.org"),
        "åsa.öberg＠example.org",
    ],
)
def test_an_address_is_the_same_in_any_letter_case_and_form(address: str):
    asa = person(1, emails=("åsa.öberg@example.org",))
    assert matched(matcher(keyless(1, emails=(address,))).one(asa)) == ("h1", "email")


@pytest.mark.parametrize("blank", ["", " ", "\u00a0", "\t"])
def test_blank_fields_make_nobody_the_same(blank: str):
    nameless = person(1, emails=(blank,), number=blank)
    found = matcher(keyless(1, emails=(blank,), number=blank)).one(nameless)
    assert isinstance(found, Unmatched)


@given(st.text())
def test_folding_twice_is_folding_once(text: str):
    assert folded(folded(text)) == folded(text)


@given(st.text(st.characters(codec="ascii")))
def test_the_short_way_for_ascii_gives_what_the_long_one_does(text: str):
    assert folded(text) == unicodedata.normalize("NFKC", text).strip().casefold()


# --- several answers


def test_two_holders_with_one_address_are_a_question():
    shared = ("family@example.org",)
    found = matcher(keyless(1, emails=shared), keyless(2, emails=shared)).one(
        person(3, emails=shared)
    )
    assert isinstance(found, Ambiguous)
    assert found.candidates == ("h1", "h2")
    assert found.reason == "2 holders fit: h1, h2"
    assert found.remedy == "say which one it is: doorward links set club/3 HOLDER"


def test_a_family_with_one_address_is_told_apart_by_number():
    shared = ("family@example.org",)
    family = [person(number, emails=shared) for number in (1, 2)]
    holders = [holder(number, emails=shared) for number in (1, 2)]
    found = matcher(*holders).everybody(family)
    assert matched(found["club/1"]) == ("h1", "employee_no")
    assert matched(found["club/2"]) == ("h2", "employee_no")


def test_a_family_that_nothing_tells_apart_is_a_question_for_each():
    shared = ("family@example.org",)
    family = [person(number, emails=shared, number="") for number in (2, 1)]
    found = matcher(keyless(1, emails=shared)).everybody(family)
    for match in found.values():
        assert isinstance(match, Ambiguous)
        assert match.candidates == ("h1",)
        assert match.reason == "2 people fit h1: club/1, club/2"
        assert match.remedy == "say whose it is: doorward links set PERSON h1"


def test_a_later_rule_narrows_and_never_adds():
    shared = ("family@example.org",)
    first, second, other = (
        keyless(1, emails=shared),
        keyless(2, emails=shared),
        keyless(9, number="5"),
    )
    found = matcher(first, second, other).one(person(5, emails=shared))
    assert isinstance(found, Ambiguous)
    assert found.candidates == ("h1", "h2")


def test_the_first_rule_with_one_answer_decides():
    found = matcher(keyless(1, number="5"), holder(5, number="")).one(person(5))
    assert matched(found) == ("h5", "email")


def test_a_holder_who_may_be_another_members_is_given_to_nobody():
    shared = ("family@example.org",)
    mother, son = person(1, emails=shared, number=""), person(2, emails=shared, number="")
    found = matcher(keyless(1, emails=shared)).everybody([son], others=[mother])
    assert list(found) == ["club/2"]
    assert isinstance(found["club/2"], Ambiguous)


def test_a_holder_who_is_known_stays_hers_whoever_else_would_fit():
    shared = ("family@example.org",)
    mother, son = person(1, emails=shared), person(2, emails=shared)
    memory = remembered(links=[linked("club/2", "h2")])
    found = matcher(keyless(2, emails=shared), memory=memory).everybody([son], others=[mother])
    assert matched(found["club/2"]) == ("h2", "email")


def test_other_members_who_fit_other_holders_are_no_obstacle():
    found = matcher(holder(1), holder(2)).everybody([person(1)], others=[person(2), person(3)])
    assert matched(found["club/1"]) == ("h1", "email")


def test_two_people_linked_to_one_holder_are_a_question():
    memory = remembered(links=[linked("club/1", "h1"), linked("club/2", "h1")])
    found = matcher(holder(1), memory=memory).everybody([person(1), person(2)])
    assert all(isinstance(match, Ambiguous) for match in found.values())


# --- what contradicts


def test_a_number_is_not_believed_where_the_names_disagree():
    found = matcher(keyless(1, number="5", name="Erik Berg")).one(
        person(5, first_name="Anna", last_name="Lind")
    )
    assert isinstance(found, Ambiguous)
    assert found.candidates == ("h1",)
    assert found.reason == "h1 has the employee number 5, but is called 'Erik Berg'"
    assert found.remedy == ("if it is 'Anna Lind' all the same: doorward links set club/5 h1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Lind", "LIND, Anna"),
        ("Anna Lind", "Anna"),
        ("Anna Lind", ""),
        ("", "Erik"),
        ("Åsa", unicodedata.normalize("NFD", "åsa")),
        ("Anna", " , "),
    ],
)
def test_names_agree_that_could_be_one_persons(one: str, other: str):
    assert names_agree(one, other)
    assert names_agree(other, one)


def test_names_disagree_that_have_nothing_in_common():
    assert not names_agree("Anna Lind", "Erik Berg")


def test_a_holder_who_is_linked_to_somebody_else_is_not_taken():
    memory = remembered(links=[linked("club/1", "h1")])
    again = person(9, emails=("member1@example.org",))
    found = matcher(holder(1), memory=memory).one(again)
    assert isinstance(found, Ambiguous)
    assert found.candidates == ("h1",)
    assert found.reason == "h1 was found by e-mail, but is linked to club/1"
    assert found.remedy == "if it is the same person: doorward links set club/9 h1"


def test_a_member_made_anew_does_not_get_the_old_ones_holder_in_silence():
    memory = remembered(agreement(1))
    anew = person(9, emails=("member1@example.org",), number="1")
    assert isinstance(matcher(holder(1), memory=memory).one(anew), Ambiguous)


def test_a_pair_that_is_never_one_is_not_found_by_any_rule():
    memory = remembered(apart=[("club/1", "h1")])
    assert isinstance(matcher(holder(1), memory=memory).one(person(1)), Unmatched)


def test_a_pair_that_is_never_one_is_not_linked_either():
    memory = remembered(links=[linked("club/1", "h1")], apart=[("club/1", "h1")])
    both = matcher(holder(1), memory=memory).everybody(
        [person(1), person(2, emails=("member1@example.org",), number="")]
    )
    assert isinstance(both["club/1"], Unmatched)
    assert matched(both["club/2"]) == ("h1", "email")


def test_what_is_never_one_leaves_the_other_answer():
    shared = ("family@example.org",)
    memory = remembered(apart=[("club/3", "h1")])
    found = matcher(keyless(1, emails=shared), keyless(2, emails=shared), memory=memory).one(
        person(3, emails=shared)
    )
    assert matched(found) == ("h2", "email")


# --- nothing found, in words


def test_what_was_looked_for_is_said():
    found = matcher().one(person(1))
    assert found == Unmatched("no holder with e-mail member1@example.org or employee number 1")


def test_what_was_looked_for_in_the_extra_slot_is_said():
    someone = person(1, emails=(), number="")
    assert matcher(rules=("extra",)).one(someone) == Unmatched(
        "no holder with the extra slot club/1"
    )


def test_a_person_without_anything_to_know_her_by_is_told_so():
    found = matcher(holder(2)).one(person(1, emails=(), number=""))
    assert found == Unmatched(
        "no holder with anything to know this person by: no e-mail address, no number"
    )


def test_where_only_links_count_their_lack_is_said():
    found = matcher(holder(1), rules=("link",)).one(person(1))
    assert found == Unmatched("no holder with a link to club/1")


# --- whatever the world is like

names = st.sampled_from(["", "a@example.org", "A@Example.org", "b@example.org"])
numbers = st.sampled_from(["", "1", "2", "3"])
called = st.sampled_from(["", "Anna Lind", "Erik Berg"])
ids = [f"h{place}" for place in range(5)]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Person], list[Person], list[Holder], TargetMemory]:
    def someone(place: int) -> Person:
        first, _, last = draw(called).partition(" ")
        mails = tuple(draw(st.lists(names, max_size=2)))
        return person(
            place,
            key=f"club/{place}",
            first_name=first,
            last_name=last,
            emails=mails,
            number=draw(numbers),
        )

    holders = [
        holder(
            0,
            id=id,
            name=draw(called),
            emails=(draw(names),),
            number=draw(numbers),
            extra=draw(names),
        )
        for id in draw(st.lists(st.sampled_from(ids), unique=True))
    ]
    people = [someone(place) for place in range(draw(st.integers(0, 5)))]
    keys = st.sampled_from([f"club/{place}" for place in range(6)])
    pairs = st.tuples(keys, st.sampled_from(ids))
    links = {key: Link(key, there, "email") for key, there in draw(st.lists(pairs, max_size=3))}
    memory = TargetMemory(links, {}, frozenset(draw(st.lists(pairs, max_size=3))))
    asked = draw(st.integers(0, len(people)))
    return people[:asked], people[asked:], holders, memory


orders = st.permutations(["link", "email", "phone", "employee_no", "extra"])


@given(worlds(), orders)
def test_one_holder_is_never_given_to_two_people(world: Any, rules: list[MatchRule]):
    people, others, holders, memory = world
    found = Matcher(holders, memory, rules).everybody(people, others)
    given_away = [match.holder.id for match in found.values() if isinstance(match, Matched)]
    assert len(given_away) == len(set(given_away))
    assert set(found) == {one.key for one in people}


@given(worlds(), orders)
def test_nobody_gets_what_is_apart_or_is_linked_to_another(world: Any, rules: list[MatchRule]):
    people, others, holders, memory = world
    for key, match in Matcher(holders, memory, rules).everybody(people, others).items():
        if isinstance(match, Matched):
            there = match.holder.id
            assert (key, there) not in memory.apart
            owners = {
                link.person
                for link in memory.links.values()
                if link.holder == there and (link.person, there) not in memory.apart
            }
            assert not owners or key in owners


@given(worlds(), orders, st.data())
def test_the_order_of_people_and_holders_makes_no_difference(
    world: Any, rules: list[MatchRule], data: st.DataObject
):
    people, others, holders, memory = world
    one = Matcher(holders, memory, rules).everybody(people, others)
    shuffled = data.draw(st.permutations(holders))
    other = Matcher(shuffled, memory, rules).everybody(data.draw(st.permutations(people)), others)
    assert {key: _gist(match) for key, match in one.items()} == {
        key: _gist(match) for key, match in other.items()
    }


def _gist(match: Match) -> object:
    if isinstance(match, Ambiguous):
        return set(match.candidates)
    return match
