"""What a terminal makes of a person: which record it takes, and whether she may open a door now.

Pure. Source: Hikvision terminals as observed, A person; Validity; Events.
"""

import re
from datetime import UTC, datetime
from enum import IntEnum
from zoneinfo import ZoneInfo

import msgspec

from doorward.connectors.hikvision.profiles import Profile
from doorward.connectors.hikvision.wire import status, validity
from doorward.connectors.hikvision.wire.clock import zone
from doorward.connectors.hikvision.wire.person import READ_ONLY, UserFields, UserInfo
from doorward.connectors.hikvision.wire.status import Reply, reply
from doorward.connectors.hikvision.wire.validity import (
    EARLIEST,
    LATEST,
    NoTimeLimit,
    OddValidity,
    Shown,
    ValidForm,
)
from doorward.net.secrets import Secret

USER_TYPES = ("normal", "visitor", "blackList")
SLOT_LIMIT = 64


def objection(user: UserInfo, rules: Profile) -> Reply | None:
    """Why a terminal refuses a record it is sent; None when it takes it."""
    if not re.fullmatch(rules.number_pattern, user.employee_no):
        return _content("employeeNo")
    if len(user.name or "") > rules.name_limit:
        return _content("name")
    if user.user_type is not None and user.user_type not in USER_TYPES:
        return _content("userType")
    if len(user.slot) > SLOT_LIMIT:
        return _content("PersonInfoExtends")
    return _door_objection(user, rules) or _time_objection(user)


def _door_objection(user: UserInfo, rules: Profile) -> Reply | None:
    known = {str(door) for door in range(1, rules.doors + 1)}
    if not set(user.doors) <= known:
        return _content("doorRight")
    for plan in user.right_plan or ():
        if str(plan.door_no) not in known:
            return _content("doorNo")
        if not all(number.strip().isdecimal() for number in plan.plan_template_no.split(",")):
            return _content("planTemplateNo")
    return None


def _time_objection(user: UserInfo) -> Reply | None:
    if user.valid is None:
        return None
    found = validity.asked(user.valid)
    if not isinstance(found, OddValidity):
        return None
    if found.reason == "order":
        return reply(status.INVALID, "invalidOperation", found.field)
    return _content(found.field)


def _content(field: str) -> Reply:
    return reply(status.BAD_CONTENT, "badParameters", field)


def lacking(user: UserInfo) -> Reply | None:
    """What a new person's record lacks; None when it is whole."""
    for field, value in (("userType", user.user_type), ("Valid", user.valid)):
        if value is None:
            return reply(status.BAD_CONTENT, "MessageParametersLack", field)
    return None


def settled(user: UserInfo, rules: Profile) -> UserInfo:
    """A record as the terminal keeps it: its own wall time, and no field that it doesn't have."""
    return msgspec.structs.replace(
        user,
        valid=_local(user.valid, rules) if user.valid else None,
        email=user.email if rules.mail == "field" else None,
        extends=user.extends if rules.mail == "slot" else None,
    )


def _local(form: ValidForm, rules: Profile) -> ValidForm:
    found = validity.asked(form)
    if not isinstance(found, Shown):
        kept = (form.begin_time or EARLIEST.isoformat(), form.end_time or LATEST.isoformat())
        return ValidForm(enable=form.enable, begin_time=kept[0], end_time=kept[1])
    begin, end = found.begin, found.end
    if (form.time_type or rules.untyped_times) == "UTC":
        begin, end = (_wall(moment, zone(rules.time_zone)) for moment in (begin, end))
    return ValidForm(enable=True, begin_time=begin.isoformat(), end_time=end.isoformat())


def _wall(moment: datetime, here: ZoneInfo) -> datetime:
    wall = moment.replace(tzinfo=UTC).astimezone(here).replace(tzinfo=None)
    return min(max(wall, EARLIEST), LATEST)


def merged(before: UserInfo, change: UserInfo, rules: Profile) -> UserInfo:
    """The record after a change: whether what the change leaves out stays is the profile's affair.

    Read-only fields are the terminal's own. A password left out always stays, and an empty one
    may clear it.
    """
    set_here = {name for name in UserFields.__struct_fields__ if getattr(change, name) is not None}
    if rules.partial_modify_keeps:
        written = {name: getattr(change, name) for name in set_here - READ_ONLY}
        names = {other.name for other in change.extra}
        kept = tuple(other for other in before.extra if other.name not in names)
        after = msgspec.structs.replace(before, **written, extra=(*kept, *change.extra))
    else:
        own = {name: getattr(before, name) for name in READ_ONLY}
        after = msgspec.structs.replace(change, **own)
    password = _password(before.password, change.password, rules)
    return msgspec.structs.replace(after, password=password)


def _password(before: Secret | None, given: Secret | None, rules: Profile) -> Secret | None:
    if given is None or (given == "" and not rules.empty_password_clears):
        return before
    return given or None


def shown(user: UserInfo, rules: Profile) -> UserInfo:
    """A record as the terminal tells it: the password hidden, times with or without their type."""
    form = user.valid
    if form is not None and rules.tells_time_type:
        form = msgspec.structs.replace(form, time_type="local")
    return msgspec.structs.replace(
        user, valid=form, password=Secret("") if rules.tells_password else None
    )


class Decision(IntEnum):
    """What comes of somebody at a door, as the minor code of the event that is written."""

    GRANTED = 1
    NO_PERMISSION = 6
    OUTSIDE_SCHEDULE = 7
    EXPIRED = 8
    UNKNOWN = 9


def decide(user: UserInfo | None, door: int, wall: datetime) -> Decision:
    """Whether somebody may open a door at this wall time.

    Without `doorRight` she has no permission, without `RightPlan` no schedule lets her in. The
    schedules themselves aren't kept: each one named stands for the whole week.
    """
    if user is None:
        return Decision.UNKNOWN
    if user.user_type == "blackList" or str(door) not in user.doors:
        return Decision.NO_PERMISSION
    if not any(plan.door_no == door for plan in user.right_plan or ()):
        return Decision.OUTSIDE_SCHEDULE
    return Decision.GRANTED if _in_time(user, wall) else Decision.EXPIRED


def _in_time(user: UserInfo, wall: datetime) -> bool:
    match user.validity:
        case NoTimeLimit():
            return True
        case Shown(begin, end):
            return begin <= wall.replace(microsecond=0) <= end
        case OddValidity():
            return False
