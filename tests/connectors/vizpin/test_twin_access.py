"""VIZpins and roles: states by the clock, superseding, revoking, schedules, first-in mode."""

from typing import Any

import pytest

from connectors.vizpin.twin_rig import Club, Rig, club, made
from doorward.connectors.vizpin.wire.codes import ErrorCode

YEAR = {"start_date": "2026-01-01", "stop_date": "2026-12-31"}


def weekly(**times: str) -> dict[str, Any]:
    return {"type": "custom", "scheduleelement": times}


def multiple(**element: Any) -> dict[str, Any]:
    return {"type": "multiple", "scheduleelement": element}


def at(begin: str, end: str) -> dict[str, Any]:
    return {"begin": begin, "end": end}


@pytest.fixture
def here() -> Club:
    return club()


@pytest.fixture
def user(here: Club) -> str:
    return here.rig.member(here.location)


# --- granting


@pytest.mark.covers(
    "vizpin",
    twin="vizpin.grant vizpin.list",
    told="VIZpin Schedule",
    rule="grant-dates",
)
def test_a_vizpin_is_told_with_everything_it_has(here: Club, user: str):
    stop = "2026-12-31 17:00"
    vizpin = here.rig.grant(user, here.gate, start_date="2026-01-01", stop_date=stop)
    assert (vizpin["readerid"], vizpin["userid"]) == (here.gate, user)
    assert vizpin["start_date"] == "2026-01-01 00:00:00"
    assert vizpin["stop_date"] == "2026-12-31 17:00:01"
    assert vizpin["schedule"]["type"] == "24x7"
    assert vizpin["schedule"]["id"]
    assert (vizpin["status"], vizpin["cardnumber"]) == ("Confirmed", "")
    listed = here.rig.ok("vizpin.list", account_id=here.account, user_id=user, reader_ids=[])
    assert listed["vizpins"] == [vizpin]


@pytest.mark.covers("vizpin", twin="vizpin.grant", rule="grant-open")
@pytest.mark.parametrize("schedule", [[], {}, None, {"type": "24x7"}])
def test_no_schedule_is_around_the_clock(here: Club, user: str, schedule: Any):
    vizpin = here.rig.grant(user, here.gate, schedule=schedule)
    assert vizpin["schedule"]["type"] == "24x7"


@pytest.mark.covers("vizpin", twin="vizpin.grant", rule="grant-pairs")
def test_each_user_gets_a_vizpin_for_each_reader(here: Club, user: str):
    other = here.rig.member(here.location, "+4915100000000")
    made = here.rig.ok(
        "vizpin.grant", user_ids=[user, other, user], reader_ids=[here.gate, here.shed]
    )["vizpins"]
    pairs = [(vizpin["userid"], vizpin["readerid"]) for vizpin in made]
    assert sorted(pairs) == sorted((u, r) for u in (user, other) for r in (here.gate, here.shed))
    assert len({vizpin["id"] for vizpin in made}) == 4


@pytest.mark.covers(
    "vizpin",
    twin="vizpin.grant",
    rule="grant-members",
    answers="VIZPIN_GRANT_ERROR",
)
def test_only_a_user_of_the_account_is_granted_anything(here: Club):
    stranger = here.rig.user()["id"]
    code, message = here.rig.refused("vizpin.grant", user_ids=[stranger], reader_ids=[here.gate])
    assert (code, message.split(":")[0]) == (ErrorCode.VIZPIN_GRANT_ERROR, "user_ids")


@pytest.mark.covers("vizpin", twin="vizpin.grant user.grantphonerole", rule="deactivated")
def test_nothing_is_granted_in_an_account_that_is_deactivated(here: Club, user: str):
    here.rig.grant(user, here.gate)
    role = here.rig.role(here.location, "Rowers", here.gate)
    here.rig.ok("account.edit", account={"id": here.account, "deactivated": "true"})
    code, message = here.rig.refused("vizpin.grant", user_ids=[user], reader_ids=[here.gate])
    assert (code, "deactivated" in message) == (ErrorCode.VIZPIN_GRANT_ERROR, True)
    code, message = here.rig.refused(
        "user.grantphonerole", site_id=here.location, user_ids=[user], role_ids=[role], **YEAR
    )
    assert (code, "deactivated" in message) == (ErrorCode.USER_GRANT_ERROR, True)
    assert here.rig.unlock(user, here.gate)[:2] == (False, "64")
    here.rig.ok("account.edit", account={"id": here.account, "deactivated": "false"})
    assert here.rig.unlock(user, here.gate)[:2] == (True, "52")


