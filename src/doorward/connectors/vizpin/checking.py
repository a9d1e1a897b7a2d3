"""What `doorward check` says about a VIZpin target: login, place, zone, readers, roles, clock."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from doorward.connectors.vizpin.client import VizpinClient
from doorward.connectors.vizpin.settings import VizpinSettings
from doorward.connectors.vizpin.site import Site, find_roles, find_site
from doorward.connectors.vizpin.wire.zones import TIME_ZONES
from doorward.core.errors import Troubled
from doorward.core.ports import Finding
from doorward.net.errors import LoginRefused, RemoteError

TOLERANCE = timedelta(seconds=60)
HALF = timedelta(seconds=0.5)  # VIZpin tells whole seconds: it is somewhere within that one

Clock = Callable[[], datetime]


async def findings(
    name: str, zone: ZoneInfo, clock: Clock, client: VizpinClient, settings: VizpinSettings
) -> list[Finding]:
    """All of them. Never raises for what VIZpin did."""
    found = _safety(name, settings)
    try:
        found += [await _clock(name, clock, client)]
        site = await find_site(client, settings)
        found += _place(name, site, zone, clock())
        found += [one async for one in _names(name, client, site, settings)]
        found.append(await _people(name, client, site))
    except RemoteError as error:
        refused = isinstance(error, LoginRefused)
        found.append(
            Finding(name, "connection", False, error.reason, error.remedy, refused=refused)
        )
    except Troubled as error:
        found.append(Finding(name, "place", False, error.trouble.reason, error.trouble.remedy))
    return found


def _safety(name: str, settings: VizpinSettings) -> list[Finding]:
    if settings.verify or settings.fingerprint is not None or settings.ca_file is not None:
        return []
    text = "any certificate is taken: whoever is in between can pose as VIZpin"
    remedy = "Leave out verify = false: VIZpin's certificate is one that is known."
    return [Finding(name, "certificate", False, text, remedy)]


async def _clock(name: str, clock: Clock, client: VizpinClient) -> Finding:
    """The first call: it logs in. Of the times in its answers only their difference counts."""
    before = clock()
    now = await client.time()
    middle = before + (clock() - before) / 2
    if now is None:
        return Finding(name, "connection", True, "logged in; VIZpin does not say its time")
    off = now + HALF - middle
    if abs(off) <= TOLERANCE:
        return Finding(name, "connection", True, f"logged in; clocks agree to {_long(off)}")
    way = "ahead of" if off > timedelta() else "behind"
    text = f"VIZpin's clock is {_long(off)} {way} this machine's"
    remedy = "Set this machine's clock, best by NTP: access would begin and end at wrong times."
    return Finding(name, "clock", False, text, remedy)


def _long(off: timedelta) -> str:
    return str(timedelta(seconds=round(abs(off).total_seconds())))


def _place(name: str, site: Site, zone: ZoneInfo, now: datetime) -> Sequence[Finding]:
    where = f"{site.location.name} of {site.account.name}, {len(site.readers)} readers"
    found = [Finding(name, "place", True, where)]
    if site.account.deactivated.strip().casefold() == "true":
        text = f"the account {site.account.name} is deactivated"
        found.append(Finding(name, "account", False, text, "Ask VIZpin to activate it again."))
    theirs = site.location.timezone
    if theirs == zone.key:
        return [*found, Finding(name, "time zone", True, theirs)]
    if theirs in TIME_ZONES and _clock_of(ZoneInfo(theirs), now) == _clock_of(zone, now):
        text = f"{theirs}, whose clock shows the same as that of {zone.key}"
        return [*found, Finding(name, "time zone", True, text)]
    text = f"the location is in {theirs or 'no time zone'}, this target in {zone.key}"
    remedy = f"Set the location's time zone to {_listed(zone, now)}, or 'timezone' of this target."
    return [*found, Finding(name, "time zone", False, text, remedy)]


def _listed(zone: ZoneInfo, now: datetime) -> str:
    """The zone to choose in VIZpin's list, where not every zone stands."""
    if zone.key in TIME_ZONES:
        return zone.key
    area = zone.key.partition("/")[0]
    same = [one for one in _zones() if _clock_of(one, now) == _clock_of(zone, now)]
    near = sorted(same, key=lambda one: (one.key.partition("/")[0] != area, one.key))
    return near[0].key if near else "the nearest one that VIZpin lists"


@cache
def _zones() -> Sequence[ZoneInfo]:
    return [ZoneInfo(key) for key in TIME_ZONES]


def _clock_of(zone: ZoneInfo, now: datetime) -> tuple[timedelta | None, ...]:
    """What tells a zone's clock from others: its offsets, week by week, for the next two years."""
    return tuple((now + timedelta(weeks=week)).astimezone(zone).utcoffset() for week in range(105))


async def _names(
    name: str, client: VizpinClient, site: Site, settings: VizpinSettings
) -> AsyncIterator[Finding]:
    """Whether the readers and roles of the settings are there."""
    named = {*settings.readers, *(one for opened in settings.roles.values() for one in opened)}
    for reader in sorted(named):
        try:
            site.reader_ids([reader])
        except Troubled as error:
            yield Finding(name, "readers", False, error.trouble.reason, error.trouble.remedy)
    for role in settings.roles:
        try:
            await find_roles(client, site, [role])
        except Troubled as error:
            yield Finding(name, "roles", False, error.trouble.reason, error.trouble.remedy)


async def _people(name: str, client: VizpinClient, site: Site) -> Finding:
    counted = await client.user_count(site.account.id, site.location.id)
    return Finding(name, "people", True, f"{int(counted.totalcount)} users at the location")
