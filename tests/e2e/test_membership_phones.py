"""The story of a member's phone, told with programs: a register, a hub, VIZpin's cloud, doors."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from doorward.app.config import load
from doorward.connectors.vizpin.twin_settings import OEM_KEY
from doorward.storage.events import Noted
from doorward.storage.store import Reader
from e2e.programs import doorward, get, left_running, put
from net.sockets import free_port

PHONE, NAME, SECRET = "+46731234567", "Trial Member", "0123456789abcdef-hush"
GYM, BOARD = "1", "4"
CONFIGURATION = """
timezone = "Europe/Stockholm"

[source.club]
type = "cardskipper"
url = "{register}"
organisation = 123
username = "demo"
password = "demo"

[target.phones]
type = "vizpin"
url = "{cloud}"
username = "demo"
password = "{password}"
oem_key = "{key}"
account = "Doorward Sports Club"
location = "Clubhouse"
roles = {{ Members = ["Main entrance", "Gym", "Pool"] }}
inbound = {{ secret = "{secret}" }}

[[rule]]
name = "members come in"
roles = ["Gym*", "Pool"]
grant = [{{ target = "phones", roles = ["Members"] }}]

[[rule]]
name = "the board has all rooms"
roles = ["Board"]
grant = [{{ target = "phones", roles = ["Members"], readers = ["Office"] }}]

[run]
interval_minutes = 60

[guard]
number = 100
share = 1.0
"""


@dataclass(frozen=True, slots=True)
class Club:
    """A folder with a configuration, a register and VIZpin's cloud."""

    folder: Path
    register: str
    cloud: str
    hub: int

    def members(self, change: Callable[[list[dict[str, Any]]], None]) -> None:
        document = get(f"{self.register}/_twin/state")
        change(document["members"])
        put(f"{self.register}/_twin/state", document)

    def trial(self, *roles: tuple[str, str, str]) -> None:
        """The trial member with these roles; with none, she is no member."""

        def change(members: list[dict[str, Any]]) -> None:
            members[:] = [one for one in members if one["id"] != "20001"]
            held = [{"role": role, "start": start, "end": end} for role, start, end in roles]
            if held:
                first, last = NAME.split()
                members.append(
                    {"id": "20001", "first_name": first, "last_name": last,
                     "phones": [PHONE], "roles": held}
                )  # fmt: skip

        self.members(change)

    def sync(self, code: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            doorward("sync", "--json", folder=self.folder, code=code)
        )
        return found

    def at(self, reader: str, user: str = PHONE) -> bool:
        """Whether a phone opens a reader."""
        return bool(post(f"{self.cloud}/_twin/unlock", {"user": user, "reader": reader})["opens"])

    def doors(self) -> dict[str, bool]:
        """What the trial member's phone opens."""
        return {name: self.at(name) for name in ("Main entrance", "Gym", "Pool", "Office")}

    def wait_for(self, count: int) -> list[Noted]:
        """The activity, once there is so much of it."""
        url = load(self.folder / "doorward.toml").store_url
        for _ in range(300):
            with Reader.open(url) as store:
                found = store.events.search()
            if len(found) >= count:
                return found
            time.sleep(0.1)
        raise AssertionError(f"{count} events were expected: {found}")

    def asked(self) -> list[str]:
        """The methods that the cloud was asked for."""
        bodies = (
            json.loads(call["body"]) for call in get(f"{self.cloud}/_twin/calls") if call["body"]
        )
        return [body["method"].removeprefix("com.vizpin.") for body in bodies]


def post(url: str, document: object) -> dict[str, Any]:
    request = Request(url, json.dumps(document).encode(), method="POST")
    with urlopen(request, timeout=10) as answer:
        found: dict[str, Any] = json.loads(answer.read() or b"{}")
    return found


