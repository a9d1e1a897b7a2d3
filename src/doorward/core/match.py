"""Who at a target is which person: ordered rules, and never a guess.

A rule that finds several is narrowed by the next ones; what stays open, or is claimed by two
people, is a question for a person.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, assert_never

from doorward.core.people import Holder, Person
from doorward.core.ports import Link, Origin, TargetMemory

KeyRule = Literal["email", "phone", "employee_no", "extra"]
MatchRule = Literal["link"] | KeyRule


@dataclass(frozen=True, slots=True)
class Matched:
    """One holder, and how it was found."""

    holder: Holder
    origin: Origin


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """More than one answer, or one that contradicts another. `candidates` are holder ids."""

    candidates: tuple[str, ...]
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """No holder."""

    reason: str


Match = Matched | Ambiguous | Unmatched


def folded(text: str) -> str:
    """A key with what does not count taken away: letter case, blanks around, forms of a letter."""
    if text.isascii():
        return text.strip().lower()
    caseless = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", caseless).strip()


def _person_emails(person: Person) -> Iterable[str]:
    return person.emails


def _person_phone(person: Person) -> Iterable[str]:
    return (person.phone,)


def _person_number(person: Person) -> Iterable[str]:
    return (person.number,)


def _person_extras(person: Person) -> Iterable[str]:
    return (*person.emails, person.number, person.key)


_KEYS: Mapping[
    KeyRule, tuple[Callable[[Person], Iterable[str]], Callable[[Holder], Iterable[str]]]
] = {
    "email": (_person_emails, lambda holder: holder.emails),
    "phone": (_person_phone, lambda holder: (holder.phone,)),
    "employee_no": (_person_number, lambda holder: (holder.number,)),
    "extra": (_person_extras, lambda holder: (holder.extra,)),
}


class _Claims:
    """Who claims which holder. Hardly any is claimed twice, so only those get a list."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self.several: dict[str, list[str]] = {}

    def add(self, holder: str, key: str) -> None:
        first = self._first.setdefault(holder, key)
        if first is not key:
            self.several.setdefault(holder, [first]).append(key)


