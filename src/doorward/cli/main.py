"""`doorward`: the commands and what they share. Each command is one call into `app`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from doorward.app.logs import configure_logs
from doorward.cli.activity import activity_command
from doorward.cli.demo import demo_command
from doorward.cli.explaining import explain_command
from doorward.cli.linking import links
from doorward.cli.listings import calls_command, history_command
from doorward.cli.parking import parking_command
from doorward.cli.queue import failures
from doorward.cli.resend import resend_command
from doorward.cli.service import run_command, serve_command
from doorward.cli.settle import settle_command
from doorward.cli.setup import check_command, init_command
from doorward.cli.shell import Shell
from doorward.cli.steps import apply_command, plan_command, sync_command
from doorward.cli.vizpin import vizpin_command

HELP = """
Keeps physical access in step with membership.

Doorward reads the member register, decides by rules who may open what until when, shows a plan
that says why, holds it when something looks wrong, writes it, and reads it back.

[bold]First steps:[/]  init → check → plan → sync;  [bold]see it work:[/]  doorward demo

[bold]Exit codes:[/]  0 ok · 1 failed · 2 wrong usage or configuration · 3 held by the guard
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path,
        typer.Option(
            "--config", "-c", envvar="DOORWARD_CONFIG", help="The configuration, TOML or INI."
        ),
    ] = Path("doorward.toml"),
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Also log what happens, to the error stream.")
    ] = False,
) -> None:
    """What every command is given."""
    configure_logs(verbose=verbose)
    context.obj = Shell(config)


START, DAILY, ASK, TRY = "Set up", "Keep in step", "Look into it", "Try it without hardware"

app.command("init", rich_help_panel=START)(init_command)
app.command("check", rich_help_panel=START)(check_command)
app.command("plan", rich_help_panel=DAILY)(plan_command)
app.command("apply", rich_help_panel=DAILY)(apply_command)
app.command("sync", rich_help_panel=DAILY)(sync_command)
app.command("run", rich_help_panel=DAILY)(run_command)
app.command("serve", rich_help_panel=DAILY)(serve_command)
app.command("resend", rich_help_panel=DAILY)(resend_command)
app.command("settle", rich_help_panel=DAILY)(settle_command)
app.command("explain", rich_help_panel=ASK)(explain_command)
app.add_typer(links, name="links", rich_help_panel=ASK)
app.add_typer(failures, name="failures", rich_help_panel=ASK)
app.command("activity", rich_help_panel=ASK)(activity_command)
app.command("parking", rich_help_panel=ASK)(parking_command)
app.command("history", rich_help_panel=ASK)(history_command)
app.command("calls", rich_help_panel=ASK)(calls_command)
app.command("vizpin", rich_help_panel=ASK)(vizpin_command)
app.command("demo", rich_help_panel=TRY)(demo_command)


def main() -> None:
    """The program."""
    app.add_typer(_twins(), name="twin", rich_help_panel=TRY)
    app()


def _twins() -> typer.Typer:
    """The twins' commands; loading them all takes time, so only when one is asked for."""
    if "twin" in sys.argv[1:]:
        from doorward.cli.twins import twin_commands  # noqa: PLC0415

        return twin_commands()
    return typer.Typer(help="Run an emulated system on loopback: state, faults, its own clock.")
