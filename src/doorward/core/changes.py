"""One planned change: whose, what before, what after, and why. The lines a plan is made of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from doorward.core.people import LABELS, Access, Holder, Person
from doorward.core.ports import Agreed, Create, Origin, Remove, SetAccess, Write
from doorward.core.windows import Window

ChangeKind = Literal["create", "extend", "shorten", "move", "change", "expire", "delete"]


@dataclass(frozen=True, slots=True)
class Change:
    """A write that is proposed. `before` None: there is no holder yet; `after` None: none stays.

    `wanted` is what the register asks for, None for a person who has lapsed. `loss` and `gain`
    say whether access from now on gets less or more; a change can do both.
    """

    target: str
    person: str
    who: str
    holder: str
    kind: ChangeKind
    before: Access | None
    after: Access | None
    wanted: Access | None
    why: str
    loss: bool
    gain: bool
    origin: Origin = "manual"
    newcomer: Person | None = None

    @property
    def write(self) -> Write:
        """What is asked of the target."""
        if self.after is None:
            return Remove(self.holder)
        if self.newcomer is not None:
            return Create(self.holder, self.newcomer, self.after)
        return SetAccess(self.holder, self.after)


@dataclass(frozen=True, slots=True)
class Adoption:
    """A holder who is right already: nothing is written, but from now on the hub keeps her."""

    target: str
    origin: Origin
    agreed: Agreed


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question for a person. Nobody's access changes over it."""

    target: str
    person: str
    who: str
    candidates: tuple[str, ...]
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody who may open a target but is not in it."""

    target: str
    person: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class Drift:
    """A holder changed on the target itself, which the policy says to report or to accept."""

    target: str
    person: str
    who: str
    holder: str
    agreed: Access
    shown: Access
    policy: str


@dataclass(frozen=True, slots=True)
class Orphan:
    """A holder whom no rule and no link makes anybody's."""

    target: str
    holder: str
    name: str
    shown: Access


def named(person: Person) -> str:
    """A person as a line shows her: name and e-mail address, else her key."""
    mail = f" <{person.emails[0]}>" if person.emails else ""
    return f"{person.name}{mail}" if person.name else (mail.strip() or person.key)


def known_as(holder: Holder) -> str:
    """The same for a holder whose person is gone from the register."""
    mail = f" <{holder.emails[0]}>" if holder.emails else ""
    return f"{holder.name}{mail}" if holder.name else (mail.strip() or holder.id)


def kind_of(before: Access, after: Access) -> ChangeKind:
    """What to call the step from one access to another."""
    if before.window == after.window:
        return "change"
    if before.window.end == after.window.end:
        return "move"
    if after.window.end is None:
        return "extend"
    ends = before.window.end
    return "shorten" if ends is None or after.window.end < ends else "extend"


def loses(before: Access | None, after: Access | None, now: datetime) -> bool:
    """Whether anything that would be open from now on no longer is."""
    left = _left(before, now)
    if before is None or left is None:
        return False
    kept = _left(after, now)
    return after is None or kept is None or not kept.covers(left) or not _holds(after, before)


def gains(before: Access | None, after: Access | None, now: datetime) -> bool:
    """Whether anything opens from now on that would not have."""
    return loses(after, before, now)


def _left(access: Access | None, now: datetime) -> Window | None:
    return access.window.from_now(now) if access is not None else None


def _holds(larger: Access, smaller: Access) -> bool:
    """Whether one access's options have all that the other's have, whatever she is called."""
    options = dict(larger.options)
    return all(
        name in LABELS or set(values) <= set(options.get(name, ()))
        for name, values in smaller.options
    )
