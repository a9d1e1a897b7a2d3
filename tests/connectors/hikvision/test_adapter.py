"""A terminal as the hub's target, on real sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from doorward.connectors.hikvision.adapter import TARGET, TWIN, HikvisionDoor, open_door
from doorward.connectors.hikvision.client import HikvisionClient
from doorward.connectors.hikvision.session import Patience, Session
from doorward.connectors.hikvision.settings import HikvisionSettings, TwinOptions
from doorward.connectors.hikvision.wire.device import Capabilities
from doorward.connectors.hikvision.wire.failures import NotSupported
from doorward.connectors.hikvision.wire.status import OK, reply
from doorward.connectors.kinds import Surroundings, TargetKind, TwinKind
from doorward.core.errors import Kind, Troubled
from doorward.core.people import Access, Person
from doorward.core.ports import (
    Confirmed,
    Create,
    Declined,
    Differs,
    Outcome,
    Remove,
    SetAccess,
    Unknown,
    silent,
)
from doorward.core.reads import Complete, Failed, Partial
from doorward.core.windows import ALWAYS, Window
from doorward.net.secrets import Secret
from doorward.twinkit.clock import ClockOrder

STOCKHOLM = ZoneInfo("Europe/Stockholm")
YEAR = Access(Window.of(date(2026, 6, 1), date(2027, 5, 31), STOCKHOLM))
ANN = Person(
    key="club/1", first_name="Ann", last_name="Ek", emails=("ann@example.org",), number="A7"
)

KINDS = ["documented", "k1t342", "k1t673", "generic-v4"]
every_kind = pytest.mark.parametrize("profile", KINDS)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting between tries."""
    patience = Patience(wait=0.0, wait_max=0.0, poll=0.0)
    real = Session.__init__

    def quick(self: Session, line: Any, login: Any, auth: Any, _patience: Patience) -> None:
        real(self, line, login, auth, patience)

    monkeypatch.setattr(Session, "__init__", quick)


@asynccontextmanager
async def target(
    rig: Any, profile: str = "k1t342", *, zone: ZoneInfo = STOCKHOLM, folder: Path = Path(),
    twin: dict[str, Any] | None = None, **settings: Any,
) -> AsyncIterator[tuple[HikvisionDoor, Any]]:  # fmt: skip
    async with rig(profile, **(twin or {})) as door:
        given = {
            "url": door.url, "username": "admin", "password": Secret("right-password"),
        } | settings  # fmt: skip
        around = Surroundings(zone=zone, folder=folder, clock=door.world.clock)
        async with open_door("north", HikvisionSettings(**given), around) as opened:
            assert isinstance(opened, HikvisionDoor)
            yield opened, door


@every_kind
async def test_everybody_is_a_holder(rig: Any, profile: str):
    async with target(rig, profile) as (north, door):
        read = await north.holders(silent)
        stored = door.stored("10001")
    assert isinstance(read, Complete)
    assert len(read.items) == 25
    first = read.items[0]
    assert (first.id, first.name) == ("10001", stored["name"])
    assert first.access.options == (("doors", ("1",)), ("plan", ("1",)))
    if profile in ("documented", "k1t342"):
        assert first.emails == ("member10001.1@example.org",)


@every_kind
async def test_access_is_set_and_shown_as_it_fits(rig: Any, profile: str):
    async with target(rig, profile) as (north, _door):
        outcome = await north.write(SetAccess("10001", YEAR))
        read = await north.holder("10001")
    assert isinstance(outcome, Confirmed)
    assert outcome.after == read
    assert read is not None
    assert read.access.window == north.fit(YEAR).window == YEAR.window


@every_kind
async def test_access_without_an_end_is_confirmed_as_it_fits(rig: Any, profile: str):
    async with target(rig, profile) as (north, door):
        outcome = await north.write(SetAccess("10001", Access(ALWAYS)))
        stored = door.stored("10001")["Valid"]
    assert isinstance(outcome, Confirmed)
    assert outcome.after is not None
    assert outcome.after.access.window == north.fit(Access(ALWAYS)).window
    assert stored["enable"] is True
    assert stored["endTime"] == "2037-12-31T23:59:59"


