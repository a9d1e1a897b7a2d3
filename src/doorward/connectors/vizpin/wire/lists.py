"""Rules for lists of objects and of days, and for objects that may come as a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from doorward.connectors.vizpin.wire import fields
from doorward.connectors.vizpin.wire.faults import Faulty
from doorward.connectors.vizpin.wire.moments import DAY
from doorward.connectors.vizpin.wire.rules import Nested


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of objects, `least` to `most` of them; one object alone is taken for a list of it."""

    kind: type[fields.Asked]
    least: int
    most: int

    def read(self, raw: object, where: str) -> tuple[Any, ...]:
        """The objects in order. Raises Faulty."""
        items = [raw] if isinstance(raw, dict) else raw
        if not isinstance(items, list):
            raise Faulty(where, "is not a list of objects")
        if not self.least <= len(items) <= self.most:
            raise Faulty(where, f"has not from {self.least} to {self.most} entries")
        return tuple(
            fields.read(self.kind, item, f"{where}[{place}]") for place, item in enumerate(items)
        )

    def write(self, value: Iterable[msgspec.Struct]) -> object:
        """The objects."""
        return [fields.unchecked(item) for item in value]


@dataclass(frozen=True, slots=True)
class Days:
    """A list of days, at most `most`."""

    most: int = 400

    def read(self, raw: object, where: str) -> tuple[str, ...]:
        """The days in order. Raises Faulty."""
        items = [raw] if isinstance(raw, str) and raw else raw
        if not isinstance(items, list):
            raise Faulty(where, "is not a list of days")
        if len(items) > self.most:
            raise Faulty(where, f"has more than {self.most} days")
        days = (DAY.read(item, f"{where}[{place}]") for place, item in enumerate(items))
        return tuple(filter(None, days))

    def write(self, value: Iterable[str]) -> object:
        """The days."""
        return list(value)


@dataclass(frozen=True, slots=True)
class Merged(Nested):
    """An object, or a list of objects that are put together into one."""

    def read(self, raw: object, where: str) -> Any:
        """The object. Raises Faulty."""
        return Nested.read(self, merged(raw, where) if isinstance(raw, list) else raw, where)


def merged(items: list[Any], where: str) -> dict[str, Any]:
    """One object of many: lists of one name follow each other. Raises Faulty where they clash."""
    whole: dict[str, Any] = {}
    for item in items:
        if not isinstance(item, dict):
            raise Faulty(where, "is not a list of objects")
        for name, value in item.items():
            whole[name] = _together(whole.get(name), value, where)
    return whole


def _together(before: Any, value: Any, where: str) -> Any:
    if isinstance(before, list) and isinstance(value, list):
        return before + value
    if before is None or before == "":
        return value
    if value is None or value == "" or (isinstance(value, str) and value == before):
        return before
    raise Faulty(where, "says the same thing twice, differently")
