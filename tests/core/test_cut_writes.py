"""Writes whose answer was lost: settled by reading, never repeated blindly."""

from dataclasses import replace
from typing import Any

import pytest

from core.club import Club, gate, pool
from core.doubles import FakeRegister, Notebook
from core.factories import (
    AWAY,
    NEXT_YEAR,
    REFUSED,
    access,
    agreement,
    faulty,
    holder,
    linked,
    person,
    role,
)
from doorward.core.ports import Create, Remove
from doorward.core.proposal import Policy
from doorward.core.reads import Complete, Failed, Partial

RENEWED = person(1, role("Gym", *NEXT_YEAR))


@pytest.mark.parametrize("mode", ["unknown but done", "unknown and not done"])
async def test_a_lost_answer_is_settled_by_reading_and_never_repeated_blindly(mode: Any):
    club = Club([RENEWED], gate(1, faults={"h1": [mode]}))
    await club.run()
    [cut] = club.notebook.pending()
    report = await club.run()
    done = mode == "unknown but done"
    assert [one.state for one in report.settlements] == ["done" if done else "not done"]
    assert len(club.doors["gate"].writes) == (1 if done else 2)
    assert club.doors["gate"].repeats == []
    assert club.notebook.pending() == []
    assert club.notebook.of("gate").agreed[cut.person].shown == access(*NEXT_YEAR)
    assert (await club.run()).applied.results == []


async def test_a_newcomer_whose_answer_was_lost_is_hers_and_not_made_twice():
    nobody = person(1, emails=())
    club = Club(
        [nobody], gate(faults={"n1": ["unknown but done"]}), missing="create", match=("link",)
    )
    await club.run()
    report = await club.run()
    assert list(report.plan.changes) == []
    assert [write.__class__ for write in club.doors["gate"].writes] == [Create]
    assert club.notebook.of("gate").links["club/1"].origin == "created"
    assert report.plan.proposals[0].unmatched == []


async def test_a_newcomer_with_an_id_of_the_targets_own_is_found_by_her_phone():
    called = person(1, emails=(), phone="+46701111111")
    there = gate(by_phone=True, faults={"+46701111111": ["unknown but done"]})
    club = Club([called], there, missing="create", match=("link",))
    await club.run()
    report = await club.run()
    assert [one.state for one in report.settlements] == ["done"]
    assert list(report.plan.changes) == []
    assert club.notebook.of("gate").links["club/1"].holder == "own+46701111111"


async def test_a_newcomer_is_hers_although_an_old_link_names_a_holder_who_is_gone():
    notebook = Notebook(links={"gate": {"club/1": linked("club/1", "h9")}})
    club = Club(
        [person(1)], gate(faults={"n1": ["unknown but done"]}), notebook=notebook, missing="create"
    )
    await club.run()
    report = await club.run()
    assert list(report.plan.changes) == []
    assert report.plan.proposals[0].unmatched == []
    assert notebook.of("gate").links["club/1"].holder == "n1"


async def test_a_removal_whose_answer_was_lost_is_settled_as_gone():
    club = Club([person(1)], gate(1, 2, faults={"h1": ["unknown but done"]}), lapsed="delete")
    await club.run()
    club.hub = replace(club.hub, registers=[FakeRegister()])
    await club.run()
    report = await club.run()
    assert [one.state for one in report.settlements] == ["done"]
    assert club.doors["gate"].writes == [Remove("h1")]
    assert club.notebook.of("gate").agreed == {}


async def test_what_was_settled_at_one_target_says_nothing_of_another():
    # The same id is somebody else's at the other door, whom the hub has never kept.
    club = Club([RENEWED], gate(1, faults={"h1": ["unknown but done"]}), lapsed="expire")
    await club.run()
    other = pool(1, 2, 3)
    club.doors["pool"] = other
    club.hub = replace(
        club.hub,
        registers=[FakeRegister()],
        policies=dict.fromkeys(club.doors, Policy(lapsed="expire")),
    )
    report = await club.run()
    assert [(one.target, one.kind) for one in report.plan.changes] == [("gate", "expire")]
    assert other.writes == []


async def test_what_is_agreed_about_another_holder_stays_when_a_cut_write_names_one_who_is_gone():
    notebook = Notebook()
    club = Club([RENEWED], gate(1, 2, faults={"h1": ["unknown and not done"]}), notebook=notebook)
    await club.run()
    del club.doors["gate"].by_id["h1"]
    club.doors["gate"].by_id["h2"] = holder(1, access(*NEXT_YEAR), id="h2")
    notebook.links["gate"] = {"club/1": linked("club/1", "h2", "manual")}
    notebook.agreed["gate"] = {"club/1": agreement(1, access(*NEXT_YEAR), holder="h2")}
    prepared = await club.prepare()
    assert [settlement.state for _, settlement in prepared.settlements] == ["not done"]
    assert prepared.plan.proposals[0].adoptions == []


@pytest.mark.parametrize(
    "reading", [Failed(AWAY), Partial([], AWAY), Complete([], (faulty("h1"),))]
)
async def test_a_cut_write_stays_open_while_its_holder_cannot_be_read(reading: Any):
    club = Club([RENEWED], gate(1, faults={"h1": ["unknown but done"]}))
    await club.run()
    club.doors["gate"].reading = reading
    report = await club.run()
    assert report.settlements == ()
    assert [one.holder for one in club.notebook.pending()] == ["h1"]
    club.doors["gate"].reading = None
    assert [one.state for one in (await club.run()).settlements] == ["done"]


async def test_a_cut_write_at_a_target_that_is_gone_from_the_configuration_stays_open():
    club = Club([RENEWED], gate(1, faults={"h1": ["unknown but done"]}))
    await club.run()
    del club.doors["gate"]
    assert (await club.run()).settlements == ()


async def test_half_a_read_settles_what_it_shows():
    club = Club([RENEWED], gate(1, 2, faults={"h1": ["unknown but done"]}))
    await club.run()
    door = club.doors["gate"]
    door.reading = Partial([door.by_id["h1"]], AWAY)
    assert [one.state for one in (await club.run()).settlements] == ["done"]


async def test_a_write_that_was_refused_is_not_settled_by_reading():
    club = Club([RENEWED], gate(1, faults={"h1": ["declines"]}))
    await club.run()
    assert club.notebook.pending() == []
    assert club.notebook.failed["gate", "club/1"].trouble == REFUSED


async def test_a_link_that_a_person_made_stays_hers_when_a_cut_write_is_settled():
    notebook = Notebook(links={"gate": {"club/1": linked("club/1", "h1", "manual")}})
    club = Club([RENEWED], gate(1, faults={"h1": ["unknown but done"]}), notebook=notebook)
    await club.run()
    await club.run()
    assert notebook.of("gate").links["club/1"].origin == "manual"
    assert notebook.of("gate").agreed["club/1"].wanted == access(*NEXT_YEAR)
