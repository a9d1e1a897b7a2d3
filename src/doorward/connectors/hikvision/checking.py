"""What `doorward check` says about a terminal: connection, login, clock, room."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from doorward.connectors.hikvision.client import HikvisionClient
from doorward.connectors.hikvision.settings import HikvisionSettings
from doorward.connectors.hikvision.wire.failures import NotSupported
from doorward.core.ports import Finding
from doorward.net.errors import RemoteError

TOLERANCE = timedelta(seconds=60)
ALMOST_FULL = 0.9

Clock = Callable[[], datetime]


async def findings(
    name: str, zone: ZoneInfo, clock: Clock, client: HikvisionClient, settings: HikvisionSettings
) -> list[Finding]:
    """All of them. Raises RemoteError where the terminal cannot be talked to at all."""
    info = await client.device_info()
    model = f"{info.model or 'a terminal'}, firmware {info.firmware_version or 'unknown'}"
    found = [Finding(name, "connection", True, f"{model}; login by {client.scheme or 'nothing'}")]
    found += _safety(name, client, settings)
    found += [await _dialect(name, client), await _clock(name, zone, clock, client)]
    return [*found, *[finding async for finding in _room(name, client)]]


def _safety(name: str, client: HikvisionClient, settings: HikvisionSettings) -> list[Finding]:
    found = []
    if not settings.verify and settings.fingerprint is None and settings.ca_file is None:
        text = "any certificate is taken: whoever is on the network can pose as the terminal"
        remedy = "Set 'fingerprint' or 'ca_file' in place of verify = false."
        found.append(Finding(name, "certificate", False, text, remedy))
    if settings.url.startswith("http:") and client.scheme == "basic":
        text = "the password goes over the network in the clear"
        remedy = "Use https, or switch Digest on at the terminal."
        found.append(Finding(name, "password", False, text, remedy))
    return found


async def _dialect(name: str, client: HikvisionClient) -> Finding:
    try:
        return Finding(name, "dialect", True, f"speaks the {await client.dialect()} dialect")
    except RemoteError as error:
        return Finding(name, "dialect", False, error.reason, error.remedy)


async def _clock(name: str, zone: ZoneInfo, clock: Clock, client: HikvisionClient) -> Finding:
    """Its wall time decides who may enter, so that is compared, whatever zone it believes in."""
    try:
        before = clock()
        wall = (await client.time()).wall
        middle = before + (clock() - before) / 2
    except RemoteError as error:
        return Finding(name, "clock", False, error.reason, error.remedy)
    off = wall - middle.astimezone(zone).replace(tzinfo=None)
    if abs(off) <= TOLERANCE:
        return Finding(name, "clock", True, f"right to {abs(off).total_seconds():.0f} s")
    way = "ahead of" if off > timedelta() else "behind"
    text = f"its clock is {_long(abs(off))} {way} the time in {zone.key}"
    return Finding(name, "clock", False, text, _remedy(abs(off)))


def _remedy(off: timedelta) -> str:
    hours = round(off / timedelta(hours=1))
    if hours and abs(off - timedelta(hours=hours)) <= TOLERANCE:
        return "Set its time zone and its summer time, or 'timezone' of this target."
    return "Set the terminal's clock, best by NTP: people would be let in or out at wrong times."


def _long(off: timedelta) -> str:
    return str(timedelta(seconds=round(off.total_seconds())))


async def _room(name: str, client: HikvisionClient) -> AsyncIterator[Finding]:
    try:
        count = await client.count()
        room = (await client.capabilities()).capacity
    except NotSupported:
        return  # the documented dialect has no such calls
    except RemoteError as error:
        yield Finding(name, "people", False, error.reason, error.remedy)
        return
    if room is None:
        yield Finding(name, "people", True, f"{count} people")
    elif count < room * ALMOST_FULL:
        yield Finding(name, "people", True, f"{count} people, room for {room}")
    else:
        text = f"{count} people, and room for {room}"
        yield Finding(name, "people", False, text, "Remove who no longer needs access.")
