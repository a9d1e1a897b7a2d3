"""Markdown pages as tests look at them: headings, tables, code, links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
REFERENCE = ROOT / "docs" / "reference"

_FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code: the word after the fence, and what is in it."""

    info: str
    text: str


def name(page: Path) -> str:
    """A page's path, for messages and test ids."""
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> list[Block]:
    """The blocks of code."""
    return [Block(found["info"], found["text"]) for found in _FENCE.finditer(page.read_text())]


@cache
def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return _FENCE.sub("", page.read_text())


def spans(text: str) -> list[str]:
    """Code within lines."""
    return re.findall(r"`([^`\n]+)`", text)


def links(page: Path) -> list[str]:
    """Where a page's links lead, those to other places in the world left out."""
    found = re.findall(r"\]\(([^)\s]+)\)", prose(page))
    return [link for link in found if "://" not in link]


def anchors(page: Path) -> set[str]:
    """The names by which a page's headings are reached."""
    return {_slug(heading) for heading in _HEADING.findall(prose(page))}


def _slug(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.strip().replace(" ", "-")


def section(page: Path, heading: str) -> str:
    """What stands under a heading, to the next one of any depth. Raises for one that isn't."""
    text = prose(page)
    for found in _HEADING.finditer(text):
        if found[1] == heading:
            rest = text[found.end() :]
            following = _HEADING.search(rest)
            return rest[: following.start()] if following else rest
    raise AssertionError(f"{name(page)} has no heading '{heading}'")


def rows(text: str) -> Iterator[list[str]]:
    """The rows of all tables in a text, without their heads."""
    head = True
    for line in text.splitlines():
        if not line.startswith("|"):
            head = True
        elif re.fullmatch(r"\|[-| ]+\|", line):
            head = False
        elif not head:
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])]


def keys(text: str) -> dict[str, list[str]]:
    """The rows of a text's tables by the first code in their first cell."""
    return {spans(row[0])[0]: row for row in rows(text) if spans(row[0])}
