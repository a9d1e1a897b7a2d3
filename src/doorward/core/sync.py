"""The recipe: read, settle what was cut, plan, guard, apply. Start reading the core here.

survey      every register and every target, side by side
settle      writes of an earlier run that were cut in between, from what the targets show
make_plan   match, entitle, compare three ways; then the guard
apply       what is not held, or what a person approved
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeVar

from doorward.core.apply import Applied, Approval, Work, apply
from doorward.core.entitlements import Rule
from doorward.core.errors import Trouble
from doorward.core.failures import due
from doorward.core.guard import Limits, guard
from doorward.core.journal import Ledger, Settlement, settled_by_reading
from doorward.core.people import Holder, Person
from doorward.core.plan import Plan, SystemTrouble
from doorward.core.plan_target import propose
from doorward.core.ports import Door, Memory, Pending, Progress, Register, TargetMemory, silent
from doorward.core.proposal import Members, Policy, Scene
from doorward.core.reads import Failed, Partial, Read

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
        reads: list[tuple[str, Read[Person] | Read[Holder]]] = [
            *self.people.items(),
            *self.holders.items(),
        ]
        return tuple(
            SystemTrouble(system, read.trouble, isinstance(read, Partial))
            for system, read in reads
            if isinstance(read, Failed | Partial)
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, and what it was made from."""

    survey: Survey
    plan: Plan
    settlements: tuple[tuple[Pending, Settlement], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did. `deferred`: failed before, and not yet due to be tried again."""

    plan: Plan
    applied: Applied
    settlements: tuple[Settlement, ...]
    deferred: int

    @property
    def verdict(self) -> Literal["ok", "held", "partly failed", "failed"]:
        """How the run ended, in one word or two. Anything that failed is never called ok."""
        if self.applied.failed or self.applied.untried or self.plan.troubles:
            good = self.applied.done or not self.applied.failed
            return "partly failed" if good and self.plan.proposals else "failed"
        return "held" if self.plan.holds else "ok"


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
    allowed = plan.writable(approved=approval is not None and approval.held)
    todo = allowed if approval else due(allowed, memory.failures(), now)
    applied = await apply(todo, work)
    settled = tuple(settlement for _, settlement in prepared.settlements)
    return Report(plan, applied, settled, len(allowed) - len(todo))


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
    shown = {
        target: ({one.id: one for one in found.items}, not isinstance(found, Partial))
        for target, found in read.holders.items()
        if not isinstance(found, Failed)
    }
    found: list[tuple[Pending, Settlement]] = []
    for one in pending:
        if one.target in shown:
            holders, whole = shown[one.target]
            settlement = settled_by_reading(one, holders.get(one.holder), whole=whole)
            found += [(one, settlement)] if settlement else []
    return tuple(found)


def make_plan(
    hub: Hub,
    memory: Memory,
    read: Survey,
    settlements: Sequence[tuple[Pending, Settlement]],
    now: datetime,
) -> Plan:
    """Plan every target that could be read, then let the guard judge."""
    members = gather_members(read.people)
    remembered = {name: _with(memory.of(name), settlements) for name in read.holders}
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
            )
        )
        for name, found in read.holders.items()
        if not isinstance(found, Failed)
    ]
    lately = {name: known.lost_lately for name, known in remembered.items()}
    holds = guard(proposals, hub.limits, lately)
    return Plan(proposals, holds, read.troubles, hub.version, now)


def gather_members(reads: Mapping[str, Read[Person]]) -> Members:
    """The people of all registers, and how far each register may be believed."""
    by_key: dict[str, Person] = {}
    complete, faulty = set[str](), set[str]()
    for source, read in reads.items():
        if isinstance(read, Failed):
            continue
        by_key.update((person.key, person) for person in read.items)
        faulty.update(record.key for record in read.faulty if record.key)
        if not isinstance(read, Partial):
            complete.add(source)
    return Members(by_key, complete, faulty)


def _with(memory: TargetMemory, settlements: Iterable[tuple[Pending, Settlement]]) -> TargetMemory:
    """The memory as it will be once the settlements are written down."""
    agreed = dict(memory.agreed)
    for pending, settlement in settlements:
        if settlement.state == "done" and settlement.agreed:
            agreed[pending.person] = settlement.agreed
        elif settlement.gone:
            agreed.pop(pending.person, None)
    return replace(memory, agreed=agreed)


async def _all(reads: Mapping[str, Awaitable[Read[T]]]) -> dict[str, Read[T]]:
    found = await asyncio.gather(*reads.values())
    return dict(zip(reads, found, strict=True))


def _blocked(hub: Hub, system: str) -> Awaitable[Failed] | None:
    trouble = hub.blocked.get(system)
    return _failed(trouble) if trouble else None


async def _failed(trouble: Trouble) -> Failed:
    return Failed(trouble)
