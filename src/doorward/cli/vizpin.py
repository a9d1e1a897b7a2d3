"""`vizpin`: call any method of VIZpin's API with the login of a target, and see the answer."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from doorward.app.hub import open_store
from doorward.cli.shell import Shell, shell, told
from doorward.cli.steps import AsJson
from doorward.cli.tables import show_table

METHODS = "methods"

Method = Annotated[
    str, typer.Argument(help="Such as user.find, or 'methods' for a list of them all.")
]
Given = Annotated[
    list[str] | None,
    typer.Option("--param", "-p", help="A parameter as NAME=VALUE; lists and objects as JSON."),
]
OfTarget = Annotated[
    str | None, typer.Option("--target", help="The target; may be left out when there is one.")
]


def vizpin_command(
    context: typer.Context,
    method: Method,
    param: Given = None,
    target: OfTarget = None,
    as_json: AsJson = False,
) -> None:
    """Call any method of VIZpin's API and print its answer. It writes where the method does."""
    # The whole protocol is loaded here, not at every start of the program.
    from doorward.app import vizpin as calling  # noqa: PLC0415

    here = shell(context)
    if method.casefold() == METHODS:
        _list_methods(here, calling.methods(), as_json=as_json)
        return
    with told(here):
        operation = calling.operation_of(method)
        given = calling.read_parameters(operation, param or ())
        settings = here.settings()
        chosen = calling.vizpin_target(settings, target)
        with open_store(settings) as store:
            answer = asyncio.run(calling.call_method(settings, store, chosen, operation, given))
    if as_json:
        here.print_json(answer)
    else:
        _show(here, answer)


def _list_methods(here: Shell, rows: Sequence[dict[str, str]], *, as_json: bool) -> None:
    if as_json:
        here.print_json(rows)
        return
    columns = (("method", 0), ("parameters (? may be left out)", 2), ("what for", 3))
    show_table(here.out, columns, [tuple(one.values()) for one in rows])


def _show(here: Shell, answer: dict[str, Any]) -> None:
    """An object's attributes line by line, a list as a table of those that are set."""
    if not answer:
        here.out.print("[green]✓[/] done")
    for name, value in answer.items():
        rows = value if isinstance(value, list) else [value]
        if not all(isinstance(one, dict) for one in rows):
            show_table(here.out, ((name, 0),), [(_text(one),) for one in rows])
        elif len(rows) == 1:
            show_table(here.out, ((name, 0), ("", 1)), [(k, _text(v)) for k, v in rows[0].items()])
        else:
            columns = list(dict.fromkeys(key for row in rows for key in row if row[key]))
            table = [tuple(_text(row.get(key, "")) for key in columns) for row in rows]
            show_table(here.out, [(key, 1) for key in columns] or ((name, 0),), table)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        kind = value.get("type")
        return str(kind) if kind else " ".join(f"{key}={_text(one)}" for key, one in value.items())
    if isinstance(value, list):
        return " ".join(map(_text, value))
    return str(value)
