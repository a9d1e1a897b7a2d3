"""The twin's state: its document, what is wrong with one, the file that survives kill -9."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from connectors.vizpin.twin_rig import NOW, OEM_KEY, Frozen, Rig, club, made
from doorward.connectors.vizpin.twin import VizpinWorld, make_twin
from doorward.connectors.vizpin.twin.seed import ZONE, has_app
from doorward.connectors.vizpin.twin_settings import TwinOptions
from doorward.connectors.vizpin.wire.zones import TIME_ZONES
from doorward.net.phone import international
from doorward.twinkit.clock import ClockOrder
from doorward.twinkit.population import people

PARTS = {
    *("settings", "serial", "oems", "logins", "accounts", "locations", "readers", "roles"),
    *("users", "associations", "credentials", "holdings", "vizpins", "activity"),
}


def full() -> Rig:
    """A twin with something of each kind."""
    here = club(made(people=6))
    user = here.rig.member(here.location)
    role = here.rig.role(here.location, "Rowers", here.gate)
    here.rig.ok(
        "user.grantphonerole",
        site_id=here.location,
        user_ids=[user],
        role_ids=[role],
        start_date="2026-01-01",
        stop_date="2026-12-31",
    )
    here.rig.ok("credential.generate", userid=user, account_id=here.account)
    here.rig.unlock(user, here.gate)
    return here.rig


def document(rig: Rig) -> dict[str, Any]:
    return dict(json.loads(rig.world.document()))


def test_the_document_holds_everything_and_is_put_back_as_it_came_out():
    rig = full()
    before = rig.world.document()
    assert set(json.loads(before)) == PARTS
    assert all(json.loads(before).values())
    rig.world.reset()
    assert rig.world.document() != before
    rig.world.restore(before)
    assert rig.world.document() == before


def test_a_part_that_is_left_out_stays():
    rig = full()
    before = document(rig)
    rig.world.restore(b'{"activity": [], "settings": {"lock_seconds": 5}}')
    after = document(rig)
    assert after["activity"] == []
    assert after["settings"]["lock_seconds"] == 5
    for part in PARTS - {"activity", "settings"}:
        assert after[part] == before[part]


def test_an_id_is_never_given_twice_whatever_the_serial_says():
    rig = full()
    rig.world.restore(json.dumps({**document(rig), "serial": 0}).encode())
    taken = {row["user"]["id"] for row in document(rig)["users"]}
    assert rig.user("+4915100000123")["id"] not in taken
    assert document(rig)["serial"] > 30


def changed(part: str, place: int, **fields: Any) -> Any:
    def change(whole: dict[str, Any]) -> None:
        for path, value in fields.items():
            held = whole[part][place]
            *outer, last = path.split("__")
            for name in outer:
                held = held[name]
            held[last] = value

    return change


def doubled(part: str) -> Any:
    def change(whole: dict[str, Any]) -> None:
        whole[part].append(whole[part][0])

    return change


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (changed("accounts", 0, oem="x"), r"accounts\[0\]\.oem: there is no such oem"),
        (changed("logins", 0, oem="x"), r"logins\[0\]\.oem"),
        (changed("logins", 0, wrong=-1), "wrong"),
        (changed("logins", 0, locked_at="2026-01-01T00:00:00"), r"logins\[0\]\.locked_at"),
        (changed("accounts", 0, account__country="ALA"), r"accounts\[0\]\.account\.country"),
        (changed("accounts", 0, account__shoe="1"), "shoe"),
        (changed("locations", 0, accountid="x"), r"locations\[0\]\.accountid"),
        (changed("locations", 0, timezone="UTC"), r"locations\[0\]\.timezone"),
        (changed("locations", 0, timezone=""), r"readers\[0\]\.reader\.locationid"),
        (changed("readers", 0, reader__locationid="x"), r"readers\[0\]\.reader\.locationid"),
        (changed("readers", 0, stands_open_until="2026-01-01T00:00:00"), "stands_open_until"),
        (
            changed("readers", 0, reader__readersettings__first_in_mode="on"),
            r"readers\[0\]\.reader\.readersettings\.first_in_schedule",
        ),
        (changed("roles", 0, role__siteid="x"), r"roles\[0\]\.role\.siteid"),
        (changed("roles", 0, readers=["x"]), r"roles\[0\]\.readers: there is no such reader"),
        (changed("users", 0, user__phone="070"), r"users\[0\]\.user\.phone"),
        (changed("users", 0, user__id=""), r"users\[0\]\.its id is empty"),
        (changed("associations", 0, user="x"), r"associations\[0\]\.user"),
        (changed("credentials", 0, accountId="x"), r"credentials\[0\]\.accountId"),
        (changed("holdings", 0, stop_date=""), r"holdings\[0\]\.stop_date: is empty"),
        (changed("holdings", 0, stop_date="soon"), r"holdings\[0\]\.stop_date: is not"),
        (changed("vizpins", 0, vizpin__userid="x"), r"vizpins\[0\]\.vizpin\.userid"),
        (changed("vizpins", 0, vizpin__start_date="x"), r"vizpins\[0\]\.vizpin\.start_date"),
        (
            changed("vizpins", 0, vizpin__schedule={"type": "custom"}),
            r"vizpins\[0\]\.vizpin\.schedule\.scheduleelement",
        ),
        (changed("vizpins", 0, ended="gone"), "ended"),
        (changed("activity", 0, readerId="x"), r"activity\[0\]\.readerId"),
        (doubled("users"), r"users\[\d+\]\.its id is there twice"),
        (doubled("logins"), r"logins\[\d+\]\.its id is there twice"),
        (lambda whole: whole.update(shoes=[]), "shoes"),
        (lambda whole: whole.update(settings={"cards": 0}), "cards"),
        (lambda whole: whole.update(users=7), "users"),
    ],
)
def test_what_is_wrong_with_a_document_is_named_and_nothing_has_changed(change: Any, why: str):
    rig = full()
    before = rig.world.document()
    whole = document(rig)
    change(whole)
    with pytest.raises(ValueError, match=why):
        rig.world.restore(json.dumps(whole).encode())
    assert rig.world.document() == before


@pytest.mark.parametrize(
    ("part", "path", "why"),
    [
        ("accounts", ("account", "name"), "account.name: is there twice"),
        ("users", ("user", "phone"), "user.phone: is there twice"),
        ("locations", ("name",), "name: is there twice"),
    ],
)
def test_what_is_unique_is_not_there_twice(part: str, path: tuple[str, ...], why: str):
    whole = document(full())
    second = json.loads(json.dumps(whole[part][0]))
    held = second
    for name in path[:-1]:
        held = held[name]
    held["id"] = "another"
    whole[part].append(second)
    with pytest.raises(ValueError, match=why):
        made().world.restore(json.dumps(whole).encode())


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 100_000, b'{"users": null, "x": 1}'])
def test_what_is_no_document_is_refused(body: bytes):
    rig = made()
    with pytest.raises(ValueError):  # noqa: PT011  # each says something else
        rig.world.restore(body)


def test_a_reset_goes_back_to_the_seed_and_ends_all_sessions():
    rig = made(people=4)
    before = document(rig)
    rig.account()
    rig.world.restore(b'{"settings": {"session_seconds": 5}}')
    rig.world.reset()
    after = document(rig)
    for whole in (before, after):
        whole["logins"] = [login["username"] for login in whole["logins"]]  # hashes have salt
    assert after == before
    assert rig.call("time")["error"]["code"] == 20


# --- the people


def test_the_people_are_those_of_every_twin_with_the_same_phones():
    rig = made(people=40, seed=3)
    users = list(rig.world.store.users.rows.values())[:40]
    for person, kept in zip(people(40, 3, NOW.date()), users, strict=True):
        assert kept.user.phone == person.phone == international(person.phone, "SE")
        assert (kept.user.first_name, kept.user.last_name) == (person.first_name, person.last_name)
        assert kept.user.emailaddress == person.email
        assert kept.registered is has_app(person)
    assert ZONE in TIME_ZONES


# --- on disk


def reopened(file: Path) -> Rig:
    return Rig(make_twin(TwinOptions(people=2, state=file), Frozen()))


def test_everything_is_there_again_after_a_restart(tmp_path: Path):
    file = tmp_path / "twin.db"
    here = club(made(people=2, state=file))
    rig = here.rig
    user = rig.member(here.location)
    vizpin = rig.grant(user, here.gate)["id"]
    rig.unlock(user, here.gate)
    rig.world.restore(b'{"settings": {"lock_seconds": 77}}')
    rig.ok("vizpin.revoke", vizpin_ids=[vizpin])
    rig.ok("object.delete", objectId=here.shed, objectname="reader")
    rig.world.clock.order(ClockOrder(advance=100))
    before = rig.world.document()
    rig.world.close()
    again = reopened(file)
    assert again.world.document() == before
    assert again.world.clock.shift.total_seconds() == 100
    again.token = rig.token
    assert again.raw("time", {"oem_key": OEM_KEY})["status"] == 1
    assert again.statuses(here.account, user) == ["Revoke Complete"]
    assert again.ok("user.list", account_id=here.account)["users"][0]["id"] == user
    again.world.close()


def test_a_restart_gives_no_id_twice(tmp_path: Path):
    file = tmp_path / "twin.db"
    rig = made(state=file)
    gone = rig.user()["id"]
    rig.ok("user.delete", userid=gone)
    rig.world.close()
    again = reopened(file)
    again.login()
    assert again.user()["id"] > gone
    again.world.close()


def test_a_lock_outlives_a_restart(tmp_path: Path):
    file = tmp_path / "twin.db"
    rig = made(state=file)
    for _ in range(3):
        rig.login(password="wrong")
    rig.world.close()
    again = reopened(file)
    assert again.login()["error"]["code"] == 61
    again.world.close()


def test_a_session_that_is_used_lives_over_a_restart(tmp_path: Path):
    file = tmp_path / "twin.db"
    rig = made(state=file)
    for _ in range(3):
        rig.advance(seconds=7000)
        rig.ok("time")
    rig.world.close()
    again = reopened(file)
    again.advance(seconds=21_000)
    again.token = rig.token
    again.ok("time")
    again.world.close()


def test_a_write_that_fails_has_changed_nothing(monkeypatch: pytest.MonkeyPatch):
    rig = made()
    before = rig.world.document()

    def full_disk(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(rig.world.store._shelf, "write", full_disk)
    assert rig.call("user.preregister", preregister_user=PERSON)["error"]["code"] == -32603
    assert rig.world.document() == before
    monkeypatch.undo()
    rig.user()


PERSON = {"first_name": "A", "last_name": "B", "phone": "+4915112345678", "country": "DEU"}

SCRIPT = """
import sys
from pathlib import Path
from connectors.vizpin.twin_rig import made
rig = made(state=Path(sys.argv[1]))
for number in range(10**6):
    user = rig.user(f"+49151{number:08d}")
    print(user["id"], flush=True)
"""


async def test_what_was_answered_survives_kill_9(tmp_path: Path):
    file = tmp_path / "twin.db"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SCRIPT,
        str(file),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stdout is not None
    answered = [(await process.stdout.readline()).decode().strip() for _ in range(40)]
    os.kill(process.pid, signal.SIGKILL)
    rest, _ = await process.communicate()
    answered += rest.decode().split("\n")[:-1]
    rig = reopened(file)
    assert all(answered)
    assert set(answered) <= set(rig.world.store.users.rows)
    rig.login()
    assert rig.user("+4915212345678")["id"] not in answered
    rig.world.close()


def test_a_twin_without_a_file_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    made(people=2).account()
    assert list(tmp_path.iterdir()) == []
    assert isinstance(made().world, VizpinWorld)
