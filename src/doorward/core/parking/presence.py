"""Who is in, how full it was, and what does not add up among visits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from doorward.core.parking.entries import Record
from doorward.core.parking.visits import CarPark
from doorward.core.windows import first_moment

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stay:
    """A car that was in from one moment until another; `until` None: it still is."""

    system: str
    car_park: CarPark
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a car park: how many were in at its start and at most, came, and left."""

    begin: datetime
    inside: int
    peak: int
    came: int
    left: int


@dataclass(frozen=True, slots=True)
class Stranger:
    """A visit of an account or a card that the car park was never told of, or not any more."""

    record: Record
    account_known: bool
    card_known: bool


Occupancy = Mapping[tuple[str, int], Sequence[Hour]]
"""By system and number of the car park."""


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first instant of a day, and the first that is no longer in it: 23 to 25 hours."""
    begin, end = first_moment(day, zone), first_moment(day + timedelta(days=1), zone)
    if begin is None or end is None:
        raise ValueError(f"{day} has no beginning")
    return begin, end


def occupancy(stays: Iterable[Stay], day: date, zone: ZoneInfo) -> Occupancy:
    """Each car park's hours of a day. A car is in from its entry up to, not at, its exit: one that
    leaves on the hour has left in the hour before.
    """
    begin, end = bounds(day, zone)
    moves: dict[tuple[str, int], list[tuple[datetime, int]]] = {}
    for stay in stays:
        if stay.since < end and (stay.until is None or stay.until > begin):
            mine = moves.setdefault((stay.system, stay.car_park.id), [])
            mine += _moves(stay, end)
    return {park: _hours(sorted(mine), begin, end) for park, mine in sorted(moves.items())}


def overdue(inside: Iterable[Record], now: datetime, longest: timedelta) -> list[Record]:
    """The open visits that last longer than the maximum stay, the longest first."""
    late = [one for one in inside if one.state == "open" and now - one.visit.entry.at > longest]
    return sorted(late, key=lambda one: one.visit.entry.at)


def _moves(stay: Stay, end: datetime) -> list[tuple[datetime, int]]:
    came = [(stay.since, 1)]
    return [*came, (stay.until, -1)] if stay.until is not None and stay.until <= end else came


def _hours(moves: Sequence[tuple[datetime, int]], begin: datetime, end: datetime) -> list[Hour]:
    """The hours, from moves in order: of those at the same instant, cars leave before others come.

    An hour of the clock can be split by the day's end only; zones shift by whole hours or halves.
    """
    before = [step for at, step in moves if at < begin]
    inside, ahead = sum(before), moves[len(before) :]
    hours: list[Hour] = []
    while begin < end:
        until = min(begin + HOUR, end)
        now = [step for at, step in ahead if (at, step) < (until, 0)]
        ahead = ahead[len(now) :]
        hours.append(_hour(begin, inside, now))
        inside += sum(now)
        begin = until
    return hours


def _hour(begin: datetime, inside: int, steps: Sequence[int]) -> Hour:
    level = peak = inside
    for step in steps:
        level += step
        peak = max(peak, level)
    came = sum(1 for step in steps if step > 0)
    return Hour(begin, inside, peak, came, len(steps) - came)
