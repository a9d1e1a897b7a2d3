"""Members that are sent to `Import/Member`, and the answer to them.

Fields and which of them must be there: Cardskipper's guide, "Import members". The guide calls
`Inactive` and `ClearTags` required while public clients leave them out: missing means false. What
the answer looks like is shown nowhere; ours counts.
"""

from collections.abc import Iterator

import msgspec
from lxml import etree

from doorward.connectors.cardskipper.wire.members import Details, Member
from doorward.connectors.cardskipper.wire.names import NAMES, Odd
from doorward.connectors.cardskipper.wire.operations import MEMBER_IMPORT
from doorward.connectors.cardskipper.wire.record import read_member
from doorward.connectors.cardskipper.wire.text import HEAD, element
from doorward.net.xml import XmlRefused, parse


class Sent(msgspec.Struct, frozen=True):
    """One member of one organisation, as an import sends her. Her tags are added to those there."""

    organisation_id: str
    member: Member
    clear_tags: bool = False


class Outcome(msgspec.Struct, frozen=True):
    """How many members an import made and changed."""

    created: int
    updated: int


class ImportRefused(ValueError):
    """An import that cannot be taken, as a whole; the text names the line and says why."""


def read_import(body: bytes, schema: etree.XMLSchema) -> tuple[Sent, ...]:
    """The members sent, checked against `MemberImport.xsd`. Raises ImportRefused."""
    try:
        root = parse(body, max_bytes=MEMBER_IMPORT.limit)
    except XmlRefused as refusal:
        raise ImportRefused(str(refusal)) from None
    try:
        schema.assertValid(root)
    except etree.DocumentInvalid as fault:
        raise ImportRefused(str(fault)) from None
    return tuple(sent for member in root.iter("Member") for sent in _sent(member))


def _sent(each: etree._Element) -> Iterator[Sent]:
    for organisation in each.iter("Organisation"):
        ident = str(organisation.get("Id"))
        try:
            member = read_member(each, ident)
            _demand(member)
        except Odd as odd:
            raise ImportRefused(f"line {each.sourceline}: {odd.field} is {odd.found}") from None
        clear = organisation.get("ClearTags") in {"true", "1"}
        yield Sent(ident, msgspec.structs.replace(member, details=_details(each)), clear)


def _demand(member: Member) -> None:
    said = {
        "Firstname": member.first_name,
        "Lastname": member.last_name,
        "Birthdate": member.birthdate,
        "CellPhone1 or EMail": member.emails or member.phones[:1],
    }
    for field, value in said.items():
        if not value:
            raise Odd(field, "missing", "")
    for stay in member.stays:
        if stay.start is None or stay.end is None:
            raise Odd("StartDate or EndDate", "missing", "")


def _details(each: etree._Element) -> Details:
    said = {NAMES[str(child.tag)]: child for child in each}
    extras = _texts(said.get("extra"), "Extra1", "Extra2", "Extra3")
    address = _texts(said.get("address"), "Line1", "Line2", "Zip", "City")
    return Details(
        str(each.get("GenderCode") or ""),
        str(each.get("Nationality") or ""),
        str(each.get("Birthnumber") or ""),
        (extras[0], extras[1], extras[2]),
        (address[0], address[1], address[2], address[3]),
    )


def _texts(child: etree._Element | None, *names: str) -> list[str]:
    return [str(child.get(name) or "") if child is not None else "" for name in names]


def write_outcome(outcome: Outcome) -> bytes:
    """The answer to an import that was taken, UTF-8."""
    counts = {"Created": str(outcome.created), "Updated": str(outcome.updated)}
    return (HEAD + element("Cardskipper", {}, element("Import", counts))).encode()
