"""A club's register and its door, both twins on real sockets, and a hub with its own store."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doorward.app.config import Settings, load
from doorward.app.hub import open_store
from doorward.app.runs import Desk, sync
from doorward.connectors.cardskipper.twin import cardskipper_twin
from doorward.connectors.hikvision.twin import hikvision_twin
from doorward.core.sync import Report
from doorward.net.serving import running
from doorward.storage.store import Store
from doorward.twinkit.twin import Twin

CONFIGURATION = """
timezone = "Europe/Stockholm"

[source.club]
type = "cardskipper"
url = "{register}"
organisation = 123
username = "demo"
password = "demo"

[target.main-door]
type = "hikvision"
url = "{door}"
username = "demo"
password = "demo"
match = ["link", "email", "employee_no", "extra"]
{policy}
"""


@dataclass(frozen=True, slots=True)
class Town:
    """Both twins, and what leads to them."""

    register: Twin
    door: Twin
    register_url: str
    door_url: str
    file: Path

    @property
    def settings(self) -> Settings:
        return load(self.file)

    async def sync(self) -> Report:
        """One run with a store that is opened for it and closed after it."""
        with open_store(self.settings) as store:
            return await sync(Desk(settings=self.settings, store=store), "test")

    def store(self) -> Store:
        return open_store(self.settings)

    def members(self) -> list[dict[str, Any]]:
        members: list[dict[str, Any]] = json.loads(self.register.world.document())["members"]
        return members

    def change_members(self, change: Callable[[list[dict[str, Any]]], None]) -> None:
        edit(self.register, lambda document: change(document["members"]))

    def ends(self) -> dict[str, str]:
        """What the door says of everybody: the end of access by employee number."""
        users = json.loads(self.door.world.document())["users"]
        return {user["employeeNo"]: user["Valid"]["endTime"] for user in users}

    def wanted(self) -> dict[str, str]:
        """What the door is to say when it is in step."""
        return {
            member["id"]: f"{max(role['end'] for role in member['roles'])}T23:59:59"
            for member in self.members()
        }

    def writes(self) -> list[str]:
        """The changes that the door was asked for, each with the body as it came."""
        return [
            call.body.decode()
            for call in self.door.calls
            if call.path.lower().partition("?")[0].endswith("/userinfo/modify")
        ]


def edit(twin: Twin, change: Callable[[Any], None]) -> None:
    """Set a twin's state anew, as `PUT /_twin/state` does."""
    document = json.loads(twin.world.document())
    change(document)
    twin.world.restore(json.dumps(document).encode())


@asynccontextmanager
async def town(
    folder: Path, *, people: int = 20, profile: str = "documented", policy: str = ""
) -> AsyncIterator[Town]:
    """Both twins up, agreeing but for what their seed makes stale."""
    register = cardskipper_twin("demo", "demo", people=people)
    door = hikvision_twin("demo", "demo", people=people, profile=profile)
    async with running(register) as register_url, running(door) as door_url:
        file = folder / "doorward.toml"
        file.write_text(CONFIGURATION.format(register=register_url, door=door_url, policy=policy))
        file.chmod(0o600)
        yield Town(register, door, register_url, door_url, file)
