"""`history` and `calls`: what was written and why, what was said to the systems."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from doorward.app.documents import access_document, trouble_document
from doorward.app.hub import zones
from doorward.cli.shell import Exit, shell, told
from doorward.cli.steps import AsJson
from doorward.cli.tables import clock_time, show_table
from doorward.core.people import Access
from doorward.core.words import in_words
from doorward.storage.calls import LoggedCall
from doorward.storage.history import Update
from doorward.storage.store import Reader

Limit = Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")]
OnlyTarget = Annotated[str | None, typer.Option("--target", help="Only this target.")]
OnlyPerson = Annotated[str | None, typer.Option("--person", help="Only this person, by key.")]


def history_command(
    context: typer.Context,
    person: OnlyPerson = None,
    target: OnlyTarget = None,
    run: Annotated[int | None, typer.Option(help="Only this run, by number.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """What was written for whom, where, why, and how it ended; the latest first."""
    with told(here := shell(context)):
        settings = here.settings()
        with Reader.open(settings.store_url) as store:
            found = store.history.updates(person=person, target=target, run=run, limit=limit)
    where = zones(settings)

    def shown(one: Update, access: Access | None) -> str:
        zone = where.get(one.target)
        return "–" if access is None or zone is None else in_words(access, zone)

    if as_json:
        here.print_json([_update(one, where.get(one.target)) for one in found])
        return
    columns = (("when", 3), ("target", 2), ("person", 5), ("change", 0), ("before → after", 6))
    rows = [
        (
            clock_time(one.settled_at or one.intended_at),
            one.target,
            one.who,
            f"{one.kind}\n{one.state}",
            f"{shown(one, one.before)} → {shown(one, one.after)}",
            one.why + (f"\n{one.trouble.reason}" if one.trouble else ""),
        )
        for one in found
    ]
    show_table(here.out, (*columns, ("why", 9)), rows)


def calls_command(
    context: typer.Context,
    number: Annotated[int | None, typer.Argument(help="Show this call whole.")] = None,
    system: Annotated[str | None, typer.Option(help="Only this source or target.")] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Only those that went wrong.")] = False,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """What was asked of the systems and what they answered; secrets are masked."""
    with told(here := shell(context)):
        settings = here.settings()
        with Reader.open(settings.store_url) as store:
            if number is None:
                found = store.calls.search(system=system, errors=errors, limit=limit)
            else:
                found = [one for one in (store.calls.get(number),) if one]
    if as_json:
        here.print_json([_call(one) for one in found])
    elif number is None:
        columns = (("no", 0), ("when", 0), ("system", 2), ("call", 9), ("status", 4), ("ms", 0))
        show_table(here.out, columns, map(_line, found))
    elif found:
        call = found[0].call
        here.out.print(f"[bold]{escape(call.method)} {escape(call.path)}[/] {call.error}\n")
        for name, text in (("asked", call.request), (f"answered {call.status}", call.response)):
            here.out.print(f"[dim]{name}:[/]\n{escape(text)}\n", soft_wrap=True)
    else:
        here.complain(f"there is no call {number}", "doorward calls lists those that are kept.")
        raise typer.Exit(Exit.USAGE)


def _line(one: LoggedCall) -> tuple[str, ...]:
    call = one.call
    status = str(call.status) if call.status is not None else "no answer"
    return (
        str(one.id),
        clock_time(call.at),
        call.system,
        f"{call.method} {call.path}",
        f"{status} {call.error}".strip(),
        f"{call.seconds * 1000:.0f}",
    )


def _call(one: LoggedCall) -> dict[str, Any]:
    call = one.call
    return {
        "number": one.id,
        "system": call.system,
        "method": call.method,
        "path": call.path,
        "at": call.at.isoformat(),
        "seconds": call.seconds,
        "status": call.status,
        "request": call.request,
        "response": call.response,
        "error": call.error,
    }


def _update(one: Update, zone: Any) -> dict[str, Any]:
    return {
        "number": one.id,
        "run": one.run,
        "target": one.target,
        "person": one.person,
        "who": one.who,
        "holder": one.holder,
        "kind": one.kind,
        "before": access_document(one.before, zone),
        "after": access_document(one.after, zone),
        "why": one.why,
        "state": one.state,
        "intended_at": one.intended_at.isoformat(),
        "settled_at": one.settled_at.isoformat() if one.settled_at else None,
        **trouble_document(one.trouble),
    }
