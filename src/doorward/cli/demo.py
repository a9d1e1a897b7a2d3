"""`demo`: the whole story in a minute, with twins instead of hardware."""

import asyncio
import os
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.rule import Rule

from doorward.app.demo import (
    PASSWORD,
    Stage,
    broken_register,
    half_gone,
    phone_at_door,
    renewal,
    stage,
    traffic,
)
from doorward.app.explain import explain
from doorward.app.hub import zones
from doorward.app.parking.looking import look
from doorward.app.parking.settling import settle_all
from doorward.app.runs import apply_reviewed, plan, quiet, sync
from doorward.cli.activity import show_activity
from doorward.cli.parking import show_view
from doorward.cli.service import stopping
from doorward.cli.settle import show_settled
from doorward.cli.shell import shell, told
from doorward.cli.show_plan import show_holds, show_plan, show_report
from doorward.cli.tables import clock_time
from doorward.core.apply import Approval
from doorward.core.parking.months import Month
from doorward.core.ports import silent
from doorward.core.windows import SECOND
from doorward.twinkit.clock import ClockOrder

LINES = 16  # of the plan: enough to see what it is like


def demo_command(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="End after the story.")] = False,
    people: Annotated[int, typer.Option(min=20, max=20_000, help="Members of the club.")] = 500,
) -> None:
    """See it work: a register, a door, phones and a car park, all emulated, and a hub for them.

    Without --once the emulated systems stay up to play with.
    """
    os.environ["DOORWARD_DEMO_PASSWORD"] = PASSWORD
    with told(here := shell(context)), tempfile.TemporaryDirectory(prefix="doorward-") as folder:
        asyncio.run(_play(here.out, Path(folder), people, once))


async def _play(out: Console, folder: Path, people: int, once: bool) -> None:
    async with stage(folder, people) as on:
        out.print(
            f"A club of [bold]{people}[/] members in Cardskipper, a door terminal, phones that open"
            " doors, and a car park: all emulated, on this machine."
        )
        await _membership(out, on)
        await _trouble(out, on)
        await _phones(out, on)
        await _parking(out, on, folder)
        if not once:
            await _stay(out, on)


def _chapter(out: Console, title: str) -> None:
    out.print(Rule(title, align="left"))


async def _membership(out: Console, on: Stage) -> None:
    _chapter(out, "1. The plan: renewals nobody copied, phones and a car park that are new")
    made = (await plan(on.desk)).plan
    show_plan(out, made, zones(on.settings), LINES)

    _chapter(out, "2. Somebody reads it and says yes to this very plan; each write is confirmed")
    report = await apply_reviewed(on.desk, Approval(made.digest, "demo", held=True))
    show_report(out, report)
    done = Counter(one.change.target for one in report.applied.done)
    out.print(", ".join(f"{target}: {many}" for target, many in sorted(done.items())))

    name = renewal(on, 365)
    _chapter(out, f"3. {name} renews; the next run finds it")
    show_report(out, await sync(on.desk, "demo"))
    await _door_and_audit(out, on)


async def _trouble(out: Console, on: Stage) -> None:
    left, before = half_gone(on), on.writes()
    _chapter(out, f"4. The register tells of {left} members only")
    show_holds(out, (await sync(on.desk, "demo")).holds)
    out.print(f"Writes to the door meanwhile: [bold]{on.writes() - before}[/]")

    broken_register(on)
    _chapter(out, "5. The register's line breaks")
    show_report(out, await sync(on.desk, "demo"))
    out.print(f"Writes to the door meanwhile: [bold]{on.writes() - before}[/]")
    on.twins["register"].faults.order([])
    on.twins["register"].world.reset()


async def _phones(out: Console, on: Stage) -> None:
    _chapter(out, "6. Two phones at the pool, one of them from next door; the hub hears of both")
    await phone_at_door(on, "Pool")
    show_activity(out, on.desk.store.events.search(system="phones"))


async def _parking(out: Console, on: Stage, folder: Path) -> None:
    # Loading what draws PDFs takes time that no other command should need.
    from doorward.app.parking.statements import write_statements  # noqa: PLC0415

    garage, clock = on.settings.targets["garage"], on.twins["garage"].world.clock
    day = on.desk.clock().astimezone(garage.zone).date() + timedelta(days=1)
    came = await traffic(on, day)
    _chapter(out, f"7. A day at the car park: {came} cars came and went")
    show_view(out, look(on.desk.store, [garage], on.desk.clock(), day))

    month = Month(day.year, day.month)
    clock.order(ClockOrder(now=month.end(garage.zone) + SECOND))
    _chapter(out, f"8. The month is over: {month} is settled, once")
    [done] = await settle_all(on.desk.store, [garage], month, on.desk.clock(), "demo", quiet)
    files = folder / "statements" / str(month)
    found = write_statements(on.desk.store, garage, done, files, silent)
    show_settled(out, month, found, dry_run=False)
    out.print(f"[dim]as PDF and CSV:[/] {len(list(files.iterdir()))} files")


async def _door_and_audit(out: Console, on: Stage) -> None:
    """What the doors say now of the person written last, and what the record says."""
    for update in on.desk.store.history.updates(limit=1):
        told = await explain(on.settings, on.desk.store, update.person)
        for at in told.targets:
            if at.holder:
                out.print(f"[dim]door: [/] {at.target.name}: {escape(at.verdict)}")
        when = clock_time(update.settled_at)
        out.print(f"[dim]audit:[/] {when} {escape(update.who)}: {update.kind}, {update.state}")
        out.print(f"[dim]why:  [/] {escape(update.why)}")


async def _stay(out: Console, on: Stage) -> None:
    on.twins["garage"].world.clock.order(ClockOrder())
    _chapter(out, "Yours to play with; Ctrl-C ends it")
    for name in on.twins:
        out.print(f"{name:9} {on.urls[name]}/_twin/", soft_wrap=True)
    command = f"DOORWARD_DEMO_PASSWORD={PASSWORD} doorward --config {on.settings.file} plan"
    out.print(f"hub       {command}", soft_wrap=True)
    await stopping().wait()
