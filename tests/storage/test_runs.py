"""Whole runs of the core over a real store: what one run leaves is what the next one needs."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from core.club import WIDE, Club, gate
from core.doubles import FakeDoor, Mode
from core.factories import NEXT_YEAR, NOW, access, person, role
from doorward.core.apply import Work
from doorward.core.people import Person
from doorward.core.sync import Report, carry_out, prepare
from doorward.storage.store import Store
from storage.factories import HOUR


def renewed(*numbers: int) -> list[Person]:
    return [person(number, role("Gym", *NEXT_YEAR)) for number in numbers]


async def a_run(club: Club, store: Store, at: datetime = NOW) -> Report:
    prepared = await prepare(club.hub, store, at)
    run = await store.runs.begin("test", at)
    work = Work(run=run, doors=club.doors, journal=store, clock=lambda: at)
    report = await carry_out(prepared, None, store, store, work)
    await store.queue.resolve_unwanted(prepared, at)
    await store.runs.end(run, report.verdict, at, report.plan.digest)
    return report


async def test_a_run_leaves_nothing_to_do(store: Store):
    club = Club(renewed(1, 2), gate(1, 2))
    first = await a_run(club, store)
    assert (first.verdict, len(first.applied.done)) == ("ok", 2)
    second = await a_run(club, store, NOW + HOUR)
    assert (second.verdict, list(second.plan.changes)) == ("ok", [])
    assert [one.state for one in store.history.updates()] == ["done", "done"]
    assert store.people.count() == {"club": 2}


async def test_holders_who_are_right_already_are_adopted_once(store: Store):
    club = Club([person(1)], gate(1))
    await a_run(club, store)
    assert store.of("gate").links["club/1"].origin == "email"
    prepared = await prepare(club.hub, store, NOW)
    assert [len(part.adoptions) for part in prepared.plan.proposals] == [0]


@pytest.mark.parametrize("mode", ["away", "unknown but done", "unknown and not done"])
async def test_a_run_after_an_hour_makes_up_for_a_target_that_was_away(store: Store, mode: Mode):
    door = gate(1, 2, faults={"h1": [mode]})
    club = Club(renewed(1, 2), door)
    assert (await a_run(club, store)).verdict == "partly failed"
    assert [one.person for one in store.queue.open()] == ["club/1"]
    assert (await a_run(club, store, NOW + HOUR)).verdict == "ok"
    assert door.by_id["h1"].access == access(*NEXT_YEAR)
    assert (store.pending(), store.queue.open()) == ([], [])
    assert door.repeats == []


@pytest.mark.parametrize("mode", ["declines", "differs", "login"])
async def test_what_cannot_help_itself_waits_for_somebody(store: Store, mode: Mode):
    door = gate(1, faults={"h1": [mode]})
    club = Club(renewed(1), door)
    await a_run(club, store)
    assert (await a_run(club, store, NOW + HOUR)).deferred == 1
    [failure] = store.queue.open()
    await store.queue.retry(failure.id, NOW + HOUR)
    assert (await a_run(club, store, NOW + HOUR)).verdict == "ok"
    assert store.queue.open() == []


async def test_a_failed_update_that_is_no_longer_wanted_leaves_the_queue(store: Store):
    door = gate(1, faults={"h1": ["declines"]})
    await a_run(Club(renewed(1), door), store)
    await a_run(Club([person(1)], door), store, NOW + HOUR)
    assert store.queue.open() == []


async def test_whoever_lapsed_and_was_deleted_can_come_back(store: Store):
    door = gate(1, 2)
    policy: dict[str, Any] = {"lapsed": "delete", "missing": "create", "limits": WIDE}
    await a_run(Club([person(1), person(2)], door, **policy), store)
    await a_run(Club([person(2)], door, **policy), store, NOW + HOUR)
    assert [*door.by_id] == ["h2"]
    assert store.of("gate").lost_lately == {"club/1"}
    await a_run(Club([person(1), person(2)], door, **policy), store, NOW + HOUR)
    assert sorted(door.by_id) == ["h2", "n1"]
    assert store.of("gate").links["club/1"].holder == "n1"


async def test_many_targets_are_written_side_by_side(store: Store):
    doors = [FakeDoor(f"door {number}", gate(*range(60)).people) for number in range(5)]
    report = await a_run(Club(renewed(*range(60)), *doors, limits=WIDE), store)
    assert (report.verdict, len(report.applied.done)) == ("ok", 300)
    for door in doors:
        assert len(store.of(door.name).agreed) == 60


def test_what_every_run_asks_is_found_by_index(sqlite_file: Path):
    with Store.open(sqlite_file) as store:
        asked: list[tuple[str, Any]] = []

        def note(*told: Any) -> None:
            _, _, statement, given, *_ = told
            asked.append((statement, given))

        event.listen(store._engine, "before_cursor_execute", note)
        store.of("gate")
        store.pending()
        event.remove(store._engine, "before_cursor_execute", note)
        questions = [one for one in asked if one[0].startswith("SELECT")]
        with store._engine.connect() as connection:
            for statement, given in questions:
                plan = connection.exec_driver_sql(f"explain query plan {statement}", given).all()
                assert "INDEX" in plan[0].detail, statement
    assert len(questions) == 5