@every_kind
async def test_somebody_is_created_and_removed(rig: Any, profile: str):
    async with target(rig, profile) as (north, door):
        made = await north.write(Create(north.new_id(ANN), ANN, YEAR))
        happened, _ = await door.world.open("A7", 1)
        gone = await north.write(Remove("A7"))
        assert await north.holder("A7") is None
    assert isinstance(made, Confirmed)
    assert made.after is not None
    assert made.after.name == "Ann Ek"
    assert gone == Confirmed(None)
    assert happened.minor in (1, 8)


@pytest.mark.parametrize(
    ("profile", "place", "emails"),
    [
        ("documented", "auto", ("ann@example.org",)),
        ("documented", "nowhere", ()),
        ("documented", "email", ("ann@example.org",)),
        ("k1t342", "slot", ("ann@example.org",)),
        ("k1t342", "auto", ()),
    ],
)
async def test_a_new_persons_address_goes_where_it_is_told(
    rig: Any, profile: str, place: str, emails: tuple[str, ...]
):
    async with target(rig, profile, email_in=place) as (north, _door):
        made = await north.write(Create("A7", ANN, YEAR))
    assert isinstance(made, Confirmed)
    assert made.after is not None
    assert made.after.emails == emails


async def test_doors_and_plan_are_set_where_a_rule_names_them(rig: Any):
    access = Access(YEAR.window, (("doors", ("1", "2")), ("plan", ("3",))))
    async with target(rig, twin={"settings": {"doors": 2}}) as (north, _door):
        outcome = await north.write(SetAccess("10001", access))
    assert isinstance(outcome, Confirmed)
    assert outcome.after is not None
    assert access.satisfied_by(outcome.after.access)


async def test_a_revoked_person_cannot_open(rig: Any):
    async with target(rig) as (north, door):
        now = door.world.clock()
        yesterday = Access(Window(datetime(2026, 1, 1, tzinfo=UTC), now.replace(microsecond=0)))
        await north.write(SetAccess("10001", yesterday))
        door.world.clock.order(ClockOrder(advance=2))
        happened, _ = await door.world.open("10001", 1)
    assert happened.meaning is not None
    assert happened.meaning.text == "expired"


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (SetAccess("99999", YEAR), "nobody has employee number 99999"),
        (Create("10001", ANN, YEAR), "AlreadyExist"),
        (SetAccess("10001", Access(ALWAYS, (("doors", ("north",)),))), "doors are numbers"),
        (SetAccess("10001", Access(ALWAYS, (("doors", ("9",)),))), "doorRight"),
        (Remove("x" * 33), "1 to 32"),
    ],
)
async def test_what_cannot_be_done_is_declined(rig: Any, write: Any, reason: str):
    async with target(rig) as (north, _door):
        outcome = await north.write(write)
    assert isinstance(outcome, Declined)
    assert outcome.trouble.kind is Kind.PERMANENT
    assert reason in outcome.trouble.reason
    assert outcome.trouble.remedy


async def test_a_full_terminal_is_a_matter_of_capacity(rig: Any):
    async with target(rig, twin={"settings": {"capacity": 25}}) as (north, _door):
        outcome = await north.write(Create("A7", ANN, YEAR))
    assert isinstance(outcome, Declined)
    assert outcome.trouble.kind is Kind.CAPACITY


async def test_a_wrong_password_is_a_matter_of_credentials_and_sent_once(rig: Any):
    async with target(rig, password=Secret("wrong")) as (north, door):
        read = await north.holders(silent)
        outcome = await north.write(SetAccess("10001", YEAR))
        with pytest.raises(Troubled):
            await north.holder("10001")
        (finding,) = await north.check()
        attempts = door.world.gate.attempts
    assert isinstance(read, Failed)
    assert read.trouble.kind is Kind.CREDENTIAL
    assert isinstance(outcome, Declined)
    assert not finding.good
    assert attempts == 1


async def test_a_terminal_that_is_not_there_is_a_failed_read(rig: Any):
    async with target(rig, url="http://127.0.0.1:9") as (north, _door):
        read = await north.holders(silent)
    assert isinstance(read, Failed)
    assert read.trouble.kind is Kind.RETRY


