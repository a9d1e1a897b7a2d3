"""A twin of notes on a real socket, and a line to it."""

from collections.abc import AsyncIterator

import pytest

from doorward.net.line import Line
from doorward.net.serving import running
from doorward.twinkit.twin import Twin
from twinkit.world import notes_twin


@pytest.fixture
def twin() -> Twin:
    return notes_twin()


@pytest.fixture
async def url(twin: Twin) -> AsyncIterator[str]:
    async with running(twin) as address:
        yield address


@pytest.fixture
async def line(url: str) -> AsyncIterator[Line]:
    async with Line("notes", url) as one:
        yield one
