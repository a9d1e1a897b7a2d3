"""What the twin holds, as the JSON document of `/_twin/state`: meant to be edited by hand.

{"organisation": {"id", "name", "roles", ...}, "settings": {...}, "members": [{"id", ...}]}. Dates
are texts in any of the forms that Cardskipper may say (see `wire.dates`), "" for none.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from doorward.connectors.cardskipper.twin_settings import Settings
from doorward.connectors.cardskipper.wire.dates import Bound, bound, ends_before
from doorward.connectors.cardskipper.wire.members import NO_DETAILS, Details, Member, RoleStay
from doorward.connectors.cardskipper.wire.names import shown
from doorward.connectors.cardskipper.wire.organisation import (
    Child,
    InformationType,
    Organisation,
    Role,
    Unit,
)
from doorward.connectors.cardskipper.wire.text import possible
from doorward.twinkit.shelf import Record

_LONGEST = 200
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class KeptRole(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One role of a member; `role` is its id."""

    role: str
    start: str = ""
    end: str = ""
    type: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        demand_number("role", self.role, 10)
        if self.type or self.unit:
            demand_texts(type=self.type, unit=self.unit)
        start, end = read_date("start", self.start), read_date("end", self.end)
        if start is not None and end is not None and ends_before(end, start):
            raise ValueError(f"'end': {shown(self.end)} is before the start {shown(self.start)}")


