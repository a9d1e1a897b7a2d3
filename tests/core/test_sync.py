"""The recipe, end to end in memory: read, settle, plan, guard, apply, and again."""

from dataclasses import replace
from typing import Any

import pytest

from core.club import Club, gate, pool
from core.doubles import FakeForgetfulDoor, FakeRegister
from core.factories import (
    AWAY,
    LAST_YEAR,
    LOCKED_OUT,
    NEXT_YEAR,
    NOW,
    access,
    faulty,
    holder,
    person,
    role,
)
from doorward.core.apply import Approval
from doorward.core.people import Person
from doorward.core.plan import SystemTrouble
from doorward.core.reads import Complete, Failed, Partial, graded
from doorward.core.sync import gather_members, prepare

RENEWED = person(1, role("Gym", *NEXT_YEAR))


# --- a whole run


async def test_a_renewal_reaches_the_door_and_the_next_run_finds_nothing_to_do():
    club = Club([RENEWED, person(2)], gate(1, 2))
    report = await club.run()
    assert report.verdict == "ok"
    assert club.doors["gate"].by_id["h1"].access == access(*NEXT_YEAR)
    again = await club.run()
    assert (again.verdict, again.applied.results) == ("ok", [])
    assert list(again.plan.changes) == []
    assert len(club.doors["gate"].writes) == 1


async def test_a_dry_run_writes_nothing_anywhere():
    club = Club([RENEWED], gate(1))
    prepared = await club.prepare()
    assert len(list(prepared.plan.changes)) == 1
    assert club.doors["gate"].writes == club.notebook.log == []


async def test_a_run_writes_down_settlements_then_people_then_adoptions_then_works():
    club = Club([RENEWED, person(2)], gate(1, 2))
    await club.run()
    assert [what for what, _ in club.notebook.log] == [
        "settle",
        "remember",
        "adopt",
        "intend",
        "settle",
    ]
    assert set(club.notebook.people) == {"club"}
    assert set(club.notebook.of("gate").agreed) == {"club/1", "club/2"}


async def test_progress_is_shown_for_each_system_by_name():
    steps: list[tuple[str, int]] = []
    club = Club([person(1)], gate(1))
    await prepare(
        club.hub, club.notebook, NOW, lambda name: lambda done, _total: steps.append((name, done))
    )
    assert sorted(steps) == [("club", 1), ("gate", 1)]


# --- the guard


def ended(count: int) -> list[Person]:
    return [person(number, role("Gym", *LAST_YEAR)) for number in range(count)]


async def test_a_held_plan_trips_before_the_first_write():
    club = Club(ended(8), gate(*range(10)), pool(*range(10)))
    report = await club.run()
    assert report.verdict == "held"
    assert club.doors["gate"].writes == club.doors["pool"].writes == []
    assert ("intend", []) not in club.notebook.log
    assert [what for what, _ in club.notebook.log] == ["settle", "remember", "adopt"]


async def test_a_register_that_comes_back_empty_takes_nobodys_access():
    club = Club([person(number) for number in range(10)], gate(*range(10)), lapsed="delete")
    assert (await club.run()).verdict == "ok"
    club.hub = replace(club.hub, registers=[FakeRegister()])
    report = await club.run()
    assert report.verdict == "held"
    assert len(list(report.plan.changes)) == 10
    assert club.doors["gate"].writes == []


async def test_a_person_who_approved_what_is_held_has_it_written():
    club = Club(ended(8), gate(*range(10)))
    prepared = await club.prepare()
    digest = prepared.plan.digest
    report = await club.carry_out(prepared, Approval(digest, "Karin"))
    assert (report.verdict, club.doors["gate"].writes) == ("held", [])
    report = await club.carry_out(prepared, Approval(digest, "Karin", held=True))
    assert len(report.applied.done) == 8


async def test_an_approval_is_of_one_plan():
    club = Club([RENEWED], gate(1))
    prepared = await club.prepare()
    club.hub = replace(club.hub, registers=[FakeRegister(persons=[*ended(2)])])
    other = await club.prepare()
    with pytest.raises(ValueError, match="another plan"):
        await club.carry_out(other, Approval(prepared.plan.digest, "Karin", held=True))
    assert club.doors["gate"].writes == club.notebook.log == []


async def test_the_same_facts_in_another_order_are_the_plan_that_was_approved():
    people = [person(number, role("Gym", *NEXT_YEAR)) for number in range(3)]
    club = Club(people, gate(0, 1, 2))
    approved = (await club.prepare()).plan.digest
    club.hub = replace(club.hub, registers=[FakeRegister(persons=people[::-1])])
    report = await club.carry_out(await club.prepare(), Approval(approved, "Karin"))
    assert len(report.applied.done) == 3


# --- what cannot be read


@pytest.mark.parametrize("lapsed", ["expire", "delete"])
@pytest.mark.parametrize("reading", [Failed(AWAY), Partial([], AWAY), ValueError("surprise")])
async def test_a_register_that_cannot_be_read_takes_nobodys_access(lapsed: str, reading: Any):
    club = Club([person(1)], gate(1), lapsed=lapsed)
    await club.run()
    club.hub = replace(club.hub, registers=[FakeRegister(reading=reading)])
    report = await club.run()
    assert (list(report.plan.changes), report.verdict) == ([], "partly failed")
    assert [trouble.system for trouble in report.plan.troubles] == ["club"]


