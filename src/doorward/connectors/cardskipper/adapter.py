"""Cardskipper as a register of the hub, and its twin as a command."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from doorward.connectors.cardskipper.client import CardskipperClient, DialectSetting
from doorward.connectors.cardskipper.exporting import Record
from doorward.connectors.cardskipper.twin import cardskipper_twin
from doorward.connectors.cardskipper.wire.criteria import Criteria, Dialect
from doorward.connectors.cardskipper.wire.members import Member, UnreadableMember
from doorward.connectors.kinds import SourceKind, Surroundings, TwinKind
from doorward.core.errors import Kind, Trouble
from doorward.core.people import Faulty, Membership, Person
from doorward.core.ports import Finding, Progress, Register, silent
from doorward.core.reads import Failed, Partial, Read, graded
from doorward.net.errors import RemoteError
from doorward.net.line import Line, Login, Trust
from doorward.net.secrets import Secret
from doorward.twinkit.twin import Twin

_NAMES_REMEDY = (
    "Ask Cardskipper to grant this login 'Organisation/Info': without the names of the roles "
    "nobody can be given or lose access by them."
)


class CardskipperSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A Cardskipper organisation as a source. Raises ValueError for what cannot be."""

    url: Annotated[str, Meta(description="https://api.cardskipper.se")]
    organisation: Annotated[int, Meta(ge=1, description="the organisation's id")]
    username: Annotated[str, Meta(min_length=1, description="an administrator with API rights")]
    password: Annotated[Secret, Meta(description="its password")]
    dialect: Annotated[DialectSetting, Meta(description="auto finds out; documented | vendor")] = (
        "auto"
    )
    language: Annotated[str, Meta(description="of base data, such as sv")] = "sv"
    fingerprint: Annotated[str, Meta(description="SHA-256 of its certificate")] | None = None
    ca_file: Annotated[str, Meta(description="its certificate, as a PEM file")] | None = None
    verify: Annotated[bool, Meta(description="false: take any certificate; not safe")] = True
    plain_http: Annotated[bool, Meta(description="allow http: only on a network of your own")] = (
        False
    )

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("url is not an address such as https://api.cardskipper.se")

    def trust(self, folder: Path) -> Trust:
        """How its certificate is judged; a file's path is relative to `folder`."""
        ca_file = str(folder / self.ca_file) if self.ca_file else None
        return Trust(ca_file, self.fingerprint, self.verify, self.plain_http)


