"""Pieces of work of one kind that wait at the same time, done as one.

What comes while a commit is under way is gathered, and shares the next one: the writing thread
takes all of it when its turn comes, without asking the event loop, and calls back into that once
for all of them together.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import Connection

from doorward.storage.errors import StoreError
from doorward.storage.writer import Writer

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Together = Callable[[Connection, Sequence[Item]], Sequence[Answer]]


class _Waiting(NamedTuple, Generic[Item, Answer]):
    """An item, and where its caller waits."""

    item: Item
    future: "asyncio.Future[Answer]"


class Gathering(Generic[Item, Answer]):
    """Does one kind of work for many callers. Each hears once its own is on disk."""

    def __init__(self, writer: Writer, work: Together[Item, Answer], most: int) -> None:
        """`work` is given at most `most` items, and answers each of them in their order."""
        self._writer = writer
        self._work = work
        self._most = most
        self._waiting: deque[_Waiting[Item, Answer]] = deque()
        self._asked = False  # whether the writing thread is going to come for what waits
        self._asking: asyncio.AbstractEventLoop | None = None  # the loop that is going to ask it

    async def do(self, item: Item) -> Answer:
        """Have it done. It is done also if the caller goes away."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append(_Waiting(item, future))
        # First wait, then look: whoever is to come takes this one too (`_take`).
        if not self._asked and self._asking is not loop:
            self._asking = loop
            loop.call_soon(self._ask_once)  # when all that came with this one waits as well
        return await future

    def _ask_once(self) -> None:
        self._asking = None
        if self._waiting and not self._asked:
            self._ask()

    def _ask(self) -> None:
        self._asked = True
        batch: list[_Waiting[Item, Answer]] = []
        try:
            done = self._writer.submit(partial(self._take, batch))
        except StoreError as error:
            self._asked = False
            _fail(self._some(), error)
        else:
            done.add_done_callback(partial(self._heard, batch))

    def _take(
        self, batch: list[_Waiting[Item, Answer]], connection: Connection
    ) -> Sequence[Answer]:
        """Do what waits; in the writing thread."""
        self._asked = False  # before it is taken: what comes from now on asks anew
        batch += self._some()
        if self._waiting:
            self._ask()
        return self._work(connection, [one.item for one in batch]) if batch else ()

    def _some(self) -> list[_Waiting[Item, Answer]]:
        """What waits, at most as many as are done together."""
        found: list[_Waiting[Item, Answer]] = []
        with suppress(IndexError):
            while len(found) < self._most:
                found.append(self._waiting.popleft())
        return found

    def _heard(
        self, batch: Sequence[_Waiting[Item, Answer]], done: "Future[Sequence[Answer]]"
    ) -> None:
        """It is on disk, or failed; in the writing thread."""
        error = done.exception()
        if error is None:
            _settle(batch, done.result())
        elif isinstance(error, StoreError) or len(batch) == 1:
            _fail(batch, error)
        else:
            self._one_by_one(batch)

    def _one_by_one(self, batch: Sequence[_Waiting[Item, Answer]]) -> None:
        """One of them failed and undid all: each again by itself, so that only that one fails."""
        for one in batch:
            try:
                done = self._writer.submit(partial(self._alone, one.item))
            except StoreError as error:
                _fail([one], error)
            else:
                done.add_done_callback(partial(self._heard, [one]))

    def _alone(self, item: Item, connection: Connection) -> Sequence[Answer]:
        return self._work(connection, [item])


def _settle(batch: Sequence[_Waiting[Item, Answer]], answers: Sequence[Answer]) -> None:
    def give(ones: Sequence[tuple["asyncio.Future[Answer]", Answer]]) -> None:
        for future, answer in ones:
            if not future.done():
                future.set_result(answer)

    by_loop = defaultdict(list)
    for (_, future), answer in zip(batch, answers, strict=True):
        by_loop[future.get_loop()].append((future, answer))
    for loop, ones in by_loop.items():
        _tell(loop, give, ones)


def _fail(batch: Sequence[_Waiting[Item, Answer]], error: BaseException) -> None:
    def give(future: "asyncio.Future[Answer]") -> None:
        if not future.done():
            future.set_exception(error)

    for _, future in batch:
        _tell(future.get_loop(), give, future)


def _tell(loop: asyncio.AbstractEventLoop, callback: Callable[..., None], told: object) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(callback, told)
