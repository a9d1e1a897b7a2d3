"""A configuration as tables of plain values, and where in the file each of them is written.

The TOML file and the document's INI file both become one, so that both are checked alike.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from doorward.app.config.lines import KeyPath
from doorward.app.config.problems import ConfigError, Problem

LARGEST = 1024 * 1024  # bytes
Tables = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is written: its line, and its name as the file has it."""

    line: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file says.

    `textual`: every value is text, as in an INI file, so "15" may stand for 15. `problems` and
    `cautions` are what was found while it was read; the values at `broken` are among them.
    """

    file: Path
    tables: Tables
    places: Mapping[KeyPath, Place]
    textual: bool = False
    broken: Collection[KeyPath] = ()
    problems: Sequence[Problem] = field(default=())
    cautions: Sequence[Problem] = field(default=())

    def place(self, path: KeyPath) -> Place:
        """Where a path is, or would be: then the line is that of what it would be in."""
        if path in self.places:
            return self.places[path]
        above = path
        while above and above not in self.places:
            above = above[:-1]
        if not above:
            return Place(1, dotted(path))
        found = self.places[above]
        return found if self.textual else Place(found.line, dotted(path))

    def problem(self, path: KeyPath, reason: str, remedy: str) -> Problem:
        """Something to say about the value at a path."""
        place = self.place(path)
        return Problem(self.file, place.line, place.name, reason, remedy)


def dotted(path: KeyPath) -> str:
    """A path as people write it: `rule[2].grant`, the elements of a list counted from 1."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += f".{part}" if text else part
    return text


def read_text(file: Path) -> str:
    """A file's text. Raises ConfigError for one that is missing, empty, too large or not UTF-8."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except FileNotFoundError:
        raise _refused(
            file, "there is no such file", "Write one to start from with: doorward init"
        ) from None
    except OSError as fault:
        reason = f"it cannot be read: {fault.strerror or fault}"
        raise _refused(file, reason, "Check the path, and who may read the file.") from None
    if len(content) > LARGEST:
        raise _refused(
            file, f"it is larger than {LARGEST} bytes", "Check that it is the right file."
        )
    return _decoded(file, content)


def _decoded(file: Path, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        remedy = "Save it as UTF-8 in your editor."
        raise _refused(file, "this is not UTF-8 text", remedy, line) from None
    if not text.strip():
        raise _refused(file, "the file is empty", "Write one to start from with: doorward init")
    return text


def _refused(file: Path, reason: str, remedy: str, line: int = 1) -> ConfigError:
    return ConfigError([Problem(file, line, "", reason, remedy)])
