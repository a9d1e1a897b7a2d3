"""Values for tests: each with everything it needs, and whatever a test says otherwise."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from core.doubles import STOCKHOLM, FakeDoor
from doorward.core.changes import Change, gains, loses
from doorward.core.entitlements import Grant, Rule
from doorward.core.errors import Kind, Trouble
from doorward.core.people import Access, Faulty, Holder, Membership, Options, Person
from doorward.core.ports import Agreed, Door, Link, Origin, Pending, TargetMemory
from doorward.core.proposal import Members, Policy, Scene
from doorward.core.reads import Complete, Partial
from doorward.core.windows import Bound, Window

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
THIS_YEAR = (date(2026, 1, 1), date(2026, 12, 31))
NEXT_YEAR = (date(2026, 1, 1), date(2027, 12, 31))
LAST_YEAR = (date(2025, 1, 1), date(2025, 12, 31))

AWAY = Trouble(Kind.RETRY, "no answer", "check the cable")
LOCKED_OUT = Trouble(Kind.CREDENTIAL, "wrong password", "correct it")
REFUSED = Trouble(Kind.PERMANENT, "not like this", "change it")
FULL = Trouble(Kind.CAPACITY, "no room", "remove somebody")


def window(start: Bound = THIS_YEAR[0], end: Bound = THIS_YEAR[1]) -> Window:
    return Window.of(start, end, STOCKHOLM)


def access(
    start: Bound = THIS_YEAR[0], end: Bound = THIS_YEAR[1], **options: Sequence[str]
) -> Access:
    return Access(window(start, end), doors(**options))


def doors(**options: Sequence[str]) -> Options:
    return tuple((name, tuple(values)) for name, values in options.items())


def role(name: str = "Gym", start: Bound = THIS_YEAR[0], end: Bound = THIS_YEAR[1]) -> Membership:
    return Membership(name, start, end)


def person(number: int | str = 1, /, *roles: Membership, **told: Any) -> Person:
    """Member `number` of the club, with an address of her own and this year's role."""
    known = {
        "key": f"club/{number}",
        "first_name": f"First{number}",
        "last_name": f"Last{number}",
        "emails": (f"member{number}@example.org",),
        "number": str(number),
        "memberships": roles or (role(),),
    }
    return Person(**(known | told))


def holder(number: int | str = 1, shown: Access | None = None, /, **told: Any) -> Holder:
    """The holder of member `number`, with an id that is not her number."""
    known = {
        "id": f"h{number}",
        "access": shown or access(),
        "name": f"First{number} Last{number}",
        "emails": (f"member{number}@example.org",),
        "number": str(number),
    }
    return Holder(**(known | told))


def rule(*roles: str, name: str = "gym", target: str = "gate", **options: Sequence[str]) -> Rule:
    return Rule(name, roles or ("Gym*",), (Grant(target, doors(**options)),))


def faulty(key: str | None = "club/1", reason: str = "the end is no date") -> Faulty:
    return Faulty(key, "record 3", reason, "correct it")


def linked(person_key: str, holder_id: str, origin: Origin = "email") -> Link:
    return Link(person_key, holder_id, origin)


def agreement(
    number: int | str = 1,
    wanted: Access | None = None,
    shown: Access | None = None,
    *,
    holder: str | None = None,
) -> Agreed:
    """What was agreed about member `number`: by default, that this year is this year."""
    wanted = wanted or access()
    return Agreed(f"club/{number}", holder or f"h{number}", wanted, shown or wanted)


def remembered(
    *agreed: Agreed,
    links: Iterable[Link] = (),
    apart: Iterable[tuple[str, str]] = (),
    lost: Iterable[str] = (),
) -> TargetMemory:
    """A memory in which whoever is agreed about is linked too."""
    known = {one.person: linked(one.person, one.holder) for one in agreed}
    known |= {link.person: link for link in links}
    return TargetMemory(
        known, {one.person: one for one in agreed}, frozenset(apart), frozenset(lost)
    )


def members(
    *people: Person, complete: Iterable[str] = ("club",), unread: Iterable[str] = ()
) -> Members:
    return Members({one.key: one for one in people}, set(complete), set(unread))


def scene(
    people: Iterable[Person] | Members = (),
    holders: Iterable[Holder] | Complete[Holder] | Partial[Holder] = (),
    memory: TargetMemory | None = None,
    *,
    rules: Sequence[Rule] | None = None,
    door: Door | None = None,
    now: datetime = NOW,
    locked: Mapping[str, Collection[str]] | None = None,
    **policy: Any,
) -> Scene:
    """A scene at the gate, which whoever has a role at the gym may pass."""
    read = holders if isinstance(holders, Complete | Partial) else Complete(list(holders))
    return Scene(
        door=door or FakeDoor("gate"),
        read=read,
        members=people if isinstance(people, Members) else members(*people),
        memory=memory or TargetMemory({}, {}),
        rules=rules if rules is not None else (rule(),),
        policy=Policy(**policy),
        now=now,
        locked=locked or {},
    )


def change(
    number: int | str = 1,
    before: Access | None = None,
    after: Access | None = None,
    *,
    target: str = "gate",
    now: datetime = NOW,
    **told: Any,
) -> Change:
    """By default a year more for member `number`."""
    old, new = before or access(), after or access(*NEXT_YEAR)
    known: Mapping[str, Any] = {
        "target": target,
        "person": f"club/{number}",
        "who": f"First{number}",
        "holder": f"h{number}",
        "kind": "extend",
        "before": old,
        "after": new,
        "wanted": new,
        "why": "because",
        "loss": loses(old, new, now),
        "gain": gains(old, new, now),
    }
    return Change(**{**known, **told})


def lost(number: int | str = 1, target: str = "gate") -> Change:
    """A revocation."""
    return change(number, access(), access(*LAST_YEAR), target=target, kind="shorten")


def pending(number: int = 1, after: Access | None = None, **told: Any) -> Pending:
    """A write to member `number`'s holder that was cut."""
    known: dict[str, Any] = {
        "id": number,
        "target": "gate",
        "person": f"club/{number}",
        "holder": f"h{number}",
        "kind": "extend",
        "before": access(),
        "after": after,
        "wanted": after,
        "intended_at": NOW,
    }
    return Pending(**(known | told))
