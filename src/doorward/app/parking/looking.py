"""A day of the car parks, as the hub knows it: nothing is asked of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from doorward.app.config import Target
from doorward.app.parking.parks import Holder, holder_of
from doorward.connectors.kinds import target_kind
from doorward.core.parking.alive import Sign, silences
from doorward.core.parking.entries import Record
from doorward.core.parking.presence import Hour, Stay, Stranger, bounds, occupancy, overdue
from doorward.core.parking.whitelist import Whitelist
from doorward.storage.store import Reader

STRANGERS = 100
_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Known:
    """A visit, and whose its account is."""

    record: Record
    holder: Holder


@dataclass(frozen=True, slots=True)
class Seen:
    """A target, when it was last heard, and what it is known to let in."""

    target: Target
    sign: Sign
    silent: bool
    whitelist: Whitelist | None


@dataclass(frozen=True, slots=True)
class Filled:
    """A car park in which somebody was, and the hours of the day: `begun` of them have begun."""

    target: Target
    number: int
    name: str
    day: Sequence[Hour]
    begun: int

    @property
    def hours(self) -> Sequence[Hour]:
        """Those of which something is known."""
        return self.day[: self.begun]

    @property
    def peak(self) -> int:
        """How many were in at most."""
        return max((one.peak for one in self.hours), default=0)

    @property
    def told(self) -> str:
        """The day in numbers."""
        came, left = sum(one.came for one in self.hours), sum(one.left for one in self.hours)
        return f"at most {self.peak} in, {came} came, {left} left"


@dataclass(frozen=True, slots=True)
class View:
    """What there is to see. `strangers`: the latest hundred of each target at most."""

    at: datetime
    day: date
    longest: timedelta
    seen: Sequence[Seen]
    filled: Sequence[Filled]
    inside: Sequence[Known]
    overdue: Sequence[Known]
    strangers: Sequence[Stranger]


def look(
    store: Reader,
    parks: Sequence[Target],
    now: datetime,
    day: date | None = None,
    longest: timedelta = timedelta(hours=24),
) -> View:
    """These car parks now, and how full they were on a day: by default today where they stand.

    `longest` is the maximum stay. Raises ValueError for a day that the calendar does not have.
    """
    shown = day or now.astimezone(parks[0].zone).date()
    inside = [one for park in parks for one in store.parking.inside(park.name)]
    strangers = [
        one
        for park in parks
        for one in store.parking.strangers(park.name, bounds(shown, park.zone)[0], STRANGERS)
    ]
    return View(
        at=now,
        day=shown,
        longest=longest,
        seen=_seen(store, parks, now),
        filled=[one for park in parks for one in _filled(store, park, shown, now)],
        inside=[_known(store, one) for one in inside],
        overdue=[_known(store, one) for one in overdue(inside, now, longest)],
        strangers=strangers,
    )


def _known(store: Reader, record: Record) -> Known:
    return Known(record, holder_of(store, record.visit.system, record.visit.account))


def _seen(store: Reader, parks: Sequence[Target], now: datetime) -> list[Seen]:
    signs = store.parking.signs()
    return [
        Seen(
            park,
            signs.get(park.name) or Sign(park.name),
            _silent(park, signs, now),
            store.parking.whitelist(park.name),
        )
        for park in parks
    ]


def _silent(park: Target, signs: Mapping[str, Sign], now: datetime) -> bool:
    """Whether it should have called by now; the hub may not listen at all, which is not known."""
    limit = target_kind(park.type).silent_after(park.settings)
    return limit is not None and bool(silences([park.name], signs, now, limit, _EVER))


def _filled(store: Reader, park: Target, day: date, now: datetime) -> Iterator[Filled]:
    """A target's car parks by number: those in which somebody was."""
    names: defaultdict[int, str] = defaultdict(str)
    stays = _of(store, park, *bounds(day, park.zone), names)
    for (_, number), hours in occupancy(stays, day, park.zone).items():
        begun = sum(1 for hour in hours if hour.begin <= now)
        yield Filled(park, number, names[number], hours, begun)


def _of(
    store: Reader, park: Target, since: datetime, until: datetime, names: dict[int, str]
) -> Iterator[Stay]:
    """A target's stays; the names of its car parks are noted on the way."""
    for stay in store.parking.stays(since, until):
        if stay.system == park.name:
            names[stay.car_park.id] = stay.car_park.name or names[stay.car_park.id]
            yield stay
