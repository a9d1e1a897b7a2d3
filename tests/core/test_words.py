from datetime import UTC, date, datetime

import pytest

from core.factories import STOCKHOLM, THIS_YEAR, access
from doorward.core.people import Access
from doorward.core.windows import ALWAYS, NEVER, Window
from doorward.core.words import difference, in_words, moment


def test_a_last_second_is_said_as_its_day():
    assert moment(access().window.end, STOCKHOLM) == "2026-12-31"


def test_a_moment_in_the_day_is_said_on_the_targets_clock():
    assert moment(datetime(2026, 6, 1, 10, tzinfo=UTC), STOCKHOLM) == "2026-06-01 12:00:00"


def test_access_is_said_with_its_days_and_what_it_comes_with():
    said = in_words(access(doors=("2", "1"), plan=("7",)), STOCKHOLM)
    assert said == "2026-01-01 to 2026-12-31, doors 1 2, plan 7"


def test_what_there_is_none_of_is_not_said():
    assert in_words(access(plates=()), STOCKHOLM) == "2026-01-01 to 2026-12-31"


def test_open_sides_are_said_in_words():
    assert in_words(Access(ALWAYS), STOCKHOLM) == "any time to no end"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (access(), access(end=date(2027, 6, 30)), "end 2026-12-31 → 2027-06-30"),
        (access(), access(start=date(2026, 2, 1)), "start 2026-01-01 → 2026-02-01"),
        (access(start=None), access(), "start any time → 2026-01-01"),
        (access(), access(end=None), "end 2026-12-31 → no end"),
        (access(doors=("1",)), access(doors=("1", "2")), "doors 1 → 1 2"),
        (access(), access(plan=("3",)), "plan none → 3"),
        (access(plates=("ABC123",)), access(plates=()), "plates ABC123 → none"),
        (
            access(doors=("1",), plan=("2",)),
            access(THIS_YEAR[0], date(2026, 6, 30), doors=("1",), plan=("3",)),
            "end 2026-12-31 → 2026-06-30, plan 2 → 3",
        ),
    ],
)
def test_a_difference_is_said_with_old_and_new_and_nothing_that_stayed(
    before: Access, after: Access, said: str
):
    assert difference(before, after, STOCKHOLM) == said


def test_a_start_within_the_day_is_said_to_the_second():
    before = Access(Window(datetime(2026, 1, 1, 9, 30, tzinfo=UTC), None))
    assert difference(before, Access(ALWAYS), STOCKHOLM) == "start 2026-01-01 10:30:00 → any time"


def test_no_access_at_all_is_said_so_and_not_with_a_date():
    nothing, year = Access(NEVER, (("readers", ()),)), access(readers=("Gym",))
    assert in_words(nothing, STOCKHOLM) == moment(NEVER.end, STOCKHOLM) == "no access"
    said = "2026-01-01 to 2026-12-31, readers Gym"
    assert difference(nothing, year, STOCKHOLM) == f"no access → {said}"
    assert difference(year, nothing, STOCKHOLM) == f"{said} → no access"
