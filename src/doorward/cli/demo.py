"""`demo`: the whole story in a minute, with twins instead of hardware."""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.rule import Rule

from doorward.app.demo import PASSWORD, Stage, stage
from doorward.app.explain import explain
from doorward.app.hub import open_store, zones
from doorward.app.runs import Desk, apply_reviewed, plan, sync
from doorward.cli.service import stopping
from doorward.cli.shell import shell, told
from doorward.cli.show_plan import show_holds, show_plan, show_report
from doorward.cli.tables import clock_time
from doorward.core.apply import Approval


def demo_command(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="End after the story.")] = False,
    people: Annotated[int, typer.Option(min=20, max=20_000, help="Members of the club.")] = 500,
) -> None:
    """See it work: a club's register and a door terminal, both emulated, and a hub between them.

    Without --once the emulated systems stay up to play with.
    """
    os.environ["DOORWARD_DEMO_PASSWORD"] = PASSWORD
    with told(here := shell(context)), tempfile.TemporaryDirectory(prefix="doorward-") as folder:
        asyncio.run(_play(here.out, Path(folder), people, once))


async def _play(console: Console, folder: Path, people: int, once: bool) -> None:
    async with stage(folder, people) as set_up:
        with open_store(set_up.settings) as store:
            desk = Desk(settings=set_up.settings, store=store)
            console.print(
                f"A club of [bold]{people}[/] members in Cardskipper ({set_up.register_url})"
                f" and its door terminal ({set_up.terminal_url}), both emulated."
            )
            await _story(console, desk, set_up)
            if not once:
                await _stay(console, desk, set_up)


async def _story(console: Console, desk: Desk, set_up: Stage) -> None:
    where = zones(desk.settings)
    console.print(
        Rule("1. The plan: renewals that nobody has copied to the door yet", align="left")
    )
    made = (await plan(desk)).plan
    show_plan(console, made, where)

    console.print(Rule("2. Apply this very plan; each write is read back", align="left"))
    show_report(console, await apply_reviewed(desk, Approval(made.digest, "demo")))

    name = set_up.renew(365)
    console.print(Rule(f"3. {name} renews; the next run finds it", align="left"))
    show_report(console, await sync(desk, "demo"))
    await _door_and_audit(console, desk)

    left = set_up.lose_half()
    before = set_up.writes()
    console.print(Rule(f"4. The register tells of {left} members only", align="left"))
    show_holds(console, (await sync(desk, "demo")).holds)
    console.print(f"Writes to the door meanwhile: [bold]{set_up.writes() - before}[/]")

    set_up.break_register()
    console.print(Rule("5. The register's line breaks", align="left"))
    show_report(console, await sync(desk, "demo"))
    console.print(f"Writes to the door meanwhile: [bold]{set_up.writes() - before}[/]")


async def _door_and_audit(console: Console, desk: Desk) -> None:
    """What the door says now of the person written last, and what the record says."""
    for update in desk.store.history.updates(limit=1):
        told = await explain(desk.settings, desk.store, update.person)
        for at in told.targets:
            console.print(f"[dim]door: [/] {escape(at.verdict)}")
        when = clock_time(update.settled_at)
        console.print(f"[dim]audit:[/] {when} {escape(update.who)}: {update.kind}, {update.state}")
        console.print(f"[dim]why:  [/] {escape(update.why)}")


async def _stay(console: Console, desk: Desk, set_up: Stage) -> None:
    set_up.register.faults.order([])
    set_up.register.world.reset()
    console.print(Rule("Yours to play with; Ctrl-C ends it", align="left"))
    console.print(
        f"register  {set_up.register_url}/_twin/\n"
        f"terminal  {set_up.terminal_url}/_twin/\n"
        f"hub       DOORWARD_DEMO_PASSWORD={PASSWORD} doorward --config {desk.settings.file} plan",
        soft_wrap=True,
    )
    await stopping().wait()