async def test_a_short_list_is_a_partial_read(rig: Any):
    async with target(rig, twin={"people": 40}) as (north, door):
        real = door.world.terminal._matching
        door.world.terminal._matching = lambda asked: (
            real(asked) if asked.search_result_position == 0 else real(asked)[:30]
        )
        read = await north.holders(silent)
    assert isinstance(read, Partial)
    assert "30 of 40" in read.trouble.reason


async def test_an_odd_record_leaves_the_read_complete_and_is_named(rig: Any):
    async with target(rig) as (north, door):
        door.state(users=[door.stored("10001") | {"userType": "blackList"}, door.stored("10002")])
        read = await north.holders(silent)
        with pytest.raises(Troubled, match="block list"):
            await north.holder("10001")
        outcome = await north.write(SetAccess("10001", YEAR))
    assert isinstance(read, Complete)
    assert [faulty.key for faulty in read.faulty] == ["10001"]
    assert isinstance(outcome, Unknown)


async def test_a_write_that_cannot_be_read_back_is_unknown(rig: Any):
    async with target(rig) as (north, door):
        await north.holders(silent)
        door.fault("/Record", "lost answer")
        door.fault("/Search", "drop", times=None)
        outcome = await north.write(Create("A7", ANN, YEAR))
        gone = await north.write(Remove("A7"))
    assert isinstance(outcome, Unknown)
    assert outcome.trouble.kind is Kind.RETRY
    assert isinstance(gone, Unknown)


@pytest.mark.parametrize(
    ("method", "write"),
    [("modify", SetAccess("10001", YEAR)), ("record", Create("A7", ANN, YEAR)),
     ("begin_delete", Remove("10001"))],
)  # fmt: skip
async def test_a_terminal_that_only_says_ok_differs(rig: Any, method: str, write: Any):
    async with target(rig) as (north, door):
        setattr(door.world.terminal, method, lambda _given: reply(OK))
        outcome: Outcome = await north.write(write)
    assert isinstance(outcome, Differs)
    assert outcome.trouble.remedy


@pytest.mark.parametrize("number", ["", "A-7", "x" * 33, "7 7", "Å7"])
def test_a_number_that_not_every_model_takes_is_none(number: str):
    around = Surroundings(zone=STOCKHOLM)
    door = HikvisionDoor("n", STOCKHOLM, None, around.clock, None)  # type: ignore[arg-type]
    with pytest.raises(Troubled) as error:
        door.new_id(Person(key="club/1", number=number))
    assert "employee number" in error.value.trouble.reason


async def test_a_certificate_file_that_is_not_there_is_a_failed_read(rig: Any, tmp_path: Path):
    async with target(rig, folder=tmp_path, ca_file="door.pem") as (north, door):
        read = await north.holders(silent)
        outcome = await north.write(SetAccess("10001", YEAR))
        (finding,) = await north.check()
        assert not door.twin.calls
    assert isinstance(read, Failed)
    assert "door.pem is not there" in read.trouble.reason
    assert isinstance(outcome, Declined)
    assert not finding.good


async def test_a_certificate_file_is_looked_for_beside_the_configuration(rig: Any, tmp_path: Path):
    (tmp_path / "door.pem").write_text("")
    async with target(rig, folder=tmp_path, ca_file="door.pem") as (north, _door):
        assert north.fault is None


async def test_plain_http_beyond_this_machine_is_refused_before_anything_is_sent(rig: Any):
    async with target(rig, url="http://192.0.2.1") as (north, _door):
        read = await north.holders(silent)
    assert isinstance(read, Failed)
    assert "in the clear" in read.trouble.reason


@every_kind
async def test_a_check_finds_nothing_wrong_with_a_good_terminal(rig: Any, profile: str):
    async with target(rig, profile) as (north, _door):
        findings = await north.check()
    assert all(finding.good for finding in findings), findings
    assert [finding.subject for finding in findings] == ["connection", "dialect", "clock", "people"]


