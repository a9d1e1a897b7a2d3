"""The commands as people and cron run them: what they print, and how they end."""

import json
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from e2e.programs import DOORWARD, ENVIRONMENT, doorward, get, left_running, put
from e2e.town import CONFIGURATION

SECRET = "hush-4711"
INI = """
[Cardskipper]
API_URL = {register}
USERNAME = demo
PASSWORD = {secret}
ORGANIZATION_ID = 123

[IVMS]
DEVICE_IP = 127.0.0.1
PORT = {port}
USERNAME = demo
PASSWORD = {secret}

[Sync]
INTERVAL_MINUTES = 15
EMAIL_NOTIFICATIONS = false
NOTIFICATION_EMAIL = admin@example.com
"""


@dataclass(frozen=True, slots=True)
class Systems:
    register: str
    door: str

    def reset(self) -> None:
        for url, state in ((self.register, _seed_of_register), (self.door, _seed_of_door)):
            put(f"{url}/_twin/state", state)

    def members(self) -> dict[str, Any]:
        return dict(get(f"{self.register}/_twin/state"))

    def set_members(self, document: dict[str, Any]) -> None:
        put(f"{self.register}/_twin/state", document)

    def writes(self) -> int:
        calls = get(f"{self.door}/_twin/calls")
        return sum("/modify" in call["path"].lower() for call in calls)


_seed_of_register: dict[str, Any] = {}
_seed_of_door: dict[str, Any] = {}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Systems]:
    folder = tmp_path_factory.mktemp("twins")
    login = ("--password", SECRET, "--people", "20")
    with (
        left_running("twin", "cardskipper", "--port", "0", *login, folder=folder) as (register, _),
        left_running("twin", "hikvision", "--port", "0", *login, folder=folder) as (door, _),
    ):
        _seed_of_register.update(get(f"{register}/_twin/state"))
        _seed_of_door.update(get(f"{door}/_twin/state"))
        yield Systems(register, door)


@pytest.fixture
def systems(programs: Systems) -> Systems:
    programs.reset()
    return programs


@pytest.fixture
def club(systems: Systems, tmp_path: Path) -> Path:
    """A folder with a configuration that leads to the twins."""
    text = CONFIGURATION.format(
        register=systems.register, door=systems.door, policy='lapsed = "expire"'
    ).replace('password = "demo"', 'password = "file:secret"')
    (tmp_path / "doorward.toml").write_text(text)
    (tmp_path / "secret").write_text(SECRET)
    return tmp_path


def test_a_plan_is_read_and_applied_and_then_there_is_nothing_to_do(club: Path) -> None:
    plan = json.loads(doorward("plan", "--json", "--out", "plan.json", folder=club))
    assert {"digest", "changes", "held", "doubtful", "unmatched"} <= plan.keys()
    (change,) = plan["changes"]
    assert {"target", "person", "kind", "before", "after", "why"} <= change.keys()
    assert (change["target"], change["kind"]) == ("main-door", "extend")
    assert (club / "plan.json").stat().st_mode & 0o077 == 0
    assert "| main-door |" in doorward("plan", "--markdown", folder=club)
    assert "1 written and read back" in doorward("apply", "plan.json", folder=club)
    assert "has changed since" in doorward("apply", "plan.json", folder=club, code=1)
    assert json.loads(doorward("sync", "--json", folder=club))["done"] == []


def test_a_mass_loss_ends_with_3_and_without_a_write(club: Path, systems: Systems) -> None:
    doorward("sync", folder=club)
    document = systems.members()
    document["members"] = document["members"][::2]
    systems.set_members(document)
    before = systems.writes()
    assert "Held by the guard" in doorward("sync", folder=club, code=3)
    doorward("plan", "--out", "plan.json", folder=club, code=3)
    doorward("apply", "plan.json", folder=club, code=3)
    assert systems.writes() == before
    assert "10 written" in doorward("apply", "plan.json", "--approve-held", folder=club)


def test_a_register_that_is_away_ends_with_1_and_says_what_to_do(
    club: Path, systems: Systems
) -> None:
    put(f"{systems.register}/_twin/faults", [{"match": "Member/Export", "kind": "drop"}])
    told = doorward("sync", folder=club, code=1)
    put(f"{systems.register}/_twin/faults", [])
    assert "club could not be read; nobody loses access through it" in told
    assert "What to do:" in told


