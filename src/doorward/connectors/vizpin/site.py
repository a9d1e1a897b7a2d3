"""The one location that a target is: its account, its readers, its roles, found by name or id."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NoReturn, Protocol, TypeVar

from doorward.connectors.vizpin.client import VizpinClient
from doorward.connectors.vizpin.settings import VizpinSettings
from doorward.connectors.vizpin.wire.accounts import Account
from doorward.connectors.vizpin.wire.locations import Location
from doorward.core.errors import Kind, Trouble, Troubled


class Called(Protocol):
    """Something that VIZpin keeps under an id and a name."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def name(self) -> str:
        """What people call it."""
        ...


T = TypeVar("T", bound=Called)


@dataclass(frozen=True, slots=True)
class Site:
    """A location of an account. `readers` are what rules call its readers, by id."""

    account: Account
    location: Location
    readers: Mapping[str, str]

    def reader_ids(self, names: Sequence[str]) -> Sequence[str]:
        """The ids of readers by what rules call them. Raises Troubled for one that is not there."""
        ids = {name: ident for ident, name in self.readers.items()}
        return [ids[name] if name in ids else _absent("reader", name, ids) for name in names]


async def find_site(client: VizpinClient, settings: VizpinSettings) -> Site:
    """The location that is configured. Raises Troubled where it is not there, and RemoteError."""
    account = chosen("account", settings.account, await client.account_list())
    location = chosen("location", settings.location, await client.location_list(account.id))
    return Site(account, location, names(await client.reader_list(location.id)))


async def find_roles(client: VizpinClient, site: Site, wanted: Sequence[str]) -> Sequence[str]:
    """The ids of roles by their names. Raises Troubled for one that is not there."""
    known = await client.role_list(site.location.id)
    return [chosen("role", name, known).id for name in wanted]


def names(known: Sequence[Called]) -> Mapping[str, str]:
    """What each is called in rules and plans, by id: its name, or its id where names are shared."""
    often = Counter(one.name for one in known)
    return {one.id: one.name if one.name and often[one.name] == 1 else one.id for one in known}


def chosen(what: str, wanted: str, known: Sequence[T]) -> T:
    """The one that has this id, or alone has this name (letter case aside). Raises Troubled."""
    named = [one for one in known if one.name.casefold() == wanted.casefold()]
    found = [one for one in known if one.id == wanted] or named
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(one.id for one in found)
        remedy = f"Name it by its id: {ids}."
        raise Troubled(Trouble(Kind.PERMANENT, f"{len(found)} {what}s are called {wanted}", remedy))
    _absent(what, wanted, [one.name for one in known])


def _absent(what: str, wanted: str, known: Sequence[str] | Mapping[str, str]) -> NoReturn:
    near = get_close_matches(wanted, known, n=1)
    guess = f"Did you mean '{near[0]}'? " if near else ""
    there = ", ".join(sorted(known)) or "none at all"
    reason = f"there is no {what} '{wanted}' at VIZpin"
    raise Troubled(Trouble(Kind.PERMANENT, reason, f"{guess}There is: {there}."))
