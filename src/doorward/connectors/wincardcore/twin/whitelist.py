"""The whitelist: written by one thread, one request after another, and read at any time."""

import asyncio
import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from doorward.connectors.wincardcore.server.intake import Turned
from doorward.connectors.wincardcore.twin import changing, staging
from doorward.connectors.wincardcore.twin.reading import Reader
from doorward.connectors.wincardcore.twin.stock import Stock
from doorward.connectors.wincardcore.wire.blocks import Block
from doorward.connectors.wincardcore.wire.lists import Received, Skipped
from doorward.connectors.wincardcore.wire.whitelist import Account, AccountCards, AccountCustomer

T = TypeVar("T")


class Whitelist:
    """Everything a client may do to it is a coroutine that ends when the change is on disk.

    All of them raise Fault, nothing changed, and Turned (500) for a disk that fails. `path` None:
    the list is gone with the process.
    """

    def __init__(self, path: Path | None = None) -> None:
        folder = None if path else Path(tempfile.mkdtemp(prefix="doorward-twin-"))
        file = path or (folder or Path()) / "whitelist"
        self._stock = Stock(file, durable=path is not None)
        self.reader = Reader(file)
        self._path = file
        self._thread = ThreadPoolExecutor(1, "whitelist")
        self.close = weakref.finalize(self, _close, self._thread, self._stock, self.reader, folder)
        self._sweep()

    # What clients do.

    async def take_all(self, client: str, block: Block | None, sent: Received[Account]) -> None:
        """See `staging.take`."""
        await self._done(lambda stock: staging.take(stock, client, block, sent))
        if block is None or block.completes:
            self._sweep()

    async def discard_blocks(self, client: str) -> None:
        """See `staging.discard`."""
        if await self._done(lambda stock: staging.discard(stock, client)):
            self._sweep()

    async def patch_accounts(self, sent: Received[Account]) -> None:
        """See `changing`."""
        await self._done(lambda stock: changing.patch_accounts(stock, sent))

    async def post_accounts(self, sent: Received[Account]) -> None:
        """See `changing`."""
        await self._done(lambda stock: changing.post_accounts(stock, sent))

    async def delete_accounts(self, keys: tuple[str, ...]) -> None:
        """See `changing`."""
        await self._done(lambda stock: changing.delete_accounts(stock, keys))

    async def patch_cards(self, sent: Received[AccountCards]) -> None:
        """See `changing`."""
        await self._done(lambda stock: changing.patch_cards(stock, sent))

    async def put_cards(self, sent: Received[AccountCards]) -> None:
        """See `changing`."""
        await self._done(lambda stock: changing.put_cards(stock, sent))

    async def delete_cards(self, keys: tuple[str, ...]) -> None:
        """See `changing`."""
        await self._done(lambda stock: changing.delete_cards(stock, keys))

    async def patch_customers(self, sent: tuple[AccountCustomer, ...]) -> None:
        """See `changing`."""
        await self._done(lambda stock: changing.patch_customers(stock, sent))

    async def _done(self, work: Callable[[Stock], T]) -> T:
        try:
            return await asyncio.wrap_future(self._thread.submit(work, self._stock))
        except sqlite3.OperationalError as error:
            raise Turned(500, f"the whitelist cannot be written: {error}") from None

    # What the twin's controls do.

    def replace(self, accounts: Sequence[Account], skipped: Iterable[Skipped]) -> None:
        """Have these and nothing else, no upload under way. Raises Fault."""
        sent = Received(tuple(accounts), ())
        self._thread.submit(_replace, self._stock, sent, tuple(skipped)).result()
        self._sweep()

    def bodies(self) -> Iterator[list[bytes]]:
        """Every account as JSON, some at a time."""
        with closing(Reader(self._path)) as reader:  # its look lasts as long as its caller does
            yield from reader.bodies()

    def swept(self) -> None:
        """Return once nothing is left of lists that no longer count."""
        while self._thread.submit(self._stock.sweep).result():
            pass

    def _sweep(self) -> None:
        _sweep_on(self._thread, self._stock)


def _replace(stock: Stock, sent: Received[Account], skipped: tuple[Skipped, ...]) -> None:
    for client in stock.uploads():
        staging.discard(stock, client)
    staging.take(stock, "", None, sent)
    with stock.transaction():
        stock.note_skipped(stock.live(), skipped)


def _sweep_on(thread: ThreadPoolExecutor, stock: Stock) -> "Future[None] | None":
    """Slice by slice, each behind whatever else waits for the thread."""

    def slice_off() -> None:
        if stock.sweep():
            _sweep_on(thread, stock)

    try:
        return thread.submit(slice_off)
    except RuntimeError:  # the thread is being ended; the next start goes on
        return None


def _close(thread: ThreadPoolExecutor, stock: Stock, reader: Reader, folder: Path | None) -> None:
    thread.shutdown(cancel_futures=True)
    reader.close()
    stock.close()
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
