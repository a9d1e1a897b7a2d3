"""What a terminal takes, and whom it lets in."""

from datetime import datetime
from typing import Any

import msgspec
import pytest

from doorward.connectors.hikvision.profiles import PROFILES, Profile, configured
from doorward.connectors.hikvision.rules import Decision, decide, merged, objection, settled, shown
from doorward.connectors.hikvision.wire.person import (
    Extend,
    RightPlan,
    Unlisted,
    UserInfo,
)
from doorward.connectors.hikvision.wire.validity import ValidForm
from doorward.net.secrets import Secret

NOON = datetime(2026, 5, 1, 12)


def rules(**settings: Any) -> Profile:
    return configured("k1t342", settings)


def valid(begin: str = "2026-01-01T00:00:00", end: str = "2026-12-31T23:59:59", **more: Any):
    return ValidForm(**({"enable": True, "begin_time": begin, "end_time": end} | more))


def user(**fields: Any) -> UserInfo:
    given = {
        "employee_no": "31",
        "user_type": "normal",
        "valid": valid(),
        "door_right": "1",
        "right_plan": (RightPlan(1, "1"),),
    }
    return UserInfo(**(given | fields))


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"employee_no": "31-4"}, "employeeNo", 6),
        ({"employee_no": "31_4"}, "employeeNo", 6),
        ({"employee_no": "x" * 33}, "employeeNo", 6),
        ({"name": "x" * 129}, "name", 6),
        ({"user_type": "guest"}, "userType", 6),
        ({"extends": (Extend("x" * 65),)}, "PersonInfoExtends", 6),
        ({"door_right": "1,9"}, "doorRight", 6),
        ({"right_plan": (RightPlan(9, "1"),)}, "doorNo", 6),
        ({"right_plan": (RightPlan(1, "always"),)}, "planTemplateNo", 6),
        ({"valid": valid("2026-02-01T00:00:00", "2026-01-01T00:00:00")}, "endTime", 4),
        ({"valid": valid(end="2038-01-01T00:00:00")}, "endTime", 6),
        ({"valid": valid("1999-12-31T00:00:00")}, "beginTime", 6),
        ({"valid": valid(end="2026-12-31T23:59:59+01:00")}, "endTime", 6),
        ({"valid": valid(end="soon")}, "endTime", 6),
    ],
)
def test_what_a_terminal_does_not_like_it_names(fields: dict[str, Any], field: str, code: int):
    refusal = objection(user(**fields), rules())
    assert refusal is not None
    assert (refusal.error_msg, refusal.status_code) == (field, code)


def test_what_it_likes_it_takes():
    assert objection(user(), rules()) is None
    assert objection(user(valid=None), rules()) is None
    assert objection(user(right_plan=(RightPlan(1, "1,3"),)), rules()) is None
    assert objection(user(valid=ValidForm(enable=False)), rules()) is None


@pytest.mark.parametrize(
    ("fields", "door", "decision"),
    [
        ({}, 1, Decision.GRANTED),
        ({}, 2, Decision.NO_PERMISSION),
        ({"door_right": ""}, 1, Decision.NO_PERMISSION),
        ({"door_right": None}, 1, Decision.NO_PERMISSION),
        ({"user_type": "blackList"}, 1, Decision.NO_PERMISSION),
        ({"right_plan": None}, 1, Decision.OUTSIDE_SCHEDULE),
        ({"right_plan": (RightPlan(2, "1"),)}, 1, Decision.OUTSIDE_SCHEDULE),
        ({"valid": valid(end="2026-05-01T11:59:59")}, 1, Decision.EXPIRED),
        ({"valid": valid(end="2026-05-01T12:00:00")}, 1, Decision.GRANTED),
        ({"valid": valid(begin="2026-05-01T12:00:01")}, 1, Decision.EXPIRED),
        ({"valid": valid(begin="2026-05-01T12:00:00")}, 1, Decision.GRANTED),
        ({"valid": valid("2020-01-01T00:00:00", "2020-01-02T00:00:00", enable=False)}, 1, 1),
        ({"valid": None}, 1, Decision.EXPIRED),
    ],
)
def test_a_door_opens_for_whom_it_should(fields: dict[str, Any], door: int, decision: Decision):
    assert decide(user(**fields), door, NOON) == decision


