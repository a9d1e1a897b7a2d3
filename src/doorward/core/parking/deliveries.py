"""What it means when a car park delivers a visit, again or anew (WinCardCore 3.3, 4.1 and 4.2).

Answers are lost and deliveries repeated, so the same told again is a repeat and nothing more;
the hub never chooses between two different tellings.
"""

from dataclasses import dataclass, fields

from doorward.core.parking.entries import Entry, Record, State, charge_of
from doorward.core.parking.visits import Visit


@dataclass(frozen=True, slots=True)
class Stored:
    """It is new and is kept: the visit as it is now, and what it adds to its money."""

    visit: Visit
    state: State
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """It is known already; nothing changes."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """It does not go with what is known; nothing changes."""

    reason: str


Delivered = Stored | Repeat | Contradiction


def put(known: Record | None, visit: Visit) -> Delivered:
    """A visit delivered as new.

    The beginning of a visit that is over by now comes late and is a repeat: it never opens again.
    """
    if known is None:
        return Stored(visit, visit.status, charge_of(visit))
    if visit == known.visit or _comes_late(known, visit):
        return Repeat()
    return _differs(known, visit)


def patch(known: Record | None, visit: Visit) -> Delivered:
    """A visit delivered as an update: its end, as a rule. One that is not known is kept (1.4).

    An end that a visit which was cancelled meanwhile gets is kept when it says that the visit was
    aborted; a price for it contradicts the cancellation.
    """
    if known is None or visit == known.visit or visit.status == "open":
        return put(known, visit)
    if known.visit.status != "open" or visit.arrival != known.visit.arrival:
        return _differs(known, visit)
    if known.state != "cancelled":
        return Stored(visit, visit.status, charge_of(visit))
    if visit.status == "aborted":
        return Stored(visit, "cancelled")
    return Contradiction("the visit was cancelled, and can have no price any more")


def _comes_late(known: Record, visit: Visit) -> bool:
    over = known.visit.status != "open" and visit.status == "open"
    return over and visit.arrival == known.visit.arrival


def _differs(known: Record, visit: Visit) -> Contradiction:
    names = [
        field.name
        for field in fields(Visit)
        if getattr(known.visit, field.name) != getattr(visit, field.name)
    ]
    return Contradiction(f"visit {visit.id} is known otherwise: {', '.join(names)} differ")
