"""A car park that falls silent is told of once, by mail, and again when it calls."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.test_notify import Post, posting
from doorward.app.config import load
from doorward.app.hub import open_store
from doorward.app.runs import Desk, sync
from doorward.app.service import service_app
from doorward.cli.main import app
from doorward.connectors.wincardcore.client.settlement import SettlementClient
from doorward.connectors.wincardcore.signing import KeyPair
from doorward.net.line import Line
from doorward.net.secrets import Secret
from doorward.net.serving import running

MEMBERS = """\
member,first name,last name,email,from,until,role
1,Anna,Berg,anna@club.example,2019-01-01,2019-12-31,Member
"""
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CONFIGURATION = """
timezone = "Europe/Berlin"

[source.club]
type = "csvfile"
path = "members.csv"

[target.garage]
type = "wincardcore"
url = "http://127.0.0.1:9"
client_id = "doorward"
auth_key = "a-key"
sig_key = "s-key"

[target.garage.inbound]
client_id = "garage-1"
auth_key = "a-key"
sig_key = "s-key"
silent_hours = 6

[notify.smtp]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "hub@example.org"
to = "board@example.org"
"""


@dataclass
class Time:
    """A clock that is moved by hand."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Watch:
    """A hub at a certain time, its mail, and the car park that calls it, or does not."""

    desk: Desk
    post: Post
    garage: SettlementClient
    time: Time

    async def run(self, *, listening: bool = True, since: datetime = NOON) -> list[str]:
        """One run; the subjects of what it sent."""
        before = len(self.post.mails)
        await sync(replace(self.desk, listening_since=since if listening else None), "test")
        return [str(one["subject"]) for one in self.post.mails[before:]]


@asynccontextmanager
async def watching(folder: Path) -> AsyncIterator[Watch]:
    async with posting() as post:
        (folder / "members.csv").write_text(MEMBERS)
        file = folder / "doorward.toml"
        file.write_text(CONFIGURATION.format(port=post.port))
        file.chmod(0o600)
        settings = load(file)
        time = Time()
        with open_store(settings) as store:
            desk = Desk(settings=settings, store=store, clock=time)
            async with running(service_app(desk)) as url, Line("hub", url) as line:
                keys = KeyPair(Secret("a-key"), Secret("s-key"))
                client = SettlementClient(line, "garage-1", keys, clock=time)
                yield Watch(desk, post, client, time)


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    async with watching(tmp_path) as one:
        yield one


NEW, OVER = "Doorward: new trouble: garage", "Doorward: right again: garage"


@pytest.mark.covers("wincardcore", rule="alive")
async def test_a_car_park_that_falls_silent_is_told_of_and_so_is_its_return(watch: Watch):
    await watch.garage.alive()
    watch.time.now += 6 * HOUR
    assert await watch.run() == []
    watch.time.now += HOUR
    assert await watch.run() == [NEW]
    text = watch.post.last()[1]
    assert "garage was last heard at 2026-06-15 12:00:00+00:00" in text
    assert "reaches the hub: address, certificate, keys" in text
    assert await watch.run() == [], "told once"
    await watch.garage.alive()
    assert await watch.run() == [OVER]


async def test_a_car_park_that_never_called_is_told_of_once_it_could_have(watch: Watch):
    watch.time.now += 7 * HOUR
    assert await watch.run(since=NOON + 2 * HOUR) == []
    watch.time.now += 2 * HOUR
    assert await watch.run(since=NOON + 2 * HOUR) == [NEW]
    assert "garage has never been heard" in watch.post.last()[1]


async def test_nobody_is_silent_while_the_hub_does_not_listen(watch: Watch):
    watch.time.now += 100 * HOUR
    assert await watch.run(listening=False) == []


@pytest.mark.parametrize("listening", [True, False])
async def test_a_silence_is_not_over_because_the_hub_stopped_listening(
    watch: Watch, listening: bool
):
    """Neither when it was restarted meanwhile, nor in a run beside the one that listens."""
    watch.time.now += 7 * HOUR
    assert await watch.run() == [NEW]
    watch.time.now += HOUR
    assert await watch.run(listening=listening, since=watch.time.now) == []
    await watch.garage.alive()
    assert await watch.run(listening=listening, since=watch.time.now) == [OVER]


async def test_sending_it_everything_again_does_not_count_as_having_heard_it(watch: Watch):
    watch.time.now += 7 * HOUR
    await watch.desk.store.parking.ask_whitelist("garage", watch.time.now)
    assert await watch.run() == [NEW]


def test_check_and_parking_say_it_too(tmp_path: Path):
    file = tmp_path / "doorward.toml"
    file.write_text(CONFIGURATION.format(port=9))
    file.chmod(0o600)
    (tmp_path / "members.csv").write_text(MEMBERS)
    with open_store(load(file)) as store:
        asyncio.run(store.parking.heard("garage", datetime(2020, 1, 1, tzinfo=UTC)))
    environment = {"COLUMNS": "200", "DOORWARD_CONFIG": str(file)}
    checked = CliRunner().invoke(app, ["check"], env=environment)
    assert checked.exit_code == 1
    assert "silent since 2020-01-01 00:00" in checked.output
    seen = CliRunner().invoke(app, ["parking"], env=environment)
    assert "silent" in seen.output, seen.output