class Matcher:
    """Matches the people of one run with the holders of one target."""

    def __init__(
        self, holders: Sequence[Holder], memory: TargetMemory, rules: Sequence[MatchRule]
    ) -> None:
        self.by_id = {holder.id: holder for holder in holders}
        links = memory.links if "link" in rules else {}
        self._links = {
            key: link for key, link in links.items() if (key, link.holder) not in memory.apart
        }
        self._apart = memory.apart
        self._taken = {link.holder: link.person for link in self._links.values()}
        self._rules: list[KeyRule] = [rule for rule in rules if rule != "link"]

    def everybody(
        self, people: Iterable[Person], others: Iterable[Person] = ()
    ) -> dict[str, Match]:
        """Each person's match by key; one holder is never given to two people.

        `others` are members to whom nothing is given here: a holder found anew who may as well be
        one of theirs is not given away either.
        """
        found = {person.key: self.one(person) for person in people}
        claims = _Claims()
        found_anew: set[str] = set()
        for key, match in found.items():
            if isinstance(match, Matched):
                claims.add(match.holder.id, key)
                if key not in self._links:
                    found_anew.add(match.holder.id)
        for person in others if found_anew else ():
            match = self.one(person)
            if isinstance(match, Matched) and match.holder.id in found_anew:
                claims.add(match.holder.id, person.key)
        for holder, keys in claims.several.items():
            shared = _shared(holder, sorted(keys))
            found.update((key, shared) for key in keys if key in found)
        return found

    def one(self, person: Person) -> Match:
        """A person's match, as if she were alone."""
        link = self._links.get(person.key)
        if link is not None:
            return self._linked(link)
        candidates: Sequence[str] = ()
        for rule, index in self._indexes.items():
            hits = self._hits(person, rule, index)
            narrowed = [holder for holder in candidates if holder in hits] if candidates else hits
            candidates = narrowed or candidates
            if len(candidates) == 1:
                return self._checked(person, candidates[0], rule)
        if candidates:
            return _several(person, candidates)
        return Unmatched("no holder with " + " or ".join(self._sought(person)))

    @cached_property
    def _indexes(self) -> Mapping[KeyRule, Mapping[str, Sequence[str]]]:
        """Made when the first person without a link comes: most runs know nearly everybody."""
        holders = self.by_id.values()
        return {rule: _index(rule, holders) for rule in self._rules}

    def _linked(self, link: Link) -> Match:
        holder = self.by_id.get(link.holder)
        if holder is None:
            return Unmatched(f"linked to {link.holder}, which the target no longer has")
        return Matched(holder, link.origin)

    def _hits(self, person: Person, rule: KeyRule, index: Mapping[str, Sequence[str]]) -> list[str]:
        hits: dict[str, None] = {}
        for value in _KEYS[rule][0](person):
            hits.update(dict.fromkeys(index.get(folded(value), ())))
        return [holder for holder in hits if (person.key, holder) not in self._apart]

    def _checked(self, person: Person, holder: str, rule: KeyRule) -> Match:
        owner = self._taken.get(holder)
        if owner is not None and owner != person.key:
            return Ambiguous(
                (holder,),
                f"{holder} was found by {_WORDS[rule]}, but is linked to {owner}",
                f"if it is the same person: doorward links set {person.key} {holder}",
            )
        found = self.by_id[holder]
        if not _agrees(rule, person, found):
            value = next(iter(_KEYS[rule][0](person)))
            return Ambiguous(
                (holder,),
                f"{holder} has the {_WORDS[rule]} {value}, but is called '{found.name}'",
                f"if it is '{person.name}' all the same: doorward links set {person.key} {holder}",
            )
        return Matched(found, rule)

    def _sought(self, person: Person) -> list[str]:
        """What was looked for, in words."""
        if not self._rules:
            return [f"a link to {person.key}"]
        sought = [
            f"{_WORDS[rule]} {value}"
            for rule in self._rules
            for value in _KEYS[rule][0](person)
            if value
        ]
        return sought or ["anything to know this person by: no e-mail address, no number"]


_WORDS: Mapping[str, str] = {
    "email": "e-mail",
    "phone": "phone number",
    "employee_no": "employee number",
    "extra": "the extra slot",
}


def _index(rule: KeyRule, holders: Iterable[Holder]) -> Mapping[str, Sequence[str]]:
    index: dict[str, Sequence[str]] = {}
    several: defaultdict[str, list[str]] = defaultdict(list)
    keys = _KEYS[rule][1]
    for holder in holders:
        for key in map(folded, keys(holder)):
            if key and index.setdefault(key, (holder.id,))[0] is not holder.id:
                several[key].append(holder.id)
    index.update((key, (*index[key], *others)) for key, others in several.items())
    return index


def _several(person: Person, candidates: Sequence[str]) -> Ambiguous:
    return Ambiguous(
        tuple(candidates),
        f"{len(candidates)} holders fit: {', '.join(candidates[:5])}",
        f"say which one it is: doorward links set {person.key} HOLDER",
    )


def _shared(holder: str, keys: Sequence[str]) -> Ambiguous:
    return Ambiguous(
        (holder,),
        f"{len(keys)} people fit {holder}: {', '.join(keys[:5])}",
        f"say whose it is: doorward links set PERSON {holder}",
    )


def _agrees(rule: KeyRule, person: Person, found: Holder) -> bool:
    """Whether the name bears a find out, where the key alone is too weak.

    Numbers are given to somebody else in time, and a household may share one phone: there it is
    the last name that counts.
    """
    match rule:
        case "employee_no":
            return names_agree(person.name, found.name)
        case "phone":
            return names_agree(person.last_name, found.name)
        case "email" | "extra":
            return True
        case _:
            assert_never(rule)


def names_agree(one: str, other: str) -> bool:
    """Whether two names could be the same person's: a word in common, or one of them empty."""
    words, others = _words(one), _words(other)
    return not words or not others or not words.isdisjoint(others)


def _words(name: str) -> set[str]:
    return set(folded(name).replace(",", " ").split())
