"""An export while it is parsed, off the event loop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from types import TracebackType
from typing import BinaryIO, Self, TypeVar

from doorward.connectors.cardskipper.wire.criteria import Dialect
from doorward.connectors.cardskipper.wire.export import read_export
from doorward.connectors.cardskipper.wire.members import Member, UnreadableMember

Record = Member | UnreadableMember
T = TypeVar("T")

AT_A_TIME = 1000


class Export:
    """An export whose bytes are here. Its records count only when the iteration has ended well.

    Use as `async with`; entering reads the first records. Parsed in a thread of its own, and in
    that one only: lxml shares its dictionary of names among all that one thread parses.
    """

    def __init__(self, file: BinaryIO, organisation: str, dialect: Dialect) -> None:
        self.dialect = dialect
        self._records = read_export(file, organisation)
        self._thread = ThreadPoolExecutor(1, "cardskipper-export")
        self._first: list[Record] = []

    async def __aenter__(self) -> Self:
        try:
            self._first = await self._take()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._close()

    async def batches(self) -> AsyncIterator[list[Record]]:
        """All records, in lists. Raises `problems.UnusableAnswer`, some only at the end."""
        batch = self._first
        while batch:
            yield batch
            batch = await self._take()

    async def __aiter__(self) -> AsyncIterator[Record]:
        async for batch in self.batches():
            for record in batch:
                yield record

    async def _take(self) -> list[Record]:
        return await self._apart(lambda: list(islice(self._records, AT_A_TIME)))

    async def _close(self) -> None:
        await self._apart(self._records.close)
        self._thread.shutdown()

    async def _apart(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
