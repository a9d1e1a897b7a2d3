"""Objects as wholes: what an edit leaves of them, what a reader's settings become."""

from typing import Any

import msgspec
import pytest

from connectors.vizpin.wire_examples import DOOR, EARLY, ENTRY, GYM, HALL, MAJA
from doorward.connectors.vizpin.wire import operations as ops
from doorward.connectors.vizpin.wire.faults import Fault, Faulty
from doorward.connectors.vizpin.wire.fields import given
from doorward.connectors.vizpin.wire.readers import (
    DEFAULTS,
    ReaderSettings,
    ReaderSettingsFields,
    battery_status,
    settled,
)
from doorward.connectors.vizpin.wire.schedules import FirstInSchedule
from doorward.connectors.vizpin.wire.users import VERIFIED
from doorward.connectors.vizpin.wire.vizpins import LIVE, VizpinStatus

replace = msgspec.structs.replace


@pytest.mark.parametrize("whole", [GYM, HALL, DOOR, MAJA], ids=["GYM", "HALL", "DOOR", "MAJA"])
def test_a_right_object_has_no_fault(whole: Any):
    assert whole.fault() is None


@pytest.mark.parametrize(
    ("whole", "fault"),
    [
        (replace(GYM, name=""), Fault("name", "is empty")),
        (replace(GYM, country="USA"), Fault("state", "is required in the USA")),
        (
            replace(GYM, country="USA", state="XX"),
            Fault("state", "is not in the list of US states"),
        ),
        (replace(HALL, timezone="UTC"), Fault("timezone", "is not in the list of time zones")),
        (replace(HALL, account_id=""), Fault("accountid", "is empty")),
        (
            replace(HALL, country="USA", state="XX"),
            Fault("state", "is not in the list of US states"),
        ),
        (replace(DOOR, serial=""), Fault("serial", "is empty")),
        (
            replace(DOOR, readersettings=ReaderSettings(first_in_mode="on")),
            Fault("readersettings.first_in_schedule", "is required while first_in_mode is on"),
        ),
        (
            replace(DOOR, readersettings=ReaderSettings(read_range="Long")),
            Fault("readersettings.read_range", "is none of Short, Normal, Unlimited"),
        ),
    ],
)
def test_an_object_says_what_is_wrong_with_it(whole: Any, fault: Fault):
    assert whole.fault() == fault


@pytest.mark.covers("vizpin", rule="edit-keeps")
def test_an_edit_leaves_what_it_does_not_say():
    said = ops.LOCATION_EDIT.read_params(
        {"oem_key": "k", "location": {"id": "loc01", "city": "Solna", "locationcode": "other"}}
    ).location
    after = replace(HALL, **given(said))
    assert after == replace(HALL, city="Solna")


def read_settings(**said: Any) -> ReaderSettingsFields:
    raw = {"oem_key": "k", "edit_reader": {"id": "r", "readersettings": said}}
    read = ops.READER_EDIT.read_params(raw)
    assert not isinstance(read, Fault), read
    return read.reader.readersettings


@pytest.mark.covers("vizpin", rule="reader-defaults")
def test_settings_that_are_left_out_are_the_printed_ones():
    assert settled(read_settings()) == DEFAULTS
    assert (DEFAULTS.read_range, DEFAULTS.relay_mode, DEFAULTS.relay_time) == (
        "Unlimited",
        "Normally Open",
        "5",
    )
    assert DEFAULTS.first_in_mode == "off"


@pytest.mark.covers("vizpin", rule="smartlock")
def test_a_smartlock_has_no_relay_mode():
    lock = settled(read_settings(powermode="Standard"))
    assert lock.smartlock
    assert lock.relay_mode == ""
    assert settled(read_settings(powermode=""), lock).relay_mode == "Normally Open"
    assert not settled(read_settings(powermode="")).smartlock


@pytest.mark.covers("vizpin", rule="smartlock")
def test_a_relay_mode_beside_a_powermode_is_refused():
    raw = {"id": "r", "readersettings": {"powermode": "Standard", "relay_mode": "Normally Open"}}
    fault = ops.READER_EDIT.read_params({"oem_key": "k", "edit_reader": raw})
    assert isinstance(fault, Fault)
    assert fault.field == "edit_reader.readersettings.relay_mode"


@pytest.mark.covers("vizpin", rule="first-in-schedule")
def test_first_in_mode_needs_hours():
    with pytest.raises(Faulty, match=r"readersettings\.first_in_schedule"):
        settled(read_settings(first_in_mode="on"))


def test_first_in_hours_are_kept_until_the_mode_is_off():
    before = DOOR.readersettings
    assert settled(read_settings(relay_time="7"), before).first_in_schedule == EARLY
    after = settled(read_settings(first_in_mode="off"), before)
    assert after.first_in_schedule == FirstInSchedule()


@pytest.mark.covers("vizpin", rule="first-in-off")
def test_a_schedule_is_passed_over_unread_while_the_mode_is_off():
    said = read_settings(first_in_mode="Off", First_In_Schedule="garbled")
    assert settled(said).first_in_schedule == FirstInSchedule()
    raw = {"id": "r", "readersettings": {"first_in_schedule": "garbled"}}
    fault = ops.READER_EDIT.read_params({"oem_key": "k", "edit_reader": raw})
    assert isinstance(fault, Fault)
    assert fault.field == "edit_reader.readersettings.first_in_schedule"


@pytest.mark.covers("vizpin", rule="battery")
@pytest.mark.parametrize(
    ("life", "word"),
    [
        (None, "Powered"),
        (900, "FullPower"),
        (776, "FullPower"),
        (775, "MidPower"),
        (694, "MidPower"),
        (693, "LowPower"),
        (0, "LowPower"),
    ],
)
def test_a_battery_has_a_word(life: int | None, word: str):
    assert battery_status(life) == word


def test_a_user_is_verified_by_an_x_of_either_kind():
    assert not MAJA.verified
    for mark in (VERIFIED, type(VERIFIED)("x")):
        assert replace(MAJA, phoneconfirmation=mark).verified


def test_an_activity_knows_its_time_and_code():
    assert ENTRY.code == 52
    assert ENTRY.at.isoformat() == "2026-03-02T05:11:09+00:00"


def test_only_confirmed_and_scheduled_vizpins_are_live():
    assert sorted(LIVE) == ["Confirmed", "Scheduled"]
    assert VizpinStatus.SUPERSEDED == "Superceded"
