"""A VIZpin twin on a real socket, and the hub's target over it."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from doorward.connectors.kinds import Surroundings
from doorward.connectors.vizpin.adapter import VizpinDoor
from doorward.connectors.vizpin.client import Account, Patience, Session, VizpinClient
from doorward.connectors.vizpin.settings import VizpinSettings
from doorward.connectors.vizpin.twin import VizpinWorld, make_twin
from doorward.connectors.vizpin.twin_settings import OEM_KEY, TwinOptions
from doorward.core.people import Access, Holder, Options, Person
from doorward.core.ports import Confirmed, Outcome, silent
from doorward.core.reads import Complete
from doorward.core.windows import Window
from doorward.net.calls import Call
from doorward.net.line import Line
from doorward.net.secrets import Secret
from doorward.net.serving import running
from doorward.twinkit.clock import ClockOrder, TwinClock
from doorward.twinkit.faults import Fault
from doorward.twinkit.twin import Twin

STOCKHOLM = ZoneInfo("Europe/Stockholm")
AT_ONCE = Patience(attempts=3, wait=0.0, wait_max=0.0)
WHO = Account("demo", Secret("demo"), Secret(OEM_KEY))
ROLES = {"Members": ("Main entrance", "Gym", "Pool")}
EVERYWHERE = ("Gym", "Main entrance", "Office", "Pool")
ANN = Person(
    key="club/1",
    first_name="Ann",
    last_name="Ek",
    emails=("ann@example.org",),
    phone="+46731234567",
)


def settings(url: str = "http://127.0.0.1:9", **told: Any) -> VizpinSettings:
    known: dict[str, Any] = {
        "url": url,
        "username": WHO.username,
        "password": WHO.password,
        "oem_key": WHO.oem_key,
        "account": "Doorward Sports Club",
        "location": "clubhouse",
        "roles": ROLES,
    }
    return VizpinSettings(**(known | told))


def access(first: date, last: date | None, *readers: str, **more: tuple[str, ...]) -> Access:
    options: Options = (("readers", readers), *more.items()) if readers else (*more.items(),)
    return Access(Window.of(first, last, STOCKHOLM), options)


YEAR = access(date(2026, 6, 1), date(2027, 5, 31), "Gym", "Pool")
LONGER = access(date(2026, 6, 1), date(2028, 5, 31), "Gym", "Pool")


@dataclass
class Town:
    """The twin, the target over it, and what was said."""

    twin: Twin
    url: str
    door: VizpinDoor
    said: list[Call] = field(default_factory=list)

    @property
    def world(self) -> VizpinWorld:
        assert isinstance(self.twin.world, VizpinWorld)
        return self.twin.world

    def fault(self, match: str, kind: Any, times: int | None = 1) -> None:
        self.twin.faults.ordered.append(Fault(match, kind, times))

    def asked(self) -> Counter[str]:
        """How often each method was called."""
        called = (json.loads(call.body)["method"] for call in self.twin.calls)
        return Counter(name.removeprefix("com.vizpin.") for name in called)

    def forget(self) -> None:
        """Count calls anew."""
        self.twin.calls.clear()

    async def everybody(self) -> Sequence[Holder]:
        read = await self.door.holders(silent)
        assert isinstance(read, Complete), read
        return read.items

    async def someone(self, place: int = 0) -> Holder:
        """Somebody at the location who has access."""
        return [one for one in await self.everybody() if dict(one.access.options)["readers"]][place]

    def statuses(self, user: str) -> Counter[str]:
        """What a user's VIZpins are, by status."""
        cloud, store = self.world.cloud, self.world.store
        return Counter(str(cloud.status(row)) for row in store.vizpins.some(store.vizpins_of(user)))


@asynccontextmanager
async def town(
    *,
    people: int = 6,
    clock: TwinClock | None = None,
    now: str | None = None,
    folder: Path = Path(),
    zone: ZoneInfo = STOCKHOLM,
    **told: Any,
) -> AsyncIterator[Town]:
    """Both up. `now` sets the clock of the twin and of the hub."""
    time = clock or TwinClock()
    if now is not None:
        time.order(ClockOrder(now=_instant(now)))
    twin = make_twin(TwinOptions(people=people), time)
    said: list[Call] = []
    async with running(twin) as url:
        given = settings(url, **told)
        around = Surroundings(zone=zone, folder=folder, record=said.append, clock=time)
        async with door(given, around) as opened:
            yield Town(twin, url, opened, said)


def _instant(text: str) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(text)


@asynccontextmanager
async def door(given: VizpinSettings, around: Surroundings) -> AsyncIterator[VizpinDoor]:
    """The target, without waiting between tries."""
    limits = given.limits
    line = Line("phones", given.url, limits=limits, record=around.record, clock=around.clock)
    async with line:
        who = Account(given.username, given.password, given.oem_key)
        session = Session(line, who, AT_ONCE, given.endpoint)
        yield VizpinDoor("phones", around.zone, given, around.clock, VizpinClient(session))


def shown(outcome: Outcome) -> Holder:
    """The holder that a confirmed write shows."""
    assert isinstance(outcome, Confirmed), outcome
    assert outcome.after is not None
    return outcome.after


def readers(holder: Holder) -> tuple[str, ...]:
    return dict(holder.access.options)["readers"]
