"""What is tried again, when, and what waits for a person."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.factories import AWAY, FULL, LOCKED_OUT, NOW, REFUSED, access, change
from doorward.core.errors import Trouble
from doorward.core.failures import FIRST_WAIT, LONGEST_WAIT, due, next_try
from doorward.core.ports import Failure
from doorward.core.windows import SECOND


def failure(trouble: Trouble = AWAY, attempts: int = 1, **told: object) -> Failure:
    failed = change(1)
    again = next_try(trouble, attempts, NOW)
    known = {"kind": "extend", "after": failed.after, "next_try": again} | told
    return Failure("gate", "club/1", attempts=attempts, trouble=trouble, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (8, 60), (5000, 60)]
)
def test_no_answer_is_tried_again_ever_later_up_to_an_hour(attempts: int, minutes: int):
    assert next_try(AWAY, attempts, NOW) == NOW + timedelta(minutes=minutes)


@given(st.integers(1, 10_000))
def test_a_wait_never_gets_shorter_and_never_longer_than_the_longest(attempts: int):
    one, other = next_try(AWAY, attempts, NOW), next_try(AWAY, attempts + 1, NOW)
    assert one is not None
    assert other is not None
    assert NOW + FIRST_WAIT <= one <= other <= NOW + LONGEST_WAIT


def test_a_full_target_is_asked_again_in_an_hour():
    assert next_try(FULL, 1, NOW) == NOW + LONGEST_WAIT


@pytest.mark.parametrize("trouble", [REFUSED, LOCKED_OUT])
def test_what_trying_cannot_help_waits_for_a_person(trouble: Trouble):
    assert next_try(trouble, 1, NOW) is None


def test_a_change_that_never_failed_is_due():
    assert due([change(1)], {}, NOW) == [change(1)]


def test_a_change_waits_until_its_time_has_come():
    failures = {("gate", "club/1"): failure()}
    assert due([change(1)], failures, NOW + FIRST_WAIT - SECOND) == []
    assert due([change(1)], failures, NOW + FIRST_WAIT) == [change(1)]


def test_a_change_that_waits_for_a_person_is_not_due_by_itself():
    failures = {("gate", "club/1"): failure(REFUSED)}
    assert due([change(1)], failures, NOW + timedelta(days=400)) == []


def test_a_change_that_asks_for_something_else_is_new():
    failures = {("gate", "club/1"): failure(REFUSED, after=access())}
    assert due([change(1)], failures, NOW) == [change(1)]


def test_one_targets_failure_is_not_the_others():
    failures = {("gate", "club/1"): failure(REFUSED)}
    elsewhere, another = change(1, target="pool"), change(2)
    assert due([change(1), elsewhere, another], failures, NOW) == [elsewhere, another]
