"""The log of calls to remote systems: what was asked and answered, secrets already masked."""

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, delete, func, insert, or_, select

from doorward.net.calls import Call
from doorward.storage.errors import StoreError
from doorward.storage.reads import AnyRow, Reads
from doorward.storage.tables import calls
from doorward.storage.writer import Writer

WAITING = 10_000  # calls that wait to be written at most; older ones are dropped
SOON = 0.25  # seconds that a call waits at most until it is written with others
EVERY = 500  # calls between two looks at how many are kept


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A call and its number in the log."""

    id: int
    call: Call


class CallLog:
    """The log, to be looked at."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def search(
        self,
        *,
        system: str | None = None,
        status: int | None = None,
        errors: bool = False,
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[LoggedCall]:
        """The latest first, those that fit all that is given.

        `errors`: only those without a usable answer or with a status of 400 or more. `since` and
        `until` include their moment; `before` is an id, for paging.
        """
        query = select(calls).order_by(calls.c.id.desc()).limit(limit)
        if system is not None:
            query = query.where(calls.c.system == system)
        if status is not None:
            query = query.where(calls.c.status == status)
        if since is not None:
            query = query.where(calls.c.at >= since)
        if until is not None:
            query = query.where(calls.c.at <= until)
        if before is not None:
            query = query.where(calls.c.id < before)
        if errors:
            bad = (calls.c.status.is_(None), calls.c.status >= 400, calls.c.error != "")
            query = query.where(or_(*bad))
        return self._reads.each(query, _logged)

    def get(self, id: int) -> LoggedCall | None:
        """One of them."""
        return self._reads.first(select(calls).where(calls.c.id == id), _logged)


class WritableCallLog(CallLog):
    """The log, to be written. It keeps the latest `keep` calls and drops older ones by itself."""

    def __init__(self, reads: Reads, writer: Writer, keep: int) -> None:
        super().__init__(reads)
        self._writer = writer
        self._keep = keep
        self._waiting: deque[Call] = deque(maxlen=WAITING)
        self._under_way = threading.Lock()
        self._since_trim = 0

    async def record(self, batch: Sequence[Call]) -> None:
        """Write these down; durable when it returns."""
        await self._writer.do(lambda connection: self._write(connection, list(batch)))

    def note(self, call: Call) -> None:
        """Write it down soon, without waiting: a `doorward.net.calls.Recorder`.

        It is written with the next thing that is, after `SOON` by itself: a commit for each call
        would slow down the work that is recorded. Where writing fails the calls are lost and the
        log says so: a full disk must not stop the work itself.
        """
        self._waiting.append(call)
        if self._under_way.acquire(blocking=False):
            try:
                self._writer.submit(self._write_waiting, within=SOON).add_done_callback(_told)
            except StoreError as error:
                self._under_way.release()
                _log.warning("calls_lost", reason=error.reason, remedy=error.remedy)

    def _write_waiting(self, connection: Connection) -> None:
        self._under_way.release()  # what comes from here on asks for the next write
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        self._write(connection, batch)

    def _write(self, connection: Connection, batch: list[Call]) -> None:
        if not batch:
            return
        connection.execute(insert(calls), [_row(call) for call in batch])
        self._since_trim += len(batch)
        if self._since_trim >= EVERY:
            self._since_trim = 0
            trim(connection, self._keep)


def trim(connection: Connection, keep: int) -> int:
    """Drop all but the latest so many; how many that were."""
    newest = connection.scalar(select(func.max(calls.c.id))) or 0
    return connection.execute(delete(calls).where(calls.c.id <= newest - keep)).rowcount


_log = structlog.get_logger("doorward.storage")


def _told(written: "Future[None]") -> None:
    error = written.exception()
    if isinstance(error, StoreError):
        _log.warning("calls_lost", reason=error.reason, remedy=error.remedy)
    elif error is not None:
        _log.error("calls_lost", exc_info=error)


def _row(call: Call) -> dict[str, Any]:
    return {
        "system": call.system,
        "method": call.method,
        "path": call.path,
        "at": call.at,
        "seconds": call.seconds,
        "status": call.status,
        "request": call.request,
        "response": call.response,
        "error": call.error,
    }


def _logged(row: AnyRow) -> LoggedCall:
    _, *facts = row
    return LoggedCall(row.id, Call(*facts))
