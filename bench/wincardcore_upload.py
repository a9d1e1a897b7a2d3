"""A million accounts into a car park's whitelist in blocks of 1,000, beside bare inserts.

The twin runs in a process of its own with its state on disk: each block is signed, checked,
validated, and kept before it is answered. The bare loop puts the same rows into the same tables
with the same settings, one commit a block, and is timed only while it does that; it is the floor.
Then the list is uploaded again while another process looks up plates without pause: the longest
look while the last block is taken, and the list swapped, tells how long readers wait for it.
`python -m bench.wincardcore_upload [ACCOUNTS]`; fewer accounts for a quick look.
"""

import asyncio
import json
import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

import aiohttp

from bench.report import Figures, apart, columns, cpu, heading, peak, row
from doorward.connectors.wincardcore.signing import KeyPair, sign
from doorward.connectors.wincardcore.twin import wincardcore_twin
from doorward.connectors.wincardcore.twin.reading import Reader
from doorward.connectors.wincardcore.twin.rows import Values, values_of
from doorward.connectors.wincardcore.twin.stock import Stock
from doorward.connectors.wincardcore.twin_settings import DEMO_AUTH_KEY, DEMO_SIG_KEY, TwinOptions
from doorward.connectors.wincardcore.wire.blocks import Block, blocks
from doorward.connectors.wincardcore.wire.codes import MediaType
from doorward.connectors.wincardcore.wire.lists import read_accounts
from doorward.connectors.wincardcore.wire.whitelist import Account, Card, Customer, Media
from doorward.net.secrets import Secret
from doorward.net.serving import running

ACCOUNTS, BLOCK = 1_000_000, 1000
KEYS = KeyPair(Secret(DEMO_AUTH_KEY), Secret(DEMO_SIG_KEY))


def plate(number: int) -> str:
    """A plate that lies somewhere else in the list than its neighbour's."""
    return f"DW-{number * 7919 % 10_000_019:08d}"


def account(number: int) -> Account:
    """One card, two media."""
    card = Card(
        card_key=f"card-{number:08d}",
        blocked=0,
        category=1,
        valid_to=datetime(2030, 12, 31, 23, 59, 59),  # a local time
        media=(
            Media(
                media_type=MediaType.CARD_NUMBER,
                media_id=f"C{number:08d}",
                media_key=f"card-{number:08d}",
            ),
            Media(media_type=MediaType.PLATE, media_id=plate(number)),
        ),
    )
    customer = Customer(customer_no=str(number), first_name="Anna", last_name=f"Example {number}")
    return Account(account_key=f"account-{number:08d}", customer=customer, cards=(card,))


def write(count: int, file: Path) -> None:
    """The upload, ready to be sent: a block's body on each line."""
    with file.open("wb") as stream:
        for _, body in blocks(map(account, range(count)), count, BLOCK):
            stream.write(body + b"\n")


def bodies(count: int, file: Path) -> Iterator[tuple[Block, bytes]]:
    """The blocks of the file."""
    with file.open("rb") as stream:
        for first, line in zip(range(1, count + 1, BLOCK), stream, strict=True):
            yield Block(first, min(first + BLOCK - 1, count), count), line


INSERTS = {
    "account": "insert into account values (?, ?, ?)",
    "card": "insert into card values (?, ?, ?)",
    "number": "insert into number values (?, ?, ?)",
    "medium": "insert into medium values (?, ?, ?, ?)",
}


def bare(count: int, folder: Path) -> Figures:
    """Seconds of putting the rows into the tables, and nothing else; those of the processor too."""
    stock = Stock(folder / "bare", durable=True)
    generation, seconds, busy, connection = stock.live(), 0.0, 0.0, stock._file
    for _, body in bodies(count, folder / "upload"):
        values = values_of(generation, read_accounts(body).records)
        rows = {table: _rows(values[table], insert.count("?")) for table, insert in INSERTS.items()}
        begun, used = time.perf_counter(), cpu()
        with stock.transaction():
            for table, insert in INSERTS.items():
                connection.executemany(insert, rows[table])
        seconds, busy = seconds + time.perf_counter() - begun, busy + cpu() - used
    stock.close()
    return {"seconds": seconds, "cpu": busy}


def _rows(values: Values, width: int) -> list[tuple[object, ...]]:
    return list(zip(*[iter(values)] * width, strict=True))


