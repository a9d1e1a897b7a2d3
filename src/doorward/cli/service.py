"""`run` and `serve`: in step by itself, every so many minutes, until told to stop."""

import asyncio
import signal
from dataclasses import replace
from typing import Annotated

import typer
from rich.markup import escape

from doorward.app.hub import open_store
from doorward.app.inbound import fill_gaps
from doorward.app.openness import judge
from doorward.app.runs import Desk
from doorward.app.service import keep_in_step, service_app
from doorward.cli.shell import Exit, Shell, shell, told
from doorward.cli.show_plan import show_report
from doorward.net.collecting import spare_what_stays
from doorward.net.serving import running


def run_command(context: typer.Context) -> None:
    """Sync every so many minutes, until Ctrl-C or a stop signal.

    How many is 'interval_minutes' under 'run' in the configuration. A stop ends between two
    writes; what is left is done by the next run.
    """
    with told(here := shell(context)):
        desk = _desk(here)
        with desk.store:
            asyncio.run(_run(here, desk))


def serve_command(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.")] = 8620,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 is every network of this machine.")
    ] = "127.0.0.1",
) -> None:
    """The same as 'run', and answers on a port: /healthz, and /push for what systems push.

    After each run, targets that can be asked are asked for the events that nobody heard.
    """
    with told(here := shell(context)):
        desk = _desk(here)
        with desk.store:
            if warning := judge(desk.settings.serving, host):
                here.err.print(f"[bold yellow]![/] {escape(warning)}", soft_wrap=True)
            try:
                asyncio.run(_serve(here, desk, host, port))
            except OSError as error:
                remedy = "Choose another with --port, or another address with --host."
                here.complain(f"{host}, port {port}: {error.strerror or error}", remedy)
                raise typer.Exit(Exit.FAILED) from None


def _desk(here: Shell) -> Desk:
    settings = here.settings()
    return Desk(settings=settings, store=open_store(settings))


async def _run(here: Shell, desk: Desk) -> None:
    stop = stopping()
    minutes = desk.settings.interval.total_seconds() / 60
    here.err.print(f"[dim]every {minutes:g} minutes; Ctrl-C stops between two writes[/]")

    await keep_in_step(desk, stop, lambda report: show_report(here.out, report))


async def _serve(here: Shell, desk: Desk, host: str, port: int) -> None:
    stop = stopping()
    desk = replace(desk, listening_since=desk.clock())
    async with running(service_app(desk), port, host, desk.settings.serving.identity) as url:
        spare_what_stays()
        print(f"ready: {url}", flush=True)
        await keep_in_step(desk, stop, lambda report: show_report(here.err, report), fill_gaps)


def stopping() -> asyncio.Event:
    """Set by Ctrl-C and by a stop signal."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
