"""Reading one member record. Raises `names.Odd` for one that cannot be understood.

Any form is read, through `names`. What `plain` reads faster comes out of both the same.
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
MEMBER = Slots(
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
children: Callable[[etree._Element], list[etree._Element]] = etree._Element.getchildren  # type: ignore[attr-defined]

Contact = tuple[Values, Values]  # e-mail addresses, phone numbers
NO_CONTACT: Contact = ((), ())
_DIRECT = frozenset({"roles", "role", "tags"})
_CORRECT = "Correct the member in Cardskipper; until then she keeps the access that she has."


def read_member(element: etree._Element, organisation: str) -> Member:
    """The member with her roles in the organisation of that id; those in others are passed over."""
    stays: list[RoleStay] = []
    tags: list[str] = []
    (mails, phones), plain = _take_children(element, organisation, stays, tags)
    values = attributes_of(element, MEMBER) if plain else values_of(element, MEMBER)
    ident, first, last, born, inactive, *own_mails, start, end = values
    if not ident.strip():
        raise Odd("OrganisationMemberId", "nothing", _CORRECT)
    if (start or end) and not stays and not _mentions_roles(element):
        stays.append(_stay("", start, end))
    if len(ident) > ID_LENGTH or len(first) + len(last) > TEXT_LENGTH:
        raise Odd("Member", f"an id or a name of more than {ID_LENGTH} characters", _CORRECT)
    return Member(
        ident.strip(),
        first.strip(),
        last.strip(),
        birthdate(born),
        distinct(*mails, *own_mails),
        phones,
        tuple(stays),
        tuple(tags),
        _flag(inactive),
    )


def _take_children(
    element: etree._Element, organisation: str, stays: list[RoleStay], tags: list[str]
) -> tuple[Contact, bool]:
    """Contact, and whether no child holds a value of the member herself."""
    contact, plain, direct = NO_CONTACT, True, False
    for child in children(element):
        name = NAMES[child.tag]
        if name == "organisations":
            for inner in children(child):
                if inner.get("Id") == organisation or _is_asked(inner, organisation):
                    _take_belongings(inner, stays, tags)
        elif name == "contactinfo":
            contact = read_contact(child, contact)
        elif name == "organisation":
            if _is_asked(child, organisation):
                _take_belongings(child, stays, tags)
        else:
            direct = direct or name in _DIRECT
            plain = plain and name not in MEMBER.known
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


def read_contact(child: etree._Element, before: Contact = NO_CONTACT) -> Contact:
    """The addresses and numbers in a contact, after those of the contacts `before`. Raises Odd."""
    *mails, phone1, phone2 = said = values_of(child, _CONTACT)
    if sum(map(len, said)) > TEXT_LENGTH:
        raise Odd("ContactInfo", f"more than {TEXT_LENGTH} characters", _CORRECT)
    return distinct(*before[0], *mails), distinct(*before[1], phone1, phone2)


def distinct(*texts: str) -> Values:
    """The texts without blanks around them, each once, the empty ones left out."""
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
    for child in children(element):
        name = NAMES[child.tag]
        if name == "roles":
            for role in children(child):
                if NAMES[role.tag] == "role":
                    stays.append(read_role(role))
        elif name == "role":
            stays.append(read_role(child))
        elif name == "tags":
            tags += read_tags(child)


def read_tags(element: etree._Element) -> Values:
    """What the tags in an element say. Raises Odd."""
    return distinct(*(values_of(tag, _TAG)[0] or tag.text or "" for tag in element))


def read_role(element: etree._Element) -> RoleStay:
    """One role. Raises Odd."""
    return role_stay(*values_of(element, _ROLE))


@lru_cache(maxsize=16_384)  # a register has few roles and few days on which they begin and end
def role_stay(role: str, start: str, end: str, kind: str = "", unit: str = "") -> RoleStay:
    """A role from what its element says. Raises Odd."""
    if not role.strip():
        raise Odd("Role Id", "nothing", _CORRECT)
    return _stay(role, start, end, kind, unit)


def _stay(role: str, start: str, end: str, kind: str = "", unit: str = "") -> RoleStay:
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


def birthdate(text: str) -> date | None:
    """The day that a text says; None for one that says none."""
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
