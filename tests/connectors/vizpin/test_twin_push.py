"""What the twin tells its partner: until it is taken, in order, over restarts and TLS."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from connectors.vizpin.twin_rig import HURRIED, Frozen, Rig
from doorward.connectors.vizpin.twin import make_twin
from doorward.connectors.vizpin.twin_settings import TwinOptions
from doorward.connectors.vizpin.wire.push import Push, read_push
from doorward.net.serving import running
from net.certificates import make
from net.sockets import Heard, Server, serving

TAKEN = b'{"status": 200, "message": "true"}'


@asynccontextmanager
async def served(**options: Any) -> AsyncIterator[tuple[Rig, str, aiohttp.ClientSession]]:
    """A twin of four people on a socket; its work ends with the block."""
    twin = make_twin(TwinOptions(**{"people": 4, **options}), Frozen(), HURRIED)
    rig = Rig(twin)
    rig.login()
    async with running(twin) as url, aiohttp.ClientSession(url) as session:
        yield rig, url, session
    await twin.end()
    rig.world.close()


async def take(heard: Heard) -> None:
    await heard.answer(TAKEN)


async def post(session: aiohttp.ClientSession, name: str, **body: str) -> Any:
    async with session.post(f"/_twin/{name}", json=body) as answer:
        return await answer.json()


def phone(rig: Rig, place: int) -> str:
    return [row.user.phone for row in rig.world.store.users.rows.values()][place]


def pushed(server: Server) -> list[Push]:
    found = [read_push(heard.body) for heard in server.heard]
    assert all(isinstance(one, Push) for one in found)
    return [one for one in found if isinstance(one, Push)]


async def until(condition: Any) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


@pytest.mark.covers("vizpin", push="events", rule="push-event")
async def test_an_event_is_pushed_as_the_document_prints_it():
    async with serving(take) as server:
        async with served(push_url=f"{server.url}/push/secret-path") as (rig, _url, session):
            user = phone(rig, 0)
            told = await post(session, "unlock", user=user, reader="Main entrance")
            assert (told["opens"], told["pushed"]) == (True, True)
            [heard] = server.heard
            assert heard.head.startswith("POST /push/secret-path HTTP/1.1")
            assert "application/json" in heard.head
            body = json.loads(heard.body)
            event = told["event"]
            assert body == {
                "description": "Mar 10 2026 01:00:00 PM CET",
                "user_id": event["user_id"],
                "readerId": event["readerId"],
                "audit_date": "2026-03-10 12:00:00",
                "activity_code": 52,
            }
            assert pushed(server)[0].audit_date == datetime(2026, 3, 10, 12, tzinfo=UTC)
            assert len(rig.world.events) == 0


async def test_without_an_address_nothing_waits():
    async with served() as (rig, _url, session):
        told = await post(session, "unlock", user=phone(rig, 0), reader="Main entrance")
        assert told["pushed"] is True
        assert len(rig.world.events) == 0


NOT_TAKEN = [
    (b'{"status": 400, "message": "no"}', 200),
    (b'{"status": 200, "message": "false"}', 200),
    (TAKEN, 500),
    (TAKEN, 302),
    (b"true", 200),
    (b"", 200),
]


@pytest.mark.covers("vizpin", push="events", rule="push-until-taken")
async def test_a_push_is_repeated_until_it_is_taken_in_http_and_in_the_body():
    left = list(NOT_TAKEN)

    async def refuse(heard: Heard) -> None:
        body, status = left.pop(0) if left else (TAKEN, 200)
        await heard.answer(body, status, "Location: /elsewhere\r\n" if status == 302 else "")

    async with serving(refuse) as server:
        async with served(push_url=server.url) as (rig, _url, session):
            told = await post(session, "unlock", user=phone(rig, 0), reader="Main entrance")
            assert told["pushed"] is False
            await until(lambda: len(rig.world.events) == 0)
    assert len(server.heard) == len(NOT_TAKEN) + 1
    assert len({heard.body for heard in server.heard}) == 1


@pytest.mark.covers("vizpin", push="events", rule="push-until-taken")
async def test_a_receiver_that_was_away_gets_everything_in_the_order_of_happening():
    there = False

    async def answer(heard: Heard) -> None:
        if there:
            await heard.answer(TAKEN)
        else:
            heard.reset()

    async with serving(answer) as server:
        async with served(push_url=server.url) as (rig, _url, session):
            readers = ["Main entrance", "Gym", "Pool", "Office"]
            for name in readers:
                told = await post(session, "unlock", user=phone(rig, 0), reader=name)
                assert told["pushed"] is False
            assert len(rig.world.events) == 4
            async with session.get("/_twin/") as page:
                assert "4 waiting to be pushed" in await page.text()
            server.heard.clear()
            there = True
            await until(lambda: len(rig.world.events) == 0)
            names = {row.id: row.reader.name for row in rig.world.store.readers.rows.values()}
            told_of = dict.fromkeys(one.reader_id for one in pushed(server))
            assert [names[ident] for ident in told_of] == readers


@pytest.mark.covers("vizpin", push="events", rule="push-until-taken")
async def test_what_waits_survives_a_restart_and_goes_on_by_itself(tmp_path: Path):
    file = tmp_path / "twin.db"
    async with served(push_url="http://127.0.0.1:9/", state=file) as (rig, _url, session):
        user = phone(rig, 0)
        await post(session, "unlock", user=user, reader="Gym")
        await post(session, "unlock", user=user, reader="Pool")
    async with serving(take) as server:
        twin = make_twin(TwinOptions(people=4, push_url=server.url, state=file), Frozen(), HURRIED)
        twin.begin()
        rig = Rig(twin)
        await until(lambda: len(rig.world.events) == 0)
        await twin.end()
        rig.world.close()
    assert len(server.heard) == 2
    twin = make_twin(TwinOptions(people=4, push_url=server.url, state=file), Frozen(), HURRIED)
    assert len(Rig(twin).world.events) == 0
    Rig(twin).world.close()


async def test_so_many_wait_at_most_and_the_oldest_makes_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("doorward.connectors.vizpin.twin.outbox.MOST", 2)
    async with served(push_url="http://127.0.0.1:9/") as (rig, _url, _session):
        await rig.twin.end()
        user, reader = min(rig.world.store.users.rows), min(rig.world.store.readers.rows)
        for _ in range(5):
            rig.unlock(user, reader)
        assert (len(rig.world.events), rig.world.events.dropped) == (2, 3)


async def test_a_reset_forgets_what_waits():
    async with served(push_url="http://127.0.0.1:9/") as (rig, _url, session):
        await post(session, "unlock", user=phone(rig, 0), reader="Gym")
        async with session.post("/_twin/reset") as answer:
            assert answer.status == 204
        assert len(rig.world.events) == 0


@pytest.mark.covers("vizpin", push="events", rule="first-in-opens", happens="38")
async def test_the_end_of_first_in_mode_is_pushed_when_it_comes():
    element = {"tuesday_begin": "08:00 AM", "tuesday_end": "05:00 PM"}
    schedule = {"type": "firstin", "scheduleelement": element}
    on = {"first_in_mode": "on", "first_in_schedule": schedule}
    async with serving(take) as server:
        async with served(push_url=server.url) as (rig, _url, session):
            reader = min(rig.world.store.readers.rows)
            rig.ok("reader.edit", edit_reader={"id": reader, "readersettings": on})
            await post(session, "unlock", user=phone(rig, 0), reader=reader)
            rig.at("2026-03-10T18:00:00+01:00")
            await until(lambda: len(server.heard) == 3)
            begun, ended = pushed(server)[1:]
            assert (begun.activity_code, ended.activity_code) == (37, 38)
            assert (begun.user_id, ended.user_id) == ("", "")
            assert ended.audit_date == datetime(2026, 3, 10, 16, tzinfo=UTC)


# --- the pre-registration call


@pytest.mark.covers("vizpin", push="verified", rule="push-verified")
async def test_a_verified_phone_is_told_with_the_users_id_and_no_body():
    async with serving(take) as server:
        async with served(verify_url=f"{server.url}/verified/") as (rig, _url, session):
            user = rig.user()
            told = await post(session, "verify", user=user["phone"])
            assert told == {"user": user["id"], "pushed": True}
            [heard] = server.heard
            assert heard.head.startswith(f"POST /verified/{user['id']} HTTP/1.1")
            assert heard.body == b""
            assert rig.ok("user.get", userid=user["id"])["user"]["phoneconfirmation"] == "X"
            assert "verified already" in (await post(session, "verify", user=user["id"]))["error"]
            assert len(server.heard) == 1


# --- where it may push to


@pytest.mark.parametrize("name", ["push_url", "verify_url"])
def test_only_this_machine_is_told_anything_unless_told_otherwise(name: str):
    outside: dict[str, Any] = {name: "https://hub.example.org/push"}
    with pytest.raises(ValueError, match="not on this machine"):
        TwinOptions(**outside)
    TwinOptions(**outside, push_outside=True)
    TwinOptions(**{name: "http://localhost:1/x"})
    for url in ("ftp://127.0.0.1/", "127.0.0.1:80", "http://"):
        with pytest.raises(ValueError, match=name):
            TwinOptions(**{name: url})


def test_a_certificate_comes_with_its_key(tmp_path: Path):
    with pytest.raises(ValueError, match="go together"):
        TwinOptions(push_cert=tmp_path / "a.pem")
    options = TwinOptions(push_cert=tmp_path / "a.pem", push_key=tmp_path / "a.key")
    with pytest.raises(ValueError, match="cannot be used"):
        make_twin(options)


async def test_the_twin_shows_its_own_certificate_and_checks_the_partners(tmp_path: Path):
    (tmp_path / "partner").mkdir()
    partner, own = make(tmp_path / "partner", "127.0.0.1"), make(tmp_path, "127.0.0.2")
    partner.context.verify_mode = ssl.CERT_REQUIRED
    partner.context.load_verify_locations(own.file)
    shown = []

    async def look(heard: Heard) -> None:
        shown.append(heard.writer.get_extra_info("peercert"))
        await heard.answer(TAKEN)

    tls = {"push_cert": own.file, "push_key": own.file.with_suffix(".key")}
    async with serving(look, partner.context) as server:
        trusting = {**tls, "push_ca": partner.file, "push_url": server.url}
        async with served(**trusting) as (rig, _url, session):
            told = await post(session, "unlock", user=phone(rig, 0), reader="Gym")
            assert told["pushed"] is True
        assert shown[0]["subject"]
        async with served(**tls, push_url=server.url) as (rig, _url, session):
            told = await post(session, "unlock", user=phone(rig, 0), reader="Gym")
            assert told["pushed"] is False
            assert "Certificate" in rig.world.events.trouble
    assert len(shown) == 1
