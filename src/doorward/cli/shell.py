"""What every command shares: the configuration, a way to print, exit codes, remedies."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape

from doorward.app.config import ConfigError, Settings, load


class Exit(IntEnum):
    """How a command ends, for scripts."""

    OK = 0
    FAILED = 1
    USAGE = 2
    HELD = 3


@dataclass(slots=True)
class Shell:
    """One call of the command line. Results go to `out`, everything about them to `err`."""

    config: Path
    out: Console = field(default_factory=Console)
    err: Console = field(default_factory=lambda: Console(stderr=True))

    def settings(self) -> Settings:
        """The configuration; ends the command with every problem that it has."""
        try:
            return load(self.config)
        except ConfigError as error:
            for problem in error.problems:
                place = f"{problem.file}:{problem.line}" if problem.line else str(problem.file)
                key = f" {problem.key}:" if problem.key else ""
                self.complain(f"{place}:{key} {problem.reason}", problem.remedy)
            raise typer.Exit(Exit.USAGE) from None

    def complain(self, reason: str, remedy: str = "") -> None:
        """Say what is wrong and what to do about it."""
        self.err.print(f"[bold red]✗[/] {escape(reason)}", soft_wrap=True)
        if remedy:
            self.err.print(f"  [bold]What to do:[/] {escape(remedy)}", soft_wrap=True)

    def print_json(self, document: Any) -> None:
        """A document for scripts: one JSON text, nothing else."""
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")


def shell(context: typer.Context) -> Shell:
    """The shell of a command."""
    found = context.obj
    assert isinstance(found, Shell)
    return found


@contextmanager
def told(shell: Shell) -> Iterator[None]:
    """Turn what can go wrong in any command into advice and an exit code."""
    try:
        yield
    except typer.Exit:
        raise
    except Exception as error:
        remedy = getattr(error, "remedy", None)
        if remedy is None and not isinstance(error, OSError):
            raise  # a mistake of ours: its trace is what helps
        shell.complain(_text(error), remedy or "")
        code = Exit.USAGE if isinstance(error, LookupError) else Exit.FAILED
        raise typer.Exit(code) from None


def _text(error: BaseException) -> str:
    return str(error) or type(error).__name__
