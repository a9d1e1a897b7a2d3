"""What is pushed to the hub over HTTP: who may, what comes of it, what is refused and why."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
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
from doorward.connectors.hikvision.twin import hikvision_twin
from doorward.connectors.hikvision.wire.event import PUSH_LIMIT
from doorward.net.serving import running
from doorward.storage.events import Noted
from doorward.storage.store import Store

SECRET = "0123456789abcdef-hush"
CONFIGURATION = """
timezone = "Europe/Stockholm"

[source.club]
type = "csvfile"
path = "members.csv"

[target.main-door]
type = "hikvision"
url = "{door}"
username = "demo"
password = "demo"
"""


def notice(serial: int = 90, **detail: Any) -> dict[str, Any]:
    told = {
        "majorEventType": 5,
        "subEventType": 75,
        "employeeNoString": "4021",
        "name": "Eva Lind",
        "doorNo": 1,
        "serialNo": serial,
        "currentEvent": True,
    }
    return {
        "dateTime": "2026-05-02T12:00:00",
        "eventType": "AccessControllerEvent",
        "AccessControllerEvent": told | detail,
    }


@dataclass(frozen=True, slots=True)
class Ear:
    """A hub that listens, and what it keeps."""

    url: str
    store: Store
    session: aiohttp.ClientSession

    async def push(
        self, what: object, path: str = "/push/main-door", **given: Any
    ) -> tuple[int, str]:
        body = what if isinstance(what, (bytes, AsyncIterator)) else json.dumps(what).encode()
        data = BytesIO(body) if isinstance(body, bytes) else body
        async with self.session.post(self.url + path, data=data, **given) as answer:
            return answer.status, await answer.text()

    @property
    def kept(self) -> list[Noted]:
        return self.store.events.search()


@asynccontextmanager
async def listening(
    folder: Path, inbound: str = "", door: str = "http://127.0.0.1:9"
) -> AsyncIterator[Ear]:
    """A hub whose terminal may push as `inbound` says."""
    file = folder / "doorward.toml"
    file.write_text(CONFIGURATION.format(door=door) + inbound)
    file.chmod(0o600)
    settings = load(file)
    with open_store(settings) as store:
        async with (
            running(service_app(Desk(settings=settings, store=store))) as url,
            aiohttp.ClientSession() as session,
        ):
            yield Ear(url, store, session)


async def test_a_push_is_kept_before_it_is_answered_and_counted_once(tmp_path: Path):
    async with listening(tmp_path) as hub:
        status, told = await hub.push(notice())
        assert (status, json.loads(told)) == (200, {"events": 1, "new": 1})
        [noted] = hub.kept
        assert json.loads((await hub.push(notice()))[1]) == {"events": 1, "new": 0}
        assert hub.kept == [noted]
    assert (noted.happening.holder, noted.happening.text) == ("4021", "granted by face")
    assert noted.happening.at.isoformat() == "2026-05-02T10:00:00+00:00"


async def test_a_heartbeat_is_taken_and_nothing_kept(tmp_path: Path):
    async with listening(tmp_path) as hub:
        beat = {"dateTime": "2026-05-02T12:00:00+02:00", "eventType": "heartBeat"}
        assert (await hub.push(beat))[0] == 200
        assert hub.kept == []


async def test_many_at_once_are_each_kept_once(tmp_path: Path):
    async with listening(tmp_path) as hub:
        await asyncio.gather(*(hub.push(notice(number % 10)) for number in range(40)))
        assert len(hub.kept) == 10


async def test_whose_address_is_not_allowed_is_refused_whatever_a_header_says(tmp_path: Path):
    async with listening(tmp_path, 'inbound = { allow = ["192.0.2.0/24"] }\n') as hub:
        for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
            status, why = await hub.push(notice(), headers={name: "192.0.2.7"})
            assert (status, "allow" in why) == (403, True)
        assert hub.kept == []


async def test_a_secret_is_needed_where_there_is_one_and_is_never_told(tmp_path: Path):
    with structlog.testing.capture_logs() as logged:
        async with listening(tmp_path, f'inbound = {{ secret = "{SECRET}" }}\n') as hub:
            refused = [
                await hub.push(notice(), f"/push/main-door{part}")
                for part in ("", "/wrong", f"/{SECRET}x", "/%C3%A5")
            ]
            assert {status for status, _ in refused} == {403}
            assert hub.kept == []
            assert (await hub.push(notice(), f"/push/main-door/{SECRET}"))[0] == 200
            assert len(hub.kept) == 1
    assert len(logged) == len(refused)
    assert SECRET not in f"{logged}{refused}"


async def test_a_secret_where_there_is_none_is_refused(tmp_path: Path):
    async with listening(tmp_path) as hub:
        assert (await hub.push(notice(), "/push/main-door/anything"))[0] == 403


async def test_a_target_that_is_not_there_is_refused(tmp_path: Path):
    async with listening(tmp_path) as hub:
        status, why = await hub.push(notice(), "/push/back-door")
        assert (status, "back-door" in why) == (404, True)
        async with hub.session.get(f"{hub.url}/push/main-door") as answer:
            assert answer.status == 405


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"{}", b"\xff\xfe", b"[" * 5000])
async def test_what_cannot_be_read_is_refused_with_the_reason(tmp_path: Path, body: bytes):
    async with listening(tmp_path) as hub:
        status, why = await hub.push(body)
        assert (status, why.startswith("this cannot be read: ")) == (400, True)
        assert hub.kept == []


async def test_too_much_is_refused_whether_its_length_is_told_or_not(tmp_path: Path):
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(PUSH_LIMIT // 65536 + 2):
            yield b" " * 65536

    async with listening(tmp_path) as hub:
        for body in (b" " * (PUSH_LIMIT + 1), endless()):
            try:
                status, why = await hub.push(body)
            except aiohttp.ClientError:  # it hung up while we were still sending
                continue
            assert (status, str(PUSH_LIMIT) in why) == (413, True)
        assert (await hub.push(notice()))[0] == 200


async def test_a_push_that_is_cut_off_is_not_kept_and_hurts_nobody(tmp_path: Path):
    async with listening(tmp_path) as hub:
        port = int(hub.url.rpartition(":")[2])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        whole = json.dumps(notice(1)).encode()
        head = f"POST /push/main-door HTTP/1.1\r\nHost: hub\r\nContent-Length: {len(whole) + 1}"
        writer.write(head.encode() + b"\r\n\r\n" + whole)
        await writer.drain()
        writer.close()
        assert (await hub.push(notice(2)))[0] == 200
        assert [noted.happening.serial for noted in hub.kept] == ["2"]


async def test_what_cannot_be_kept_is_not_answered_with_200(tmp_path: Path):
    async with listening(tmp_path) as hub:
        with sqlite3.connect(tmp_path / "doorward.db") as other:
            other.execute("drop table events")
        other.close()
        status, _ = await hub.push(notice())
        assert status in {500, 503}


async def test_what_is_pushed_makes_the_hub_say_nothing_to_the_door(tmp_path: Path):
    door = hikvision_twin("demo", "demo", people=3)
    async with running(door) as url, listening(tmp_path, door=url) as hub:
        for serial, late in enumerate((False, True), 1):
            told = notice(serial, employeeNoString="10001", currentEvent=not late)
            assert (await hub.push(told))[0] == 200
    assert list(door.calls) == []


async def test_its_health_says_when_a_terminal_told_something_last(tmp_path: Path):
    async with listening(tmp_path) as hub:
        seen = []
        for serial in (0, 7):
            if serial:
                await hub.push(notice(serial, currentEvent=False))
            async with hub.session.get(f"{hub.url}/healthz") as answer:
                seen.append((await answer.json())["last_events"]["main-door"])
    assert seen[0] is None
    assert (seen[1]["kind"], seen[1]["late"]) == ("granted", True)
    assert "Eva" not in str(seen)


async def test_a_certificate_is_needed_where_the_configuration_names_one(tmp_path: Path):
    shown = "ab" * 32
    async with listening(tmp_path, f'inbound = {{ certificate = "{shown}" }}\n') as hub:
        status, why = await hub.push(notice())
        assert (status, "certificate" in why) == (403, True)
        assert hub.kept == []