def test_more_vizpins_than_a_transaction_has_rows_are_refused(here: Club):
    rig = here.rig
    users = [rig.member(here.location, f"+49151{n:08d}") for n in range(101)]
    readers = [rig.reader(here.location, name=f"R{n}", serial=str(n))["id"] for n in range(100)]
    code, message = rig.refused("vizpin.grant", user_ids=users, reader_ids=readers)
    assert (code, message.split(":")[0]) == (ErrorCode.VIZPIN_GRANT_ERROR, "user_ids")
    made = rig.ok("vizpin.grant", user_ids=users[:100], reader_ids=readers)["vizpins"]
    assert len(made) == 10_000


@pytest.mark.covers("vizpin", twin="vizpin.grant", rule="custom-one-span multiple-five-spans")
@pytest.mark.parametrize(
    ("schedule", "field"),
    [
        (weekly(monday_begin="09:00 AM"), "monday_end"),
        (weekly(), "scheduleelement"),
        (weekly(monday_begin="09:00 AM", monday_end="09:00 AM"), "monday_end"),
        (weekly(monday_begin="25:00 AM", monday_end="09:00 AM"), "monday_begin"),
        ({"type": "firstin", "scheduleelement": {}}, "type"),
        ({"type": "sometimes"}, "type"),
        (multiple(weekdays={"monday": {"time": [at("09:00 AM", "10:00 AM")] * 6}}), "time"),
        (
            multiple(
                weekdays={},
                includedates=[
                    {"date": "2026-05-01", "time": [at("09:00 AM", "10:00 AM")] * 3},
                    {"date": "2026-05-01", "time": [at("11:00 AM", "12:00 PM")] * 3},
                ],
            ),
            "includedates[1].time",
        ),
    ],
)
def test_a_schedule_against_the_rules_is_refused(here: Club, user: str, schedule: Any, field: str):
    code, message = here.rig.refused(
        "vizpin.grant", user_ids=[user], reader_ids=[here.gate], schedule=schedule
    )
    assert code == ErrorCode.VIZPIN_GRANT_ERROR
    assert field in message.split(":")[0]


@pytest.mark.covers(
    "vizpin",
    twin="vizpin.grant",
    told="Schedule ScheduleElement-* IncludeDates ExcludeDates Weekdays Time",
)
def test_a_schedule_comes_back_as_it_was_granted(here: Club, user: str):
    said = multiple(
        includedates=[
            {"date": "2026-05-01", "recurring": "true", "time": [at("09:00 AM", "12:00 PM")]}
        ],
        excludedates={"recurring": ["2026-12-24"], "nonrecurring": ["2026-04-01"]},
        weekdays={"tuesday": {"time": [at("09:00 AM", "09:25 AM"), at("10:00 PM", "02:00 AM")]}},
    )
    schedule = here.rig.grant(user, here.gate, schedule=said)["schedule"]
    element = schedule["scheduleelement"]
    assert schedule["id"]
    assert element["id"]
    assert (schedule["type"], element["includedates"]) == (
        "multiple",
        said["scheduleelement"]["includedates"],
    )
    assert element["excludedates"] == said["scheduleelement"]["excludedates"]
    assert element["weekdays"]["tuesday"] == said["scheduleelement"]["weekdays"]["tuesday"]
    assert element["weekdays"]["monday"] == {"time": []}


@pytest.mark.covers("vizpin", twin="vizpin.grant vizpin.list", rule="vprox-card")
def test_a_weekly_schedule_and_its_element_know_each_other(here: Club, user: str):
    said = weekly(monday_begin="05:00 PM", monday_end="06:00 PM")
    schedule = here.rig.grant(user, here.gate, schedule=said)["schedule"]
    element = schedule["scheduleelement"]
    assert element["scheduleid"] == schedule["id"] != ""
    assert element["id"] not in {"", schedule["id"]}
    assert (element["monday_begin"], element["sunday_begin"]) == ("05:00 PM", "")


