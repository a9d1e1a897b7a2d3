"""`init` and `check`: a configuration to start from, and what works of it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from doorward.app.checking import check_systems
from doorward.app.config import template
from doorward.app.hub import open_store
from doorward.app.notify import try_out
from doorward.cli.shell import Exit, shell, told
from doorward.cli.steps import AsJson
from doorward.core.ports import Finding


def init_command(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Where to write it.")] = None,
) -> None:
    """Write a commented configuration to start from. Never overwrites one."""
    here = shell(context)
    file = file or here.config
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(template())
    except FileExistsError:
        here.complain(f"{file} is there already; nothing was written", "Edit it, or name another.")
        raise typer.Exit(Exit.USAGE) from None
    here.out.print(f"Wrote [bold]{escape(str(file))}[/]. Fill it in, then: [bold]doorward check[/]")


def check_command(
    context: typer.Context,
    again: Annotated[
        bool, typer.Option("--again", help="Also try a login again that was refused before.")
    ] = False,
    notify: Annotated[
        bool, typer.Option("--notify", help="Also send a trial message to who would be told.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check the configuration, connections, logins, clocks and grants; say what to do.

    Also clears what the hub remembers of refused logins: a login that works again is used again.
    """
    with told(here := shell(context)):
        settings = here.settings()
        waiting = here.err.status("asking every system …")
        with open_store(settings) as store, waiting:
            found = asyncio.run(check_systems(settings, store, again=again))
            found += asyncio.run(try_out(settings.notify)) if notify else []
    cautions = settings.findings
    if as_json:
        here.print_json([_document(one) for one in (*cautions, *found)])
    else:
        _show(here.out, cautions, found)
    raise typer.Exit(Exit.OK if all(one.good for one in found) else Exit.FAILED)


def _show(console: Console, cautions: Sequence[Finding], found: Sequence[Finding]) -> None:
    table = Table(expand=True, header_style="bold")
    for name, ratio in (("", 1), ("system", 4), ("what", 5), ("found", 16)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for one in cautions:
        _row(table, one, "[yellow]![/]")
    for one in found:
        _row(table, one, "[red]✗[/]")
    console.print(table)


def _row(table: Table, one: Finding, bad: str) -> None:
    remedy = f"\n[bold]What to do:[/] {escape(one.remedy)}" if one.remedy else ""
    mark = "[green]✓[/]" if one.good else bad
    table.add_row(mark, escape(one.system), escape(one.subject), escape(one.text) + remedy)


def _document(one: Finding) -> dict[str, object]:
    return {
        "system": one.system,
        "what": one.subject,
        "good": one.good,
        "found": one.text,
        "remedy": one.remedy,
    }
