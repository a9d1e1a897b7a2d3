"""Which targets are car parks, and whose an account is."""

from collections.abc import Sequence
from dataclasses import dataclass

from doorward.app.config import Settings, Target
from doorward.app.runs import NoSuchTarget
from doorward.storage.store import Reader

TYPES = frozenset({"wincardcore"})


class NoCarPark(LookupError):
    """Nothing that is configured parks cars."""

    remedy = 'Car parks are targets of type "wincardcore", and those that deliver their visits.'


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose an account is: a person's key and name, both "" where nobody is linked to it."""

    person: str = ""
    name: str = ""


def car_parks(settings: Settings, store: Reader, only: str | None = None) -> Sequence[Target]:
    """The targets that are car parks, or the one of that name.

    Raises NoSuchTarget, or NoCarPark where there is none.
    """
    if only is not None and only not in settings.targets:
        raise NoSuchTarget(only, settings.targets)
    heard = store.parking.signs()
    parks = [
        target
        for name, target in settings.targets.items()
        if (target.type in TYPES or name in heard) and only in (None, name)
    ]
    if not parks:
        raise NoCarPark(f"'{only}' is no car park" if only else "no target is a car park")
    return parks


def left_out(settings: Settings, store: Reader) -> Sequence[str]:
    """Car parks that delivered visits once, and are no longer in the configuration."""
    return sorted(store.parking.signs().keys() - settings.targets.keys())


def holder_of(store: Reader, system: str, account: str) -> Holder:
    """Whose an account is, by today's links and register."""
    link = next(iter(store.links.all(system, holder=account)), None)
    if link is None:
        return Holder()
    known = store.people.get(link.person)
    return Holder(link.person, known.person.name if known else "")