async def serve(file: Path) -> None:
    """The twin, until its input ends; then what it held at the most, before and after."""
    twin = wincardcore_twin(TwinOptions(state=file))
    async with running(twin) as url:
        before, used = peak(), cpu()
        print(url, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        print(json.dumps({"cpu": cpu() - used}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
    print(json.dumps({"more": peak() - before}))


async def upload(url: str, count: int, file: Path) -> Figures:
    """Seconds from the first block to the last answer; when the last block was sent, and taken."""
    async with aiohttp.ClientSession() as session:
        begun = sent = time.monotonic()
        for block, body in bodies(count, file):
            sent = time.monotonic()
            await _put(session, url, block, body)
        taken = time.monotonic()
    return {"seconds": taken - begun, "sent": sent, "taken": taken}


async def _put(session: aiohttp.ClientSession, url: str, block: Block, body: bytes) -> None:
    headers = sign("doorward", datetime.now(UTC), KEYS)
    address = f"{url}/api/ica/v1/accounts?{block.query}"
    async with session.put(address, data=body, headers=headers) as answer:
        assert answer.status == (204 if block.completes else 202), await answer.text()


def watch(file: str, count: int, stop: Event, told: "Queue[list[tuple[float, float]]]") -> None:
    """Look up plates until told to stop: when each look began and ended."""
    reader, looks = Reader(Path(file)), []
    while not stop.is_set():
        begun = time.monotonic()
        found = reader.by_medium(MediaType.PLATE, plate(len(looks) * 6007 % count))
        looks.append((begun, time.monotonic()))
        assert len(found) == 1
    reader.close()
    told.put(looks)


@asynccontextmanager
async def looking(file: Path, count: int) -> AsyncIterator[list[tuple[float, float]]]:
    """Somebody looks things up while the block runs; the looks are there after it."""
    context = multiprocessing.get_context("spawn")
    stop: Event = context.Event()
    told: Queue[list[tuple[float, float]]] = context.Queue()
    watcher = context.Process(target=watch, args=(str(file), count, stop, told))
    watcher.start()
    looks: list[tuple[float, float]] = []
    try:
        yield looks
    finally:
        stop.set()
        looks += await asyncio.to_thread(told.get)
        watcher.join()


def ours(count: int, folder: Path) -> Figures:
    """An upload into an empty whitelist, then one beside a reader."""
    command = [sys.executable, "-m", "bench.wincardcore_upload", "serve", str(folder / "twin")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as twin:
        assert twin.stdin is not None
        assert twin.stdout is not None
        url = twin.stdout.readline().strip()
        first = asyncio.run(upload(url, count, folder / "upload"))
        twin.stdin.write("\n")
        twin.stdin.flush()
        used = json.loads(twin.stdout.readline())
        again = asyncio.run(_beside_a_reader(url, count, folder))
        told, _ = twin.communicate()
    return {"seconds": first["seconds"], **used, **again, **json.loads(told)}


async def _beside_a_reader(url: str, count: int, folder: Path) -> Figures:
    async with looking(folder / "twin.whitelist", count) as looks:
        second = await upload(url, count, folder / "upload")
        await asyncio.sleep(1)  # what is removed behind the swap is looked at too
    swapping = [
        ended - begun
        for begun, ended in looks
        if ended >= second["sent"] and begun <= second["taken"] + 0.1
    ]
    return {
        "looks": len(swapping),
        "longest": max(swapping),
        "ever": max(ended - begun for begun, ended in looks),
        "last": second["taken"] - second["sent"],
    }


def main(count: int = ACCOUNTS) -> None:
    """Print the table."""
    heading(f"{count:,} accounts of one card and two media, in blocks of {BLOCK:,}")
    with tempfile.TemporaryDirectory() as folder:
        write(count, Path(folder) / "upload")
        floor = apart("bench.wincardcore_upload", "bare", count, folder)
        found = apart("bench.wincardcore_upload", "ours", count, folder)
    columns("", "seconds", "accounts a second", "rate beside bare", "processor, s", "MB more")
    for title, one in (("bare inserts", floor), ("uploaded", found)):
        row(
            title,
            f"{one['seconds']:.1f}",
            f"{count / one['seconds']:,.0f}",
            f"{floor['seconds'] / one['seconds']:.2f}",
            f"{one['cpu']:.1f}",
            f"{one.get('more', 0):.0f}",
        )
    print(
        f"\nUploaded once more beside a reader: the last block, with the swap, took"
        f" {found['last']:.2f} s; of {found['looks']:,.0f} looks meanwhile the longest took"
        f" {found['longest'] * 1000:.1f} ms (of all looks: {found['ever'] * 1000:.1f} ms)."
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["bare", count, folder]:
            print(json.dumps(bare(int(count), Path(folder))))
        case ["ours", count, folder]:
            print(json.dumps(ours(int(count), Path(folder))))
        case ["serve", file]:
            asyncio.run(serve(Path(file)))
        case [count]:
            main(int(count))
        case _:
            main()
