"""The one thread that writes, over the one connection that writes.

Whatever waits while a commit is under way shares the next commit; each caller hears only after its
own is on disk. One that fails is undone alone, the others of that commit stand.
"""

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine

from doorward.storage.errors import StoreError, Unopenable, Unwritable
from doorward.storage.locks import FileLock
from doorward.storage.opening import PATIENCE, Place, told, writing_engine

T = TypeVar("T")
Work = Callable[[Connection], T]
TOGETHER = 64  # pieces of work in one commit at most


@dataclass(frozen=True, slots=True)
class _Job(Generic[T]):
    work: Work[T]
    future: "Future[T]"
    due: float  # by the monotonic clock: until then it may wait for company


class Writer:
    """Does pieces of work one after the other, each whole or not at all, durable when done."""

    def __init__(self, place: Place) -> None:
        """Raises Unopenable where the folder cannot be written. `close` ends it."""
        self._place = place
        self._gate = _gate(place)
        self.engine: Engine = writing_engine(place)
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="doorward-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T], *, within: float = 0.0) -> "Future[T]":
        """Have it done; the future's answer is what is on disk.

        `within`: seconds that it may wait, to share the commit of what comes meanwhile.
        """
        job = _Job(work, Future[T](), time.monotonic() + within)
        with self._closing:
            if self._closed:
                raise Unwritable(str(self._place), "the store is closed", "Open it again.")
            self._jobs.put(job)
        return job.future

    async def do(self, work: Work[T]) -> T:
        """Have it done, the event loop free meanwhile. It is done also if the caller goes away."""
        return await asyncio.shield(asyncio.wrap_future(self.submit(work)))

    def close(self) -> None:
        """Do what is waiting, then let go of the database."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    def _serve(self) -> None:
        going_on = True
        while going_on:
            jobs, going_on = self._waiting()
            jobs = [job for job in jobs if job.future.set_running_or_notify_cancel()]
            if jobs:
                self._commit(jobs)
        self._let_go()

    def _let_go(self) -> None:
        """Close the connection, alone: the last one to go writes the log back into the file."""
        with contextlib.suppress(Unwritable), self._alone():
            self.engine.dispose()
        self.engine.dispose()
        if self._gate:
            self._gate.close()

    def _waiting(self) -> tuple[list[_Job[Any]], bool]:
        """All that waits once one of it is due; False when nothing comes any more."""
        found: list[_Job[Any]] = []
        while len(found) < TOGETHER:
            try:
                job = self._jobs.get(timeout=_pause(found))
            except queue.Empty:
                break
            if job is None:
                return found, False
            found.append(job)
        return found, True

    def _commit(self, jobs: Sequence[_Job[Any]]) -> None:
        """Do the work in one transaction and answer each once it is on disk."""
        try:
            with told(self._place), self._alone(), self.engine.begin() as connection:
                answers = [self._done(connection, job, len(jobs) == 1) for job in jobs]
        except BaseException as error:
            for job in jobs:
                job.future.set_exception(error)
        else:
            for answer in answers:
                answer()

    def _done(self, connection: Connection, job: _Job[T], alone: bool) -> Callable[[], None]:
        """Do one piece; what to tell its caller after the commit."""
        if alone:
            answer = job.work(connection)  # its failure undoes the transaction, which is its own
            return lambda: job.future.set_result(answer)
        try:
            with told(self._place), connection.begin_nested():
                answer = job.work(connection)
        except StoreError:
            raise  # the database itself failed: nothing of this transaction can be trusted
        except Exception as error:
            failure = error
            return lambda: job.future.set_exception(failure)
        return lambda: job.future.set_result(answer)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process writes meanwhile."""
        if self._gate is None:
            yield
            return
        if not self._gate.wait(PATIENCE):
            raise Unwritable(str(self._place), "another process has been writing for too long")
        try:
            yield
        finally:
            self._gate.release()


def _pause(found: Sequence[_Job[Any]]) -> float | None:
    """How long more work is waited for: until the first that was found is due."""
    if not found:
        return None
    return max(0.0, min(job.due for job in found) - time.monotonic())


def _gate(place: Place) -> FileLock | None:
    """Against writers in other processes; PostgreSQL needs none."""
    if place.path is None:
        return None
    try:
        return FileLock(place.beside(".write-lock"))
    except OSError as error:
        raise Unopenable(str(place), error.strerror or str(error)) from error
