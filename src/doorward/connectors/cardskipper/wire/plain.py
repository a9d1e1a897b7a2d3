"""The straight path: a member record spelled and ordered as the import schema has it.

Nearly every record of an export should be (Cardskipper facts, "Answer of Member/Export"), and one
that is needs no question what each of its names may mean. Nothing is understood here that `record`
does not understand the same; what differs is left to it, as a whole or in part.
"""

from datetime import datetime

from lxml import etree

from doorward.connectors.cardskipper.wire.dates import bound
from doorward.connectors.cardskipper.wire.members import Member, RoleStay
from doorward.connectors.cardskipper.wire.names import Values, attributes_of
from doorward.connectors.cardskipper.wire.record import (
    ID_LENGTH,
    MEMBER,
    TEXT_LENGTH,
    Contact,
    children,
    distinct,
    read_contact,
    read_role,
    read_tags,
    role_stay,
)

_MEMBER = ["OrganisationMemberId", "Firstname", "Lastname", "Birthdate"]
_CONTACT = ["EMail", "CellPhone1"]
_TAG = ["Label"]
_ROLE = ["Id", "StartDate", "EndDate"]
_NO_VALUES = frozenset({"Address", "Extra"})  # children in which nothing is looked for


class _Otherwise(ValueError):
    """The record has another form."""


def read_plain(element: etree._Element, organisation: str) -> Member | None:
    """The member as `record.read_member` reads her; None when it has to be asked."""
    own: list[str] | Values = element.values()  # type: ignore[assignment]
    if element.keys() != _MEMBER:
        own = _own_values(element)
    ident, first, last, born = own
    if len(ident) > ID_LENGTH or len(first) + len(last) > TEXT_LENGTH or not (id := ident.strip()):
        return None
    try:
        parts = children(element)
        contact, organisations = parts if len(parts) == 2 else _outer(parts)
        if len(organisations) != 1 or organisations.tag != "Organisations":
            return None
        asked = organisations[0]
        if asked.get("Id") != organisation:
            return None
        mails, phones = _contact(contact)
        stays = _stays(asked[0])
        tags = _tags(*children(asked)[1:]) if len(asked) > 1 else ()
        birthdate = bound(born)
    except (ValueError, IndexError):  # other parts than these, or a value that is none
        return None
    if isinstance(birthdate, datetime):
        birthdate = birthdate.date()
    return Member(id, first.strip(), last.strip(), birthdate, mails, phones, stays, tags)


def _own_values(element: etree._Element) -> Values:
    """Id, names and birthdate; no id where there is any other value of hers."""
    own = attributes_of(element, MEMBER)
    return ("", *own[1:4]) if any(own[4:]) else own[:4]


def _outer(parts: list[etree._Element]) -> tuple[etree._Element, etree._Element]:
    """The first and the last part, where nothing is looked for between them."""
    contact, *others, organisations = parts
    if not _NO_VALUES.issuperset([other.tag for other in others]):
        raise _Otherwise
    return contact, organisations


def _contact(element: etree._Element) -> Contact:
    if element.tag != "ContactInfo":
        raise _Otherwise
    if element.keys() == _CONTACT and not len(element):
        said: list[str] = element.values()  # type: ignore[assignment]
        mail, phone = said
        fits = len(mail) + len(phone) <= TEXT_LENGTH
        if fits and (mail := mail.strip()) and (phone := phone.strip()):
            return (mail,), (phone,)
    return read_contact(element)


def _stays(element: etree._Element) -> tuple[RoleStay, ...]:
    if element.tag != "Roles":
        raise _Otherwise
    stays = []
    for role in children(element):
        if role.tag != "Role":
            raise _Otherwise
        if role.keys() == _ROLE and not len(role):
            stays.append(role_stay(*role.values()))
        else:
            stays.append(read_role(role))
    return tuple(stays)


def _tags(element: etree._Element, *others: etree._Element) -> Values:
    if element.tag != "Tags" or others:
        raise _Otherwise
    labels: list[str] = []
    for tag in children(element):
        if tag.keys() != _TAG or len(tag):
            return read_tags(element)
        labels += tag.values()  # type: ignore[arg-type]
    return distinct(*labels) if all(labels) else read_tags(element)
