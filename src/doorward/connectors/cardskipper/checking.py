"""What `doorward check` says about a Cardskipper organisation: connection, login, each grant."""

from collections import Counter
from dataclasses import dataclass, field

from doorward.connectors.cardskipper.client import CardskipperClient
from doorward.connectors.cardskipper.settings import CardskipperSettings
from doorward.connectors.cardskipper.wire.criteria import Criteria
from doorward.connectors.cardskipper.wire.members import Member, UnreadableMember
from doorward.connectors.cardskipper.wire.operations import MEMBER_EXPORT, ORGANISATION_INFO
from doorward.connectors.cardskipper.wire.organisation import Organisation
from doorward.core.ports import Finding
from doorward.net.errors import Busy, LoginRefused, RemoteError, Unreachable, Untrusted

NAMED = 5  # unreadable records that are told one by one


async def findings(
    name: str, settings: CardskipperSettings, client: CardskipperClient
) -> list[Finding]:
    """All of them; what lies behind a closed door is not tried."""
    return await _Check(name, settings, client).run()


@dataclass(slots=True)
class _Check:
    name: str
    settings: CardskipperSettings
    client: CardskipperClient
    found: list[Finding] = field(default_factory=list)

    async def run(self) -> list[Finding]:
        self._certificate()
        if await self._info():
            await self._export()
        return self.found

    def _good(self, subject: str, text: str) -> None:
        self.found.append(Finding(self.name, subject, True, text))

    def _bad(self, subject: str, text: str, remedy: str) -> None:
        self.found.append(Finding(self.name, subject, False, text, remedy))

    def _certificate(self) -> None:
        settings = self.settings
        if not settings.verify and settings.fingerprint is None and settings.ca_file is None:
            self._bad(
                "certificate",
                "any certificate is taken: whoever is in between can read the password",
                "Take out verify = false; Cardskipper has a certificate that everybody trusts.",
            )

    async def _info(self) -> bool:
        """Whether there is any sense in asking on."""
        try:
            organisations = await self.client.organisation_info()
        except (Unreachable, Untrusted, Busy) as error:
            self._bad("connection", error.reason, error.remedy)
            return False
        except LoginRefused as error:
            self._good("connection", f"{self.settings.url} answers")
            self._bad("login", error.reason, error.remedy)
            return False
        except RemoteError as error:
            self._good("connection", f"{self.settings.url} answers")
            self._bad(ORGANISATION_INFO.name, error.reason, error.remedy)
            return True
        self._good("connection", f"{self.settings.url} answers")
        self._good("login", f"'{self.settings.username}' is accepted")
        self._roles(organisations)
        return True

    def _roles(self, organisations: tuple[Organisation, ...]) -> None:
        subject, wanted = ORGANISATION_INFO.name, str(self.settings.organisation)
        mine = next((each for each in organisations if each.id == wanted), None)
        if mine is None:
            seen = ", ".join(f"{each.id} ({each.name})" for each in organisations) or "none"
            remedy = "Set 'organisation' to one of those, or ask for access to it."
            self._bad(subject, f"no organisation {wanted}; this login sees: {seen}", remedy)
        elif not mine.roles:
            remedy = "Add roles to the organisation in Cardskipper."
            self._bad(subject, f"organisation {wanted} ({mine.name}) has no roles", remedy)
        else:
            names = ", ".join(role.name for role in mine.roles)
            self._good(subject, f"organisation {wanted} ({mine.name}) with roles: {names}")

    async def _export(self) -> None:
        census = _Census()
        criteria = Criteria(organisation_id=str(self.settings.organisation), only_active=True)
        try:
            async with self.client.export(criteria) as export:
                async for record in export:
                    census.count(record)
        except RemoteError as error:
            self._bad(MEMBER_EXPORT.name, error.reason, error.remedy)
            return
        self._good(MEMBER_EXPORT.name, f"{census.summary()}; '{export.dialect}' dialect")
        self._unread(census)

    def _unread(self, census: "_Census") -> None:
        for record in census.unread[:NAMED]:
            whose = f"member {record.id}" if record.id else f"member record {record.place}"
            text = f"{whose}: {record.field} cannot be read: {record.found}"
            self._bad("members", text, record.remedy)
        more = len(census.unread) - NAMED
        if more > 0:
            remedy = "Correct them in Cardskipper; until then they keep the access that they have."
            self._bad("members", f"{more} more records cannot be read", remedy)


@dataclass(slots=True)
class _Census:
    members: int = 0
    addresses: Counter[str] = field(default_factory=Counter)
    nowhere: int = 0
    unread: list[UnreadableMember] = field(default_factory=list)

    def count(self, record: Member | UnreadableMember) -> None:
        if isinstance(record, UnreadableMember):
            self.unread.append(record)
            return
        self.members += 1
        self.nowhere += not record.emails
        self.addresses.update(address.casefold() for address in record.emails)

    def summary(self) -> str:
        shared = sum(many for many in self.addresses.values() if many > 1)
        return (
            f"{self.members} active members, {self.nowhere} without an e-mail address, "
            f"{shared} sharing one"
        )
