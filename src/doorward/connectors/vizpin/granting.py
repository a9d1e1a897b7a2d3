"""What is to be granted, in as few calls as can be: many people, many readers, roles first.

The document calls the grant of single VIZpins deprecated and the grant of roles its successor. So
readers that the configuration puts into a role are granted by it, the others one by one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from doorward.connectors.vizpin.client import VizpinClient
from doorward.connectors.vizpin.site import Site, find_roles
from doorward.connectors.vizpin.translate import Dates


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody is to be given: dates, roles by name, and single readers by what rules say."""

    dates: Dates
    roles: tuple[str, ...]
    readers: tuple[str, ...]


def grant(
    dates: Dates,
    wanted: Collection[str],
    lacking: Collection[str],
    roles: Mapping[str, Sequence[str]],
) -> Grant:
    """How to give the readers that are lacking, by roles that open nothing but what is wanted."""
    used, left = list[str](), set(lacking)
    for role in sorted(roles, key=lambda one: (-len(roles[one]), one)):
        opened = set(roles[role])
        if opened <= set(wanted) and opened & left:
            used.append(role)
            left -= opened
    return Grant(dates, tuple(used), tuple(sorted(left)))


@dataclass(frozen=True, slots=True)
class Granter:
    """Gives users of a location what they are to have. Raises Troubled and RemoteError."""

    client: VizpinClient
    site: Site

    async def by_roles(self, given: Grant, users: Sequence[str]) -> None:
        """The roles to all of them, in one call."""
        roles = await find_roles(self.client, self.site, given.roles)
        start, stop = given.dates.start, given.dates.stop
        await self.client.user_grantphonerole(self.site.location.id, users, roles, start, stop)

    async def by_readers(self, given: Grant, users: Sequence[str]) -> None:
        """The single readers to all of them, in one call."""
        readers = self.site.reader_ids(given.readers)
        await self.client.vizpin_grant(users, readers, given.dates.start, given.dates.stop)
