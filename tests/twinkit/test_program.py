"""A twin as a program: one line first, then it serves until a signal."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from doorward.net.line import Line

TESTS = Path(__file__).parent.parent
PROGRAM = """
import asyncio
from doorward.twinkit.program import serve_until_signal
from twinkit.world import notes_twin
asyncio.run(serve_until_signal(notes_twin(), 0))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_twin_says_where_it_is_serves_and_ends_with_a_signal(number: signal.Signals):
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(
        command, cwd=TESTS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        try:
            assert program.stdout is not None
            assert program.stderr is not None
            said = program.stdout.readline()
            assert said.startswith("ready: http://127.0.0.1:")
            async with Line("notes", said.removeprefix("ready: ").strip()) as line:
                assert (await line.call("GET", "/notes")).status == 200
                program.send_signal(number)
                assert program.wait(10) == 0
            assert (program.stdout.read(), program.stderr.read()) == ("", "")
        finally:
            program.kill()
