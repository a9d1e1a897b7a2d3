"""`failures`: the queue of updates that have not gone through; `retry` and `resolve` them."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer

from doorward.app.hub import open_store, utc_now
from doorward.cli.listings import OnlyPerson, OnlyTarget
from doorward.cli.shell import Exit, shell, told
from doorward.cli.steps import AsJson
from doorward.cli.tables import clock_time, show_table
from doorward.storage.failures import FailedUpdate
from doorward.storage.store import Reader, Store

failures = typer.Typer(
    help="The queue of failed updates: why, how often, when next. Revocations first."
)
Number = Annotated[int, typer.Argument(help="The number that 'doorward failures' shows.")]


@failures.callback(invoke_without_command=True)
def list_command(
    context: typer.Context,
    target: OnlyTarget = None,
    person: OnlyPerson = None,
    everything: Annotated[bool, typer.Option("--all", help="Resolved ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List them; without a command, those that are open."""
    if context.invoked_subcommand:
        return
    with told(here := shell(context)):
        with Reader.open(here.settings().store_url) as store:
            look = store.queue.all if everything else store.queue.open
            found = look(target, person)
    if as_json:
        here.print_json([_document(one) for one in found])
        return
    columns = (("no", 0), ("target", 3), ("person", 5), ("change", 0), ("tried", 0), ("next", 4))
    rows = [
        (
            str(one.id),
            one.target,
            one.who,
            one.kind,
            f"{one.attempts}×",
            "resolved" if one.resolved else _next(one),
            f"{one.message}\nWhat to do: {one.remedy}",
        )
        for one in found
    ]
    show_table(here.out, (*columns, ("why, and what to do", 10)), rows)


@failures.command("retry")
def retry_command(context: typer.Context, number: Number) -> None:
    """Try it again with the next run, whatever its turn."""
    _change(context, number, lambda store: store.queue.retry(number, utc_now()))


@failures.command("resolve")
def resolve_command(context: typer.Context, number: Number) -> None:
    """Take it off the queue: somebody has seen to it."""
    by = getpass.getuser()
    _change(context, number, lambda store: store.queue.resolve(number, by, utc_now()))


def _change(
    context: typer.Context, number: int, change: Callable[[Store], Awaitable[bool]]
) -> None:
    with told(here := shell(context)):
        with open_store(here.settings()) as store:

            async def run() -> bool:
                return await change(store)

            found = asyncio.run(run())
    if not found:
        here.complain(f"no open failed update has number {number}", "See: doorward failures")
        raise typer.Exit(Exit.USAGE)
    here.out.print(f"[green]✓[/] {number}")


def _next(one: FailedUpdate) -> str:
    return clock_time(one.next_try) if one.next_try else "waits for you"


def _document(one: FailedUpdate) -> dict[str, Any]:
    return {
        "number": one.id,
        "target": one.target,
        "person": one.person,
        "who": one.who,
        "holder": one.holder,
        "kind": one.kind,
        "revocation": one.loss,
        "attempts": one.attempts,
        "since": one.since.isoformat(),
        "last_try": one.at.isoformat(),
        "next_try": one.next_try.isoformat() if one.next_try else None,
        "trouble": one.trouble.value,
        "reason": one.message,
        "remedy": one.remedy,
        "resolved": one.resolved,
    }