@pytest.mark.parametrize(
    ("drift", "text", "remedy"),
    [
        (420, "ahead of", "NTP"),
        (-3600, "behind", "time zone"),
        (7200, "ahead of", "time zone"),
    ],
)
async def test_a_check_finds_a_wrong_clock(rig: Any, drift: int, text: str, remedy: str):
    async with target(rig) as (north, door):
        real = door.world.terminal.now
        door.world.terminal.now = lambda: real() + timedelta(seconds=drift)
        found = {finding.subject: finding for finding in await north.check()}
    assert not found["clock"].good
    assert text in found["clock"].text
    assert remedy in found["clock"].remedy


async def test_a_check_finds_a_terminal_in_another_zone(rig: Any):
    async with target(rig, zone=ZoneInfo("Asia/Kolkata")) as (north, _door):
        found = {finding.subject: finding for finding in await north.check()}
    assert not found["clock"].good


async def test_a_check_warns_of_a_terminal_that_is_almost_full(rig: Any):
    async with target(rig, twin={"settings": {"capacity": 26}}) as (north, _door):
        found = {finding.subject: finding for finding in await north.check()}
    assert not found["people"].good
    assert "room for 26" in found["people"].text


async def test_a_check_warns_of_what_is_not_safe(rig: Any):
    twin = {"settings": {"schemes": ["basic"]}}
    async with target(rig, "documented", twin=twin, verify=False) as (north, _door):
        found = {finding.subject: finding for finding in await north.check()}
    assert not found["certificate"].good
    assert not found["password"].good


async def test_a_check_goes_on_where_a_call_is_refused(rig: Any):
    async with target(rig) as (north, door):
        door.fault("System/time", "refuse", times=None)
        door.fault("/search", "refuse", times=None)
        door.fault("/Search", "refuse", times=None)
        door.fault("/Count", "refuse", times=None)
        found = {finding.subject: finding.good for finding in await north.check()}
    assert found == {"connection": True, "dialect": False, "clock": False, "people": False}


async def test_a_check_does_without_calls_that_a_terminal_lacks(rig: Any, monkeypatch: Any):
    async def lacking(_self: HikvisionClient) -> int:
        raise NotSupported("no")

    async def silent_on_room(_self: HikvisionClient) -> Capabilities:
        return Capabilities()

    async with target(rig) as (north, _door):
        monkeypatch.setattr(HikvisionClient, "capabilities", silent_on_room)
        text = (await north.check())[-1].text
        monkeypatch.setattr(HikvisionClient, "count", lacking)
        subjects = [finding.subject for finding in await north.check()]
    assert text == "25 people"
    assert "people" not in subjects


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"url": "192.168.1.100"}, "not an address"),
        ({"url": "ftp://192.168.1.100"}, "not an address"),
        ({"url": "https://admin:x@192.168.1.100"}, "no login"),
        ({"url": "https://192.168.1.100/ISAPI"}, "no path"),
        ({"username": "ad:min"}, "colon"),
        ({"fingerprint": "AB:CD"}, "SHA-256"),
        ({"fingerprint": "Z" * 64}, "SHA-256"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], text: str):
    given = {"url": "https://192.168.1.100", "username": "a", "password": Secret("b")} | settings
    with pytest.raises(ValueError, match=text):
        HikvisionSettings(**given)


def test_settings_say_whom_to_trust():
    settings = HikvisionSettings(
        url="https://192.168.1.100", username="a", password=Secret("b"),
        fingerprint=":".join(["AB"] * 32), timeout=5.0,
    )  # fmt: skip
    assert settings.trust(Path("/etc")).fingerprint == settings.fingerprint
    assert (settings.limits.connect, settings.limits.total) == (5.0, 5.0)
    assert "b" not in repr(settings.password)


def test_a_target_and_a_twin_are_declared():
    assert isinstance(TARGET, TargetKind)
    assert isinstance(TWIN, TwinKind)
    assert TARGET.grant_options == ("doors", "plan")


def test_a_twin_is_made_from_its_options(tmp_path: Path):
    options = TwinOptions(people=3, profile="k1t673", state=tmp_path / "twin.sqlite")
    twin = TWIN.make(options)
    state = msgspec.json.decode(twin.world.document())
    assert (state["profile"], len(state["users"])) == ("k1t673", 3)
    with pytest.raises(ValueError, match="profile"):
        TWIN.make(TwinOptions(profile="k9"))
