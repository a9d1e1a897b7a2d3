"""Small worlds by chance: few people, few dates, few names, so that everything collides."""

from dataclasses import dataclass, replace
from datetime import date

from hypothesis import strategies as st

from core.factories import (
    AWAY,
    LAST_YEAR,
    NEXT_YEAR,
    THIS_YEAR,
    access,
    faulty,
    holder,
    person,
    role,
    rule,
)
from doorward.core.people import Faulty, Holder, Membership, Person
from doorward.core.ports import Agreed, Link, TargetMemory
from doorward.core.proposal import Policy
from doorward.core.reads import Complete, Failed, Partial, Read

RULES = (
    rule("Gym*", name="gym", doors=("1",)),
    rule("Pool", name="pool", doors=("2",)),
    rule("Pool", name="pool too", target="pool"),
)

SPANS = [
    THIS_YEAR,
    NEXT_YEAR,
    LAST_YEAR,
    (None, date(2026, 7, 1)),
    (date(2026, 8, 1), None),
    (date(2026, 7, 1), date(2026, 6, 1)),  # a slip of the pen
]
spans = st.sampled_from(SPANS)
roles = st.builds(
    lambda name, span: role(name, *span), st.sampled_from(["Gym", "Pool", "Board"]), spans
)
accesses = st.builds(
    lambda span, doors: access(*span, **doors),
    st.sampled_from(SPANS[:-1]),
    st.sampled_from([{}, {"doors": ("1",)}, {"doors": ("1", "2")}, {"plan": ("4",)}]),
)
addresses = st.sampled_from(["", "a@example.org", "b@example.org", "c@example.org"])
numbers = st.sampled_from(["", "1", "2", "3", "4"])
KEYS = [f"{source}/{number}" for source in ("club", "guests") for number in range(3)]
IDS = ["h1", "h2", "h3", "n1", "n2"]
keys, ids = st.sampled_from(KEYS), st.sampled_from(IDS)

policies = st.builds(
    Policy,
    match=st.permutations(["link", "email", "employee_no", "extra"]).map(tuple),
    lapsed=st.sampled_from(["keep", "expire", "delete"]),
    missing=st.sampled_from(["report", "create"]),
    drift=st.sampled_from(["put back", "accept", "report"]),
)


@dataclass(frozen=True)
class World:
    """All that a plan for the gate is made from."""

    registers: dict[str, Read[Person]]
    gate: Read[Holder]
    memory: TargetMemory
    policy: Policy

    @property
    def people(self) -> dict[str, Person]:
        """Everybody who was read."""
        reads = [read for read in self.registers.values() if not isinstance(read, Failed)]
        return {one.key: one for read in reads for one in read.items}


@st.composite
def persons(draw: st.DrawFn, key: str) -> Person:
    mails = tuple(draw(st.lists(addresses, max_size=2)))
    several: list[Membership] = draw(st.lists(roles, max_size=3))
    made = person(0, key=key, emails=mails, number=draw(numbers))
    return replace(made, memberships=tuple(several), first_name="Kim", last_name=key[-1])


@st.composite
def holders(draw: st.DrawFn, there: str) -> Holder:
    return holder(
        0,
        draw(accesses),
        id=there,
        name=draw(st.sampled_from(["", "Kim 1", "Alex Berg"])),
        emails=(draw(addresses),),
        number=draw(numbers),
    )


@st.composite
def worlds(draw: st.DrawFn, *, sound: bool = False) -> World:
    """A world; a `sound` one was read to its end."""
    registers = {
        source: draw(_reads([draw(persons(key)) for key in KEYS if key.startswith(source)], sound))
        for source in ("club", "guests")
    }
    there = [draw(holders(one)) for one in draw(st.lists(ids, unique=True))]
    gate = draw(_reads(there, sound))
    return World(registers, gate, draw(_memories()), draw(policies))


@st.composite
def _reads(draw: st.DrawFn, items: list[Person] | list[Holder], sound: bool) -> Read[object]:
    kept = [one for one in items if draw(st.booleans()) or draw(st.booleans())]
    if sound:
        return Complete(kept)
    names = keys if items and isinstance(items[0], Person) else ids
    unread = tuple(faulty(name) for name in draw(st.lists(names, max_size=1)))
    kept = [one for one in kept if _name(one) not in {record.key for record in unread}]
    kinds = st.sampled_from(["complete", "complete", "partial", "failed"])
    match draw(kinds):
        case "complete":
            return Complete(kept, unread)
        case "partial":
            return Partial(kept, AWAY, (*unread, *_nameless(draw(st.booleans()))))
        case _:
            return Failed(AWAY)


def _nameless(there: bool) -> tuple[Faulty, ...]:
    return (faulty(None),) if there else ()


def _name(one: Person | Holder) -> str:
    return one.key if isinstance(one, Person) else one.id


@st.composite
def _memories(draw: st.DrawFn) -> TargetMemory:
    pairs = st.tuples(keys, ids)
    agreed = {
        key: Agreed(key, there, draw(accesses), draw(accesses))
        for key, there in draw(st.lists(pairs, max_size=3))
    }
    links = {key: Link(key, one.holder, "email") for key, one in agreed.items()}
    links |= {key: Link(key, there, "manual") for key, there in draw(st.lists(pairs, max_size=1))}
    apart = frozenset(draw(st.lists(pairs, max_size=1)))
    return TargetMemory(links, agreed, apart)
