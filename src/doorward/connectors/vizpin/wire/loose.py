"""An answer that differs in form from the printed one, brought into that form.

Names in other spellings, numbers or booleans for text, null or "" for what is unset, a list of one
for an object, an object for a list of it, attributes that are not known here. What a message
cannot do without is not made up: a missing list of users is never an empty one.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.inspect import CustomType, Field, StrType, StructType, Type, UnionType, VarTupleType

from doorward.connectors.vizpin.wire.fields import fold
from doorward.connectors.vizpin.wire.form import Count


def loosened(value: object, kind: type[msgspec.Struct]) -> object:
    """The same, as near to the printed form as it can be brought."""
    return _fitted(value, msgspec.inspect.type_info(kind))


def _fitted(value: object, info: Type) -> object:
    match info:
        case StructType():
            return _object(value, info)
        case UnionType(types=types):
            said = _single(value)
            chosen = _chosen(said, types)
            return said if chosen is None else _fitted(said, chosen)
        case VarTupleType(item_type=item):
            items = [value] if isinstance(value, dict) else value
            return [_fitted(one, item) for one in items] if isinstance(items, list) else items
        case StrType() | CustomType() if getattr(info, "cls", str) is not Count:
            return _text(value)
        case _:
            return value


def _text(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _single(value: object) -> object:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _object(value: object, info: StructType) -> object:
    said = _single(value)
    if not isinstance(said, dict):
        return said
    folded = {fold(name): held for name, held in said.items()}
    found = {field.encode_name: _part(folded, field) for field in info.fields}
    kept = {name: part for name, part in found.items() if part is not None}
    return kept if info.tag is None else {**kept, "type": info.tag}


def _part(folded: Mapping[str, Any], field: Field) -> object:
    value = folded.get(fold(field.encode_name))
    empty = value in ("", [], {}) and not isinstance(field.type, StrType | CustomType)
    unset = value is None or (empty and not field.required)
    return None if unset else _fitted(value, field.type)


def _chosen(value: object, types: tuple[Type, ...]) -> Type | None:
    """The kind of schedule that is meant. One that is not known is none: never taken for 24x7."""
    if not isinstance(value, dict):
        return types[0]
    said = value.get("type")
    kind = said.strip().lower() if isinstance(said, str) else ""
    tagged = (info for info in types if isinstance(info, StructType))
    return next((info for info in tagged if info.tag == kind), None)
