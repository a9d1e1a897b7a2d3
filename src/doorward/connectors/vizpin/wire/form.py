"""JSON as values: every body of the protocol goes through here, in and out."""

import json
from collections.abc import Callable, Hashable
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from doorward.connectors.vizpin.wire.faults import NotUnderstood

MAX_BYTES = 1024 * 1024
"""The largest request that is read."""

T = TypeVar("T")

_DIGITS = 9
_COUNT_LIMIT = 10**_DIGITS


class Count(int):
    """A number that travels as text: `"200"`. Read from text or a number."""

    __slots__ = ()


def parse(body: bytes) -> Any:
    """A JSON text from outside, as dicts, lists and plain values. Raises NotUnderstood.

    Refuses what two readers may understand differently: a name twice in one object, NaN and
    Infinity, bytes that are not UTF-8. An unpaired surrogate is let through, because only the
    field's own check can name the field.
    """
    plain = _plain(body)
    return guarded(lambda: _LOADER.decode(body.decode("utf-8-sig"))) if plain is None else plain


def _plain(body: bytes) -> dict[str, Any] | None:
    """A call as most are, text alone in one object within another; None for any other text.

    Two of a name are found by the quotes, as no name and no value has one inside: each of them
    has two, and so have those that the reader lets fall.
    """
    if b"\\" in body:
        return None
    try:
        said = _PLAIN.decode(body)
    except (ValueError, RecursionError):
        return None
    texts = 2 * len(said)
    for value in said.values():
        if isinstance(value, dict):
            texts += 2 * len(value) - 1
    return said if body.count(b'"') == 2 * texts else None


_PLAIN = msgspec.json.Decoder(dict[str, str | dict[str, str]])


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotUnderstood("a name stands twice in one object")
    return found


def _refused(_name: str) -> Any:
    raise NotUnderstood("NaN and Infinity are not JSON")


_LOADER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refused)


def decode(body: bytes | msgspec.Raw, kind: type[T]) -> T:
    """A JSON text of exactly this form. Raises NotUnderstood."""
    reader: msgspec.json.Decoder[T] = _decoder(cast("Hashable", kind))
    return guarded(lambda: reader.decode(body))


def convert(value: object, kind: type[T]) -> T:
    """Plain values of exactly this form. Raises NotUnderstood."""
    return guarded(lambda: msgspec.convert(value, kind, dec_hook=from_text))


@cache
def _decoder(kind: Any) -> "msgspec.json.Decoder[Any]":
    # One for each type: they cost more to make than to use.
    return msgspec.json.Decoder(kind, dec_hook=from_text)


def encode(value: object) -> bytes:
    """A value as JSON; secrets as their text, counts as text."""
    return _ENCODER.encode(value)


_ENCODER = msgspec.json.Encoder(enc_hook=str)


def guarded(read: Callable[[], T]) -> T:
    """The one error that a reader has, whatever went wrong inside."""
    try:
        return read()
    except NotUnderstood:
        raise
    except RecursionError:
        raise NotUnderstood("nested too deeply") from None
    except (UnicodeError, json.JSONDecodeError):
        raise NotUnderstood("not JSON in UTF-8, or cut off") from None
    except ValueError as error:  # msgspec's own; a number of too many digits
        raise NotUnderstood(str(error)) from None


def from_text(kind: type, value: object) -> object:
    """A value of a type that travels as text: Secret, CardNumber, Count."""
    if kind is Count:
        return count(value)
    if not isinstance(value, str):
        raise ValueError(f"expected text, got {type(value).__name__}")  # noqa: TRY004
    return kind(value)


def count(value: object) -> Count:
    """A count from 0 up, given as text or as a number. Raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _COUNT_LIMIT:
        return Count(value)
    if isinstance(value, str) and len(value) <= _DIGITS and value.isascii() and value.isdigit():
        return Count(value)
    raise ValueError("expected a whole number from 0 of at most 9 digits")
