"""`settle`: a month of the car parks billed, and its statements written."""

import asyncio
import getpass
import json
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from doorward.app.config import Settings
from doorward.app.hub import open_store, utc_now
from doorward.app.parking.documents import account_document
from doorward.app.parking.parks import car_parks, left_out
from doorward.app.parking.settling import Account, drafted, settle_all
from doorward.cli.progress import Steps, bars
from doorward.cli.shell import Shell, shell, told
from doorward.cli.steps import AsJson
from doorward.cli.steps import Target as OnlyTarget
from doorward.core.parking.money import ZERO
from doorward.core.parking.months import Month
from doorward.core.parking.statements import RateTotal
from doorward.storage.store import Reader

MOST = 60  # accounts of the table; the rest is counted, and whole in the files and in --json


def _month(text: str) -> Month:
    try:
        return Month.of(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def settle_command(
    context: typer.Context,
    month: Annotated[
        Month, typer.Option(parser=_month, metavar="YYYY-MM", help="The month to bill.")
    ],
    target: OnlyTarget = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be billed; write nothing.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where the statements go, instead of statements/YYYY-MM by the configuration.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bill a month's parking: statements per account as CSV and PDF, and a summary.

    A month that is settled stays as it is; its statements are written once more. Ends with 1, and
    bills nothing, when the month is not over or when sums that are computed twice differ.
    """
    if dry_run and out:
        raise typer.BadParameter("a dry run writes no files: leave out --out or --dry-run")
    with told(here := shell(context)):
        settings = here.settings()
        with bars(here.err) as steps:
            if dry_run:
                found = _dry(here, settings, month, target, steps)
            else:
                folder = out or settings.folder / "statements" / str(month)
                found = _real(here, settings, month, target, folder, steps)
            if as_json:
                _print_list(map(account_document, found))
            else:
                show_settled(here.out, month, found, dry_run=dry_run)


def _dry(
    here: Shell, settings: Settings, month: Month, target: str | None, steps: Steps
) -> Iterator[Account]:
    with Reader.open(settings.store_url) as store:
        parks = car_parks(settings, store, target)
        _warn(here, settings, store)
        yield from drafted(store, parks, month, utc_now(), steps)


def _real(
    here: Shell,
    settings: Settings,
    month: Month,
    target: str | None,
    folder: Path,
    steps: Steps,
) -> Iterator[Account]:
    # Loading what draws PDFs takes time that no other command should need.
    from doorward.app.parking.statements import write_statements  # noqa: PLC0415

    with open_store(settings) as store:
        parks = car_parks(settings, store, target)
        _warn(here, settings, store)
        by = getpass.getuser()
        settled = asyncio.run(settle_all(store, parks, month, utc_now(), by, steps))
        for park, one in zip(parks, settled, strict=True):
            yield from write_statements(store, park, one, folder, steps(f"writing {park.name}"))
    here.err.print(f"[dim]written: {escape(str(folder))}[/]", soft_wrap=True)


def _warn(here: Shell, settings: Settings, store: Reader) -> None:
    for name in left_out(settings, store):
        text = f"{name} delivered visits and is not in the configuration: it is not settled"
        here.err.print(f"[bold yellow]![/] {escape(text)}", soft_wrap=True)


def _print_list(documents: Iterable[object]) -> None:
    """One JSON list, written as it comes: it may be long."""
    before = "[\n"
    for one in documents:
        sys.stdout.write(before + json.dumps(one, ensure_ascii=False))
        before = ",\n"
    sys.stdout.write("[]\n" if before == "[\n" else "\n]\n")


def show_settled(out: Console, month: Month, found: Iterable[Account], *, dry_run: bool) -> None:
    """The accounts, and what they come to by target and VAT rate."""
    table, sums = _table(month, dry_run=dry_run), _Sums()
    for account in found:
        sums.add(account)
        if sums.accounts <= MOST:
            table.add_row(*map(escape, _cells(account)))
    if not sums.accounts:
        out.print(f"[dim]{month}: nothing was to be billed.[/]")
        return
    out.print(table)
    if sums.accounts > MOST:
        out.print(f"[dim]… and {sums.accounts - MOST} more accounts; all of them with --json[/]")
    out.print(sums.table())
    if dry_run:
        out.print("[yellow]A dry run:[/] nothing was billed, nothing was written.")


def _table(month: Month, *, dry_run: bool) -> Table:
    title = f"{'What would be billed' if dry_run else 'Statements'}, {month} (EUR)"
    table = Table(title=title, title_justify="left", header_style="bold", expand=True)
    table.add_column("statement", no_wrap=True)
    for name, share in (("target", 3), ("account", 3), ("person", 4)):
        table.add_column(name, ratio=share, overflow="fold")
    for name in ("lines", "net", "VAT", "gross"):
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _cells(account: Account) -> tuple[str, ...]:
    one, totals = account.statement, account.statement.totals
    whose = (one.number or "draft", one.system, one.account, account.holder.name or "–")
    return (*whose, str(totals.lines), str(totals.net), str(totals.vat), str(totals.gross))


class _Sums:
    """What the accounts come to, by target and VAT rate."""

    def __init__(self) -> None:
        self.accounts = 0
        self._rates: dict[tuple[str, Decimal], RateTotal] = {}

    def add(self, account: Account) -> None:
        """Count an account in."""
        self.accounts += 1
        for one in account.statement.totals.rates:
            key = account.park.name, one.rate
            before = self._rates.get(key, RateTotal(one.rate, ZERO, ZERO))
            self._rates[key] = RateTotal(one.rate, before.gross + one.gross, before.vat + one.vat)

    def table(self) -> Table:
        """A line for each, and one for all."""
        shown = Table(title=f"In all, {self.accounts} accounts", title_justify="left")
        for name in ("target", "VAT rate", "net", "VAT", "gross"):
            shown.add_column(name, justify="left" if name == "target" else "right")
        for (target, rate), one in sorted(self._rates.items()):
            money = map(str, (one.net, one.vat, one.gross))
            shown.add_row(escape(target), f"{rate} %", *money)
        shown.add_section()
        shown.add_row("all", "", *map(str, self._whole()), style="bold")
        return shown

    def _whole(self) -> tuple[Decimal, Decimal, Decimal]:
        found = self._rates.values()
        gross = sum((one.gross for one in found), ZERO)
        vat = sum((one.vat for one in found), ZERO)
        return gross - vat, vat, gross
