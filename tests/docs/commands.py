"""Command lines in the documentation, and whether the program would take them."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typer

from docs.pages import blocks, prose, spans
from doorward.cli.main import app
from doorward.cli.twins import twin_commands

_LINE = re.compile(r"^(?:\$ |[\d*/ ]+ |[A-Z_]+=\S* |ExecStart=)?(?:\S*/)?doorward(?: (.*))?$")


@cache
def program() -> Any:
    """The program as it is at the prompt, the twins' commands included."""
    whole: Any = typer.main.get_command(app)
    whole.commands["twin"] = typer.main.get_command(twin_commands())
    return whole


@cache
def commands() -> dict[str, Any]:
    """Every command by its words: "plan", "links set"."""
    return dict(_commands(program(), ()))


def _commands(group: Any, words: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for word, command in group.commands.items():
        if command.callback is not None:
            yield " ".join((*words, word)), command
        if hasattr(command, "commands"):
            yield from _commands(command, (*words, word))


def options(command: Any) -> set[str]:
    """A command's options, each in its long form."""
    return {max(one.opts, key=len) for one in command.params if one.param_type_name == "option"} - {
        "--help",
        "--install-completion",
        "--show-completion",
    }


def lines(page: Path) -> list[str]:
    """What a page gives to type: after "doorward", in blocks and within lines."""
    typed = [line for block in blocks(page) for line in block.text.splitlines()]
    found = (_LINE.match(line.strip()) for line in (*typed, *spans(prose(page))))
    return [line[1] for line in found if line and line[1]]


def objection(line: str) -> str:
    """Why the program would not understand a line; "" when it would."""
    tokens = _without_shell(shlex.split(line.replace("[", " ").replace("]", " "), comments=True))
    command, known = program(), _forms(program())
    while tokens:
        token = tokens.pop(0)
        if token.startswith("-"):
            if token not in known:
                return f"there is no option {token}"
            del tokens[: known[token]]
        elif hasattr(command, "commands"):
            if token in ("COMMAND", "…"):
                return ""
            if token not in command.commands:
                return f"there is no command {token}"
            command = command.commands[token]
            known |= _forms(command)
    return ""


def _forms(command: Any) -> dict[str, int]:
    """All forms of a command's options, and how many words follow each."""
    found = {
        form: 0 if one.is_flag else 1
        for one in command.params
        if one.param_type_name == "option"
        for form in one.opts
    }
    return {**found, "--help": 0, "-h": 0}


def _without_shell(tokens: list[str]) -> list[str]:
    for place, token in enumerate(tokens):
        if token in ("|", "||", "&&", "&") or re.match(r"\d?>", token):
            return tokens[:place]
    return tokens
