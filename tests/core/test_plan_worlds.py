"""Plans for worlds by chance: what never happens, whatever was read and remembered."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.doubles import FakeDoor
from core.factories import NOW
from core.worlds import RULES, World, worlds
from doorward.core.entitlements import Rule
from doorward.core.plan import Plan
from doorward.core.plan_target import propose
from doorward.core.proposal import Proposal, Scene
from doorward.core.reads import Complete, Failed
from doorward.core.sync import gather_members


def laid_out(world: World, rules: tuple[Rule, ...] = RULES) -> Scene | None:
    if isinstance(world.gate, Failed):
        return None
    return Scene(
        door=FakeDoor("gate"),
        read=world.gate,
        members=gather_members(world.registers),
        memory=world.memory,
        rules=rules,
        policy=world.policy,
        now=NOW,
    )


@given(worlds())
def test_nobody_loses_access_by_a_read_that_is_not_complete(world: World):
    there = laid_out(world)
    for change in propose(there).changes if there else ():
        if not change.loss:
            continue
        assert isinstance(world.gate, Complete)
        owners = [*world.memory.agreed.values(), *world.memory.links.values()]
        # The holder's other owners of old count too: it may be theirs now.
        old = {one.person for one in owners if one.holder == change.holder}
        for key in {change.person} | (old if change.kind in ("expire", "delete") else set()):
            read = world.registers[key.partition("/")[0]]
            assert isinstance(read, Complete)
            assert key not in {record.key for record in read.faulty}


@given(worlds())
def test_what_could_not_be_understood_is_never_written(world: World):
    there = laid_out(world)
    unread = {
        record.key
        for read in (*world.registers.values(), world.gate)
        if not isinstance(read, Failed)
        for record in read.faulty
    }
    for change in propose(there).changes if there else ():
        assert change.person not in unread
        assert change.holder not in unread


@given(worlds())
def test_nobody_is_touched_whom_the_hub_neither_keeps_nor_found(world: World):
    there = laid_out(world)
    for change in propose(there).changes if there else ():
        if change.kind in ("expire", "delete"):
            assert world.memory.agreed[change.person].holder == change.holder
        else:
            assert change.person in world.people


@given(worlds())
def test_every_person_and_every_holder_has_one_change_at_most(world: World):
    there = laid_out(world)
    changes = propose(there).changes if there else []
    assert len({change.person for change in changes}) == len(changes)
    assert len({change.holder for change in changes}) == len(changes)


@given(worlds())
def test_every_holder_is_accounted_for_once(world: World):
    there = laid_out(world)
    if there is None:
        return
    proposal = propose(there)
    orphans = {orphan.holder for orphan in proposal.orphans}
    assert not orphans & {change.holder for change in proposal.changes}
    assert not orphans & {adoption.agreed.holder for adoption in proposal.adoptions}


@given(worlds(), st.data())
def test_the_order_of_lists_changes_neither_plan_nor_digest(world: World, data: st.DataObject):
    there = laid_out(world)
    if there is None:
        return
    by_key, agreed = there.members.by_key, there.memory.agreed
    shuffled = replace(
        there,
        read=replace(there.read, items=data.draw(st.permutations(there.read.items))),
        members=replace(
            there.members, by_key=dict(data.draw(st.permutations(list(by_key.items()))))
        ),
        memory=replace(there.memory, agreed=dict(data.draw(st.permutations(list(agreed.items()))))),
    )
    one, other = propose(there), propose(shuffled)
    assert _digest(one) == _digest(other)
    assert {change.why for change in one.changes} == {change.why for change in other.changes}
    assert set(one.unmatched) == set(other.unmatched)
    assert {orphan.holder for orphan in one.orphans} == {orphan.holder for orphan in other.orphans}


def _digest(proposal: Proposal) -> str:
    return Plan([proposal], (), (), "1", NOW).digest
