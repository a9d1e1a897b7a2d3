"""Invented people: the same for everybody who asks with the same seed."""

from collections import Counter
from datetime import date, timedelta

import pytest

from doorward.twinkit.population import FIRST_NUMBER, ROLES, Invented, anchor, people

TODAY = date(2026, 6, 15)


def invented(count: int, seed: int = 7, today: date = TODAY) -> list[Invented]:
    return list(people(count, seed, today))


def test_the_same_seed_invents_the_same_people():
    assert invented(200) == invented(200)
    assert invented(200) != invented(200, seed=8)


def test_a_few_are_the_first_of_many_but_for_who_is_stale():
    few = [one._replace(stale_end=None) for one in invented(100)]
    many = [one._replace(stale_end=None) for one in invented(3000)[:100]]
    assert few == many


def test_dates_hang_on_the_month_and_not_on_the_day():
    assert anchor(TODAY) == date(2026, 6, 1)
    assert invented(50, today=date(2026, 6, 1)) == invented(50, today=date(2026, 6, 30))
    assert invented(50) != invented(50, today=date(2026, 7, 1))


@pytest.mark.parametrize("today", [date(2026, 6, 1), date(2026, 6, 30), date(2028, 2, 29)])
def test_everybody_is_a_member_today(today: date):
    for one in invented(500, today=today):
        assert any(stay.start <= today <= stay.end for stay in one.stays)
        assert all(stay.role in ROLES for stay in one.stays)


def test_numbers_run_on_and_nobody_has_anothers():
    several = invented(500)
    assert [one.number for one in several] == [str(FIRST_NUMBER + place) for place in range(500)]
    assert len({one.phone for one in several}) == 500


def test_most_have_an_address_of_their_own_some_none_and_some_share_one():
    emails = Counter(one.email for one in invented(5000))
    none = emails.pop("")
    shared = sum(1 for count in emails.values() if count > 1)
    assert 0.02 < none / 5000 < 0.04
    assert 0.01 < shared / 5000 < 0.03
    assert all(one.endswith("@example.org") for one in emails)


@pytest.mark.parametrize(("count", "stale"), [(0, 0), (19, 0), (20, 1), (100, 5), (5000, 12)])
def test_a_few_have_an_end_at_the_door_that_is_a_year_old(count: int, stale: int):
    late = [one for one in invented(count) if one.stale_end]
    assert len(late) == stale
    for one in late:
        assert one.stale_end == one.stays[0].end - timedelta(days=364)


def test_every_third_drives_and_no_two_have_one_plate():
    plates = [one.plate for one in invented(3000) if one.plate]
    assert len(plates) == len(set(plates)) == 1000
    assert plates[0][3:] == f" {plates[0][-3:]}"
