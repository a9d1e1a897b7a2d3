"""What happens on the stage: somebody pays, the register loses half, a phone opens a door, cars."""

import asyncio
import json
import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import aiohttp

from doorward.app.demo.stage import Stage
from doorward.twinkit.clock import ClockOrder
from doorward.twinkit.faults import Fault
from doorward.twinkit.twin import Twin

CARS = 40  # that come on one day at most
PATIENCE = 20.0  # seconds until everything is told that happened
POOL = "3"  # the role of those who park


def renewal(on: Stage, days: int) -> str:
    """Somebody pays for so many days more; her name."""
    found: dict[str, str] = {}

    def change(document: Any) -> None:
        member = next(one for one in document["members"] if len(one["roles"]) == 1)
        role = member["roles"][0]
        role["end"] = (date.fromisoformat(role["end"]) + timedelta(days=days)).isoformat()
        found["name"] = f"{member['first_name']} {member['last_name']}"

    _edit(on.twins["register"], change)
    return found["name"]


def half_gone(on: Stage) -> int:
    """The register suddenly tells of half its members only; how many that is."""

    def change(document: Any) -> None:
        document["members"] = document["members"][::2]

    return len(_edit(on.twins["register"], change)["members"])


def broken_register(on: Stage) -> None:
    """The register's line breaks in every export."""
    on.twins["register"].faults.order([Fault("Member/Export", "drop")])


def _edit(twin: Twin, change: Callable[[Any], None]) -> Any:
    document = json.loads(twin.world.document())
    change(document)
    twin.world.restore(json.dumps(document).encode())
    return document


async def phone_at_door(on: Stage, reader: str) -> None:
    """Two phones are held to a reader: a member's, and that of somebody from next door."""
    cloud = json.loads(on.twins["phones"].world.document())
    holding = {one["vizpin"]["userid"] for one in cloud["vizpins"]}
    users = [one["user"] for one in cloud["users"]]
    may = next(one for one in users if one["id"] in holding)
    for user in (may, users[-1]):
        await _post(on.urls["phones"], "unlock", {"user": user["id"], "reader": reader})
    await _until(lambda: len(on.desk.store.events.search(system="phones")) == 2)


async def traffic(on: Stage, day: date, seed: int = 1) -> int:
    """A day at the car park: who may comes and goes; how many came in.

    The clock, which is the hub's as well, moves on once the hub has heard of each.
    """
    came = 0
    for at, barrier, plate in _timetable(on, day, seed):
        on.twins["garage"].world.clock.order(ClockOrder(now=at))
        told = await _post(on.urls["garage"], barrier, {"medium": {"type": 2, "id": plate}})
        if told["opens"]:
            came += barrier == "drive-in"
            await _until(partial(_heard, on, told["visit"], over=barrier == "drive-out"))
    return came


def _heard(on: Stage, visit: str, *, over: bool) -> bool:
    known = on.desk.store.parking.visit("garage", visit)
    return known is not None and (known.state != "open") == over


def _timetable(on: Stage, day: date, seed: int) -> list[tuple[datetime, str, str]]:
    dice = random.Random(seed)  # noqa: S311  # invention, not cryptography
    zone = on.settings.targets["garage"].zone
    passages: list[tuple[datetime, str, str]] = []
    for plate in _plates(on):
        comes = datetime.combine(day, time(6), zone) + timedelta(minutes=dice.randrange(600))
        leaves = comes + timedelta(minutes=dice.randrange(20, 420))
        passages += [(comes, "drive-in", plate), (leaves, "drive-out", plate)]
    return sorted(passages)


def _plates(on: Stage) -> list[str]:
    members = json.loads(on.twins["register"].world.document())["members"]
    swimmers = [one for one in members if any(role["role"] == POOL for role in one["roles"])]
    return [plate for one in swimmers for plate in _plates_of(one.get("tags", []))][:CARS]


def _plates_of(tags: list[str]) -> Iterator[str]:
    return (tag.partition(": ")[2] for tag in tags if tag.startswith("plate: "))


async def _post(url: str, path: str, document: object) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/_twin/{path}", json=document) as answer,
    ):
        answer.raise_for_status()
        found: dict[str, Any] = await answer.json()
        return found


async def _until(holds: Callable[[], bool]) -> None:
    """Wait until it holds, and not for ever: what was not told yet is told later."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110  # what is waited for comes over the network
            await asyncio.sleep(0.05)
