"""Answers in other forms than the printed one, failures, and what is no answer."""

import pytest

from connectors.vizpin.wire_examples import GYM, MAJA, PINS
from doorward.connectors.vizpin.wire import answers
from doorward.connectors.vizpin.wire import operations as ops
from doorward.connectors.vizpin.wire.answers import Answered, Failed, PlatformFailed
from doorward.connectors.vizpin.wire.codes import ErrorCode, RpcCode
from doorward.connectors.vizpin.wire.faults import Fault, NotUnderstood
from doorward.connectors.vizpin.wire.operation import A, Operation, P
from doorward.connectors.vizpin.wire.schedules import ALWAYS, CustomSchedule
from doorward.connectors.vizpin.wire.session import Done
from doorward.connectors.vizpin.wire.users import OneUser, User


def answer(operation: Operation[P, A], result: str) -> A:
    body = f'{{"status":1,"result":{result},"jsonrpc":"2.0","id":"1"}}'.encode()
    read = answers.read_answer(operation, body)
    assert isinstance(read, Answered)
    return read.answer


@pytest.mark.covers("vizpin", rule="tolerant-answers")
def test_attributes_of_other_types_become_text():
    read = answer(
        ops.ACCOUNT_GET,
        '{"account":{"id":"a","zipcode":11646,"deactivated":false,"phone":null,"type":2.5}}',
    ).account
    assert (read.zipcode, read.deactivated, read.phone, read.type) == ("11646", "false", "", "2.5")


def test_a_card_number_may_be_a_number_and_a_token_may_not():
    read = answer(ops.CREDENTIAL_GENERATE, '{"credentials":{"id":"c","cardnumber":50001}}')
    assert read.credential.cardnumber == "50001"
    with pytest.raises(NotUnderstood):
        answer(ops.AUTHENTICATE, '{"token":["00Dxyz"]}')


@pytest.mark.covers("vizpin", rule="tolerant-answers")
def test_attributes_in_other_spellings_and_unknown_ones_are_coped_with():
    read = answer(
        ops.CREDENTIAL_GENERATE,
        '{"credentials":{"Id":"c","account_id":"a","user_id":"u","colour":[1]}}',
    ).credential
    assert (read.id, read.account_id, read.user_id) == ("c", "a", "u")


@pytest.mark.covers("vizpin", rule="tolerant-answers")
def test_a_list_of_one_is_taken_for_an_object_and_the_other_way_round():
    assert answer(ops.ACCOUNT_GET, '{"account":[{"id":"a"}]}').account.id == "a"
    assert answer(ops.LOCATION_GET, '{"locations":{"id":"l"}}').locations[0].id == "l"


@pytest.mark.covers("vizpin", rule="tolerant-answers counts-as-text")
def test_counts_are_read_as_text_or_as_numbers():
    for result in (
        '{"totalcount":"200","batchcounter":2}',
        '{"TotalCount":200,"batchCounter":"2"}',
    ):
        read = answer(ops.USER_COUNT, result)
        assert (read.totalcount, read.batchcounter) == (200, 2)


@pytest.mark.parametrize("count", ["true", '"x"', "-1", "1.5", "null", "[]"])
def test_a_count_that_is_none_is_not_understood(count: str):
    with pytest.raises(NotUnderstood):
        answer(ops.USER_COUNT, f'{{"totalcount":{count},"batchcounter":"2"}}')


def test_the_total_of_a_list_may_be_missing():
    assert answer(ops.USER_LIST, '{"users":[]}').total is None
    assert answer(ops.USER_LIST, '{"users":[{"id":"u","x":1}],"totalCount":null}').total is None


def test_an_unset_part_is_its_default():
    read = answer(ops.VIZPIN_LIST, '{"vizpins":[{"id":"p","schedule":"","status":null}]}').vizpins
    assert (read[0].schedule, read[0].status) == (ALWAYS, "")


def test_a_schedule_is_found_by_its_word():
    element = '{"monday_begin":"08:00 AM","monday_end":"09:00 AM","monday_note":1}'
    result = (
        f'{{"vizpins":[{{"id":"p","schedule":{{"type":"Custom","scheduleelement":{element}}}}}]}}'
    )
    schedule = answer(ops.VIZPIN_LIST, result).vizpins[0].schedule
    assert isinstance(schedule, CustomSchedule)
    assert schedule.scheduleelement.span("monday") == ("08:00 AM", "09:00 AM")


def test_a_schedule_alone_in_a_list_keeps_its_kind():
    result = '{"vizpins":[{"id":"p","schedule":[{"type":"custom","colour":1}]}]}'
    assert answer(ops.VIZPIN_LIST, result).vizpins[0].schedule == CustomSchedule()


@pytest.mark.covers("vizpin", rule="never-mistaken-for-open")
@pytest.mark.parametrize(
    "schedule",
    [
        '"x"',
        "5",
        "[1]",
        "[{},{}]",
        '{"type":"weekly"}',
        '{"type":24}',
        '{"id":"s"}',
        '{"scheduleelement":{"monday_begin":"08:00 AM"}}',
        '[{"type":"weekly"}]',
    ],
)
def test_a_schedule_that_is_none_is_not_understood(schedule: str):
    with pytest.raises(NotUnderstood):
        answer(ops.VIZPIN_LIST, f'{{"vizpins":[{{"id":"p","schedule":{schedule}}}]}}')


