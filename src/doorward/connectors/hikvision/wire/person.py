"""One person's record on a terminal (`UserInfo`), and what may be written of it.

Sources: Cardskipper-IVMS document, Search Users and Update User Validity (`employeeNo`, `email`,
`Valid`); Hikvision terminals as observed, A person (everything else). The document gives each user
an `email`; terminals have no such field, some have one free slot instead (`PersonInfoExtends`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from doorward.connectors.hikvision.wire import validity
from doorward.connectors.hikvision.wire.form import (
    NotUnderstood,
    from_fields,
    from_json,
    guarded,
    to_json,
)
from doorward.connectors.hikvision.wire.validity import TimeType, ValidForm, Validity, Window
from doorward.net.secrets import Secret

READ_ONLY = frozenset(
    {"num_of_card", "num_of_fp", "num_of_face", "open_door_time", "face_url", "has_password"}
)
SECRET = frozenset({"password", "dynamic_code"})
NAME_LIMIT = 32  # of an employee number

Body = Mapping[str, msgspec.Raw | bytes]


class RightPlan(msgspec.Struct, frozen=True, rename="camel"):
    """A door and the schedule that holds there. A terminal refuses a number as template."""

    door_no: int
    plan_template_no: str


class Extend(msgspec.Struct, frozen=True, omit_defaults=True):
    """A free slot: up to 64 characters that a club may use as it likes."""

    value: str = ""
    id: int | None = None
    name: str | None = None


class Unlisted(msgspec.Struct, frozen=True):
    """A field that is not known here, kept as JSON so that it can be written back unchanged."""

    name: str
    value: bytes

    def __repr__(self) -> str:
        return f"Unlisted({self.name!r})"  # what it holds may be personal


_NAMES = {
    "valid": "Valid",
    "right_plan": "RightPlan",
    "local_ui_right": "localUIRight",
    "num_of_fp": "numOfFP",
    "face_url": "faceURL",
    "extends": "PersonInfoExtends",
}


def _wire_name(name: str) -> str:
    first, *rest = name.split("_")
    return _NAMES.get(name) or first + "".join(part.capitalize() for part in rest)


class UserFields(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename=_wire_name):
    """The fields of a person that are known here. None: not there, which is not the same as ""."""

    employee_no: str
    name: str | None = None
    user_type: str | None = None
    valid: ValidForm | None = None
    email: str | None = None
    door_right: str | None = None
    right_plan: tuple[RightPlan, ...] | None = None
    belong_group: str | None = None
    password: Secret | None = None
    dynamic_code: Secret | None = None
    user_verify_mode: str | None = None
    local_ui_right: bool | None = None
    max_open_door_time: int | None = None
    open_door_time: int | None = None
    close_delay_enabled: bool | None = None
    double_lock_right: bool | None = None
    gender: str | None = None
    room_number: int | None = None
    floor_number: int | None = None
    num_of_card: int | None = None
    num_of_fp: int | None = None
    num_of_face: int | None = None
    face_url: str | None = None
    has_password: bool | None = None
    extends: tuple[Extend, ...] | None = None


class UserInfo(UserFields, frozen=True, kw_only=True):
    """A person's record: the known fields, and what else came with them."""

    extra: tuple[Unlisted, ...] = ()

    @property
    def validity(self) -> Validity:
        """When she may enter, as far as the record says it."""
        return validity.read(self.valid)

    @property
    def slot(self) -> str:
        """What the first free slot holds; "" where there is none."""
        return self.extends[0].value if self.extends else ""

    @property
    def doors(self) -> tuple[str, ...]:
        """The doors of `doorRight`."""
        return tuple(filter(None, (door.strip() for door in (self.door_right or "").split(","))))


_KNOWN = {f.encode_name: f for f in msgspec.structs.fields(UserFields)}
_PLACES = tuple((name, field.name) for name, field in _KNOWN.items())
_NEVER_COPIED = frozenset(map(_wire_name, READ_ONLY | SECRET))  # not even when oddly typed


