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
_CHUNKS = (slice(0, 5), slice(5, 10), slice(10, 15))


def new_id(kind: Kind, number: int) -> str:
    """The id of the object of this kind with this number."""
    plain = f"{PREFIXES[kind]}{number:012d}"
    return plain + "".join(_guard(plain[chunk]) for chunk in _CHUNKS)


def _guard(chunk: str) -> str:
    """A character that says which of five are capital letters."""
    return _LETTERS[sum(1 << place for place, sign in enumerate(chunk) if "A" <= sign <= "Z")]


class Counter:
    """Gives ids, each once: `last` is the highest number that was given."""

    def __init__(self, last: int = 0) -> None:
        self.last = last

    def __call__(self, kind: Kind) -> str:
        """The next id."""
        self.last += 1
        return new_id(kind, self.last)
