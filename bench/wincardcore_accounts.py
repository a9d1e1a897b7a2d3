"""A million accounts asked of the hub at once: how quickly they come, and what memory they take.

`python -m bench.wincardcore_accounts [ACCOUNTS]`. The hub's own endpoint over its own store, and
the project's own client, each in a process of its own.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from bench.report import apart, columns, heading, machine, peak, row
from bench.wincardcore_makes import CLIENT_ID, KEYS, SYSTEM
from bench.wincardcore_transactions import served
from doorward.connectors.wincardcore.client.settlement import SettlementClient
from doorward.connectors.wincardcore.wire import form
from doorward.connectors.wincardcore.wire.codes import MediaType
from doorward.connectors.wincardcore.wire.whitelist import Account, Card, Customer, Media
from doorward.core.parking.whitelist import KnownAccount, KnownCard
from doorward.net.line import Line
from doorward.storage.store import Store

ACCOUNTS = 1_000_000
PAGE = 1000


def accounts(count: int) -> Iterator[Account]:
    """So many accounts of one card and two media."""
    for number in range(count):
        key = f"card-{number:08d}"
        media = (
            Media(media_type=MediaType.CARD_NUMBER, media_id=f"{number:08d}", media_key=key),
            Media(media_type=MediaType.PLATE, media_id=f"DO-X {number}", media_key=f"m-{number}"),
        )
        card = Card(card_key=key, blocked=0, category=3, media=media)
        holder = Customer(customer_no=str(number), first_name="Kim", last_name=f"Nr{number}")
        yield Account(account_key=f"account-{number:08d}", customer=holder, cards=(card,))


def known(account: Account) -> KnownAccount:
    """An account as the store keeps it."""
    cards = tuple(KnownCard(card.card_key) for card in account.cards or ())
    document = form.write(account).decode()
    return KnownAccount(account.account_key, document, account.account_key, cards)


async def fill(database: Path, count: int) -> None:
    """A store whose whitelist has so many accounts."""
    with Store.open(database) as store:
        now, coming = datetime.now(UTC), map(known, accounts(count))
        generation = await store.parking.begin_whitelist(SYSTEM, now)
        while page := list(islice(coming, PAGE)):
            await store.parking.stage(SYSTEM, generation, page)
        await store.parking.adopt_whitelist(SYSTEM, generation, now)


async def ask(url: str) -> dict[str, float]:
    """All of them, read one by one."""
    before, begun = peak(), time.perf_counter()
    async with Line("hub", url) as line:
        async with SettlementClient(line, CLIENT_ID, KEYS).accounts() as found:
            came = time.perf_counter() - begun
            number = sum(1 for _ in found)
    seconds = time.perf_counter() - begun
    return {"number": number, "came": came, "seconds": seconds, "before": before, "peak": peak()}


def memory(process: int, name: str) -> float:
    """What a process holds ("VmRSS") or has held at most ("VmHWM"), in MB."""
    told = Path(f"/proc/{process}/status").read_text()
    return int(told.partition(f"{name}:")[2].split()[0]) / 1024


def main(count: int = ACCOUNTS) -> None:
    """Measure and report."""
    heading(f"GET accounts: {count:,} of one card and two media")
    columns("accounts", "came after, s", "accounts a second", "hub, MB: before, most", "client, MB")
    for number in (count // 10, count):
        with tempfile.TemporaryDirectory() as folder:
            database = Path(folder) / "accounts.db"
            asyncio.run(fill(database, number))
            with served("hub", "grouped", database, 1.0) as hub:
                before = memory(hub.process, "VmRSS")
                found = apart("bench.wincardcore_accounts", "ask", hub.url)
                most = memory(hub.process, "VmHWM")
        assert found["number"] == number
        row(
            f"{number:,}",
            f"{found['came']:.1f}",
            f"{number / found['came']:,.0f}",
            f"{before:.0f}, {most:.0f}",
            f"{found['before']:.0f}, {found['peak']:.0f}",
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["ask"]:
        print(json.dumps(asyncio.run(ask(sys.argv[2]))))
    else:
        print(machine())
        main(*map(int, sys.argv[1:]))
