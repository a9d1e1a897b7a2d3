"""The story of a member's car, told with programs: a list, a hub that serves, a car park."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from e2e.programs import doorward, get, left_running
from net.sockets import free_port

CONFIGURATION = """
timezone = "Europe/Berlin"

[source.club]
type = "csvfile"
path = "members.csv"

[target.garage]
type = "wincardcore"
url = "http://127.0.0.1:{garage}"
client_id = "doorward"
auth_key = "demo-auth-key"
sig_key = "demo-sig-key"

[target.garage.inbound]
client_id = "garage-1"
auth_key = "demo-auth-key"
sig_key = "demo-sig-key"

[[rule]]
name = "members park in the yard"
roles = ["Member"]
grant = [{{ target = "garage", category = 1 }}]

[run]
interval_minutes = 60
"""
HEAD = "member,first name,last name,email,from,until,role,plate"
ANNA = "1,Anna,Berg,anna@club.example,2020-01-01,2099-12-31,Member,M-AB 123"
ERIK = "2,Erik,Lund,erik@club.example,2020-01-01,2099-12-31,Member,M-CD 45"


@dataclass(frozen=True, slots=True)
class Yard:
    """A folder with a configuration and a list, the car park, and the hub that it calls."""

    folder: Path
    garage: str
    hub: str

    def members(self, *lines: str) -> None:
        (self.folder / "members.csv").write_text("\n".join((HEAD, *lines)) + "\n")

    def sync(self, *lines: str) -> dict[str, Any]:
        self.members(*lines)
        found: dict[str, Any] = json.loads(doorward("sync", "--json", folder=self.folder))
        return found

    def at(self, barrier: str, plate: str) -> dict[str, Any]:
        return self.post(barrier, {"medium": {"type": 2, "id": plate}})

    def post(self, path: str, document: object) -> dict[str, Any]:
        request = Request(
            f"{self.garage}/_twin/{path}", json.dumps(document).encode(), method="POST"
        )
        with urlopen(request, timeout=10) as answer:
            found: dict[str, Any] = json.loads(answer.read() or b"{}")
        return found

    def comes_in(self, plate: str) -> bool:
        """Whether she gets in; she leaves at once."""
        opens: bool = self.at("drive-in", plate)["opens"]
        if opens:
            assert self.at("drive-out", plate)["opens"]
        return opens

    def parking(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(doorward("parking", "--json", folder=self.folder))
        return found


@contextmanager
def yard(folder: Path) -> Iterator[Yard]:
    garage, hub = free_port(), free_port()
    file = folder / "doorward.toml"
    file.write_text(CONFIGURATION.format(garage=garage))
    file.chmod(0o600)
    (folder / "members.csv").write_text(HEAD + "\n" + ANNA + "\n")
    called = ("--peer-url", f"http://127.0.0.1:{hub}")
    twin = ("twin", "wincardcore", "--port", str(garage), *called)
    with (
        left_running(*twin, folder=folder) as (garage_url, _),
        left_running("serve", "--port", str(hub), folder=folder) as (hub_url, _),
    ):
        yield Yard(folder, garage_url, hub_url)


def until(holds: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.1)


def healthy(hub: str) -> bool:
    try:
        return bool(get(f"{hub}/healthz")["healthy"])
    except HTTPError:
        return False  # not yet: no run has ended


@pytest.fixture(scope="module")
def running_yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    with yard(tmp_path_factory.mktemp("yard")) as one:
        until(lambda: healthy(one.hub))
        yield one


@pytest.fixture
def place(running_yard: Yard) -> Yard:
    """The yard with one member, who is in step."""
    running_yard.sync(ANNA)
    return running_yard


def test_a_car_follows_the_membership_of_its_driver(place: Yard):
    assert place.comes_in("MAB123")
    assert not place.comes_in("M CD 45")

    assert len(place.sync(ANNA, ERIK)["done"]) == 1
    assert place.comes_in("M CD 45")

    new_car = ERIK.replace("M-CD 45", "M-EF 67")
    assert len(place.sync(ANNA, new_car)["done"]) == 1
    assert (place.comes_in("M-EF 67"), place.comes_in("M CD 45")) == (True, False)

    over = new_car.replace("2099-12-31", "2020-12-31")
    assert len(place.sync(ANNA, over)["done"]) == 1
    assert not place.comes_in("M-EF 67")

    assert len(place.sync(ANNA, new_car)["done"]) == 1
    assert place.comes_in("M-EF 67")

    assert len(place.sync(ANNA)["done"]) == 1
    assert not place.comes_in("M-EF 67")
    assert place.sync(ANNA)["done"] == []


def test_who_drove_in_is_seen_at_the_hub_and_gone_when_she_left(place: Yard):
    place.at("drive-in", "MAB123")
    until(lambda: place.parking()["inside"])
    [inside] = place.parking()["inside"]
    assert inside["account"] == "club-1"
    place.at("drive-out", "MAB123")
    until(lambda: not place.parking()["inside"])


@pytest.mark.covers("wincardcore", rule="command-1", twin="command")
def test_a_car_park_that_lost_its_list_gets_it_back_when_it_asks(place: Yard):
    place.post("reset", {})
    assert not place.comes_in("MAB123")
    place.post("operator", {"do": "ask-all"})
    until(lambda: place.comes_in("MAB123"))


def test_a_car_park_that_was_repaired_gets_its_list_again(place: Yard):
    place.post("reset", {})
    doorward("resend", "garage", folder=place.folder)
    doorward("sync", folder=place.folder)
    assert place.comes_in("MAB123")


@pytest.mark.covers("wincardcore", rule="lock-stays lock", twin="lock-card release-card")
def test_a_lock_counts_until_it_is_released_whatever_the_list_says(place: Yard):
    place.post("operator", {"do": "lock", "card": "club-1", "info": "left without paying"})
    until(lambda: not place.comes_in("MAB123"))
    place.sync(ANNA.replace("Berg", "Borg"))
    assert not place.comes_in("MAB123")
    place.post("operator", {"do": "release", "card": "club-1"})
    until(lambda: place.comes_in("MAB123"))


def test_only_targets_that_cannot_be_read_are_sent_again(place: Yard):
    told = doorward("resend", "nowhere", folder=place.folder, code=2)
    assert "there is no target 'nowhere'" in told


@pytest.mark.covers("wincardcore", rule="delivery", twin="put-transaction")
def test_visits_that_nobody_took_in_are_delivered_when_the_hub_is_back(tmp_path: Path):
    garage, hub = free_port(), free_port()
    (tmp_path / "doorward.toml").write_text(CONFIGURATION.format(garage=garage))
    (tmp_path / "doorward.toml").chmod(0o600)
    called = ("--peer-url", f"http://127.0.0.1:{hub}")
    with left_running("twin", "wincardcore", "--port", str(garage), *called, folder=tmp_path) as (
        garage_url,
        _,
    ):
        place = Yard(tmp_path, garage_url, "")
        place.sync(ANNA)
        assert place.comes_in("MAB123")
        assert place.parking()["inside"] == []
        with left_running("serve", "--port", str(hub), folder=tmp_path):
            place.post("operator", {"do": "retry"})
            until(lambda: visits(tmp_path))


def visits(folder: Path) -> bool:
    from doorward.storage.store import Reader

    with Reader.open(folder / "doorward.db") as store:
        now, day = datetime.now(UTC), timedelta(days=1)
        return bool(list(store.parking.stays(now - day, now + day)))
