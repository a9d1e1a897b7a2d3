"""Core values as text and times, and back: equal, whatever they are."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from core.factories import access
from doorward.core.people import Access, Membership, Person
from doorward.core.windows import ALWAYS, Window
from doorward.storage.encoding import (
    Instant,
    access_of,
    access_text,
    end_text,
    person_of,
    person_text,
    row_digest,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
moments = st.datetimes(
    datetime(1900, 1, 1), datetime(9000, 1, 1), timezones=st.timezones() | st.just(UTC)
)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
bounds = st.none() | st.dates() | st.datetimes() | st.datetimes(timezones=offsets)


@st.composite
def accesses(draw: st.DrawFn) -> Access:
    pair = sorted([draw(moments), draw(moments)])
    start, end = (draw(st.sampled_from([None, one])) for one in pair)
    options = draw(st.dictionaries(texts, st.lists(texts, max_size=3).map(tuple), max_size=3))
    return Access(Window(start, end), tuple(options.items()))


people = st.builds(
    Person,
    key=texts,
    first_name=texts,
    last_name=texts,
    emails=st.lists(texts, max_size=3).map(tuple),
    phone=texts,
    number=texts,
    memberships=st.lists(st.builds(Membership, texts, bounds, bounds), max_size=3).map(tuple),
    attributes=st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
)


@given(accesses())
def test_access_is_read_back_as_it_was(one: Access):
    assert access_of(access_text(one)) == one


@given(people)
def test_a_person_is_read_back_as_she_was(one: Person):
    assert person_of(person_text(one).decode()) == one


@given(people, people)
def test_only_equal_people_have_one_digest(one: Person, other: Person):
    same = row_digest(person_text(one)) == row_digest(person_text(other))
    assert same == (person_text(one) == person_text(other))


@given(st.sampled_from([sqlite.dialect(), postgresql.dialect()]), moments)
def test_a_moment_is_kept_in_utc(dialect: Dialect, moment: datetime):
    column = Instant()
    kept = column.process_bind_param(moment, dialect)
    assert kept is not None
    assert (kept.tzinfo is None) == (dialect.name == "sqlite")
    back = column.process_result_value(kept, dialect)
    assert back == moment.astimezone(UTC)
    assert back is not None
    assert back.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        Instant().process_bind_param(datetime(2026, 1, 1), sqlite.dialect())


def test_access_is_kept_in_words_that_a_person_can_read():
    end = datetime(2026, 12, 31, 23, 59, 59, tzinfo=ZoneInfo("Europe/Stockholm"))
    one = Access(Window(None, end), (("doors", ("1", "2")),))
    assert access_text(one) == (
        '{"start":null,"end":"2026-12-31T22:59:59Z","options":[["doors",["1","2"]]]}'
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (None, None),
        (Access(ALWAYS), "no end"),
        (access(), "2026-12-31 22:59:59"),
        (
            Access(Window(None, datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2))))),
            "2025-12-31 22:00:00",
        ),
    ],
)
def test_an_end_is_told_in_utc(given: Access | None, told: str | None):
    assert end_text(given) == told


def test_whole_days_and_moments_of_a_membership_stay_what_they_are():
    day, moment = date(2026, 1, 1), datetime(2026, 1, 1)
    one = Person("club/1", memberships=(Membership("Gym", day, moment),))
    [kept] = person_of(person_text(one).decode()).memberships
    assert (type(kept.start), type(kept.end)) == (date, datetime)
