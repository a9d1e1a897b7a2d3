"""Replies, locks, and what each code means for us."""

import pytest

from doorward.connectors.hikvision.wire import failures as f
from doorward.connectors.hikvision.wire.status import (
    REBOOT,
    Lock,
    Reply,
    find_reply,
    read_lock,
    reply,
    unauthorised,
    write_json,
    write_xml,
)


@pytest.mark.parametrize(
    ("sub", "code", "kind", "error"),
    [
        ("deviceBusy", 2, "retry", f.TerminalBusy),
        ("noMemory", 2, "retry", f.TerminalBusy),
        ("deviceError", 3, "retry", f.TerminalFault),
        ("notSupport", 4, "permanent", f.NotSupported),
        ("methodNotAllowed", 4, "permanent", f.NotSupported),
        ("lowPrivilege", 4, "permanent", f.TerminalForbidden),
        ("badAuthorization", 4, "credential", f.LoginDenied),
        ("invalidOperation", 4, "permanent", f.TerminalRefused),
        ("notActivated", 4, "permanent", f.TerminalRefused),
        ("badXmlFormat", 5, "permanent", f.TerminalRefused),
        ("badJsonFormat", 5, "permanent", f.TerminalRefused),
        ("badParameters", 6, "permanent", f.TerminalRefused),
        ("badXmlContent", 6, "permanent", f.TerminalRefused),
        ("badJsonContent", 6, "permanent", f.TerminalRefused),
        ("MessageParametersLack", 6, "permanent", f.TerminalRefused),
        ("employeeNoAlreadyExist", 6, "permanent", f.AlreadyThere),
        ("deviceUserAlreadyExist", 6, "permanent", f.AlreadyThere),
        ("employeeNoNotExist", 6, "permanent", f.NotThere),
        ("deviceUserNotExist", 6, "permanent", f.NotThere),
        ("deviceUserFull", 6, "capacity", f.TerminalFull),
        ("DEVICEUSERFULL", 6, "capacity", f.TerminalFull),
        ("somethingNew", 2, "retry", f.TerminalBusy),
        ("somethingNew", 3, "retry", f.TerminalFault),
        ("somethingNew", 6, "permanent", f.TerminalRefused),
        ("", 4, "permanent", f.TerminalRefused),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 403])
def test_a_refusal_is_judged_by_its_code_whatever_the_http_status(
    sub: str, code: int, kind: str, error: type[f.WithReply], status: int
):
    for body in (write_json(Reply(code, "x", sub)), write_xml(Reply(code, "x", sub), "/x")):
        found = f.failure(status, find_reply(body))
        assert type(found) is error
        assert (found.kind, found.status) == (kind, status)
        assert found.remedy
        assert found.reply is not None
        assert found.reply.status_code == code


def test_every_code_has_a_remedy():
    for sub, meaning in f.CATALOGUE.items():
        assert meaning.remedy or meaning.error.advice, sub


def test_an_acceptance_is_no_failure():
    assert f.failure(200, find_reply(write_json(reply(1)))) is None
    assert f.failure(200, find_reply(write_xml(reply(1), "/x"))) is None
    assert f.failure(400, find_reply(write_json(reply(1)))) is None


def test_a_wanted_restart_is_an_acceptance():
    assert f.failure(200, find_reply(write_json(reply(REBOOT, "rebootRequired")))) is None


def test_an_answer_that_holds_something_else_is_no_failure():
    assert f.failure(200, find_reply(b'{"UserInfoCount":{"userNumber":1}}')) is None
    assert f.failure(200, find_reply(b"")) is None


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, f.TerminalRefused),
        (400, f.TerminalRefused),
        (403, f.TerminalForbidden),
        (404, f.NotSupported),
        (405, f.NotSupported),
        (500, f.TerminalFault),
        (501, f.NotSupported),
        (503, f.TerminalBusy),
    ],
)
def test_without_a_reply_the_http_status_speaks(status: int, error: type[Exception]):
    found = f.failure(status, find_reply(b"<html>no</html>"))
    assert type(found) is error
    assert found.remedy


def test_a_wrapped_reply_is_found():
    said = find_reply(b'{"ResponseStatus":{"statusCode":6,"subStatusCode":"badParameters"}}')
    assert said == Reply(6, "", "badParameters")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"statusCode":"soon"}',
        b'{"other":1,"note":"statusCode"}',
        b"<ResponseStatus>",
        b"<ResponseStatus/>",
        b"<Other><ResponseStatus/></Other>",
        b"<Time/>",
    ],
)
def test_what_is_no_reply_is_none(body: bytes):
    assert find_reply(body) is None


def test_a_refused_login_in_a_body_carries_its_lock():
    found = f.failure(403, find_reply(write_json(unauthorised(Lock(True, 0, 1795)))))
    assert isinstance(found, f.LoginDenied)
    assert found.lock == Lock(True, 0, 1795)
    assert "1795 s" in found.reason
    assert "Wait" in found.remedy


def test_a_wrong_password_has_another_remedy_than_a_lock():
    found = f.failure(403, find_reply(write_json(unauthorised(Lock(False, 4, 0)))))
    assert found is not None
    assert "Correct" in found.remedy


@pytest.mark.parametrize(
    ("body", "lock"),
    [
        (
            b"<userCheck><lockStatus>lock</lockStatus><retryTimes>0</retryTimes>"
            b"<resLockTime>1800</resLockTime></userCheck>",
            Lock(True, 0, 1800),
        ),
        (b'{"lockStatus":"unlock","retryTimes":4}', Lock(False, 4, None)),
        (
            b"<userCheck><retryLoginTime>3</retryLoginTime><unlockTime>60</unlockTime></userCheck>",
            Lock(None, 3, 60),
        ),
        (b"nothing of the kind", Lock()),
        (b"<broken", Lock()),
    ],
)
def test_the_lock_facts_of_a_401_are_read(body: bytes, lock: Lock):
    assert read_lock(body) == lock


@pytest.mark.parametrize(
    ("lock", "text", "word"),
    [
        (Lock(True, 0, 1800), "the account is locked for 1800 s", "lock"),
        (Lock(True), "the account is locked", "lock"),
        (Lock(False, 4), "user name or password is wrong; 4 tries left", "unlock"),
        (Lock(), "user name or password is wrong", None),
    ],
)
def test_a_lock_is_told_in_words(lock: Lock, text: str, word: str | None):
    assert (str(lock), lock.word) == (text, word)


def test_a_reply_is_told_in_one_line():
    assert reply(6, "badParameters", "endTime").text == "statusCode 6 badParameters (endTime)"
    assert reply(2).text == "statusCode 2 Device Busy"
