"""Accounts, locations and readers: names, fixed fields, defaults, and what goes with what."""

from typing import Any

import pytest

from connectors.vizpin.twin_rig import NEW_ACCOUNT, Rig, club, made, neighbour
from doorward.connectors.vizpin.wire.codes import ErrorCode

WEEK = {"monday_begin": "08:00 AM", "monday_end": "05:00 PM"}
FIRST_IN = {"type": "firstin", "scheduleelement": WEEK}


@pytest.fixture
def rig() -> Rig:
    return made()


@pytest.mark.covers("vizpin", twin="account.*", told="Account", rule="edit-keeps")
def test_an_account_is_added_listed_got_and_edited(rig: Rig):
    account = rig.account()
    assert account["id"]
    assert account["deactivated"] == "false"
    assert account["type"] == "VIZpin PLUS"
    assert account in rig.ok("account.list")["accounts"]
    assert rig.ok("account.get", id=account["id"])["account"] == account
    edited = rig.ok("account.edit", account={"id": account["id"], "city": "Lübeck"})["account"]
    assert edited == {**account, "city": "Lübeck"}
    assert rig.ok("account.get", id=account["id"])["account"] == edited


@pytest.mark.covers("vizpin", twin="account.edit", rule="account-type")
def test_an_account_keeps_the_type_it_was_added_with(rig: Rig):
    account = rig.account(type="VIZpin vPROX")
    same = {"id": account["id"], "type": "VIZpin vPROX"}
    assert rig.ok("account.edit", account=same)["account"] == account
    other = {"id": account["id"], "type": "VIZpin PLUS"}
    code, message = rig.refused("account.edit", account=other)
    assert code == ErrorCode.ACCOUNT_EDIT_ERROR
    assert message.startswith("account.type: ")


@pytest.mark.covers("vizpin", twin="account.add", rule="account-names")
def test_account_names_are_unique_within_the_oem_letter_case_aside(rig: Rig):
    first = rig.account(name="Rowing club")
    code, message = rig.refused("account.add", add_account={**NEW_ACCOUNT, "name": "ROWING Club"})
    assert code == ErrorCode.ACCOUNT_ADD_ERROR
    assert message.startswith("add_account.name: ")
    second = rig.account(name="Sailing club")
    code, message = rig.refused("account.edit", account={"id": second["id"], "name": "rowing club"})
    assert (code, message.split(":")[0]) == (ErrorCode.ACCOUNT_EDIT_ERROR, "account.name")
    rig.ok("account.edit", account={"id": first["id"], "name": "ROWING CLUB"})
    neighbour(rig).account(name="Rowing club")


@pytest.mark.covers("vizpin", rule="account-names")
def test_a_deleted_name_is_free_again(rig: Rig):
    account = rig.account()
    rig.ok("object.delete", objectId=account["id"], objectname="account")
    assert rig.account()["id"] != account["id"]


@pytest.mark.covers("vizpin", twin="account.add account.edit", rule="us-state")
def test_an_american_account_says_its_state(rig: Rig):
    usa = {**NEW_ACCOUNT, "country": "USA"}
    code, message = rig.refused("account.add", add_account=usa)
    assert (code, message.split(":")[0]) == (ErrorCode.ACCOUNT_ADD_ERROR, "add_account.state")
    assert rig.refused("account.add", add_account={**usa, "state": "Ohio"})[0] == code
    account = rig.account(country="USA", state="OH")
    change = {"id": account["id"], "state": ""}
    code, message = rig.refused("account.edit", account=change)
    assert (code, message.split(":")[0]) == (ErrorCode.ACCOUNT_EDIT_ERROR, "account.state")
    rig.ok("account.edit", account={"id": account["id"], "country": "DEU", "state": "anything"})


@pytest.mark.covers(
    "vizpin",
    twin="location.*",
    told="Location",
    rule="location-defaults location-code",
)
def test_a_location_has_the_printed_defaults_and_a_code_of_its_own(rig: Rig):
    account = rig.account()["id"]
    location = rig.location(account, locationcode="MINE", id="null")
    other = rig.location(account, name="Other")
    assert location["locationtype"] == "VIZpin PLUS"
    assert location["locationcode"] not in {"MINE", "", other["locationcode"]}
    assert rig.ok("location.list", accountid=account)["locations"] == [location, other]
    assert rig.ok("location.get", id=location["id"])["locations"] == [location]
    change = {"id": location["id"], "locationcode": "MINE", "city": "Kiel"}
    edited = rig.ok("location.edit", location=change)["locations"]
    assert edited == {**location, "city": "Kiel"}


