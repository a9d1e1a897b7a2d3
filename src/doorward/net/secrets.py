"""Values that must never be shown: masked by their type, not by where somebody remembers to.

A message field annotated `Secret` or `CardNumber` is masked in repr, and its wire name is masked
in every recorded call (`masked_names`).
"""

import typing
from collections.abc import Iterator
from typing import Any

import msgspec

MASK = "•••"


class Secret(str):
    """A password, key or token. Stays text; shows as a mask."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"


class CardNumber(str):
    """A card number or tag id: personal, and enough to copy a card.

    Shows its last two digits, of a short one none.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"CardNumber({MASK}{self[-2:] if len(self) > 4 else ''})"


def masked_names(*messages: type[msgspec.Struct]) -> frozenset[str]:
    """The wire names, in lower case, of all `Secret` and `CardNumber` fields, nested ones too."""
    seen: set[type] = set()
    return frozenset(name.lower() for message in messages for name in _names(message, seen))


def _names(message: type[msgspec.Struct], seen: set[type]) -> Iterator[str]:
    if message in seen:
        return
    seen.add(message)
    hints = typing.get_type_hints(message, include_extras=True)
    for field in msgspec.structs.fields(message):
        for kind in _leaves(hints[field.name]):
            if issubclass(kind, Secret | CardNumber):
                yield field.encode_name
            elif issubclass(kind, msgspec.Struct):
                yield from _names(kind, seen)


def _leaves(hint: Any) -> Iterator[type]:
    """The plain classes inside a hint: `list[Card] | None` gives list, Card and NoneType."""
    if typing.get_origin(hint) is None and isinstance(hint, type):
        yield hint
    for inner in typing.get_args(hint):
        yield from _leaves(inner)
