"""People as a register knows them, and as a target knows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from doorward.core.windows import Bound, Window

Options = tuple[tuple[str, tuple[str, ...]], ...]
"""What access comes with, by name and in order, such as (("doors", ("1", "2")),)."""

LABELS = frozenset({"name"})
"""Options that only say what a target calls somebody: with another one nobody gets in or is out."""


def united(several: Iterable[Options]) -> Options:
    """All options together, each name and each value once, in order."""
    union: dict[str, set[str]] = {}
    for options in several:
        for name, values in options:
            union.setdefault(name, set()).update(values)
    return tuple((name, tuple(sorted(values))) for name, values in sorted(union.items()))


@lru_cache(maxsize=4096)
def _ordered(options: Options) -> Options:
    return united([options])


@dataclass(frozen=True, slots=True)
class Membership:
    """One role of a person, from and until when. Two memberships are never joined over a gap."""

    role: str
    start: Bound = None
    end: Bound = None


@dataclass(frozen=True, slots=True)
class Person:
    """A member. `key` names her for good (source, organisation, member id); e-mail does not.

    `phone` is in international form (E.164) where the register's number is one.
    """

    key: str
    first_name: str = ""
    last_name: str = ""
    emails: tuple[str, ...] = ()
    phone: str = ""
    number: str = ""
    memberships: tuple[Membership, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """First and last name as one text; may be empty."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def source(self) -> str:
        """The register she is in: the first part of her key."""
        return self.key.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Access:
    """What somebody may do at a target: when, and with what (doors, plan, readers).

    Options are put in order: a target that lists its doors the other way round gives the same.
    """

    window: Window
    options: Options = ()

    def __post_init__(self) -> None:
        if self.options:
            object.__setattr__(self, "options", _ordered(self.options))

    def satisfied_by(self, seen: "Access") -> bool:
        """Whether a target that shows `seen` already gives exactly this.

        Options that the rules don't name are the target's own affair.
        """
        if self.window != seen.window:
            return False
        return not self.options or self.over(seen).options == seen.options

    def together(self, options: Options) -> "Access":
        """This access, with these options as well."""
        return Access(self.window, self.options + options) if options else self

    def over(self, seen: "Access | None") -> "Access":
        """This access laid over what a target shows: its other options stay as they are."""
        options = dict(seen.options if seen else ()) | dict(self.options)
        return Access(self.window, tuple(options.items()))


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds access at a target, as the target tells it.

    `number` is the employee number, `extra` a free slot where a club may keep its own key, `phone`
    a number in international form.
    """

    id: str
    access: Access
    name: str = ""
    emails: tuple[str, ...] = ()
    number: str = ""
    extra: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Faulty:
    """A record that could not be understood. Whoever it is about keeps what she has.

    `key` None: not even who it is about could be read, so nobody may be missed in that read.
    """

    key: str | None
    where: str
    reason: str
    remedy: str