def test_one_person_is_synced_and_explained_and_the_record_says_why(
    club: Path, systems: Systems
) -> None:
    doorward("sync", folder=club)
    document = systems.members()
    for member in document["members"][:2]:
        member["roles"] = [{"role": "1", "start": "2026-01-01", "end": "2031-05-31"}]
    systems.set_members(document)
    doorward("sync", "--person", "member10001.1@example.org", folder=club)
    ends = {
        user["employeeNo"]: user["Valid"]["endTime"]
        for user in get(f"{systems.door}/_twin/state")["users"]
    }
    assert ends["10001"] == "2031-05-31T23:59:59" != ends["10002"]
    told = json.loads(doorward("explain", "10001", "--json", folder=club))
    assert told["targets"][0]["verdict"].startswith("open now")
    assert "role 'Gym'" in told["targets"][0]["rules"][0]
    (latest, *_) = json.loads(doorward("history", "--json", folder=club))
    assert (latest["person"], latest["state"]) == ("club/123/10001", "done")
    assert "2031-05-31" in latest["why"]


def test_calls_are_shown_and_no_secret_is_anywhere(club: Path) -> None:
    doorward("sync", folder=club)
    calls = doorward("calls", "--json", folder=club)
    assert any(call["path"] == "/Member/Export/" for call in json.loads(calls))
    assert SECRET not in calls
    for file in club.glob("doorward.db*"):
        assert SECRET.encode() not in file.read_bytes()


def test_links_are_made_kept_and_removed(club: Path) -> None:
    doorward("sync", folder=club)
    assert "no run has seen" in doorward("links", "set", "club/123/nobody", "10001", folder=club)
    doorward("links", "never", "club/123/10002", "10001", folder=club)
    listed = json.loads(doorward("links", "--json", folder=club))
    assert {"manual", "never", "email"} <= {link["how"] for link in listed}
    doorward("links", "remove", "club/123/nobody", folder=club)
    doorward("links", "remove", "club/123/nobody", folder=club, code=2)


def test_the_documents_ini_file_is_enough(systems: Systems, tmp_path: Path) -> None:
    port = systems.door.rpartition(":")[2]
    text = INI.format(register=systems.register, port=port, secret=SECRET)
    (tmp_path / "club.ini").write_text(text)
    told = doorward("--config", "club.ini", "sync", folder=tmp_path)
    assert "ok: 1 written and read back" in told


def test_what_is_wrong_with_a_configuration_is_told_with_its_line(tmp_path: Path) -> None:
    doorward("init", folder=tmp_path)
    doorward("init", folder=tmp_path, code=2)
    (tmp_path / "doorward.toml").write_text('[source.club]\ntype = "cardskiper"\n')
    told = doorward("check", folder=tmp_path, code=2)
    assert "doorward.toml:2" in told
    assert "cardskipper" in told
    doorward("plan", "--no-such-option", folder=tmp_path, code=2)
    doorward("--config", "none.toml", "plan", folder=tmp_path, code=2)


def test_check_says_what_works(club: Path) -> None:
    found = json.loads(doorward("check", "--json", folder=club))
    assert {"Organisation/Info", "Member/Export", "clock"} <= {one["what"] for one in found}


def test_it_serves_and_tells_its_health_and_stops_when_told(club: Path) -> None:
    with left_running("serve", "--port", "0", folder=club) as (url, process):
        for _ in range(100):
            try:
                health = get(f"{url}/healthz")
                break
            except OSError:  # no run has ended yet
                signal.sigtimedwait([], 0.1)
        assert (health["healthy"], health["verdict"]) == (True, "ok")
    assert process.returncode == 0


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_by_itself_until_it_is_told_to_stop(club: Path, told: signal.Signals) -> None:
    with subprocess.Popen(
        [DOORWARD, "run"], cwd=club, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ok: 1 written and read back")
        assert process.poll() is None
        process.send_signal(told)
        assert process.wait(10) == 0


@pytest.mark.parametrize("name", ["cardskipper", "hikvision"])
def test_what_a_twin_answered_survives_kill_9(name: str, tmp_path: Path) -> None:
    given = ("twin", name, "--port", "0", "--people", "5", "--state", "kept.db")
    rows = {"cardskipper": "members", "hikvision": "users"}[name]
    with left_running(*given, folder=tmp_path) as (url, process):
        state = get(f"{url}/_twin/state")
        state[rows] = state[rows][:3]
        put(f"{url}/_twin/state", state)
        process.kill()
        process.wait(10)
    with left_running(*given, folder=tmp_path) as (url, _):
        assert len(get(f"{url}/_twin/state")[rows]) == 3


def test_the_demo_tells_its_story_and_ends(tmp_path: Path) -> None:
    told = doorward("demo", "--once", "--people", "60", folder=tmp_path)
    assert "Held by the guard" in told
    assert "door:  main-door: open now" in told
    assert "door:  phones: open now" in told
    assert "phone not authorised" in told
    assert "unlocked by phone" in told
    assert "cars came and went" in told
    assert "In all," in told
    assert told.count("Writes to the door meanwhile: 0") == 2
