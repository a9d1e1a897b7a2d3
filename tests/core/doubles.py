"""Ports in memory: a door that holds people, a register, and a notebook that remembers.

They obey the contracts of `doorward.core.ports` and `doorward.core.journal`, and fail on order.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from doorward.core.changes import Adoption, Change
from doorward.core.errors import Kind, Trouble, Troubled
from doorward.core.failures import next_try
from doorward.core.journal import Settlement
from doorward.core.people import Access, Holder, Options, Person
from doorward.core.ports import (
    Agreed,
    Confirmed,
    Create,
    Declined,
    Differs,
    Failure,
    Finding,
    Link,
    Outcome,
    Pending,
    Progress,
    Remove,
    SetAccess,
    TargetMemory,
    Unknown,
    Write,
)
from doorward.core.reads import Complete, Read
from doorward.core.windows import Window

STOCKHOLM = ZoneInfo("Europe/Stockholm")

Mode = Literal[
    "declines", "differs", "unknown but done", "unknown and not done", "away", "login", "raises"
]


class Killed(BaseException):
    """The process was ended with kill -9: nothing of ours runs after it."""


@dataclass
class Life:
    """A process that may be killed at any of its steps; then nothing more happens."""

    left: int | None = None
    dead: bool = False

    def step(self) -> None:
        if self.left == 0:
            self.dead = True
        if self.dead:
            raise Killed
        if self.left is not None:
            self.left -= 1


@dataclass
class FakeDoor:
    """A target that really holds its holders.

    `faults` by holder id are used up one per write, `always` goes on. `repeats` are writes that
    found everything as they would have made it: nobody who reads first ever asks for those.
    """

    name: str = "gate"
    people: Iterable[Holder] = ()
    zone: ZoneInfo = STOCKHOLM
    faults: dict[str, list[Mode]] = field(default_factory=dict)
    always: Mode | None = None
    reading: Read[Holder] | None = None
    fitting: Callable[[Access], Access] = lambda access: access
    by_phone: bool = False  # newcomers are made under their phone, and get an id of its own
    opens_with: Callable[[Person], Options] = lambda _person: ()
    before_write: Callable[[Write], None] = lambda _write: None
    life: Life = field(default_factory=Life)
    writes: list[Write] = field(default_factory=list)
    repeats: list[Write] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_id = {one.id: one for one in self.people}

    def fit(self, access: Access) -> Access:
        return self.fitting(access)

    def credentials(self, person: Person) -> Options:
        return self.opens_with(person)

    def new_id(self, person: Person) -> str:
        if self.by_phone:
            return person.phone
        if not person.number:
            reason = f"{person.key} has no member number"
            raise Troubled(Trouble(Kind.PERMANENT, reason, "give her one"))
        return f"n{person.number}"

    async def holders(self, progress: Progress) -> Read[Holder]:
        progress(len(self.by_id), len(self.by_id))
        return self.reading or Complete(list(self.by_id.values()))

    async def holder(self, holder_id: str) -> Holder | None:
        return self.by_id.get(holder_id)

    async def check(self) -> list[Finding]:
        return [Finding(self.name, "connection", good=True, text="answers")]

    async def write(self, write: Write) -> Outcome:
        self.before_write(write)
        self.writes.append(write)
        self.life.step()
        await asyncio.sleep(0)  # on its way there
        outcome = self._write(write)
        await asyncio.sleep(0)  # on its way back
        self.life.step()
        return outcome

    def _write(self, write: Write) -> Outcome:
        due = self.faults.get(write.holder, [])
        mode = due.pop(0) if due else self.always
        refused = Trouble(Kind.PERMANENT, "not like this", "change it")
        silent = Trouble(Kind.RETRY, "no answer", "check the cable")
        match mode:
            case None:
                return self._do(write)
            case "declines":
                return Declined(refused)
            case "differs":
                return Differs(self._half(write), refused)
            case "unknown but done":
                self._do(write)
                return Unknown(silent)
            case "unknown and not done":
                return Unknown(silent)
            case "away":
                return Declined(silent)
            case "login":
                return Declined(Trouble(Kind.CREDENTIAL, "wrong password", "correct it"))
            case "raises":
                raise KeyError("a connector's own mistake")

    def _do(self, write: Write) -> Outcome:
        if self._needless(write):
            self.repeats.append(write)
        match write:
            case Remove(holder):
                self.by_id.pop(holder, None)
                return Confirmed(None)
            case Create(holder, person, access):
                if holder in self.by_id:
                    return Declined(Trouble(Kind.PERMANENT, "that id is taken", "change it"))
                made = Holder(holder, access, person.name, person.emails, person.number)
                if self.by_phone:
                    made = replace(made, id=f"own{holder}", phone=holder)
                self.by_id[made.id] = made
                return Confirmed(made)
            case SetAccess(holder, access):
                if holder not in self.by_id:
                    return Declined(Trouble(Kind.PERMANENT, "no such holder", "make one"))
                return Confirmed(self._set(holder, access))

    def _needless(self, write: Write) -> bool:
        there = self.by_id.get(write.holder)
        match write:
            case Remove():
                return there is None
            case Create():
                return there is not None
            case SetAccess():
                return there is not None and there.access == write.access

    def _half(self, write: Write) -> Holder | None:
        """What a target shows that took the start of a window and not the end."""
        there = self.by_id.get(write.holder)
        if there is None or not isinstance(write, SetAccess):
            return there
        end = there.access.window.end
        start = write.access.window.start
        if start is not None and end is not None and start > end:
            return there
        return self._set(there.id, Access(Window(start, end), there.access.options))

    def _set(self, holder: str, access: Access) -> Holder:
        self.by_id[holder] = replace(self.by_id[holder], access=access)
        return self.by_id[holder]


@dataclass
class FakeCrowdDoor(FakeDoor):
    """A target that takes several writes in one call; `loads` is how many each call brought."""

    together: int = 3
    loads: list[int] = field(default_factory=list)
    forgets: bool = False

    async def write_all(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        self.loads.append(len(writes))
        outcomes = [await self.write(write) for write in writes]
        return outcomes[1:] if self.forgets else outcomes


@dataclass
class FakeForgetfulDoor(FakeDoor):
    """A target that asks for all it had confirmed; `refills` tells before which writes it was."""

    answers: list[Trouble | Exception | None] = field(default_factory=list)
    refills: list[int] = field(default_factory=list)

    async def refill(self, progress: Progress) -> Trouble | None:
        self.refills.append(len(self.writes))
        progress(0, 0)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class FakeRegister:
    """A source that lists its people, unless it is told to answer otherwise."""

    name: str = "club"
    persons: Sequence[Person] = ()
    reading: Read[Person] | Exception | None = None

    async def people(self, progress: Progress) -> Read[Person]:
        progress(len(self.persons), None)
        if isinstance(self.reading, Exception):
            raise self.reading
        return self.reading or Complete(list(self.persons))

    async def check(self) -> list[Finding]:
        return [Finding(self.name, "connection", good=True, text="answers")]


@dataclass
class _Intent:
    run: int
    change: Change
    at: datetime


@dataclass
class Notebook:
    """What a store remembers, in memory: `Memory` and `Ledger` in one. `log` is what was called."""

    life: Life = field(default_factory=Life)
    links: dict[str, dict[str, Link]] = field(default_factory=dict)
    agreed: dict[str, dict[str, Agreed]] = field(default_factory=dict)
    apart: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    locks: dict[str, set[str]] = field(default_factory=dict)
    lost: dict[str, set[str]] = field(default_factory=dict)
    failed: dict[tuple[str, str], Failure] = field(default_factory=dict)
    people: dict[str, Read[Person]] = field(default_factory=dict)
    log: list[tuple[str, object]] = field(default_factory=list)
    open: dict[int, _Intent] = field(default_factory=dict)
    next_id: int = 1

    def of(self, target: str) -> TargetMemory:
        return TargetMemory(
            dict(self.links.get(target, {})),
            dict(self.agreed.get(target, {})),
            frozenset(self.apart.get(target, ())),
            frozenset(self.lost.get(target, ())),
        )

    def locked(self) -> Mapping[str, Collection[str]]:
        return self.locks

    def pending(self) -> Sequence[Pending]:
        return [_pending(id, intent) for id, intent in self.open.items()]

    def failures(self) -> Mapping[tuple[str, str], Failure]:
        return dict(self.failed)

    async def intend(self, run: int, changes: Sequence[Change], at: datetime) -> Sequence[int]:
        self.life.step()
        ids = list(range(self.next_id, self.next_id + len(changes)))
        self.next_id += len(changes)
        self.open |= {id: _Intent(run, one, at) for id, one in zip(ids, changes, strict=True)}
        self.log.append(("intend", [one.holder for one in changes]))
        self.life.step()
        return ids

    async def settle(self, settlements: Sequence[Settlement], at: datetime) -> None:
        self.life.step()
        for one in settlements:
            self._settle(one, at)
        self.log.append(("settle", [one.state for one in settlements]))
        self.life.step()

    async def remember(self, people: Mapping[str, Read[Person]], at: datetime) -> None:
        self.life.step()
        self.people = dict(people)
        self.log.append(("remember", list(people)))

    async def adopt(self, adoptions: Sequence[Adoption], at: datetime) -> None:
        self.life.step()
        for one in adoptions:
            self._agree(
                one.target, one.agreed, Link(one.agreed.person, one.agreed.holder, one.origin)
            )
        self.log.append(("adopt", [one.agreed.person for one in adoptions]))

    def _settle(self, settlement: Settlement, at: datetime) -> None:
        if settlement.state == "unknown":
            return  # stays open until somebody reads
        change = self.open.pop(settlement.id).change
        place = (change.target, change.person)
        if settlement.agreed is not None:
            agreed = settlement.agreed
            self._agree(
                change.target, agreed, Link(agreed.person, agreed.holder, settlement.origin)
            )
        if settlement.gone:
            self.agreed.get(change.target, {}).pop(change.person, None)
            self.links.get(change.target, {}).pop(change.person, None)
        if settlement.state == "done":
            self.failed.pop(place, None)
            if change.loss:
                self.lost.setdefault(change.target, set()).add(change.person)
        elif settlement.state in ("differs", "declined"):
            self._fail(change, settlement.trouble, at)

    def _agree(self, target: str, agreed: Agreed, link: Link) -> None:
        self.agreed.setdefault(target, {})[agreed.person] = agreed
        known = self.links.setdefault(target, {})
        if agreed.person not in known or known[agreed.person].holder != agreed.holder:
            known[agreed.person] = link

    def _fail(self, change: Change, trouble: Trouble | None, at: datetime) -> None:
        assert trouble is not None
        place = (change.target, change.person)
        before = self.failed.get(place)
        attempts = before.attempts + 1 if before and before.after == change.after else 1
        again = next_try(trouble, attempts, at)
        self.failed[place] = Failure(*place, change.kind, change.after, attempts, again, trouble)


def _pending(id: int, intent: _Intent) -> Pending:
    change = intent.change
    return Pending(
        id,
        change.target,
        change.person,
        change.holder,
        change.kind,
        change.before,
        change.after,
        change.wanted,
        intent.at,
        change.origin,
    )
