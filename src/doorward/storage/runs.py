"""The runs: what started each, how it ended, and who approved what it wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from doorward.core.apply import Approval
from doorward.storage.reads import AnyRow, Reads
from doorward.storage.tables import runs
from doorward.storage.writer import Writer

CUT = "cut"
"""The verdict of a run whose process ended before the run did."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `ended` and `verdict` None: it is under way, or its process was cut short.

    `trigger` is what started it (schedule, command, …), `counts` whatever it counted,
    `approved_held` whether its approval covered what the guard held.
    """

    id: int
    trigger: str
    begun: datetime
    ended: datetime | None
    verdict: str | None
    digest: str | None
    counts: Mapping[str, int]
    approved_by: str | None
    approved_held: bool


class Runs:
    """The runs, to be looked at."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def all(self, limit: int = 50, before: int | None = None) -> list[Run]:
        """The latest first; `before`: only those with a smaller id, for paging."""
        query = select(runs).order_by(runs.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(runs.c.id < before)
        return self._reads.each(query, _run)

    def get(self, id: int) -> Run | None:
        """One of them."""
        return self._reads.first(select(runs).where(runs.c.id == id), _run)

    def last(self, verdict: str | None = None) -> Run | None:
        """The latest that has ended, or that ended so."""
        query = select(runs).where(runs.c.ended.is_not(None)).order_by(runs.c.id.desc())
        if verdict is not None:
            query = query.where(runs.c.verdict == verdict)
        return self._reads.first(query.limit(1), _run)


class WritableRuns(Runs):
    """The runs, to be written down. One at a time: begin them within `Store.exclusive`."""

    def __init__(self, reads: Reads, writer: Writer) -> None:
        super().__init__(reads)
        self._writer = writer

    async def begin(self, trigger: str, at: datetime, approval: Approval | None = None) -> int:
        """A new run's id. Runs that never ended were cut: they get the verdict "cut"."""
        values = {
            "trigger": trigger,
            "begun": at,
            "counts": {},
            "digest": approval.digest if approval else None,
            "approved_by": approval.by if approval else None,
            "approved_held": approval.held if approval else False,
        }
        return await self._writer.do(lambda connection: _begin(connection, values, at))

    async def end(
        self,
        id: int,
        verdict: str,
        at: datetime,
        digest: str | None = None,
        counts: Mapping[str, int] | None = None,
    ) -> None:
        """How it ended. `digest`: of its plan. Raises LookupError for no such run."""
        values: dict[str, Any] = {"verdict": verdict, "ended": at, "counts": dict(counts or {})}
        if digest is not None:
            values["digest"] = digest
        change = update(runs).where(runs.c.id == id).values(values)
        found = await self._writer.do(lambda connection: connection.execute(change).rowcount)
        if not found:
            raise LookupError(f"there is no run {id}")


def _begin(connection: Connection, values: dict[str, Any], at: datetime) -> int:
    cut = update(runs).where(runs.c.ended.is_(None)).values(ended=at, verdict=CUT)
    connection.execute(cut)
    id: int = connection.scalars(insert(runs).returning(runs.c.id), [values]).one()
    return id


def _run(row: AnyRow) -> Run:
    return Run(*row)
