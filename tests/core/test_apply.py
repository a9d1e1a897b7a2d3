"""Writing: what comes first, what stops it, and what is written down around it."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import pytest

from core.doubles import FakeCrowdDoor, FakeDoor, FakeForgetfulDoor, Notebook
from core.factories import AWAY, LOCKED_OUT, NEXT_YEAR, NOW, access, change, holder, lost, person
from doorward.core.apply import CHUNK, PATIENCE, STOPPED, Applied, Work, apply
from doorward.core.changes import Change
from doorward.core.errors import Kind
from doorward.core.ports import Progress, Write, silent


def door(*numbers: int, name: str = "gate", **told: object) -> FakeDoor:
    return FakeDoor(name, [holder(number) for number in numbers], **told)  # type: ignore[arg-type]


def work(
    *doors: FakeDoor,
    journal: Notebook | None = None,
    stopped: Callable[[], bool] = lambda: False,
    progress: Progress = silent,
    clock: Callable[[], datetime] = lambda: NOW,
) -> Work:
    return Work(
        run=1,
        doors={one.name: one for one in doors},
        journal=journal or Notebook(),
        clock=clock,
        stopped=stopped,
        progress=progress,
    )


def changes(numbers: Iterable[int], target: str = "gate") -> list[Change]:
    return [change(number, target=target) for number in numbers]


def states(applied: Applied) -> list[str]:
    return [result.settlement.state for result in applied.results]


def written(door: FakeDoor) -> list[str]:
    return [write.holder for write in door.writes]


# --- what is done


async def test_changes_are_written_and_said_to_be_done():
    gate, notebook = door(1, 2), Notebook()
    applied = await apply(changes([1, 2]), work(gate, journal=notebook))
    assert [result.change.person for result in applied.done] == ["club/1", "club/2"]
    assert applied.failed == applied.untried == []
    assert gate.by_id["h1"].access == access(*NEXT_YEAR)
    assert notebook.of("gate").agreed["club/1"].shown == access(*NEXT_YEAR)
    assert notebook.pending() == []


async def test_nothing_to_do_does_nothing():
    gate, notebook = door(1), Notebook()
    applied = await apply([], work(gate, journal=notebook))
    assert (applied.results, gate.writes, notebook.log) == ([], [], [])


async def test_newcomers_are_made_and_the_removed_removed():
    anna = person(9)
    made = change(9, kind="create", holder="n9", before=None, newcomer=anna, origin="created")
    gone = Change(
        "gate", "club/1", "", "h1", "delete", access(), None, None, "", loss=True, gain=False
    )
    gate, notebook = door(1), Notebook()
    applied = await apply([made, gone], work(gate, journal=notebook))
    assert len(applied.done) == 2
    assert list(gate.by_id) == ["n9"]
    assert notebook.of("gate").links["club/9"].origin == "created"
    assert "club/1" not in notebook.of("gate").agreed


# --- in what order


async def test_revocations_come_first_in_their_order():
    gate = door(1, 2, 3, 4)
    await apply([change(1), lost(2), change(3), lost(4)], work(gate))
    assert written(gate) == ["h2", "h4", "h1", "h3"]


async def test_revocations_come_first_also_beyond_one_chunk():
    many = range(2 * CHUNK)
    gate = door(*many)
    await apply([*changes(many[:-1]), lost(many[-1])], work(gate))
    assert written(gate)[0] == f"h{many[-1]}"


async def test_intents_are_written_down_before_and_outcomes_after_chunk_by_chunk():
    count = CHUNK + 2
    gate, notebook = door(*range(count)), Notebook()
    gate.before_write = lambda write: notebook.log.append(("write", write.holder))
    await apply(changes(range(count)), work(gate, journal=notebook))
    holders = [f"h{number}" for number in range(count)]
    expected: list[tuple[str, object]] = []
    for part in (holders[:CHUNK], holders[CHUNK:]):
        expected.append(("intend", part))
        expected += [("write", one) for one in part]
        expected.append(("settle", ["done"] * len(part)))
    assert notebook.log == expected


async def test_a_write_is_open_in_the_journal_while_it_is_made():
    notebook, gate = Notebook(), door(1)
    seen: list[str] = []
    gate.before_write = lambda _write: seen.extend(one.holder for one in notebook.pending())
    await apply(changes([1]), work(gate, journal=notebook))
    assert seen == ["h1"]


async def test_each_time_is_asked_of_the_clock_when_it_is_written_down():
    times = iter([NOW, NOW + timedelta(seconds=9)])
    notebook = Notebook()
    at: list[datetime] = []
    intend, settle = notebook.intend, notebook.settle

    async def noting_intend(run: int, several: Sequence[Change], when: datetime) -> Sequence[int]:
        at.append(when)
        return await intend(run, several, when)

    async def noting_settle(settlements: Sequence[object], when: datetime) -> None:
        at.append(when)
        await settle(settlements, when)  # type: ignore[arg-type]

    notebook.intend, notebook.settle = noting_intend, noting_settle  # type: ignore[method-assign]
    await apply(changes([1]), work(door(1), journal=notebook, clock=lambda: next(times)))
    assert at == [NOW, NOW + timedelta(seconds=9)]


async def test_progress_says_how_many_there_are_and_how_many_are_done():
    steps: list[tuple[int, int | None]] = []
    gate = door(*range(CHUNK + 1))
    await apply(
        changes(range(CHUNK + 1)),
        work(gate, progress=lambda done, total: steps.append((done, total))),
    )
    assert steps == [(0, CHUNK + 1), (CHUNK, None), (CHUNK + 1, None)]


# --- what fails


@pytest.mark.parametrize(
    ("mode", "state"),
    [
        ("declines", "declined"),
        ("differs", "differs"),
        ("unknown but done", "unknown"),
        ("unknown and not done", "unknown"),
        ("away", "declined"),
    ],
)
async def test_a_write_that_fails_is_told_and_the_others_go_on(mode: str, state: str):
    gate = door(1, 2, 3, faults={"h2": [mode]})
    applied = await apply(changes([1, 2, 3]), work(gate))
    assert states(applied) == ["done", state, "done"]
    assert [result.change.person for result in applied.failed] == ["club/2"]
    assert applied.failed[0].settlement.trouble is not None


async def test_an_unknown_outcome_stays_open_in_the_journal():
    notebook = Notebook()
    gate = door(1, faults={"h1": ["unknown but done"]})
    await apply(changes([1]), work(gate, journal=notebook))
    assert [one.holder for one in notebook.pending()] == ["h1"]


async def test_a_connectors_own_mistake_is_told_and_the_others_go_on():
    gate, pool = door(1, 2, faults={"h1": ["raises"]}), door(1, name="pool")
    applied = await apply([*changes([1, 2]), *changes([1], "pool")], work(gate, pool))
    [failed] = applied.failed
    assert failed.settlement.state == "unknown"
    assert failed.settlement.trouble is not None
    assert "unforeseen KeyError" in failed.settlement.trouble.reason
    assert len(applied.done) == 2


async def test_a_target_that_stays_silent_is_left_alone_after_three_writes():
    gate, pool = door(*range(60), always="away"), door(*range(5), name="pool")
    applied = await apply([*changes(range(60)), *changes(range(5), "pool")], work(gate, pool))
    assert len(gate.writes) == PATIENCE
    assert len(pool.writes) == 5
    assert len(applied.done) == 5
    assert len(applied.failed) == PATIENCE
    assert len(applied.untried) == 60 - PATIENCE
    assert {trouble.kind for _, trouble in applied.untried} == {Kind.RETRY}


async def test_one_answer_in_between_gives_a_target_another_three():
    gate = door(*range(6), faults={f"h{number}": ["away"] for number in (0, 1, 3, 4)})
    applied = await apply(changes(range(6)), work(gate))
    assert states(applied) == ["declined", "declined", "done", "declined", "declined", "done"]


async def test_what_a_target_refuses_for_good_does_not_make_it_silent():
    gate = door(*range(6), always="declines")
    await apply(changes(range(6)), work(gate))
    assert len(gate.writes) == 6


async def test_a_refused_login_stops_the_target_at_the_first():
    notebook, gate = Notebook(), door(*range(60), always="login")
    applied = await apply(changes(range(60)), work(gate, journal=notebook))
    assert len(gate.writes) == 1
    assert len(applied.untried) == 59
    assert {trouble.kind for _, trouble in applied.untried} == {Kind.CREDENTIAL}
    assert notebook.log[1] == ("settle", ["declined"] + ["withdrawn"] * (CHUNK - 1))
    assert len(notebook.log) == 2  # what comes after is not even journalled
    assert notebook.pending() == []


# --- stopping


async def test_stop_stops_between_two_writes_and_leaves_the_rest_for_later():
    notebook, gate = Notebook(), door(*range(CHUNK + 5))
    applied = await apply(
        changes(range(CHUNK + 5)),
        work(gate, journal=notebook, stopped=lambda: len(gate.writes) >= 3),
    )
    assert len(gate.writes) == len(applied.done) == 3
    assert len(applied.untried) == CHUNK + 2
    assert {trouble for _, trouble in applied.untried} == {STOPPED}
    assert notebook.pending() == []


async def test_a_run_that_is_stopped_at_once_writes_nothing():
    notebook, gate = Notebook(), door(1)
    applied = await apply(changes([1]), work(gate, journal=notebook, stopped=lambda: True))
    assert (gate.writes, notebook.log) == ([], [])
    assert len(applied.untried) == 1


async def test_what_was_answered_is_settled_when_we_are_cancelled():
    notebook, gate = Notebook(), door(*range(5))
    never, reached = asyncio.Event(), asyncio.Event()
    write = gate.write

    async def stuck_at_the_third(one: Write) -> object:
        if one.holder == "h2":
            reached.set()
            await never.wait()
        return await write(one)

    gate.write = stuck_at_the_third  # type: ignore[method-assign, assignment]
    run = asyncio.create_task(apply(changes(range(5)), work(gate, journal=notebook)))
    await reached.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert notebook.log[-1] == ("settle", ["done", "done"])
    assert [one.holder for one in notebook.pending()] == ["h2", "h3", "h4"]
    assert set(notebook.of("gate").agreed) == {"club/0", "club/1"}


async def test_targets_are_written_side_by_side():
    gate, pool = door(1), door(1, name="pool")
    both = asyncio.Barrier(2)

    def meeting(one: FakeDoor) -> None:
        write = one.write

        async def together(wanted: Write) -> object:
            async with asyncio.timeout(5):
                await both.wait()
            return await write(wanted)

        one.write = together  # type: ignore[method-assign, assignment]

    meeting(gate)
    meeting(pool)
    applied = await apply([change(1), change(1, target="pool")], work(gate, pool))
    assert len(applied.done) == 2


class FullDisk(RuntimeError):
    """What a journal raises that cannot write."""


class BrokenNotebook(Notebook):
    async def intend(self, run: int, changes: Sequence[Change], at: datetime) -> list[int]:
        raise FullDisk


async def test_a_journal_that_cannot_write_stops_everything_and_says_so_itself() -> None:
    gates = door(1), door(2, name="side")
    with pytest.raises(FullDisk):
        await apply([*changes([1]), *changes([2], "side")], work(*gates, journal=BrokenNotebook()))
    assert [write for gate in gates for write in gate.writes] == []


# --- a target that takes several at once


def crowd(*numbers: int, **told: object) -> FakeCrowdDoor:
    return FakeCrowdDoor("gate", [holder(one) for one in numbers], **told)  # type: ignore[arg-type]


async def test_a_target_that_takes_several_gets_a_chunk_in_one_call():
    gate, notebook = crowd(*range(7)), Notebook()
    applied = await apply(changes(range(7)), work(gate, journal=notebook))
    assert gate.loads == [3, 3, 1]
    assert len(applied.done) == 7
    assert notebook.pending() == []


async def test_each_of_several_is_told_by_itself_how_it_ended():
    gate = crowd(1, 2, 3, faults={"h2": ["declines"]})
    applied = await apply(changes([1, 2, 3]), work(gate))
    assert states(applied) == ["done", "declined", "done"]


async def test_a_target_that_forgets_some_of_several_is_believed_in_none():
    gate, notebook = crowd(1, 2, forgets=True), Notebook()
    applied = await apply(changes([1, 2]), work(gate, journal=notebook))
    assert states(applied) == ["unknown", "unknown"]
    assert len(notebook.pending()) == 2


async def test_several_are_left_together_when_a_run_is_stopped():
    gate = crowd(*range(5))
    applied = await apply(changes(range(5)), work(gate, stopped=lambda: bool(gate.loads)))
    assert gate.loads == [3]
    assert (len(applied.done), len(applied.untried)) == (3, 2)


# --- a target that may have forgotten


def forgetful(*numbers: int, **told: object) -> FakeForgetfulDoor:
    return FakeForgetfulDoor("gate", [holder(one) for one in numbers], **told)  # type: ignore[arg-type]


async def test_a_target_that_asks_for_all_it_had_gets_that_before_anything_else():
    gate = forgetful(1)
    applied = await apply(changes([1]), work(gate))
    assert (gate.refills, len(applied.done), applied.owed) == ([0], 1, {})


async def test_it_is_asked_also_when_nothing_is_to_be_written():
    gate = forgetful(1)
    await apply([], work(gate))
    assert gate.refills == [0]


async def test_a_refill_that_is_refused_for_our_login_stops_the_target():
    gate = forgetful(1, answers=[LOCKED_OUT])
    applied = await apply(changes([1]), work(gate))
    assert gate.writes == []
    assert [trouble for _, trouble in applied.untried] == [LOCKED_OUT]


@pytest.mark.parametrize("answer", [AWAY, KeyError("a connector's own mistake")])
async def test_a_refill_that_fails_is_tried_by_the_next_run_and_the_writes_go_on(answer: object):
    gate = forgetful(1, answers=[answer])
    applied = await apply(changes([1]), work(gate))
    assert len(applied.done) == 1
    assert list(applied.owed) == ["gate"]


async def test_a_run_that_is_stopped_refills_nothing():
    gate = forgetful(1)
    await apply(changes([1]), work(gate, stopped=lambda: True))
    assert gate.refills == []
