"""Adding, changing and deleting people: the bodies of the writing calls.

Sources: Cardskipper-IVMS document, Update User Validity (XML); Hikvision terminals as observed,
Two dialects. A terminal that is asked to delete with a missing or empty list deletes *everybody*:
a `Deletion` without names can't be built, and there is no other way to a deleting body.
"""

from dataclasses import dataclass
from typing import Literal

import msgspec

from doorward.connectors.hikvision.wire.form import (
    Dialect,
    NotUnderstood,
    children,
    from_json,
    root,
    shape,
    to_json,
    to_xml,
)
from doorward.connectors.hikvision.wire.person import (
    NAME_LIMIT,
    UserFields,
    UserInfo,
    Writing,
    fields_of,
    take_user,
    xml_fields_of,
)
from doorward.connectors.hikvision.wire.search import Numbered
from doorward.net.xml import local

Progress = Literal["processing", "success", "failed"]


def write_person(writing: Writing, dialect: Dialect) -> bytes:
    """The body that adds or changes this person. Raises ValueError for a text XML can't hold."""
    if dialect == "terminal":
        return to_json({"UserInfo": fields_of(writing.user)})
    return to_xml("UserInfo", xml_fields_of(writing.user))


class _PersonBody(msgspec.Struct, frozen=True):
    user: msgspec.Raw = msgspec.field(name="UserInfo")


def read_person(body: bytes, dialect: Dialect) -> UserInfo:
    """The person a client sends, taken strictly. Raises NotUnderstood, naming the field."""
    if dialect == "terminal":
        return take_user(from_json(body, _PersonBody).user, lax=False)
    element = root(body)
    if local(element.tag) != "userinfo":
        raise NotUnderstood(f"a person begins with UserInfo, not {element.tag}")
    names, lists = shape(UserFields)
    return take_user(msgspec.Raw(to_json(children(element, names, lists))), lax=True)


@dataclass(frozen=True, slots=True)
class Deletion:
    """Whom to delete. Raises ValueError unless it names somebody, and everybody by a number."""

    names: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.names:
            raise ValueError("a deletion names whom it deletes")
        if not all(name.strip() and len(name) <= NAME_LIMIT for name in self.names):
            raise ValueError(f"an employee number has 1 to {NAME_LIMIT} characters")


class _Listed(msgspec.Struct, frozen=True, kw_only=True):
    mode: str | None = None
    numbers: tuple[Numbered, ...] = msgspec.field(default=(), name="EmployeeNoList")


class _DeleteBody(msgspec.Struct, frozen=True, kw_only=True):
    condition: _Listed | None = msgspec.field(default=None, name="UserInfoDelCond")
    detail: _Listed | None = msgspec.field(default=None, name="UserInfoDetail")


def write_deletion(deletion: Deletion) -> bytes:
    """The body of `UserInfo/Delete`, which deletes the people alone."""
    return to_json({"UserInfoDelCond": {"EmployeeNoList": _numbers(deletion)}})


def write_detail_deletion(deletion: Deletion) -> bytes:
    """The body of `UserInfoDetail/Delete`, which deletes people with cards, faces and prints."""
    listed = {"mode": "byEmployeeNo", "EmployeeNoList": _numbers(deletion)}
    return to_json({"UserInfoDetail": listed})


def _numbers(deletion: Deletion) -> list[Numbered]:
    return [Numbered(name) for name in deletion.names]


def read_deletion(body: bytes) -> tuple[str, ...]:
    """The names a client sends, of either deleting call; none at all means everybody."""
    asked = from_json(body, _DeleteBody, lax=False)
    listed = asked.condition or asked.detail or _Listed()
    return tuple(number.employee_no for number in listed.numbers)


class _Status(msgspec.Struct, frozen=True):
    status: str


class _ProgressBody(msgspec.Struct, frozen=True):
    process: _Status = msgspec.field(name="UserInfoDetailDeleteProcess")


def read_progress(body: bytes) -> Progress:
    """How far a deletion is. Raises NotUnderstood."""
    match from_json(body, _ProgressBody).process.status:
        case "success":
            return "success"
        case "failed":
            return "failed"
        case "processing" | "inProgress":
            return "processing"
        case other:
            raise NotUnderstood(f"a deletion's status is {other!r}")


def write_progress(progress: Progress) -> bytes:
    """How far a deletion is, as a terminal says it."""
    return to_json(_ProgressBody(_Status(progress)))
