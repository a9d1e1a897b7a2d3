"""Whatever comes in: a value or the one error of its reader, never another."""

import contextlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.vizpin.wire_examples import EXAMPLES, Example
from doorward.connectors.vizpin.wire import answers, envelope, push
from doorward.connectors.vizpin.wire.answers import Failed
from doorward.connectors.vizpin.wire.envelope import Request
from doorward.connectors.vizpin.wire.faults import Fault, NotUnderstood
from doorward.connectors.vizpin.wire.form import decode, parse
from doorward.connectors.vizpin.wire.operations import OPERATIONS, VIZPIN_LIST

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(), max_size=12)
    | st.sampled_from(["24x7", "custom", "multiple", "08:00 AM", "2026-03-01", "USA", "null", ""])
)
names = st.sampled_from(
    sorted(
        {spec.name for operation in OPERATIONS.values() for spec in operation.parameters}
        | set("type scheduleelement weekdays monday time begin end includedates date id".split())
        | {"excludedates", "recurring", "readersettings", "first_in_mode", "first_in_schedule"}
    )
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5),
    max_leaves=12,
)
bounded = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
each = pytest.mark.parametrize("example", EXAMPLES, ids=[e.operation.short for e in EXAMPLES])


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_call_or_a_failure(body: bytes):
    assert isinstance(envelope.read_request(body), Failed)
    for read in (push.read_push, push.read_reply, lambda b: answers.read_answer(VIZPIN_LIST, b)):
        with contextlib.suppress(NotUnderstood):
            read(body)


@each
@given(data=st.data())
@bounded
def test_any_parameters_are_read_or_named(example: Example, data: st.DataObject):
    changed = data.draw(st.dictionaries(names, values, max_size=4))
    raw = example.raw | changed
    read = example.operation.read_params(raw)
    if isinstance(read, Fault):
        assert read.field
        assert example.operation.code_for(read)
    else:
        again = example.operation.read_params(example.operation.write_params(read))
        assert again == read


@each
@given(data=st.data())
@bounded
def test_any_result_is_an_answer_or_not_understood(example: Example, data: st.DataObject):
    result = msgspec.json.decode(example.said) if data.draw(st.booleans()) else {}
    drawn = data.draw(st.dictionaries(st.sampled_from([*result, "users", "vizpins"]), values))
    body = as_json({"status": 1, "result": replaced(result, drawn)})
    with contextlib.suppress(NotUnderstood):
        answers.read_answer(example.operation, body)


def replaced(result: Any, drawn: dict[str, Any]) -> Any:
    for name, value in drawn.items():
        part = result.get(name)
        inside = part[0] if isinstance(part, list) and part else part
        if isinstance(inside, dict) and isinstance(value, dict):
            inside.update(value)
        else:
            result[name] = value
    return result


@given(values)
@settings(max_examples=100, deadline=None)
def test_json_is_read_alike_by_both_readers(value: Any):
    body = as_json(value)
    try:
        strict = decode(body, dict if isinstance(value, dict) else Any)
    except NotUnderstood:  # which an unpaired surrogate is for one of them
        assert "\\ud" in body.decode()
    else:
        assert parse(body) == strict


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


@given(st.dictionaries(names, values, max_size=6))
@settings(max_examples=100, deadline=None)
def test_any_envelope_is_judged(said: dict[str, Any]):
    body = as_json({"id": "1", "method": "com.vizpin.vizpin.grant", "jsonrpc": "2.0", **said})
    read = envelope.read_request(body)
    assert isinstance(read, Request | Failed)


@pytest.mark.parametrize("depth", [100, 900, 990, 100_000])
def test_depth_never_breaks_a_reader(depth: int):
    params = b'{"oem_key":"k","id":%b,"accountid":%b}'
    deep = b'{"id":"1","method":"com.vizpin.account.get","params":' + params + b"}"
    nested = b"[" * depth + b"]" * depth
    read = envelope.read_request(deep % (nested, nested))
    if isinstance(read, Request):
        assert isinstance(read.operation.read_params(read.params), Fault)
    with pytest.raises(NotUnderstood):
        answers.read_answer(
            VIZPIN_LIST, b'{"status":1,"result":{"vizpins":[{"id":"p","schedule":%b}]}}' % nested
        )