@pytest.mark.covers("vizpin", twin="location.add location.edit", rule="location-names")
def test_location_names_are_unique_within_the_account_letter_case_aside(rig: Rig):
    one, two = rig.account(name="One")["id"], rig.account(name="Two")["id"]
    rig.location(one, name="Hall")
    rig.location(two, name="Hall")
    second = rig.location(one, name="Yard")["id"]
    said = {"accountid": one, "name": "HALL", "country": "DEU"}
    code, message = rig.refused("location.add", location=said)
    assert (code, message.split(":")[0]) == (ErrorCode.LOCATION_ADD_ERROR, "location.name")
    code, _ = rig.refused("location.edit", location={"id": second, "name": "hall"})
    assert code == ErrorCode.LOCATION_EDIT_ERROR


@pytest.mark.covers("vizpin", twin="location.edit", rule="location-fixed location-code")
@pytest.mark.parametrize(
    ("field", "value"),
    [("timezone", "Europe/Paris"), ("locationtype", "VIZpin vPROX"), ("accountid", "another")],
)
def test_what_is_fixed_of_a_location_is_never_changed(rig: Rig, field: str, value: str):
    location = rig.location(rig.account()["id"])
    code, message = rig.refused("location.edit", location={"id": location["id"], field: value})
    assert code == ErrorCode.LOCATION_EDIT_ERROR
    assert message == f"location.{field}: is never changed"
    same = {"id": location["id"], field: location[field]}
    assert rig.ok("location.edit", location=same)["locations"] == location


@pytest.mark.covers("vizpin", twin="reader.add", rule="reader-needs-zone")
def test_a_reader_needs_a_location_with_a_time_zone(rig: Rig):
    home = rig.location(rig.account()["id"], timezone="")["id"]
    code, message = rig.refused(
        "reader.add", add_reader={"locationid": home, "name": "Gate", "serial": "1"}
    )
    assert code == ErrorCode.READER_ADD_ERROR
    assert message.startswith("add_reader.locationid: ")
    assert "timezone" in message


@pytest.mark.covers(
    "vizpin",
    twin="reader.add reader.list reader.get",
    told="Reader ReaderSettings",
    rule="reader-defaults battery",
)
def test_a_reader_has_the_printed_settings_unless_it_says_others(rig: Rig):
    home = rig.location(rig.account()["id"])["id"]
    reader = rig.reader(home)
    settings = reader["readersettings"]
    assert settings["readerid"] == reader["id"]
    told = (settings["read_range"], settings["relay_mode"], settings["relay_time"])
    assert told == ("Unlimited", "Normally Open", "5")
    assert (settings["first_in_mode"], settings["powermode"]) == ("off", "")
    assert (reader["version"], reader["batterylifestatus"]) == ("", "Powered")
    assert rig.ok("reader.list", locationid=home)["readers"] == [reader]
    assert rig.ok("reader.get", readerid=reader["id"])["readers"] == [reader]


@pytest.mark.covers("vizpin", twin="reader.edit", rule="collateral edit-keeps")
def test_settings_that_an_edit_leaves_out_stay_and_collateral_does_not(rig: Rig):
    home = rig.location(rig.account()["id"])["id"]
    collateral = "00" * 16
    reader = rig.reader(home, reader_collateral=collateral, readersettings={"relay_time": "9"})
    assert reader["reader_collateral"] == collateral
    change = {"id": reader["id"], "readersettings": {"read_range": "Short"}}
    edited = rig.ok("reader.edit", edit_reader=change)["reader"]
    assert edited["readersettings"]["relay_time"] == "9"
    assert edited["readersettings"]["read_range"] == "Short"
    assert edited["readersettings"]["id"] == reader["readersettings"]["id"]
    assert edited["reader_collateral"] == ""


