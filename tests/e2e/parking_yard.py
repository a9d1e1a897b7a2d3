"""A car park, a hall, and the hub that serves both: twins on real sockets, in one process."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from doorward.app.config import load
from doorward.app.hub import open_store
from doorward.app.runs import Desk
from doorward.app.service import keep_in_step, service_app
from doorward.connectors.hikvision.twin import hikvision_twin
from doorward.connectors.wincardcore.twin import wincardcore_twin
from doorward.connectors.wincardcore.twin_settings import TwinOptions
from doorward.net.serving import running
from doorward.storage.store import Store
from doorward.twinkit.twin import Twin
from e2e.programs import doorward
from net.sockets import free_port

CONFIGURATION = """
timezone = "Europe/Berlin"

[source.club]
type = "csvfile"
path = "members.csv"

[target.garage]
type = "wincardcore"
url = "{garage}"
client_id = "doorward"
auth_key = "demo-auth-key"
sig_key = "demo-sig-key"

[target.garage.inbound]
client_id = "garage-1"
auth_key = "demo-auth-key"
sig_key = "demo-sig-key"

[target.hall]
type = "hikvision"
url = "{hall}"
username = "demo"
password = "demo"
missing = "create"

[[rule]]
name = "members park"
roles = ["Member", "Trainer"]
grant = [{{ target = "garage", category = 1 }}]

[[rule]]
name = "members train"
roles = ["Member"]
grant = ["hall"]
blocked_by = ["garage"]

[[rule]]
name = "trainers train others"
roles = ["Trainer"]
grant = ["hall"]

[[rule]]
name = "cars of the workshop"
roles = ["Tester"]
grant = [{{ target = "garage", variant = 1 }}]

[run]
interval_minutes = 600
{more}
"""
HEAD = "member,first name,last name,email,from,until,role,plate"
ANNA = "1,Anna,Berg,anna@club.example,2020-01-01,2035-12-31,Member,M-AB 123"
BEA = "2,Bea,Lund,bea@club.example,2020-01-01,2035-12-31,Trainer,M-CD 45"
TEST = "3,Test,Car,test@club.example,2020-01-01,2035-12-31,Tester,M-TT 1"


@dataclass(frozen=True, slots=True)
class Yard:
    """All of it, and what is done there."""

    folder: Path
    garage: Twin
    garage_url: str
    hall: Twin
    store: Store

    async def post(self, path: str, **document: Any) -> dict[str, Any]:
        """One of the twin's controls, by what a person does there."""
        return await self._control("POST", path, document)

    async def clock(self, now: str) -> None:
        """Set the car park's clock."""
        await self._control("PUT", "clock", {"now": now})

    async def clock_right(self) -> None:
        """Set it right again: before that the hub takes none of its signatures."""
        await self._control("PUT", "clock", {})

    async def _control(self, method: str, path: str, document: object) -> dict[str, Any]:
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, f"{self.garage_url}/_twin/{path}", json=document) as answer,
        ):
            assert answer.status in (200, 204), await answer.text()
            found: dict[str, Any] = json.loads(await answer.read() or b"{}")
            return found

    async def at(self, barrier: str, plate: str) -> dict[str, Any]:
        """Somebody holds a plate against a barrier, which opens."""
        done = await self.post(barrier, medium={"type": 2, "id": plate})
        assert done["opens"], done
        return done

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.garage.world.document())
        return found

    def blocked(self) -> dict[str, int]:
        """What the car park's whitelist says of each card."""
        accounts = self.state()["accounts"]
        return {card["CardKey"]: card["Blocked"] for one in accounts for card in one["Card"]}

    def ends(self) -> dict[str, str]:
        """Until when the hall lets each in, by name."""
        users = json.loads(self.hall.world.document())["users"]
        return {user["name"]: user["Valid"]["endTime"] for user in users}

    async def told(self) -> None:
        """Wait until the car park has nothing left to tell."""
        await self.post("operator", do="retry")
        await until(lambda: not self.garage.world.garage.outbox)  # type: ignore[attr-defined]

    async def doorward(self, *given: str, code: int = 0) -> str:
        """A command of the hub, as a program beside it."""
        return await asyncio.to_thread(doorward, *given, folder=self.folder, code=code)


@asynccontextmanager
async def yard(folder: Path, *members: str, more: str = "") -> AsyncIterator[Yard]:
    """All up and in step; the hub runs again when something asks it to."""
    port = free_port()
    garage = wincardcore_twin(TwinOptions(peer_url=f"http://127.0.0.1:{port}"))
    hall = hikvision_twin("demo", "demo", people=0)
    (folder / "members.csv").write_text("\n".join((HEAD, *members)) + "\n")
    file = folder / "doorward.toml"
    async with running(garage) as garage_url, running(hall) as hall_url:
        file.write_text(CONFIGURATION.format(garage=garage_url, hall=hall_url, more=more))
        file.chmod(0o600)
        settings = load(file)
        with open_store(settings) as store:
            desk, stop = Desk(settings=settings, store=store), asyncio.Event()
            async with running(service_app(desk), port):
                serving = asyncio.create_task(keep_in_step(desk, stop))
                await until(lambda: store.runs.last() and store.runs.last().ended)  # type: ignore[union-attr]
                yield Yard(folder, garage, garage_url, hall, store)
                stop.set()
                await serving


async def until(holds: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)
