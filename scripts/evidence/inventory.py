"""What there is to show of one protocol: tables of rows, and the columns in which tests stand."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

OURS = {
    **{"client": True, "hub": True, "settlement": True},
    **{"car park": False, "cloud": False, "both": False},
}
"""Who keeps a rule, and whether that is our side alone: then it says nothing of a real system."""


class UnknownName(ValueError):
    """A test claims to show something that is on no page."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A column of tests. `keyword`: how a test names it.

    `fidelity`: that a test in it says how the real system behaves, as far as we know it; so a
    test that orders faults from a twin cannot stand there.
    """

    keyword: str
    head: str
    fidelity: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to show. `ours`: what our own side does, so it says nothing of the real system."""

    name: str
    told: tuple[str, ...]
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page: `heads` are over what is `told` of each row, then come the axes."""

    heading: str
    heads: tuple[str, ...]
    axes: tuple[Axis, ...]
    rows: tuple[Row, ...]
    intro: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """All that there is to show of one protocol."""

    system: str
    title: str
    intro: str
    tables: tuple[Table, ...]

    def meant(self, keyword: str, pattern: str) -> Iterator[tuple[Axis, Row]]:
        """The cells that a word in a test's line stands for. Raises UnknownName for none."""
        found = [
            (axis, row)
            for table in self.tables
            for axis in table.axes
            for row in table.rows
            if axis.keyword == keyword and fnmatchcase(row.name, pattern)
        ]
        if not found:
            raise UnknownName(f"{self.system} has no {keyword} {pattern!r}")
        yield from found


RULE = Axis("rule", "shown by")


def rule_tables(file: Path) -> tuple[Table, ...]:
    """The rules in a TOML file: a table for each heading.

    Each rule is `name = ["what it says", "who keeps it", "where it is written"]`. Raises KeyError
    for somebody who is not in `OURS`.
    """
    chapters = tomllib.loads(file.read_text(encoding="utf-8"))
    heads = ("rule", "what it says", "kept by", "source")
    return tuple(
        Table(heading, heads, (RULE,), tuple(_rule(name, *told) for name, told in rules.items()))
        for heading, rules in chapters.items()
    )


def _rule(name: str, says: str, keeper: str, source: str) -> Row:
    return Row(name, (f"`{name}`", says, keeper, source), ours=OURS[keeper])
