"""Phones when something fails: the whole hub against both twins, on real sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from doorward.app.checking import check_systems
from doorward.app.config import Settings, load
from doorward.app.hub import open_store
from doorward.app.runs import Desk, plan, sync
from doorward.app.vizpin import NotCalled, call_method, operation_of, vizpin_target
from doorward.connectors.cardskipper.twin import cardskipper_twin
from doorward.connectors.vizpin.client import session
from doorward.connectors.vizpin.twin import VizpinWorld, make_twin
from doorward.connectors.vizpin.twin_settings import OEM_KEY, TwinOptions
from doorward.core.sync import Report
from doorward.net.serving import running
from doorward.twinkit.faults import Fault
from doorward.twinkit.twin import Twin
from e2e.test_membership_phones import (
    BOARD,
    CONFIGURATION,
    EVERYWHERE,
    GYM,
    NO_OFFICE,
    NOWHERE,
    PHONE,
    SECRET,
)
from e2e.town import edit


@dataclass(frozen=True, slots=True)
class House:
    """Both twins, and a hub with its own store."""

    register: Twin
    cloud: Twin
    file: Path

    @property
    def world(self) -> VizpinWorld:
        assert isinstance(self.cloud.world, VizpinWorld)
        return self.cloud.world

    @property
    def settings(self) -> Settings:
        return load(self.file)

    def login(self, password: str) -> None:
        text = self.file.read_text().replace('password = "wrong"', 'password = "demo"')
        before, target, after = text.partition("[target.phones]")
        changed = after.replace('password = "demo"', f'password = "{password}"')
        self.file.write_text(before + target + changed)

    async def sync(self) -> Report:
        with open_store(self.settings) as store:
            return await sync(Desk(settings=self.settings, store=store), "test")

    async def call(self, method: str) -> dict[str, Any]:
        with open_store(self.settings) as store:
            phones = vizpin_target(self.settings, None)
            return await call_method(self.settings, store, phones, operation_of(method), {})

    def trial(self, role: str | None) -> None:
        def change(document: Any) -> None:
            members = [one for one in document["members"] if one["id"] != "20001"]
            if role is not None:
                roles = [{"role": role, "start": "2026-01-01", "end": "2099-06-30"}]
                members.append(
                    {"id": "20001", "first_name": "Trial", "last_name": "Member",
                     "phones": [PHONE], "roles": roles}
                )  # fmt: skip
            document["members"] = members

        edit(self.register, change)

    def doors(self) -> dict[str, bool]:
        """What the trial member's phone opens."""
        store = self.world.store
        user = next(key for key, row in store.users.rows.items() if row.user.phone == PHONE)
        readers = {row.reader.name: key for key, row in store.readers.rows.items()}
        return {name: self.world.cloud.unlock(user, readers[name]).opens for name in EVERYWHERE}

    def asked(self, method: str) -> int:
        return sum(method.encode() in call.body for call in self.cloud.calls)


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    register, cloud = cardskipper_twin("demo", "demo", people=3), make_twin(TwinOptions(people=3))
    async with running(register) as register_url, running(cloud) as cloud_url:
        file = folder / "doorward.toml"
        told = {"register": register_url, "cloud": cloud_url, "key": OEM_KEY, "secret": SECRET}
        file.write_text(CONFIGURATION.format(password="demo", **told))
        file.chmod(0o600)
        yield House(register, cloud, file)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting between tries."""
    at_once = session.Patience(attempts=3, wait=0.0, wait_max=0.0)
    monkeypatch.setattr(session, "PATIENT", at_once)
    monkeypatch.setattr(session.Session.__init__, "__defaults__", defaults(at_once))


def defaults(at_once: session.Patience) -> tuple[object, ...]:
    found = session.Session.__init__.__defaults__ or ()
    return tuple(at_once if isinstance(one, session.Patience) else one for one in found)


@pytest.mark.covers("vizpin", rule="lost-answers")
async def test_lost_answers_leave_nothing_doubled(tmp_path: Path):
    async with house(tmp_path) as place:
        await place.sync()
        place.cloud.calls.clear()
        place.trial(BOARD)
        calls = ("user.preregister", "user.associate", "grantphonerole", "vizpin.grant")
        place.cloud.faults.order([Fault(call, "lost answer", 1) for call in calls])
        assert (await place.sync()).verdict == "ok"
        assert place.doors() == EVERYWHERE
        assert [place.asked(call) for call in calls] == [1, 2, 1, 1]
        assert (await place.sync()).applied.done == []


@pytest.mark.covers("vizpin", rule="lost-answers")
@pytest.mark.parametrize("call", ["user.preregister", "grantphonerole", "vizpin.grant"])
async def test_a_grant_that_never_came_is_settled_and_made_by_the_next_run(
    tmp_path: Path, call: str
):
    async with house(tmp_path) as place:
        await place.sync()
        place.trial(BOARD)
        place.cloud.faults.order([Fault(call, "drop", 1)])
        assert (await place.sync()).verdict in ("failed", "partly failed")
        await a_while_later(place)
        assert (await place.sync()).verdict == "ok"
        assert place.doors() == EVERYWHERE


async def a_while_later(place: House) -> None:
    """Failed updates wait before they are tried again: try them now."""
    with open_store(place.settings) as store:
        for one in store.queue.open():
            await store.queue.retry(one.id, datetime.now(UTC))


async def test_half_a_read_of_either_side_takes_nobody_out(tmp_path: Path):
    async with house(tmp_path) as place:
        place.trial(GYM)
        await place.sync()
        place.trial(None)
        for twin, match in ((place.register, "Member/Export"), (place.cloud, "vizpin.list")):
            twin.faults.order([Fault(match, "drop", None)])
            assert (await place.sync()).verdict != "ok"
            assert place.doors() == NO_OFFICE
            twin.faults.order([])
        assert (await place.sync()).verdict == "ok"
        assert place.doors() == NOWHERE


@pytest.mark.covers("vizpin", rule="no-login-twice")
async def test_a_refused_login_is_sent_once_and_then_left_alone(tmp_path: Path):
    async with house(tmp_path) as place:
        place.login("wrong")
        assert (await place.sync()).verdict == "failed"
        with open_store(place.settings) as store:
            await plan(Desk(settings=place.settings, store=store))
            findings = await check_systems(place.settings, store)
        assert [one.good for one in findings if one.system == "phones"] == [False]
        with pytest.raises(NotCalled, match="password is wrong"):
            await place.call("account.list")
        assert place.asked("user.authenticate") == 1
        place.login("demo")
        assert (await place.call("account.list"))["accounts"]
        assert (await place.sync()).verdict == "ok"
