"""What a setting may be, in words; and what was probably meant by a word that is unknown."""

import difflib
import typing
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import inspect

from doorward.net.secrets import Secret

_SHOWN = 60  # characters of a wrong value that are repeated to whoever wrote it


def kind_in_words(kind: Any) -> str:
    """What a value of this type looks like in the file."""
    return _words(inspect.type_info(kind))


def described(kind: Any) -> str:
    """The description that a field's annotation carries; "" without one."""
    info = inspect.type_info(kind)
    parts = info.types if isinstance(info, inspect.UnionType) else (info,)
    told = [part.extra_json_schema for part in parts if isinstance(part, inspect.Metadata)]
    return next((str(one["description"]) for one in told if one and "description" in one), "")


def _words(info: inspect.Type) -> str:
    match info:
        case inspect.Metadata(type=inner):
            return _words(inner)
        case inspect.UnionType(types=several):
            return _any_of(_words(one) for one in several if not isinstance(one, inspect.NoneType))
        case inspect.LiteralType(values=values):
            return _any_of(quoted(value) for value in values)
        case inspect.EnumType(cls=cls):
            return _any_of(quoted(one.value) for one in cls)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return f"a list, each entry {_words(item)}"
        case _:
            return _single(info)


def _single(info: inspect.Type) -> str:
    match info:
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType() | inspect.FloatType():
            return _number(info)
        case inspect.StrType() | inspect.CustomType():
            return _text(info)
        case inspect.StructType() | inspect.DictType():
            return "a table"
        case _:
            return "a value of another kind"


def _number(info: inspect.IntType | inspect.FloatType) -> str:
    words = "a whole number" if isinstance(info, inspect.IntType) else "a number"
    if info.ge is not None:
        words += f" from {info.ge:g}"
    if info.gt is not None:
        words += f" above {info.gt:g}"
    return words if info.le is None else f"{words} to {info.le:g}"


def _text(info: inspect.StrType | inspect.CustomType) -> str:
    match info:
        case inspect.CustomType(cls=cls) if cls is ZoneInfo:
            return 'a time zone such as "Europe/Stockholm"'
        case inspect.CustomType(cls=cls) if cls is Secret:
            return 'text in quotes, or better "env:NAME", "file:PATH" or "keyring:SERVICE/USER"'
        case inspect.StrType(min_length=int()):
            return "text in quotes, not empty"
        case _:
            return "text in quotes"


def hides(kind: Any) -> bool:
    """Whether values of this type are secret, so that a wrong one may be too."""
    return kind is Secret or any(map(hides, typing.get_args(kind)))


def shown(value: Any) -> str:
    """A wrong value as a message may repeat it: what came from a secret's place never is."""
    match value:
        case Secret():
            return "the secret it names"
        case str() | bool() | int() | float():
            text = quoted(value)
            return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            return "a date or time"


def quoted(value: object) -> str:
    """A plain value as the file writes it."""
    return msgspec.json.encode(value).decode()


def meant(word: str, known: Iterable[str]) -> str:
    """What an unknown word was probably meant to be; "" when nothing is near."""
    by_folded = {one.casefold(): one for one in known}
    near = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else ""


def instead(word: str, known: Iterable[str]) -> str:
    """The remedy for an unknown word: the near one, and all there are."""
    words = sorted(known)
    near = meant(word, words)
    guess = f"Did you mean '{near}'? " if near else ""
    return f"{guess}There is: {', '.join(words)}." if words else f"{guess}Leave it out."


def _any_of(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
