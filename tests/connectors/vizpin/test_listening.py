"""What VIZpin pushes to the hub over HTTP: who may, what comes of it, what is answered."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog

from doorward.app.config import load
from doorward.app.hub import open_store
from doorward.app.runs import Desk
from doorward.app.service import service_app
from doorward.connectors.vizpin.wire.push import PUSH_LIMIT, read_reply
from doorward.net.serving import running
from doorward.storage.errors import StoreBusy
from doorward.storage.events import Noted
from doorward.storage.store import Store

SECRET = "0123456789abcdef-hush"
NOW = datetime(2026, 5, 2, 12, 0, 0, 250_000, tzinfo=UTC)
CONFIGURATION = """
timezone = "Europe/Stockholm"

[source.club]
type = "csvfile"
path = "members.csv"
"""
TARGET = """
[target.{name}]
type = "vizpin"
url = "{url}"
username = "demo"
password = "demo"
oem_key = "d0025a7d5eed4f0b9a55c0ffee0de0a1"
account = "Club"
location = "Clubhouse"
{inbound}
"""


def event(**told: Any) -> dict[str, Any]:
    known = {
        "description": "May 02 2026 01:58:00 PM CEST",
        "user_id": "a0q1",
        "readerId": "a0c1",
        "audit_date": "2026-05-02 11:58:00",
        "activity_code": 52,
    }
    return known | told


@dataclass(frozen=True, slots=True)
class Ear:
    """A hub that listens, and what it keeps."""

    url: str
    store: Store
    session: aiohttp.ClientSession

    async def push(self, what: object, path: str = "/push/phones/events") -> tuple[int, Any]:
        """The answer's status and its body, which is JSON whatever happens."""
        body = what if isinstance(what, bytes) else json.dumps(what).encode()
        async with self.session.post(self.url + path, data=BytesIO(body)) as answer:
            told = await answer.read()
            assert answer.content_type == "application/json"
            reply = read_reply(told)
            assert reply.message.strip()
            assert reply.status == answer.status
            return answer.status, json.loads(told)

    @property
    def kept(self) -> list[Noted]:
        return self.store.events.search()


@asynccontextmanager
async def listening(folder: Path, inbound: str = "", *names: str) -> AsyncIterator[Ear]:
    """A hub that VIZpin may push to as `inbound` says."""
    file = folder / "doorward.toml"
    targets = [
        TARGET.format(name=name, inbound=inbound, url=f"http://127.0.0.1:{9 + place}")
        for place, name in enumerate(names or ("phones",))
    ]
    file.write_text(CONFIGURATION + "".join(targets))
    file.chmod(0o600)
    settings = load(file)
    with open_store(settings) as store:
        desk = Desk(settings=settings, store=store, clock=lambda: NOW)
        async with running(service_app(desk)) as url, aiohttp.ClientSession() as session:
            yield Ear(url, store, session)


@pytest.mark.covers("vizpin", takes="events", rule="push-reply push-durable")
async def test_an_event_is_kept_before_it_is_answered_as_the_document_wants(tmp_path: Path):
    async with listening(tmp_path) as hub:
        assert await hub.push(event()) == (200, {"status": 200, "message": "true"})
        [noted] = hub.kept
    one = noted.happening
    assert (one.system, one.kind, one.text) == ("phones", "granted", "unlocked by phone")
    assert (one.holder, one.door, one.late) == ("a0q1", "a0c1", False)
    assert one.at == datetime(2026, 5, 2, 11, 58, tzinfo=UTC)


@pytest.mark.covers("vizpin", takes="events", rule="push-once")
async def test_an_event_that_is_sent_again_is_taken_and_kept_once(tmp_path: Path):
    async with listening(tmp_path) as hub:
        for _ in range(3):
            assert (await hub.push(event()))[0] == 200
        assert (await hub.push(event(activity_code="52")))[0] == 200
        assert len(hub.kept) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"user_id": "a0q2"},
        {"readerId": "a0c2"},
        {"activity_code": 59},
        {"audit_date": "2026-05-02 11:58:01"},
    ],
)
async def test_another_user_reader_code_or_second_is_another_event(
    tmp_path: Path, other: dict[str, Any]
):
    async with listening(tmp_path) as hub:
        await hub.push(event())
        await hub.push(event(**other))
        assert len(hub.kept) == 2


