"""`doorward twin NAME`: one command per twin, its options made from what the twin declares."""

import asyncio
import inspect
from typing import Annotated, Any, get_type_hints

import msgspec
import typer

from doorward.connectors.kinds import NoSuchConnector, TwinKind, connectors, twin_kind
from doorward.twinkit.program import serve_until_signal


def twin_commands() -> typer.Typer:
    """The twins as commands. Loads every connector, so only when one is asked for."""
    twins = typer.Typer(no_args_is_help=True)
    for name in connectors():
        try:
            kind = twin_kind(name)
        except NoSuchConnector:
            continue
        twins.command(name, help=inspect.getdoc(kind.options))(_command(kind))
    return twins


def _command(kind: TwinKind[Any]) -> Any:
    """A function whose parameters are the twin's options, for Typer to read."""

    def run(port: int, **given: Any) -> None:
        try:
            twin = kind.make(kind.options(**given))
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
        asyncio.run(serve_until_signal(twin, port))

    port = Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 picks a free one.")]
    parameters = [_parameter("port", port, 0)]
    hints = get_type_hints(kind.options, include_extras=True)
    for field in msgspec.structs.fields(kind.options):
        hint, text = _split(hints[field.name])
        option = Annotated[hint, typer.Option(help=text)]  # type: ignore[valid-type]
        parameters.append(_parameter(field.name, option, field.default))
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _parameter(name: str, annotation: object, default: object) -> inspect.Parameter:
    absent = inspect.Parameter.empty if default is msgspec.NODEFAULT else default
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=absent, annotation=annotation)


def _split(hint: Any) -> tuple[Any, str]:
    """A field's type and its description."""
    for meta in getattr(hint, "__metadata__", ()):
        if isinstance(meta, msgspec.Meta):
            return hint.__origin__, meta.description or ""
    return hint, ""
