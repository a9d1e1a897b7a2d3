"""The stage of the demo: a register twin, a terminal twin, and a hub configured for both.

Everything is real but the hardware: sockets, logins, the store, the configuration file.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from doorward.app.config import Settings, load
from doorward.connectors.kinds import twin_kind
from doorward.net.serving import running
from doorward.twinkit.faults import Fault
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

[[rule]]
name = "members open the main door"
roles = ["*"]
grant = ["main-door"]
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """What the demo plays on. `register` and `terminal` are the twins, by address as well."""

    settings: Settings
    register: Twin
    terminal: Twin
    register_url: str
    terminal_url: str

    def renew(self, days: int) -> str:
        """Somebody pays for so many days more; her name."""
        found: dict[str, str] = {}

        def change(document: Any) -> None:
            member = next(one for one in document["members"] if len(one["roles"]) == 1)
            role = member["roles"][0]
            role["end"] = (date.fromisoformat(role["end"]) + timedelta(days=days)).isoformat()
            found["name"] = f"{member['first_name']} {member['last_name']}"

        _edit(self.register, change)
        return found["name"]

    def lose_half(self) -> int:
        """The register suddenly tells of half its members only; how many that is."""

        def change(document: Any) -> None:
            document["members"] = document["members"][::2]

        return len(_edit(self.register, change)["members"])

    def break_register(self) -> None:
        """The register's line breaks in every export."""
        self.register.faults.order([Fault("Member/Export", "drop")])

    def writes(self) -> int:
        """How many changes the terminal was asked for."""
        return sum("/Modify" in call.path or "/modify" in call.path for call in self.terminal.calls)


def _edit(twin: Twin, change: Callable[[Any], None]) -> Any:
    document = json.loads(twin.world.document())
    change(document)
    twin.world.restore(json.dumps(document).encode())
    return document


@asynccontextmanager
async def stage(folder: Path, people: int, seed: int = 1) -> AsyncIterator[Stage]:
    """Both twins running, and a configuration in the folder that leads to them."""
    register = _twin("cardskipper", people=people, seed=seed)
    terminal = _twin("hikvision", people=people, seed=seed, profile=PROFILE)
    async with AsyncExitStack() as stack:
        register_url = await stack.enter_async_context(running(register))
        terminal_url = await stack.enter_async_context(running(terminal))
        file = folder / "doorward.toml"
        file.write_text(
            CONFIGURATION.format(register=register_url, terminal=terminal_url, username=USERNAME)
        )
        yield Stage(load(file), register, terminal, register_url, terminal_url)


def _twin(name: str, **options: Any) -> Twin:
    kind = twin_kind(name)
    return kind.make(kind.options(username=USERNAME, password=PASSWORD, **options))
