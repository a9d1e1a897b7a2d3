"""A twin in this process: called as its server calls it, without a socket between."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from doorward.connectors.vizpin.server import answering
from doorward.connectors.vizpin.twin import VizpinWorld, make_twin
from doorward.connectors.vizpin.twin.outbox import Patience
from doorward.connectors.vizpin.twin.seed import NEIGHBOUR, NEIGHBOURS_KEY
from doorward.connectors.vizpin.twin_settings import OEM_KEY, TwinOptions
from doorward.connectors.vizpin.wire.operations import OPERATIONS
from doorward.twinkit.clock import TwinClock
from doorward.twinkit.twin import Twin

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)  # a Tuesday, 13:00 in Berlin
HURRIED = Patience(wait=0.0, wait_max=0.02)
PASSWORD = "Right-1-password"
NEW_ACCOUNT = {
    "name": "Rowing club",
    "phone": "+46701112233",
    "street": "Quay 1",
    "city": "Kiel",
    "zipcode": "24103",
    "country": "DEU",
}


class Frozen(TwinClock):
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        super().__init__(lambda: now)


@dataclass
class Rig:
    """A twin, and a caller of it. Calls are made as `rig.ok("user.get", userid=...)`."""

    twin: Twin
    key: str = OEM_KEY
    token: str = ""
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def world(self) -> VizpinWorld:
        world = self.twin.world
        assert isinstance(world, VizpinWorld)
        return world

    def raw(self, method: str, params: Any, token: str | None = None) -> dict[str, Any]:
        """The whole answer to a call with exactly these parameters."""
        call = {"!version": "2", "id": "7", "jsonrpc": "2.0", "params": params}
        body = json.dumps({**call, "method": f"com.vizpin.{method}"}).encode()
        held = self.token if token is None else token
        answer = answering.answer(self.world.cloud, held, body)
        found: dict[str, Any] = json.loads(answer)
        return found

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self.raw(method, {"oem_key": self.key, **params})

    def ok(self, method: str, **params: Any) -> dict[str, Any]:
        """The result of a call that works, with the code it has by appendix 1."""
        answer = self.call(method, **params)
        assert answer["status"] == 1, answer
        result: dict[str, Any] = answer["result"]
        assert result["code"] == OPERATIONS[f"com.vizpin.{method}"].success
        return result

    def refused(self, method: str, **params: Any) -> tuple[int, str]:
        """Code and message of a call that fails and that changes nothing."""
        before = self.world.document()
        answer = self.call(method, **params)
        assert answer["status"] == 0, answer
        assert answer["error"] == answer["result"]
        assert self.world.document() == before
        return answer["error"]["code"], answer["error"]["message"]

    def login(self, username: str = "demo", password: str = "demo") -> dict[str, Any]:
        answer = self.call("user.authenticate", username=username, password=password)
        if answer["status"] == 1:
            self.token = answer["result"]["token"]
        return answer

    def advance(self, **delta: float) -> None:
        self.world.clock.shift += timedelta(**delta)

    def at(self, moment: str) -> None:
        """Set the clock to a moment with its offset."""
        self.world.clock.shift = datetime.fromisoformat(moment) - NOW

    # Things that tests need.

    def account(self, **said: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.ok("account.add", add_account={**NEW_ACCOUNT, **said})
        return dict(found["account"])

    def location(self, account: str, **said: Any) -> dict[str, Any]:
        made = {"accountid": account, "name": "Boathouse", "country": "DEU"}
        made["timezone"] = "Europe/Berlin"
        return dict(self.ok("location.add", location={**made, **said})["locations"])

    def reader(self, location: str, **said: Any) -> dict[str, Any]:
        made = {"locationid": location, "name": "Gate", "serial": "S-1"}
        return dict(self.ok("reader.add", add_reader={**made, **said})["reader"])

    def user(self, phone: str = "+4915112345678", **said: Any) -> dict[str, Any]:
        made = {"first_name": "Ida", "last_name": "Berg", "phone": phone, "country": "DEU"}
        return dict(
            self.ok("user.preregister", preregister_user={**made, **said})["preregister_user"]
        )

    def member(self, location: str, phone: str = "+4915112345678", **said: Any) -> str:
        """The id of a new user at a location."""
        user = str(self.user(phone, **said)["id"])
        self.ok("user.associate", location_ids=[location], assoc_user={"id": user})
        return user

    def role(self, site: str, name: str, *readers: str) -> str:
        role = str(self.ok("role.add", site_id=site, role_name=name)["roleId"])
        for reader in readers:
            self.put_in(site, role, reader)
        return role

    def put_in(self, site: str, role: str, reader: str, kind: str = "24x7") -> None:
        self.ok("role.edit", site_id=site, role_id=role, reader_id=reader, schedule_type=kind)

    def grant(self, user: str, reader: str, **said: Any) -> dict[str, Any]:
        (vizpin,) = self.ok("vizpin.grant", user_ids=[user], reader_ids=[reader], **said)["vizpins"]
        return dict(vizpin)

    def statuses(self, account: str, user: str) -> list[str]:
        found = self.ok("vizpin.list", account_id=account, user_id=user)["vizpins"]
        return [vizpin["status"] for vizpin in found]

    def unlock(self, user: str, reader: str) -> tuple[bool, str, str]:
        """Whether a door opens, the code of the event, why."""
        tried = self.world.cloud.unlock(user, reader)
        return tried.opens, tried.event.activity_code, tried.why

    def events(self, account: str, reader: str = "", user: str = "") -> list[dict[str, Any]]:
        bounds = {"start_date": "01/01/2020", "end_date": "12/31/2035"}
        found = self.ok(
            "activity.list", account_id=account, reader_id=reader, user_id=user, **bounds
        )
        return list(found["activity"])


def made(people: int = 0, state: Path | None = None, **options: Any) -> Rig:
    """A twin at NOW, logged in."""
    twin = make_twin(TwinOptions(people=people, state=state, **options), Frozen(), HURRIED)
    rig = Rig(twin)
    assert rig.login()["status"] == 1
    return rig


def neighbour(rig: Rig) -> Rig:
    """The other partner at the same twin."""
    other = Rig(rig.twin, NEIGHBOURS_KEY)
    assert other.login(NEIGHBOUR, NEIGHBOUR)["status"] == 1
    return other


@dataclass
class Club:
    """A new account with a location and two readers."""

    rig: Rig
    account: str
    location: str
    gate: str
    shed: str


def club(rig: Rig | None = None, **location: Any) -> Club:
    """One such, at a twin without people."""
    rig = rig or made()
    account = rig.account()["id"]
    home = rig.location(account, **location)["id"]
    gate = rig.reader(home)["id"]
    shed = rig.reader(home, name="Shed", serial="S-2")["id"]
    return Club(rig, account, home, gate, shed)
