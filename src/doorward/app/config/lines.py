"""On which line of a TOML text each key stands.

The parsers of the standard library and of tomlkit tell positions only of syntax errors. This scans
a text that has been parsed already, so it may assume that the text is valid TOML.
"""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Mapping
from typing import Any

KeyPath = tuple[str | int, ...]
"""Where a value stands: keys, and places in arrays counted from 0."""

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_KEY = re.compile(rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}#\r\n]+")


def locate(text: str) -> Mapping[KeyPath, int]:
    """The line of every table, key and array element of a valid TOML text, counted from 1."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.found


class _Scanner:
    """Walks through the text once, from left to right."""

    def __init__(self, text: str) -> None:
        self.found: dict[KeyPath, int] = {}
        self._text = text
        self._at = 0
        self._ends = [place.start() for place in re.finditer("\n", text)]
        self._elements: dict[KeyPath, int] = {}  # of an array of tables, how many there were

    def document(self) -> None:
        table: KeyPath = ()
        while self._next():
            table = self._header() if self._next() == "[" else self._pair(table)

    def _header(self) -> KeyPath:
        line = self._line()
        many = self._text.startswith("[[", self._at)
        self._at += 1 + many
        *above, last = self._key()
        self._at = self._text.index("]", self._at) + 1 + many
        path = self._entered((), above, line)
        return self._element((*path, last), line) if many else self._table((*path, last), line)

    def _entered(self, path: KeyPath, names: list[str], line: int) -> KeyPath:
        """The path through tables that are named on the way, the last of each array of them."""
        for name in names:
            path = self._current((*path, name))
            self.found.setdefault(path, line)
        return path

    def _element(self, array: KeyPath, line: int) -> KeyPath:
        self._elements[array] = self._elements.get(array, -1) + 1
        self.found.setdefault(array, line)
        return self._table((*array, self._elements[array]), line)

    def _table(self, path: KeyPath, line: int) -> KeyPath:
        self.found[path] = line
        return path

    def _current(self, path: KeyPath) -> KeyPath:
        return (*path, self._elements[path]) if path in self._elements else path

    def _pair(self, table: KeyPath) -> KeyPath:
        line = self._line()
        *above, last = self._key()
        path = (*self._entered(table, above, line), last)
        self.found[path] = line
        self._at = self._text.index("=", self._at) + 1
        self._value(path)
        return table

    def _value(self, path: KeyPath) -> None:
        match self._next():
            case "[":
                places = iter(range(len(self._text)))
                self._within("]", lambda: self._place((*path, next(places))))
            case "{":
                self._within("}", lambda: self._pair(path))
            case '"' | "'":
                self._take(_STRING)
            case _:
                self._take(_BARE)

    def _within(self, closing: str, one: Callable[[], object]) -> None:
        self._at += 1
        while self._next() != closing:
            one()
            if self._next() == ",":
                self._at += 1
        self._at += 1

    def _place(self, path: KeyPath) -> None:
        self.found[path] = self._line()
        self._value(path)

    def _key(self) -> list[str]:
        """The parts of a dotted key, unescaped by the parser itself."""
        self._next()
        inner: Any = tomllib.loads(f"{self._take(_KEY)} = 0")
        parts: list[str] = []
        while isinstance(inner, dict):
            ((part, inner),) = inner.items()
            parts.append(part)
        return parts

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise ValueError(f"line {self._line()} is not valid TOML")
        self._at = found.end()
        return found.group()

    def _next(self) -> str:
        """The first character after blanks and comments; empty at the end."""
        self._take(_BLANK)
        return self._text[self._at : self._at + 1]

    def _line(self) -> int:
        return bisect_left(self._ends, self._at) + 1
