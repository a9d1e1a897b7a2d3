"""Each call and each answer as bytes: read, written again, and cut at every byte."""

import msgspec
import pytest

from connectors.vizpin.wire_examples import EXAMPLES, Example
from doorward.connectors.vizpin.wire import answers, envelope
from doorward.connectors.vizpin.wire.answers import Answered, Failed, PlatformFailed
from doorward.connectors.vizpin.wire.codes import RpcCode
from doorward.connectors.vizpin.wire.envelope import Request
from doorward.connectors.vizpin.wire.faults import NotUnderstood
from doorward.connectors.vizpin.wire.operations import OPERATIONS, TIME

each = pytest.mark.parametrize("example", EXAMPLES, ids=[e.operation.short for e in EXAMPLES])


def call(example: Example) -> bytes:
    return (
        f'{{"!version":"2","id":"m42","method":"{example.operation.name}","jsonrpc":"2.0",'
        f'"params":{example.sent}}}'
    ).encode()


def success(example: Example) -> bytes:
    code = int(example.operation.success)
    rest = "" if example.said == "{}" else "," + example.said[1:-1]
    return (
        f'{{"status":1,"result":{{"message":"{example.operation.success.text}","code":{code},'
        f'"now":1772430000{rest}}},"jsonrpc":"2.0","id":"m42"}}'
    ).encode()


def test_there_is_an_example_of_each_method():
    assert [example.operation for example in EXAMPLES] == list(OPERATIONS.values())


@pytest.mark.covers("vizpin", client="*")
@each
def test_a_call_is_written(example: Example):
    assert envelope.write_request(example.operation, example.params, "m42") == call(example)


@pytest.mark.covers("vizpin", server="*")
@each
def test_a_call_is_read(example: Example):
    read = envelope.read_request(call(example))
    assert isinstance(read, Request)
    assert (read.id, read.operation) == ("m42", example.operation)
    assert read.operation.read_params(read.params) == example.params


@each
def test_a_cut_call_is_never_a_call(example: Example):
    whole = call(example)
    for end in range(len(whole)):
        read = envelope.read_request(whole[:end])
        assert isinstance(read, Failed)
        assert read.code == RpcCode.PARSE_ERROR


@pytest.mark.covers("vizpin", server="*", answers="*_SUCCESS", object="*")
@each
def test_an_answer_is_written(example: Example):
    written = answers.write_answer(example.operation, example.answer, "m42", 1772430000)
    assert written == success(example)


@pytest.mark.covers("vizpin", client="*", hears="*_SUCCESS", object="*")
@each
def test_an_answer_is_read(example: Example):
    read = answers.read_answer(example.operation, success(example))
    assert read == Answered(
        example.answer,
        int(example.operation.success),
        example.operation.success.text,
        1772430000,
        "m42",
    )


@each
def test_a_cut_answer_is_never_an_answer(example: Example):
    whole = success(example)
    for end in range(len(whole)):
        with pytest.raises(NotUnderstood):
            answers.read_answer(example.operation, whole[:end])


@each
def test_a_changed_byte_never_ends_in_another_error(example: Example):
    for whole in (call(example), success(example)):
        for place in range(0, len(whole), 17):
            for byte in (b"\x00", b"\xff", b'"', b"{", b"9"):
                body = whole[:place] + byte + whole[place + 1 :]
                read = envelope.read_request(body)
                if isinstance(read, Request):
                    read.operation.read_params(read.params)
                try:
                    answers.read_answer(example.operation, body)
                except NotUnderstood:
                    continue


@pytest.mark.covers("vizpin", rule="secrets-hidden")
@each
def test_no_secret_is_shown_by_what_was_read(example: Example):
    shown = repr(envelope.read_request(call(example))) + repr(example.params)
    shown += repr(answers.read_answer(example.operation, success(example)))
    for secret in ("5f3a9c0017be42d8", "tall-Oak-77", "00Dxyz", "402961", "50001'", "vinter"):
        assert secret not in shown


@pytest.mark.covers("vizpin", rule="all-attributes")
def test_every_attribute_is_there_when_nothing_is_set():
    for example in EXAMPLES:
        for field in msgspec.structs.fields(type(example.answer)):
            assert f'"{field.encode_name}":' in example.said


FAILURE = (
    b'{"status":0,"error":{"message":"user.phone: is required","code":88,"now":1772430000},'
    b'"result":{"message":"user.phone: is required","code":88,"now":1772430000},'
    b'"jsonrpc":"2.0","id":7}'
)
PLATFORM = b'[{"message":"Session expired","errorCode":"INVALID_SESSION_ID"}]'


@pytest.mark.covers(
    "vizpin",
    rule="failure-in-both-places failure-from-either-place",
    answers="USER_REGISTER_ERROR",
    hears="USER_REGISTER_ERROR",
)
def test_a_failure_is_written_in_both_places_and_read_again():
    failed = Failed(88, "user.phone: is required", 7)
    assert answers.write_failed(failed, 1772430000) == FAILURE
    assert answers.read_answer(TIME, FAILURE) == Failed(
        88, "user.phone: is required", 7, 1772430000
    )


@pytest.mark.covers("vizpin", rule="three-layers-of-errors")
def test_the_platforms_refusal_is_written_and_read_again():
    failed = PlatformFailed("INVALID_SESSION_ID", "Session expired")
    assert answers.write_platform(failed) == PLATFORM
    assert answers.read_answer(TIME, PLATFORM) == failed


@pytest.mark.parametrize("whole", [FAILURE, PLATFORM])
def test_a_cut_failure_is_not_understood(whole: bytes):
    for end in range(len(whole)):
        with pytest.raises(NotUnderstood):
            answers.read_answer(TIME, whole[:end])
