"""What a twin may have besides: work of its own, a state in pieces, more tables."""

import asyncio
from collections.abc import Iterator

import aiohttp
import pytest
from starlette.responses import PlainTextResponse

from doorward.net.serving import running
from doorward.twinkit import twin as twins
from doorward.twinkit.clock import ClockOrder, TwinClock
from doorward.twinkit.twin import Overview, Table
from twinkit.world import notes_twin


async def test_a_twins_own_work_begins_with_the_first_call_and_once():
    begun: list[int] = []

    async def work() -> None:
        begun.append(1)
        await asyncio.Event().wait()

    twin = notes_twin()
    twin.work = work
    async with running(twin) as url, aiohttp.ClientSession() as session:
        assert begun == []
        for _ in range(3):
            async with session.get(f"{url}/notes"):
                pass
        assert begun == [1]
        await twin.end()
        twin.begin()
        await asyncio.sleep(0)
        assert begun == [1, 1]
    await twin.end()


async def test_a_state_may_be_told_in_pieces():
    def pieces() -> Iterator[bytes]:
        yield b'{"a":'
        yield b"1}"

    twin = notes_twin()
    twin.pieces = pieces
    async with running(twin) as url, aiohttp.ClientSession() as session:
        async with session.get(f"{url}/_twin/state") as answer:
            assert (answer.headers["Content-Type"], await answer.json()) == (
                "application/json",
                {"a": 1},
            )


async def test_a_twin_may_say_itself_that_a_body_is_too_much(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(twins, "BODY_LIMIT", 10)
    twin = notes_twin()
    twin.too_large = lambda: PlainTextResponse("far too much", 400)
    async with running(twin) as url, aiohttp.ClientSession() as session:
        async with session.put(f"{url}/notes/a", data=b"x" * 11) as answer:
            assert (answer.status, await answer.text()) == (400, "far too much")


async def test_a_page_may_have_more_tables(monkeypatch: pytest.MonkeyPatch):
    twin = notes_twin()
    more = (Table("Also", ("column",), (("cell",),)), Table("Empty", ("nobody",), ()))
    monkeypatch.setattr(twin.world, "overview", lambda: Overview("t", {}, ("a",), (("b",),), more))
    async with running(twin) as url, aiohttp.ClientSession() as session:
        async with session.get(f"{url}/_twin/") as answer:
            page = await answer.text()
    titles = [page.index(f"<h2>{title}</h2>") for title in ("Now", "Also", "Empty", "Last calls")]
    assert titles == sorted(titles)
    assert "<td>cell</td>" in page


def test_whoever_waits_for_a_time_hears_that_the_clock_was_moved():
    heard: list[float] = []
    clock = TwinClock()
    clock.moved = lambda: heard.append(clock.drift.total_seconds())
    clock.order(ClockOrder(drift=5))
    assert heard == [5]