@dataclass(slots=True)
class CardskipperRegister:
    """One organisation's members."""

    name: str
    organisation: str
    client: CardskipperClient
    _roles: Mapping[str, str] = field(default_factory=dict)

    async def people(self, progress: Progress) -> Read[Person]:
        """Everybody with an active membership, by a full export."""
        unnamed = await self._learn_roles()
        try:
            people, faulty = await self._members(progress)
        except RemoteError as error:
            return Failed(_trouble(error))
        if unnamed is not None:
            return Partial(people, unnamed, tuple(faulty))
        return graded(people, faulty)

    async def _members(self, progress: Progress) -> tuple[list[Person], list[Faulty]]:
        people: list[Person] = []
        faulty: list[Faulty] = []
        criteria = Criteria(organisation_id=self.organisation, only_active=True)
        async with self.client.export(criteria) as export:
            async for batch in export.batches():
                self._sort(batch, people, faulty)
                progress(len(people), None)
        return people, faulty

    async def _learn_roles(self) -> Trouble | None:
        """Read the names of the roles; what kept us from it."""
        try:
            self._roles = await self._role_names()
        except RemoteError as error:
            return Trouble(Kind(error.kind), error.reason, f"{error.remedy} {_NAMES_REMEDY}")
        return None

    async def _role_names(self) -> Mapping[str, str]:
        for one in await self.client.organisation_info():
            if one.id == self.organisation:
                return one.role_names()
        return {}

    def _sort(self, batch: Iterable[Record], people: list[Person], faulty: list[Faulty]) -> None:
        for record in batch:
            found = self._person(record)
            if isinstance(found, Person):
                people.append(found)
            else:
                faulty.append(found)

    def _person(self, record: Record) -> Person | Faulty:
        if isinstance(record, UnreadableMember):
            return self._faulty(record)
        stays = () if record.inactive else record.stays
        unknown = {one.role_id for one in stays if one.role_id} - self._roles.keys()
        if unknown and self._roles:
            return Faulty(
                self._key(record.id),
                f"member {record.id}",
                f"has role {min(unknown)}, which the organisation does not list",
                "Correct the member's role in Cardskipper.",
            )
        memberships = tuple(
            Membership(self._roles.get(one.role_id, one.role_id), one.start, one.end)
            for one in stays
        )
        return self._known(record, memberships)

    def _known(self, member: Member, memberships: tuple[Membership, ...]) -> Person:
        return Person(
            key=self._key(member.id),
            first_name=member.first_name,
            last_name=member.last_name,
            emails=member.emails,
            phone=member.phones[0] if member.phones else "",
            number=member.id,
            memberships=memberships,
            attributes=tuple(("tag", tag) for tag in member.tags),
        )

    def _faulty(self, record: UnreadableMember) -> Faulty:
        where = f"member {record.id}" if record.id else f"record {record.place}"
        reason = f"{record.field} cannot be read: {record.found}"
        key = self._key(record.id) if record.id else None
        return Faulty(key, f"{where} (line {record.line})", reason, record.remedy)

    def _key(self, member: str) -> str:
        return f"{self.name}/{self.organisation}/{member}"

    async def check(self) -> list[Finding]:
        """Each call by itself, since each has a grant of its own."""
        return [await self._check_info(), await self._check_export()]

    async def _check_info(self) -> Finding:
        what = "Organisation/Info"
        try:
            roles = await self._role_names()
        except RemoteError as error:
            return Finding(self.name, what, False, error.reason, error.remedy)
        if not roles:
            remedy = "Check 'organisation', and that this login belongs to it."
            reason = f"organisation {self.organisation} is not there, or has no roles"
            return Finding(self.name, what, False, reason, remedy)
        self._roles = roles
        return Finding(self.name, what, True, f"roles: {', '.join(roles.values())}")

    async def _check_export(self) -> Finding:
        what = "Member/Export"
        try:
            people, faulty = await self._members(silent)
        except RemoteError as error:
            return Finding(self.name, what, False, error.reason, error.remedy)
        told = f"{len(people)} active members, dialect '{self.client.dialect}'"
        if not faulty:
            return Finding(self.name, what, True, told)
        first = faulty[0]
        told += f"; {len(faulty)} records cannot be read, first {first.where}: {first.reason}"
        return Finding(self.name, what, False, told, first.remedy)


def _trouble(error: RemoteError) -> Trouble:
    return Trouble(Kind(error.kind), error.reason, error.remedy)


_DIALECTS: dict[str, Dialect] = {}
"""The dialect that worked at an address, kept while the process lives."""


@asynccontextmanager
async def _open(
    name: str, settings: CardskipperSettings, around: Surroundings
) -> AsyncIterator[Register]:
    line = Line(
        name,
        settings.url,
        basic=Login(settings.username, settings.password),
        trust=settings.trust(around.folder),
        record=around.record,
        clock=around.clock,
    )
    client = CardskipperClient(
        line, dialect=settings.dialect, language=settings.language, remembered=_DIALECTS
    )
    try:
        yield CardskipperRegister(name, str(settings.organisation), client)
    finally:
        await line.close()


class TwinOptions(msgspec.Struct, frozen=True, kw_only=True):
    """A Cardskipper register: members, roles, both dialects."""

    people: Annotated[int, Meta(description="How many invented members it holds.")] = 500
    seed: Annotated[int, Meta(description="Another number invents other people.")] = 1
    organisation: Annotated[int, Meta(description="The organisation's id.")] = 123
    username: Annotated[str, Meta(description="The login that may call it.")] = "demo"
    password: Annotated[str, Meta(description="Its password.")] = "demo"  # noqa: S105  # a twin's
    state: Annotated[Path | None, Meta(description="File that keeps its state.")] = None


def _make_twin(options: TwinOptions) -> Twin:
    return cardskipper_twin(
        options.username,
        options.password,
        str(options.organisation),
        options.people,
        options.seed,
        options.state,
    )


SOURCE = SourceKind(CardskipperSettings, _open)
TWIN = TwinKind(TwinOptions, _make_twin)
