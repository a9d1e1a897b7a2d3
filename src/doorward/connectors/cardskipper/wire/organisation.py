"""The answer of `Organisation/Info`: organisations with their roles, units and sub-organisations.

Structure: Cardskipper facts, "Answer of Member/Export", and decisions, "C, in detail". Names of
sub-organisations' elements differ between sources, so any element inside `Children` is one.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import NamedTuple

import msgspec
from lxml import etree

from doorward.connectors.cardskipper.wire.names import NAMES, Odd, Slots, Values, values_of
from doorward.connectors.cardskipper.wire.problems import (
    UnusableAnswer,
    from_refusal,
    from_root,
    is_whole,
)
from doorward.connectors.cardskipper.wire.text import HEAD, element
from doorward.net.xml import XmlRefused, local, parse

MAX_BYTES = 4 * 1024 * 1024

_NAMED = Slots(("id",), ("name",), ("description",))
_TYPE = Slots(("id",), ("name",), ("organisationid",))
_UNIT = Slots(("id",), ("value", "name"), ("organisationid",))


class Role(msgspec.Struct, frozen=True):
    """A kind of membership; its id is what the export says."""

    id: str
    name: str
    description: str = ""


class Unit(msgspec.Struct, frozen=True):
    """A part of an organisation, such as a team."""

    id: str
    value: str
    organisation_id: str = ""


class InformationType(msgspec.Struct, frozen=True):
    """A kind of message that an organisation sends to its members."""

    id: str
    name: str
    organisation_id: str = ""


class Child(NamedTuple):
    """A sub-organisation."""

    id: str
    name: str


class Organisation(msgspec.Struct, frozen=True):
    """An organisation that the login may see."""

    id: str
    name: str
    roles: tuple[Role, ...] = ()
    units: tuple[Unit, ...] = ()
    information_types: tuple[InformationType, ...] = ()
    children: tuple[Child, ...] = ()

    def role_names(self) -> dict[str, str]:
        """Names by role id."""
        return {role.id: role.name for role in self.roles}


def read_organisations(body: bytes) -> tuple[Organisation, ...]:
    """The organisations in an answer. Raises `problems.UnusableAnswer`."""
    try:
        root = parse(body, max_bytes=MAX_BYTES)
    except XmlRefused as refusal:
        raise from_refusal(refusal, whole=is_whole(BytesIO(body), None)) from None
    if local(root.tag) not in {"cardskipper", "organisations"}:
        raise from_root(local(root.tag), "about organisations")
    try:
        return tuple(_organisation(each) for each in _inside(root))
    except Odd as odd:
        raise UnusableAnswer(f"an organisation's {odd.field} is {odd.found}") from None


def _inside(root: etree._Element) -> Iterator[etree._Element]:
    for child in root:
        name = NAMES[child.tag]
        if name == "organisations":
            yield from _inside(child)
        elif name == "organisation":
            yield child


def _organisation(each: etree._Element) -> Organisation:
    ident, name, _ = _identified(each, _NAMED)
    return Organisation(
        ident,
        name,
        tuple(Role(*_identified(role, _NAMED)) for role in _list(each, "roles", "role")),
        tuple(
            Unit(*_identified(unit, _UNIT))
            for unit in _list(each, "organisationunits", "organisationunit")
        ),
        tuple(
            InformationType(*_identified(kind, _TYPE))
            for kind in _list(each, "informationtypes", "informationtype")
        ),
        tuple(Child(*_identified(child, _NAMED)[:2]) for child in _list(each, "children", "")),
    )


def _list(parent: etree._Element, container: str, name: str) -> Iterator[etree._Element]:
    for child in parent:
        if NAMES[child.tag] == container:
            yield from (each for each in child if not name or NAMES[each.tag] == name)


def _identified(each: etree._Element, slots: Slots) -> Values:
    said = tuple(value.strip() for value in values_of(each, slots))
    if not said[0]:
        raise Odd("id", "missing", "")
    return said


def write_organisations(organisations: Sequence[Organisation]) -> bytes:
    """The answer in the form that `OrganisationInfo.xsd` describes, UTF-8."""
    inner = "".join(map(_written, organisations))
    return (HEAD + element("Cardskipper", {}, element("Organisations", {}, inner))).encode()


def _written(each: Organisation) -> str:
    roles = [
        element("Role", {"Id": role.id, "Name": role.name, "Description": role.description})
        for role in each.roles
    ]
    kinds = [
        element(
            "InformationType",
            {"Id": kind.id, "Name": kind.name, "OrganisationId": kind.organisation_id},
        )
        for kind in each.information_types
    ]
    units = [
        element(
            "OrganisationUnit",
            {"Id": unit.id, "Value": unit.value, "OrganisationId": unit.organisation_id},
        )
        for unit in each.units
    ]
    children = [
        element("CardskipperOrganisationChildren", {"Id": child.id, "Name": child.name})
        for child in each.children
    ]
    inner = element("Roles", {}, "".join(roles)) + element("InformationTypes", {}, "".join(kinds))
    if units:
        inner += element("OrganisationUnits", {}, "".join(units))
    if children:
        inner += element("Children", {}, "".join(children))
    return element("Organisation", {"Id": each.id, "Name": each.name}, inner)