class Kept(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """One member. `member_id` is Cardskipper's own number for her; "" for the same as `id`."""

    id: str
    first_name: str = ""
    last_name: str = ""
    birthdate: str = ""
    email: str = ""
    phones: tuple[str, ...] = ()
    roles: tuple[KeptRole, ...] = ()
    tags: tuple[str, ...] = ()
    inactive: bool = False
    member_id: str = ""
    user_id: str = ""
    has_device: bool = False
    changed_at: datetime = _EPOCH
    details: Details = NO_DETAILS

    def __post_init__(self) -> None:
        demand_number("id", self.id, 18)
        demand_number("member_id", self.member_id or "0", 9)
        demand_number("user_id", self.user_id or "0", 9)
        said = (self.first_name, self.last_name, self.email, *self.phones, *self.tags)
        if not fit(said):
            demand_texts(first_name=self.first_name, last_name=self.last_name, email=self.email)
            demand_texts(**{f"phones[{place}]": phone for place, phone in enumerate(self.phones)})
            demand_texts(**{f"tags[{place}]": tag for place, tag in enumerate(self.tags)})
        read_date("birthdate", self.birthdate)
        if len(self.phones) > 2:
            raise ValueError("'phones': Cardskipper has room for two")
        if self.changed_at.tzinfo is None:
            raise ValueError("'changed_at' needs an offset, such as 2026-03-29T01:59:00+01:00")
        _demand_details(self.details)

    def told(self) -> Member:
        """The member as an export tells her."""
        return Member(
            self.id,
            self.first_name,
            self.last_name,
            bound(self.birthdate),
            (self.email,) if self.email else (),
            self.phones,
            tuple(
                RoleStay(role.role, bound(role.start), bound(role.end), role.type, role.unit)
                for role in self.roles
            ),
            self.tags,
            self.inactive,
            self.details,
        )


def _demand_details(details: Details) -> None:
    if details is NO_DETAILS:
        return
    demand_texts(
        gender=details.gender, nationality=details.nationality, birth_number=details.birth_number
    )
    demand_texts(**{f"extras[{place}]": text for place, text in enumerate(details.extras)})
    demand_texts(**{f"address[{place}]": text for place, text in enumerate(details.address)})


class Photo(msgspec.Struct, frozen=True):
    """A member's picture, as it was sent. In JSON the content is Base64."""

    name: str
    content: bytes


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything. Parts that a document leaves out stay as they were."""

    organisation: Organisation
    settings: Settings
    members: tuple[Kept, ...]
    photos: dict[str, Photo] = {}

    def __post_init__(self) -> None:
        _demand_organisation(self.organisation)
        seen: set[str] = set()
        for place, member in enumerate(self.members):
            if member.id in seen:
                raise ValueError(f"'members[{place}].id': {member.id} is there twice")
            seen.add(member.id)


class _Parts(msgspec.Struct, forbid_unknown_fields=True):
    organisation: Organisation | None = None
    settings: Settings | None = None
    members: tuple[Kept, ...] | None = None
    photos: dict[str, Photo] | None = None


def read_state(document: bytes, before: State) -> State:
    """A document's state. Raises ValueError that names the record and the field."""
    try:
        parts = msgspec.json.decode(document, type=_Parts)
    except msgspec.ValidationError as error:
        raise ValueError(_with_member_id(str(error), document)) from None
    said = {name: getattr(parts, name) for name in parts.__struct_fields__}
    return msgspec.structs.replace(
        before, **{name: part for name, part in said.items() if part is not None}
    )


def _with_member_id(text: str, document: bytes) -> str:
    """The error with the member's id beside her place in the list."""
    _, found, place = text.partition("$.members[")
    if not found:
        return text
    member = msgspec.json.decode(document)["members"][int(place.partition("]")[0])]
    ident = member.get("id") if isinstance(member, dict) else None
    return f"{text} (member {shown(str(ident))})"


def write_state(state: State) -> bytes:
    """The document, indented for people unless it is very large."""
    body = msgspec.json.encode(state)
    return body if len(body) > 4_000_000 else msgspec.json.format(body, indent=1)


def records(state: State) -> list[Record]:
    """The state as it is kept on disk: a change of one member is one small write."""
    return [
        Record("organisation", "", msgspec.json.encode(state.organisation)),
        Record("settings", "", msgspec.json.encode(state.settings)),
        *(member_record(member) for member in state.members),
        *(photo_record(ident, photo) for ident, photo in state.photos.items()),
    ]


def member_record(member: Kept) -> Record:
    """One member as it is kept on disk."""
    return Record("member", member.id, msgspec.json.encode(member))


def photo_record(ident: str, photo: Photo) -> Record:
    """One photo as it is kept on disk."""
    return Record("photo", ident, msgspec.json.encode(photo))


def from_records(kept: Iterable[Record]) -> State:
    """The state that was kept on disk."""
    found: dict[str, dict[str, Any]] = {}
    kinds: dict[str, type[Any]] = {
        "organisation": Organisation,
        "settings": Settings,
        "member": Kept,
        "photo": Photo,
    }
    for record in kept:
        if record.kind in kinds and record.body is not None:
            value = msgspec.json.decode(record.body, type=kinds[record.kind])
            found.setdefault(record.kind, {})[record.key] = value
    members = sorted(found.get("member", {}).values(), key=lambda member: int(member.id))
    return State(
        found["organisation"][""], found["settings"][""], tuple(members), found.get("photo", {})
    )


def demand_number(field: str, text: str, digits: int) -> None:
    """Raise ValueError unless a text is a whole number of at most so many digits."""
    if not (text.isascii() and text.isdecimal() and len(text) <= digits):
        raise ValueError(f"'{field}': {shown(text)} is not a number of at most {digits} digits")


def fit(texts: Iterable[str]) -> bool:
    """Whether all these texts fit into an answer."""
    together = "".join(texts)
    return len(together) <= _LONGEST and possible(together)


def demand_texts(**texts: str) -> None:
    """Raise ValueError for a text that is too long or that XML cannot carry."""
    for field, text in texts.items():
        if len(text) > _LONGEST or not possible(text):
            raise ValueError(f"'{field}': {shown(text)} is too long or has control characters")


def read_date(field: str, text: str) -> Bound:
    """A date. Raises ValueError naming the field."""
    try:
        return bound(text)
    except ValueError:
        raise ValueError(f"'{field}': {shown(text)} is not a date") from None


def _demand_organisation(organisation: Organisation) -> None:
    listed: list[tuple[str, Iterable[Role | Unit | InformationType | Child]]] = [
        ("roles", organisation.roles),
        ("units", organisation.units),
        ("information_types", organisation.information_types),
        ("children", organisation.children),
    ]
    demand_number("organisation.id", organisation.id, 9)
    demand_texts(**{"organisation.name": organisation.name})
    for name, items in listed:
        for place, item in enumerate(items):
            where = f"organisation.{name}[{place}]"
            demand_number(f"{where}.id", item.id, 9)
            demand_texts(**{where: item.value if isinstance(item, Unit) else item.name})
    if not organisation.information_types:
        raise ValueError("'organisation.information_types': at least one is always there")
