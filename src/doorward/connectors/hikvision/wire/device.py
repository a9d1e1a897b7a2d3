"""Who a terminal is, what it can, how many people it holds, and whether a login works.

Source: Hikvision terminals as observed, Two dialects; A person. deviceInfo and userCheck answer
XML even where JSON is asked for; capabilities and the count are JSON alone.
"""

from typing import Any

import msgspec

from doorward.connectors.hikvision.wire.form import (
    NotUnderstood,
    from_json,
    from_xml,
    root,
    to_json,
    to_xml,
)
from doorward.connectors.hikvision.wire.status import Lock
from doorward.net.xml import local


class DeviceInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A terminal's own card: model, firmware, serial number."""

    device_name: str = ""
    device_id: str = msgspec.field(default="", name="deviceID")
    model: str = ""
    serial_number: str = ""
    mac_address: str = ""
    firmware_version: str = ""
    firmware_released_date: str = ""
    device_type: str = ""


def read_info(body: bytes) -> DeviceInfo:
    """Raises NotUnderstood for a document that is not a DeviceInfo."""
    element = root(body)
    if local(element.tag) != "deviceinfo":
        raise NotUnderstood(f"expected DeviceInfo, not {element.tag}")
    return from_xml(element, DeviceInfo)


def write_info(info: DeviceInfo, namespace: str = "") -> bytes:
    """As a terminal sends it."""
    return to_xml("DeviceInfo", info, namespace)


class UserCheck(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """What a login attempt came to: 200 or 401, and with 401 the lock facts.

    `lock_status` is "unlock" or "lock", `retry_times` the tries left, `res_lock_time` the seconds
    until the account is free again.
    """

    status_value: int
    status_string: str = ""
    lock_status: str | None = None
    retry_times: int | None = None
    res_lock_time: int | None = None


def unauthorised(lock: Lock) -> UserCheck:
    """The body of a 401 to a call in XML."""
    return UserCheck(
        status_value=401,
        status_string="Unauthorized",
        lock_status=lock.word,
        retry_times=lock.tries_left,
        res_lock_time=lock.seconds,
    )


def read_check(body: bytes) -> UserCheck:
    """Raises NotUnderstood for a document that is not a userCheck."""
    element = root(body)
    if local(element.tag) != "usercheck":
        raise NotUnderstood(f"expected userCheck, not {element.tag}")
    return from_xml(element, UserCheck)


def write_check(check: UserCheck, namespace: str = "") -> bytes:
    """As a terminal sends it."""
    return to_xml("userCheck", check, namespace)


class _CountValue(msgspec.Struct, frozen=True, rename="camel"):
    user_number: int


class _CountBody(msgspec.Struct, frozen=True):
    count: _CountValue = msgspec.field(name="UserInfoCount")


def read_count(body: bytes) -> int:
    """How many people a terminal holds. Raises NotUnderstood."""
    return from_json(body, _CountBody).count.user_number


def write_count(count: int) -> bytes:
    """As a terminal sends it."""
    return to_json(_CountBody(_CountValue(count)))


class Range(msgspec.Struct, frozen=True, omit_defaults=True):
    """A capability's bounds."""

    max: int | None = msgspec.field(default=None, name="@max")
    min: int | None = msgspec.field(default=None, name="@min")


class Options(msgspec.Struct, frozen=True):
    """A capability's list: "post,put,get,delete,setUp"."""

    opt: str = msgspec.field(default="", name="@opt")

    def __contains__(self, name: str) -> bool:
        return name.lower() in (option.strip().lower() for option in self.opt.split(","))


class _SearchLimits(msgspec.Struct, frozen=True, rename="camel"):
    max_results: Range = Range()


class _ValidLimits(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    time_range_begin: str | None = None
    time_range_end: str | None = None


class Capabilities(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """What a terminal says it can, as far as we use it; None where it does not say.

    A field of another shape than expected counts as not said: capabilities are a hint.
    """

    support_function: Options = Options()
    search: _SearchLimits = msgspec.field(default=_SearchLimits(), name="UserInfoSearchCond")
    employee_no: Range = Range()
    name: Range = Range()
    valid: _ValidLimits = msgspec.field(default=_ValidLimits(), name="Valid")
    max_record_num: int | None = None

    @property
    def page_size(self) -> int | None:
        """The most people on one page."""
        return self.search.max_results.max

    @property
    def capacity(self) -> int | None:
        """How many people the terminal can hold."""
        return self.max_record_num


def capabilities(page_size: int, capacity: int, functions: str, number_limit: int) -> Capabilities:
    """What a terminal says of itself."""
    return Capabilities(
        support_function=Options(functions),
        search=_SearchLimits(Range(page_size, 1)),
        employee_no=Range(number_limit, 1),
        name=Range(128, 1),
        valid=_ValidLimits("2000-01-01T00:00:00", "2037-12-31T23:59:59"),
        max_record_num=capacity,
    )


_KINDS = {f.encode_name: f for f in msgspec.structs.fields(Capabilities)}


def read_capabilities(body: bytes) -> Capabilities:
    """Raises NotUnderstood for a body that says nothing about people."""
    fields = from_json(body, dict[str, dict[str, msgspec.Raw]]).get("UserInfo")
    if fields is None:
        raise NotUnderstood("the capabilities don't speak of UserInfo")
    return Capabilities(**dict(filter(None, (_said(name, raw) for name, raw in fields.items()))))


def _said(name: str, raw: msgspec.Raw) -> tuple[str, Any] | None:
    field = _KINDS.get(name)
    if field is None:
        return None
    try:
        return field.name, from_json(raw, field.type)
    except NotUnderstood:
        return None


def write_capabilities(known: Capabilities) -> bytes:
    """As a terminal sends it."""
    return to_json({"UserInfo": known})
