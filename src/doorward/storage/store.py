"""The two ways into the database: a `Reader` only looks, a `Store` also writes.

Everything that writes is async: it is done by the one thread that writes, and is on disk when the
call returns. Everything that reads is an ordinary call, safe from any thread.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from doorward.core.changes import Adoption, Change
from doorward.core.journal import Settlement
from doorward.core.people import Person
from doorward.core.ports import Failures, Pending, TargetMemory
from doorward.core.reads import Read
from doorward.storage import ledger, memory
from doorward.storage import people as register
from doorward.storage.blocked import BlockedSystems, WritableBlockedSystems
from doorward.storage.calls import CallLog, WritableCallLog
from doorward.storage.errors import Outdated
from doorward.storage.events import Events, WritableEvents
from doorward.storage.exclusive import OneRun
from doorward.storage.failures import FailureQueue, WritableFailureQueue
from doorward.storage.history import History
from doorward.storage.incidents import Incidents, WritableIncidents
from doorward.storage.links import Links, WritableLinks
from doorward.storage.opening import Place, empty_engine, make_room, reading_engine, told
from doorward.storage.parking.book import Book
from doorward.storage.parking.ledger import Ledger
from doorward.storage.people import KnownPeople
from doorward.storage.plans import Plans, WritablePlans
from doorward.storage.reads import Reads
from doorward.storage.retention import Retention, prune
from doorward.storage.runs import Runs, WritableRuns
from doorward.storage.tables import VERSION
from doorward.storage.versions import upgrade, version_of
from doorward.storage.writer import Writer

Clock = Callable[[], datetime]
KEEP_CALLS = 20_000


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Reader:
    """What is remembered, to be looked at: the core's `Memory`, and the rest by subject."""

    def __init__(self, place: Place, engine: Engine, clock: Clock = _utc_now) -> None:
        self.place = place
        self._engine = engine
        self._clock = clock
        self._reads = Reads(place, engine)
        self.people = KnownPeople(self._reads)
        self.links = Links(self._reads)
        self.runs = Runs(self._reads)
        self.plans = Plans(self._reads)
        self.history = History(self._reads)
        self.queue = FailureQueue(self._reads)
        self.calls = CallLog(self._reads)
        self.incidents = Incidents(self._reads)
        self.blocked = BlockedSystems(self._reads)
        self.events = Events(self._reads)
        self.parking = Book(self._reads)

    @classmethod
    def open(cls, address: str | Path, clock: Clock = _utc_now) -> Self:
        """Open a database so that nothing can be written. One that is not there yet is empty.

        `address` is a path, `sqlite:///path` or `postgresql://user@host/name`. Raises Unopenable,
        Damaged, Foreign, Newer or Outdated.
        """
        place = Place.of(address)
        if place.empty:
            return cls(place, empty_engine(), clock)
        engine = reading_engine(place)
        try:
            with told(place), engine.connect() as connection:
                found = version_of(connection, str(place))
            _check_new_enough(place, found)
        except BaseException:
            engine.dispose()
            raise
        if found is None:
            engine.dispose()
            engine = empty_engine()
        return cls(place, engine, clock)

    def of(self, target: str) -> TargetMemory:
        """Links, agreements and recent losses of one target."""
        with self._reads.snapshot() as connection:
            return memory.target_memory(connection, target, self._clock())

    def locked(self) -> Mapping[str, Collection[str]]:
        """People of whom an operator has locked a card, with the targets where."""
        with self._reads.snapshot() as connection:
            return memory.locked_people(connection)

    def pending(self) -> Sequence[Pending]:
        """Writes that were cut in between, oldest first."""
        with self._reads.snapshot() as connection:
            return memory.pending_writes(connection)

    def failures(self) -> Failures:
        """The open failed updates."""
        with self._reads.snapshot() as connection:
            return memory.open_failures(connection)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Store(Reader):
    """What is remembered, to be written too: the core's `Ledger`, and the rest by subject."""

    people: KnownPeople
    links: WritableLinks
    runs: WritableRuns
    plans: WritablePlans
    queue: WritableFailureQueue
    calls: WritableCallLog
    incidents: WritableIncidents
    blocked: WritableBlockedSystems
    events: WritableEvents
    parking: Ledger

    def __init__(self, place: Place, writer: Writer, clock: Clock, keep_calls: int) -> None:
        super().__init__(place, reading_engine(place), clock)
        self._writer = writer
        self._one_run = OneRun(place, writer)
        self.links = WritableLinks(self._reads, writer)
        self.runs = WritableRuns(self._reads, writer)
        self.plans = WritablePlans(self._reads, writer)
        self.queue = WritableFailureQueue(self._reads, writer)
        self.calls = WritableCallLog(self._reads, writer, keep_calls)
        self.incidents = WritableIncidents(self._reads, writer)
        self.blocked = WritableBlockedSystems(self._reads, writer)
        self.events = WritableEvents(self._reads, writer)
        self.parking = Ledger(self._reads, writer)

    @classmethod
    def open(
        cls, address: str | Path, clock: Clock = _utc_now, keep_calls: int = KEEP_CALLS
    ) -> Self:
        """Open a database; a missing SQLite file is made, an older version brought up to date.

        `address` is a path, `sqlite:///path` or `postgresql://user@host/name`; `keep_calls` is how
        many calls to remote systems are kept. Raises Unopenable, Damaged, Foreign, Newer or
        Unwritable.
        """
        place = Place.of(address)
        _look_first(place)
        make_room(place)
        writer = Writer(place)
        try:
            writer.submit(lambda connection: upgrade(connection, str(place))).result()
        except BaseException:
            writer.close()
            raise
        return cls(place, writer, clock, keep_calls)

    async def intend(self, run: int, changes: Sequence[Change], at: datetime) -> Sequence[int]:
        """Journal what is about to be done; ids in the order of the changes."""
        return await self._writer.do(lambda db: ledger.intend(db, run, changes, at))

    async def settle(self, settlements: Sequence[Settlement], at: datetime) -> None:
        """Journal how it ended: history, agreement, and the queue of failed updates."""
        await self._writer.do(lambda db: ledger.settle(db, settlements, at))

    async def remember(self, people: Mapping[str, Read[Person]], at: datetime) -> None:
        """Keep who was in each register that could be read."""
        await self._writer.do(lambda db: register.remember(db, people, at))

    async def adopt(self, adoptions: Sequence[Adoption], at: datetime) -> None:
        """Keep what register and target agree on without a write."""
        await self._writer.do(lambda db: ledger.adopt(db, adoptions, at))

    @asynccontextmanager
    async def exclusive(self) -> AsyncIterator[None]:
        """Be the only run on this database. Raises StoreBusy, which names who is."""
        async with self._one_run.hold():
            yield

    async def prune(self, keep: Retention, now: datetime) -> dict[str, int]:
        """Drop what is kept for too long; how many rows of each table."""
        return await prune(self._writer, keep, now)

    def close(self) -> None:
        """Write what is waiting, then let go of the database."""
        self._writer.close()
        super().close()


def _check_new_enough(place: Place, found: str | None) -> None:
    if found is not None and found < VERSION:
        reason = f"it is at version {found}, and this program needs {VERSION}"
        raise Outdated(str(place), reason)


def _look_first(place: Place) -> None:
    """Refuse what is not ours before anything of it is changed."""
    if place.path is not None and not place.empty:
        engine = reading_engine(place)
        try:
            with told(place), engine.connect() as connection:
                version_of(connection, str(place))
        finally:
            engine.dispose()
