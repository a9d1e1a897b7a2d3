"""`activity`: who came in, and who did not."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer
from rich.console import Console

from doorward.cli.listings import Limit, OnlyTarget
from doorward.cli.shell import shell, told
from doorward.cli.steps import AsJson
from doorward.cli.tables import clock_time, show_table
from doorward.storage.events import Noted
from doorward.storage.store import Reader

Whose = Annotated[
    str | None, typer.Option("--person", help="Only this person, by key or id at the target.")
]


def activity_command(
    context: typer.Context,
    target: OnlyTarget = None,
    person: Whose = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """What happened at the doors, as 'serve' heard it; the latest first."""
    with told(here := shell(context)):
        settings = here.settings()
        with Reader.open(settings.store_url) as store:
            found = store.events.search(system=target, person=person, limit=limit)
    if as_json:
        here.print_json([_document(one) for one in found])
        return
    show_activity(here.out, found)


def show_activity(out: Console, found: Iterable[Noted]) -> None:
    """What happened, a line each."""
    columns = (("when", 0), ("target", 2), ("door", 0), ("what", 4), ("who", 4), ("person", 3))
    show_table(out, columns, map(_line, found))


def _line(noted: Noted) -> tuple[str, ...]:
    one = noted.happening
    what = f"{one.text} (heard late)" if one.late else one.text
    who = " ".join(filter(None, (one.name, f"({one.holder})" if one.holder else "")))
    return clock_time(one.at), one.system, one.door, what, who, noted.person


def _document(noted: Noted) -> dict[str, Any]:
    one = noted.happening
    return {
        "number": noted.id,
        "target": one.system,
        "serial": one.serial,
        "at": one.at.isoformat(),
        "received_at": noted.received_at.isoformat(),
        "late": one.late,
        "kind": one.kind,
        "text": one.text,
        "door": one.door,
        "holder": one.holder,
        "name": one.name,
        "person": noted.person or None,
        "raw": one.raw,
    }
