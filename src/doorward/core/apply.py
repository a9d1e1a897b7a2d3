"""Apply: writes what was planned and approved, one target beside the other, one write at a time.
Only a target that takes several at once gets a chunk in one call. A target that asks for all that
it had confirmed gets that first.

Intents are journalled before, outcomes after, in chunks; revocations come first. A target that
does not answer, or refuses our login, is left alone for the rest of the run.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, cast

from doorward.core.changes import Change
from doorward.core.errors import Kind, Trouble, unforeseen
from doorward.core.journal import Journal, Settlement, settled
from doorward.core.ports import (
    Outcome,
    Progress,
    Refillable,
    TakesSeveral,
    Unknown,
    WritableDoor,
    Write,
    silent,
)

T = TypeVar("T")

CHUNK = 50
PATIENCE = 3  # failures in a row after which a target is left alone
STOPPED = Trouble(Kind.RETRY, "the run was stopped", "Nothing to do: the next run goes on with it.")


@dataclass(frozen=True, slots=True)
class Approval:
    """Who said yes to which plan. `held`: also to what the guard holds."""

    digest: str
    by: str
    held: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """One change and how it ended."""

    change: Change
    settlement: Settlement


@dataclass(slots=True)
class Applied:
    """All that was tried, and what was left for the next run, with the reason.

    A change is left when its target failed before it was its turn, or when the run was stopped.
    `owed`: by target, why it could not be given what it asks for.
    """

    results: list[Result] = field(default_factory=list)
    untried: list[tuple[Change, Trouble]] = field(default_factory=list)
    owed: dict[str, Trouble] = field(default_factory=dict)

    @property
    def done(self) -> list[Result]:
        """What was written and confirmed."""
        return [result for result in self.results if result.settlement.state == "done"]

    @property
    def failed(self) -> list[Result]:
        """What was tried and is not known to be done."""
        return [result for result in self.results if result.settlement.state != "done"]

    def take(self, results: Sequence[Result]) -> None:
        """Count how a chunk ended."""
        for result in results:
            if result.settlement.state == "withdrawn":
                self.untried.append((result.change, result.settlement.trouble or STOPPED))
            else:
                self.results.append(result)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What apply needs: targets to write, a journal, a clock, and when to stop."""

    run: int
    doors: Mapping[str, WritableDoor]
    journal: Journal
    clock: Callable[[], datetime]
    stopped: Callable[[], bool] = lambda: False
    progress: Progress = silent


async def apply(changes: Sequence[Change], work: Work) -> Applied:
    """Write the changes. Never raises for what a target did: that is in the result.

    Raises what the journal raises: where nothing can be written down, nothing more is written.
    """
    applied = Applied()
    by_target: defaultdict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_target[change.target].append(change)
    work.progress(0, len(changes))
    try:
        async with asyncio.TaskGroup() as group:
            for target, door in work.doors.items():
                own = _in_order(by_target[target])
                group.create_task(_apply_target(own, work, door, applied))
    except ExceptionGroup as several:  # the journal's own; one is enough to tell what to do
        raise several.exceptions[0] from None
    return applied


def _in_order(changes: Iterable[Change]) -> list[Change]:
    """Revocations first: a door open for too long is worse than one that opens late."""
    return sorted(changes, key=lambda change: not change.loss)


@dataclass(frozen=True, slots=True)
class _Way:
    """How one target is written: so many changes to a chunk, and so many of them in one call."""

    chunk: int
    together: int
    write: Callable[[Sequence[Write]], Awaitable[Sequence[Outcome]]]


def _way(door: WritableDoor) -> _Way:
    if isinstance(door, TakesSeveral):
        return _Way(door.together, door.together, door.write_all)

    async def one_by_one(writes: Sequence[Write]) -> Sequence[Outcome]:
        return [await door.write(write) for write in writes]

    return _Way(CHUNK, 1, one_by_one)


async def _apply_target(
    changes: Sequence[Change], work: Work, door: WritableDoor, applied: Applied
) -> None:
    mood, way = _Mood(), _way(door)
    await _refill(door, work, applied, mood)
    ended: list[Result] = []
    try:
        for chunk in _chunks(changes, way.chunk):
            reason = _not_now(work, mood)
            if reason is not None:
                applied.untried += [(change, reason) for change in chunk]
                continue
            told, ended = ended, []
            for few in _chunks(await _journal(told, chunk, work, applied), way.together):
                ended += await _apply_few(few, work, way, mood)
    finally:
        # Also when we are cancelled: what was answered is known and must not be settled by guess.
        await _settle(ended, work, applied)


async def _refill(door: WritableDoor, work: Work, applied: Applied, mood: "_Mood") -> None:
    """Give a target what it asks for, before anything else."""
    if isinstance(door, Refillable) and not work.stopped():
        trouble = await _refilled(door)
        mood.note(trouble)
        if trouble is not None:
            applied.owed[door.name] = trouble


async def _journal(
    ended: Sequence[Result], chunk: Sequence[Change], work: Work, applied: Applied
) -> Sequence[tuple[int, Change]]:
    """Write down how the last chunk ended and what comes next, side by side: one commit for both.

    What fails of the two is raised once both are over.
    """
    both = await asyncio.gather(
        _settle(ended, work, applied),
        work.journal.intend(work.run, chunk, work.clock()),
        return_exceptions=True,
    )
    for one in both:
        if isinstance(one, BaseException):
            raise one
    return list(zip(cast("Sequence[int]", both[1]), chunk, strict=True))


async def _settle(ended: Sequence[Result], work: Work, applied: Applied) -> None:
    if ended:
        await work.journal.settle([result.settlement for result in ended], work.clock())
        applied.take(ended)
        work.progress(len(applied.results), None)


async def _refilled(door: Refillable) -> Trouble | None:
    try:
        return await door.refill(silent)
    except Exception as error:  # one connector's mistake must not stop the other targets
        return unforeseen(error)


async def _apply_few(
    few: Sequence[tuple[int, Change]], work: Work, way: _Way, mood: "_Mood"
) -> list[Result]:
    reason = _not_now(work, mood)
    if reason is not None:
        return [Result(change, Settlement(id, "withdrawn", reason)) for id, change in few]
    outcomes = await _written([change for _, change in few], way)
    results = [
        Result(change, settled(id, change, outcome))
        for (id, change), outcome in zip(few, outcomes, strict=True)
    ]
    for result in results:
        mood.note(result.settlement.trouble)
    return results


async def _written(changes: Sequence[Change], way: _Way) -> Sequence[Outcome]:
    writes = [change.write for change in changes]
    try:
        told = zip(writes, await way.write(writes), strict=True)
        return [outcome for _, outcome in told]
    except Exception as error:  # one connector's mistake must not stop the other targets
        return [Unknown(unforeseen(error))] * len(writes)


def _not_now(work: Work, mood: "_Mood") -> Trouble | None:
    """Why the next change is left for another run; None when it is its turn."""
    return mood.trouble or (STOPPED if work.stopped() else None)


@dataclass(slots=True)
class _Mood:
    """Whether a target is worth another write: set once it refuses our login or stays silent."""

    in_a_row: int = 0
    trouble: Trouble | None = None

    def note(self, trouble: Trouble | None) -> None:
        silent_again = trouble is not None and trouble.kind is Kind.RETRY
        self.in_a_row = self.in_a_row + 1 if silent_again else 0
        if trouble and (trouble.kind is Kind.CREDENTIAL or self.in_a_row >= PATIENCE):
            self.trouble = trouble


def _chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
