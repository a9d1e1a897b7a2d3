"""Why a message is refused: the status, the position in a list, the field, and readable words.

WinCardCore 3.3, 1.3: 400 for data that are built wrongly, 422 for content that is invalid. Here
400 is what is not JSON, or lacks an element, or has one of the wrong type; 422 is a value out of
range, too long, or at odds with another.
"""

import re
from typing import Literal

import msgspec

Status = Literal[400, 422]


class Fault(ValueError):
    """A message that is refused as a whole.

    `position`: of the record, counted from 1; None outside of a list. `field`: the path inside the
    record, such as "Card[0].Media[1].MediaId"; "" for the record itself.
    """

    def __init__(
        self, status: Status, reason: str, field: str = "", position: int | None = None
    ) -> None:
        super().__init__(status, reason, field, position)
        self.status: Status = status
        self.reason = reason
        self.field = field
        self.position = position

    def __str__(self) -> str:
        position = "" if self.position is None else f"position {self.position}"
        place = ", ".join(part for part in (position, self.field) if part)
        return f"{place}: {self.reason}" if place else self.reason


class Odd:
    """What stands in for a value that no element may have; the decoder then names the place."""


class Repeated(Odd):
    """An element that stands twice in one object."""


class BrokenText(Odd):
    """Text with half of a surrogate pair, which is no Unicode text."""


class NulText(Odd):
    """Text with U+0000, which stores cannot keep."""


class NumberAsText(Odd):
    """An amount in quotation marks."""


class EndlessNumber(Odd):
    """A number beyond everything that can be computed with."""


_ODD: dict[str, tuple[Status, str]] = {
    Repeated.__name__: (400, "stands twice"),
    BrokenText.__name__: (400, "holds half of a surrogate pair, which is no text"),
    NulText.__name__: (422, "holds the character U+0000"),
    NumberAsText.__name__: (400, "has to be a number, not text"),
    EndlessNumber.__name__: (422, "is out of range"),
}

_KINDS = {
    "str": "text",
    "int": "a whole number",
    "decimal": "a decimal number",
    "bool": "true or false",
    "datetime": "a date and time",
    "object": "an object",
    "array": "an array",
}

_POSITION = re.compile(r"\[(\d+)\]\.?")
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_TYPE = re.compile(r"Expected `(.+)`, got `(.+)`")
_LENGTH = re.compile(r"Expected `str` of length ([<>])= (\d+)")
_RANGE = re.compile(r"Expected `\w+` ([<>])= (-?\d+)")
_LISTED = re.compile(r"Invalid enum value (.+)")
_OWN = re.compile(r"([A-Z][\w.\[\]]*): (.*)", re.DOTALL)
_TIMES = {
    "Expected `datetime` with no timezone component": "has an offset; a local time has none",
    "Expected `datetime` with a timezone component": "has no offset from UTC",
    "Invalid RFC3339 encoded datetime": "is no date and time, such as 2026-02-01T09:00:22",
}


def fault_of(error: msgspec.ValidationError, first: int | None = None) -> Fault:
    """What the decoder found, in the words of this protocol.

    `first`: the number of the first record where the message is a list.
    """
    said, _, path = str(error).partition(" - at `$")
    status, reason, inner = _judged(said)
    position = None
    if first is not None and (found := _POSITION.match(path)):
        position, path = first + int(found[1]), path[found.end() :]
    path = path.removesuffix("`").removeprefix(".")
    field = ".".join(part for part in (path, inner) if part)
    return Fault(status, reason, field, position)


def _judged(said: str) -> tuple[Status, str, str]:
    """Status, reason, and the field below the path."""
    if found := _MISSING.fullmatch(said):
        return 400, "is missing", found[1]
    if found := _TYPE.fullmatch(said):
        wanted, got = (_KINDS.get(kind, kind) for kind in (found[1].split(" | ")[0], found[2]))
        return *_ODD.get(found[2], (400, f"has to be {wanted}, not {got}")), ""
    return 422, *_value(said)


def _value(said: str) -> tuple[str, str]:
    if found := _LENGTH.fullmatch(said):
        return ("is empty" if found[1] == ">" else f"is longer than {found[2]} characters"), ""
    if found := _RANGE.fullmatch(said):
        return f"is {'below' if found[1] == '>' else 'above'} {found[2]}", ""
    if found := _LISTED.fullmatch(said):
        return f"{found[1]} is none of the listed values", ""
    if said in _TIMES:
        return _TIMES[said], ""
    # What a message says of itself when it is made: "Price: missing with Status 1".
    found = _OWN.fullmatch(said)
    return (found[2], found[1]) if found else (said, "")
