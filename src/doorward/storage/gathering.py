"""Pieces of work of one kind that wait at the same time, done as one.

What comes while a commit is under way is gathered, and shares the next one: one piece of work for
the writing thread and one call back into the event loop for all of them together.
"""

import asyncio
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
        self._loops: dict[asyncio.AbstractEventLoop, list[_Waiting[Item, Answer]]] = {}

    async def do(self, item: Item) -> Answer:
        """Have it done. It is done also if the caller goes away."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        waiting = self._loops.get(loop)
        if waiting is None:
            self._loops[loop] = [_Waiting(item, future)]
            loop.call_soon(self._go, loop)
        else:
            waiting.append(_Waiting(item, future))
        return await future

    def _go(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have done what is waiting on this loop; when there is nothing, wait for the next."""
        waiting = self._loops[loop]
        if not waiting:
            del self._loops[loop]
            return
        batch, self._loops[loop] = waiting[: self._most], waiting[self._most :]
        done = self._submit([item for item, _ in batch])
        done.add_done_callback(partial(_tell, loop, self._heard, loop, batch))

    def _heard(
        self,
        loop: asyncio.AbstractEventLoop,
        batch: Sequence[_Waiting[Item, Answer]],
        done: "Future[Sequence[Answer]]",
    ) -> None:
        error = done.exception()
        if error is None:
            for (_, future), answer in zip(batch, done.result(), strict=True):
                if not future.done():
                    future.set_result(answer)
        elif isinstance(error, StoreError):
            _fail(batch, error)
        else:
            self._one_by_one(loop, batch)
        self._go(loop)

    def _one_by_one(
        self, loop: asyncio.AbstractEventLoop, batch: Sequence[_Waiting[Item, Answer]]
    ) -> None:
        """One of them failed and undid all: each again by itself, so that only that one fails."""
        for item, future in batch:
            done = self._submit([item])
            done.add_done_callback(partial(_tell, loop, _settle, future))

    def _submit(self, items: Sequence[Item]) -> "Future[Sequence[Answer]]":
        try:
            return self._writer.submit(lambda connection: self._work(connection, items))
        except StoreError as error:
            failed: Future[Sequence[Answer]] = Future()
            failed.set_exception(error)
            return failed


def _tell(loop: asyncio.AbstractEventLoop, callback: Callable[..., None], *told: object) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(callback, *told)


def _fail(batch: Sequence[_Waiting[Item, Answer]], error: BaseException) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)


def _settle(future: "asyncio.Future[Answer]", done: "Future[Sequence[Answer]]") -> None:
    error = done.exception()
    if future.done():
        return
    if error is None:
        [answer] = done.result()
        future.set_result(answer)
    else:
        future.set_exception(error)
