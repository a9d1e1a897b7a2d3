"""One run, from the lock on the store to the notification: what commands and schedules call."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from doorward.app.blocking import block_refused, blocked
from doorward.app.config import Settings
from doorward.app.documents import plan_document
from doorward.app.hub import Clock, Systems, hub, open_systems, utc_now, zones
from doorward.app.notify import after_run
from doorward.app.silence import silent_systems
from doorward.core.apply import Approval, Work
from doorward.core.errors import Trouble
from doorward.core.find import find_people
from doorward.core.incidents import Facts
from doorward.core.people import Person
from doorward.core.ports import Progress, silent
from doorward.core.reads import Failed
from doorward.core.sync import Prepared, ProgressFor, Report, carry_out, prepare
from doorward.engine.ticker import Bell
from doorward.storage.retention import Retention
from doorward.storage.store import Store


def quiet(_name: str) -> Progress:
    """Show no progress for anything."""
    return silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a run is about: everything, or one person (as somebody names her), or one target."""

    person: str | None = None
    target: str | None = None


EVERYTHING = Scope()


class NobodyMeant(LookupError):
    """No person, or more than one, fits what was given."""

    remedy = "Name the person by key, member number or e-mail address."

    def __init__(self, text: str, fitting: list[Person]) -> None:
        names = ", ".join(f"{one.name} ({one.key})" for one in fitting[:8])
        many = f"{len(fitting)} people fit '{text}': {names}"
        super().__init__(many if fitting else f"nobody in the registers fits '{text}'")


class NoSuchTarget(LookupError):
    """A target that the configuration does not have."""

    def __init__(self, name: str, known: Mapping[str, object]) -> None:
        super().__init__(f"there is no target '{name}'")
        self.remedy = f"Targets in the configuration: {', '.join(known)}."


class PlanChanged(RuntimeError):
    """The plan as it would be made now is not the one that was reviewed. Nothing was written."""

    remedy = "Make a new one and read it: doorward plan --out plan.json"

    def __init__(self, reviewed: str, prepared: Prepared) -> None:
        super().__init__(
            "the register or a target has changed since:"
            f" the plan is {prepared.plan.digest[:12]} now, {reviewed[:12]} was reviewed"
        )
        self.prepared = prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a run works with: the configuration, the store, a clock, a way to show and to stop.

    `bell` is rung when a run is wanted soon; `listening_since`: when the hub began to be there for
    those that call it, None where it is not.
    """

    settings: Settings
    store: Store
    clock: Clock = utc_now
    progress: ProgressFor = quiet
    stopped: Callable[[], bool] = lambda: False
    bell: Bell = field(default_factory=Bell)
    listening_since: datetime | None = None


async def plan(desk: Desk, scope: Scope = EVERYTHING) -> Prepared:
    """What would be written, and why. Of the store, only calls and the plan itself are kept."""
    skipped = blocked(desk.settings, desk.store)
    async with open_systems(desk.settings, desk.store, desk.clock) as systems:
        prepared = await _prepare(desk, systems, skipped, scope)
    await block_refused(desk.settings, desk.store, prepared.plan, skipped, desk.clock)
    await _keep(desk, prepared)
    return prepared


async def sync(desk: Desk, trigger: str, scope: Scope = EVERYTHING) -> Report:
    """Plan, guard, apply. Raises StoreBusy while another run is under way."""
    async with _run(desk, scope) as (prepared, systems):
        return await _carry_out(desk, systems, prepared, trigger, None)


async def apply_reviewed(desk: Desk, approval: Approval, scope: Scope = EVERYTHING) -> Report:
    """Write the plan that somebody reviewed, if it is still the same. Raises PlanChanged."""
    async with _run(desk, scope) as (prepared, systems):
        if prepared.plan.digest != approval.digest:
            raise PlanChanged(approval.digest, prepared)
        return await _carry_out(desk, systems, prepared, "apply", approval)


@asynccontextmanager
async def _run(desk: Desk, scope: Scope) -> AsyncIterator[tuple[Prepared, Systems]]:
    """The only run on this store: everything read, nothing written yet."""
    settings, store = desk.settings, desk.store
    async with store.exclusive():
        skipped = blocked(settings, store)
        async with open_systems(settings, store, desk.clock) as systems:
            prepared = await _prepare(desk, systems, skipped, scope)
            await block_refused(settings, store, prepared.plan, skipped, desk.clock)
            yield prepared, systems
        keep = Retention(calls=settings.calls.days, most_calls=settings.calls.most)
        await store.prune(keep, desk.clock())


async def _prepare(
    desk: Desk, systems: Systems, skipped: Mapping[str, Trouble], scope: Scope
) -> Prepared:
    whole = hub(desk.settings, systems, skipped)
    if scope.target is not None:
        if scope.target not in whole.doors:
            raise NoSuchTarget(scope.target, whole.doors)
        whole = replace(whole, doors={scope.target: whole.doors[scope.target]})
    prepared = await prepare(whole, desk.store, desk.clock(), desk.progress)
    if scope.person is None:
        return prepared
    return replace(prepared, plan=prepared.plan.only(_meant(prepared, scope.person), None))


def _meant(prepared: Prepared, text: str) -> str:
    """The key of the one person whom somebody means."""
    reads = prepared.survey.people.values()
    everybody = [one for read in reads if not isinstance(read, Failed) for one in read.items]
    found = find_people(everybody, text)
    if len(found) != 1:
        raise NobodyMeant(text, found)
    return found[0].key


async def _carry_out(
    desk: Desk, systems: Systems, prepared: Prepared, trigger: str, approval: Approval | None
) -> Report:
    store, clock = desk.store, desk.clock
    run = await store.runs.begin(trigger, clock(), approval)
    await _keep(desk, prepared)
    work = Work(
        run=run,
        doors=systems.doors,
        journal=store,
        clock=clock,
        stopped=desk.stopped,
        progress=desk.progress("writing"),
    )
    report = await carry_out(prepared, approval, store, store, work)
    await store.queue.resolve_unwanted(prepared, clock())
    await store.runs.end(run, report.verdict, clock(), prepared.plan.digest, counts(report))
    await _tell(desk, prepared, report)
    return report


async def _tell(desk: Desk, prepared: Prepared, report: Report) -> None:
    """Tell people what is wrong, and what no longer is."""
    settings, survey = desk.settings, prepared.survey
    facts = Facts(
        report=report,
        systems={*survey.people, *survey.holders},
        configured={*settings.sources, *settings.targets},
        failures=desk.store.failures(),
        silences=silent_systems(settings, desk.store, desk.clock(), desk.listening_since),
    )
    zone = next(iter(zones(settings).values()))
    await after_run(settings.notify, desk.store.incidents, facts, desk.clock(), zone)


async def _keep(desk: Desk, prepared: Prepared) -> None:
    """Keep a plan that says something, so that it can be looked at later."""
    made = prepared.plan
    if made.holds or next(made.changes, None) is not None:
        document = plan_document(made, zones(desk.settings))
        await desk.store.plans.save(made.digest, document, made.made_at)


def counts(report: Report) -> dict[str, int]:
    """A run in numbers."""
    return {
        "changes": sum(1 for _ in report.plan.changes),
        "done": len(report.applied.done),
        "failed": len(report.applied.failed),
        "untried": len(report.applied.untried),
        "deferred": report.deferred,
        "held": len(report.holds),
        "settled": len(report.settlements),
    }