@pytest.mark.covers("vizpin", rule="push-once")
async def test_many_at_once_are_each_kept_once(tmp_path: Path):
    async with listening(tmp_path) as hub:
        pushes = (hub.push(event(user_id=f"u{number % 10}")) for number in range(40))
        assert {status for status, _ in await asyncio.gather(*pushes)} == {200}
        assert len(hub.kept) == 10


@pytest.mark.covers("vizpin", rule="push-late")
@pytest.mark.parametrize(("minutes", "late"), [(9, False), (11, True), (60 * 24 * 400, True)])
async def test_what_comes_long_after_it_happened_is_marked_late(
    tmp_path: Path, minutes: int, late: bool
):
    at = NOW - timedelta(minutes=minutes)
    async with listening(tmp_path) as hub:
        await hub.push(event(audit_date=f"{at:%Y-%m-%d %H:%M:%S}"))
        [noted] = hub.kept
    assert noted.happening.late is late


@pytest.mark.parametrize(
    ("code", "kind"),
    [(53, "granted"), (59, "denied"), (64, "denied"), (70, "door"), (101, "door"), (90, "other"),
     (4711, "other")],
)  # fmt: skip
async def test_each_code_is_a_kind_of_happening(tmp_path: Path, code: int, kind: str):
    async with listening(tmp_path) as hub:
        await hub.push(event(activity_code=code, user_id=""))
        [noted] = hub.kept
    assert (noted.happening.kind, noted.happening.holder) == (kind, "")
    assert noted.happening.text


# --- bad bodies


@pytest.mark.covers("vizpin", rule="push-refusal")
@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b"[]", "not an object"),
        (b'"52"', "not an object"),
        (b"\xff\xfe", "JSON"),
        (event(readerId=""), "readerId"),
        (event(readerId=None), "readerId"),
        (event(audit_date="yesterday"), "audit_date"),
        (event(audit_date="2026-02-30 00:00:00"), "audit_date"),
        (event(activity_code="open"), "activity_code"),
        (event(activity_code=-1), "activity_code"),
        (event(user_id=["a"]), "user_id"),
        (event(user_id="x" * 300), "user_id"),
        (event(description="\ud800"), "description"),
    ],
)
async def test_a_body_that_cannot_be_read_is_answered_with_the_reason(
    tmp_path: Path, body: object, word: str
):
    async with listening(tmp_path) as hub:
        status, told = await hub.push(body)
        assert status == 400
        assert word in told["message"]
        assert hub.kept == []


@pytest.mark.covers("vizpin", rule="push-refusal")
async def test_a_body_that_is_too_large_is_refused(tmp_path: Path):
    async with listening(tmp_path) as hub:
        status, told = await hub.push(event(description="x" * PUSH_LIMIT))
        assert status == 413
        assert str(PUSH_LIMIT) in told["message"]


@pytest.mark.covers("vizpin", rule="push-durable")
async def test_what_cannot_be_kept_is_to_be_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async def full(*_given: object) -> int:
        raise StoreBusy("the disk is full")

    with structlog.testing.capture_logs() as logged:
        async with listening(tmp_path) as hub:
            with monkeypatch.context() as patch:
                patch.setattr(hub.store.events, "note", full)
                status, told = await hub.push(event())
            assert (status, told["status"]) == (503, 503)
            assert (await hub.push(event()))[0] == 200
            assert len(hub.kept) == 1
    assert logged[0]["event"] == "push_not_kept"


# --- who may