def test_a_vprox_location_has_the_users_card_number_in_the_vizpin():
    here = club(locationtype="VIZpin vPROX")
    rig = here.rig
    user = rig.member(here.location)
    other = rig.member(here.location, "+4915100000000")
    card = rig.ok("credential.generate", userid=user, account_id=here.account)["credentials"]
    made = rig.ok("vizpin.grant", user_ids=[user, other], reader_ids=[here.gate, here.shed])
    told = {(v["userid"], v["readerid"]): v["cardnumber"] for v in made["vizpins"]}
    assert told[user, here.gate] == told[user, here.shed] == card["cardnumber"]
    (new,) = rig.ok("credential.get", userid=other)["credentials"]
    assert told[other, here.gate] == told[other, here.shed] == new["cardnumber"]
    assert new["cardnumber"] != card["cardnumber"]


# --- states


@pytest.mark.covers("vizpin", twin="vizpin.list", rule="states-by-clock")
def test_a_vizpin_is_scheduled_then_confirmed_then_expired_in_its_readers_zone(
    here: Club, user: str
):
    rig = here.rig
    rig.grant(user, here.gate, start_date="2026-04-01", stop_date="2026-04-30 17:00:01")
    for moment, status in (
        ("2026-03-31T23:59:59+02:00", "Scheduled"),
        ("2026-04-01T00:00:00+02:00", "Confirmed"),
        ("2026-04-30T17:00:00+02:00", "Confirmed"),
        ("2026-04-30T17:00:01+02:00", "Expired"),
    ):
        rig.at(moment)
        rig.login()
        assert rig.statuses(here.account, user) == [status], moment


@pytest.mark.covers("vizpin", twin="vizpin.grant", rule="superseded")
def test_a_second_live_grant_supersedes_the_first(here: Club, user: str):
    rig = here.rig
    rig.grant(user, here.gate)
    rig.grant(user, here.shed)
    second = rig.grant(user, here.gate, start_date="2026-05-01")
    assert second["status"] == "Scheduled"
    assert rig.statuses(here.account, user) == ["Superceded", "Confirmed", "Scheduled"]


@pytest.mark.covers("vizpin", twin="vizpin.grant", rule="granted-expired")
def test_a_grant_that_is_over_already_is_made_expired_and_supersedes_nothing(here: Club, user: str):
    rig = here.rig
    rig.grant(user, here.gate)
    over = rig.grant(user, here.gate, stop_date="2026-01-31")
    assert over["status"] == "Expired"
    assert over["stop_date"] == "2026-01-31 23:59:01"
    assert rig.statuses(here.account, user) == ["Confirmed", "Expired"]


@pytest.mark.covers("vizpin", twin="vizpin.revoke", rule="revoke")
def test_a_revoked_vizpin_stays_listed_and_revoking_again_is_no_harm(here: Club, user: str):
    rig = here.rig
    first, second = rig.grant(user, here.gate), rig.grant(user, here.gate)
    for _ in range(2):
        told = rig.ok("vizpin.revoke", vizpin_ids=[first["id"], second["id"]])["vizpins"]
        assert [one["status"] for one in told] == ["Superceded", "Revoke Complete"]
    assert rig.statuses(here.account, user) == ["Superceded", "Revoke Complete"]


@pytest.mark.covers("vizpin", twin="vizpin.revoke", rule="revoke", answers="VIZPIN_REVOKE_ERROR")
def test_one_unknown_vizpin_revokes_none(here: Club, user: str):
    vizpin = here.rig.grant(user, here.gate)
    code, message = here.rig.refused("vizpin.revoke", vizpin_ids=[vizpin["id"], "nothing"])
    assert (code, message.split(":")[0]) == (ErrorCode.VIZPIN_REVOKE_ERROR, "vizpin_ids")


