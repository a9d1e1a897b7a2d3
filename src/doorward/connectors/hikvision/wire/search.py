"""Asking a terminal for people, and the pages that come back, in both dialects.

Sources: Cardskipper-IVMS document, Search Users (XML; asks for 100 in the text, for 1000 in the
sample, and leaves the envelope of the answer out); Hikvision terminals as observed, Two dialects
(JSON; a page has at most 30 whatever is asked for, and no error says so).
"""

from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from lxml import etree

from doorward.connectors.hikvision.wire.form import (
    Dialect,
    NotUnderstood,
    children,
    from_json,
    from_xml,
    leaves,
    root,
    shape,
    to_json,
    to_xml,
)
from doorward.connectors.hikvision.wire.person import (
    FaultyUser,
    UserFields,
    UserInfo,
    fields_of,
    read_fields,
    read_user,
    xml_fields_of,
)
from doorward.net.xml import local

Status = Literal["OK", "MORE", "NO MATCH"]


class Numbered(msgspec.Struct, frozen=True, rename="camel"):
    """One person, named by her employee number."""

    employee_no: str


class SearchCondition(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Which page is asked for. `employee_numbers` empty: everybody.

    The documented dialect has no way to ask for certain people.
    """

    search_id: str = msgspec.field(name="searchID")
    search_result_position: int
    max_results: int
    numbers: tuple[Numbered, ...] = msgspec.field(default=(), name="EmployeeNoList")

    @property
    def employee_numbers(self) -> tuple[str, ...]:
        """Whom it asks for; nobody in particular when empty."""
        return tuple(number.employee_no for number in self.numbers)


def condition(
    search_id: str, position: int, max_results: int, numbers: tuple[str, ...] = ()
) -> SearchCondition:
    """A page from `position` on, of these people or of everybody."""
    return SearchCondition(search_id, position, max_results, tuple(map(Numbered, numbers)))


class _ConditionBody(msgspec.Struct, frozen=True):
    condition: SearchCondition = msgspec.field(name="UserInfoSearchCond")


def write_condition(asked: SearchCondition, dialect: Dialect) -> bytes:
    """The body of a search. Raises ValueError for people named in the documented dialect."""
    if dialect == "terminal":
        return to_json(_ConditionBody(asked))
    if asked.numbers:
        raise ValueError("the documented dialect can't ask for certain people")
    return to_xml("UserInfoSearch", asked)


def read_condition(body: bytes, dialect: Dialect) -> SearchCondition:
    """What a client asks for. Raises NotUnderstood."""
    if dialect == "terminal":
        return from_json(body, _ConditionBody).condition
    element = root(body)
    if local(element.tag) not in {"userinfosearch", "userinfosearchcond"}:
        raise NotUnderstood(f"a search begins with UserInfoSearch, not {element.tag}")
    return from_xml(element, SearchCondition)


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """One page. `status` and `total` None: the terminal did not say."""

    search_id: str
    status: Status | None
    total: int | None
    found: tuple[UserInfo | FaultyUser, ...]


class _Envelope(msgspec.Struct, frozen=True, rename="camel"):
    search_id: str = msgspec.field(default="", name="searchID")
    response_status_strg: str | None = None
    num_of_matches: int | None = None
    total_matches: int | None = None


class _Page(_Envelope, frozen=True):
    users: list[msgspec.Raw] | None = msgspec.field(default=None, name="UserInfo")


class _AnswerBody(msgspec.Struct, frozen=True):
    page: _Page = msgspec.field(name="UserInfoSearch")


def read_answer(body: bytes, dialect: Dialect) -> SearchAnswer:
    """A page as it came. Raises NotUnderstood; a record that can't be read is a FaultyUser."""
    if dialect == "terminal":
        page = from_json(body, _AnswerBody).page
        return _answer(page, tuple(map(read_user, page.users or ())))
    element = root(body)
    if not local(element.tag).startswith("userinfo"):
        raise NotUnderstood(f"a page of people begins with UserInfoSearch, not {element.tag}")
    users = [child for child in element.iter("{*}*") if local(child.tag) == "userinfo"]
    return _answer(leaves(element, _Envelope), tuple(map(_from_element, users)))


def _from_element(element: etree._Element) -> UserInfo | FaultyUser:
    names, lists = shape(UserFields)
    return read_fields(children(element, names, lists))


def _answer(envelope: _Envelope, found: tuple[UserInfo | FaultyUser, ...]) -> SearchAnswer:
    return SearchAnswer(
        envelope.search_id, _status(envelope.response_status_strg), envelope.total_matches, found
    )


def _status(text: str | None) -> Status | None:
    match (text or "").upper().replace("_", " "):
        case "":
            return None
        case "OK":
            return "OK"
        case "MORE":
            return "MORE"
        case "NO MATCH" | "NO MATCHES":
            return "NO MATCH"
        case _:
            raise NotUnderstood(f"responseStatusStrg is {text!r}, not OK, MORE or NO MATCH")


def write_answer(answer: SearchAnswer, dialect: Dialect, namespace: str = "") -> bytes:
    """A page as a terminal sends it; on NO MATCH there is no list at all."""
    users = [user for user in answer.found if isinstance(user, UserInfo)]
    head: dict[str, Any] = {
        "searchID": answer.search_id,
        "responseStatusStrg": answer.status,
        "numOfMatches": len(users),
        "totalMatches": answer.total,
    }
    if dialect == "documented":
        return to_xml(
            "UserInfoSearch", head | {"UserInfo": [*map(xml_fields_of, users)]}, namespace
        )
    listed = {"UserInfo": [*map(fields_of, users)]} if users else {}
    return to_json({"UserInfoSearch": head | listed})
