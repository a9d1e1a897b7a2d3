"""Whatever the world is like, a run brings it to rest."""

from dataclasses import replace

from hypothesis import given

from core.club import WIDE, Club
from core.doubles import FakeDoor, FakeRegister, Notebook
from core.factories import NOW
from core.worlds import RULES, World, worlds
from doorward.core.apply import Approval
from doorward.core.reads import Complete
from doorward.core.sync import Report


def club_of(world: World) -> Club:
    people = world.registers
    notebook = Notebook(
        links={"gate": dict(world.memory.links)},
        agreed={"gate": dict(world.memory.agreed)},
        apart={"gate": set(world.memory.apart)},
    )
    assert isinstance(world.gate, Complete)
    club = Club(
        [FakeRegister(name, reading=read) for name, read in people.items()],
        FakeDoor("gate", world.gate.items),
        notebook=notebook,
        limits=WIDE,
        rules=RULES,
    )
    club.hub = replace(club.hub, policies={"gate": world.policy})
    return club


async def everything(club: Club) -> Report:
    """A run that a person approved, so that the guard holds nothing."""
    prepared = await club.prepare()
    return await club.carry_out(prepared, Approval(prepared.plan.digest, "Karin", held=True))


@given(worlds(sound=True))
async def test_what_was_planned_and_written_leaves_nothing_to_do(world: World):
    club = club_of(world)
    first = await everything(club)
    assert len(first.applied.done) == len(list(first.plan.changes))
    if any(change.kind in ("create", "delete") for change in first.plan.changes):
        return  # a holder more or less may answer a question: see the next test
    second = await club.prepare()
    assert list(second.plan.changes) == []
    assert second.plan.proposals[0].adoptions == []


@given(worlds(sound=True))
async def test_every_world_comes_to_rest_and_nothing_is_written_that_was_so(world: World):
    club = club_of(world)
    for _ in range(4):
        report = await everything(club)
        if not report.applied.results:
            break
    assert report.applied.results == []
    assert club.doors["gate"].repeats == []


@given(worlds(sound=True))
async def test_whoever_is_found_and_may_has_what_the_register_wants(world: World):
    club = club_of(world)
    report = await everything(club)
    doors = club.doors["gate"].by_id
    for change in report.plan.changes:
        if change.wanted is not None:
            assert change.wanted.satisfied_by(doors[change.holder].access)
        elif change.after is None:
            assert change.holder not in doors
        else:
            assert doors[change.holder].access.window.over_at(NOW)
