"""Faults on a real socket: what is done, what is answered, and lines that are truly cut."""

import asyncio
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from starlette.types import Receive, Scope, Send

from doorward.net.errors import AnswerLost, Unreadable
from doorward.net.line import Limits, Line
from doorward.twinkit.control import make_twin
from doorward.twinkit.faults import Fault
from doorward.twinkit.twin import BODY_LIMIT, KEPT_BODY, REMEMBERED, Twin
from twinkit.world import Notes


async def order(line: Line, *faults: dict[str, Any]) -> None:
    answer = await line.call("PUT", "/_twin/faults", msgspec.json.encode(faults))
    assert answer.status == 200, answer.body


async def calls(line: Line) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = msgspec.json.decode((await line.call("GET", "/_twin/calls")).body)
    return found


async def raw(url: str, request: bytes) -> bytes:
    """All the bytes that come back on a socket of our own, until it is cut."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(request)
    await writer.drain()
    answer = b""
    with suppress(ConnectionError):
        while chunk := await asyncio.wait_for(reader.read(1000), 5):
            answer += chunk
    writer.close()
    return answer


def put(name: str, body: bytes = b"text") -> bytes:
    head = f"PUT /notes/{name} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


# --- the lines that are cut


async def test_a_dropped_call_is_cut_without_a_byte_and_nothing_is_done(
    twin: Twin, line: Line, url: str
):
    await order(line, {"match": "PUT", "kind": "drop", "times": 2})
    assert await raw(url, put("a")) == b""
    with pytest.raises(AnswerLost):
        await line.call("PUT", "/notes/b", b"text")
    assert isinstance(twin.world, Notes)
    assert set(twin.world.notes) == {"first"}


async def test_a_lost_answer_is_cut_without_a_byte_and_all_is_done(
    twin: Twin, line: Line, url: str
):
    await order(line, {"match": "PUT", "kind": "lost answer", "times": 2})
    assert await raw(url, put("a")) == b""
    with pytest.raises(AnswerLost):
        await line.call("PUT", "/notes/b", b"text")
    assert isinstance(twin.world, Notes)
    assert set(twin.world.notes) == {"first", "a", "b"}


async def test_a_call_after_a_cut_line_is_served(line: Line):
    await order(line, {"match": "/notes", "kind": "drop", "times": 1})
    with pytest.raises(AnswerLost):
        await line.call("GET", "/notes")
    assert (await line.call("GET", "/notes")).status == 200


async def test_half_a_request_is_none(twin: Twin, url: str):
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(put("half", b"only the start of it")[:-5])
    await writer.drain()
    await asyncio.sleep(0.02)
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0.02)
    assert isinstance(twin.world, Notes)
    assert "half" not in twin.world.notes
    assert list(twin.calls) == []
    assert reader.at_eof() or not await reader.read()


async def test_a_line_that_is_no_socket_is_cut_with_an_error(twin: Twin):
    twin.faults.order([Fault("GET", "drop")])
    scope = {"type": "http", "method": "GET", "path": "/notes", "query_string": b""}

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    async def send(_message: object) -> None:
        pytest.fail("a cut line says nothing")

    with pytest.raises(ConnectionAbortedError, match="cut the line"):
        await twin(scope, receive, send)  # type: ignore[arg-type]


# --- the other faults


@pytest.mark.parametrize(
    ("kind", "status"), [("busy", 503), ("refuse", 409), ("unauthorised", 401)]
)
async def test_a_fault_is_told_in_the_vendors_own_form(
    twin: Twin, line: Line, kind: str, status: int
):
    await order(line, {"match": "PUT", "kind": kind})
    answer = await line.call("PUT", "/notes/a", b"text")
    assert (answer.status, answer.body) == (status, f"{kind} at /notes/a".encode())
    assert isinstance(twin.world, Notes)
    assert "a" not in twin.world.notes


async def test_garbage_is_not_what_was_asked_for(line: Line):
    await order(line, {"match": "notes", "kind": "garbage"})
    answer = await line.call("GET", "/notes")
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(answer.body)


async def test_a_slow_call_is_served_after_its_time(line: Line):
    await order(line, {"match": "notes", "kind": "slow", "seconds": 0.1})
    with pytest.raises(AnswerLost):
        await line.call("GET", "/notes", limits=Limits(total=0.05))
    assert (await line.call("GET", "/notes")).status == 200
    assert (await calls(line))[-1]["seconds"] >= 0.1


async def test_a_call_may_be_slow_and_break_as_well(line: Line):
    await order(
        line,
        {"match": "notes", "kind": "slow", "seconds": 0.05},
        {"match": "notes", "kind": "busy"},
        {"match": "notes", "kind": "refuse"},
    )
    assert (await line.call("GET", "/notes")).status == 503
    last = (await calls(line))[-1]
    assert (last["fault"], last["status"]) == ("slow, busy", 503)
    assert last["seconds"] >= 0.05


async def test_a_fault_holds_for_so_many_calls_and_then_the_next_one_does(twin: Twin, line: Line):
    await order(
        line,
        {"match": "notes", "kind": "busy", "times": 2},
        {"match": "notes", "kind": "refuse", "times": 1},
    )
    answers = [(await line.call("GET", "/notes")).status for _ in range(5)]
    assert answers == [503, 503, 409, 200, 200]
    assert twin.faults.injected == 3


async def test_a_fault_holds_for_the_calls_that_it_matches(line: Line):
    await order(line, {"match": "^PUT /notes/a$", "kind": "busy"})
    assert (await line.call("GET", "/notes")).status == 200
    assert (await line.call("PUT", "/notes/ab", b"")).status == 204
    assert (await line.call("PUT", "/notes/a", b"")).status == 503


async def test_the_controls_have_no_faults(line: Line):
    await order(line, {"match": ".", "kind": "drop"})
    assert (await line.call("GET", "/_twin/state")).status == 200
    await order(line)
    assert (await line.call("GET", "/notes")).status == 200


async def test_a_fault_in_vain_is_not_counted(twin: Twin, line: Line):
    await order(
        line, {"match": "nowhere", "kind": "drop"}, {"match": ".", "kind": "busy", "times": 0}
    )
    assert (await line.call("GET", "/notes")).status == 200
    assert twin.faults.injected == 0


# --- the record of calls


async def test_calls_are_shown_newest_last_and_masked(line: Line):
    await line.call("GET", "/notes?page=2")
    await line.call("PUT", "/notes/a", b'{"password": "hush"}')
    first, last = await calls(line)
    assert (first["method"], first["path"], first["status"], first["fault"]) == (
        "GET",
        "/notes?page=2",
        200,
        "",
    )
    assert (last["method"], last["body"], last["overlapped"]) == (
        "PUT",
        '{"password": "•••"}',
        False,
    )
    assert last["at"].endswith("+00:00")


async def test_a_cut_call_has_no_status(line: Line):
    await order(line, {"match": "notes", "kind": "lost answer"})
    with pytest.raises(AnswerLost):
        await line.call("GET", "/notes")
    assert ((await calls(line))[-1]["status"], (await calls(line))[-1]["fault"]) == (
        None,
        "lost answer",
    )


async def test_a_call_while_another_is_served_is_seen(url: str):
    async with Line("a", url) as one, Line("b", url) as other:
        await asyncio.gather(one.call("GET", "/wait"), other.call("GET", "/wait"))
        shown = await calls(one)
    assert [call["overlapped"] for call in shown] == [False, True]
    assert shown[0]["seconds"] >= 0.05


async def test_only_the_start_of_a_body_and_the_last_calls_are_kept(twin: Twin, line: Line):
    await line.call("PUT", "/notes/a", b"x" * (KEPT_BODY + 1))
    assert len((await calls(line))[0]["body"]) == KEPT_BODY
    for place in range(REMEMBERED):
        await line.call("GET", f"/notes?{place}")
    shown = await calls(line)
    assert len(shown) == REMEMBERED
    assert shown[0]["path"] == "/notes?0"
    assert shown[-1]["path"] == f"/notes?{REMEMBERED - 1}"
    assert len(twin.calls) == REMEMBERED


async def test_an_answer_in_parts_is_served_whole(line: Line):
    assert (await line.call("GET", "/parts")).body == b"one two"


# --- bounds


async def test_a_body_that_is_too_large_is_refused(
    twin: Twin, line: Line, monkeypatch: pytest.MonkeyPatch
):
    assert BODY_LIMIT == 64 * 1024 * 1024
    monkeypatch.setattr("doorward.twinkit.twin.BODY_LIMIT", 1000)
    assert (await line.call("PUT", "/notes/a", b"x" * 1000)).status == 204
    assert (await line.call("PUT", "/notes/b", b"x" * 1001)).status == 413
    assert isinstance(twin.world, Notes)
    assert set(twin.world.notes) == {"first", "a"}


async def test_what_is_not_http_is_left_alone(twin: Twin):
    async def never(*_: object) -> Any:
        pytest.fail("nothing is to be said")

    assert await twin({"type": "lifespan"}, never, never) is None  # type: ignore[func-returns-value]


async def test_unknown_paths_are_the_worlds_affair(line: Line):
    assert (await line.call("GET", "/nowhere")).status == 404
    with pytest.raises(Unreadable):
        await line.call("GET", "/notes", limits=Limits(body=1))


# --- what goes over the line together


async def test_answers_come_whole_and_in_order_also_when_they_were_asked_for_in_one_go(url: str):
    asked = put("a") + put("b") + b"GET /notes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = await raw(url, asked)
    assert answer.count(b"HTTP/1.1 ") == 3
    assert b"b" in answer.rpartition(b"\r\n\r\n")[2]


async def test_a_head_alone_is_an_answer(url: str):
    answer = await raw(url, b"HEAD /notes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"\r\n\r\n")


async def test_a_piece_of_an_answer_does_not_wait_for_the_next_one(twin: Twin, url: str):
    seen = asyncio.Event()

    async def slowly(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await seen.wait()
        await send({"type": "http.response.body", "body": b"last"})

    twin.world.app = slowly
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(put("a"))
    begun = await asyncio.wait_for(reader.readuntil(b"first\r\n"), 5)
    assert begun.startswith(b"HTTP/1.1 200")
    seen.set()
    assert await asyncio.wait_for(reader.readuntil(b"0\r\n\r\n"), 5) == b"4\r\nlast\r\n0\r\n\r\n"
    writer.close()


# --- what a system does of its own accord


async def test_work_goes_on_from_the_first_call_until_it_is_ended():
    done = []

    async def work() -> None:
        done.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            done.append("ended")

    made = make_twin(Notes())
    made.work = work
    made.begin()
    made.begin()
    await asyncio.sleep(0)
    assert done == ["begun"]
    await made.end()
    await made.end()
    assert done == ["begun", "ended"]
    made.begin()
    await asyncio.sleep(0)
    assert done == ["begun", "ended", "begun"]
    await made.end()
