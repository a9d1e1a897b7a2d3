"""Write the coverage pages from what the tests say that they show.

    .venv/bin/python scripts/coverage_pages.py          # writes docs/reference/*-coverage.md
    .venv/bin/python scripts/coverage_pages.py --gaps   # prints what no test shows, writes nothing

How a test says it: `scripts/evidence/__init__.py`.
"""

import sys
from pathlib import Path

from evidence import vizpin, wincardcore
from evidence.declared import Declaration, declarations
from evidence.inventory import Page, UnknownName
from evidence.page import gaps, markdown, shown

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
CONNECTORS = ROOT / "tests" / "connectors"


def pages() -> tuple[Page, ...]:
    """The pages that are made."""
    return (
        vizpin.page(CONNECTORS / "vizpin" / "rules.toml"),
        wincardcore.page(CONNECTORS / "wincardcore" / "rules.toml"),
    )


def declared() -> list[Declaration]:
    """What all tests say. Raises BadDeclaration, and UnknownName for a page that is none."""
    found = list(declarations(ROOT / "tests"))
    known = {page.system for page in pages()}
    for one in found:
        if one.system not in known:
            raise UnknownName(f"{one.where}: there is no page {one.system!r}")
    return found


def file_of(page: Page) -> Path:
    """Where a page stands."""
    return REFERENCE / f"{page.system}-coverage.md"


def main(arguments: list[str]) -> None:
    """Write the pages, or print the gaps."""
    found = declared()
    for page in pages():
        if "--gaps" in arguments:
            sys.stdout.writelines(
                f"{page.system} {gap}\n" for gap in gaps(page, shown(page, found))
            )
        else:
            file_of(page).write_text(markdown(page, found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
