"""Car parks that call one hub: told apart by ClientId, proven by their keys, refused otherwise."""

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from doorward.app.config import ConfigError, Problem, load
from doorward.app.hub import open_store
from doorward.app.openness import NotServed, judge
from doorward.app.runs import Desk
from doorward.app.service import service_app
from doorward.connectors.wincardcore.signing import KeyPair, sign
from doorward.connectors.wincardcore.wire.transaction import write_transaction
from doorward.net.errors import Untrusted
from doorward.net.line import Line
from doorward.net.secrets import Secret
from doorward.net.serving import running
from doorward.storage.store import Store
from e2e.parking_traffic import visits

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
UNTIL = NOON + timedelta(days=7)
NEW, OLD = KeyPair(Secret("new-a"), Secret("new-s")), KeyPair(Secret("old-a"), Secret("old-s"))
SOURCE = """
timezone = "Europe/Berlin"

[source.club]
type = "csvfile"
path = "members.csv"
"""
PARK = """
[target.{name}]
type = "wincardcore"
url = "http://127.0.0.1:{port}"
client_id = "doorward"
auth_key = "a"
sig_key = "s"

[target.{name}.inbound]
client_id = "{client}"
auth_key = "new-a"
sig_key = "new-s"
{more}
"""
ROTATED = f"""\
old_auth_key = "old-a"
old_sig_key = "old-s"
old_keys_until = "{UNTIL.isoformat()}"
"""
PATH = "/api/ica/v1/transactions/"


def park(name: str, client: str, port: int, more: str = "") -> str:
    return PARK.format(name=name, client=client, port=port, more=more)


def written(folder: Path, *parks: str) -> Path:
    file = folder / "doorward.toml"
    file.write_text("".join((SOURCE, *parks)))
    file.chmod(0o600)
    return file


@dataclass
class Hub:
    """A hub on a socket, with its store and its time."""

    url: str
    store: Store
    now: datetime = NOON

    async def put(self, headers: Mapping[str, str], id: str = "T1") -> int:
        """Deliver the same visit with these headers; the status."""
        body = VISIT.encode()
        async with (
            aiohttp.ClientSession() as session,
            session.put(self.url + PATH + id, data=body, headers=headers) as answer,
        ):
            return answer.status

    def kept(self, id: str = "T1") -> set[str]:
        """The car parks of which a visit of this id is kept."""
        return {
            name for name in ("north", "south") if self.store.parking.visit(name, id) is not None
        }


def _visit() -> str:
    [one] = visits(1, random.Random(1))
    return write_transaction(one.whole).decode()


VISIT = _visit()


@asynccontextmanager
async def hub(folder: Path, *parks: str) -> AsyncIterator[Hub]:
    settings = load(written(folder, *parks))
    with open_store(settings) as store:
        made = Hub("", store)
        desk = Desk(settings=settings, store=store, clock=lambda: made.now)
        async with running(service_app(desk)) as made.url:
            yield made


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Hub]:
    """A hub with two car parks under one prefix; the keys of the first are being changed."""
    parks = park("north", "north-1", 8, ROTATED), park("south", "south-1", 9)
    async with hub(tmp_path, *parks) as one:
        yield one


@pytest.mark.parametrize(("client", "system"), [("north-1", "north"), ("south-1", "south")])
async def test_two_car_parks_under_one_prefix_are_told_apart_by_client_id(
    both: Hub, client: str, system: str
):
    assert await both.put(sign(client, both.now, NEW)) == 204
    assert both.kept() == {system}
    assert set(both.store.parking.signs()) == {system}


async def test_the_same_id_at_two_car_parks_is_two_visits(both: Hub):
    for client in ("north-1", "south-1"):
        assert await both.put(sign(client, both.now, NEW)) == 204
    assert both.kept() == {"north", "south"}


@pytest.mark.covers("wincardcore", rule="key-rotation")
@pytest.mark.parametrize("after", [timedelta(0), timedelta(days=7)])
async def test_while_keys_are_changed_both_pairs_are_taken(both: Hub, after: timedelta):
    both.now += after
    assert await both.put(sign("north-1", both.now, OLD), "T1") == 204
    assert await both.put(sign("north-1", both.now, NEW), "T2") == 204


async def test_from_the_date_on_only_the_new_pair_is_taken(both: Hub):
    both.now = UNTIL + timedelta(seconds=1)
    assert await both.put(sign("north-1", both.now, OLD)) == 401
    assert both.kept() == set()
    assert await both.put(sign("north-1", both.now, NEW)) == 204


async def test_the_old_pair_of_one_car_park_opens_nothing_at_another(both: Hub):
    assert await both.put(sign("south-1", both.now, OLD)) == 401


MIXED = KeyPair(Secret("new-a"), Secret("old-s"))
LATE, EARLY = NOON - timedelta(seconds=301), NOON + timedelta(seconds=301)


