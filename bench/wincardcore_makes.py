"""The hub's endpoint for visits over several ledgers, for measuring: what is checked is the same,
what differs is where a visit is kept.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import cast

import psycopg

from doorward.connectors.wincardcore.desk import SettlementDesk
from doorward.connectors.wincardcore.server.settlement import CarPark, SettlementServer
from doorward.connectors.wincardcore.signing import KeyPair
from doorward.core.parking.deliveries import Contradiction, Delivered, Repeat, Stored
from doorward.core.parking.ports import ParkingLedger
from doorward.core.parking.visits import Visit
from doorward.net.secrets import Secret
from doorward.storage.parking.rows import visit_text
from doorward.storage.store import Store

CLIENT_ID = "bench"
KEYS = KeyPair(Secret("a" * 64), Secret("5" * 64))
SYSTEM = "garage"
CONNECTIONS = 16  # to PostgreSQL, where each visit has a commit of its own


class Nowhere:
    """A ledger that keeps nothing."""

    async def put(self, visit: Visit, raw: str, at: datetime) -> Delivered:
        """Take a visit, and forget it."""
        return Repeat()


class Synced:
    """A plain file that is written and synced for all that wait together: what the disk allows."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._thread: asyncio.Task[None] | None = None

    async def put(self, visit: Visit, raw: str, at: datetime) -> Delivered:
        """Take a visit, and write down what was sent."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((raw.encode(), done))
        if self._thread is None:
            self._thread = asyncio.create_task(self._write())
        await done
        return Repeat()

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await asyncio.to_thread(self._sync, b"".join(raw for raw, _ in batch))
            for _, done in batch:
                done.set_result(None)
        self._thread = None

    def _sync(self, text: bytes) -> None:
        os.write(self._file, text)
        os.fdatasync(self._file)


class Each:
    """A ledger in PostgreSQL that commits each visit with its charge, as one would write it.

    `free`: connections that are not in use.
    """

    def __init__(self, free: "asyncio.Queue[psycopg.AsyncConnection[tuple[str]]]") -> None:
        self._free = free

    async def put(self, visit: Visit, raw: str, at: datetime) -> Delivered:
        """Take a visit as new."""
        left, price = visit.exit, visit.price
        document = visit_text(visit)
        whose = (visit.system, visit.id, visit.account)
        times = (visit.entry.at, left.at if left else None, at)
        row = (*whose, visit.card, visit.status, *times, document, raw)
        connection = await self._free.get()
        try:
            async with connection.transaction():
                done = await connection.execute(_VISIT, row)
                if not done.rowcount:
                    kept = await (await connection.execute(_KEPT, row[:2])).fetchone()
                    return Repeat() if kept == (document,) else Contradiction("differs")
                if price and left:
                    charge = (*whose, "charge", price.gross, price.vat_rate, price.vat, left.at)
                    await connection.execute(_CHARGE, charge)
                return Stored(visit, visit.status)
        finally:
            self._free.put_nowait(connection)


_TABLES = """
create table plain_visits (system text, visit text, account text, card text, status text,
    entered_at timestamptz, left_at timestamptz, received_at timestamptz,
    document text, raw text, primary key (system, visit));
create table plain_entries (id bigint generated always as identity primary key, system text,
    visit text, account text, kind text, amount numeric(12, 2), vat_rate numeric(5, 2),
    vat numeric(12, 2), at timestamptz);
create index on plain_entries (system, visit)
"""
_VISIT = f"insert into plain_visits values ({', '.join(['%s'] * 10)}) on conflict do nothing"
_KEPT = "select document from plain_visits where system = %s and visit = %s"
_CHARGE = """
insert into plain_entries (system, visit, account, kind, amount, vat_rate, vat, at)
values (%s, %s, %s, %s, %s, %s, %s, %s)
"""


@asynccontextmanager
async def made(make: str, database: str) -> AsyncIterator[SettlementServer]:
    """The server of one make: "nothing", "synced", "grouped" or "each"."""
    async with _ledger(make, database) as ledger:
        desk = SettlementDesk(ledger, _now, lambda: None)
        yield SettlementServer(desk, [CarPark(SYSTEM, CLIENT_ID, (KEYS,))], _now)


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def _ledger(make: str, database: str) -> AsyncIterator[ParkingLedger]:
    if make == "nothing":
        yield cast("ParkingLedger", Nowhere())
    elif make == "synced":
        file = os.open(database, os.O_WRONLY | os.O_CREAT)
        yield cast("ParkingLedger", Synced(file))
        os.close(file)
    elif make == "grouped":
        with Store.open(database) as store:
            yield store.parking
    else:
        free: asyncio.Queue[psycopg.AsyncConnection[tuple[str]]] = asyncio.Queue()
        opened = [await psycopg.AsyncConnection.connect(database) for _ in range(CONNECTIONS)]
        async with opened[0].transaction():
            await opened[0].execute(_TABLES)
        for connection in opened:
            free.put_nowait(connection)
        yield cast("ParkingLedger", Each(free))
        for connection in opened:
            await connection.close()
