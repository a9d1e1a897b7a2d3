"""Work that waits together is done together, each is answered for itself, and none is lost."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from doorward.storage.errors import Unwritable
from doorward.storage.gathering import Gathering
from doorward.storage.opening import Place
from doorward.storage.writer import Writer


class Work:
    """Doubles numbers and keeps them; what is negative cannot be done, 0 waits for `go`."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go = threading.Event()

    def __call__(self, connection: Connection, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        if 0 in items:
            self.go.wait(5.0)
        for item in items:
            connection.execute(text("insert into kept values (:item)"), {"item": item})
        if min(items) < 0:
            raise ValueError("below zero")
        return [2 * item for item in items]


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    made = Writer(Place.of(tmp_path / "gathering.db"))
    made.submit(lambda db: db.execute(text("create table kept (item)"))).result()
    yield made
    made.close()


def kept(writer: Writer) -> list[Any]:
    def ask(db: Connection) -> list[Any]:
        return list(db.execute(text("select item from kept order by 1")).scalars())

    return writer.submit(ask).result()


async def test_what_comes_at_once_is_done_at_once(writer: Writer):
    work = Work()
    gathering: Gathering[int, int] = Gathering(writer, work, 100)
    answers = await asyncio.gather(*(gathering.do(number) for number in range(1, 41)))
    assert answers == [2 * number for number in range(1, 41)]
    assert work.batches == [list(range(1, 41))]
    assert kept(writer) == list(range(1, 41))


async def test_what_comes_meanwhile_is_done_together_next(writer: Writer):
    work = Work()
    gathering: Gathering[int, int] = Gathering(writer, work, 100)
    first = asyncio.create_task(gathering.do(0))
    while not work.batches:
        await asyncio.sleep(0.001)
    later = [asyncio.create_task(gathering.do(number)) for number in (1, 2)]
    await asyncio.sleep(0)
    later.append(asyncio.create_task(gathering.do(3)))
    await asyncio.sleep(0.01)
    work.go.set()
    assert await asyncio.gather(first, *later) == [0, 2, 4, 6]
    assert work.batches == [[0], [1, 2, 3]]


async def test_no_more_are_done_together_than_fit(writer: Writer):
    work = Work()
    gathering: Gathering[int, int] = Gathering(writer, work, 3)
    await asyncio.gather(*(gathering.do(number) for number in range(1, 9)))
    assert work.batches == [[1, 2, 3], [4, 5, 6], [7, 8]]


async def test_one_that_fails_fails_alone(writer: Writer):
    gathering: Gathering[int, int] = Gathering(writer, Work(), 100)
    answers = await asyncio.gather(
        *(gathering.do(number) for number in (1, -2, 3)), return_exceptions=True
    )
    assert answers[::2] == [2, 6]
    assert isinstance(answers[1], ValueError)
    assert kept(writer) == [1, 3]


async def test_it_is_done_also_when_its_caller_goes_away(writer: Writer):
    work = Work()
    gathering: Gathering[int, int] = Gathering(writer, work, 100)
    waiting = [asyncio.create_task(gathering.do(number)) for number in (0, 1)]
    while not work.batches:
        await asyncio.sleep(0.001)
    waiting[0].cancel()
    work.go.set()
    assert await waiting[1] == 2
    assert kept(writer) == [0, 1]


async def test_one_that_fails_when_its_caller_has_gone_away_is_nothing_to_anybody(writer: Writer):
    gathering: Gathering[int, int] = Gathering(writer, Work(), 100)
    gone = asyncio.create_task(gathering.do(-1))
    await asyncio.sleep(0)
    gone.cancel()
    assert await gathering.do(1) == 2


async def test_a_store_that_is_closed_says_so_to_all_who_wait(writer: Writer):
    gathering: Gathering[int, int] = Gathering(writer, Work(), 100)
    writer.close()
    answers = await asyncio.gather(*map(gathering.do, (1, 2)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unwritable, Unwritable]


async def test_a_store_that_is_closed_meanwhile_says_so_to_each(writer: Writer):
    work = Work()
    gathering: Gathering[int, int] = Gathering(writer, work, 100)
    waiting = [asyncio.create_task(gathering.do(number)) for number in (0, -1)]
    while not work.batches:
        await asyncio.sleep(0.001)
    closing = asyncio.create_task(asyncio.to_thread(writer.close))
    await asyncio.sleep(0.01)
    work.go.set()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    await closing
    assert [type(answer) for answer in answers] == [Unwritable, Unwritable]


def test_callers_on_several_loops_are_all_answered(writer: Writer):
    gathering: Gathering[int, int] = Gathering(writer, Work(), 100)
    answers: list[int] = []

    async def many(first: int) -> None:
        for number in range(first, first + 50):
            answers.append(await gathering.do(number))

    threads = [threading.Thread(target=lambda at=at: asyncio.run(many(at))) for at in (1, 101)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [2 * n for n in (*range(1, 51), *range(101, 151))]


async def test_a_caller_whose_loop_has_ended_holds_up_nobody(writer: Writer):
    work = Work()
    gathering: Gathering[int, int] = Gathering(writer, work, 100)

    gone: list[asyncio.Future[int]] = []

    async def leave() -> None:
        gone.append(asyncio.ensure_future(gathering.do(0)))
        while not work.batches:
            await asyncio.sleep(0.001)

    await asyncio.to_thread(asyncio.run, leave())
    work.go.set()
    assert await gathering.do(1) == 2
    assert kept(writer) == [0, 1]


async def test_a_loop_that_ends_before_it_has_asked_holds_up_nobody(writer: Writer):
    gathering: Gathering[int, int] = Gathering(writer, Work(), 100)

    def leave() -> None:
        loop = asyncio.new_event_loop()
        coming = gathering.do(1)
        loop.call_soon(lambda: coming.send(None))
        loop.call_soon(loop.stop)
        loop.run_forever()
        loop.close()
        coming.close()

    await asyncio.to_thread(leave)
    assert await gathering.do(2) == 4
    assert kept(writer) == [1, 2]
