"""Everybody at a location and what opens for them.

Users come in batches of 100. VIZpins are told of one user at a time, so those who have none are
asked for in one call and passed over: a location of N users, M of whom have access, takes
2 + N/100 + M calls.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from doorward.connectors import remote
from doorward.connectors.vizpin import translate
from doorward.connectors.vizpin.client import VizpinClient
from doorward.connectors.vizpin.client.failures import Declined
from doorward.connectors.vizpin.site import Site
from doorward.connectors.vizpin.wire.users import User
from doorward.connectors.vizpin.wire.vizpins import Vizpin
from doorward.core.errors import Kind, Trouble
from doorward.core.people import Faulty, Holder
from doorward.core.ports import Progress
from doorward.core.reads import Failed, Partial, Read, graded
from doorward.net.errors import RemoteError, Unreadable

_AGAIN = "Nothing to do: it is read again at the next run."


@dataclass(slots=True)
class Reading:
    """One reading of a location. `users` and `vizpins` are what was read so far, by user."""

    client: VizpinClient
    site: Site
    zone: ZoneInfo
    users: dict[str, User] = field(default_factory=dict)
    vizpins: dict[str, Sequence[Vizpin]] = field(default_factory=dict)
    _odd: dict[str, Faulty] = field(default_factory=dict)

    async def holders(self, progress: Progress) -> Read[Holder]:
        """Everybody. Never raises for what VIZpin did."""
        try:
            lacking = await self._listed()
            await self._all_vizpins(progress)
        except RemoteError as error:
            trouble = remote.trouble(error)
            return self._partial(trouble) if self.vizpins else Failed(trouble)
        if lacking:
            return self._partial(Trouble(Kind.RETRY, lacking, _AGAIN))
        return graded(*self._sorted())

    async def _listed(self) -> str:
        """Read all users; why that may not be all, "" where it is."""
        total = 0
        async for batch, of in self.client.users(self.site.account.id, self.site.location.id):
            self.users.update((user.id, user) for user in batch)
            total = of
        if len(self.users) >= total:
            return ""
        return f"{total} users were counted, and {len(self.users)} listed: somebody came or went"

    async def _all_vizpins(self, progress: Progress) -> None:
        without = await self._without()
        for done, user in enumerate(self.users):
            progress(done, len(self.users))
            await self._vizpins_of(user, without)
        progress(len(self.users), len(self.users))

    async def _without(self) -> frozenset[str]:
        """Who has no access; nobody where that is not told, so that everybody is asked about."""
        try:
            told = await self.client.user_needaccess(self.site.account.id, self.site.location.id)
        except (Declined, Unreadable):
            return frozenset()
        return frozenset(user.id for user in told)

    async def _vizpins_of(self, user: str, without: frozenset[str]) -> None:
        try:
            found = [] if user in without else await self.client.vizpin_list(self._account, user)
        except (Declined, Unreadable) as error:
            where = f"VIZpins of user {user}"
            self._odd[user] = Faulty(user, where, error.reason, error.remedy)
        else:
            self.vizpins[user] = found

    @property
    def _account(self) -> str:
        return self.site.account.id

    def _partial(self, trouble: Trouble) -> Partial[Holder]:
        people, faulty = self._sorted()
        return Partial(people, trouble, tuple(faulty))

    def _sorted(self) -> tuple[list[Holder], list[Faulty]]:
        """Those who could be read, and those who could not."""
        read = [
            translate.holder(self.users[user], found, self.site.readers, self.zone)
            for user, found in self.vizpins.items()
        ]
        people = [one for one in read if isinstance(one, Holder)]
        faulty = [one for one in read if isinstance(one, Faulty)]
        return people, [*faulty, *self._odd.values()]


async def one_user(client: VizpinClient, site: Site, user: str) -> Sequence[Vizpin] | None:
    """The VIZpins of a user; None where he is none of the account's. Raises RemoteError."""
    try:
        return await client.vizpin_list(site.account.id, user)
    except Declined:
        return None
