"""The plan for one target: what is wanted, laid against what it shows and what was agreed.

Making it touches nothing. Read `propose` first; the rest are its steps.
"""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from itertools import chain
from typing import assert_never

from doorward.core.changes import (
    Adoption,
    Change,
    Doubt,
    Drift,
    Missing,
    Orphan,
    gains,
    kind_of,
    known_as,
    loses,
    named,
)
from doorward.core.entitlements import Entitlement, entitlement_of, unblocked
from doorward.core.errors import Troubled
from doorward.core.lapse import Gone, after_lapse, lapsed, locked_out
from doorward.core.match import Ambiguous, Matched, Matcher, Unmatched
from doorward.core.people import Access, Holder, Membership, Person
from doorward.core.ports import Agreed, Link, Origin
from doorward.core.proposal import Proposal, Scene
from doorward.core.reads import Complete
from doorward.core.threeway import Drifted, Due, InStep, verdict
from doorward.core.words import difference, in_words

REMEMBERED = 65_536


def propose(scene: Scene) -> Proposal:
    """The plan for one target."""
    return _Proposer(scene).propose()


Entitler = Callable[[tuple[Membership, ...], frozenset[str]], Entitlement | None]
NOWHERE = frozenset[str]()


def _entitler(scene: Scene) -> Entitler:
    """Many people have the same memberships and no lock, and they share one entitlement."""

    @lru_cache(maxsize=REMEMBERED)
    def entitlement(
        memberships: tuple[Membership, ...], locked_at: frozenset[str]
    ) -> Entitlement | None:
        door, rules = scene.door, unblocked(scene.rules, locked_at)
        return entitlement_of(memberships, rules, door.name, door.zone, scene.now)

    return entitlement


