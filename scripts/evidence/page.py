"""A page of evidence as Markdown: every row, and under each axis the tests that show it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from evidence.declared import Declaration
from evidence.inventory import Axis, Page, Row, Table, UnknownName

NOT_TESTED = "not tested"
NEVER_COMPARED = "unknown"
REAL = Axis("real", "real system")
"""Tests that replay what was recorded from the real system."""
NAMED = 3
"""So many tests are named in a cell; the ones that show the least else come first."""

Shown = Mapping[tuple[str, str], Mapping[str, int]]
"""The tests of a cell (keyword, name of the row), each with how many cells its word stood for."""


class FaultsAreNoEvidence(ValueError):
    """A test that orders faults from a twin claims to show how the real system behaves."""


def fidelity(page: Page, shows: Iterable[tuple[str, tuple[str, ...]]]) -> list[str]:
    """What of this says how the real system behaves. Raises UnknownName."""
    return [
        f"{keyword} {row.name}"
        for keyword, words in shows
        for word in words
        for axis, row in page.meant(keyword, word)
        if axis.fidelity and not row.ours
    ]


def shown(page: Page, declared: Iterable[Declaration]) -> Shown:
    """The tests of each cell. Raises UnknownName and FaultsAreNoEvidence."""
    cells: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for one in declared:
        if one.system == page.system:
            _judge(page, one)
            for keyword, words in one.shows:
                for word in words:
                    names = {row.name for _, row in page.meant(keyword, word)}
                    for name in names:
                        cell = cells[keyword, name]
                        cell[one.test] = min(len(names), cell.get(one.test, len(names)))
    return cells


def _judge(page: Page, one: Declaration) -> None:
    try:
        claimed = fidelity(page, one.shows)
    except UnknownName as error:
        raise UnknownName(f"{one.where}: {error}") from None
    if one.orders_faults and claimed:
        raise FaultsAreNoEvidence(f"{one.where} orders faults and claims {claimed[0]}")


def markdown(page: Page, declared: Iterable[Declaration]) -> str:
    """The whole page. Raises UnknownName and FaultsAreNoEvidence."""
    mine = [one for one in declared if one.system == page.system]
    cells = shown(page, mine)
    parts = [f"# {page.title}", page.intro, _count(page, cells)]
    parts += ["\n".join(_table(table, cells)) for table in page.tables]
    parts.append("\n".join(_files(mine)))
    return "\n\n".join(parts) + "\n"


def gaps(page: Page, cells: Shown) -> list[str]:
    """The cells that no test shows, those of real systems left out."""
    return [
        f"{axis.keyword} {row.name}"
        for table in page.tables
        for axis in table.axes
        for row in table.rows
        if axis != REAL and (axis.keyword, row.name) not in cells
    ]


def _count(page: Page, cells: Shown) -> str:
    lines = ["| | rows | " + "not tested, by column |", "|---|---|---|"]
    for table in page.tables:
        missing = (
            (axis, sum((axis.keyword, row.name) not in cells for row in table.rows))
            for axis in table.axes
        )
        told = ", ".join(
            f"{axis.head}: {number} {'unknown' if axis == REAL else 'open'}"
            for axis, number in missing
            if number
        )
        lines.append(f"| {table.heading} | {len(table.rows)} | {told or 'none'} |")
    return "\n".join(lines)


def _table(table: Table, cells: Shown) -> Iterator[str]:
    yield f"## {table.heading}\n"
    if table.intro:
        yield f"{table.intro}\n"
    heads = (*table.heads, *(axis.head for axis in table.axes))
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for row in table.rows:
        tests = (_cell(axis, row, cells) for axis in table.axes)
        yield f"| {' | '.join((*row.told, *tests))} |"


def _cell(axis: Axis, row: Row, cells: Shown) -> str:
    tests = cells.get((axis.keyword, row.name), {})
    if not tests:
        return NEVER_COMPARED if axis == REAL else NOT_TESTED
    ordered = sorted(tests, key=lambda test: (tests[test], test))
    names = ", ".join(f"`{test}`" for test in ordered[:NAMED])
    more = len(ordered) - NAMED
    return f"{names} and {more} more" if more > 0 else names


def _files(declared: Iterable[Declaration]) -> Iterator[str]:
    tests: defaultdict[str, set[str]] = defaultdict(set)
    for one in declared:
        tests[one.where.partition(":")[0]].add(one.test)
    yield "## Where the tests are\n"
    yield "| file | tests |"
    yield "|---|---|"
    for file in sorted(tests):
        yield f"| `{file}` | {len(tests[file])} |"
