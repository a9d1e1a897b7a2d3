"""A twin on a real socket, a client on a real line to it, and a raw way to talk to it."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from doorward.connectors.cardskipper.client import CardskipperClient, Patience
from doorward.connectors.cardskipper.exporting import Record
from doorward.connectors.cardskipper.twin import CardskipperWorld, cardskipper_twin
from doorward.connectors.cardskipper.twin_settings import Settings
from doorward.connectors.cardskipper.wire.criteria import Criteria
from doorward.net.calls import Call
from doorward.net.line import Answer, Line, Login
from doorward.net.secrets import Secret
from doorward.net.serving import running
from doorward.twinkit.clock import TwinClock
from doorward.twinkit.faults import Fault
from doorward.twinkit.twin import Twin

RIGHT = "right-password"
ADMIN = Login("admin", Secret(RIGHT))
HURRIED = Patience(attempts=3, wait=0.0, wait_max=0.0)
ACTIVE = Criteria(organisation_id="123", only_active=True)


@dataclass
class Rig:
    """A twin, where it listens, a client of it, and what was said."""

    twin: Twin
    url: str
    line: Line
    said: list[Call] = field(default_factory=list)

    @property
    def world(self) -> CardskipperWorld:
        world = self.twin.world
        assert isinstance(world, CardskipperWorld)
        return world

    def client(self, **options: Any) -> CardskipperClient:
        return CardskipperClient(self.line, **{"patience": HURRIED, **options})

    async def export(self, criteria: Criteria = ACTIVE, **options: Any) -> list[Record]:
        async with self.client(**options).export(criteria) as export:
            return [record async for record in export]

    async def ids(self, **criteria: Any) -> list[str | None]:
        wanted = Criteria(organisation_id="123", **criteria)
        return [record.id for record in await self.export(wanted)]

    async def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        login: Login | None = ADMIN,
    ) -> Answer:
        async with Line("raw", self.url, basic=login) as line:
            return await line.call(method, path, body, headers)

    def fault(self, match: str, kind: Any, times: int | None = 1, seconds: float = 0.0) -> None:
        self.twin.faults.ordered.append(Fault(match, kind, times, seconds))

    def settings(self, **settings: Any) -> None:
        self.world.restore(msgspec.json.encode({"settings": settings}))

    def members(self, *members: Any) -> None:
        self.world.restore(msgspec.json.encode({"members": members}))

    def paths(self) -> list[str]:
        return [f"{call.method} {call.path}" for call in self.twin.calls]


Opener = Callable[..., AbstractAsyncContextManager[Rig]]


@asynccontextmanager
async def opened(
    *,
    people: int = 3,
    password: str = RIGHT,
    state: Path | None = None,
    clock: TwinClock | None = None,
    settings: Settings | None = None,
    **line_options: Any,
) -> AsyncIterator[Rig]:
    twin = cardskipper_twin(
        "admin", RIGHT, people=people, state=state, clock=clock, settings=settings or Settings()
    )
    said: list[Call] = []
    login = Login("admin", Secret(password))
    async with running(twin) as url:
        async with Line("register", url, basic=login, record=said.append, **line_options) as line:
            rig = Rig(twin, url, line, said)
            yield rig
            rig.world.close()


@pytest.fixture
def open_rig() -> Opener:
    """Opens a twin with other people, password, state, clock or settings."""
    return opened


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    """A twin with three people, and a client of it."""
    async with opened() as made:
        yield made


def kept(ident: str, **other: Any) -> dict[str, Any]:
    """One member as the state document has her."""
    roles = [{"role": "1", "start": "2026-01-01", "end": "2026-12-31"}]
    return {"id": ident, "first_name": "Anna", "last_name": "Berg", "roles": roles} | other


@pytest.fixture
def make_member() -> Callable[..., dict[str, Any]]:
    return kept


@pytest.fixture
def today() -> date:
    return TwinClock()().date()
