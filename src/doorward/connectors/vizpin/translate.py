"""Between VIZpin's records and the core's people: windows, readers, faults.

A VIZpin is access to one reader, from midnight of a day to a stop at second 01 of a minute. A user
with no VIZpin that opens anything has no access, whatever there was once: a revoked VIZpin keeps
its dates, so they say nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from doorward.connectors.vizpin.settings import VizpinSettings
from doorward.connectors.vizpin.wire import dates as wire_dates
from doorward.connectors.vizpin.wire.schedules import AroundTheClock
from doorward.connectors.vizpin.wire.users import User
from doorward.connectors.vizpin.wire.vizpins import LIVE, Vizpin, VizpinStatus
from doorward.core.people import Access, Faulty, Holder, Options
from doorward.core.windows import NEVER, Window, wall_bounds
from doorward.net.phone import international

READERS, ROLES = "readers", "roles"

EARLIEST = datetime(2000, 1, 1)
LATEST = datetime(2099, 12, 31, 23, 59, 1)
"""What an open side becomes: a grant of roles has to have both dates."""


@dataclass(frozen=True, slots=True)
class Dates:
    """When a VIZpin opens, in its reader's wall time; closed again from `stop` on."""

    start: datetime
    stop: datetime

    def window(self, zone: ZoneInfo) -> Window:
        """The same as instants. The minute of the stop counts whole: VIZpin knows no seconds."""
        return Window.of(self.start, self.stop.replace(second=59), zone)

    def over_at(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether it opens nothing any more."""
        closes = Window.of(None, self.stop, zone).end
        return closes is not None and closes <= now


def dates(window: Window, zone: ZoneInfo) -> Dates:
    """Instants as a VIZpin can hold them: whole from the start's day on, through the end's minute.

    In the hour that comes twice in autumn a wall time names two instants: access then ends at the
    later.
    """
    start, stop = wall_bounds(window, zone, EARLIEST, LATEST)
    begins = datetime.combine(start.date(), time())
    return Dates(begins, max(stop, begins).replace(second=1))


def dates_of(vizpin: Vizpin) -> Dates:
    """When a VIZpin opens. Raises ValueError for dates of another form."""
    return _held(vizpin.start_date, vizpin.stop_date)


@lru_cache(maxsize=16_384)  # a location has many VIZpins and few dates
def _held(start_date: str, stop_date: str) -> Dates:
    start = wire_dates.read_start(start_date) if start_date else EARLIEST
    stop = wire_dates.read_stop(stop_date) if stop_date else LATEST
    begins = datetime.combine(min(max(start, EARLIEST), LATEST).date(), time())
    return Dates(begins, min(max(stop, EARLIEST), LATEST))


NO_ACCESS = Access(NEVER, ((READERS, ()),))
"""What somebody has whom nothing is opened to."""


def fitted(access: Access, zone: ZoneInfo, settings: VizpinSettings, now: datetime) -> Access:
    """This access as reading it back would show it: readers in place of the roles they are in.

    A role of which the settings don't say what it opens stays, so that it is told when written.
    """
    held = dates(access.window, zone)
    if held.over_at(now, zone):
        return NO_ACCESS
    return Access(held.window(zone), _readers(access.options, settings))


def _readers(options: Options, settings: VizpinSettings) -> Options:
    given = dict(options)
    roles = given.get(ROLES, ())
    named = {*given.get(READERS, ()), *(one for role in roles for one in _opened(role, settings))}
    if READERS not in given and ROLES not in given:
        named = set(settings.readers)
    unknown = tuple(role for role in roles if role not in settings.roles)
    kept: Options = ((READERS, tuple(named)),)
    return (*kept, (ROLES, unknown)) if unknown else kept


def _opened(role: str, settings: VizpinSettings) -> Sequence[str]:
    return settings.roles.get(role, ())


def live(vizpins: Sequence[Vizpin], readers: Mapping[str, str]) -> list[Vizpin]:
    """Those that open one of these readers, now or later. Raises ValueError for an odd status."""
    here = [one for one in vizpins if one.reader_id in readers]
    return [one for one in here if _status(one) in LIVE]


def _status(vizpin: Vizpin) -> VizpinStatus:
    for status in VizpinStatus:
        if vizpin.status.strip().casefold() == status.casefold():
            return status
    raise ValueError(f"status '{vizpin.status}' of a VIZpin is none that is known")


def shown(vizpins: Sequence[Vizpin], readers: Mapping[str, str], zone: ZoneInfo) -> Access:
    """What a user's VIZpins give, as one window. Raises ValueError for what cannot be read.

    The window is the one that most readers have. A reader with other dates, or with hours of its
    own, is called by them too, so that it is never taken for one that is as it should be.
    """
    found = live(vizpins, readers)
    if not found:
        return NO_ACCESS
    always = [one for one in found if isinstance(one.schedule, AroundTheClock)] or found
    often = Counter(map(dates_of, always))
    usual = max(often, key=lambda one: (often[one], one.stop, one.start))
    called = tuple(_called(one, readers[one.reader_id], usual) for one in found)
    return Access(usual.window(zone), ((READERS, called),))


def _called(vizpin: Vizpin, name: str, usual: Dates) -> str:
    """A reader's name, and in brackets what tells its VIZpin from the others."""
    held, apart = dates_of(vizpin), list[str]()
    if held != usual:
        apart.append(f"{held.start.date()} to {held.stop:%Y-%m-%d %H:%M}")
    if not isinstance(vizpin.schedule, AroundTheClock):
        apart.append(f"{vizpin.schedule.type} hours")
    return f"{name} ({', '.join(apart)})" if apart else name


def holder(
    user: User, vizpins: Sequence[Vizpin], readers: Mapping[str, str], zone: ZoneInfo
) -> Holder | Faulty:
    """A user of the location."""
    try:
        access = shown(vizpins, readers, zone)
    except ValueError as error:
        remedy = "Look at it with 'doorward vizpin vizpin.list', and revoke what is odd."
        return Faulty(user.id, f"user {user.id}", str(error), remedy)
    return Holder(
        id=user.id,
        access=access,
        name=f"{user.first_name} {user.last_name}".strip(),
        emails=(user.emailaddress,) if "@" in user.emailaddress else (),
        extra=user.sf_user_id,
        phone=international(user.phone, ""),
    )