async def test_a_connectors_own_mistake_is_named_and_the_others_are_planned():
    club = Club([RENEWED], gate(1), pool(1))

    async def broken(_progress: object) -> None:
        raise KeyError("no such field")

    club.doors["gate"].holders = broken  # type: ignore[method-assign, assignment]
    report = await club.run()
    [trouble] = report.plan.troubles
    assert (trouble.system, trouble.partly) == ("gate", False)
    assert "KeyError" in trouble.trouble.reason
    assert [result.change.target for result in report.applied.done] == ["pool"]
    assert report.verdict == "partly failed"


async def test_a_target_that_is_away_does_not_stop_the_others():
    club = Club([RENEWED], gate(1, reading=Failed(AWAY)), pool(1))
    report = await club.run()
    assert report.plan.troubles == (SystemTrouble("gate", AWAY, partly=False),)
    assert [part.target for part in report.plan.proposals] == ["pool"]
    assert (len(report.applied.done), report.verdict) == (1, "partly failed")


async def test_half_a_read_is_told_as_such():
    club = Club([RENEWED], gate(1, reading=Partial([holder(1)], AWAY)))
    report = await club.run()
    assert report.plan.troubles == (SystemTrouble("gate", AWAY, partly=True),)
    assert len(report.applied.done) == 1


async def test_nothing_that_could_be_read_is_a_failed_run():
    club = Club([person(1)], gate(1, reading=Failed(AWAY)))
    assert (await club.run()).verdict == "failed"


async def test_blocked_systems_are_not_called():
    club = Club([RENEWED], gate(1), pool(1), blocked={"gate": LOCKED_OUT, "club": LOCKED_OUT})
    read: list[str] = []
    await prepare(club.hub, club.notebook, NOW, lambda name: lambda *_: read.append(name))
    report = await club.run()
    assert read == ["pool"]
    assert {trouble.system for trouble in report.plan.troubles} == {"gate", "club"}


async def test_one_record_that_could_not_be_understood_is_named_and_the_run_is_not_ok():
    there = Complete([RENEWED], (faulty("club/2"),))
    club = Club(FakeRegister(reading=there), gate(1, 2))
    report = await club.run()
    assert report.plan.faulty == (("club", faulty("club/2")),)
    assert (len(report.applied.done), report.verdict) == (1, "partly failed")


def test_a_record_that_nobody_can_be_told_from_makes_a_read_partial():
    whole = graded([person(1)], [faulty("club/2")])
    assert whole == Complete([person(1)], (faulty("club/2"),))
    half = graded([person(1)], [faulty("club/2"), faulty(None)])
    assert isinstance(half, Partial)
    assert half.trouble.reason == (
        "record 3: the end is no date; it is not known whose record this is"
    )
    assert half.trouble.remedy == "correct it"
    assert half.faulty == (faulty("club/2"), faulty(None))


# --- several registers


def test_people_of_all_registers_are_gathered_and_each_is_believed_for_itself():
    guest = person(1, key="guests/1")
    members = gather_members(
        {
            "club": Complete([person(1)], (faulty("club/9"),)),
            "guests": Partial([guest], AWAY),
            "staff": Failed(AWAY),
        }
    )
    assert set(members.by_key) == {"club/1", "guests/1"}
    assert (members.complete, members.faulty) == ({"club"}, {"club/9"})
    assert members.trusted("club/1")
    assert not any(map(members.trusted, ["club/9", "guests/1", "staff/1", "gone/1"]))


def test_a_member_who_is_listed_twice_keeps_what_either_record_gives_her():
    again = person(1, role("Pool"), emails=("other@example.org", "member1@example.org"))
    both = gather_members({"club": Complete([person(1), again])}).by_key["club/1"]
    assert both.memberships == (role("Gym"), role("Pool"))
    assert both.emails == ("member1@example.org", "other@example.org")


# --- failed updates


async def test_a_failed_update_waits_for_its_time_and_the_run_is_not_ok():
    club = Club([RENEWED], gate(1, faults={"h1": ["declines"]}))
    assert (await club.run()).verdict == "failed"
    report = await club.run()
    assert (report.deferred, report.verdict) == (1, "partly failed")
    assert len(club.doors["gate"].writes) == 1


async def test_a_person_who_approves_does_not_wait():
    club = Club([RENEWED], gate(1, faults={"h1": ["declines"]}))
    await club.run()
    prepared = await club.prepare()
    report = await club.carry_out(prepared, Approval(prepared.plan.digest, "Karin"))
    assert (report.deferred, report.verdict, len(report.applied.done)) == (0, "ok", 1)


async def test_a_run_with_some_done_and_some_failed_is_partly_failed():
    club = Club(
        [RENEWED, person(2, role("Gym", *NEXT_YEAR))], gate(1, 2, faults={"h1": ["differs"]})
    )
    assert (await club.run()).verdict == "partly failed"


async def test_a_stopped_run_is_not_ok():
    club = Club([RENEWED], gate(1))
    report = await club.carry_out(await club.prepare(), stopped=lambda: True)
    assert (report.verdict, len(report.applied.untried)) == ("partly failed", 1)


async def test_a_run_that_could_not_give_a_target_what_it_asks_for_is_not_ok():
    there = FakeForgetfulDoor("gate", [holder(1)], answers=[AWAY])
    report = await Club([person(1)], there).run()
    assert (report.verdict, report.applied.owed) == ("partly failed", {"gate": AWAY})
