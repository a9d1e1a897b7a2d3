"""Progress bars for long work: on the terminal's error stream, and none at all in a pipe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from doorward.core.ports import Progress as Step

Steps = Callable[[str], Step]


@contextmanager
def bars(console: Console) -> Iterator[Steps]:
    """A bar per name: `steps("main-door")(30, 500)` shows 30 of 500."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as shown:

        def steps(name: str) -> Step:
            task = shown.add_task(name, total=None)

            def step(done: int, total: int | None) -> None:
                if total is None:
                    shown.update(task, completed=done)
                else:
                    shown.update(task, completed=done, total=total)

            return step

        yield steps