@pytest.mark.covers("vizpin", rule="blacklisted")
def test_a_blacklisted_vizpin_opens_nothing(here: Club, user: str):
    vizpin = here.rig.grant(user, here.gate)
    here.rig.world.cloud.blacklist(vizpin["id"])
    assert here.rig.statuses(here.account, user) == ["Blacklisted"]
    assert here.rig.unlock(user, here.gate)[:2] == (False, "64")


@pytest.mark.covers("vizpin", twin="vizpin.list", rule="list-filters")
def test_vizpins_are_listed_by_reader_and_account(here: Club, user: str):
    rig = here.rig
    gate, shed = rig.grant(user, here.gate), rig.grant(user, here.shed)
    asked = {"account_id": here.account, "user_id": user}
    assert rig.ok("vizpin.list", **asked, reader_ids=[here.shed])["vizpins"] == [shed]
    assert rig.ok("vizpin.list", **asked)["vizpins"] == [gate, shed]
    other = rig.account(name="Other")["id"]
    assert rig.ok("vizpin.list", account_id=other, user_id=user)["vizpins"] == []
    code, message = rig.refused(
        "vizpin.list", account_id=other, user_id=user, reader_ids=[here.gate]
    )
    assert (code, message.split(":")[0]) == (ErrorCode.VIZPIN_LIST_ERROR, "reader_ids")


# --- roles


def grant_role(here: Club, role: str, *users: str, **dates: str) -> None:
    said = {"site_id": here.location, "role_ids": [role], "user_ids": list(users)}
    here.rig.ok("user.grantphonerole", **said, **{**YEAR, **dates})


@pytest.mark.covers(
    "vizpin",
    twin="role.list role.add role.edit user.grantphonerole",
    told="Role",
    rule="role-opens",
)
def test_a_role_opens_its_readers_for_who_holds_it(here: Club, user: str):
    role = here.rig.role(here.location, "Rowers", here.gate, here.shed)
    assert here.rig.ok("role.list", site_id=here.location)["roles"] == [
        {"id": role, "name": "Rowers", "siteid": here.location}
    ]
    grant_role(here, role, user)
    told = here.rig.ok("vizpin.list", account_id=here.account, user_id=user)["vizpins"]
    assert [(one["readerid"], one["status"]) for one in told] == [
        (here.gate, "Confirmed"),
        (here.shed, "Confirmed"),
    ]
    assert told[0]["start_date"] == "2026-01-01 00:00:00"
    assert told[0]["stop_date"] == "2026-12-31 23:59:01"
    assert here.rig.unlock(user, here.shed)[0]


@pytest.mark.covers("vizpin", twin="role.edit", rule="role-edit role-phone-only")
def test_a_reader_put_into_a_role_opens_for_its_holders_and_one_taken_out_does_not(
    here: Club, user: str
):
    rig = here.rig
    role = rig.role(here.location, "Rowers", here.gate)
    grant_role(here, role, user)
    rig.put_in(here.location, role, here.shed)
    rig.put_in(here.location, role, here.shed)
    assert rig.unlock(user, here.shed)[0]
    rig.put_in(here.location, role, here.gate, "None")
    assert rig.unlock(user, here.gate)[:2] == (False, "64")
    assert rig.statuses(here.account, user) == ["Revoke Complete", "Confirmed"]


@pytest.mark.covers("vizpin", rule="role-edit")
def test_who_lost_a_role_by_revocation_gets_nothing_when_the_role_grows(here: Club, user: str):
    rig = here.rig
    role = rig.role(here.location, "Rowers", here.gate)
    grant_role(here, role, user)
    (vizpin,) = rig.ok("vizpin.list", account_id=here.account, user_id=user)["vizpins"]
    rig.ok("vizpin.revoke", vizpin_ids=[vizpin["id"]])
    rig.put_in(here.location, role, here.shed)
    assert not rig.unlock(user, here.shed)[0]


@pytest.mark.covers("vizpin", rule="role-edit role-opens")
def test_a_role_that_is_over_gives_nothing_when_it_grows(here: Club, user: str):
    rig = here.rig
    role = rig.role(here.location, "Rowers", here.gate)
    grant_role(here, role, user, stop_date="2026-03-31")
    rig.at("2026-04-01T00:00:00+02:00")
    rig.login()
    rig.put_in(here.location, role, here.shed)
    assert rig.statuses(here.account, user) == ["Expired"]


