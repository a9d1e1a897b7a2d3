"""`run` and `serve`: in step by itself, every so many minutes, until told to stop."""

import asyncio
import signal
from typing import Annotated

import typer

from doorward.app.hub import open_store
from doorward.app.runs import Desk
from doorward.app.service import keep_in_step, service_app
from doorward.cli.shell import Exit, Shell, shell, told
from doorward.cli.show_plan import show_report
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
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 picks a free one.")] = 8620,
) -> None:
    """The same as 'run', and answers on a port: /healthz."""
    with told(here := shell(context)):
        desk = _desk(here)
        with desk.store:
            try:
                asyncio.run(_serve(here, desk, port))
            except OSError as error:
                here.complain(f"port {port}: {error.strerror}", "Choose another with --port.")
                raise typer.Exit(Exit.FAILED) from None


def _desk(here: Shell) -> Desk:
    settings = here.settings()
    return Desk(settings=settings, store=open_store(settings))


async def _run(here: Shell, desk: Desk) -> None:
    stop = stopping()
    minutes = desk.settings.interval.total_seconds() / 60
    here.err.print(f"[dim]every {minutes:g} minutes; Ctrl-C stops between two writes[/]")

    await keep_in_step(desk, stop, lambda report: show_report(here.out, report))


async def _serve(here: Shell, desk: Desk, port: int) -> None:
    stop = stopping()
    async with running(service_app(desk), port) as url:
        print(f"ready: {url}", flush=True)
        await keep_in_step(desk, stop, lambda report: show_report(here.err, report))


def stopping() -> asyncio.Event:
    """Set by Ctrl-C and by a stop signal."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
