"""JSON as values, and back: every body of the protocol goes through here.

There are two ways in. `_quick` lets the decoder make the types at once; what it made is only taken
when it says everything that the body says, which the quotation marks tell (`_says_all`). `_careful`
takes whatever is left: what the document's examples show and its text does not (times without
seconds, `Mediald`, `Infold`, one object where a list is due, null for what may be missing), and it
finds the place of what is wrong.
"""

import json
import re
from collections.abc import Hashable
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from doorward.connectors.wincardcore.wire.faults import (
    BrokenText,
    EndlessNumber,
    Fault,
    NulText,
    NumberAsText,
    Odd,
    Repeated,
    fault_of,
)

T = TypeVar("T")

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def write(value: object) -> bytes:
    """A message as it is sent; amounts as numbers with their two places."""
    return _ENCODER.encode(value)


def read(body: bytes, kind: type[T]) -> T:
    """A message of this type. Raises Fault."""
    quick = _quick(body, kind)
    return _careful(body, kind) if quick is None else quick


def read_list(body: bytes, kind: type[T], first: int = 1) -> tuple[T, ...]:
    """A list of records, or one alone; `first` is the number of the first. Raises Fault."""
    many = cast("type[tuple[T, ...]]", _list_of(cast("Hashable", kind)))
    quick = _quick(body, many)
    return _careful(body, many, first) if quick is None else quick


def checked(value: T) -> T:
    """The value, if a receiver takes it: sizes and ranges too. Raises Fault."""
    return read(write(value), type(value))


@cache
def _list_of(kind: Hashable) -> Any:
    return tuple[kind, ...]  # type: ignore[valid-type]


@cache
def _decoder(kind: Hashable) -> "msgspec.json.Decoder[Any]":
    # One for each type: they cost more to make than to use.
    return msgspec.json.Decoder(kind)


# An ASCII character or half of a pair, written as an escape: it may hide a name or a quote.
_HIDDEN = re.compile(rb"\\u(?:00[0-7]|[dD][89a-fA-F])")


def _quick(body: bytes, kind: type[T]) -> T | None:
    try:
        if b"\\u" in body and _HIDDEN.search(body):
            return None
        if not body.isascii():
            body.decode()  # the decoder skips over unknown elements without a look
        value: T = _decoder(cast("Hashable", kind)).decode(body)
        return value if _says_all(body, value) else None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _says_all(body: bytes, value: object) -> bool:
    """Whether nothing of the body was passed over.

    Each name and each text has its two quotation marks, and whatever was given is written again.
    So a repeated or unknown element, a null, or an amount in quotation marks leaves some over.
    """
    return body.count(b'"') == _ENCODER.encode(value).count(b'"')


def _careful(body: bytes, kind: type[T], first: int | None = None) -> T:
    tree = _tree(body)
    if first is not None:
        tree = [_text(item) for item in (tree if isinstance(tree, list) else [tree])]
    try:
        return msgspec.convert(tree, kind)
    except msgspec.ValidationError as error:
        raise fault_of(error, first) from None


def _tree(body: bytes) -> Any:
    """JSON as plain values, with an `Odd` where a value is none. Raises Fault."""
    try:
        return _READER.decode(body.decode().removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        raise Fault(400, f"byte {error.start + 1} is not UTF-8") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Fault(400, f"not JSON at {place}: {error.msg}") from None
    except RecursionError:
        raise Fault(400, "nested too deeply") from None
    except _NotANumber as error:
        raise Fault(400, f"not JSON: {error}") from None
    except ValueError:  # Python's limit on the digits of a whole number
        raise Fault(422, "a number has too many digits") from None


class _NotANumber(ValueError):
    """NaN or Infinity, which JSON has not."""


def _no_constant(text: str) -> Any:
    raise _NotANumber(text)


def _decimal(text: str) -> Decimal | Odd:
    try:
        return Decimal(text)
    except ArithmeticError:
        return EndlessNumber()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            found[name] = Repeated()
        elif value is not None:
            found[name] = _element(name, value)
    for printed, meant in _MISPRINTS.items():
        if printed in found:
            found.setdefault(meant, found.pop(printed))
    if "CardKey" in found:
        _listed(found, "Media")
    _listed(found, "Card")
    _listed(found, "DiscountOnPriceGross")
    return found


_MISPRINTS = {"Mediald": "MediaId", "Infold": "InfoId"}
_MOMENTS = frozenset({"DateTime", "ValidFrom", "ValidTo"})
_AMOUNTS = frozenset({"PriceGross", "VatPercentage", "Amount"})


def _element(name: str, value: Any) -> Any:
    if isinstance(value, str):
        if name in _AMOUNTS:
            return NumberAsText()
        return _moment(value) if name in _MOMENTS else _text(value)
    return value


_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def _text(value: Any) -> Any:
    if isinstance(value, str) and (found := _NO_TEXT.search(value)):
        return NulText() if found[0] == "\x00" else BrokenText()
    return value


_ISO = re.compile(
    r"(?P<minute>\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d)(?P<second>:\d\d(?:\.\d+)?)?"
    r"(?P<offset>[Zz]|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)


def _moment(text: str) -> str:
    """With seconds, and an offset with minutes; what is no time stays as it is."""
    found = _ISO.fullmatch(text)
    if found is None:
        return text
    offset = found["offset"] or ""
    if len(offset) == len("+01"):
        offset += ":00"
    return f"{found['minute']}{found['second'] or ':00'}{offset}"


def _listed(found: dict[str, Any], name: str) -> None:
    if isinstance(found.get(name), dict):
        found[name] = [found[name]]


_READER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_decimal, parse_constant=_no_constant
)
