"""A plan as people read it: a table in a terminal, Markdown in a ticket."""

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from doorward.core.changes import Change
from doorward.core.guard import Hold, held_back
from doorward.core.people import Access
from doorward.core.plan import Plan
from doorward.core.sync import Report
from doorward.core.words import moment

WIDE = 120  # columns of a terminal from which the ends have a column of their own
MOST = 60  # lines of a table; the rest is counted, and whole in --json
STYLES: Mapping[str, str] = {
    "create": "green",
    "extend": "green",
    "move": "cyan",
    "change": "cyan",
    "shorten": "yellow",
    "expire": "red",
    "delete": "bold red",
}


def show_plan(
    console: Console, plan: Plan, zones: Mapping[str, ZoneInfo], most: int = MOST
) -> None:
    """The plan: what would be written, then what holds it, then what needs a person.

    `most`: so many of the changes have a line.
    """
    changes = list(plan.changes)
    if changes:
        console.print(_table(changes[:most], plan, zones, wide=console.width >= WIDE))
        _rest(console, len(changes) - most, "changes")
    elif not plan.troubles:
        console.print("[green]Nothing to change:[/] every door agrees with the register.")
    _systems(console, plan)
    _unreadable(console, plan)
    _questions(console, plan)
    _asides(console, plan)
    show_holds(console, plan.holding)
    many = f"{len(changes)} change{'' if len(changes) == 1 else 's'}"
    console.print(f"[dim]plan {plan.digest[:12]} · {many}[/]")


def _table(
    changes: list[Change], plan: Plan, zones: Mapping[str, ZoneInfo], *, wide: bool
) -> Table:
    table = Table(title="Plan", title_justify="left", header_style="bold", expand=True)
    table.add_column("change", no_wrap=True)
    table.add_column("target", overflow="fold")
    table.add_column("person", ratio=5, overflow="fold")
    if wide:
        table.add_column("ends", no_wrap=True)
    table.add_column("why", ratio=12, overflow="fold")
    for change in changes:
        held = held_back(change, plan.holds) is not None
        kind = f"[{STYLES[change.kind]}]{change.kind}[/]" + ("\n[magenta]held[/]" if held else "")
        step = (ends(change, zones[change.target]),) if wide else ()
        who, why = escape(change.who.replace(" <", "\n<")), escape(change.why)
        table.add_row(kind, escape(change.target), who, *step, why)
    return table


def ends(change: Change, zone: ZoneInfo) -> str:
    """The step from one end of access to the other."""
    return f"{_end(change.before, zone)} → {_end(change.after, zone)}"


def _end(access: Access | None, zone: ZoneInfo) -> str:
    return "no access" if access is None else moment(access.window.end, zone)


def _systems(console: Console, plan: Plan) -> None:
    for one in plan.troubles:
        what = "was read only in part" if one.partly else "could not be read"
        text = f"{escape(one.trouble.reason)}\n[bold]What to do:[/] {escape(one.trouble.remedy)}"
        title = f"{one.system} {what}; nobody loses access through it"
        console.print(Panel(text, title=escape(title), border_style="red", title_align="left"))


def _unreadable(console: Console, plan: Plan) -> None:
    if not plan.faulty:
        return
    table = _small("Records that cannot be read: nothing of theirs is changed", "red")
    for system, record in plan.faulty[:MOST]:
        told = f"{record.reason}\n{record.remedy}"
        table.add_row(escape(system), escape(record.key or record.where), escape(told))
    console.print(table)
    _rest(console, len(plan.faulty) - MOST, "unreadable records")


def _questions(console: Console, plan: Plan) -> None:
    doubts = [one for part in plan.proposals for one in part.doubtful]
    if doubts:
        table = _small("Doubtful: whose are these? Nothing of theirs is changed", "yellow")
        for one in doubts[:MOST]:
            table.add_row(
                escape(one.target), escape(one.who), escape(f"{one.reason}\n{one.remedy}")
            )
        console.print(table)
        _rest(console, len(doubts) - MOST, "doubtful people")
    missing = [one for part in plan.proposals for one in part.unmatched]
    if missing:
        table = _small("May come in, but not found at the target", "yellow")
        for gone in missing[:MOST]:
            table.add_row(escape(gone.target), escape(gone.who), escape(gone.reason))
        console.print(table)
        _rest(console, len(missing) - MOST, "people")


