"""Ids in the platform's form: 15 characters, and 3 that guard their letter case.

A prefix says the kind of object, a number counts them, so ids of one kind sort by age. The last
three characters are made as the platform makes them (Salesforce, 18-character record ids).
"""

from typing import Literal

Kind = Literal[
    "account",
    "location",
    "reader",
    "settings",
    "role",
    "user",
    "credential",
    "vizpin",
    "schedule",
    "element",
    "activity",
    "oem",
]

PREFIXES: dict[Kind, str] = {
    "account": "a0M",
    "location": "a0j",
    "reader": "a0c",
    "settings": "a0d",
    "role": "a0w",
    "user": "a0q",
    "credential": "a0k",
    "vizpin": "a0a",
    "schedule": "a0s",
    "element": "a0e",
    "activity": "a0t",
    "oem": "a0o",
}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def _guard(chunk: str) -> str:
    """A character that says which of five are capital letters."""
    return _LETTERS[sum(1 << place for place, sign in enumerate(chunk) if "A" <= sign <= "Z")]


# Digits are no capitals, so the guard of an id is that of its prefix.
_GUARDS = {kind: f"{_guard(prefix)}AA" for kind, prefix in PREFIXES.items()}


def new_id(kind: Kind, number: int) -> str:
    """The id of the object of this kind with this number."""
    return f"{PREFIXES[kind]}{number:012d}{_GUARDS[kind]}"


class Counter:
    """Gives ids, each once: `last` is the highest number that was given."""

    def __init__(self, last: int = 0) -> None:
        self.last = last

    def __call__(self, kind: Kind) -> str:
        """The next id."""
        self.last += 1
        return new_id(kind, self.last)
