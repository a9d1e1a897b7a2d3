"""`links`: who at a target is which person; link, unlink, and keep apart by hand."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer

from doorward.app.hub import open_store, utc_now
from doorward.app.runs import NoSuchTarget
from doorward.cli.listings import OnlyPerson, OnlyTarget
from doorward.cli.shell import Exit, Shell, shell, told
from doorward.cli.steps import AsJson
from doorward.cli.tables import clock_time, show_table
from doorward.storage.links import KeptApart, KnownLink
from doorward.storage.store import Reader, Store

links = typer.Typer(help="Who at a target is which person; link and unlink by hand.")
Person = Annotated[str, typer.Argument(help="The person's key, as plans and listings show it.")]
Holder = Annotated[str, typer.Argument(help="Her id at the target, such as an employee number.")]
Target = Annotated[
    str | None, typer.Option("--target", help="The target; may be left out when there is one.")
]


@links.callback(invoke_without_command=True)
def list_command(
    context: typer.Context,
    target: OnlyTarget = None,
    person: OnlyPerson = None,
    as_json: AsJson = False,
) -> None:
    """List them; without a command, the links and the pairs that are kept apart."""
    if context.invoked_subcommand:
        return
    with told(here := shell(context)):
        with Reader.open(here.settings().store_url) as store:
            linked = store.links.all(target, person)
            apart = store.links.apart(target, person)
    found = [(one, one.origin) for one in linked] + [(one, "never") for one in apart]
    if as_json:
        here.print_json([_row(one, how, one.made_at.isoformat()) for one, how in found])
        return
    columns = (("target", 3), ("person", 5), ("holder", 4), ("how", 2), ("since", 4), ("by", 2))
    rows = (_row(one, how, clock_time(one.made_at)) for one, how in found)
    show_table(here.out, columns, [tuple(row.values()) for row in rows])


def _row(one: KnownLink | KeptApart, how: str, since: str) -> dict[str, str]:
    """What is shown of a link, or of a pair that is kept apart."""
    return {
        "target": one.target,
        "person": one.person,
        "holder": one.holder,
        "how": how,
        "since": since,
        "by": one.made_by,
    }


@links.command("set")
def set_command(
    context: typer.Context, person: Person, holder: Holder, target: Target = None
) -> None:
    """This holder is this person. Stands above every rule."""
    by = getpass.getuser()

    async def link(store: Store, name: str) -> None:
        if store.people.get(person) is None:
            remedy = (
                "If that is a mistake: doorward links remove PERSON. Keys are in 'plan --json'."
            )
            shell(context).complain(f"no run has seen anybody with the key '{person}'", remedy)
        await store.links.set(name, person, holder, by, utc_now())

    _change(context, target, link)


@links.command("remove")
def remove_command(context: typer.Context, person: Person, target: Target = None) -> None:
    """Forget whose holder it is; the rules look again at the next run."""
    _change(context, target, lambda store, name: store.links.remove(name, person))


@links.command("never")
def never_command(
    context: typer.Context, person: Person, holder: Holder, target: Target = None
) -> None:
    """This holder is never this person, whatever the rules find."""
    by = getpass.getuser()
    _change(
        context, target, lambda store, name: store.links.never(name, person, holder, by, utc_now())
    )


def _change(
    context: typer.Context,
    target: str | None,
    change: Callable[[Store, str], Awaitable[bool | None]],
) -> None:
    with told(here := shell(context)):
        settings = here.settings()
        name = _target(here, settings.targets, target)
        with open_store(settings) as store:

            async def run() -> bool | None:
                return await change(store, name)

            found = asyncio.run(run())
    if found is False:
        here.complain("there is no such link", "See: doorward links")
        raise typer.Exit(Exit.USAGE)
    here.out.print(f"[green]✓[/] {name}; it counts from the next run")


def _target(here: Shell, known: Any, given: str | None) -> str:
    if given is None and len(known) == 1:
        return str(next(iter(known)))
    if given is None or given not in known:
        raise NoSuchTarget(given or "(none named)", known)
    return given
