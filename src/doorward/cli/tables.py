"""Tables and times as the listings print them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table


def show_table(
    console: Console, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]]
) -> None:
    """A table with these columns (name, share of the width); says so where there is nothing.

    A share of 0 is a column as wide as what is in it.
    """
    table = Table(header_style="bold", expand=True)
    for name, ratio in columns:
        table.add_column(name, ratio=ratio or None, no_wrap=not ratio, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    console.print(table if table.row_count else "[dim]Nothing here.[/]")


def clock_time(instant: datetime | None) -> str:
    """An instant on this machine's clock, to the second; "never" for none."""
    return "never" if instant is None else instant.astimezone().strftime("%Y-%m-%d %H:%M:%S")
