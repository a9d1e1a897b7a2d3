"""Events read by the client, and events pushed by the twin."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from doorward.connectors.hikvision.history import Wanted, read_events
from doorward.connectors.hikvision.wire.event import Event, EventCondition, EventPage, read_push
from doorward.connectors.hikvision.wire.failures import TerminalRefused
from doorward.connectors.hikvision.wire.hosts import Host, Hosts, read_hosts, write_hosts
from doorward.net.serving import running
from doorward.twinkit.clock import ClockOrder

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def event(serial: int, *, at: datetime = NOW, who: str = "1") -> Event:
    return Event(major=5, minor=1, time=at, serial_no=serial, employee_no_string=who)


@pytest.mark.parametrize("profile", ["documented", "k1t342", "k1t673", "generic-v4"])
async def test_events_within_bounds_are_read_from_every_model(rig: Any, profile: str):
    async with rig(profile) as door:
        for number in range(70):
            await door.world.open(str(10_001 + number % 2), 1)
        door.world.clock.order(ClockOrder(advance=7200))
        await door.world.open("10001", 1)
        noon = door.world.clock() - timedelta(hours=1)
        everything = await door.client.events()
        late = await door.client.events(Wanted(since=noon))
        early = await door.client.events(Wanted(until=noon, employee_no="10001"))
        fresh = await door.client.events(Wanted(after_serial=69))

    assert [one.serial_no for one in everything.items] == list(range(1, 72))
    assert [one.serial_no for one in late.items] == [71]
    assert len(early.items) == 35
    assert [one.serial_no for one in fresh.items] == [70, 71]
    assert everything.complete


def test_bounds_without_an_offset_cannot_be_asked_for():
    with pytest.raises(ValueError, match="offset"):
        Wanted(since=datetime(2026, 1, 1))


def test_an_event_without_an_offset_counts_as_in_time():
    assert Wanted(since=NOW).holds(event(1, at=datetime(2020, 1, 1)))
    assert not Wanted(since=NOW).holds(event(1, at=NOW - timedelta(days=1)))
    assert not Wanted(until=NOW).holds(event(1, at=NOW + timedelta(days=1)))
    assert not Wanted(employee_no="2").holds(event(1))
    assert not Wanted(after_serial=1).holds(event(1))


async def test_a_refusal_without_bounds_is_a_refusal():
    async def refused(_asked: EventCondition) -> EventPage:
        raise TerminalRefused("no")

    with pytest.raises(TerminalRefused):
        await read_events(refused, Wanted(), "1")


@pytest.mark.parametrize(
    ("pages", "reason"),
    [
        ([EventPage("1", "MORE", 9, (event(1),)), EventPage("1", "NO MATCH", 9, ())], "1 of 9"),
        ([EventPage("1", "OK", 2, (event(1),), faulty=1)], "1 events could not be read"),
        ([EventPage("1", "MORE", None, (event(1),))], "only the first 5"),
        ([EventPage("1", "OK", None, (event(1),))], ""),
    ],
)
async def test_what_is_missing_is_said(pages: list[EventPage], reason: str):
    left = list(pages)

    async def page_of(_asked: EventCondition) -> EventPage:
        return left.pop(0) if len(left) > 1 else left[0]

    found = await read_events(page_of, Wanted(most=5), "1")
    assert reason in found.reason
    assert found.complete is (not reason)


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[Host, list[Any], dict[str, int]]]:
    """A listener, what it heard, and what it answers."""
    heard: list[Any] = []
    answers = {"status": 200}

    async def hear(request: Request) -> Response:
        if answers["status"] == 200:
            heard.append(read_push(request.headers["content-type"], await request.body()))
        return Response(status_code=answers["status"])

    app = Starlette(routes=[Route("/events", hear, methods=["POST"])])
    async with running(app) as url:
        port = int(url.rpartition(":")[2])
        yield Host(id="1", url="/events", ip_address="127.0.0.1", port_no=port), heard, answers


async def test_an_event_is_pushed_to_a_listener(rig: Any):
    async with listening() as (host, heard, _), rig("k1t342") as door:
        async with aiohttp.ClientSession() as session:
            door.state(hosts=[_plain(host)])
            async with session.post(
                f"{door.url}/_twin/open", json={"employeeNo": "10001", "door": 1}
            ) as answer:
                told = await answer.json()
    (pushed,) = heard
    assert (told["opens"], told["meaning"], told["pushed"]) == (True, "card", 1)
    assert pushed.current
    assert pushed.device == "00:00:5e:00:53:01"
    assert pushed.event.employee_no_string == "10001"
    assert told["event"]["serialNo"] == pushed.event.serial_no


def _plain(host: Host) -> dict[str, Any]:
    return {"id": host.id, "url": host.url, "ipAddress": host.ip_address, "portNo": host.port_no}


async def test_what_a_listener_missed_comes_first_and_is_marked(rig: Any):
    async with listening() as (host, heard, answers), rig("k1t342") as door:
        door.state(hosts=[_plain(host)])
        answers["status"] = 503
        await door.world.open("10001", 1)
        await door.world.open("10002", 1)
        assert door.world.pusher.waiting() == 2
        answers["status"] = 200
        await door.world.open("10003", 1)

    assert [(push.event.serial_no, push.current) for push in heard] == [
        (1, False), (2, False), (3, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "host",
    [
        {"id": "1", "ipAddress": "192.0.2.1"},
        {"id": "1", "ipAddress": "127.0.0.1", "protocolType": "HTTPS"},
        {"id": "1"},
    ],
)
async def test_only_listeners_on_this_machine_are_called(rig: Any, host: dict[str, str]):
    async with rig("k1t342") as door:
        door.state(hosts=[host])
        _, taken = await door.world.open("10001", 1)
        assert (taken, door.world.pusher.waiting()) == (0, 0)


async def test_a_listener_that_is_not_there_costs_nothing_but_the_push(rig: Any):
    async with rig("k1t342") as door:
        door.state(hosts=[{"id": "1", "ipAddress": "127.0.0.1", "portNo": 9}])
        _, taken = await door.world.open("10001", 1)
        assert (taken, door.world.pusher.waiting()) == (0, 1)
        door.world.reset()
        assert door.world.pusher.waiting() == 0


async def test_listeners_are_set_and_read_by_the_protocol(rig: Any):
    hosts = Hosts((Host(id="1", url="/e", ip_address="127.0.0.1", port_no=9000),))
    path = "/ISAPI/Event/notification/httpHosts"
    async with rig("k1t673") as door:
        login = aiohttp.DigestAuthMiddleware("admin", "right-password")
        async with aiohttp.ClientSession(middlewares=(login,)) as session:
            async with session.put(door.url + path, data=write_hosts(hosts)) as answer:
                assert answer.status == 200
            async with session.get(door.url + path) as answer:
                assert read_hosts(await answer.read()) == hosts


@pytest.mark.parametrize("body", [b"", b"{}", b'{"employeeNo":5}', b'{"employeeNo":"1","gate":2}'])
async def test_a_senseless_opening_is_refused(rig: Any, body: bytes):
    async with rig("k1t342") as door, aiohttp.ClientSession() as session:
        async with session.post(f"{door.url}/_twin/open", data=body) as answer:
            assert answer.status == 400
            assert "error" in await answer.json()


async def test_who_may_open_changes_with_the_clock(rig: Any):
    async with rig("documented") as door:
        end = datetime.fromisoformat(door.stored("10001")["Valid"]["endTime"])
        zone = door.world.terminal.zone
        seen = []
        for seconds in (-1, 0, 1):
            moment = (end + timedelta(seconds=seconds)).replace(tzinfo=zone)
            door.world.clock.order(ClockOrder(now=moment))
            happened, _ = await door.world.open("10001", 1)
            seen.append(happened.meaning.text)
            await asyncio.sleep(0)
    assert seen == ["card", "card", "expired"]
