"""A terminal pushes over a socket into `doorward serve`; it shows in `doorward activity`."""

import json
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from e2e.programs import doorward, get, left_running, put
from e2e.town import CONFIGURATION

SECRET = "0123456789abcdef-hush"


def stand_at(door: str, number: str) -> int:
    """Somebody stands at the door; how many listeners were told."""
    body = json.dumps({"employeeNo": number, "door": 1}).encode()
    with urlopen(Request(f"{door}/_twin/open", body, method="POST"), timeout=10) as answer:
        return int(json.load(answer)["pushed"])


def listen(door: str, hub: str, path: str) -> None:
    """Let the terminal push to the hub."""
    port = int(hub.rpartition(":")[2])
    put(
        f"{door}/_twin/state",
        {"hosts": [{"id": "1", "url": path, "ipAddress": "127.0.0.1", "portNo": port}]},
    )


def activity(folder: Path, *given: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(doorward("activity", "--json", *given, folder=folder))
    return found


def waited_for(folder: Path, count: int) -> list[dict[str, Any]]:
    """The activity, once there is so much of it."""
    for _ in range(40):
        if len(found := activity(folder)) >= count:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{count} events were expected, there are {len(found)}")


def test_who_came_in_is_shown_and_outlives_kill_9_and_what_nobody_heard_is_asked_for(
    tmp_path: Path,
) -> None:
    few = ("--port", "0", "--people", "5")
    with (
        left_running("twin", "cardskipper", *few, folder=tmp_path) as (register, _),
        left_running("twin", "hikvision", *few, "--profile", "k1t342", folder=tmp_path) as (
            door,
            _,
        ),
    ):
        pushes = f'inbound = {{ secret = "{SECRET}" }}'
        text = CONFIGURATION.format(register=register, door=door, policy=pushes)
        (tmp_path / "doorward.toml").write_text(text)
        doorward("sync", folder=tmp_path)

        with left_running("serve", "--port", "0", folder=tmp_path) as (hub, process):
            listen(door, hub, f"/push/main-door/{SECRET}")
            assert stand_at(door, "10001") == 1
            process.kill()
            process.wait(10)
        [heard] = activity(tmp_path)
        assert (heard["target"], heard["kind"], heard["late"]) == ("main-door", "granted", False)
        assert (heard["holder"], heard["person"]) == ("10001", "club/123/10001")
        assert heard["name"]

        assert stand_at(door, "4711") == 0
        with left_running("serve", "--port", "0", folder=tmp_path) as (hub, _):
            latest, earlier = waited_for(tmp_path, 2)
            assert (latest["kind"], latest["late"]) == ("denied", True)
            assert earlier == heard

            listen(door, hub, f"/push/main-door/{SECRET}")
            assert stand_at(door, "10002") == 1  # and the one that was missed, as a replay
            assert get(f"{hub}/healthz")["last_events"]["main-door"]["late"] is False
        assert [one["holder"] for one in activity(tmp_path)] == ["10002", "4711", "10001"]
        assert activity(tmp_path, "--person", "club/123/10001") == [heard]
        table = doorward("activity", "--limit", "2", folder=tmp_path)
        assert "heard late" in table
        assert "10001" not in table
        assert SECRET not in table


def test_a_push_without_the_secret_is_refused_and_what_it_told_only_asked_for(
    tmp_path: Path,
) -> None:
    with left_running("twin", "hikvision", "--people", "3", folder=tmp_path) as (door, _):
        pushes = f'inbound = {{ secret = "{SECRET}" }}'
        text = CONFIGURATION.format(register="http://127.0.0.1:9", door=door, policy=pushes)
        (tmp_path / "doorward.toml").write_text(text)
        with left_running("serve", "--port", "0", folder=tmp_path) as (hub, _):
            listen(door, hub, "/push/main-door")
            assert stand_at(door, "10001") == 0
            assert all(one["late"] for one in activity(tmp_path))
            with pytest.raises(HTTPError, match="403"):
                urlopen(Request(f"{hub}/push/main-door", b"{}", method="POST"), timeout=10)
