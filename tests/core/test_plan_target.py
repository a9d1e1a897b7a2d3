"""The plan for one target: who is changed, and why; and above all who is not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from core.doubles import FakeDoor
from core.factories import (
    AWAY,
    LAST_YEAR,
    NEXT_YEAR,
    access,
    agreement,
    faulty,
    holder,
    linked,
    members,
    person,
    remembered,
    role,
    rule,
    scene,
    window,
)
from doorward.core.changes import Change
from doorward.core.lapse import LapsedPolicy
from doorward.core.people import Access
from doorward.core.plan_target import propose
from doorward.core.ports import Agreed
from doorward.core.proposal import MissingPolicy, Proposal
from doorward.core.reads import Complete, Partial
from doorward.core.threeway import DriftPolicy

RENEWED = person(1, role("Gym", *NEXT_YEAR))
ENDED = person(1, role("Gym", *LAST_YEAR))


def proposed(*args: Any, **told: Any) -> Proposal:
    return propose(scene(*args, **told))


def only_change(proposal: Proposal) -> Change:
    [change] = proposal.changes
    return change


def plated(one: Any) -> Any:
    """The plates that a member has, however few."""
    return (("plates", tuple(value for name, value in one.attributes if name == "plate")),)


# --- what a person opens doors with herself


def test_a_new_plate_is_written_though_no_date_changed():
    door = FakeDoor("gate", opens_with=plated)
    there = holder(1, access(plates=["ABC123"]))
    driver = person(1, attributes=(("plate", "ABC123"), ("plate", "DEF456")))
    change = only_change(proposed([driver], [there], door=door))
    assert (change.kind, change.gain, change.loss) == ("change", True, False)
    assert change.after == access(plates=["ABC123", "DEF456"])


def test_a_plate_that_is_gone_from_the_register_is_taken_away():
    door = FakeDoor("gate", opens_with=plated)
    change = only_change(proposed([person(1)], [holder(1, access(plates=["ABC123"]))], door=door))
    assert change.after == access(plates=[])
    assert change.loss


# --- an ordinary renewal


def test_a_renewal_moves_the_end_and_says_why():
    change = only_change(proposed([RENEWED], [holder(1)]))
    assert (change.kind, change.holder, change.person) == ("extend", "h1", "club/1")
    assert change.after == change.wanted == access(*NEXT_YEAR)
    assert change.before == access()
    assert (change.loss, change.gain, change.origin) == (False, True, "email")
    assert change.why == (
        "rule 'gym': role 'Gym' from 2026-01-01 until 2027-12-31; end 2026-12-31 → 2027-12-31"
    )


def test_somebody_who_is_right_already_is_adopted_without_a_write():
    proposal = proposed([person(1)], [holder(1)])
    assert proposal.changes == []
    [adoption] = proposal.adoptions
    assert adoption.agreed == agreement(1)
    assert adoption.origin == "email"


def test_somebody_who_is_known_and_right_is_no_news():
    proposal = proposed([person(1)], [holder(1)], remembered(agreement(1)))
    assert (proposal.changes, proposal.adoptions, proposal.orphans) == ([], [], [])


def test_an_ended_membership_shortens_access_and_counts_as_a_loss():
    change = only_change(proposed([ENDED], [holder(1)]))
    assert (change.kind, change.loss, change.gain) == ("shorten", True, False)


def test_what_the_target_can_hold_is_asked_of_it():
    def until_2030(wanted: Access) -> Access:
        return replace(wanted, window=window(date(2026, 1, 1), date(2030, 12, 31)))

    forever = person(1, role("Gym", date(2026, 1, 1), None))
    change = only_change(proposed([forever], [holder(1)], door=FakeDoor(fitting=until_2030)))
    assert change.after == access(end=date(2030, 12, 31))


def test_several_reasons_are_all_said():
    both = person(1, role("Gym", *NEXT_YEAR), role("Gym 2", *NEXT_YEAR))
    change = only_change(proposed([both], [holder(1)]))
    assert change.why.startswith("rule 'gym': role 'Gym' from 2026-01-01 until 2027-12-31 and rule")


def test_options_that_no_rule_names_stay():
    shown = access(doors=("1",), plan=("4",))
    change = only_change(proposed([RENEWED], [holder(1, shown)], rules=(rule(doors=("2",)),)))
    assert change.after == access(*NEXT_YEAR, doors=("2",), plan=("4",))
    assert change.wanted == access(*NEXT_YEAR, doors=("2",))
    assert change.why.endswith("end 2026-12-31 → 2027-12-31, doors 1 → 2")


def test_the_proposal_counts_holders_and_those_with_access():
    proposal = proposed([], [holder(1), holder(2), holder(3, access(*LAST_YEAR))])
    assert (proposal.population, proposal.living) == (3, 2)


# --- every combination of three-way, first met, drift, lapsed and missing policy

DRIFT: tuple[DriftPolicy, ...] = ("put back", "accept", "report")
LAPSED: tuple[LapsedPolicy, ...] = ("keep", "expire", "delete")
MISSING: tuple[MissingPolicy, ...] = ("report", "create")
BOTH = (True, False)


@pytest.mark.parametrize("drift", DRIFT)
@pytest.mark.parametrize("lapsed", LAPSED)
@pytest.mark.parametrize("missing", MISSING)
@pytest.mark.parametrize("wants", ["as agreed", "more", "less", "nothing"])
@pytest.mark.parametrize("shows", ["as agreed", "touched", "nobody"])
@pytest.mark.parametrize("known", BOTH)
def test_every_combination_of_change_and_policy(
    drift: DriftPolicy,
    lapsed: LapsedPolicy,
    missing: MissingPolicy,
    wants: str,
    shows: str,
    known: bool,
):
    people = {
        "as agreed": [person(1)],
        "more": [RENEWED],
        "less": [ENDED],
        "nothing": [],
    }[wants]
    touched = access(end=date(2026, 9, 30))
    holders = {"as agreed": [holder(1)], "touched": [holder(1, touched)], "nobody": []}[shows]
    memory = remembered(agreement(1)) if known else remembered()
    proposal = proposed(people, holders, memory, drift=drift, lapsed=lapsed, missing=missing)
    told = [change.kind for change in proposal.changes]
    expected, drifts = _expected(drift, lapsed, missing, wants, shows, known=known)
    assert told == expected
    assert len(proposal.drifts) == drifts
    if drifts:
        assert (proposal.drifts[0].agreed, proposal.drifts[0].shown) == (access(), touched)
        assert len(proposal.adoptions) == (drift == "accept")


def _expected(
    drift: str, lapsed: str, missing: str, wants: str, shows: str, *, known: bool
) -> tuple[list[str], int]:
    """The kinds of changes and the number of drifts told, case by case."""
    if wants == "nothing":
        acts = known and shows != "nobody"
        return ([lapsed] if acts and lapsed != "keep" else []), 0
    if shows == "nobody":
        return (["create"] if missing == "create" and wants != "less" else []), 0
    if wants == "less":
        return ["shorten"], 0
    if wants == "more":
        return ["extend"], 0
    if shows == "as agreed":
        return [], 0
    if not known or drift == "put back":
        return ["extend"], 0
    return [], 1


# --- people who are not there


def test_somebody_who_is_missing_is_told():
    [missing] = proposed([person(1)], []).unmatched
    assert missing.person == "club/1"
    assert missing.reason == "no holder with e-mail member1@example.org or employee number 1"


def test_somebody_who_is_missing_is_created_where_the_policy_says_so():
    change = only_change(proposed([person(1)], [], missing="create"))
    assert (change.kind, change.holder, change.origin) == ("create", "n1", "created")
    assert (change.before, change.after, change.newcomer) == (None, access(), person(1))
    assert (change.loss, change.gain) == (False, True)
    assert change.why == (
        "rule 'gym': role 'Gym' from 2026-01-01 until 2026-12-31; not at gate yet"
    )


def test_nobody_is_created_whose_access_is_over():
    proposal = proposed([ENDED], [], missing="create")
    assert (proposal.changes, proposal.unmatched) == ([], [])


def test_somebody_for_whom_no_id_is_possible_is_told_with_the_remedy():
    [missing] = proposed([person(1, number="")], [], missing="create").unmatched
    assert missing.reason == "club/1 has no member number; give her one"


def test_an_id_that_is_somebody_elses_is_not_taken():
    there = holder(9, id="n1")
    proposal = proposed([person(1)], [there], missing="create")
    assert proposal.changes == []
    assert proposal.unmatched[0].reason == "the id n1 that this person would get is somebody else's"


def test_two_people_never_get_the_same_new_id():
    twins = [person(number, number="7") for number in (2, 1)]
    proposal = proposed(twins, [], missing="create")
    assert [change.person for change in proposal.changes] == ["club/1"]
    assert [missing.person for missing in proposal.unmatched] == ["club/2"]


def test_nobody_is_created_over_a_record_that_could_not_be_understood():
    read = Complete([], (faulty("n1"),))
    proposal = proposed([person(1)], read, missing="create")
    assert proposal.changes == []
    assert proposal.unmatched[0].reason == "the id n1 that this person would get is somebody else's"


def test_somebody_whose_own_record_could_not_be_understood_is_not_created_anew():
    read = Complete([], (faulty("h1"),))
    proposal = proposed([person(1)], read, remembered(agreement(1)), missing="create")
    assert proposal.changes == []
    assert proposal.unmatched[0].reason == "the record h1 at gate could not be understood"


def test_of_half_a_read_nobody_is_said_to_be_missing():
    proposal = proposed([person(1)], Partial([], AWAY), missing="create")
    assert (proposal.changes, proposal.unmatched) == ([], [])


# --- people who have lapsed


def test_a_lapsed_member_is_expired_and_it_is_said_what_she_had():
    change = only_change(proposed([], [holder(1)], remembered(agreement(1)), lapsed="expire"))
    assert (change.kind, change.loss, change.wanted) == ("expire", True, None)
    assert change.after == access(end=date(2026, 6, 14))
    assert change.who == "First1 Last1 <member1@example.org>"
    assert change.why == (
        "club/1 is no longer in the register; access (2026-01-01 to 2026-12-31) is taken away,"
        " as lapsed = 'expire' says"
    )


def test_a_member_without_a_role_any_more_is_said_to_have_none():
    roleless = person(1, role("Board"))
    change = only_change(
        proposed([roleless], [holder(1)], remembered(agreement(1)), lapsed="delete")
    )
    assert (change.kind, change.after, change.loss) == ("delete", None, True)
    assert change.why.startswith("club/1 has no role for it any more; access (")


@pytest.mark.parametrize(("drift", "kinds"), [("put back", ["expire"]), ("report", [])])
def test_access_given_back_at_the_door_after_a_lapse_is_put_back_or_reported(
    drift: DriftPolicy, kinds: list[str]
):
    memory = remembered(agreement(1, access(*LAST_YEAR)))
    proposal = proposed([], [holder(1)], memory, lapsed="expire", drift=drift)
    assert [change.kind for change in proposal.changes] == kinds
    assert len(proposal.drifts) == 1 - len(kinds)


def test_access_given_back_after_a_lapse_is_accepted_once_and_then_left_alone():
    memory = remembered(agreement(1, access(*LAST_YEAR)))
    first = proposed([], [holder(1)], memory, lapsed="expire", drift="accept")
    assert (first.changes, len(first.drifts)) == ([], 1)
    accepted = remembered(first.adoptions[0].agreed)
    again = proposed([], [holder(1)], accepted, lapsed="expire", drift="accept")
    assert (again.changes, again.drifts, again.adoptions) == ([], [], [])


@pytest.mark.parametrize("lapsed", LAPSED)
def test_a_holder_whom_the_hub_never_kept_is_an_orphan_and_stays(lapsed: LapsedPolicy):
    proposal = proposed([], [holder(1)], lapsed=lapsed)
    assert proposal.changes == []
    [orphan] = proposal.orphans
    assert (orphan.holder, orphan.shown) == ("h1", access())


@pytest.mark.parametrize("lapsed", LAPSED)
def test_a_member_without_a_role_whom_the_hub_never_kept_is_not_touched(lapsed: LapsedPolicy):
    proposal = proposed([person(1, role("Board"))], [holder(1)], lapsed=lapsed)
    assert proposal.changes == []


def test_access_that_is_over_is_not_expired_again():
    memory = remembered(agreement(1))
    assert proposed([], [holder(1, access(*LAST_YEAR))], memory, lapsed="expire").changes == []


def test_removing_a_record_counts_as_a_loss_also_when_its_access_is_over():
    over = holder(1, access(*LAST_YEAR))
    change = only_change(proposed([], [over], remembered(agreement(1)), lapsed="delete"))
    assert (change.kind, change.loss) == ("delete", True)


def test_a_member_who_comes_back_is_let_in_again():
    over = access(end=date(2026, 6, 14))
    memory = remembered(Agreed("club/1", "h1", over, over))
    assert only_change(proposed([person(1)], [holder(1, over)], memory)).kind == "extend"


# --- whose it is has become a question


def test_a_member_made_anew_is_held_for_review_and_the_old_holder_kept():
    anew = person(9, emails=("member1@example.org",), number="")
    proposal = proposed([anew], [holder(1)], remembered(agreement(1)), lapsed="expire")
    assert proposal.changes == []
    assert proposal.orphans == []
    [doubt] = proposal.doubtful
    assert (doubt.person, doubt.candidates) == ("club/9", ("h1",))
    assert "is linked to club/1" in doubt.reason
    assert doubt.remedy


def test_a_holder_who_fits_two_members_is_a_question_also_when_one_has_no_role():
    shared = ("family@example.org",)
    mother, son = person(1, role("Board"), emails=shared), person(2, emails=shared)
    proposal = proposed([mother, son], [holder(5, emails=shared, number="")])
    assert proposal.changes == proposal.adoptions == []
    assert [doubt.person for doubt in proposal.doubtful] == ["club/2"]


def test_a_holder_given_to_another_member_is_not_taken_for_the_old_owners_lapse():
    memory = remembered(agreement(1), links=[linked("club/2", "h1", "manual")])
    proposal = proposed([person(2)], [holder(1)], memory, lapsed="expire")
    assert proposal.changes == []


@pytest.mark.parametrize("lapsed", ["expire", "delete"])
def test_nor_when_the_new_owners_register_cannot_be_read(lapsed: LapsedPolicy):
    memory = remembered(agreement(1), links=[linked("guests/2", "h1", "manual")])
    proposal = proposed(members(), [holder(1)], memory, lapsed=lapsed)
    assert proposal.changes == []


def test_of_two_lapsed_owners_one_is_enough():
    again = replace(agreement(1), person="club/0")
    memory = remembered(agreement(1), again)
    change = only_change(proposed([], [holder(1)], memory, lapsed="expire"))
    assert change.person == "club/0"


def test_agreements_about_holders_who_are_gone_are_left_alone():
    assert proposed([], [], remembered(agreement(1)), lapsed="delete").changes == []


# --- what cannot be believed takes nothing away


@pytest.mark.parametrize("lapsed", ["expire", "delete"])
def test_a_register_that_was_not_read_to_its_end_takes_nothing_away(lapsed: LapsedPolicy):
    believed = members(complete=())
    proposal = proposed(believed, [holder(1)], remembered(agreement(1)), lapsed=lapsed)
    assert proposal.changes == []
    assert proposal.orphans == []


def test_a_member_of_half_a_register_gains_and_does_not_lose():
    assert only_change(proposed(members(RENEWED, complete=()), [holder(1)])).kind == "extend"
    assert proposed(members(ENDED, complete=()), [holder(1)]).changes == []


def test_half_a_read_of_the_target_lets_people_gain_and_not_lose():
    half = Partial([holder(1), holder(2)], AWAY)
    people = [RENEWED, person(2, role("Gym", *LAST_YEAR))]
    assert only_change(proposed(people, half)).person == "club/1"


@pytest.mark.parametrize("lapsed", LAPSED)
def test_a_record_that_could_not_be_understood_protects_whose_it_is(lapsed: LapsedPolicy):
    unread = members(unread=["club/1"])
    proposal = proposed(unread, [holder(1)], remembered(agreement(1)), lapsed=lapsed)
    assert proposal.changes == []
    also_listed = members(ENDED, unread=["club/1"])
    assert proposed(also_listed, [holder(1)], remembered(agreement(1))).changes == []


def test_a_holder_who_could_not_be_understood_is_not_touched():
    read = Complete([holder(2)], (faulty("h1"),))
    proposal = proposed([RENEWED], read, remembered(agreement(1)), lapsed="delete")
    assert proposal.changes == []


def test_a_membership_that_makes_no_sense_is_a_question_and_changes_nothing():
    slip = person(1, role("Gym", date(2026, 7, 1), date(2026, 6, 1)), role("Gym", *LAST_YEAR))
    proposal = proposed(
        [slip, person(2, role("Gym", *NEXT_YEAR))],
        [holder(1), holder(2)],
        remembered(agreement(1)),
        lapsed="delete",
    )
    assert only_change(proposal).person == "club/2"
    [doubt] = proposal.doubtful
    assert doubt.reason == "a membership from 2026-07-01 until 2026-06-01 makes no sense"
    assert doubt.remedy == (
        "correct the dates of First1 Last1 <member1@example.org> in the register 'club'"
    )


# --- whom an operator has locked

BLOCKED = replace(rule(), blocked_by=("garage",))
LOCKED = {"club/1": {"garage"}}


@pytest.mark.parametrize("policy", ["keep", "expire", "delete"])
def test_whom_an_operator_locked_is_kept_out_at_once_and_not_forgotten(policy: LapsedPolicy):
    there = [person(1)], [holder(1)], remembered(agreement(1))
    change = only_change(proposed(*there, rules=[BLOCKED], locked=LOCKED, lapsed=policy))
    assert (change.kind, change.loss) == ("expire", True)
    assert change.after is not None
    assert change.after.window.over_at(scene().now)
    assert "is locked by an operator at garage; access" in change.why
    assert change.why.endswith("until she is released there")


def test_a_lock_counts_only_where_the_rule_says_so():
    there = [person(1)], [holder(1)], remembered(agreement(1))
    assert proposed(*there, locked=LOCKED).changes == []
    assert proposed(*there, rules=[BLOCKED], locked={"club/1": {"pool"}}).changes == []


def test_another_rule_may_open_for_whom_one_rule_is_blocked():
    there = [person(1)], [holder(1)], remembered(agreement(1))
    rules = [BLOCKED, rule(name="staff too")]
    assert proposed(*there, rules=rules, locked=LOCKED).changes == []


def test_whom_an_operator_locked_is_not_let_in_anew():
    given = proposed([person(1)], [], rules=[BLOCKED], locked=LOCKED, missing="create")
    assert given.changes == given.unmatched == []


def test_whose_membership_is_over_as_well_goes_as_others_do():
    there = [person(1, role("Pool"))], [holder(1)], remembered(agreement(1))
    change = only_change(proposed(*there, rules=[BLOCKED], locked=LOCKED, lapsed="delete"))
    assert change.kind == "delete"
    assert "has no role for it any more" in change.why


def test_who_is_released_gets_back_what_she_had():
    locked = only_change(
        proposed([person(1)], [holder(1)], remembered(agreement(1)), rules=[BLOCKED], locked=LOCKED)
    )
    assert locked.after is not None
    out = agreement(1, locked.after)
    change = only_change(
        proposed([person(1)], [holder(1, locked.after)], remembered(out), rules=[BLOCKED])
    )
    assert change.after is not None
    assert change.after.window.end == access().window.end
    assert change.gain
