"""`parking`: who is in, how full the car parks were, and what does not add up."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from doorward.app.hub import utc_now
from doorward.app.parking.chart import chart
from doorward.app.parking.documents import view_document
from doorward.app.parking.files import make_private, write_private
from doorward.app.parking.looking import STRANGERS, Known, Seen, View, look
from doorward.app.parking.parks import car_parks
from doorward.app.parking.picture import picture
from doorward.app.parking.words import held, lasted, moment, place, plain
from doorward.cli.shell import shell, told
from doorward.cli.steps import AsJson
from doorward.cli.steps import Target as OnlyTarget
from doorward.cli.tables import show_table
from doorward.core.parking.entries import Record
from doorward.core.parking.presence import Stranger
from doorward.core.parking.visits import CarPark
from doorward.storage.store import Reader

MOST = 60  # lines of a table; the rest is counted, and whole in --json


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no day such as 2026-10-31") from None


def parking_command(
    context: typer.Context,
    target: OnlyTarget = None,
    day: Annotated[
        date | None,
        typer.Option(parser=_day, metavar="YYYY-MM-DD", help="Occupancy of this day, not today."),
    ] = None,
    max_stay: Annotated[
        float, typer.Option(metavar="HOURS", min=0, max=87_600, help="Who stays longer is listed.")
    ] = 24,
    picture_file: Annotated[
        Path | None,
        typer.Option("--picture", metavar="FILE", help="Also draw the occupancy, as SVG."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Who is in now, how full the car parks were over the day, and what does not add up.

    As the car parks have told it: nothing is asked of them.
    """
    with told(here := shell(context)):
        settings = here.settings()
        with Reader.open(settings.store_url) as store:
            parks = car_parks(settings, store, target)
            view = look(store, parks, utc_now(), day, timedelta(hours=max_stay))
        if picture_file:
            make_private(picture_file.absolute().parent)
            write_private(picture_file, picture(view))
        if as_json:
            here.print_json(view_document(view))
        else:
            show_view(here.out, view)


def show_view(out: Console, view: View) -> None:
    """The car parks, how full they were, who is in, and what does not add up."""
    out.print(_parks(view))
    _occupancy(out, view)
    _inside(out, view)
    _overdue(out, view)
    _strangers(out, view)


def _parks(view: View) -> Table:
    table = Table(title="Car parks", title_justify="left", header_style="bold", expand=True)
    for name, share in (("target", 3), ("last heard", 5), ("whitelist", 5)):
        table.add_column(name, ratio=share, overflow="fold")
    table.add_column("in now", justify="right")
    for seen in view.seen:
        inside = sum(1 for one in view.inside if one.record.visit.system == seen.target.name)
        table.add_row(escape(seen.target.name), _heard(seen, view), _known(seen), str(inside))
    return table


def _heard(seen: Seen, view: View) -> str:
    at = seen.sign.heard_at
    if at is None:
        return "[bold red]never[/]"
    text = f"{moment(at, seen.target.zone)}, {lasted(view.at - at)} ago"
    return f"[bold red]{text}: silent[/]" if seen.silent else text


def _known(seen: Seen) -> str:
    if seen.whitelist is None:
        return "[yellow]none acknowledged: every account counts as unknown[/]"
    known = seen.whitelist
    return f"{known.accounts} accounts, {known.cards} cards"


def _occupancy(out: Console, view: View) -> None:
    out.print(f"\n[bold]How full, {view.day}[/]", highlight=False)
    if not view.filled:
        out.print("[dim]Nobody was in.[/]")
    for filled in view.filled:
        name = f"{filled.target.name} · {place(CarPark(filled.number, filled.name))}"
        out.print(f"{escape(name)}: {filled.told}", highlight=False)
        for line in chart(filled):
            out.print(f"[blue]{line}[/]", soft_wrap=True, highlight=False)


def _inside(out: Console, view: View) -> None:
    title = f"In now: {len(view.inside)}"
    rows = [(_who(one), *_visit(one.record, view)) for one in view.inside]
    _list(out, title, (("person", 4), *_VISIT), rows)


def _overdue(out: Console, view: View) -> None:
    title = f"In for longer than {view.longest.total_seconds() / 3600:g} hours"
    rows = [(_who(one), *_visit(one.record, view)) for one in view.overdue]
    _list(out, f"[red]{title}: {len(rows)}[/]", (("person", 4), *_VISIT), rows)


def _strangers(out: Console, view: View) -> None:
    title = f"Unknown to the whitelist, open or ended since {view.day}"
    rows = [
        (_unknown(one), plain(one.record.visit.id), *_visit(one.record, view))
        for one in view.strangers
    ]
    columns = (("unknown", 2), ("transaction", 3), *_VISIT)
    _list(out, f"[yellow]{title}[/]", columns, rows)
    full = [
        name
        for name, many in Counter(one.record.visit.system for one in view.strangers).items()
        if many >= STRANGERS
    ]
    for name in full:
        out.print(f"[dim]of {escape(name)} the latest {STRANGERS} only[/]")


_VISIT = (("account", 3), ("where", 4), ("with", 3), ("since", 0), ("for", 0))


def _visit(record: Record, view: View) -> tuple[str, ...]:
    visit = record.visit
    zone = next(one.target.zone for one in view.seen if one.target.name == visit.system)
    test = " (test card)" if record.test else ""
    return (
        plain(visit.account),
        (f"{visit.system} · " if len(view.seen) > 1 else "") + place(visit.car_park),
        held(visit.entry.medium) + test,
        moment(visit.entry.at, zone),
        lasted((visit.exit.at if visit.exit else view.at) - visit.entry.at),
    )


def _who(known: Known) -> str:
    return known.holder.name or known.holder.person or "–"


def _unknown(stranger: Stranger) -> str:
    known = (("account", stranger.account_known), ("card", stranger.card_known))
    return ", ".join(name for name, is_known in known if not is_known)


def _list(
    out: Console,
    title: str,
    columns: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[str]],
) -> None:
    """A table under its title; nothing at all where there is nothing."""
    if not rows:
        return
    out.print(f"\n[bold]{title}[/]", highlight=False)
    show_table(out, columns, rows[:MOST])
    if len(rows) > MOST:
        out.print(f"[dim]… and {len(rows) - MOST} more; all of them with --json[/]")