@pytest.mark.covers("vizpin", twin="user.grantphonerole", rule="role-opens")
def test_granting_a_role_again_changes_its_dates(here: Club, user: str):
    role = here.rig.role(here.location, "Rowers", here.gate)
    grant_role(here, role, user)
    grant_role(here, role, user, stop_date="2027-06-30")
    assert here.rig.statuses(here.account, user) == ["Superceded", "Confirmed"]
    here.rig.put_in(here.location, role, here.shed)
    told = here.rig.ok("vizpin.list", account_id=here.account, user_id=user)["vizpins"]
    assert told[-1]["stop_date"].startswith("2027-06-30")


@pytest.mark.covers("vizpin", twin="role.*", rule="roles-of-location")
def test_a_role_is_of_its_location_and_so_are_its_readers(here: Club, user: str):
    rig = here.rig
    other = rig.location(here.account, name="Other")["id"]
    elsewhere = rig.reader(other)["id"]
    role = rig.role(here.location, "Rowers")
    said = {"site_id": here.location, "role_id": role, "schedule_type": "24x7"}
    code, message = rig.refused("role.edit", **said, reader_id=elsewhere)
    assert (code, message.split(":")[0]) == (ErrorCode.ROLE_EDIT_ERROR, "reader_id")
    code, message = rig.refused("role.edit", **{**said, "site_id": other}, reader_id=elsewhere)
    assert (code, message.split(":")[0]) == (ErrorCode.ROLE_EDIT_ERROR, "role_id")
    code, message = rig.refused(
        "user.grantphonerole", site_id=other, user_ids=[user], role_ids=[role], **YEAR
    )
    assert (code, message.split(":")[0]) == (ErrorCode.USER_GRANT_ERROR, "role_ids")
    rig.ok("role.edit", site_id=here.location, role_id=role)


@pytest.mark.covers("vizpin", rule="grant-ends-after-start")
def test_an_end_that_is_not_after_the_start_is_refused(here: Club, user: str):
    role = here.rig.role(here.location, "Rowers", here.gate)
    code, message = here.rig.refused(
        "user.grantphonerole",
        site_id=here.location,
        user_ids=[user],
        role_ids=[role],
        start_date="2026-12-31",
        stop_date="2026-01-01",
    )
    assert (code, message.split(":")[0]) == (ErrorCode.USER_GRANT_ERROR, "stop_date")


# --- at the door


@pytest.mark.covers("vizpin", rule="readers-clock overnight", happens="52 59")
@pytest.mark.parametrize(
    ("grant", "code"),
    [
        ({}, "52"),
        ({"schedule": weekly(tuesday_begin="12:00 PM", tuesday_end="02:00 PM")}, "52"),
        ({"schedule": weekly(tuesday_begin="02:00 PM", tuesday_end="03:00 PM")}, "59"),
        ({"schedule": weekly(monday_begin="10:00 PM", monday_end="02:00 PM")}, "52"),
        ({"start_date": "2026-03-11"}, "59"),
        ({"stop_date": "2026-03-10 12:59:01"}, "59"),
    ],
    ids=["always", "open", "closed", "since last night", "not yet", "expired"],
)
def test_the_hours_of_a_vizpin_decide_on_the_readers_own_clock(
    here: Club, user: str, grant: Any, code: str
):
    here.rig.grant(user, here.gate, **grant)
    assert here.rig.unlock(user, here.gate)[:2] == (code == "52", code)


