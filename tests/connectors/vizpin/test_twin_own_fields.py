"""What the cloud makes by itself, whatever a caller says of it."""

import pytest

from connectors.vizpin.twin_rig import PASSWORD, club, made

PERSON = {"first_name": "Ida", "last_name": "Berg", "phone": "+4915112345678", "country": "DEU"}


@pytest.mark.covers(
    "vizpin", twin="account.add location.add reader.add", rule="made-by-server location-code"
)
def test_ids_and_codes_of_new_places_are_the_servers_own():
    rig = made()
    account = rig.account(id="mine")
    location = rig.location(account["id"], id="mine", locationcode="MINE")
    reader = rig.reader(location["id"], id="mine", version="9.9", batterylife="800")
    for one in (account, location, reader):
        assert one["id"] not in ("", "mine")
    assert location["locationcode"] not in ("", "MINE")
    assert (reader["version"], reader["batterylife"]) == ("", "")
    assert reader["batterylifestatus"] == "Powered"


@pytest.mark.covers("vizpin", twin="user.preregister user.register", rule="made-by-server")
def test_ids_and_confirmations_of_new_users_are_the_servers_own():
    rig = made()
    first = rig.user(id="mine", phoneconfirmation="X")
    assert first["id"] not in ("", "mine")
    held = rig.ok("user.get", userid=first["id"])["user"]
    assert held["phoneconfirmation"].isdecimal()
    said = {**PERSON, "phone": "+4915100000009", "id": "mine", "password": PASSWORD}
    second = rig.ok("user.register", user=said)["user"]
    assert second["id"] not in ("", "mine", first["id"])


@pytest.mark.covers("vizpin", twin="vizpin.grant", rule="made-by-server states-by-clock")
def test_the_status_of_a_vizpin_is_the_servers_own():
    here = club()
    user = here.rig.member(here.location)
    vizpin = here.rig.grant(user, here.gate, status="Blacklisted", id="mine")
    assert (vizpin["id"] != "mine", vizpin["status"]) == (True, "Confirmed")