def _small(title: str, style: str) -> Table:
    table = Table(title=f"[{style}]{title}[/]", title_justify="left", expand=True)
    for name, ratio in (("target", 3), ("person", 6), ("what is known", 14)):
        table.add_column(name, ratio=ratio, overflow="fold")
    return table


def _asides(console: Console, plan: Plan) -> None:
    """What changes nothing but should be known, one line each."""
    for part in plan.proposals:
        facts = [
            (len(part.adoptions), "in step already, kept from now on"),
            (len(part.drifts), "changed at the target itself (see --json)"),
            (len(part.orphans), "with access but nobody's in the register (see --json)"),
        ]
        told = "; ".join(f"{count} {what}" for count, what in facts if count)
        if told:
            console.print(f"[dim]{escape(part.target)}: {told}[/]")


def show_holds(console: Console, holds: Sequence[Hold]) -> None:
    """Why the guard holds, and how to say yes to this very plan."""
    if not holds:
        return
    lines = [f"[bold]{escape(hold.target)}[/]: {escape(hold.reason)}" for hold in holds]
    lines.append(
        "Nothing of this was written. If it is right: "
        "[bold]doorward plan --out plan.json[/], read it, then "
        "[bold]doorward apply plan.json --approve-held[/]"
    )
    console.print(
        Panel(
            "\n".join(lines), title="Held by the guard", border_style="magenta", title_align="left"
        )
    )


def _rest(console: Console, count: int, what: str) -> None:
    if count > 0:
        console.print(f"[dim]… and {count} more {what}; all of them with --json[/]")


def show_report(console: Console, report: Report) -> None:
    """How a run ended, and why it did not do all."""
    applied = report.applied
    _systems(console, report.plan)
    _unreadable(console, report.plan)
    for result in applied.failed[:MOST]:
        trouble = result.settlement.trouble
        reason = (
            f"{trouble.reason} [bold]What to do:[/] {escape(trouble.remedy)}" if trouble else ""
        )
        console.print(
            f"[red]✗[/] {escape(result.change.target)}: {escape(result.change.who)}: {reason}"
        )
    for target, trouble in applied.owed.items():
        told = f"{target} asks for what it had confirmed, and did not get it: {trouble.reason}"
        console.print(f"[red]✗[/] {escape(told)} [bold]What to do:[/] {escape(trouble.remedy)}")
    style = {"ok": "green", "held": "magenta"}.get(report.verdict, "red")
    counts = [
        (len(applied.done), "written and read back"),
        (len(applied.failed), "failed"),
        (len(applied.untried), "left for the next run"),
        (report.deferred, "waiting for their next try"),
        (len(report.settlements), "settled from an earlier run"),
    ]
    done = ", ".join(f"{count} {what}" for count, what in counts if count)
    console.print(f"[{style}]{report.verdict}[/]: {done or 'nothing was to be written'}")
    show_holds(console, report.holds)


def markdown(plan: Plan, zones: Mapping[str, ZoneInfo]) -> Iterator[str]:
    """The plan as Markdown lines."""
    yield f"# Doorward plan `{plan.digest[:12]}`"
    yield ""
    yield "| target | person | change | ends | why |"
    yield "|---|---|---|---|---|"
    for change in plan.changes:
        held = " (held)" if held_back(change, plan.holds) else ""
        cells = (
            change.target,
            change.who,
            change.kind + held,
            ends(change, zones[change.target]),
            change.why,
        )
        yield "| " + " | ".join(_cell(cell) for cell in cells) + " |"
    for hold in plan.holding:
        yield f"\n**Held** {_cell(hold.target)}: {_cell(hold.reason)}"
    for trouble in plan.troubles:
        told = f"{trouble.trouble.reason} {trouble.trouble.remedy}"
        yield f"\n**Not read** {_cell(trouble.system)}: {_cell(told)}"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
