"""A Cardskipper organisation as a register of the hub, and its twin as a command."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from doorward.connectors.cardskipper.checking import findings
from doorward.connectors.cardskipper.client import CardskipperClient
from doorward.connectors.cardskipper.settings import CardskipperSettings, TwinOptions
from doorward.connectors.cardskipper.translate import Translator
from doorward.connectors.cardskipper.twin import cardskipper_twin
from doorward.connectors.cardskipper.wire.criteria import Criteria, Dialect
from doorward.connectors.kinds import SourceKind, Surroundings, TwinKind
from doorward.connectors.remote import trouble
from doorward.core.errors import Kind, Trouble
from doorward.core.people import Faulty, Person
from doorward.core.ports import Finding, Progress, Register
from doorward.core.reads import Failed, Partial, Read, graded
from doorward.net.errors import RemoteError
from doorward.net.line import Limits, Login
from doorward.twinkit.twin import Twin

_NAMELESS = (
    "Until then nobody loses access, and rules that name a role give nobody any: "
    "the export knows roles by their ids only."
)


@dataclass(frozen=True, slots=True)
class CardskipperRegister:
    """One organisation's members. `fault`: why it cannot be used at all, such as a missing file."""

    name: str
    zone: ZoneInfo
    settings: CardskipperSettings
    client: CardskipperClient
    fault: RemoteError | None = None

    async def people(self, progress: Progress) -> Read[Person]:
        """Everybody with an active membership, by a full export.

        Failed where the export is, as a whole, one that cannot be believed (see `wire.problems`).
        Partial where a record does not say whose it is, or the roles' names cannot be read.
        """
        if self.fault is not None:
            return Failed(trouble(self.fault))
        roles = await self._roles()
        # Who does not answer, or refuses the login, is not asked again for the export.
        if isinstance(roles, Trouble) and roles.kind in (Kind.RETRY, Kind.CREDENTIAL):
            return Failed(roles)
        known = None if isinstance(roles, Trouble) else roles
        try:
            people, faulty = await self._exported(known, progress)
        except RemoteError as error:
            return Failed(trouble(error))
        if isinstance(roles, Trouble):
            nameless = replace(roles, remedy=f"{roles.remedy} {_NAMELESS}")
            return Partial(people, nameless, tuple(faulty))
        return graded(people, faulty)

    async def _roles(self) -> Mapping[str, str] | Trouble:
        """The roles' names by id, or what kept us from them."""
        try:
            organisations = await self.client.organisation_info()
        except RemoteError as error:
            return trouble(error)
        for each in organisations:
            if each.id == self._organisation:
                return each.role_names()
        seen = ", ".join(each.id for each in organisations) or "none"
        reason = f"Organisation/Info lists no organisation {self._organisation} (it lists: {seen})"
        return Trouble(Kind.PERMANENT, reason, "Check 'organisation' of this source.")

    async def _exported(
        self, roles: Mapping[str, str] | None, progress: Progress
    ) -> tuple[list[Person], list[Faulty]]:
        translator = Translator(
            self.name, self._organisation, self.zone, self.settings.region, roles
        )
        people: list[Person] = []
        faulty: list[Faulty] = []
        criteria = Criteria(organisation_id=self._organisation, only_active=True)
        async with self.client.export(criteria) as export:
            async for batch in export.batches():
                for record in batch:
                    found = translator.person(record)
                    if isinstance(found, Person):
                        people.append(found)
                    else:
                        faulty.append(found)
                progress(len(people) + len(faulty), None)
        progress(len(people) + len(faulty), len(people) + len(faulty))
        return people, faulty

    @property
    def _organisation(self) -> str:
        return str(self.settings.organisation)

    async def check(self) -> list[Finding]:
        """Connection, login, each grant, and what the export holds."""
        if self.fault is not None:
            return [Finding(self.name, "connection", False, self.fault.reason, self.fault.remedy)]
        return await findings(self.name, self.settings, self.client)


_DIALECTS: dict[str, Dialect] = {}
"""The dialect that worked at an address, kept while the process lives."""


@asynccontextmanager
async def open_register(
    name: str, settings: CardskipperSettings, around: Surroundings
) -> AsyncIterator[Register]:
    """The register, for the length of a run; nothing is called before it is asked."""
    login = Login(settings.username, settings.password)
    line = settings.line(name, around, Limits(), login)
    client = CardskipperClient(
        line, dialect=settings.dialect, language=settings.language, remembered=_DIALECTS
    )
    try:
        yield CardskipperRegister(
            name, around.zone, settings, client, settings.unusable(around.folder)
        )
    finally:
        await line.close()


def make_twin(options: TwinOptions) -> Twin:
    """The twin that these options describe."""
    return cardskipper_twin(
        options.username,
        options.password,
        str(options.organisation),
        options.people,
        options.seed,
        options.state,
    )


SOURCE = SourceKind(CardskipperSettings, open_register)
TWIN = TwinKind(TwinOptions, make_twin)
