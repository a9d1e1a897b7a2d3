"""The guard: what it lets pass, what it holds, and what it holds besides."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.factories import access, change, lost
from doorward.core.changes import Change
from doorward.core.guard import Hold, Limits, guard, held_back
from doorward.core.proposal import Proposal

LIMITS = Limits()


def proposal(
    *changes: Change, target: str = "gate", population: int = 100, living: int | None = None
) -> Proposal:
    there = population if living is None else living
    return Proposal(target, population, there, list(changes))


def losses(count: int, target: str = "gate", start: int = 0) -> list[Change]:
    return [lost(number, target) for number in range(start, start + count)]


def gained(count: int, target: str = "gate") -> list[Change]:
    return [change(number, target=target) for number in range(count)]


def judged(*proposals: Proposal, limits: Limits = LIMITS, lately: Iterable[str] = ()) -> list[Hold]:
    return list(guard(proposals, limits, {"gate": set(lately)}))


# --- the limit


@pytest.mark.parametrize(
    ("population", "allowed"),
    [(0, 3), (10, 3), (30, 3), (39, 3), (40, 4), (100, 10), (249, 24), (250, 25), (10_000, 25)],
)
def test_a_share_and_a_number_bound_what_passes_and_a_few_always_do(population: int, allowed: int):
    assert LIMITS.allowed(population) == allowed


@given(st.integers(0, 100), st.integers(0, 2000))
def test_a_share_in_whole_per_cent_is_reckoned_exactly(per_cent: int, population: int):
    limits = Limits(share=per_cent / 100, number=10_000, few=0)
    assert limits.allowed(population) == per_cent * population // 100


def test_a_number_of_none_lets_nothing_pass():
    assert Limits(number=0).allowed(1000) == 0


# --- losses


def test_what_is_allowed_passes_and_one_more_is_held():
    assert judged(proposal(*losses(10))) == []
    [hold] = judged(proposal(*losses(11)))
    assert (hold.kind, hold.count, hold.population, hold.allowed) == ("losses", 11, 100, 10)
    assert hold.reason == "11 of 100 people would lose access; at most 10 pass unasked"


def test_a_large_target_is_held_by_number():
    assert judged(proposal(*losses(25), population=10_000)) == []
    assert [hold.kind for hold in judged(proposal(*losses(26), population=10_000))] == ["losses"]


def test_one_person_with_two_changes_is_one_person():
    twice = [lost(number) for number in range(10)] * 2
    assert judged(proposal(*twice)) == []


@pytest.mark.parametrize("count", [2, 3])
def test_that_everybody_loses_access_is_held_whatever_the_limits(count: int):
    wide = Limits(share=1, number=1000, few=1000)
    assert judged(proposal(*losses(count), population=count), limits=wide) != []
    assert judged(proposal(*losses(count - 1), population=count), limits=wide) == []


def test_everybody_are_those_who_have_access_and_not_the_expired():
    assert judged(proposal(*losses(3), population=40, living=3)) != []
    assert judged(proposal(*losses(3), population=40, living=4)) == []


def test_the_only_holder_of_a_target_may_lose_access():
    assert judged(proposal(lost(1), population=1)) == []


def test_the_last_holder_may_not_follow_the_others_within_a_day():
    last = proposal(lost(1), population=3, living=1)
    assert judged(last) == []
    [hold] = judged(last, lately=["club/2", "club/3"])
    assert hold.kind == "losses"


def test_a_shortened_date_and_a_door_less_count_as_losses():
    fewer = [change(number, access(doors=("1", "2")), access(doors=("1",))) for number in range(11)]
    assert [hold.kind for hold in judged(proposal(*fewer))] == ["losses"]


def test_those_who_lost_access_in_the_last_day_count_too():
    assert judged(proposal(*losses(4)), lately=[f"club/{one}" for one in range(50, 56)]) == []
    [hold] = judged(proposal(*losses(4)), lately=[f"club/{one}" for one in range(50, 57)])
    assert hold.count == 4
    assert hold.reason.startswith("4 of 100 people would lose access (7 more did in the last 24")


def test_somebody_who_lost_access_and_loses_more_is_counted_once():
    assert judged(proposal(*losses(10)), lately=[f"club/{one}" for one in range(10)]) == []


def test_what_was_lost_before_holds_nothing_by_itself():
    assert judged(proposal(*gained(1)), lately=[f"club/{one}" for one in range(99)]) == []


# --- gains


def test_too_many_gains_are_held():
    assert judged(proposal(*gained(10))) == []
    [hold] = judged(proposal(*gained(11)))
    assert (hold.kind, hold.count, hold.allowed) == ("gains", 11, 10)
    assert hold.reason == (
        "11 people would gain access at a target of 100; at most 10 pass unasked"
    )


def test_doors_given_to_people_who_had_none_are_gains():
    given_away = [change(number, access(), access(doors=("1",))) for number in range(11)]
    assert [hold.kind for hold in judged(proposal(*given_away))] == ["gains"]


def test_a_change_that_gives_and_takes_counts_as_both():
    swapped = [change(number, access(doors=("1",)), access(doors=("2",))) for number in range(11)]
    assert [hold.kind for hold in judged(proposal(*swapped))] == ["losses", "gains"]


# --- suspicion


def test_losses_that_look_wrong_somewhere_hold_the_losses_everywhere():
    gate, pool = proposal(*losses(11)), proposal(lost(1, "pool"), target="pool")
    hall = proposal(*gained(1, "hall"), target="hall")
    first, second = judged(gate, pool, hall)
    assert (first.target, first.kind) == ("gate", "losses")
    assert (second.target, second.kind) == ("pool", "suspicion")
    assert (second.count, second.population, second.allowed) == (1, 100, 0)
    assert second.reason == "the losses at gate look wrong, so those here wait as well"


def test_gains_that_look_wrong_raise_no_suspicion_elsewhere():
    gate, pool = proposal(*gained(11)), proposal(lost(1, "pool"), target="pool")
    assert [hold.target for hold in judged(gate, pool)] == ["gate"]


def test_a_target_with_its_own_losses_is_not_suspected_as_well():
    gate = proposal(*losses(11))
    pool = proposal(*losses(11, "pool"), target="pool")
    assert [hold.kind for hold in judged(gate, pool)] == ["losses", "losses"]


def test_a_target_held_for_its_gains_holds_its_losses_on_suspicion_too():
    gate = proposal(*losses(11))
    pool = proposal(*gained(11, "pool"), lost(70, "pool"), target="pool")
    assert [(hold.target, hold.kind) for hold in judged(gate, pool)] == [
        ("gate", "losses"),
        ("pool", "gains"),
        ("pool", "suspicion"),
    ]


# --- what a hold holds


def hold(kind: str, target: str = "gate") -> Hold:
    return Hold(target, kind, 1, 1, 0, "because")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["losses", "gains"])
def test_a_target_with_its_own_hold_is_not_written_at_all(kind: str):
    own = hold(kind)
    assert held_back(lost(1), [own]) == own
    assert held_back(change(1), [own]) == own


def test_suspicion_holds_losses_alone():
    assert held_back(lost(1), [hold("suspicion")]) is not None
    assert held_back(change(1), [hold("suspicion")]) is None


def test_another_targets_hold_holds_nothing_here():
    assert held_back(lost(1), [hold("losses", "pool")]) is None


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 400), st.integers(0, 30))
def test_nothing_beyond_the_limit_is_ever_written(
    away: int, more: int, population: int, before: int
):
    losing = losses(away)
    changes = [*losing, *(change(number) for number in range(100, 100 + more))]
    lately = [f"club/{number}" for number in range(1000, 1000 + before)]
    holds = judged(proposal(*changes, population=population), lately=lately)
    written = [one for one in changes if held_back(one, holds) is None]
    allowed = LIMITS.allowed(population)
    gone = {one.person for one in written if one.loss}
    assert not gone or len(gone | set(lately)) <= allowed
    assert len({one.person for one in written if one.gain}) <= allowed
    assert written in ([], changes)
