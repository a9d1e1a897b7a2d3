"""What every measurement needs: the machine in words, a Markdown table, a process of one's own."""

import json
import os
import platform
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

Figures = dict[str, float]


def machine() -> str:
    """Cores and Python, in one line."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} cores, {python}, {platform.system()} {platform.machine()}"


def load() -> str:
    """How busy the machine is: the load average of the last minute."""
    return f"load average {os.getloadavg()[0]:.1f}"


def peak() -> float:
    """The most memory that this process has held so far, in MB.

    Of the program itself where the system tells that: `getrusage` also counts what the process
    that started it held.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def cpu() -> float:
    """Seconds of processor time that this process has used so far, in all its threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def heading(title: str) -> None:
    """A title above a table."""
    print(f"\n### {title}\n\n{load()}\n", flush=True)


def columns(*names: str) -> None:
    """The head of a table."""
    print(f"| {' | '.join(names)} |\n|{'---|' * len(names)}", flush=True)


def row(*cells: object) -> None:
    """One line of a table."""
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def spread(values: Sequence[float], digits: int = 2) -> str:
    """The median, and in brackets the least and the most."""
    least, most = min(values), max(values)
    return f"{median(values):.{digits}f} ({least:.{digits}f} to {most:.{digits}f})"


def apart(module: str, *arguments: object, given: object = None) -> Any:
    """What a module prints as JSON, run in a process of its own; `given` is its standard input."""
    found = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        input=json.dumps(given),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(found.stdout)
