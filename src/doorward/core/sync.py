"""The recipe: read, settle what was cut, plan, guard, apply. Start reading the core here.

survey      every register and every target, side by side
settle      writes of an earlier run that were cut in between, from what the targets show
make_plan   match, entitle, compare three ways; then the guard
apply       what is not held, or what a person approved
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeVar

from doorward.core.apply import Applied, Approval, Work, apply
from doorward.core.entitlements import Rule
from doorward.core.errors import Trouble, unforeseen
from doorward.core.failures import due
from doorward.core.guard import Hold, Limits, guard
from doorward.core.journal import Ledger, Settlement, settled_by_reading
from doorward.core.people import Faulty, Holder, Person
from doorward.core.plan import Plan, SystemTrouble
from doorward.core.plan_target import propose
from doorward.core.ports import (
    Door,
    Link,
    Memory,
    Pending,
    Progress,
    Register,
    TargetMemory,
    silent,
)
from doorward.core.proposal import Members, Policy, Scene
from doorward.core.reads import Complete, Failed, Partial, Read

T = TypeVar("T")
ProgressFor = Callable[[str], Progress]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """What is kept in step with what. `blocked` are systems not to be called, and why."""

    registers: Sequence[Register]
    doors: Mapping[str, Door]
    rules: Sequence[Rule]
    policies: Mapping[str, Policy]
    limits: Limits
    version: str
    blocked: Mapping[str, Trouble]


@dataclass(frozen=True, slots=True)
class Survey:
    """What was read, by the name of the system."""

    people: Mapping[str, Read[Person]]
    holders: Mapping[str, Read[Holder]]

    @property
    def troubles(self) -> tuple[SystemTrouble, ...]:
        """The systems that could not be read, or not to their end."""
        return tuple(
            SystemTrouble(system, read.trouble, isinstance(read, Partial))
            for system, read in self._reads
            if isinstance(read, Failed | Partial)
        )

    @property
    def faulty(self) -> tuple[tuple[str, Faulty], ...]:
        """The records that could not be understood, each with the system it came from."""
        return tuple(
            (system, record)
            for system, read in self._reads
            if not isinstance(read, Failed)
            for record in read.faulty
        )

    @property
    def _reads(self) -> Iterator[tuple[str, Read[Person] | Read[Holder]]]:
        yield from self.people.items()
        yield from self.holders.items()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, and what it was made from."""

    survey: Survey
    plan: Plan
    settlements: tuple[tuple[Pending, Settlement], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did.

    `deferred`: failed before, and not yet due to be tried again. `approved`: a person said yes to
    what the guard holds, so that nothing was held.
    """

    plan: Plan
    applied: Applied
    settlements: tuple[Settlement, ...]
    deferred: int
    approved: bool = False

    @property
    def holds(self) -> tuple[Hold, ...]:
        """What kept some of the plan from being written."""
        return () if self.approved else self.plan.holding

    @property
    def verdict(self) -> Literal["ok", "held", "partly failed", "failed"]:
        """How the run ended, in one word or two. Anything that failed is never called ok."""
        applied, plan = self.applied, self.plan
        left = applied.failed or applied.untried or applied.owed or self.deferred
        if left or plan.troubles or plan.faulty:
            good = applied.done or not applied.failed
            return "partly failed" if good and plan.proposals else "failed"
        return "held" if self.holds else "ok"


async def prepare(
    hub: Hub, memory: Memory, now: datetime, progress: ProgressFor = lambda _name: silent
) -> Prepared:
    """Read everything and plan. Writes nothing, and is given nothing that could."""
    read = await survey(hub, progress)
    settlements = settle(memory.pending(), read)
    return Prepared(read, make_plan(hub, memory, read, settlements, now), settlements)


async def carry_out(
    prepared: Prepared,
    approval: Approval | None,
    memory: Memory,
    ledger: Ledger,
    work: Work,
) -> Report:
    """Write what may be written. `approval` None: the schedule's, within what the guard lets pass.

    Raises ValueError for an approval of another plan.
    """
    plan, now = prepared.plan, work.clock()
    if approval is not None and approval.digest != plan.digest:
        raise ValueError("the approval is of another plan")
    await ledger.settle([settlement for _, settlement in prepared.settlements], now)
    await ledger.remember(prepared.survey.people, now)
    await ledger.adopt([one for part in plan.proposals for one in part.adoptions], now)
    approved = approval is not None and approval.held
    allowed = plan.writable(approved=approved)
    todo = allowed if approval else due(allowed, memory.failures(), now)
    applied = await apply(todo, work)
    settled = tuple(settlement for _, settlement in prepared.settlements)
    return Report(plan, applied, settled, len(allowed) - len(todo), approved)


async def survey(hub: Hub, progress: ProgressFor) -> Survey:
    """Read all registers and all targets, side by side."""
    people = {
        one.name: _blocked(hub, one.name) or one.people(progress(one.name)) for one in hub.registers
    }
    holders = {
        name: _blocked(hub, name) or door.holders(progress(name))
        for name, door in hub.doors.items()
    }
    read_people, read_holders = await asyncio.gather(_all(people), _all(holders))
    return Survey(read_people, read_holders)


def settle(pending: Iterable[Pending], read: Survey) -> tuple[tuple[Pending, Settlement], ...]:
    """How the writes ended that were cut, as far as it can be told now."""
    cut: defaultdict[str, list[Pending]] = defaultdict(list)
    for one in pending:
        cut[one.target].append(one)
    return tuple(
        told
        for target, own in cut.items()
        if isinstance(found := read.holders.get(target), Complete | Partial)
        for told in _told(own, found)
    )


def _told(
    cut: Iterable[Pending], found: Complete[Holder] | Partial[Holder]
) -> Iterator[tuple[Pending, Settlement]]:
    # A target may give a newcomer an id of its own; her phone is what she was made under.
    holders = {one.phone: one for one in found.items if one.phone}
    holders |= {one.id: one for one in found.items}
    unread = {record.key for record in found.faulty}
    for one in cut:
        whole = isinstance(found, Complete) and one.holder not in unread
        settlement = settled_by_reading(one, holders.get(one.holder), whole=whole)
        if settlement is not None:
            yield one, settlement


def make_plan(
    hub: Hub,
    memory: Memory,
    read: Survey,
    settlements: Sequence[tuple[Pending, Settlement]],
    now: datetime,
) -> Plan:
    """Plan every target that could be read, then let the guard judge."""
    members = gather_members(read.people)
    remembered = {name: _with(memory.of(name), name, settlements) for name in read.holders}
    locked = memory.locked()
    proposals = [
        propose(
            Scene(
                door=hub.doors[name],
                read=found,
                members=members,
                memory=remembered[name],
                rules=hub.rules,
                policy=hub.policies[name],
                now=now,
                locked=locked,
            )
        )
        for name, found in read.holders.items()
        if not isinstance(found, Failed)
    ]
    lately = {name: known.lost_lately for name, known in remembered.items()}
    holds = guard(proposals, hub.limits, lately)
    return Plan(proposals, holds, read.troubles, hub.version, now, read.faulty)


def gather_members(reads: Mapping[str, Read[Person]]) -> Members:
    """The people of all registers, and how far each register may be believed."""
    by_key: dict[str, Person] = {}
    complete, faulty = set[str](), set[str]()
    for source, read in reads.items():
        if isinstance(read, Failed):
            continue
        for person in read.items:
            twin = by_key.get(person.key)
            by_key[person.key] = person if twin is None else _joined(twin, person)
        faulty.update(record.key for record in read.faulty if record.key)
        if not isinstance(read, Partial):
            complete.add(source)
    return Members(by_key, complete, faulty)


def _joined(one: Person, again: Person) -> Person:
    """A member whom the register lists twice: whatever either record gives her."""
    emails = tuple(dict.fromkeys(one.emails + again.emails))
    return replace(one, emails=emails, memberships=one.memberships + again.memberships)


def _with(
    memory: TargetMemory, target: str, settlements: Iterable[tuple[Pending, Settlement]]
) -> TargetMemory:
    """The memory of a target as it will be once its settlements are written down."""
    own = [settlement for settlement in settlements if settlement[0].target == target]
    if not own:
        return memory
    agreed, links = dict(memory.agreed), dict(memory.links)
    for pending, settlement in own:
        key, now = pending.person, settlement.agreed
        if now is not None:
            agreed[key] = now
            if key not in links or pending.kind == "create":
                links[key] = Link(key, now.holder, settlement.origin)
        elif settlement.gone and key in agreed and agreed[key].holder == pending.holder:
            del agreed[key]
    return replace(memory, agreed=agreed, links=links)


async def _all(reads: Mapping[str, Awaitable[Read[T]]]) -> dict[str, Read[T]]:
    found = await asyncio.gather(*map(_one, reads.values()))
    return dict(zip(reads, found, strict=True))


async def _one(read: Awaitable[Read[T]]) -> Read[T]:
    try:
        return await read
    except Exception as error:  # one connector's mistake must not stop the others
        return Failed(unforeseen(error))


def _blocked(hub: Hub, system: str) -> Awaitable[Failed] | None:
    trouble = hub.blocked.get(system)
    return _failed(trouble) if trouble else None


async def _failed(trouble: Trouble) -> Failed:
    return Failed(trouble)