@dataclass(frozen=True, slots=True)
class FaultyUser:
    """A record of which not even the employee number could be read."""

    reason: str


def read_user(raw: msgspec.Raw) -> UserInfo | FaultyUser:
    """A terminal's record, taken leniently: a field of an odd type is kept as it is, unread."""
    try:
        body = from_json(raw, dict[str, msgspec.Raw])
    except NotUnderstood as error:
        return FaultyUser(str(error))
    try:
        return _joined(from_json(raw, UserFields), body, frozenset(_KNOWN))
    except NotUnderstood:
        return _field_by_field(body)


def read_fields(fields: Mapping[str, Any]) -> UserInfo | FaultyUser:
    """The same of a record's fields as XML tells them."""
    try:
        known = from_fields(fields, UserFields)
    except NotUnderstood:
        return read_user(msgspec.Raw(to_json(fields)))
    others = {name: to_json(fields[name]) for name in fields if name not in _KNOWN}
    return _joined(known, others, frozenset())


def take_user(raw: msgspec.Raw, *, lax: bool) -> UserInfo:
    """A client's record, taken strictly. `lax` is for XML, where every value is text.

    Raises NotUnderstood, naming the field.
    """
    fields = from_json(raw, UserFields, lax=lax)
    return _joined(fields, from_json(raw, dict[str, msgspec.Raw]), frozenset(_KNOWN))


def _joined(fields: UserFields, body: Body, known: frozenset[str]) -> UserInfo:
    extra = tuple(Unlisted(name, bytes(value)) for name, value in body.items() if name not in known)
    return UserInfo(**msgspec.structs.asdict(fields), extra=extra)


def _field_by_field(body: Body) -> UserInfo | FaultyUser:
    kept: dict[str, Any] = {}
    for name in body.keys() & _KNOWN.keys():
        field = _KNOWN[name]
        try:
            kept[field.name] = from_json(body[name], field.type)
        except NotUnderstood as error:
            if name == "employeeNo":
                return _numbered(body, error)
    if "employee_no" not in kept:
        return FaultyUser("there is no employeeNo")
    read = frozenset(_KNOWN[name].encode_name for name in _KNOWN if _KNOWN[name].name in kept)
    return _joined(UserFields(**kept), body, read)


def _numbered(body: Body, error: NotUnderstood) -> UserInfo | FaultyUser:
    # Some firmwares print the number as a number.
    try:
        number = from_json(body["employeeNo"], int)
    except NotUnderstood:
        return FaultyUser(f"employeeNo: {error}")
    return read_user(msgspec.Raw(to_json({**body, "employeeNo": str(number)})))


def fields_of(user: UserInfo) -> dict[str, Any]:
    """The record as it goes on the wire: the known fields in order, then the others."""
    known = {name: value for name, at in _PLACES if (value := getattr(user, at)) is not None}
    others = {other.name: msgspec.Raw(other.value) for other in user.extra}
    return known | {name: value for name, value in others.items() if name not in known}


def xml_fields_of(user: UserInfo) -> dict[str, Any]:
    """The record as it goes into an XML document."""
    fields = fields_of(user)
    return {name: _read(value) for name, value in fields.items()} if user.extra else fields


def _read(value: object) -> object:
    return guarded(lambda: msgspec.json.decode(value)) if isinstance(value, msgspec.Raw) else value


