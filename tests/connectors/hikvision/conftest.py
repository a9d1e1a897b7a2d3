"""A twin on a real socket and a client on a real line to it."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from doorward.connectors.hikvision.client import HikvisionClient
from doorward.connectors.hikvision.session import Patience
from doorward.connectors.hikvision.twin import HikvisionWorld, hikvision_twin
from doorward.net.calls import Call
from doorward.net.line import Limits, Line, Login
from doorward.net.secrets import Secret
from doorward.net.serving import running
from doorward.twinkit.clock import TwinClock
from doorward.twinkit.faults import Fault
from doorward.twinkit.twin import Twin

RIGHT = "right-password"
QUICK = Limits(connect=2.0, total=5.0)
HURRIED = Patience(attempts=3, wait=0.0, wait_max=0.0, poll=0.0, deletion=5.0)


@dataclass
class Rig:
    """A twin, where it listens, a client of it, and what was said."""

    twin: Twin
    url: str
    client: HikvisionClient
    line: Line
    said: list[Call]

    @property
    def world(self) -> HikvisionWorld:
        world = self.twin.world
        assert isinstance(world, HikvisionWorld)
        return world

    def fault(self, match: str, kind: Any, times: int | None = 1, seconds: float = 0.0) -> None:
        self.twin.faults.ordered.append(Fault(match, kind, times, seconds))

    def paths(self) -> list[str]:
        return [f"{call.method} {call.path.partition('?')[0]}" for call in self.twin.calls]

    def writes(self) -> list[str]:
        return [path for path in self.paths() if path.lower().endswith("/modify")]

    def state(self, **parts: Any) -> None:
        self.world.restore(msgspec.json.encode(parts))

    def stored(self, employee_no: str) -> dict[str, Any]:
        users = msgspec.json.decode(self.world.document())["users"]
        found: dict[str, Any] = next(user for user in users if user["employeeNo"] == employee_no)
        return found


MakeRig = Callable[..., AbstractAsyncContextManager[Rig]]


@asynccontextmanager
async def make_rig(
    profile: str = "documented",
    *,
    people: int = 25,
    seed: int = 1,
    password: str = RIGHT,
    settings: Mapping[str, object] | None = None,
    clock: TwinClock | None = None,
    state: Path | None = None,
    limits: Limits = QUICK,
    **client: Any,
) -> AsyncIterator[Rig]:
    twin = hikvision_twin(
        "admin", RIGHT, people, seed, profile, state, settings=settings, clock=clock
    )
    said: list[Call] = []
    async with (
        running(twin) as url,
        Line("door", url, limits=limits, record=said.append) as line,
    ):
        login = Login("admin", Secret(password))
        made = HikvisionClient(line, login, **({"patience": HURRIED} | client))
        yield Rig(twin, url, made, line, said)


@pytest.fixture
def rig() -> MakeRig:
    """`async with rig(profile, people=..., settings=..., dialect=..., auth=...) as door:`."""
    return make_rig
