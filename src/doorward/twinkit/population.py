"""Invented people, the same for every twin that is given the same seed.

A person depends on the seed and her number alone, so the first 500 of 100,000 are the 500; only
who is stale at the door is spread over as many as there are. Dates hang on the first day of the
current month: everybody is a member now, whenever a twin is started.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

FIRST_NAMES = (
    "Anna Erik Maria Lars Karin Anders Sara Johan Eva Per Emma Nils Lena Karl Malin Jan Ida Olof "
    "Elin Mats Hanna Fredrik Åsa Björn Linnea Göran Sofia Håkan Maja Sven Alva Leo Freja Hugo "
    "Fatima Ali Amina Omar Li Aleksander"
).split()
LAST_NAMES = (
    "Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson "
    "Pettersson Jonsson Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson Lindström "
    "Olofsson Lindgren Axelsson Berg Bergström Lundberg Lind Lundgren Mattsson Berglund Sjögren "
    "Åberg Öhman Hassan Ahmed Kovač Nowak Nguyen Haddad Virtanen"
).split()
ROLES = {1: "Gym", 2: "Gym off-peak", 3: "Pool", 4: "Board"}
FIRST_NUMBER = 10_001


class Stay(NamedTuple):
    """One membership: role id (see ROLES), first and last day."""

    role: int
    start: date
    end: date


class Invented(NamedTuple):
    """A person as every twin tells it.

    `number` is her member number and her employee number on a terminal. `plate` is that of her car,
    "" where she has none. `stale_end` is set for
    the few whose renewal nobody has copied to the door yet: what the door still says.
    """

    number: str
    first_name: str
    last_name: str
    email: str
    phone: str
    born: date
    plate: str
    stays: tuple[Stay, ...]
    stale_end: date | None


def anchor(today: date) -> date:
    """The day that all invented dates hang on."""
    return today.replace(day=1)


def people(count: int, seed: int, today: date) -> Iterator[Invented]:
    """`count` people. About 3 % have no e-mail address, 2 % share one with the person before."""
    stale = min(12, count // 20)
    gap = count // stale if stale else 0
    for place in range(count):
        late = bool(gap) and place % gap == gap - 1 and place // gap < stale
        yield _person(place, seed, anchor(today), late)


def _person(place: int, seed: int, day: date, late: bool) -> Invented:
    dice = random.Random(f"{seed}:{place}")  # noqa: S311  # invention, not cryptography
    first, last = dice.choice(FIRST_NAMES), dice.choice(LAST_NAMES)
    stays = _stays(dice, day)
    return Invented(
        str(FIRST_NUMBER + place),
        first,
        last,
        _email(dice, place, seed),
        f"+4670{(1_000_000 + place * 7 + seed) % 10_000_000:07d}",
        date(1940, 1, 1) + timedelta(days=dice.randrange(24_000)),
        _plate(place, seed),
        stays,
        _year_before(stays[0].end) if late else None,
    )


def _plate(place: int, seed: int) -> str:
    """Every third drives; no two have the same plate."""
    if place % 3:
        return ""
    code, digits = divmod(place * 7 + seed * 31, 1000)
    letters = "ABCDEFGHJKLMNOPRSTUWXYZ"
    first, second, third = code // 529 % 23, code // 23 % 23, code % 23
    return f"{letters[first]}{letters[second]}{letters[third]} {digits:03d}"


def _email(dice: random.Random, place: int, seed: int) -> str:
    fate = dice.random()
    if fate < 0.03:
        return ""
    if fate < 0.05 and place:  # a family: the address of the person before, if she has her own
        return f"member{FIRST_NUMBER + place - 1}.{seed}@example.org"
    return f"member{FIRST_NUMBER + place}.{seed}@example.org"


def _stays(dice: random.Random, day: date) -> tuple[Stay, ...]:
    start = day - timedelta(days=dice.randrange(330))
    end = start + timedelta(days=364)
    role = dice.choices((1, 2, 3, 4), (60, 25, 13, 2))[0]
    also = (Stay(3, start, end),) if role == 1 and dice.random() < 0.15 else ()
    return (Stay(role, start, end), *also)


def _year_before(end: date) -> date:
    return end - timedelta(days=364)
