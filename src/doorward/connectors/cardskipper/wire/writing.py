"""Writing an answer of `Member/Export`, as a stream: a hundred thousand members are never one text.

No public recording shows in which form Cardskipper answers, so the form is a value (`Manner`). The
default is the one that `MemberImport.xsd` describes and typed public clients expect.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Literal

import msgspec

from doorward.connectors.cardskipper.wire.dates import Bound, DateForm, written
from doorward.connectors.cardskipper.wire.members import NO_DETAILS, Member, RoleStay
from doorward.connectors.cardskipper.wire.text import HEAD, escaped

AnswerForm = Literal["attributes", "values", "text"]
LetterCase = Literal["as printed", "lower", "upper"]
NoDate = Literal["left out", "0001-01-01"]

_AT_A_TIME = 500
_REMEMBERED = 10_000

Values = list[tuple[str, str]]


class Manner(msgspec.Struct, frozen=True):
    """How an installation writes: values where, names how, dates how, and what for no date."""

    form: AnswerForm = "attributes"
    namespace: str = ""
    letter_case: LetterCase = "as printed"
    dates: DateForm = "date"
    no_date: NoDate = "left out"
    id_name: Literal["OrganisationMemberId", "MemberId", "Id"] = "OrganisationMemberId"


AS_PRINTED = Manner()


def write_export(
    members: Iterable[Member],
    organisation: str,
    manner: Manner = AS_PRINTED,
    also: str = "",
) -> Iterator[bytes]:
    """The document in pieces, UTF-8. `also`: member elements as text, put in as they are.

    There is room for one e-mail address and two phone numbers: the first ones are written.
    Raises ValueError for a text that XML cannot carry.
    """
    writer = _Writer(organisation, manner)
    space = f' xmlns="{escaped(manner.namespace)}"' if manner.namespace else ""
    root, container = writer.name("Cardskipper"), writer.name("Members")
    yield f"{HEAD}<{root}{space}><{container}>\n".encode()
    rest = iter(members)
    while some := list(islice(rest, _AT_A_TIME)):
        yield "".join(map(writer.member, some)).encode()
    yield f"{also}</{container}></{root}>\n".encode()


_CASES: dict[LetterCase, Callable[[str], str]] = {
    "as printed": str,
    "lower": str.lower,
    "upper": str.upper,
}


class _Writer:
    def __init__(self, organisation: str, manner: Manner) -> None:
        self._organisation = organisation
        self._manner = manner
        self.name = _CASES[manner.letter_case]
        # A register has few roles and few days on which they begin and end.
        self._roles: dict[RoleStay, str] = {}

    def member(self, member: Member) -> str:
        details = member.details
        values = [
            (self._manner.id_name, member.id),
            ("Firstname", member.first_name),
            ("Lastname", member.last_name),
            ("Birthdate", self._date(member.birthdate)),
            ("Inactive", "true" if member.inactive else ""),
        ]
        if details is not NO_DETAILS:
            values += [
                ("Birthnumber", details.birth_number),
                ("GenderCode", details.gender),
                ("Nationality", details.nationality),
            ]
        inner = self._contact(member) + self._details(member) + self._belonging(member)
        return self._element("Member", values, inner) + "\n"

    def _contact(self, member: Member) -> str:
        values = [("EMail", mail) for mail in member.emails[:1]]
        values += list(zip(("CellPhone1", "CellPhone2"), member.phones, strict=False))
        return self._element("ContactInfo", values)

    def _details(self, member: Member) -> str:
        details = member.details
        if details is NO_DETAILS:
            return ""
        address = list(zip(("Line1", "Line2", "Zip", "City"), details.address, strict=True))
        extras = list(zip(("Extra1", "Extra2", "Extra3"), details.extras, strict=True))
        return "".join(
            self._element(name, values)
            for name, values in (("Address", address), ("Extra", extras))
            if any(value for _, value in values)
        )

    def _belonging(self, member: Member) -> str:
        roles = self._element("Roles", [], "".join(map(self._role, member.stays)))
        tags = "".join(self._element("Tag", [("Label", tag)]) for tag in member.tags)
        inner = roles + (self._element("Tags", [], tags) if tags else "")
        organisation = self._element("Organisation", [("Id", self._organisation)], inner)
        return self._element("Organisations", [], organisation)

    def _role(self, stay: RoleStay) -> str:
        text = self._roles.get(stay)
        if text is None:
            text = self._written_role(stay)
            if len(self._roles) < _REMEMBERED:
                self._roles[stay] = text
        return text

    def _written_role(self, stay: RoleStay) -> str:
        values = [
            ("Id", stay.role_id),
            ("StartDate", self._date(stay.start, self._manner.no_date)),
            ("EndDate", self._date(stay.end, self._manner.no_date)),
            ("Type", stay.type),
            ("OrganisationUnit", stay.unit),
        ]
        return self._element("Role", values)

    def _date(self, moment: Bound, none: NoDate = "left out") -> str:
        if moment is not None:
            return written(moment, self._manner.dates)
        return "" if none == "left out" else "0001-01-01"

    def _element(self, printed: str, values: Values, inner: str = "") -> str:
        name = self.name(printed)
        said = [(self.name(key), escaped(value)) for key, value in values if value]
        match self._manner.form:
            case "attributes":
                opening = name + "".join(f' {key}="{value}"' for key, value in said)
                return f"<{opening}>{inner}</{name}>" if inner else f"<{opening}/>"
            case "values":
                word = self.name("value")
                inside = "".join(f'<{key} {word}="{value}"/>' for key, value in said)
            case _:
                inside = "".join(f"<{key}>{value}</{key}>" for key, value in said)
        return f"<{name}>{inside}{inner}</{name}>"
