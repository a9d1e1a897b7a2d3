"""Who changed what: the register, the target, both, or nobody yet."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from core.factories import LAST_YEAR, NEXT_YEAR, access, agreement
from doorward.core.people import Access
from doorward.core.ports import Agreed
from doorward.core.threeway import Drifted, DriftPolicy, Due, InStep, Verdict, verdict

OLD, NEW, TOUCHED = access(), access(*NEXT_YEAR), access(*LAST_YEAR)
POLICIES: tuple[DriftPolicy, ...] = ("put back", "accept", "report")


def judged(
    wanted: Access, shown: Access, last: Agreed | None, policy: DriftPolicy = "put back"
) -> Verdict:
    return verdict(wanted, shown, last, "h1", policy)


@pytest.mark.parametrize("policy", POLICIES)
def test_what_was_agreed_and_is_still_so_is_in_step(policy: DriftPolicy):
    assert judged(OLD, OLD, agreement(1, OLD), policy) == InStep(news=False)


@pytest.mark.parametrize("policy", POLICIES)
def test_somebody_met_for_the_first_time_who_is_right_is_news(policy: DriftPolicy):
    assert judged(OLD, OLD, None, policy) == InStep(news=True)


@pytest.mark.parametrize("policy", POLICIES)
def test_somebody_met_for_the_first_time_who_is_wrong_is_due(policy: DriftPolicy):
    assert judged(NEW, OLD, None, policy) == Due()


@pytest.mark.parametrize("policy", POLICIES)
def test_a_change_in_the_register_is_due(policy: DriftPolicy):
    assert judged(NEW, OLD, agreement(1, OLD), policy) == Due()


@pytest.mark.parametrize("policy", POLICIES)
def test_when_both_changed_the_register_wins_and_it_is_said(policy: DriftPolicy):
    due = judged(NEW, TOUCHED, agreement(1, OLD), policy)
    assert due == Due(" (it had been changed at the target as well)")


@pytest.mark.parametrize("policy", POLICIES)
def test_both_changed_to_the_same_is_news_and_nothing_to_write(policy: DriftPolicy):
    assert judged(NEW, NEW, agreement(1, OLD), policy) == InStep(news=True)


def test_a_change_at_the_target_is_put_back():
    due = judged(OLD, TOUCHED, agreement(1, OLD), "put back")
    assert due == Due(" (changed at the target itself, put back)")


def test_a_change_at_the_target_is_accepted():
    assert judged(OLD, TOUCHED, agreement(1, OLD), "accept") == Drifted(OLD, accept=True)


def test_a_change_at_the_target_is_reported():
    assert judged(OLD, TOUCHED, agreement(1, OLD), "report") == Drifted(OLD, accept=False)


@pytest.mark.parametrize("policy", POLICIES)
def test_what_was_accepted_before_stays_accepted(policy: DriftPolicy):
    assert judged(OLD, TOUCHED, agreement(1, OLD, TOUCHED), policy) == InStep(news=False)


@pytest.mark.parametrize("policy", POLICIES)
def test_what_was_agreed_about_another_holder_does_not_count(policy: DriftPolicy):
    other = agreement(1, OLD, holder="h7")
    assert judged(OLD, TOUCHED, other, policy) == Due()


@pytest.mark.parametrize("policy", POLICIES)
def test_options_that_no_rule_names_are_the_targets_own_affair(policy: DriftPolicy):
    shown = access(plan=("4",))
    assert judged(OLD, shown, agreement(1, OLD), policy) == InStep(news=True)
    assert judged(OLD, shown, agreement(1, OLD, shown), policy) == InStep(news=False)


def test_doors_that_a_rule_names_must_be_those():
    shown = access(doors=("1", "2"))
    assert judged(access(doors=("2", "1")), shown, None) == InStep(news=True)
    assert judged(access(doors=("1",)), shown, None) == Due()


@pytest.mark.parametrize(
    ("first_met", "register", "target", "policy"),
    list(product((True, False), (True, False), (True, False), POLICIES)),
)
def test_every_combination_is_judged_as_the_table_says(
    first_met: bool, register: bool, target: bool, policy: DriftPolicy
):
    wanted, shown = (NEW if register else OLD), (TOUCHED if target else OLD)
    last = None if first_met else agreement(1, OLD)
    table: dict[tuple[bool, bool], Verdict] = {
        (False, False): InStep(news=first_met),
        (True, False): Due(),
        (True, True): Due() if first_met else Due(" (it had been changed at the target as well)"),
        (False, True): {
            "put back": Due(" (changed at the target itself, put back)"),
            "accept": Drifted(OLD, accept=True),
            "report": Drifted(OLD, accept=False),
        }[policy],
    }
    if first_met:
        table[False, True] = Due()
    assert judged(wanted, shown, last, policy) == table[register, target]


def test_access_laid_over_what_is_shown_keeps_the_rest():
    shown = access(doors=("1",), plan=("4",))
    assert access(*NEXT_YEAR, doors=("2",)).over(shown) == access(
        *NEXT_YEAR, doors=("2",), plan=("4",)
    )
    assert replace(shown, options=()).over(None) == access()
    assert not access(end=date(2026, 5, 1)).satisfied_by(access())