@dataclass(frozen=True, slots=True)
class Rights:
    """Which doors somebody may open, by which schedule. Empty: that part stays as it is.

    `template` "1" is a terminal's schedule for the whole week.
    """

    doors: tuple[int, ...] = ()
    template: str = ""

    def over(self, user: UserInfo) -> UserInfo:
        """The record with these rights; unchanged where it has them already."""
        numbers = self.doors or tuple(int(door) for door in user.doors if door.isdecimal())
        held = {plan.door_no: plan.plan_template_no for plan in user.right_plan or ()}
        wanted = {door: self.template or held.get(door, "1") for door in numbers}
        if not wanted or (wanted == held and set(user.doors) == set(map(str, wanted))):
            return user
        return msgspec.structs.replace(
            user,
            door_right=",".join(map(str, wanted)),
            right_plan=tuple(RightPlan(door, template) for door, template in wanted.items()),
        )


@dataclass(frozen=True, slots=True)
class Writing:
    """A record that may be sent to a terminal.

    Raises ValueError for one that would do harm: without an enabled window (`enable: false` opens
    every door for good), with an empty password (which may clear a PIN), or with read-only fields.
    """

    user: UserInfo

    def __post_init__(self) -> None:
        if not 1 <= len(self.user.employee_no) <= NAME_LIMIT:
            raise ValueError(f"an employee number has 1 to {NAME_LIMIT} characters")
        if not isinstance(validity.asked(self.user.valid), validity.Shown):
            raise ValueError("a written record has an enabled window")  # noqa: TRY004  # not a type
        if self.user.password == "" or self.user.dynamic_code == "":
            raise ValueError("an empty password may clear a PIN")
        for name in READ_ONLY:
            if getattr(self.user, name) is not None:
                raise ValueError(f"{_wire_name(name)} can't be written")


def rewritten(
    before: UserInfo, window: Window, time_type: TimeType | None, rights: Rights | None = None
) -> Writing:
    """The record as it was read, with this window: all that can be written, else unchanged.

    Whether a terminal keeps what a change leaves out is documented nowhere, so nothing is left
    out. A password that came back empty was only hidden: it stays as it is by not being sent.
    """
    unwritten = {
        name for name in READ_ONLY | SECRET if name in READ_ONLY or not getattr(before, name)
    }
    user = msgspec.structs.replace(
        before,
        **dict.fromkeys(unwritten),
        valid=window.form(time_type),
        extra=tuple(other for other in before.extra if other.name not in _NEVER_COPIED),
    )
    return Writing(rights.over(user) if rights else user)


def newcomer(
    employee_no: str,
    name: str,
    window: Window,
    rights: Rights,
    *,
    email: str | None = None,
    slot: str = "",
) -> Writing:
    """A person who is not there yet; `slot` goes into the first free slot where it isn't ""."""
    user = UserInfo(
        employee_no=employee_no,
        name=name,
        user_type="normal",
        valid=window.form("local"),
        email=email,
        extends=(Extend(slot),) if slot else None,
    )
    return Writing(rights.over(user))


def differences(writing: Writing, after: UserInfo) -> tuple[str, ...]:
    """The names of the written fields that the terminal shows otherwise. Secrets aren't shown."""
    others = () if _shows(after, writing.user) else _differing(writing.user, after)
    return others if writing.user.validity == after.validity else ("Valid", *others)


def _shows(after: UserInfo, written: UserInfo) -> bool:
    """Whether all that was written is plainly there: the usual case, told fast."""
    return not written.extra and all(
        (value := getattr(written, at)) is None or value == getattr(after, at)
        for name, at in _PLACES
        if name not in _COMPARED_APART
    )


def _differing(written: UserInfo, after: UserInfo) -> tuple[str, ...]:
    wanted, seen = fields_of(written), fields_of(after)
    told = (name for name in wanted if name not in _COMPARED_APART)
    return tuple(name for name in told if not _same(wanted[name], seen.get(name)))


_COMPARED_APART = frozenset({"Valid", *map(_wire_name, SECRET)})


def _same(wanted: object, seen: object) -> bool:
    # What was not read is the same also where its JSON is spelled otherwise.
    return wanted == seen or _plain(wanted) == _plain(seen)


def _plain(value: object) -> object:
    return msgspec.json.decode(to_json(value))
