"""A declared message read from what was sent, and written again.

A message is a Struct; each field that a caller may send carries its rule in its annotation
(`Annotated[str, Field(...)]`, or an alias of such). Names are found without regard to letter case
and underscores, because the document spells them differently in text and samples (`accountid`,
`account_id`, `accountId`); truly different names are listed as `also`. Unknown names are passed
over. `null` is the same as leaving a field out.
"""

import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import UNSET

from doorward.connectors.vizpin.wire.faults import Fault, Faulty


class Rule(Protocol):
    """What a field may hold."""

    def read(self, raw: object, where: str) -> Any:
        """What was sent, as a value. Raises Faulty, naming `where`."""
        ...

    def write(self, value: Any) -> object:
        """The value as it is sent; None for one that is left out."""
        ...


@dataclass(frozen=True, slots=True)
class Field:
    """How a field is read and written, and what else it is called."""

    rule: Rule
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spec:
    """A field of a message: `name` on the wire, `attribute` in Python."""

    name: str
    attribute: str
    rule: Rule
    also: tuple[str, ...]
    required: bool

    @property
    def keys(self) -> tuple[str, ...]:
        """All its names, folded."""
        return tuple(dict.fromkeys(fold(name) for name in (self.name, *self.also)))


class Asked(msgspec.Struct, frozen=True):
    """What a caller asks. Subclasses say in `fault` what fields may not say together."""

    def fault(self) -> Fault | None:
        """What is wrong between fields that are each right."""
        return None


S = TypeVar("S", bound=Asked)


def fold(name: str) -> str:
    """A name without what differs between spellings."""
    return name.replace("_", "").lower()


@cache
def specs(kind: type[msgspec.Struct]) -> tuple[Spec, ...]:
    """The fields of a message that a caller may send, in order."""
    hints = typing.get_type_hints(kind, include_extras=True)
    return tuple(
        Spec(field.encode_name, field.name, declared.rule, declared.also, field.required)
        for field in msgspec.structs.fields(kind)
        for declared in _declared(hints[field.name])
    )


def _declared(hint: Any) -> Iterator[Field]:
    yield from (item for item in getattr(hint, "__metadata__", ()) if isinstance(item, Field))
    for inner in typing.get_args(hint):
        yield from _declared(inner)


@cache
def _plan(kind: type[msgspec.Struct]) -> tuple[tuple[Spec, tuple[str, ...]], ...]:
    return tuple((spec, spec.keys) for spec in specs(kind))


@cache
def _names(kind: type[msgspec.Struct]) -> frozenset[str]:
    return frozenset(spec.name for spec in specs(kind))


def read(kind: type[S], raw: object, path: str = "") -> S:
    """What was sent as `kind`. Raises Faulty for the first field that cannot be taken."""
    if isinstance(raw, dict) and raw.keys() <= _names(kind):
        values = _as_printed(kind, raw, path)
    else:
        values = _as_spelled(kind, raw, path)
    message = kind(**values)
    refuse(message.fault(), path)
    return message


def _as_printed(kind: type[S], said: Mapping[str, Any], path: str) -> dict[str, Any]:
    """The values of an object that has no other names than the printed ones, as most have."""
    values: dict[str, Any] = {}
    for spec in specs(kind):
        name = spec.name
        value = said.get(name)
        if value is not None:
            values[spec.attribute] = spec.rule.read(value, f"{path}.{name}" if path else name)
        elif spec.required:
            raise Faulty(f"{path}.{name}" if path else name, "is required")
    return values


def _as_spelled(kind: type[S], raw: object, path: str) -> dict[str, Any]:
    """The values of any object. For one in printed names they are those of `_as_printed`."""
    said = folded(raw, path)
    values: dict[str, Any] = {}
    for spec, keys in _plan(kind):
        where = f"{path}.{spec.name}" if path else spec.name
        value = pick(said, keys, where)
        if value is not None:
            values[spec.attribute] = spec.rule.read(value, where)
        elif spec.required:
            raise Faulty(where, "is required")
    return values


def refuse(fault: Fault | None, path: str = "") -> None:
    """Raises Faulty for a fault that there is, seen from the object at `path`."""
    if fault:
        found = fault.under(path)
        raise Faulty(found.field, found.reason)


def folded(raw: object, path: str) -> Mapping[str, list[Any]]:
    """An object's values by folded name. Raises Faulty for anything else."""
    if not isinstance(raw, dict):
        raise Faulty(path or "params", "is not an object")
    said: dict[str, list[Any]] = {}
    for name, value in raw.items():
        said.setdefault(fold(name), []).append(value)
    return said


def pick(said: Mapping[str, list[Any]], keys: tuple[str, ...], where: str) -> Any:
    """The value under any of these names; None where there is none. Raises Faulty for two."""
    found = [value for key in keys for value in said.get(key, ()) if value is not None]
    # Only plain values are compared: a comparison of deep ones may not come back.
    if len(found) > 1 and any(isinstance(v, dict | list) or v != found[0] for v in found):
        raise Faulty(where, "is given twice, differently")
    return found[0] if found else None


def write(value: Asked) -> dict[str, object]:
    """The fields that are given, by name. Raises Faulty: nothing is sent that can't be taken."""
    written = unchecked(value)
    read(type(value), written)
    return written


def unchecked(value: msgspec.Struct) -> dict[str, object]:
    """The fields that are given, by name, for a message that is checked as a whole."""
    given = ((spec, getattr(value, spec.attribute)) for spec in specs(type(value)))
    written = {
        spec.name: spec.rule.write(said)
        for spec, said in given
        if said is not UNSET and said is not None
    }
    return {name: part for name, part in written.items() if part is not None}


def given(value: msgspec.Struct) -> dict[str, Any]:
    """What a caller said, by attribute; what he left out is not in it."""
    return {
        spec.attribute: said
        for spec in specs(type(value))
        if (said := getattr(value, spec.attribute)) is not UNSET
    }


def fault_in(
    kind: type[msgspec.Struct], value: msgspec.Struct, without: tuple[str, ...] = ()
) -> Fault | None:
    """What is wrong with a whole object, by the rules of `kind` for the same attributes."""
    try:
        for spec in specs(kind):
            if spec.attribute not in without:
                held = getattr(value, spec.attribute)
                spec.rule.read(spec.rule.write(held), spec.name)
    except Faulty as faulty:
        return faulty.fault
    return None
