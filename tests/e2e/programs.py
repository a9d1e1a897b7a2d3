"""`doorward` as a program: run to its end, or left running until it is stopped."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

DOORWARD = str(Path(sys.executable).with_name("doorward"))
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
} | {"COLUMNS": "160"}  # compiled once, a command starts in half the time


def doorward(*given: str, folder: Path, code: int = 0) -> str:
    """What a command prints, once it has ended with this code."""
    ended = subprocess.run(
        [DOORWARD, *given],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=ENVIRONMENT,
    )
    assert ended.returncode == code, (given, ended.returncode, ended.stdout, ended.stderr)
    return ended.stdout + ended.stderr


@contextmanager
def left_running(*given: str, folder: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A program that says where it listens in its first line; ended with SIGTERM."""
    with subprocess.Popen(
        [DOORWARD, *given],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first.startswith("ready: http://127.0.0.1:"), (first, process.poll())
        try:
            yield first.removeprefix("ready: ").strip(), process
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)


def get(url: str) -> Any:
    with urlopen(url, timeout=10) as answer:
        return json.load(answer)


def put(url: str, document: object) -> None:
    request = Request(url, json.dumps(document).encode(), method="PUT")
    with urlopen(request, timeout=30):
        pass
