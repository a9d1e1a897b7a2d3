"""Who was in the registers: kept, searched, and marked gone only when that is sure."""

from datetime import date, datetime
from pathlib import Path

from core.factories import AWAY, NOW, faulty, person, role
from doorward.core.people import Membership
from doorward.core.reads import Complete, Failed, Partial
from doorward.storage.store import Store
from storage.factories import DAY, HOUR, everybody, keys


async def test_a_person_is_kept_as_the_register_told_her(store: Store):
    anna = person(
        1,
        role("Gym", date(2026, 1, 1), date(2026, 12, 31)),
        Membership("Pool", datetime(2026, 1, 1, 9, 30), None),
        emails=("anna@example.org", "work@example.org"),
        phone="+46701234567",
        attributes=(("employee_no", "007"), ("card", "1234")),
    )
    await store.remember(everybody(anna), NOW)
    known = store.people.get("club/1")
    assert known is not None
    assert known.person == anna
    assert (known.seen_at, known.changed_at, known.gone_at) == (NOW, NOW, None)


async def test_nobody_is_kept_who_was_never_read(store: Store):
    assert store.people.get("club/1") is None


async def test_only_what_changed_is_written(store: Store):
    await store.remember(everybody(person(1), person(2)), NOW)
    later = NOW + HOUR
    await store.remember(everybody(person(1), person(2, last_name="Other")), later)
    first, second = store.people.get("club/1"), store.people.get("club/2")
    assert first is not None
    assert second is not None
    assert (first.changed_at, second.changed_at) == (NOW, later)
    assert (second.person.last_name, second.seen_at) == ("Other", NOW)


async def test_whoever_is_not_in_a_complete_read_is_gone(store: Store):
    await store.remember(everybody(person(1), person(2)), NOW)
    await store.remember(everybody(person(1)), NOW + HOUR)
    await store.remember(everybody(person(1)), NOW + DAY)
    gone = store.people.get("club/2")
    assert gone is not None
    assert gone.gone_at == NOW + HOUR
    assert store.people.count() == {"club": 1}


async def test_whoever_comes_back_is_no_longer_gone(store: Store):
    await store.remember(everybody(person(1)), NOW)
    await store.remember(everybody(), NOW + HOUR)
    await store.remember(everybody(person(1)), NOW + DAY)
    back = store.people.get("club/1")
    assert back is not None
    assert (back.gone_at, back.seen_at) == (None, NOW)


async def test_half_a_read_makes_nobody_gone_but_is_kept(store: Store):
    await store.remember(everybody(person(1)), NOW)
    await store.remember({"club": Partial([person(2)], AWAY)}, NOW + HOUR)
    assert store.people.count() == {"club": 2}


async def test_a_failed_read_changes_nothing(store: Store):
    await store.remember(everybody(person(1)), NOW)
    await store.remember({"club": Failed(AWAY)}, NOW + HOUR)
    assert store.people.count() == {"club": 1}


async def test_whose_record_is_faulty_is_not_gone(store: Store):
    await store.remember(everybody(person(1), person(2)), NOW)
    await store.remember({"club": Complete([person(2)], (faulty("club/1"),))}, NOW + HOUR)
    assert store.people.count() == {"club": 2}


async def test_one_register_says_nothing_about_the_people_of_another(store: Store):
    await store.remember({"club": Complete([person(1)])}, NOW)
    await store.remember({"school": Complete([person(1, key="school/1")])}, NOW)
    assert store.people.count() == {"club": 1, "school": 1}


async def test_a_member_who_is_listed_twice_is_kept_once_with_all_her_roles(store: Store):
    twice = (person(1, role("Gym")), person(1, role("Pool")))
    await store.remember(everybody(*twice), NOW)
    known = store.people.get("club/1")
    assert known is not None
    assert [one.role for one in known.person.memberships] == ["Gym", "Pool"]


async def test_people_are_found_by_key_number_address_phone_and_part_of_a_name(store: Store):
    anna = person(1, first_name="Anna", last_name="Åkesson", number="10007", phone="+46701")
    await store.remember(everybody(anna, person(2)), NOW)
    for text in ("club/1", "10007", "MEMBER1@EXAMPLE.ORG", "+46701", "anna åkes", "ÅKESSON"):
        assert keys(store.people.search(text)) == ["club/1"], text


async def test_a_second_address_is_found_too(store: Store):
    await store.remember(everybody(person(1, emails=("a@example.org", "b@example.org"))), NOW)
    assert keys(store.people.search("b@example.org")) == ["club/1"]


async def test_whoever_is_named_exactly_comes_first_and_whoever_is_gone_last(store: Store):
    named = [person("a1", number="10", last_name="Ek"), person("b", number="1", last_name="Ö")]
    left = person("c", number="100", last_name="Asp")
    await store.remember(everybody(*named, left), NOW)
    await store.remember(everybody(*named), NOW)
    assert keys(store.people.search("1"))[0] == "club/b"
    assert keys(store.people.search("1"))[-1] == "club/c"
    assert "club/c" not in keys(store.people.search("1", gone=False))


async def test_signs_that_a_search_could_take_for_wildcards_are_only_signs(store: Store):
    await store.remember(everybody(person(1, last_name="50%"), person(2, last_name="a_b\\c")), NOW)
    assert keys(store.people.search("0%")) == ["club/1"]
    assert keys(store.people.search("a_b\\")) == ["club/2"]
    assert keys(store.people.search("%")) == ["club/1"]
    assert store.people.search("5_%") == []


async def test_a_search_for_nothing_finds_nobody(store: Store):
    await store.remember(everybody(person(1)), NOW)
    assert store.people.search("  ") == []


async def test_a_search_stops_at_its_limit(store: Store):
    await store.remember(everybody(*(person(number) for number in range(20))), NOW)
    assert len(store.people.search("member", limit=7)) == 7


async def test_zero_characters_are_no_reason_to_lose_a_register(store: Store):
    await store.remember(everybody(person(1, last_name="a\0b"), person(2)), NOW)
    assert store.people.count() == {"club": 2}


async def test_a_hundred_thousand_people_are_remembered(sqlite_file: Path):
    many = [person(number) for number in range(100_000)]
    with Store.open(sqlite_file) as store:
        await store.remember(everybody(*many), NOW)
        await store.remember(everybody(*many[:-1]), NOW + HOUR)
        assert store.people.count() == {"club": 99_999}
        assert keys(store.people.search("member99998@")) == ["club/99998"]