@pytest.mark.covers("vizpin", rule="include-dates exclude-dates overnight daylight-saving")
def test_dates_put_in_and_left_out_decide(here: Club, user: str):
    rig = here.rig
    rig.grant(
        user,
        here.gate,
        schedule=multiple(
            weekdays={"tuesday": {"time": [at("09:00 AM", "05:00 PM")]}},
            excludedates={"recurring": ["2020-03-24"], "nonrecurring": ["2026-03-17"]},
            includedates=[{"date": "2026-03-19", "time": [at("10:00 PM", "01:00 AM")]}],
        ),
    )
    for moment, opens in (
        ("2026-03-10T12:00:00+01:00", True),
        ("2026-03-17T12:00:00+01:00", False),
        ("2026-03-24T12:00:00+01:00", False),
        ("2026-03-31T12:00:00+02:00", True),
        ("2026-03-19T12:00:00+01:00", False),
        ("2026-03-19T23:00:00+01:00", True),
        ("2026-03-20T00:30:00+01:00", True),
        ("2026-03-20T01:30:00+01:00", False),
    ):
        rig.at(moment)
        assert rig.unlock(user, here.gate)[0] is opens, moment


@pytest.mark.covers("vizpin", happens="52 64")
def test_a_phone_without_a_vizpin_or_with_one_taken_away_is_not_authorised(here: Club, user: str):
    rig = here.rig
    assert rig.unlock(user, here.gate)[:2] == (False, "64")
    vizpin = rig.grant(user, here.gate)
    assert rig.unlock(user, here.gate)[:2] == (True, "52")
    assert rig.unlock(user, here.shed)[:2] == (False, "64")
    rig.ok("vizpin.revoke", vizpin_ids=[vizpin["id"]])
    assert rig.unlock(user, here.gate)[:2] == (False, "64")


@pytest.mark.covers(
    "vizpin",
    twin="activity.list",
    told="Activity",
    rule="activity-told",
    happens="52",
)
def test_what_happened_is_listed_with_who_where_and_when(here: Club, user: str):
    rig = here.rig
    rig.grant(user, here.gate)
    rig.unlock(user, here.gate)
    (event,) = rig.events(here.account, reader=here.gate)
    assert event == {
        "audit_id": event["audit_id"],
        "user_id": user,
        "first_name": "Ida",
        "last_name": "Berg",
        "phone": "+4915112345678",
        "reader_name": "Gate",
        "audit_date": "2026-03-10 12:00:00",
        "description": "unlocked by phone, Mar 10 2026 01:00:00 PM CET",
        "readerId": here.gate,
        "activity_code": "52",
    }
    assert rig.events(here.account, user=user) == [event]
    (reader,) = rig.ok("reader.get", readerid=here.gate)["readers"]
    assert reader["version"]


@pytest.mark.covers(
    "vizpin",
    twin="activity.list",
    rule="activity-list",
    answers="ACTIVITY_LIST_ERROR",
)
def test_activity_is_listed_by_whole_days_reader_user_and_account(here: Club, user: str):
    rig = here.rig
    for days in (0, 1, 1):
        rig.advance(days=days)
        rig.unlock(user, here.gate)
    rig.unlock(user, here.shed)
    rig.login()

    def count(start: str, end: str, account: str = here.account, **said: str) -> int:
        bounds = {"start_date": start, "end_date": end, "account_id": account}
        return len(rig.ok("activity.list", **bounds, **said)["activity"])

    assert count("03/10/2026", "03/10/2026", user_id=user) == 1
    assert count("03/10/2026", "03/12/2026", user_id=user) == 4
    assert count("03/10/2026", "03/12/2026", reader_id=here.shed) == 1
    assert count("03/10/2026", "03/12/2026", user_id=user, reader_id=here.gate) == 3
    assert count("03/13/2026", "03/14/2026", user_id=user) == 0
    other = rig.account(name="Other")["id"]
    assert count("03/10/2026", "03/12/2026", other, user_id=user) == 0
    code, message = rig.refused(
        "activity.list",
        start_date="03/10/2026",
        end_date="03/10/2026",
        account_id=other,
        reader_id=here.gate,
    )
    assert (code, message.split(":")[0]) == (ErrorCode.ACTIVITY_LIST_ERROR, "reader_id")


