"""The one writing thread: whole or not at all, together where possible, seen only when done."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, func, insert, select
from sqlalchemy.exc import IntegrityError

from core.factories import NOW, change
from doorward.storage.errors import Unwritable
from doorward.storage.locks import FileLock
from doorward.storage.opening import Place
from doorward.storage.store import Reader, Store
from doorward.storage.tables import plans
from doorward.storage.writer import Writer
from storage.factories import a_run, intended, written


@pytest.fixture
def writer(address: str) -> Iterator[Writer]:
    opened = Writer(Place.of(address))
    yield opened
    opened.close()


class Busy:
    """Keeps a writer at one piece of work until it is told to go on."""

    def __init__(self, writer: Writer) -> None:
        self._go_on = threading.Event()
        self._begun = threading.Event()
        self.done = writer.submit(self._work)
        assert self._begun.wait(10)

    def go_on(self) -> None:
        self._go_on.set()
        self.done.result(10)

    def _work(self, connection: Connection) -> None:
        add("first")(connection)
        self._begun.set()
        assert self._go_on.wait(10)


def add(name: str) -> Callable[[Connection], str]:
    """A piece of work that adds a plan."""

    def work(connection: Connection) -> str:
        connection.execute(insert(plans), [{"digest": name, "document": "{}", "made_at": NOW}])
        return name

    return work


def kept(address: str) -> set[str]:
    with Reader.open(address) as reader, reader._reads.snapshot() as connection:
        return set(connection.scalars(select(plans.c.digest)))


def test_what_is_not_done_is_not_seen(writer: Writer, address: str):
    busy = Busy(writer)
    assert kept(address) == set()
    busy.go_on()
    assert kept(address) == {"first"}


def test_what_waits_is_committed_together(writer: Writer, address: str):
    commits: list[None] = []
    event.listen(writer.engine, "commit", lambda _: commits.append(None))
    busy = Busy(writer)
    waiting = [writer.submit(add(f"plan {number}")) for number in range(20)]
    busy.go_on()
    assert [one.result(10) for one in waiting] == [f"plan {number}" for number in range(20)]
    assert len(commits) == 2
    assert len(kept(address)) == 21


def test_a_commit_does_not_grow_without_end(writer: Writer, address: str):
    commits: list[None] = []
    event.listen(writer.engine, "commit", lambda _: commits.append(None))
    busy = Busy(writer)
    waiting = [writer.submit(add(f"plan {number}")) for number in range(100)]
    busy.go_on()
    assert len([one.result(10) for one in waiting]) == 100
    assert len(commits) == 3


def test_work_that_may_wait_shares_the_next_commit(writer: Writer, address: str):
    commits: list[None] = []
    event.listen(writer.engine, "commit", lambda _: commits.append(None))
    patient = writer.submit(add("patient"), within=60)
    assert not patient.done()
    assert writer.submit(add("at once")).result(10) == "at once"
    assert patient.result(10) == "patient"
    assert len(commits) == 1


def test_work_that_may_wait_is_done_in_time_by_itself(writer: Writer, address: str):
    assert writer.submit(add("alone"), within=0.02).result(10) == "alone"
    assert kept(address) == {"alone"}


def test_closing_does_what_may_wait_at_once(writer: Writer, address: str):
    patient = writer.submit(add("patient"), within=60)
    writer.close()
    assert patient.result(0) == "patient"


def test_work_that_fails_is_undone_alone(writer: Writer, address: str):
    def broken(connection: Connection) -> None:
        add("half")(connection)
        raise ZeroDivisionError

    busy = Busy(writer)
    good, bad, twice = (writer.submit(work) for work in (add("good"), broken, add("first")))
    last = writer.submit(add("last"))
    busy.go_on()
    assert (good.result(10), last.result(10)) == ("good", "last")
    with pytest.raises(ZeroDivisionError):
        bad.result(10)
    with pytest.raises(IntegrityError):
        twice.result(10)
    assert kept(address) == {"first", "good", "last"}


def test_work_that_fails_by_itself_is_undone(writer: Writer, address: str):
    def broken(connection: Connection) -> None:
        add("half")(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        writer.submit(broken).result(10)
    assert kept(address) == set()


def test_when_the_database_fails_nothing_of_that_commit_is_claimed(writer: Writer, address: str):
    def full(connection: Connection) -> None:
        raise Unwritable("here", "the disk is full")

    busy = Busy(writer)
    waiting = [writer.submit(work) for work in (add("good"), full, add("late"))]
    busy.go_on()
    for one in waiting:
        with pytest.raises(Unwritable, match="disk is full"):
            one.result(10)
    assert kept(address) == {"first"}


def test_closing_does_what_is_waiting(writer: Writer, address: str):
    busy = Busy(writer)
    waiting = writer.submit(add("waiting"))
    closing = threading.Thread(target=writer.close)
    closing.start()
    busy.go_on()
    closing.join(10)
    assert waiting.result(10) == "waiting"
    assert kept(address) == {"first", "waiting"}


async def test_the_event_loop_is_free_while_something_is_written(writer: Writer):
    busy = Busy(writer)
    task = asyncio.create_task(writer.do(add("later")))
    await asyncio.sleep(0)
    assert not task.done()
    busy.go_on()
    assert await task == "later"


async def test_what_was_asked_for_is_done_though_the_caller_goes_away(writer: Writer, address: str):
    busy = Busy(writer)
    task = asyncio.create_task(writer.do(add("orphan")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    busy.go_on()
    writer.close()
    assert kept(address) == {"first", "orphan"}


async def test_a_reader_sees_one_moment_while_others_write(store: Store, address: str):
    await written(store, change(1))
    with Reader.open(address) as reader, reader._reads.snapshot() as connection:
        count = select(func.count()).select_from(plans)
        assert connection.scalar(count) == 0
        await store.plans.save("abc", {}, NOW)
        assert connection.scalar(count) == 0
        assert reader.plans.get("abc") is not None  # another moment


async def test_reading_goes_on_while_something_is_written(store: Store):
    run = await a_run(store)
    writing = [intended(store, change(number), run=run) for number in range(50)]
    tasks = [asyncio.create_task(one) for one in writing]
    seen = 0
    while not all(task.done() for task in tasks):
        now = len(await asyncio.to_thread(store.pending))
        assert now >= seen
        seen = now
    assert len(store.pending()) == 50


async def test_a_writer_that_waits_too_long_for_another_process_says_so(
    sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("doorward.storage.writer.PATIENCE", 0.05)
    place = Place.of(sqlite_file)
    with Store.open(sqlite_file) as store:
        other = FileLock(place.beside(".write-lock"))
        assert other.taken()
        with pytest.raises(Unwritable, match="another process") as refused:
            await a_run(store)
        assert refused.value.remedy
        other.close()
        assert await a_run(store) == 1


async def test_a_full_disk_is_told_and_nothing_is_claimed(sqlite_file: Path):
    with Store.open(sqlite_file) as store:
        run = await a_run(store)
        await store._writer.do(
            lambda connection: connection.exec_driver_sql("pragma max_page_count = 60")
        )
        with pytest.raises(Unwritable) as refused:
            await _fill(store, run)
        assert "disk" in refused.value.remedy
        assert len(store.pending()) % 25 == 0


async def _fill(store: Store, run: int) -> None:
    for _ in range(100):
        await intended(store, *(change(number) for number in range(25)), run=run)
