"""`resend`: a target that lost what it was told gets all of it once more."""

import asyncio
from typing import Annotated

import typer
from rich.markup import escape

from doorward.app.hub import open_store, utc_now
from doorward.app.runs import NoSuchTarget
from doorward.cli.shell import Exit, shell, told
from doorward.connectors.kinds import target_kind


def resend_command(
    context: typer.Context,
    target: Annotated[str, typer.Argument(help="The target, as the configuration names it.")],
) -> None:
    """Have the next run send a car park its whole whitelist, as it had confirmed it.

    For one that was repaired or replaced and did not ask by itself. Nobody's access changes.
    """
    with told(here := shell(context)):
        settings = here.settings()
        if target not in settings.targets:
            raise NoSuchTarget(target, settings.targets)
        if not target_kind(settings.targets[target].type).refillable:
            here.complain(
                f"'{target}' is read and compared at every run",
                "Nothing to do: the next run writes what is missing there.",
            )
            raise typer.Exit(Exit.USAGE)
        with open_store(settings) as store:
            asyncio.run(store.parking.ask_whitelist(target, utc_now()))
        here.out.print(f"the next run sends [bold]{escape(target)}[/] everything it had confirmed")
