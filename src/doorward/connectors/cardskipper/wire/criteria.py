"""The search that is posted to `Member/Export`, in its two dialects, both ways.

The integration document, "Member Search", prints a root `SearchCriteriaMember` with text in child
elements (*documented*); Cardskipper's guide and public clients send a root `Cardskipper` with the
criteria as empty elements that carry a `value` attribute (*vendor*). Which of them an installation
takes is found out by the client. Both are written in schema order, as the guide demands, without
criteria that ask for nothing; they are read in any order, letter case and namespace.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

import msgspec
from lxml import etree

from doorward.connectors.cardskipper.wire.dates import bound, moment
from doorward.connectors.cardskipper.wire.names import NAMES, Odd, shown, text_of
from doorward.connectors.cardskipper.wire.text import HEAD, escaped, possible
from doorward.net.xml import XmlRefused, local, parse

Dialect = Literal["documented", "vendor"]
DIALECTS: tuple[Dialect, ...] = ("documented", "vendor")

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XSD = "http://www.w3.org/2001/XMLSchema"
_SPACES = f'xmlns:xsi="{_XSI}" xmlns:xsd="{_XSD}"'
_LONGEST = 200


class Criteria(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to export; None asks for nothing. Types as in the guide, "Export of members".

    Identifiers stay text but are whole numbers. `changed_at` asks for members changed after it.
    Raises ValueError for what Cardskipper could only refuse.
    """

    organisation_id: str
    member_id: str | None = None
    role_id: str | None = None
    user_id: str | None = None
    organisation_member_id: str | None = None
    birthdate: date | None = None
    first_name: str | None = None
    last_name: str | None = None
    cellphone: str | None = None
    tag_contains: str | None = None
    organisation_unit: str | None = None
    has_user_device: bool | None = None
    only_active: bool | None = None
    changed_at: datetime | None = None

    def __post_init__(self) -> None:
        for criterion in CRITERIA:
            value = getattr(self, criterion.field)
            if isinstance(value, str):
                _refuse_odd_text(criterion, value)

    @property
    def everybody(self) -> bool:
        """Whether it asks for all (active) members: only then may an absence mean something."""
        narrowing = (c.field for c in CRITERIA if c.field not in {"organisation_id", "only_active"})
        return all(getattr(self, field) is None for field in narrowing)


class Criterion(NamedTuple):
    """One criterion: its name on the wire, its field, what its value is."""

    name: str
    field: str
    kind: Literal["number", "text", "day", "moment", "flag"]


CRITERIA = (
    Criterion("MemberId", "member_id", "number"),
    Criterion("OrganisationId", "organisation_id", "number"),
    Criterion("RoleId", "role_id", "number"),
    Criterion("UserId", "user_id", "number"),
    Criterion("OrganisationMemberId", "organisation_member_id", "number"),
    Criterion("Birthdate", "birthdate", "day"),
    Criterion("Firstname", "first_name", "text"),
    Criterion("Lastname", "last_name", "text"),
    Criterion("Cellphone", "cellphone", "text"),
    Criterion("TagContains", "tag_contains", "text"),
    Criterion("OrganisationUnit", "organisation_unit", "text"),
    Criterion("HasUserDevice", "has_user_device", "flag"),
    Criterion("OnlyActive", "only_active", "flag"),
    Criterion("ChangedAt", "changed_at", "moment"),
)
"""In schema order."""

_BY_NAME: Mapping[str, Criterion] = {criterion.name.lower(): criterion for criterion in CRITERIA}
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


class CriteriaRefused(ValueError):
    """A search that cannot be understood; the text names the criterion and says why."""


class Asked(NamedTuple):
    """A search as it came."""

    criteria: Criteria
    dialect: Dialect


def write_criteria(criteria: Criteria, dialect: Dialect) -> bytes:
    """The body of a `Member/Export` request, UTF-8."""
    said = list(_said(criteria))
    match dialect:
        case "documented":
            inner = "".join(f"<{name}>{value}</{name}>" for name, value in said)
            text = f"<SearchCriteriaMember {_SPACES}>{inner}</SearchCriteriaMember>"
        case _:
            inner = "".join(f'<{name} value="{value}"/>' for name, value in said)
            text = (
                f"<Cardskipper {_SPACES}><SearchCriteriaMember>{inner}"
                "</SearchCriteriaMember></Cardskipper>"
            )
    return (HEAD + text).encode()


def _said(criteria: Criteria) -> Iterator[tuple[str, str]]:
    for criterion in CRITERIA:
        value = getattr(criteria, criterion.field)
        if value is not None:
            yield criterion.name, _text(value)


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.replace(microsecond=0).isoformat()
        case date():
            return value.isoformat()
        case _:
            return escaped(str(value))


def read_criteria(body: bytes) -> Asked:
    """A search in either dialect. Raises CriteriaRefused."""
    try:
        root = parse(body)
    except XmlRefused as refusal:
        raise CriteriaRefused(str(refusal)) from None
    dialect, search = _search(root)
    found: dict[str, Any] = {}
    for child in search:
        criterion = _BY_NAME.get(NAMES[child.tag])
        if criterion is None:
            raise CriteriaRefused(f"{shown(local(child.tag))} is no search criterion")
        if criterion.field in found:
            raise CriteriaRefused(f"{criterion.name} is there twice")
        found[criterion.field] = _value(criterion, child)
    if found.get("organisation_id") is None:
        raise CriteriaRefused("OrganisationId is missing")
    try:
        return Asked(Criteria(**found), dialect)
    except ValueError as error:
        raise CriteriaRefused(str(error)) from None


def _search(root: etree._Element) -> tuple[Dialect, etree._Element]:
    name = local(root.tag)
    if name == "searchcriteriamember":
        return "documented", root
    searches = [child for child in root if NAMES[child.tag] == "searchcriteriamember"]
    if name == "cardskipper" and len(searches) == 1:
        return "vendor", searches[0]
    raise CriteriaRefused("there is not exactly one SearchCriteriaMember")


def _value(criterion: Criterion, child: etree._Element) -> Any:
    try:
        text = text_of(child, criterion.name)
        if not text:
            return None
        match criterion.kind:
            case "flag":
                return _FLAGS[text.lower()]
            case "day":
                return _day(text)
            case "moment":
                return moment(text)
            case _:
                return text
    except (Odd, ValueError, KeyError) as error:
        raise CriteriaRefused(f"{criterion.name}: {error}") from None


def _day(text: str) -> date:
    said = bound(text)
    if said is None:
        raise ValueError(f"{shown(text)} is no day")
    return said.date() if isinstance(said, datetime) else said


def _refuse_odd_text(criterion: Criterion, value: str) -> None:
    if not value or len(value) > _LONGEST or not possible(value) or value != value.strip():
        raise ValueError(f"{criterion.name} cannot be {shown(value)}")
    if criterion.kind == "number" and not (value.isascii() and value.isdecimal()):
        raise ValueError(f"{criterion.name} is a whole number, not {shown(value)}")