def test_a_door_stays_shut_for_strangers():
    assert decide(None, 1, NOON) == Decision.UNKNOWN


@pytest.mark.parametrize("reads", ["local", "UTC"])
def test_times_without_their_type_are_read_as_this_model_does(reads: str):
    kept = settled(user(), rules(untyped_times=reads)).valid
    assert kept is not None
    assert kept.begin_time == {"local": "2026-01-01T00:00:00", "UTC": "2026-01-01T01:00:00"}[reads]


def test_times_with_their_type_are_read_as_they_say():
    told = user(valid=valid(time_type="UTC"))
    kept = settled(told, rules()).valid
    assert kept is not None
    assert kept.end_time == "2027-01-01T00:59:59"
    local = settled(user(valid=valid(time_type="local")), rules(untyped_times="UTC")).valid
    assert local is not None
    assert local.end_time == "2026-12-31T23:59:59"


def test_the_end_of_the_range_stays_in_it():
    kept = settled(user(valid=valid(end="2037-12-31T23:59:59", time_type="UTC")), rules()).valid
    assert kept is not None
    assert kept.end_time == "2037-12-31T23:59:59"


def test_no_time_limit_is_kept_as_such():
    kept = settled(user(valid=ValidForm(enable=False)), rules()).valid
    assert kept == ValidForm(
        enable=False, begin_time="2000-01-01T00:00:00", end_time="2037-12-31T23:59:59"
    )


@pytest.mark.parametrize(
    ("mail", "email", "slot"), [("field", "a@x", ""), ("slot", None, "k"), ("none", None, "")]
)
def test_a_terminal_keeps_only_the_fields_it_has(mail: str, email: str | None, slot: str):
    kept = settled(user(email="a@x", extends=(Extend("k"),)), rules(mail=mail))
    assert (kept.email, kept.slot) == (email, slot)


BEFORE = user(
    name="Ann", gender="female", num_of_card=2, password=Secret("4711"),
    extra=(Unlisted("a", b"1"), Unlisted("b", b"2")),
)  # fmt: skip


def test_a_change_keeps_or_drops_what_it_leaves_out():
    change = UserInfo(employee_no="31", name="Anna", extra=(Unlisted("b", b"3"),))
    kept = merged(BEFORE, change, rules(partial_modify_keeps=True))
    assert (kept.name, kept.gender) == ("Anna", "female")
    assert kept.extra == (Unlisted("a", b"1"), Unlisted("b", b"3"))
    dropped = merged(BEFORE, change, rules(partial_modify_keeps=False))
    assert (dropped.name, dropped.gender, dropped.extra) == ("Anna", None, change.extra)


@pytest.mark.parametrize("keeps", [True, False])
def test_what_is_read_only_stays_the_terminals(keeps: bool):
    change = msgspec.structs.replace(BEFORE, num_of_card=99)
    assert merged(BEFORE, change, rules(partial_modify_keeps=keeps)).num_of_card == 2


@pytest.mark.parametrize(
    ("given", "clears", "after"),
    [
        (None, True, "4711"),
        (Secret(""), True, None),
        (Secret(""), False, "4711"),
        (Secret("0000"), True, "0000"),
    ],
)
def test_an_empty_password_may_clear_the_pin(given: Any, clears: bool, after: str | None):
    change = msgspec.structs.replace(BEFORE, password=given)
    assert merged(BEFORE, change, rules(empty_password_clears=clears)).password == after


def test_a_password_is_told_as_empty_or_not_at_all():
    assert shown(BEFORE, rules()).password == ""
    assert shown(BEFORE, rules(tells_password=False)).password is None
    assert shown(user(valid=None), rules()).valid is None


@pytest.mark.parametrize("name", list(PROFILES))
def test_every_profile_can_be_set_otherwise(name: str):
    assert configured(name, {"page_cap": 7}).page_cap == 7


@pytest.mark.parametrize(
    ("name", "settings", "text"),
    [
        ("k9", {}, "'profile' is one of"),
        ("k1t342", {"pagecap": 7}, "pagecap"),
        ("k1t342", {"page_cap": "many"}, "page_cap"),
        ("k1t342", {"refusal_status": 418}, "refusal_status"),
    ],
)
def test_a_profile_or_switch_that_is_not_known_is_named(
    name: str, settings: dict[str, Any], text: str
):
    with pytest.raises(ValueError, match=text):
        configured(name, settings)
