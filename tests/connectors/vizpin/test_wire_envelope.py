"""What is taken for a call, in which spelling, and what is answered to anything else."""

from typing import Any

import msgspec
import pytest

from doorward.connectors.vizpin.wire.answers import Failed
from doorward.connectors.vizpin.wire.codes import ErrorCode, RpcCode
from doorward.connectors.vizpin.wire.envelope import Request, read_request
from doorward.connectors.vizpin.wire.operations import TIME

CALL: dict[str, Any] = {
    "!version": "2",
    "id": 1491,
    "method": "com.vizpin.time",
    "jsonrpc": "2.0",
    "params": {"oem_key": "k"},
}


def read(**changes: Any) -> Request | Failed:
    call = {**CALL, **changes}
    given = {name: value for name, value in call.items() if value is not ...}
    return read_request(msgspec.json.encode(given))


def failed(body: bytes) -> Failed:
    found = read_request(body)
    assert isinstance(found, Failed)
    return found


@pytest.mark.covers("vizpin", rule="version")
@pytest.mark.parametrize("version", ["1", "2", "2.0", 2, ...])
def test_the_spoken_versions_are_taken(version: Any):
    assert read(**{"!version": version}) == Request(1491, TIME, {"oem_key": "k"})


@pytest.mark.covers("vizpin", rule="version")
@pytest.mark.parametrize("version", ["3", "", "1.0", 1, 3, True, None, [], {}, 2.5])
def test_any_other_version_is_refused(version: Any):
    found = read(**{"!version": version})
    assert found == Failed(ErrorCode.BAD_APP_VERSION, ErrorCode.BAD_APP_VERSION.text, 1491)


@pytest.mark.covers("vizpin", rule="version")
def test_a_version_without_its_mark_counts_as_well():
    assert isinstance(read(**{"!version": ..., "version": "2.0"}), Request)
    assert isinstance(read(**{"!version": ..., "version": "3"}), Failed)


@pytest.mark.covers("vizpin", rule="protocol-name")
@pytest.mark.parametrize("name", ["Jsonrpc", "JSONRPC", "jsonrpcs"])
def test_the_protocol_is_named_in_any_spelling(name: str):
    assert isinstance(read(**{"jsonrpc": ..., name: "2.0"}), Request)
    assert read(**{"jsonrpc": ..., name: "1.0"}).code == RpcCode.INVALID_REQUEST  # type: ignore[union-attr]


@pytest.mark.covers("vizpin", rule="protocol-name")
def test_the_protocol_may_be_missing_but_not_another():
    assert isinstance(read(jsonrpc=...), Request)
    for other in ("1.0", 2.0, None, ""):
        found = read(jsonrpc=other)
        assert isinstance(found, Failed)
        assert (found.code, found.id) == (RpcCode.INVALID_REQUEST, 1491)


@pytest.mark.covers("vizpin", rule="call-id")
@pytest.mark.parametrize("own", ["1", "abcDEF1234", 0, 9999999999])
def test_an_id_comes_back_as_it_was_sent(own: Any):
    found = read(id=own)
    assert isinstance(found, Request)
    assert (found.id, type(found.id)) == (own, type(own))


@pytest.mark.covers("vizpin", rule="call-id")
@pytest.mark.parametrize(
    "own", [..., None, "", "12345678901", 10**10, -1, 1.5, 1.0, True, "a-b", "å", [], {}]
)
def test_any_other_id_is_refused(own: Any):
    found = read(id=own)
    assert isinstance(found, Failed)
    assert (found.code, found.id) == (RpcCode.INVALID_REQUEST, None)
    assert found.message.startswith("id:")


def test_an_id_may_be_spelled_with_a_capital():
    assert isinstance(read(id=..., Id="7"), Request)


def test_a_name_twice_is_refused_in_one_spelling_or_two():
    assert read(Id="7").message == "id is given twice"  # type: ignore[union-attr]
    twice = failed(b'{"id":1,"id":2,"method":"com.vizpin.time"}')
    assert twice.code == RpcCode.PARSE_ERROR
    assert failed(b'{"id":1,"method":"com.vizpin.time","params":{"a":1,"a":2}}').id is None
    assert isinstance(read(note=1, Note=2), Request)


@pytest.mark.covers("vizpin", rule="named-parameters")
def test_parameters_may_be_called_param():
    found = read(params=..., param={"oem_key": "z"})
    assert isinstance(found, Request)
    assert found.params == {"oem_key": "z"}
    assert "oem_key" not in repr(found)


@pytest.mark.covers("vizpin", rule="unknown-method")
@pytest.mark.parametrize("method", ["com.vizpin.nothing", "", "com.vizpin.Time", "\ud800"])
def test_an_unknown_method_is_said_to_be_unknown(method: str):
    body = b'{"id":"a","method":"%b"}' % (b"\\ud800" if method == "\ud800" else method.encode())
    found = failed(body)
    assert (found.code, found.id) == (RpcCode.METHOD_NOT_FOUND, "a")


@pytest.mark.parametrize("method", [..., None, 5, ["com.vizpin.time"]])
def test_a_method_that_is_no_text_is_no_call(method: Any):
    assert read(method=method).code == RpcCode.INVALID_REQUEST  # type: ignore[union-attr]


@pytest.mark.covers("vizpin", rule="no-json")
def test_a_batch_is_refused():
    for body in (b"[]", b"[" + msgspec.json.encode(CALL) + b"]"):
        assert failed(body).code == RpcCode.INVALID_REQUEST


@pytest.mark.covers("vizpin", rule="no-json")
@pytest.mark.parametrize("body", [b"5", b'"x"', b"null", b"true"])
def test_json_that_is_no_object_is_no_call(body: bytes):
    assert failed(body).code == RpcCode.INVALID_REQUEST


@pytest.mark.covers("vizpin", rule="no-json")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{",
        b'{"id":NaN}',
        b'{"id":-Infinity}',
        b'{"id":"\xed\xa0\x80"}',
        b'{"id":"\xff"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"id":' + b"9" * 5000 + b"}",
        msgspec.json.encode(CALL) + b"x",
        msgspec.json.encode(CALL).decode().encode("utf-16"),
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_no_json_is_a_parse_error(body: bytes):
    assert failed(body).code == RpcCode.PARSE_ERROR


def test_a_byte_order_mark_is_passed_over():
    assert isinstance(read_request(b"\xef\xbb\xbf" + msgspec.json.encode(CALL)), Request)


def test_a_megabyte_of_text_is_read():
    found = read(params={"oem_key": "x" * 1_000_000})
    assert isinstance(found, Request)
    assert "more than 255" in str(TIME.read_params(found.params))