def test_old_events_make_room(here: Club, user: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("doorward.connectors.vizpin.twin.happenings.KEPT", 3)
    for _ in range(5):
        here.rig.unlock(user, here.gate)
    assert len(here.rig.events(here.account, reader=here.gate)) == 3


# --- first-in mode

MORNING = {
    "first_in_mode": "on",
    "first_in_schedule": {
        "type": "firstin",
        "scheduleelement": {"tuesday_begin": "08:00 AM", "tuesday_end": "05:00 PM"},
    },
}


def codes(here: Club) -> list[str]:
    return [one["activity_code"] for one in here.rig.events(here.account, reader=here.gate)]


def first_in(here: Club) -> None:
    here.rig.ok("reader.edit", edit_reader={"id": here.gate, "readersettings": MORNING})


@pytest.mark.covers("vizpin", rule="first-in-opens", happens="37 38")
def test_the_first_unlocking_of_the_day_leaves_the_door_open_until_the_schedule_ends(
    here: Club, user: str
):
    rig = here.rig
    first_in(here)
    rig.grant(user, here.gate)
    rig.unlock(user, here.gate)
    rig.unlock(user, here.gate)
    assert codes(here) == ["52", "37", "52"]
    stranger = rig.member(here.location, "+4915100000000")
    opens, code, why = rig.unlock(stranger, here.gate)
    assert (opens, code) == (True, "64")
    assert "stands open" in why
    rig.at("2026-03-10T17:30:00+01:00")
    rig.login()
    assert codes(here) == ["52", "37", "52", "64", "38"]
    last = rig.events(here.account, reader=here.gate)[-1]
    assert (last["audit_date"], last["user_id"]) == ("2026-03-10 16:00:00", "")
    assert not rig.unlock(stranger, here.gate)[0]


@pytest.mark.covers("vizpin", rule="first-in-opens")
def test_a_refused_phone_and_one_outside_the_first_in_hours_leave_the_door_shut(
    here: Club, user: str
):
    rig = here.rig
    first_in(here)
    rig.unlock(user, here.gate)
    assert codes(here) == ["64"]
    rig.grant(user, here.gate)
    rig.at("2026-03-10T18:00:00+01:00")
    rig.login()
    rig.unlock(user, here.gate)
    assert codes(here) == ["64", "52"]


@pytest.mark.covers("vizpin", rule="first-in-off", happens="38")
def test_switching_first_in_mode_off_shuts_the_door(here: Club, user: str):
    rig = here.rig
    first_in(here)
    rig.grant(user, here.gate)
    rig.unlock(user, here.gate)
    off = {"id": here.gate, "readersettings": {"first_in_mode": "off"}}
    rig.ok("reader.edit", edit_reader=off)
    assert codes(here) == ["52", "37", "38"]


def test_a_door_that_is_first_in_around_the_clock_stays_open(here: Club, user: str):
    rig = here.rig
    days = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
    element = {f"{day}_{end}": "12:00 AM" for day in days for end in ("begin", "end")}
    always = {"type": "firstin", "scheduleelement": element}
    on = {"first_in_mode": "on", "first_in_schedule": always}
    rig.ok("reader.edit", edit_reader={"id": here.gate, "readersettings": on})
    rig.grant(user, here.gate)
    rig.unlock(user, here.gate)
    rig.advance(days=700)
    rig.login()
    assert codes(here) == ["52", "37"]


# --- the seed


def test_the_invented_people_are_users_and_two_of_three_hold_a_role():
    rig = made(people=30)
    account = rig.ok("account.list")["accounts"][0]["id"]
    site = rig.ok("location.list", accountid=account)["locations"][0]["id"]
    assert [one["name"] for one in rig.ok("role.list", site_id=site)["roles"]] == [
        "Members",
        "Staff",
    ]
    users = rig.ok("user.list", account_id=account)["users"]
    assert len(users) == 30
    needy = {one["id"] for one in rig.ok("user.NeedAccess", account_id=account)["users"]}
    verified = {one["id"] for one in users if one["phoneconfirmation"] == "X"}
    assert len(verified) == 20
    assert needy >= {one["id"] for one in users} - verified


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    def users(seed: int, people: int = 5) -> Any:
        rig = made(people=people, seed=seed)
        account = rig.ok("account.list")["accounts"][0]["id"]
        return rig.ok("user.list", account_id=account)["users"]

    assert users(1) == users(1)
    assert users(1, 9)[:3] == users(1)[:3]
    assert users(2) != users(1)
    assert isinstance(made(), Rig)
