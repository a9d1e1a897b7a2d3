"""Ten thousand visits over a line that breaks by chance: each of them once, and to the cent."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from doorward.app.config import Settings, load
from doorward.app.hub import open_store
from doorward.app.runs import Desk
from doorward.app.service import service_app
from doorward.net.serving import running
from doorward.storage.store import Reader
from e2e.parking_line import BREAKS, BreakingLine, breaking_line
from e2e.parking_traffic import Progress, Told, billed, by_account, deliver, kept, visits
from e2e.programs import DOORWARD, ENVIRONMENT
from net.sockets import free_port

CONFIGURATION = """
timezone = "Europe/Berlin"

[source.club]
type = "csvfile"
path = "members.csv"

[target.garage]
type = "wincardcore"
url = "http://127.0.0.1:9"
client_id = "doorward"
auth_key = "demo-auth-key"
sig_key = "demo-sig-key"

[target.garage.inbound]
client_id = "garage-1"
auth_key = "demo-auth-key"
sig_key = "demo-sig-key"
"""
MANY, FEWER = 10_000, 2_000


def configured(folder: Path) -> Settings:
    """A hub that a car park calls; nobody is to be let in there."""
    (folder / "members.csv").write_text("member,first name,last name,email,from,until,role\n")
    file = folder / "doorward.toml"
    file.write_text(CONFIGURATION)
    file.chmod(0o600)
    return load(file)


def assert_exact(settings: Settings, told: Sequence[Told]) -> None:
    """As many visits as there were, with the sums that the car park has, per visit and account."""
    with closing(sqlite3.connect(settings.folder / "doorward.db")) as database:
        states = database.execute("select state, count(*) from parking_visits group by state")
        assert states.fetchall() == [("completed", len(told))]
    with Reader.open(settings.store_url) as store:
        assert kept(store.parking) == {one.id: one.left for one in told}
        assert billed(store.parking) == by_account(told)


def assert_broke(line: BreakingLine) -> None:
    """Every kind of break has come about, or the test has shown nothing."""
    assert min(line.breaks[one] for one in BREAKS) > 10, line.breaks


@pytest.mark.covers(
    "wincardcore",
    rule="ten-thousand durable",
    client="put-transaction patch-transaction",
)
@pytest.mark.timeout(300)  # of a machine that does much else besides
@pytest.mark.parametrize("seed", [1])
async def test_ten_thousand_visits_over_a_breaking_line_are_kept_once_each(
    tmp_path: Path, seed: int
):
    settings, chance = configured(tmp_path), random.Random(seed)
    told = visits(MANY, chance)
    with open_store(settings) as store:
        async with (
            running(service_app(Desk(settings=settings, store=store))) as url,
            breaking_line(int(url.rpartition(":")[2]), chance) as line,
        ):
            await deliver(told, line.url)
    assert_broke(line)
    assert_exact(settings, told)


@asynccontextmanager
async def hub_program(folder: Path, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """`doorward serve`, which listens by the time the block begins, and is killed at its end."""
    process = await asyncio.create_subprocess_exec(
        DOORWARD,
        *("serve", "--port", str(port)),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=ENVIRONMENT,
    )
    try:
        assert process.stdout is not None
        assert (await process.stdout.readline()).startswith(b"ready: "), process.returncode
        yield process
    finally:
        process.kill()
        await process.communicate()


@pytest.mark.covers("wincardcore", rule="durable")
async def test_no_visit_is_lost_or_doubled_when_the_hub_is_killed_while_they_come_in(
    tmp_path: Path,
):
    settings, chance, port = configured(tmp_path), random.Random(2), free_port()
    told, progress = visits(FEWER, chance), Progress(FEWER)
    async with breaking_line(port, chance) as line:
        delivering = asyncio.create_task(deliver(told, line.url, progress=progress))
        async with hub_program(tmp_path, port):
            await progress.halfway.wait()
            assert not delivering.done()
        async with hub_program(tmp_path, port):
            await delivering
    assert_broke(line)
    assert line.breaks["by the hub itself"] > 0
    assert_exact(settings, told)
