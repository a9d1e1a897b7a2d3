"""Reading one member record. Raises `names.Odd` for one that cannot be understood.

The form in which Cardskipper most likely speaks (attributes, spelled as in its guide) takes a short
path; everything else goes through `names`, with the same result.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache

from lxml import etree

from doorward.connectors.cardskipper.wire.dates import bound, ends_before
from doorward.connectors.cardskipper.wire.members import Member, RoleStay
from doorward.connectors.cardskipper.wire.names import (
    NAMES,
    Odd,
    Slots,
    Values,
    attributes_of,
    shown,
    values_of,
)

ID_LENGTH = 64
TEXT_LENGTH = 500

_START = ("startdate", "validfrom", "fromdate")
_END = ("enddate", "validto", "todate", "validuntil")
_ID = ("organisationmemberid", "memberid", "id")
_WHOSE = Slots(_ID, ())
_MEMBER = Slots(
    _ID,
    ("firstname",),
    ("lastname",),
    ("birthdate",),
    ("inactive",),
    ("email",),
    ("e-mail",),
    ("mail",),
    _START,
    _END,
)
_CONTACT = Slots(("email",), ("e-mail",), ("mail",), ("cellphone1", "cellphone"), ("cellphone2",))
_ORGANISATION = Slots(("id", "organisationid"), ())
_ROLE = Slots(("id", "roleid"), _START, _END, ("type",), ("organisationunit",))
_TAG = Slots(("label",), ())

# Twice as fast as walking the element; the stubs leave it out.
_children: Callable[[etree._Element], list[etree._Element]] = etree._Element.getchildren  # type: ignore[attr-defined]

# As the guide spells and orders them.
_PLAIN_MEMBER = ["OrganisationMemberId", "Firstname", "Lastname", "Birthdate"]
_PLAIN_CONTACT = ["EMail", "CellPhone1"]
_PLAIN_ROLE = ["Id", "StartDate", "EndDate"]

_Contact = tuple[Values, Values]  # e-mail addresses, phone numbers
_NO_CONTACT: _Contact = ((), ())
_DIRECT = frozenset({"roles", "role", "tags"})
_CORRECT = "Correct the member in Cardskipper; until then she keeps the access that she has."


def read_member(element: etree._Element, organisation: str) -> Member:
    """The member with her roles in the organisation of that id; those in others are passed over."""
    stays: list[RoleStay] = []
    tags: list[str] = []
    contact, plain = _take_children(element, organisation, stays, tags)
    if plain and element.keys() == _PLAIN_MEMBER:
        plainly: list[str] = element.values()  # type: ignore[assignment]
        ident, first, last, born = plainly
        if ident:
            return _member(ident, first, last, born, contact, stays, tags)
    values = attributes_of(element, _MEMBER) if plain else values_of(element, _MEMBER)
    ident, first, last, born, inactive, *mails, start, end = values
    if not ident.strip():
        raise Odd("OrganisationMemberId", "nothing", _CORRECT)
    if (start or end) and not stays and not _mentions_roles(element):
        stays.append(_stay("", start, end, "", ""))
    contact = (_distinct(*contact[0], *mails), contact[1])
    return _member(ident, first, last, born, contact, stays, tags, _flag(inactive))


def _take_children(
    element: etree._Element, organisation: str, stays: list[RoleStay], tags: list[str]
) -> tuple[_Contact, bool]:
    """Contact, and whether no child holds a value of the member herself."""
    contact, plain, direct = _NO_CONTACT, True, False
    for child in _children(element):
        name = NAMES[child.tag]
        if name == "organisations":
            for inner in _children(child):
                if inner.get("Id") == organisation or _is_asked(inner, organisation):
                    _take_belongings(inner, stays, tags)
        elif name == "contactinfo":
            contact = _contact(child, contact)
        elif name == "organisation":
            if _is_asked(child, organisation):
                _take_belongings(child, stays, tags)
        else:
            direct = direct or name in _DIRECT
            plain = plain and name not in _MEMBER.known
    if direct:
        _take_belongings(element, stays, tags)
    return contact, plain


def read_id(element: etree._Element) -> str | None:
    """Whose record this is, as far as that can be told."""
    try:
        ident = values_of(element, _WHOSE)[0].strip()
    except Odd:
        return None
    return ident if ident and len(ident) <= ID_LENGTH else None


def _member(
    ident: str,
    first: str,
    last: str,
    born: str,
    contact: _Contact,
    stays: list[RoleStay],
    tags: list[str],
    inactive: bool = False,
) -> Member:
    if len(ident) > ID_LENGTH or len(first) + len(last) > TEXT_LENGTH:
        raise Odd("Member", f"an id or a name of more than {ID_LENGTH} characters", _CORRECT)
    return Member(
        ident.strip(),
        first.strip(),
        last.strip(),
        _birthdate(born),
        contact[0],
        contact[1],
        tuple(stays),
        tuple(tags),
        inactive,
    )


def _contact(child: etree._Element, before: _Contact) -> _Contact:
    if before is _NO_CONTACT and child.keys() == _PLAIN_CONTACT and not len(child):
        values: list[str] = child.values()  # type: ignore[assignment]
        mail, phone = values
        if mail and phone and len(mail) + len(phone) <= TEXT_LENGTH:
            return (mail.strip(),), (phone.strip(),)
    *mails, phone1, phone2 = said = values_of(child, _CONTACT)
    if sum(map(len, said)) > TEXT_LENGTH:
        raise Odd("ContactInfo", f"more than {TEXT_LENGTH} characters", _CORRECT)
    return _distinct(*before[0], *mails), _distinct(*before[1], phone1, phone2)


def _distinct(*texts: str) -> Values:
    return tuple(dict.fromkeys([text.strip() for text in texts if text and not text.isspace()]))


def _is_asked(element: etree._Element, organisation: str) -> bool:
    if NAMES[element.tag] != "organisation":
        return False
    said = values_of(element, _ORGANISATION)[0].strip()
    if not said:
        raise Odd("Organisation Id", "nothing", _CORRECT)
    return said.lstrip("0") == organisation.lstrip("0")


def _take_belongings(element: etree._Element, stays: list[RoleStay], tags: list[str]) -> None:
    """The roles and tags in an element, in their containers or without."""
    for child in _children(element):
        name = NAMES[child.tag]
        if name == "roles":
            for role in _children(child):
                if NAMES[role.tag] == "role":
                    stays.append(_role(role))
        elif name == "role":
            stays.append(_role(child))
        elif name == "tags":
            tags += _distinct(*(values_of(tag, _TAG)[0] or tag.text or "" for tag in child))


def _role(element: etree._Element) -> RoleStay:
    if element.keys() == _PLAIN_ROLE and not len(element):
        values: list[str] = element.values()  # type: ignore[assignment]
        ident, start, end = values
        if ident and start and end:
            return _stay(ident, start, end, "", "")
    said = values_of(element, _ROLE)
    if not said[0].strip():
        raise Odd("Role Id", "nothing", _CORRECT)
    return _stay(*said)


@lru_cache(maxsize=16_384)  # a register has few roles and few days on which they begin and end
def _stay(role: str, start: str, end: str, kind: str, unit: str) -> RoleStay:
    begins, ends = _date(start, "StartDate"), _date(end, "EndDate")
    if begins is not None and ends is not None and ends_before(ends, begins):
        raise Odd("EndDate", f"{shown(end)} before the start {shown(start)}", _CORRECT)
    if len(role) + len(kind) + len(unit) > TEXT_LENGTH:
        raise Odd("Role", f"more than {TEXT_LENGTH} characters", _CORRECT)
    return RoleStay(role.strip(), begins, ends, kind.strip(), unit.strip())


def _date(text: str, field: str) -> date | None:
    try:
        return bound(text)
    except ValueError:
        raise Odd(field, shown(text), _CORRECT) from None


@lru_cache(maxsize=40_000)
def _birthdate(text: str) -> date | None:
    try:
        born = bound(text)
    except ValueError:
        return None
    return born.date() if isinstance(born, datetime) else born


def _mentions_roles(element: etree._Element) -> bool:
    return any(NAMES[inner.tag] == "role" for inner in element.iterdescendants())


def _flag(text: str) -> bool:
    match text.strip().lower():
        case "true" | "1":
            return True
        case "false" | "0" | "":
            return False
    raise Odd("Inactive", shown(text), _CORRECT)