@pytest.mark.covers("vizpin", rule="tolerant-answers")
@pytest.mark.parametrize(
    "result",
    [
        "{}",
        '{"users":null}',
        '{"users":5}',
        '{"users":[5]}',
        '{"users":[{"first_name":"Maja"}]}',
        '{"users":[{"id":null}]}',
        '{"users":[{"id":"u","phone":{}}]}',
        "[]",
        "5",
        '"x"',
        "null",
        '{"users":[{"id":' + "9" * 5000 + "}]}",
    ],
)
def test_a_list_is_never_made_up(result: str):
    with pytest.raises(NotUnderstood):
        answer(ops.USER_LIST, result)


def test_a_status_may_be_text_and_the_head_thin():
    read = answers.read_answer(ops.TIME, b' \xef\xbb\xbf{"status":"1","result":{}}'.strip())
    assert read == Answered(Done(), 30, "", None, None)
    read = answers.read_answer(
        ops.TIME, b'{"status":1,"result":{"code":"30","message":" ok ","now":"7"}}'
    )
    assert read == Answered(Done(), 30, "ok", 7, None)


@pytest.mark.covers("vizpin", rule="failure-from-either-place")
@pytest.mark.parametrize("place", ["error", "result"])
def test_a_failure_is_read_from_either_place(place: str):
    body = f'{{"status":0,"{place}":{{"code":20,"message":"gone"}},"id":"x"}}'.encode()
    read = answers.read_answer(ops.TIME, body)
    assert read == Failed(20, "gone", "x")
    assert read.known == ErrorCode.BAD_SESSION


def test_a_failure_without_status_or_code_is_a_failure():
    read = answers.read_answer(ops.TIME, b'{"error":{"message":7}}')
    assert read == Failed(-1, "")
    assert read.known is None
    rpc = answers.read_answer(ops.TIME, b'{"jsonrpc":"2.0","error":{"code":-32601},"id":null}')
    assert isinstance(rpc, Failed)
    assert rpc.known == RpcCode.METHOD_NOT_FOUND


@pytest.mark.covers("vizpin", rule="status-before-code")
def test_the_status_comes_before_the_code():
    body = b'{"status":%d,"result":{"code":43,"activity":[]}}'
    assert isinstance(answers.read_answer(ops.ACTIVITY_LIST, body % 1), Answered)
    assert isinstance(answers.read_answer(ops.ACTIVITY_LIST, body % 0), Failed)
    assert isinstance(answers.read_answer(ops.ACTIVITY_LIST, body % -1), Failed)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Service unavailable</html>",
        b"{}",
        b'{"result":{"code":30}}',
        b'{"status":2,"result":{}}',
        b'{"status":"fine","result":{}}',
        b'{"status":1}',
        b'{"status":0}',
        b'{"status":0,"error":"no"}',
        b"[]",
        b"[5]",
        b'[{"message":"x"}]',
        b'{"status":1,"result":{"code":"x"}}',
        b'{"status":1,"result":{"message":"\\ud800"}}',
        b'{"status":1,"result":{"message":NaN}}',
        b'{"status":1,"result":' + b"[" * 100_000,
        b"[" * 100_000,
        b"\xff\xfe{}",
    ],
    ids=lambda body: repr(body[:40]),
)
def test_what_is_no_answer_is_not_understood(body: bytes):
    with pytest.raises(NotUnderstood):
        answers.read_answer(ops.TIME, body)


@pytest.mark.covers("vizpin", rule="three-layers-of-errors")
def test_the_platforms_first_error_is_read():
    body = b'[{"errorCode":"REQUEST_LIMIT_EXCEEDED"},{"errorCode":"OTHER","fields":[]}]'
    assert answers.read_answer(ops.TIME, body) == PlatformFailed("REQUEST_LIMIT_EXCEEDED", "")


def test_a_server_cannot_answer_with_another_methods_answer():
    with pytest.raises(TypeError, match=r"account\.get"):
        answers.write_answer(ops.ACCOUNT_GET, OneUser(user=MAJA), 1, 0)


def test_a_server_may_say_it_in_its_own_words():
    body = answers.write_answer(ops.OBJECT_DELETE, Done(), 1, 0, "the reader is gone")
    read = answers.read_answer(ops.OBJECT_DELETE, body)
    assert isinstance(read, Answered)
    assert read.message == "the reader is gone"


@pytest.mark.covers("vizpin", rule="own-error-code")
def test_a_refusal_has_the_methods_code_and_names_the_field():
    refused = answers.refusal(ops.READER_ADD, Fault("reader.serial", "is required"), "q1")
    assert refused == Failed(39, "reader.serial: is required", "q1")


def test_objects_know_what_is_wrong_with_them():
    assert GYM.fault() is None
    assert MAJA.fault() is None
    american = OneUser(user=User(**{**as_dict(MAJA), "country": "USA", "state": "UM"})).user
    assert american.fault() == Fault("state", "is not in the list of US states")
    assert not american.verified
    assert PINS[0].cardnumber not in repr(PINS[0])


def as_dict(user: User) -> dict[str, str]:
    return {name: getattr(user, name) for name in user.__struct_fields__}
