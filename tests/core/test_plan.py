"""The plan as a value: what names it, what of it may be written, and its parts."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.factories import (
    LAST_YEAR,
    NOW,
    access,
    agreement,
    change,
    faulty,
    holder,
    lost,
    person,
    role,
    scene,
)
from doorward.core.changes import Adoption, Change, Doubt, Drift, Missing, Orphan
from doorward.core.errors import Kind, Trouble
from doorward.core.guard import Hold, Limits, guard
from doorward.core.plan import Plan, SystemTrouble
from doorward.core.plan_target import propose
from doorward.core.proposal import Proposal


def plan(*changes: Change, version: str = "1", holds: tuple[Hold, ...] = (), **told: Any) -> Plan:
    targets = dict.fromkeys(one.target for one in changes)
    proposals = [
        Proposal(name, 100, 100, [one for one in changes if one.target == name]) for name in targets
    ]
    return Plan(proposals, holds, (), version, told.pop("made_at", NOW), **told)


# --- the digest


def test_the_digest_is_the_same_in_whatever_order_the_changes_come():
    assert plan(change(1), change(2)).digest == plan(change(2), change(1)).digest
    there, here = change(1), change(1, target="pool")
    assert plan(there, here).digest == plan(here, there).digest


def test_the_digest_does_not_hang_on_when_the_plan_was_made_or_how_it_is_worded():
    later = plan(change(1, why="in other words"), made_at=NOW + timedelta(hours=1))
    assert later.digest == plan(change(1)).digest


@pytest.mark.parametrize(
    "other",
    [
        change(2),
        change(1, holder="h7"),
        change(1, target="pool"),
        change(1, kind="move"),
        change(1, access(*LAST_YEAR)),
        change(1, after=access(end=date(2028, 1, 1))),
        change(1, after=access(doors=("1",))),
        replace(change(1), after=None),
        replace(change(1), before=None),
    ],
)
def test_the_digest_names_whose_where_what_before_and_what_after(other: Change):
    assert plan(other).digest != plan(change(1)).digest


def test_the_digest_names_the_configuration_that_decided():
    assert plan(change(1), version="2").digest != plan(change(1)).digest


def test_the_digest_tells_one_change_from_the_same_twice():
    assert plan(change(1), change(1)).digest != plan(change(1)).digest


def test_a_part_of_a_plan_is_another_plan():
    whole = plan(change(1), change(2))
    digest = whole.digest
    assert whole.only("club/1", None).digest == plan(change(1)).digest != digest


# --- what may be written


def test_what_is_held_is_written_only_when_a_person_approved_it():
    holds = (Hold("gate", "losses", 1, 1, 0, "because"),)
    held = plan(lost(1), change(2), change(3, target="pool"), holds=holds)
    assert [one.person for one in held.writable()] == ["club/3"]
    assert held.writable(approved=True) == list(held.changes)


# --- parts


def crowded() -> Plan:
    """A plan with everything in it for two people at two targets."""

    def told(target: str) -> Proposal:
        return Proposal(
            target,
            9,
            9,
            [change(1, target=target), change(2, target=target)],
            [Adoption(target, "email", agreement(number)) for number in (1, 2)],
            [Doubt(target, f"club/{number}", "", (), "", "") for number in (1, 2)],
            [Missing(target, f"club/{number}", "", "") for number in (1, 2)],
            [
                Drift(target, f"club/{number}", "", "h", access(), access(), "report")
                for number in (1, 2)
            ],
            [Orphan(target, "h9", "", access())],
        )

    holds = (Hold("gate", "gains", 2, 2, 0, "because"),)
    trouble = SystemTrouble("hall", Trouble(Kind.RETRY, "no answer", "wait"))
    return Plan([told("gate"), told("pool")], holds, (trouble,), "1", NOW, (("club", faulty()),))


def test_the_part_about_one_person_has_everything_of_hers_and_nothing_of_others():
    part = crowded().only("club/1", None)
    assert [one.target for one in part.proposals] == ["gate", "pool"]
    for proposal in part.proposals:
        assert proposal.population == 9
        for kind in ("changes", "doubtful", "unmatched", "drifts"):
            assert [one.person for one in getattr(proposal, kind)] == ["club/1"]
        assert [one.agreed.person for one in proposal.adoptions] == ["club/1"]
        assert proposal.orphans == []


def test_the_part_about_one_target_is_that_target():
    part = crowded().only(None, "pool")
    assert [one.target for one in part.proposals] == ["pool"]
    assert len(part.proposals[0].changes) == 2
    assert part.proposals[0].orphans


def test_a_part_keeps_the_guards_word_and_what_could_not_be_read():
    whole, part = crowded(), crowded().only("club/1", "gate")
    assert (part.holds, part.troubles, part.faulty) == (whole.holds, whole.troubles, whole.faulty)


def test_a_part_says_that_it_is_one():
    assert crowded().only(None, None).whole
    assert not crowded().only("club/1", None).whole
    assert not crowded().only(None, "gate").whole
    assert not crowded().only("club/1", None).only(None, None).whole


def test_a_part_of_a_held_plan_is_still_held():
    ended = [person(number, role("Gym", *LAST_YEAR)) for number in range(8)]
    there = [holder(number) for number in range(8)]
    proposals = [propose(scene(ended, there))]
    whole = Plan(proposals, guard(proposals, Limits(), {}), (), "1", NOW)
    assert whole.only("club/1", None).writable() == []
