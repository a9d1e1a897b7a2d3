"""A terminal's events as happenings: as it pushes them, and as it tells them when asked."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from doorward.connectors.hikvision.happenings import happenings, told
from doorward.connectors.hikvision.history import Wanted
from doorward.connectors.hikvision.outcome import Events
from doorward.connectors.hikvision.wire.event import NOTICE_LIMIT, Event
from doorward.connectors.hikvision.wire.failures import TerminalRefused
from doorward.connectors.hikvision.wire.form import NotUnderstood
from doorward.connectors.reception import Inbound
from doorward.core.inbound import Happening, Mark
from doorward.core.reads import Complete, Failed, Partial
from doorward.net.secrets import Secret
from doorward.twinkit.clock import ClockOrder

ZONE = ZoneInfo("Europe/Stockholm")
NOON = datetime(2026, 5, 2, 10, tzinfo=UTC)


def notice(time: str = "2026-05-02T12:00:00+02:00", **detail: Any) -> dict[str, Any]:
    known = {
        "majorEventType": 5,
        "subEventType": 75,
        "employeeNoString": "4021",
        "name": "Eva Lind",
        "doorNo": 1,
        "serialNo": 90,
        "currentEvent": True,
    }
    told = {name: value for name, value in (known | detail).items() if value is not None}
    return {
        "dateTime": time,
        "eventType": "AccessControllerEvent",
        "AccessControllerEvent": told,
    }


def hear(message: object, content_type: str = "application/json") -> Sequence[Happening]:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return told("main-door", ZONE, content_type, body)


def heard(time: str = "2026-05-02T12:00:00+02:00", **detail: Any) -> Happening:
    [one] = hear(notice(time, **detail))
    return one


def test_a_push_says_who_was_let_in_where_and_when():
    one = heard()
    assert (one.system, one.serial, one.at) == ("main-door", "90", NOON)
    assert (one.kind, one.text) == ("granted", "granted by face")
    assert (one.holder, one.name, one.door, one.late) == ("4021", "Eva Lind", "1", False)


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        (1, "granted", "granted by card"),
        (156, "granted", "granted by QR code"),
        (8, "denied", "denied: expired"),
        (7, "denied", "denied: outside schedule"),
        (21, "door", "door unlocked"),
        (4711, "other", "event 5/4711"),
    ],
)
def test_codes_are_told_in_words_and_unknown_ones_as_they_are(code: int, kind: str, text: str):
    one = heard(subEventType=code)
    assert (one.kind, one.text) == (kind, text)


def test_a_replay_is_late():
    assert heard(currentEvent=False).late
    assert not heard(currentEvent=None).late


def test_a_heartbeat_tells_nothing():
    assert hear({"dateTime": "2026-05-02T12:00:00+02:00", "eventType": "heartBeat"}) == ()


def test_a_time_without_an_offset_is_the_terminals_wall_time():
    assert heard("2026-05-02T12:00:00").at == NOON


def test_fractions_of_a_second_do_not_make_another_event_of_it():
    assert heard("2026-05-02T12:00:00.250+02:00").at == NOON


def test_events_without_a_number_are_told_apart_by_what_they_say():
    one, other = heard(serialNo=None), heard(serialNo=None, employeeNoString="4022")
    assert one.serial != other.serial
    assert one.serial == heard(serialNo=None).serial
    assert heard(serialNo=None, employeeNoString=None, doorNo=None, name=None).serial == "5/75"


def test_what_the_terminal_said_is_kept_but_for_the_card():
    one = heard(cardNo="0123456789", mask="no")
    assert '"mask": "no"' in one.raw
    assert "0123456789" not in repr(one)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-02:00"])
def test_a_time_beyond_all_years_is_refused(time: str):
    with pytest.raises(ValueError, match="beyond"):
        heard(time)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"{}", b"null", b'{"dateTime": 1}'])
@pytest.mark.parametrize("kind", ["", "application/json", "multipart/form-data; boundary=x"])
def test_what_is_no_push_is_refused_with_a_reason(body: bytes, kind: str):
    with pytest.raises(NotUnderstood) as refused:
        hear(body, kind)
    assert str(refused.value)


def test_more_than_an_event_can_say_is_refused():
    with pytest.raises(NotUnderstood, match="more than"):
        heard(mask="x" * NOTICE_LIMIT)


def test_settings_without_a_word_about_it_let_this_machine_alone_push():
    rules = Inbound()
    assert rules.secret is None
    assert [rules.allows(one) for one in ("127.0.0.1", "::1", "192.0.2.7")] == [True, True, False]


def test_who_may_push_is_told_by_networks():
    rules = Inbound(allow=("192.0.2.0/24", "2001:db8::7"))
    for peer in ("192.0.2.7", "::ffff:192.0.2.7", "2001:db8::7"):
        assert rules.allows(peer)
    for peer in ("192.0.3.7", "127.0.0.1", "2001:db8::8", "", "door"):
        assert not rules.allows(peer)


@pytest.mark.parametrize("wrong", ["", "192.0.2.1/24", "anybody"])
def test_what_is_no_network_is_refused(wrong: str):
    with pytest.raises(ValueError, match="allow has an entry that is no network"):
        Inbound(allow=(wrong,))


def test_a_certificate_that_is_no_fingerprint_is_refused():
    with pytest.raises(ValueError, match="SHA-256"):
        Inbound(certificate="ab:cd")


@pytest.mark.parametrize("wrong", ["", "short", "0123456789abcde/", "x" * 129])
def test_a_secret_that_cannot_be_part_of_an_address_or_be_guessed_is_refused(wrong: str):
    with pytest.raises(ValueError, match=r"^secret is not 16") as refused:
        Inbound(secret=Secret(wrong))
    assert not wrong or wrong not in str(refused.value)


def serials(read: Any) -> list[str]:
    assert isinstance(read, Complete), read
    return [one.serial for one in read.items]


async def test_from_a_mark_on_all_events_are_told(rig: Any):
    async with rig("k1t342") as door:
        for _ in range(70):
            await door.world.open("10001", 1)
        read = await happenings("door", ZONE, door.client.events, Mark("30", door.world.clock()))
    assert serials(read) == [str(number) for number in range(30, 71)]
    assert all(one.raw and one.holder == "10001" for one in read.items)


async def test_events_of_a_clock_that_was_set_back_are_not_missed(rig: Any):
    async with rig("k1t342") as door:
        await door.world.open("10001", 1)
        ahead = Mark("1", door.world.clock() + timedelta(days=3))
        await door.world.open("10001", 1)
        read = await happenings("door", ZONE, door.client.events, ahead)
    assert serials(read) == ["1", "2"]


async def test_events_of_a_terminal_that_counts_anew_are_not_missed(rig: Any):
    async with rig("k1t342") as door:
        mark = Mark("5000", door.world.clock() - timedelta(hours=1))
        await door.world.open("10001", 1)
        read = await happenings("door", ZONE, door.client.events, mark)
    assert serials(read) == ["1"]


async def test_without_a_number_a_moment_is_enough(rig: Any):
    async with rig("k1t342") as door:
        await door.world.open("10001", 1)
        door.world.clock.order(ClockOrder(advance=7200))
        await door.world.open("10001", 1)
        since = door.world.clock() - timedelta(hours=1)
        read = await happenings("door", ZONE, door.client.events, Mark("", since))
    assert serials(read) == ["2"]


async def test_a_terminal_that_takes_no_time_is_asked_by_number_alone(rig: Any):
    async with rig("k1t673") as door:
        await door.world.open("10001", 1)
        quiet = await happenings("door", ZONE, door.client.events, Mark("0001", NOON))
        await door.world.open("10001", 1)
        more = await happenings("door", ZONE, door.client.events, Mark("1", NOON))
        asked = [call for call in door.twin.calls if "AcsEvent" in call.path]
    assert serials(quiet) == ["1"]
    assert serials(more) == ["1", "2"]
    assert len([call for call in asked if call.status == 200]) == 2


@pytest.mark.parametrize("serial", ["", "5000", "5/75 4021 1"])
async def test_a_terminal_that_takes_no_time_is_not_made_to_tell_everything(rig: Any, serial: str):
    async with rig("k1t673") as door:
        await door.world.open("10001", 1)
        read = await happenings("door", ZONE, door.client.events, Mark(serial, NOON))
    assert isinstance(read, Failed)
    assert "all at once" in read.trouble.reason
    assert read.trouble.remedy


async def test_a_terminal_that_takes_no_number_is_asked_by_time():
    asked: list[Wanted] = []

    async def ask(wanted: Wanted) -> Events:
        asked.append(wanted)
        if wanted.after_serial is not None:
            raise TerminalRefused("no")
        return Events((Event(major=5, minor=1, time=NOON, serial_no=9),))

    read = await happenings("door", ZONE, ask, Mark("7", NOON))
    assert serials(read) == ["9"]
    assert asked[1].since == NOON - timedelta(minutes=1)
    assert all(one.bounds_needed for one in asked)


async def test_a_terminal_that_is_away_is_trouble(rig: Any):
    async with rig("k1t673") as door:
        door.fault("AcsEvent", "drop", times=None)
        read = await happenings("door", ZONE, door.client.events, Mark("1", NOON))
    assert isinstance(read, Failed)


async def test_what_cannot_be_read_is_named_beside_what_can():
    never = Event(major=5, minor=1, time=datetime(1, 1, 1, tzinfo=ZONE), serial_no=8)
    fine = Event(major=5, minor=1, time=NOON, serial_no=9)

    async def ask(_wanted: object) -> Events:
        return Events((never, fine))

    read = await happenings("door", ZONE, ask, Mark("7", NOON))
    assert isinstance(read, Partial)
    assert [one.serial for one in read.items] == ["9"]
    assert "beyond" in read.trouble.reason
