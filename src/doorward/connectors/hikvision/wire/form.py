"""JSON and XML as values: every body of the protocol goes through here, in and out.

XML is read by local name, in any namespace and any letter case, because both differ between
firmwares (Hikvision terminals as observed). It is written without a namespace unless one is given.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, Literal, TypeVar, cast

import msgspec
from lxml import etree

from doorward.net.xml import XmlRefused, local, parse

Dialect = Literal["documented", "terminal"]

MAX_BYTES = 16 * 1024 * 1024  # a documented page may hold a thousand people

S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")


class NotUnderstood(ValueError):
    """Bytes that are not the message they should be; the text says why and, if known, where.

    `shape`: they are proper JSON or XML, but not of the right shape.
    """

    def __init__(self, reason: str, *, shape: bool = True) -> None:
        super().__init__(reason)
        self.shape = shape

    @property
    def lacks(self) -> str:
        """The field that is missing; "" where it is not that."""
        found = _LACKING.search(str(self))
        return found[1] if found else ""

    @property
    def field(self) -> str:
        """The field that is missing or wrong, such as "planTemplateNo"; "" where not known."""
        place = str(self).rpartition(" - at `")[2].rstrip("`")
        return self.lacks or place.rpartition(".")[2].partition("[")[0].removeprefix("$")


_LACKING = re.compile(r"missing required field `(\w+)`")


def from_json(body: bytes | msgspec.Raw, kind: type[T], *, lax: bool = True) -> T:
    """A JSON body as `kind`. `lax` takes "5" for 5 and "true" for true. Raises NotUnderstood."""
    reader: msgspec.json.Decoder[T] = _decoder(cast("Hashable", kind), lax)
    return guarded(lambda: reader.decode(body))


@cache
def _decoder(kind: Any, lax: bool) -> "msgspec.json.Decoder[Any]":
    # One for each type: they cost more to make than to use.
    return msgspec.json.Decoder(kind, strict=not lax, dec_hook=_text)


def to_json(value: object) -> bytes:
    """A value as JSON; subclasses of str as their text."""
    return msgspec.json.encode(value, enc_hook=str)


def guarded(read: Callable[[], T]) -> T:
    """The one error that a reader has, whatever went wrong inside."""
    try:
        return read()
    except RecursionError:
        raise NotUnderstood("nested too deeply", shape=False) from None
    except (msgspec.MsgspecError, XmlRefused, ValueError, OverflowError) as error:
        shape = isinstance(error, msgspec.ValidationError)
        raise NotUnderstood(str(error), shape=shape) from None


def _text(kind: type, value: object) -> object:
    # Secret and CardNumber: text with a type of its own.
    if not isinstance(value, str):
        raise TypeError(f"Expected `str`, got `{type(value).__name__}`")
    return kind(value)


def is_xml(body: bytes) -> bool:
    """Whether a body is XML rather than JSON."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def root(body: bytes) -> etree._Element:
    """An XML body as a tree. Raises NotUnderstood."""
    return guarded(lambda: parse(body, max_bytes=MAX_BYTES))


def from_xml(element: etree._Element, kind: type[S]) -> S:
    """An element's children as `kind`. Raises NotUnderstood."""
    names, lists = shape(kind)
    return from_fields(children(element, names, lists), kind)


def from_fields(fields: Mapping[str, Any], kind: type[S]) -> S:
    """The `children` of an element as `kind`. Raises NotUnderstood."""
    return guarded(lambda: msgspec.convert(fields, kind, strict=False, dec_hook=_text))


def children(
    element: Iterable[etree._Element], names: Mapping[str, str], lists: frozenset[str]
) -> dict[str, Any]:
    """The child elements by name: text, a dict, or a list where a name repeats or is a list's.

    `names` gives the right spelling of a name in lower case; an unknown name stays as it came.
    Attributes are not kept.
    """
    found: dict[str, Any] = {}
    for child in element:
        name = names.get(local(child.tag)) or etree.QName(child).localname
        value = children(child, names, lists) if len(child) else (child.text or "").strip()
        if name in found:
            _repeat(found, name, value)
        else:
            found[name] = [value] if name in lists else value
    return found


def _repeat(found: dict[str, Any], name: str, value: object) -> None:
    before = found[name]
    if isinstance(before, list):
        before.append(value)
    else:
        found[name] = [before, value]


def leaves(element: etree._Element, kind: type[S]) -> S:
    """The child elements without children of their own, as `kind`. Raises NotUnderstood."""
    names, lists = shape(kind)
    plain = [child for child in element if not len(child)]
    return from_fields(children(plain, names, lists), kind)


@cache
def shape(kind: type[msgspec.Struct]) -> tuple[Mapping[str, str], frozenset[str]]:
    """All names that `kind` and what is in it have on the wire, and those of them that repeat."""
    names: dict[str, str] = {}
    lists: set[str] = set()
    _collect(msgspec.inspect.type_info(kind), names, lists)
    return names, frozenset(lists)


def _collect(info: msgspec.inspect.Type, names: dict[str, str], lists: set[str]) -> None:
    match info:
        case msgspec.inspect.StructType(fields=fields):
            for field in fields:
                names[field.encode_name.lower()] = field.encode_name
                if _repeats(field.type):
                    lists.add(field.encode_name)
                _collect(field.type, names, lists)
        case msgspec.inspect.UnionType(types=types):
            for inner in types:
                _collect(inner, names, lists)
        case msgspec.inspect.VarTupleType(item_type=item):
            _collect(item, names, lists)


def _repeats(info: msgspec.inspect.Type) -> bool:
    options = info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)
    return any(isinstance(option, msgspec.inspect.VarTupleType) for option in options)


def to_xml(name: str, value: Mapping[str, Any] | msgspec.Struct, namespace: str = "") -> bytes:
    """A document: dicts become elements, lists repeated ones, None nothing at all.

    Raises ValueError for a name or a text that XML cannot hold, such as one with a NUL.
    """
    parts = [_HEAD]
    space = f' xmlns="{_escaped(namespace)}"' if namespace else ""
    _write(parts, name, msgspec.to_builtins(value, enc_hook=str), space)
    return "".join(parts).encode()


_HEAD = "<?xml version='1.0' encoding='UTF-8'?>\n"
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile(f'[&<>"\r{_IMPOSSIBLE.pattern[1:]}')
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"})


def _write(parts: list[str], name: str, value: object, space: str = "") -> None:
    # Text, because a tree for each small message costs several times as much.
    tag = _tag(name)
    if not isinstance(value, dict):
        parts.append(f"<{tag}{space}>{_escaped(_shown(value))}</{tag}>")
        return
    parts.append(f"<{tag}{space}>")
    for inner, found in value.items():
        for item in found if isinstance(found, list | tuple) else (found,):
            if item is not None:
                _write(parts, inner, item)
    parts.append(f"</{tag}>")


@lru_cache(maxsize=512)
def _tag(name: str) -> str:
    """The name, if it can be an element's. Raises ValueError."""
    if etree.QName(name).localname != name:
        raise ValueError(f"an element cannot be called {name!r}")
    return name


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _escaped(text: str) -> str:
    if not _SPECIAL.search(text):
        return text
    if _IMPOSSIBLE.search(text):
        raise ValueError(f"XML cannot carry the control characters in {text!r}")
    return text.translate(_MARKUP)
