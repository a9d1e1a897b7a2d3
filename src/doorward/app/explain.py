"""Why somebody has access, or has not: the register, the rule, each target, last and next try."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from doorward.app.config import Settings, Target
from doorward.app.hub import Clock, Systems, open_systems, utc_now
from doorward.app.runs import NobodyMeant
from doorward.core.entitlements import Entitlement, Rule, entitle, unblocked
from doorward.core.errors import Trouble, Troubled
from doorward.core.people import Access, Person
from doorward.core.windows import NEVER
from doorward.core.words import in_words
from doorward.storage.failures import FailedUpdate
from doorward.storage.history import Agreement, Update
from doorward.storage.people import KnownPerson
from doorward.storage.store import Store


@dataclass(frozen=True, slots=True)
class AtTarget:
    """One person at one target.

    `entitlement` is what the register gives her there; nothing once she has left it. `shown` is
    what the target says now; None with a `trouble` when it could not be asked, None without one
    when it knows nobody by the holder that she is linked to. `last` is the last write. `locked_at`:
    where an operator has locked her, if that counts at this target.
    """

    target: Target
    entitlement: Entitlement | None
    holder: str | None
    origin: str | None
    agreement: Agreement | None
    shown: Access | None
    trouble: Trouble | None
    failure: FailedUpdate | None
    last: Update | None
    now: datetime
    locked_at: Sequence[str] = ()

    @property
    def verdict(self) -> str:
        """The answer in a sentence."""
        zone = self.target.zone
        if self.holder is None:
            may = "may come in" if self.entitlement else "no rule opens it"
            return f"{may}, but nobody there is known to be this person"
        access = self.shown or (self.agreement.shown if self.agreement else None)
        if access is None:
            return f"linked to {self.holder}, which the target does not have"
        sure = "" if self.shown else " (as last read back: the target was not asked)"
        if access.window.open_at(self.now):
            return f"open now: {in_words(access, zone)}{sure}"
        if access.window == NEVER:
            return f"known there, and opens nothing{sure}"
        word = "expired" if access.window.over_at(self.now) else "not open yet"
        return f"{word}: {in_words(access, zone)}{sure}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A person as the register last had her, and every target."""

    known: KnownPerson
    targets: Sequence[AtTarget]


async def explain(
    settings: Settings, store: Store, text: str, clock: Clock = utc_now
) -> Explanation:
    """What is known of the one person who is meant. Raises NobodyMeant.

    The register is as the last run read it; each target is asked what it shows now.
    """
    known = _meant(store, text)
    async with open_systems(settings, store, clock) as systems:
        targets = [
            await _at(store, systems, known, target, settings, clock())
            for target in settings.targets.values()
        ]
    return Explanation(known, targets)


def _meant(store: Store, text: str) -> KnownPerson:
    exact = store.people.get(text)
    found = [exact] if exact else store.people.search(text)
    if len(found) > 1:
        sharp = [one for one in found if text.casefold() in _names(one.person)]
        found = sharp or found
    if len(found) != 1:
        raise NobodyMeant(text, [one.person for one in found])
    return found[0]


def _names(person: Person) -> set[str]:
    return {name.casefold() for name in (person.number, person.name, *person.emails)}


async def _at(
    store: Store,
    systems: Systems,
    known: KnownPerson,
    target: Target,
    settings: Settings,
    now: datetime,
) -> AtTarget:
    person = known.person
    locks = store.locked().get(person.key, ())
    rules = unblocked(settings.rules, locks)
    gone = known.gone_at is not None
    given = None if gone else entitle(person, rules, target.name, target.zone, now)
    link = next(iter(store.links.all(target.name, person.key)), None)
    agreement = next(iter(store.history.agreements(person.key, target.name)), None)
    holder = agreement.holder if agreement else (link.holder if link else None)
    shown, trouble = await _shown(store, systems, target.name, holder)
    return AtTarget(
        target=target,
        entitlement=given,
        holder=holder,
        origin=link.origin if link else None,
        agreement=agreement,
        shown=shown,
        trouble=trouble,
        failure=next(iter(store.queue.open(target.name, person.key)), None),
        last=next(iter(store.history.updates(person=person.key, target=target.name)), None),
        now=now,
        locked_at=() if gone else _lockers(person, settings.rules, locks, target, now),
    )


def _lockers(
    person: Person, rules: Sequence[Rule], locks: Collection[str], target: Target, now: datetime
) -> Sequence[str]:
    """Where she is locked: here, and at what blocks a rule that would give her this target."""
    here = {target.name} & set(locks)
    open_rules = unblocked(rules, locks)
    blocked = [rule for rule in rules if rule not in open_rules]
    if entitle(person, blocked, target.name, target.zone, now) is None:
        return sorted(here)
    return sorted(here | {name for rule in blocked for name in rule.blocked_by if name in locks})


async def _shown(
    store: Store, systems: Systems, target: str, holder: str | None
) -> tuple[Access | None, Trouble | None]:
    blocked = store.blocked.get(target)
    if holder is None or blocked is not None:
        return None, blocked.trouble if blocked else None
    try:
        found = await systems.doors[target].holder(holder)
    except Troubled as error:
        return None, error.trouble
    return (found.access if found else None), None