@contextmanager
def club(folder: Path, *, pushing: bool = False) -> Iterator[Club]:
    few, hub = ("--port", "0", "--people", "3"), free_port()
    pushes = f"http://127.0.0.1:{hub}/push/vizpin"
    told = (
        "--push-url",
        f"{pushes}/events/{SECRET}",
        "--verify-url",
        f"{pushes}/verified/{SECRET}",
    )
    where = told if pushing else ()
    with (
        left_running("twin", "cardskipper", *few, folder=folder) as (register, _),
        left_running("twin", "vizpin", *few, *where, folder=folder) as (cloud, _),
    ):
        known = {"register": register, "cloud": cloud, "key": OEM_KEY, "secret": SECRET}
        file = folder / "doorward.toml"
        file.write_text(CONFIGURATION.format(password="demo", **known))
        file.chmod(0o600)
        yield Club(folder, register, cloud, hub)


EVERYWHERE = {"Main entrance": True, "Gym": True, "Pool": True, "Office": True}
NOWHERE = dict.fromkeys(EVERYWHERE, False)
NO_OFFICE = EVERYWHERE | {"Office": False}


@pytest.mark.covers(
    "vizpin",
    rule="newcomer by-roles revoked-on-lapse matched-by-phone",
    client="user.preregister user.associate user.grantphonerole vizpin.revoke user.find",
)
def test_a_member_joins_renews_changes_her_role_lapses_and_comes_back(tmp_path: Path) -> None:
    with club(tmp_path) as place:
        place.trial((GYM, "2026-01-01", "2099-06-30"))
        assert "create" in kinds(place.sync())
        assert place.doors() == NO_OFFICE

        place.trial((GYM, "2026-01-01", "2099-12-31"))
        renewed = place.sync()
        assert kinds(renewed) == ["extend"]
        assert renewed["done"][0]["after"]["end"].startswith("2099-12-31T23:59:59")
        assert place.doors() == NO_OFFICE

        place.trial((BOARD, "2026-01-01", "2099-12-31"))
        assert kinds(place.sync()) == ["change"]
        assert place.doors() == EVERYWHERE

        place.trial()
        assert kinds(place.sync()) == ["expire"]
        assert place.doors() == NOWHERE

        place.trial((GYM, "2026-11-01", "2099-12-31"))
        assert kinds(place.sync()) == ["extend"]
        assert place.doors() == NO_OFFICE
        assert place.asked().count("user.preregister") == 1

        find = ("-p", f"phone={PHONE}", "-p", "last_name=member", "--json")
        told = json.loads(doorward("vizpin", "user.find", *find, folder=tmp_path))["user"]
        assert (told["first_name"], told["country"]) == ("Trial", "SWE")
        assert told["phoneconfirmation"] == "•••"


def kinds(report: dict[str, Any]) -> list[str]:
    return [one["kind"] for one in report["done"]]


@pytest.mark.covers(
    "vizpin",
    rule="activity-collected push-event push-verified",
    push="events verified",
    takes="events verified",
    happens="52 64",
    client="activity.list",
)
def test_who_came_in_is_pushed_noted_and_known_by_name_and_what_nobody_heard_is_asked_for(
    tmp_path: Path,
) -> None:
    with club(tmp_path, pushing=True) as place:
        place.trial((GYM, "2026-01-01", "2099-06-30"))
        place.sync()
        place.at("Office")  # nobody listens yet
        with left_running("serve", "--port", str(place.hub), folder=tmp_path):
            place.wait_for(1)
            assert place.at("Gym")  # pushed, once the cloud has tried the one before again
            post(f"{place.cloud}/_twin/verify", {"user": PHONE})
            found = place.wait_for(3)
        assert {(one.happening.kind, one.person) for one in found} == {
            ("granted", "club/123/20001"),
            ("denied", "club/123/20001"),
            ("other", "club/123/20001"),
        }
        assert len(found) == 3  # pushed and asked for, each is noted once
        table = doorward("activity", folder=tmp_path)
        assert "unlocked by phone" in table
        assert SECRET not in table