@pytest.mark.covers("wincardcore", rule="signature")
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {k: v for k, v in sign("north-1", NOON, NEW).items() if k != "Signature"},
        {k: v for k, v in sign("north-1", NOON, NEW).items() if k != "LocalTime"},
        sign("north-1", NOON, NEW) | {"Signature": "0" * 64},
        sign("north-1", NOON, NEW) | {"ClientId": "south-1"},
        sign("nobody", NOON, NEW),
        sign("north-1", NOON, MIXED),
        sign("north-1", LATE, NEW),
        sign("north-1", EARLY, NEW),
        sign("north-1", NOON, NEW) | {"LocalTime": "2026-06-15T12:00:01+00:00"},
    ],
    ids=["none", "no signature", "no time", "wrong", "another client", "unknown client",
         "mixed pairs", "stale", "early", "another time"],
)  # fmt: skip
async def test_a_call_that_is_not_proven_is_turned_away_and_nothing_is_kept(
    both: Hub, headers: dict[str, str]
):
    assert await both.put(headers) == 401
    assert both.kept() == set()
    assert dict(both.store.parking.signs()) == {}


@pytest.mark.covers("wincardcore", rule="fresh")
async def test_a_call_that_was_listened_to_is_worth_nothing_once_it_is_old(both: Hub):
    """Replayed while it is fresh, a delivery is the repeat that it says it is; later it is 401."""
    heard = sign("north-1", both.now, NEW)
    assert [await both.put(heard), await both.put(heard)] == [204, 204]
    both.now += timedelta(minutes=5, seconds=1)
    assert await both.put(heard, "T2") == 401
    assert both.kept("T2") == set()


@pytest.mark.covers("wincardcore", rule="replay-memory refund-repeated")
async def test_a_refund_that_is_replayed_is_paid_once(both: Hub):
    await both.put(sign("north-1", both.now, NEW))
    headers, statuses = sign("north-1", both.now, NEW), []
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            async with session.delete(
                f"{both.url}{PATH}T1", data=b'{"Amount": 0.10}', headers=headers
            ) as answer:
                statuses.append(answer.status)
    assert statuses == [204, 204]
    record = both.store.parking.visit("north", "T1")
    assert record is not None
    assert [one.kind for one in record.entries] == ["charge", "refund"]


# --- what the configuration says


def problems(folder: Path, *parks: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as refused:
        load(written(folder, *parks))
    return refused.value.problems


def test_two_car_parks_with_one_client_id_are_refused_with_their_place(tmp_path: Path):
    [problem] = problems(tmp_path, park("north", "one", 8), park("south", "one", 9))
    text = (tmp_path / "doorward.toml").read_text().splitlines()
    line = len(text) - text[::-1].index('client_id = "one"')
    message = str(problem)
    assert f"doorward.toml:{line}: " in message
    assert "target.south.inbound.client_id" in message
    assert "'north' calls itself 'one' under the same prefix already" in message
    assert "Agree on another client_id" in message


def test_with_a_prefix_of_its_own_a_car_park_may_have_the_same_client_id(tmp_path: Path):
    other = park("south", "one", 9, 'prefix = "/south"')
    assert set(load(written(tmp_path, park("north", "one", 8), other)).targets) == {
        "north",
        "south",
    }


def test_car_parks_under_one_prefix_have_one_tolerance(tmp_path: Path):
    other = park("south", "two", 9, "tolerance_seconds = 60")
    [problem] = problems(tmp_path, park("north", "one", 8), other)
    assert "tolerance_seconds" in str(problem)
    assert "'north' has 300 under the same prefix" in str(problem)


def test_half_an_old_pair_is_refused(tmp_path: Path):
    [problem] = problems(tmp_path, park("north", "one", 8, 'old_auth_key = "x"'))
    assert "go together" in str(problem)


@pytest.mark.parametrize("until", ["soon", "2026-12-31T23:59:59"])
def test_the_end_of_an_old_pair_is_an_instant(tmp_path: Path, until: str):
    more = f'old_auth_key = "x"\nold_sig_key = "y"\nold_keys_until = "{until}"'
    [problem] = problems(tmp_path, park("north", "one", 8, more))
    assert "old_keys_until" in str(problem) or "offset" in str(problem)


# --- in the clear


@pytest.mark.covers("wincardcore", rule="no-plain-http")
def test_plain_http_to_a_car_park_is_refused_beyond_this_machine(tmp_path: Path):
    far = park("north", "one", 8).replace("127.0.0.1:8", "garage.example")
    [problem] = problems(tmp_path, far)
    assert "target.north.url" in str(problem)
    assert "in the clear" in str(problem)


async def test_a_line_does_not_call_in_the_clear_either():
    with pytest.raises(Untrusted, match="http"):
        await Line("garage", "http://garage.example").call("GET", "/api/ica/v1/command")


@pytest.mark.covers("wincardcore", rule="no-plain-http")
def test_the_hub_does_not_answer_other_machines_in_the_clear(tmp_path: Path):
    settings = load(written(tmp_path, park("north", "one", 8)))
    assert judge(settings.serving, "127.0.0.1") == ""
    with pytest.raises(NotServed, match="plain http"):
        judge(settings.serving, "0.0.0.0")