class _Proposer:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.name = scene.door.name
        self.whole = isinstance(scene.read, Complete)
        self.matcher = Matcher(scene.read.items, scene.memory, scene.policy.match)
        self.unread = {faulty.key for faulty in scene.read.faulty if faulty.key}
        self.used: set[str] = set()
        self.unclear: set[str] = set()
        self.entitlement_of = _entitler(scene)
        self.fit = lru_cache(maxsize=REMEMBERED)(scene.door.fit)
        holders, now = self.matcher.by_id.values(), scene.now.replace(microsecond=0)
        living = sum(not holder.access.window.over_at(now) for holder in holders)
        self.out = Proposal(self.name, len(holders), living)

    def propose(self) -> Proposal:
        entitled = self._entitled()
        members = self.scene.members.by_key
        people = {key: members[key] for key in entitled}
        others = (person for key, person in members.items() if key not in entitled)
        absent: dict[str, str] = {}
        for key, match in self.matcher.everybody(people.values(), others).items():
            match match:
                case Matched(holder, origin):
                    self.used.add(holder.id)
                    self._matched(people[key], entitled[key], holder, origin)
                case Ambiguous():
                    self.used.update(match.candidates)
                    self._doubt(people[key], match)
                case Unmatched(reason):
                    absent[key] = reason
                case _:
                    assert_never(match)
        for key, reason in sorted(absent.items()):
            self._missing(people[key], entitled[key], reason)
        self._lapses(entitled)
        self._orphans()
        return self.out

    def _entitled(self) -> dict[str, Entitlement]:
        return {
            key: entitlement
            for key, person in self.scene.members.by_key.items()
            if key not in self.scene.members.faulty and (entitlement := self._entitlement(person))
        }

    def _entitlement(self, person: Person) -> Entitlement | None:
        try:
            return self.entitlement_of(person.memberships, self._locked_at(person.key))
        except ValueError as error:
            self.unclear.add(person.key)
            remedy = f"correct the dates of {named(person)} in the register '{person.source}'"
            self._doubt(person, Ambiguous((), str(error), remedy))
            return None

    def _locked_at(self, key: str) -> frozenset[str]:
        locked_at = self.scene.locked.get(key)
        return frozenset(locked_at) if locked_at else NOWHERE

    def _matched(
        self, person: Person, entitlement: Entitlement, holder: Holder, origin: Origin
    ) -> None:
        wanted = self._wanted(person, entitlement)
        last = self.scene.memory.agreed.get(person.key)
        match verdict(wanted, holder.access, last, holder.id, self.scene.policy.drift):
            case InStep(news):
                if news:
                    self._adopt(person.key, wanted, holder, origin)
            case Due(because):
                self._due(person, entitlement, wanted, holder, origin, because)
            case Drifted(agreed, accept):
                self._drifted(person.key, named(person), holder, agreed)
                if accept:
                    self._adopt(person.key, wanted, holder, origin)
            case impossible:
                assert_never(impossible)

    def _wanted(self, person: Person, entitlement: Entitlement) -> Access:
        """What the rules give her, with what she herself opens doors with, as it fits there."""
        own = self.scene.door.credentials(person)
        return self.fit(entitlement.access.together(own))

    def _adopt(self, key: str, wanted: Access, holder: Holder, origin: Origin) -> None:
        agreed = Agreed(key, holder.id, wanted, holder.access)
        self.out.adoptions.append(Adoption(self.name, origin, agreed))

    def _due(
        self,
        person: Person,
        entitlement: Entitlement,
        wanted: Access,
        holder: Holder,
        origin: Origin,
        because: str,
    ) -> None:
        before, after = holder.access, wanted.over(holder.access)
        what = difference(before, after, self.scene.door.zone)
        self._add(
            Change(
                target=self.name,
                person=person.key,
                who=named(person),
                holder=holder.id,
                kind=kind_of(before, after),
                before=before,
                after=after,
                wanted=wanted,
                why=f"{_reasons(entitlement)}; {what}{because}",
                loss=loses(before, after, self.scene.now),
                gain=gains(before, after, self.scene.now),
                origin=origin,
            )
        )

    def _drifted(self, key: str, who: str, holder: Holder, agreed: Access) -> None:
        policy = self.scene.policy.drift
        self.out.drifts.append(Drift(self.name, key, who, holder.id, agreed, holder.access, policy))

    def _doubt(self, person: Person, match: Ambiguous) -> None:
        who = named(person)
        self.out.doubtful.append(
            Doubt(self.name, person.key, who, match.candidates, match.reason, match.remedy)
        )

    def _missing(self, person: Person, entitlement: Entitlement, reason: str) -> None:
        wanted = self._wanted(person, entitlement)
        if not self.whole or wanted.window.over_at(self.scene.now):
            return  # she may well be there, or has nothing to come in for
        link = self.scene.memory.links.get(person.key)
        if link is not None and link.holder in self.unread:
            reason = f"the record {link.holder} at {self.name} could not be understood"
        elif self.scene.policy.missing == "create":
            reason = self._newcomer(person, entitlement, wanted)
        if reason:
            self.out.unmatched.append(Missing(self.name, person.key, named(person), reason))

    def _newcomer(self, person: Person, entitlement: Entitlement, wanted: Access) -> str:
        """Plan a record for somebody; the reason why not, where it cannot be."""
        try:
            holder = self.scene.door.new_id(person)
        except Troubled as error:
            return f"{error.trouble.reason}; {error.trouble.remedy}"
        if holder in self.matcher.by_id or holder in self.unread or holder in self.used:
            return f"the id {holder} that this person would get is somebody else's"
        self.used.add(holder)
        self._add(
            Change(
                target=self.name,
                person=person.key,
                who=named(person),
                holder=holder,
                kind="create",
                before=None,
                after=wanted,
                wanted=wanted,
                why=f"{_reasons(entitlement)}; not at {self.name} yet",
                loss=False,
                gain=gains(None, wanted, self.scene.now),
                origin="created",
                newcomer=person,
            )
        )
        return ""

    def _lapses(self, entitled: Mapping[str, Entitlement]) -> None:
        """People whom the hub keeps here and to whom the registers no longer give anything."""
        gone: dict[str, Holder] = {}
        for key, last in self.scene.memory.agreed.items():
            holder = self.matcher.by_id.get(last.holder)
            if holder is not None and key not in entitled:
                gone[key] = holder
        kept = self._kept({holder.id for holder in gone.values()})
        for key, holder in sorted(gone.items()):
            asked = holder.id in self.used  # whose holder this is has become a question
            self.used.add(holder.id)
            if not asked and holder.id not in kept and not self._opened_again(key, holder):
                self._lapse(key, holder)

    def _kept(self, holders: Collection[str]) -> Collection[str]:
        """Those holders that may be somebody's of whom no register can be believed now."""
        memory = self.scene.memory
        owners = chain[Agreed | Link](memory.agreed.values(), memory.links.values())
        return {
            owner.holder
            for owner in owners
            if owner.holder in holders and not self._trusted(owner.person)
        }

    def _trusted(self, key: str) -> bool:
        """Whether what the register says of this person may take access away."""
        return self.scene.members.trusted(key) and key not in self.unclear

    def _opened_again(self, key: str, holder: Holder) -> bool:
        """Whether access that was over was given back at the target itself, and is left so."""
        last, now = self.scene.memory.agreed[key], self.scene.now
        left_so = self.scene.policy.drift != "put back"
        over = last.wanted.window.over_at(now) and not holder.access.window.over_at(now)
        if not (left_so and over):
            return False
        if last.shown != holder.access:
            self._drifted(key, self._called(key, holder), holder, last.shown)
            if self.scene.policy.drift == "accept":
                self._adopt(key, last.wanted, holder, "manual")
        return True

    def _called(self, key: str, holder: Holder) -> str:
        person = self.scene.members.by_key.get(key)
        return named(person) if person else known_as(holder)

    def _lapse(self, key: str, holder: Holder) -> None:
        scene = self.scene
        gone = self._gone(key)
        after = after_lapse(gone.policy, holder.access, scene.door, scene.now)
        if after == holder.access:
            return
        shown = in_words(holder.access, scene.door.zone)
        self._add(
            Change(
                target=self.name,
                person=key,
                who=self._called(key, holder),
                holder=holder.id,
                kind="delete" if after is None else "expire",
                before=holder.access,
                after=after,
                wanted=None,
                why=f"{key} {gone.reason}; access ({shown}) is taken away, {gone.because}",
                loss=after is None or loses(holder.access, after, scene.now),
                gain=False,
            )
        )

    def _gone(self, key: str) -> Gone:
        person, locked_at = self.scene.members.by_key.get(key), self._locked_at(key)
        if person is None:
            return lapsed("is no longer in the register", self.scene.policy.lapsed)
        if locked_at and self.entitlement_of(person.memberships, NOWHERE) is not None:
            return locked_out(locked_at)
        return lapsed("has no role for it any more", self.scene.policy.lapsed)

    def _orphans(self) -> None:
        for holder in self.matcher.by_id.values():
            if holder.id not in self.used:
                known = known_as(holder)
                self.out.orphans.append(Orphan(self.name, holder.id, known, holder.access))

    def _add(self, change: Change) -> None:
        """Take a change in, unless it would take access away on the word of half a read."""
        if not change.loss or (self.whole and self._trusted(change.person)):
            self.out.changes.append(change)


def _reasons(entitlement: Entitlement) -> str:
    return " and ".join(map(str, entitlement.reasons))
