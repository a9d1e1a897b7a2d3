"""The controls under /_twin/: what they do, and how they refuse."""

from typing import Any

import msgspec
import pytest

from doorward.net.line import Line
from doorward.twinkit.twin import Twin
from twinkit.world import SEED, Notes


async def put(line: Line, path: str, value: object) -> tuple[int, Any]:
    body = value if isinstance(value, bytes) else msgspec.json.encode(value)
    answer = await line.call("PUT", path, body)
    return answer.status, msgspec.json.decode(answer.body)


async def get(line: Line, path: str) -> Any:
    return msgspec.json.decode((await line.call("GET", path)).body)


# --- state


async def test_the_whole_state_is_read_and_set(line: Line):
    assert await get(line, "/_twin/state") == SEED
    assert await put(line, "/_twin/state", {"a": "b"}) == (200, {"a": "b"})
    assert await get(line, "/notes") == {"a": "b"}


async def test_a_state_that_was_read_can_be_set_again(line: Line):
    before = await line.call("GET", "/_twin/state")
    await line.call("PUT", "/notes/a", b"text")
    after = await line.call("PUT", "/_twin/state", before.body)
    assert after.body == before.body
    assert before.headers["Content-Type"] == "application/json"


async def test_a_reset_goes_back_to_the_seed_without_faults_or_calls(twin: Twin, line: Line):
    await line.call("PUT", "/notes/a", b"text")
    await put(line, "/_twin/faults", [{"match": ".", "kind": "busy"}])
    answer = await line.call("POST", "/_twin/reset")
    assert (answer.status, answer.body) == (204, b"")
    assert await get(line, "/_twin/state") == SEED
    assert await get(line, "/_twin/faults") == []
    assert await get(line, "/_twin/calls") == []
    assert list(twin.calls) == []


# --- the clock


async def test_the_clock_is_set_moved_on_and_set_wrong_and_goes_back(line: Line):
    _, set_to = await put(line, "/_twin/clock", {"now": "2026-03-29T01:59:00+01:00"})
    assert set_to["now"].startswith("2026-03-29T00:59:0")
    _, moved = await put(line, "/_twin/clock", {"advance": 3600})
    assert moved["now"].startswith("2026-03-29T01:59:0")
    _, drifting = await put(line, "/_twin/clock", {"drift": 420})
    assert drifting["now"].startswith("2026-03-29T02:06:0")
    assert drifting["drift"] == 420
    _, real = await put(line, "/_twin/clock", {})
    assert not real["now"].startswith("2026-03-29")
    assert await get(line, "/_twin/clock") | {"now": ""} == {"now": "", "drift": 0}


# --- what is refused


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("clock", b"", "truncated"),
        ("clock", b"{", "truncated"),
        ("clock", b"[]", "Expected"),
        ("clock", b"\xff", ""),
        ("clock", b'{"now": "soon"}', "Invalid RFC3339"),
        ("clock", b'{"now": "2026-03-29T01:59:00"}', "offset"),
        ("clock", b'{"then": 1}', "unknown field"),
        ("clock", b'{"advance": "1"}', "Expected"),
        ("clock", b'{"advance": 1e300}', "beyond the years"),
        ("clock", b'{"advance": 3e11}', "beyond the years"),
        ("clock", b'{"drift": -1e12}', "beyond the years"),
        ("clock", b'{"now": "9999-12-31T12:00:00Z"}', "beyond the years"),
        ("clock", b'{"now": "0001-01-01T12:00:00Z"}', "beyond the years"),
        ("faults", b"", "truncated"),
        ("faults", b"{}", "Expected"),
        ("faults", b'[{"match": "a"}]', "missing required field `kind`"),
        ("faults", b'[{"match": "a", "kind": "broken"}]', "Invalid enum value"),
        ("faults", b'[{"match": "(", "kind": "busy"}]', "not a regular expression"),
        ("faults", b'[{"match": "a{99999999999}", "kind": "busy"}]', "not a regular expression"),
        ("faults", b'[{"match": "' + b"(" * 3000 + b'", "kind": "busy"}]', "not a regular"),
        ("faults", b'[{"match": "a", "kind": "busy", "times": -1}]', "counts from 0"),
        ("faults", b'[{"match": "a", "kind": "slow", "seconds": -1}]', "counts from 0"),
        ("faults", b'[{"match": "a", "kind": "busy", "tiems": 1}]', "unknown field"),
        ("state", b"", "truncated"),
        ("state", b'{"a": 1}', "Expected `str`"),
        ("state", b"null", "Expected"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_the_reason_and_changes_nothing(
    twin: Twin, line: Line, path: str, body: bytes, said: str
):
    await put(line, "/_twin/clock", {"now": "2026-06-01T00:00:00Z", "drift": 7})
    before = [await get(line, f"/_twin/{one}") for one in ("state", "faults")]
    status, answer = await put(line, f"/_twin/{path}", body)
    assert (status, list(answer)) == (400, ["error"])
    assert said in answer["error"]
    assert [await get(line, f"/_twin/{one}") for one in ("state", "faults")] == before
    assert twin.world.clock().isoformat().startswith("2026-06-01T00:00:0")


@pytest.mark.parametrize(
    ("path", "limit"), [("clock", "SMALL"), ("faults", "SMALL"), ("state", "STATE")]
)
async def test_a_body_that_is_too_large_is_refused(
    line: Line, monkeypatch: pytest.MonkeyPatch, path: str, limit: str
):
    monkeypatch.setattr(f"doorward.twinkit.control.{limit}_LIMIT", 100)
    status, answer = await put(line, f"/_twin/{path}", b" " * 101)
    assert (status, answer) == (413, {"error": "the body is larger than 100 bytes"})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/_twin/state", 405),
        ("DELETE", "/_twin/clock", 405),
        ("PUT", "/_twin/reset", 405),
        ("POST", "/_twin/calls", 405),
        ("GET", "/_twin/nowhere", 404),
        ("GET", "/_twinned", 404),
    ],
)
async def test_other_methods_and_paths_are_refused(line: Line, method: str, path: str, status: int):
    assert (await line.call(method, path)).status == status


# --- the page


@pytest.mark.parametrize("path", ["/_twin", "/_twin/"])
async def test_the_page_shows_state_faults_and_calls(line: Line, path: str):
    await put(line, "/_twin/faults", [{"match": "GET /a", "kind": "busy", "times": 3}])
    await line.call("GET", "/notes")
    await line.call("GET", "/abc")
    answer = await line.call("GET", path)
    text = answer.body.decode()
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    for shown in ("<title>Notes</title>", "first", "GET /a<", "busy", ">2<", "GET /notes", "503"):
        assert shown in text
    assert text.index("GET /abc") < text.index("GET /notes")


async def test_the_page_of_a_twin_that_did_nothing_says_so(twin: Twin, line: Line):
    assert isinstance(twin.world, Notes)
    twin.world.notes.clear()
    text = (await line.call("GET", "/_twin/")).body.decode()
    assert "nothing here" in text
    assert "no calls yet" in text


async def test_nothing_that_came_from_outside_becomes_markup(line: Line):
    await put(line, "/_twin/state", {"<script>alert(1)</script>": "x"})
    await put(line, "/_twin/faults", [{"match": "<img src=x>", "kind": "slow"}])
    await line.call("GET", "/notes?<script>")
    text = (await line.call("GET", "/_twin/")).body.decode()
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;" in text


async def test_the_page_fits_a_fault_that_never_ends(line: Line):
    await put(line, "/_twin/faults", [{"match": "a", "kind": "drop"}])
    assert "always" in (await line.call("GET", "/_twin/")).body.decode()
