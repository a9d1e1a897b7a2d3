"""The twin's first state: invented people, the same for every twin with the same seed."""

from datetime import UTC, date, datetime, time

from doorward.connectors.cardskipper.state import Kept, KeptRole, State
from doorward.connectors.cardskipper.twin_settings import Settings
from doorward.connectors.cardskipper.wire.organisation import (
    InformationType,
    Organisation,
    Role,
    Unit,
)
from doorward.twinkit.population import ROLES, Invented, people

BOARD = 4


def seeded(organisation: str, count: int, seed: int, today: date, settings: Settings) -> State:
    """A club with `count` members, all of them members today."""
    return State(
        _club(organisation),
        settings,
        tuple(_kept(person) for person in people(count, seed, today)),
    )


def _club(ident: str) -> Organisation:
    return Organisation(
        ident,
        "Doorward Sports Club",
        tuple(Role(str(number), name) for number, name in ROLES.items()),
        (Unit("1", "Seniors", ident), Unit("2", "Juniors", ident)),
        (InformationType("1", "News", ident),),
    )


def _tags(person: Invented) -> tuple[str, ...]:
    board = ("Key holder",) if any(stay.role == BOARD for stay in person.stays) else ()
    return (*board, f"plate: {person.plate}") if person.plate else board


def _kept(person: Invented) -> Kept:
    number = int(person.number)
    roles = tuple(
        KeptRole(str(stay.role), stay.start.isoformat(), stay.end.isoformat())
        for stay in person.stays
    )
    phoned = number % 3 != 0
    return Kept(
        person.number,
        person.first_name,
        person.last_name,
        person.born.isoformat(),
        person.email,
        (person.phone,),
        roles,
        _tags(person),
        user_id=str(500_000 + number) if phoned else "",
        has_device=phoned,
        changed_at=datetime.combine(person.stays[0].start, time(9), UTC),
    )