@pytest.mark.covers("vizpin", twin="reader.add reader.edit", rule="smartlock")
def test_a_smartlock_has_a_power_mode_and_no_relay_mode(rig: Rig):
    home = rig.location(rig.account()["id"])["id"]
    lock = rig.reader(home, readersettings={"powermode": "Standard"})["readersettings"]
    assert (lock["powermode"], lock["relay_mode"]) == ("Standard", "")
    both = {"powermode": "Standard", "relay_mode": "Normally Open"}
    said = {"locationid": home, "name": "x", "serial": "1", "readersettings": both}
    code, message = rig.refused("reader.add", add_reader=said)
    assert code == ErrorCode.READER_ADD_ERROR
    assert message.startswith("add_reader.readersettings.relay_mode: ")


@pytest.mark.covers("vizpin", twin="reader.edit", rule="first-in-schedule first-in-off")
def test_first_in_mode_demands_a_schedule_and_keeps_it(rig: Rig):
    home = rig.location(rig.account()["id"])["id"]
    said: dict[str, Any] = {"locationid": home, "name": "x", "serial": "1"}
    code, message = rig.refused(
        "reader.add", add_reader={**said, "readersettings": {"first_in_mode": "on"}}
    )
    assert code == ErrorCode.READER_ADD_ERROR
    assert "first_in_schedule" in message
    on = {"first_in_mode": "on", "first_in_schedule": FIRST_IN}
    reader = rig.reader(home, readersettings=on)
    schedule = reader["readersettings"]["first_in_schedule"]
    assert schedule["id"]
    assert schedule["scheduleelement"]["scheduleid"] == schedule["id"]
    assert schedule["scheduleelement"]["monday_begin"] == "08:00 AM"
    change = {"id": reader["id"], "readersettings": {"relay_time": "7"}}
    edited = rig.ok("reader.edit", edit_reader=change)["reader"]
    assert edited["readersettings"]["first_in_schedule"] == schedule
    off = {"id": reader["id"], "readersettings": {"first_in_mode": "off"}}
    edited = rig.ok("reader.edit", edit_reader=off)["reader"]
    assert edited["readersettings"]["first_in_schedule"]["scheduleelement"]["monday_begin"] == ""


@pytest.mark.covers("vizpin", rule="first-in-schedule")
def test_a_first_in_schedule_that_stands_still_is_refused(rig: Rig):
    home = rig.location(rig.account()["id"])["id"]
    still = {"type": "firstin", "scheduleelement": {**WEEK, "monday_end": "08:00 AM"}}
    on = {"first_in_mode": "on", "first_in_schedule": still}
    said = {"locationid": home, "name": "x", "serial": "1", "readersettings": on}
    code, message = rig.refused("reader.add", add_reader=said)
    assert code == ErrorCode.READER_ADD_ERROR
    where = "add_reader.readersettings.first_in_schedule.scheduleelement.monday_end: "
    assert message.startswith(where)


@pytest.mark.covers("vizpin", twin="reader.edit", rule="reader-moves")
def test_a_reader_moves_only_while_no_vizpin_of_it_is_confirmed_or_scheduled():
    here = club()
    other = here.rig.location(here.account, name="Other")["id"]
    role = here.rig.role(here.location, "Rowers", here.gate)
    user = here.rig.member(here.location)
    vizpin = here.rig.grant(user, here.gate, start_date="2027-01-01")
    move = {"id": here.gate, "locationid": other}
    code, message = here.rig.refused("reader.edit", edit_reader=move)
    assert code == ErrorCode.READER_EDIT_ERROR
    assert message.startswith("edit_reader.locationid: ")
    here.rig.ok("vizpin.revoke", vizpin_ids=[vizpin["id"]])
    assert here.rig.ok("reader.edit", edit_reader=move)["reader"]["locationid"] == other
    assert here.rig.world.store.roles.rows[role].readers == ()


def test_a_reader_stays_with_the_location_it_is_at_while_it_has_live_vizpins():
    here = club()
    here.rig.grant(here.rig.member(here.location), here.gate)
    same = {"id": here.gate, "locationid": here.location, "name": "Main gate"}
    assert here.rig.ok("reader.edit", edit_reader=same)["reader"]["name"] == "Main gate"


