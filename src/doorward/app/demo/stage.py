"""The stage of the demo: a register, a door terminal, phones, a car park, and a hub for all.

Everything is real but the hardware: sockets, logins, signatures, the store, the configuration. The
hub's clock is the car park's, so that a day and the end of a month can pass in a moment.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from doorward.app.config import Settings, load
from doorward.app.hub import open_store
from doorward.app.runs import Desk
from doorward.app.service import service_app
from doorward.connectors.kinds import twin_kind
from doorward.net.serving import running
from doorward.twinkit.twin import Twin

USERNAME = PASSWORD = "demo"  # noqa: S105  # the twins' own, on loopback
PROFILE = "k1t673"

CONFIGURATION = """\
timezone = "Europe/Stockholm"

[source.club]
type = "cardskipper"
url = "{register}"
organisation = 123
username = "{username}"
password = "env:DOORWARD_DEMO_PASSWORD"

[target.main-door]
type = "hikvision"
url = "{terminal}"
username = "{username}"
password = "env:DOORWARD_DEMO_PASSWORD"
match = ["link", "email", "employee_no", "extra"]
lapsed = "expire"
missing = "report"

[target.phones]
type = "vizpin"
url = "{phones}"
username = "{username}"
password = "env:DOORWARD_DEMO_PASSWORD"
oem_key = "env:DOORWARD_DEMO_PASSWORD"
account = "Doorward Sports Club"
location = "Clubhouse"
timezone = "Europe/Berlin"
roles = {{ Members = ["Main entrance", "Gym", "Pool"] }}

[target.garage]
type = "wincardcore"
url = "{garage}"
client_id = "doorward"
auth_key = "env:DOORWARD_DEMO_PASSWORD"
sig_key = "env:DOORWARD_DEMO_PASSWORD"

[target.garage.inbound]
client_id = "garage-1"
auth_key = "env:DOORWARD_DEMO_PASSWORD"
sig_key = "env:DOORWARD_DEMO_PASSWORD"

[[rule]]
name = "members open the doors"
roles = ["*"]
grant = ["main-door", {{ target = "phones", roles = ["Members"] }}]

[[rule]]
name = "swimmers park"
roles = ["Pool"]
grant = [{{ target = "garage", category = 1 }}]
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """What the demo plays on: the twins and the hub, each with its address."""

    desk: Desk
    twins: dict[str, Twin]
    urls: dict[str, str]

    @property
    def settings(self) -> Settings:
        """The hub's configuration."""
        return self.desk.settings

    def writes(self) -> int:
        """How many changes the systems were asked for."""
        changing = ("/Modify", "/modify", "/accounts", "/cards")
        calls = [call for name in ("terminal", "garage") for call in self.twins[name].calls]
        asked = [call for call in self.twins["phones"].calls if b"vizpin.grant" in call.body]
        return len(asked) + sum(any(part in call.path for part in changing) for call in calls)


class _Later:
    """An application that is known once those who call it are."""

    app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


@asynccontextmanager
async def stage(folder: Path, people: int, seed: int = 1) -> AsyncIterator[Stage]:
    """All of it running, with the same people everywhere, and a configuration in the folder."""
    async with AsyncExitStack() as stack:
        hub = _Later()
        urls = {"hub": await stack.enter_async_context(running(hub))}
        twins = _twins(people, seed, urls["hub"])
        for name, twin in twins.items():
            urls[name] = await stack.enter_async_context(running(twin))
        file = folder / "doorward.toml"
        file.write_text(CONFIGURATION.format(**urls, username=USERNAME))
        settings, clock = load(file), twins["garage"].world.clock
        store = stack.enter_context(open_store(settings, clock))
        desk = Desk(settings=settings, store=store, clock=clock, listening_since=clock())
        hub.app = service_app(desk)
        yield Stage(desk, twins, urls)


def _twins(people: int, seed: int, hub: str) -> dict[str, Twin]:
    login = {"username": USERNAME, "password": PASSWORD}
    same = {"people": people, "seed": seed}
    keys = {"auth_key": PASSWORD, "sig_key": PASSWORD}
    called = {
        "peer_url": hub,
        "peer_client_id": "garage-1",
        **{f"peer_{name}": key for name, key in keys.items()},
    }
    push = {"push_url": f"{hub}/push/vizpin/events"}
    return {
        "register": _twin("cardskipper", **login, **same),
        "terminal": _twin("hikvision", **login, **same, profile=PROFILE),
        "phones": _twin("vizpin", **login, **same, **push, oem_key=PASSWORD),
        "garage": _twin("wincardcore", **keys, **called),
    }


def _twin(name: str, **options: Any) -> Twin:
    kind = twin_kind(name)
    return kind.make(kind.options(**options))
