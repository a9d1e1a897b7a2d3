"""A record of an export as one of the core's people, or as one that could not be understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from doorward.connectors.cardskipper.wire.dates import Bound
from doorward.connectors.cardskipper.wire.members import Member, RoleStay, UnreadableMember
from doorward.core.people import Faulty, Membership, Person
from doorward.net.phone import international


@dataclass(frozen=True, slots=True)
class Translator:
    """Says in the core's words what an export of one organisation says.

    `zone` is the club's: an instant that is midnight there is a whole day; `region` is the country
    of telephone numbers without one. `roles` are names by id; None where they could not be read:
    then an id stands for its name.
    """

    source: str
    organisation: str
    zone: ZoneInfo
    region: str
    roles: Mapping[str, str] | None

    def person(self, record: Member | UnreadableMember) -> Person | Faulty:
        """The person; Faulty where her record cannot be read, or has a role without a name."""
        if isinstance(record, UnreadableMember):
            return self._unread(record)
        stays = () if record.inactive else record.stays
        for stay in stays:
            if self.roles is not None and stay.role_id and stay.role_id not in self.roles:
                return self._unlisted(record.id, stay.role_id)
        return Person(
            key=self._key(record.id),
            first_name=record.first_name,
            last_name=record.last_name,
            emails=record.emails,
            phone=self._phone(record.phones[0]) if record.phones else "",
            number=record.id,
            memberships=tuple(map(self._membership, stays)),
            attributes=tuple(map(_attribute, record.tags)),
        )

    def _phone(self, written: str) -> str:
        return international(written, self.region) or written

    def _membership(self, stay: RoleStay) -> Membership:
        name = (self.roles or {}).get(stay.role_id, stay.role_id)
        return Membership(name, self._bound(stay.start), self._bound(stay.end))

    def _bound(self, said: Bound) -> Bound:
        if isinstance(said, datetime) and said.tzinfo is not None:
            local = said.astimezone(self.zone)
            if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
                return local.date()
        return said

    def _unread(self, record: UnreadableMember) -> Faulty:
        whose = f"member {record.id}" if record.id else f"member record {record.place}"
        return Faulty(
            self._key(record.id) if record.id else None,
            f"{whose} (line {record.line} of the export)",
            f"{record.field} cannot be read: {record.found}",
            record.remedy,
        )

    def _unlisted(self, member: str, role: str) -> Faulty:
        return Faulty(
            self._key(member),
            f"member {member}",
            f"has role {role}, which Organisation/Info does not list",
            "Nothing to do if the role is new. Else correct the member's role in Cardskipper.",
        )

    def _key(self, member: str) -> str:
        return f"{self.source}/{self.organisation}/{member}"


def _attribute(tag: str) -> tuple[str, str]:
    """A tag such as "plate: ABC 123" is an attribute of that name; any other is a tag."""
    name, _, value = (part.strip() for part in tag.partition(":"))
    return (name, value) if name and value else ("tag", tag)