@pytest.mark.covers("vizpin", twin="object.delete", rule="delete-reader")
def test_deleting_a_reader_takes_its_vizpins_and_events():
    here = club()
    user = here.rig.member(here.location)
    role = here.rig.role(here.location, "Rowers", here.gate, here.shed)
    for reader in (here.gate, here.shed):
        here.rig.grant(user, reader)
        here.rig.unlock(user, reader)
    answer = here.rig.ok("object.delete", objectId=here.gate, objectname="reader")
    assert "reader" in answer["message"]
    assert here.rig.statuses(here.account, user) == ["Confirmed"]
    assert {event["readerId"] for event in here.rig.events(here.account, user=user)} == {here.shed}
    assert here.rig.world.store.roles.rows[role].readers == (here.shed,)
    assert here.rig.refused("reader.get", readerid=here.gate)[0] == ErrorCode.READER_LIST_ERROR


@pytest.mark.covers("vizpin", twin="object.delete", rule="delete-location")
def test_deleting_a_location_takes_its_readers_roles_and_associations():
    here = club()
    rig = here.rig
    user = rig.member(here.location)
    role = rig.role(here.location, "Rowers", here.gate)
    dates = {"start_date": "2026-01-01", "stop_date": "2026-12-31"}
    rig.ok(
        "user.grantphonerole",
        site_id=here.location,
        user_ids=[user],
        role_ids=[role],
        **dates,
    )
    rig.unlock(user, here.gate)
    store = rig.world.store
    assert (len(store.activity_at(here.gate)), len(store.holders_of(role))) == (1, 1)
    vizpins = len(store.vizpins.rows)
    rig.ok("object.delete", objectId=here.location, objectname="location")
    assert len(store.vizpins.rows) == vizpins - 1
    assert (len(store.activity_at(here.gate)), len(store.holders_of(role))) == (0, 0)
    assert rig.ok("location.list", accountid=here.account)["locations"] == []
    assert rig.ok("user.count", account_id=here.account)["totalcount"] == "0"
    assert rig.ok("user.get", userid=user)["user"]["id"] == user
    assert here.gate not in store.readers.rows
    assert role not in store.roles.rows


@pytest.mark.covers("vizpin", twin="object.delete", rule="delete-account")
def test_deleting_an_account_takes_its_locations_and_cards_and_nobody_elses():
    here = club()
    rig = here.rig
    user = rig.member(here.location)
    other = rig.account(name="Other")["id"]
    elsewhere = rig.location(other)["id"]
    rig.ok("user.associate", location_ids=[elsewhere], assoc_user=user)
    for account in (here.account, other):
        rig.ok("credential.generate", userid=user, account_id=account)
    rig.grant(user, here.gate)
    rig.ok("object.delete", objectId=here.account, objectname="account")
    cards = rig.ok("credential.get", userid=user)["credentials"]
    assert [card["accountId"] for card in cards] == [other]
    assert rig.ok("user.count", account_id=other)["totalcount"] == "1"
    assert rig.refused("account.get", id=here.account)[0] == ErrorCode.ACCOUNT_LIST_ERROR
    assert here.gate not in rig.world.store.readers.rows


@pytest.mark.covers(
    "vizpin",
    twin="object.delete",
    rule="delete-codes",
    answers="OBJECT_DELETE_ERROR SITE_DELETE_ERROR READER_DELETE_ERROR",
)
@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("account", ErrorCode.OBJECT_DELETE_ERROR),
        ("location", ErrorCode.SITE_DELETE_ERROR),
        ("reader", ErrorCode.READER_DELETE_ERROR),
    ],
)
def test_a_deletion_is_declined_with_the_code_of_its_kind(rig: Rig, kind: str, code: int):
    assert rig.refused("object.delete", objectId="nothing", objectname=kind)[0] == code
    assert rig.refused("object.delete", objectname=kind)[0] == code
    assert rig.refused("object.delete", objectname=kind, oem_key="wrong")[0] == 59


@pytest.mark.covers("vizpin", twin="object.delete", rule="delete-swapped")
def test_a_deletion_with_its_values_swapped_as_in_the_sample_is_done(rig: Rig):
    account = rig.account()["id"]
    rig.ok("object.delete", objectId="account", objectname=account)
    assert rig.refused("account.get", id=account)[0] == ErrorCode.ACCOUNT_LIST_ERROR