@pytest.mark.covers("vizpin", rule="push-guarded push-refusal")
async def test_whose_address_is_not_allowed_is_told_so_in_json(tmp_path: Path):
    with structlog.testing.capture_logs() as logged:
        async with listening(tmp_path, 'inbound = { allow = ["192.0.2.0/24"] }') as hub:
            for path in ("/push/phones/events", "/push/phones/verified/a0q1"):
                status, told = await hub.push(event(), path)
                assert (status, "allow" in told["message"]) == (403, True)
            assert hub.kept == []
    assert [one["event"] for one in logged] == ["push_refused"] * 2
    assert logged[0]["target"] == "phones"


@pytest.mark.covers("vizpin", rule="push-guarded")
async def test_a_secret_is_needed_where_there_is_one_and_is_never_told(tmp_path: Path):
    paths = ("/push/phones/events", "/push/phones/events/wrong", "/push/vizpin/events",
             "/push/phones/verified/a0q1", "/push/phones/verified/wrong/a0q1")  # fmt: skip
    with structlog.testing.capture_logs() as logged:
        async with listening(tmp_path, f'inbound = {{ secret = "{SECRET}" }}') as hub:
            refused = [await hub.push(event(), path) for path in paths]
            assert {status for status, _ in refused} == {403}
            assert hub.kept == []
            assert (await hub.push(event(), f"/push/phones/events/{SECRET}"))[0] == 200
            assert (await hub.push(b"", f"/push/phones/verified/{SECRET}/a0q1"))[0] == 200
            assert len(hub.kept) == 2
    assert SECRET not in f"{logged}{refused}"


async def test_a_secret_where_there_is_none_is_refused(tmp_path: Path):
    async with listening(tmp_path) as hub:
        assert (await hub.push(event(), "/push/phones/events/anything"))[0] == 403


# --- addresses


async def test_the_only_target_is_reached_without_its_name_too(tmp_path: Path):
    async with listening(tmp_path) as hub:
        assert (await hub.push(event(), "/push/vizpin/events"))[0] == 200
        assert (await hub.push(event(), "/push/phones/events"))[0] == 200
        [noted] = hub.kept
    assert noted.happening.system == "phones"


async def test_of_several_targets_each_has_its_own_address(tmp_path: Path):
    async with listening(tmp_path, "", "north", "south") as hub:
        for name in ("north", "south"):
            assert (await hub.push(event(), f"/push/{name}/events"))[0] == 200
        assert {one.happening.system for one in hub.kept} == {"north", "south"}
        async with hub.session.post(f"{hub.url}/push/vizpin/events", data=b"{}") as answer:
            assert answer.status == 404


async def test_only_posts_are_taken(tmp_path: Path):
    async with listening(tmp_path) as hub:
        async with hub.session.get(f"{hub.url}/push/phones/events") as answer:
            assert answer.status == 405


# --- phones that were verified


@pytest.mark.covers("vizpin", takes="verified", rule="push-once")
async def test_a_verified_phone_is_noted_once_however_often_it_is_told(tmp_path: Path):
    async with listening(tmp_path) as hub:
        for _ in range(3):
            told = await hub.push(b"", "/push/phones/verified/a0q1")
            assert told == (200, {"status": 200, "message": "true"})
        await hub.push(b"", "/push/vizpin/verified/a0q2")
        kept = [noted.happening for noted in hub.kept]
    assert [one.holder for one in kept] == ["a0q2", "a0q1"]
    assert {(one.kind, one.text) for one in kept} == {
        ("other", "phone verified for the first time")
    }


@pytest.mark.covers("vizpin", takes="verified", rule="push-refusal")
@pytest.mark.parametrize("user", ["a%20b", "%C3%A5", "x" * 300])
async def test_what_cannot_be_a_user_is_refused(tmp_path: Path, user: str):
    async with listening(tmp_path) as hub:
        status, told = await hub.push(b"", f"/push/phones/verified/{user}")
        assert (status, "id of a user" in told["message"]) == (400, True)
        assert hub.kept == []
