"""A call's way through the server: the order of faults, sessions, keys, locks, both shapes."""

import json
import logging
from typing import Any

import pytest

from connectors.vizpin.twin_rig import PASSWORD, Rig, made, neighbour
from doorward.connectors.vizpin.server import answering
from doorward.connectors.vizpin.server.backend import Backend, method_name
from doorward.connectors.vizpin.twin.seed import NEIGHBOUR, NEIGHBOURS_KEY
from doorward.connectors.vizpin.wire.codes import ErrorCode, RpcCode
from doorward.connectors.vizpin.wire.operations import OPERATIONS

CALL: dict[str, Any] = {"!version": "2", "id": "1", "jsonrpc": "2.0", "method": "com.vizpin.time"}


@pytest.fixture
def rig() -> Rig:
    return made()


def sent(rig: Rig, call: Any, token: str | None = None) -> dict[str, Any]:
    body = call if isinstance(call, bytes) else json.dumps(call).encode()
    held = rig.token if token is None else token
    found: dict[str, Any] = json.loads(answering.answer(rig.world.cloud, held, body))
    return found


def test_a_backend_declares_a_method_for_each_operation():
    for operation in OPERATIONS.values():
        assert callable(getattr(Backend, method_name(operation))), operation.name


@pytest.mark.covers(
    "vizpin",
    rule="order-of-faults",
    answers="-32600 BAD_APP_VERSION BAD_SESSION BAD_OEM_KEY ACCOUNT_LIST_ERROR",
)
def test_faults_answer_in_their_order(rig: Rig):
    """Each call has all the faults of the ones after it."""
    right = {**CALL, "method": "com.vizpin.account.get", "params": {"oem_key": rig.key}}
    bad_key = {**right, "params": {"oem_key": "wrong"}}
    bad_version = {**bad_key, "!version": "3"}
    bad_envelope = {**bad_version, "jsonrpc": "1.0"}
    codes = [
        sent(rig, call, token)["error"]["code"]
        for call, token in (
            (bad_envelope, "wrong"),
            (bad_version, "wrong"),
            (bad_key, "wrong"),
            (bad_key, rig.token),
            (right, rig.token),
        )
    ]
    assert codes == [RpcCode.INVALID_REQUEST, 95, 20, 59, ErrorCode.ACCOUNT_LIST_ERROR]


@pytest.mark.covers("vizpin", rule="failure-in-both-places now")
def test_a_failure_says_the_same_under_error_and_result(rig: Rig):
    answer = sent(rig, {**CALL, "id": 42, "params": {}})
    assert answer["status"] == 0
    assert answer["error"] == answer["result"]
    assert set(answer["error"]) == {"code", "message", "now"}
    assert (answer["jsonrpc"], answer["id"]) == ("2.0", 42)


@pytest.mark.covers("vizpin", rule="call-id")
def test_an_id_comes_back_exactly_as_it_came(rig: Rig):
    for ident in ("2272", 2272, "a1B2c3"):
        answer = sent(rig, {**CALL, "id": ident, "params": {"oem_key": rig.key}})
        assert (answer["id"], answer["status"]) == (ident, 1)


@pytest.mark.covers("vizpin", rule="no-json unknown-method", answers="-32700 -32600 -32601")
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", RpcCode.PARSE_ERROR),
        (b"\xff\xfe{}", RpcCode.PARSE_ERROR),
        (b"{", RpcCode.PARSE_ERROR),
        (b"[" * 100_000, RpcCode.PARSE_ERROR),
        (b"[]", RpcCode.INVALID_REQUEST),
        (b"7", RpcCode.INVALID_REQUEST),
        ({**CALL, "id": None}, RpcCode.INVALID_REQUEST),
        ({**CALL, "id": 1.5}, RpcCode.INVALID_REQUEST),
        ({**CALL, "id": "12345678901"}, RpcCode.INVALID_REQUEST),
        ({**CALL, "id": "a-b"}, RpcCode.INVALID_REQUEST),
        ({**CALL, "method": 7}, RpcCode.INVALID_REQUEST),
        ({**CALL, "method": "com.vizpin.open.sesame"}, RpcCode.METHOD_NOT_FOUND),
        ({**CALL, "!version": "1.5"}, ErrorCode.BAD_APP_VERSION),
    ],
)
def test_what_is_no_call_is_told_why(rig: Rig, body: Any, code: int):
    answer = sent(rig, body)
    assert (answer["status"], answer["error"]["code"]) == (0, code)
    assert answer["error"]["message"]


@pytest.mark.covers("vizpin", rule="version")
@pytest.mark.parametrize("version", ["1", "2", "2.0", 2])
def test_every_spelling_of_the_version_is_taken(rig: Rig, version: object):
    assert sent(rig, {**CALL, "!version": version, "params": {"oem_key": rig.key}})["status"] == 1


# --- sessions


@pytest.mark.covers("vizpin", rule="token", answers="BAD_SESSION")
def test_every_call_but_the_login_needs_a_session(rig: Rig):
    for name in OPERATIONS:
        if name != "com.vizpin.user.authenticate":
            for token in ("", "wrong", "å", rig.token + "x"):
                answer = sent(rig, {**CALL, "method": name, "params": {}}, token)
                assert answer["error"]["code"] == ErrorCode.BAD_SESSION


@pytest.mark.covers("vizpin", rule="session-expiry", answers="BAD_SESSION")
def test_a_session_expires_when_it_is_not_used_and_lives_while_it_is(rig: Rig):
    for _ in range(4):
        rig.advance(seconds=7199)
        rig.ok("time")
    rig.advance(seconds=7200)
    assert rig.call("time")["error"]["code"] == ErrorCode.BAD_SESSION
    assert rig.login()["status"] == 1
    rig.ok("time")


def test_a_login_may_have_several_sessions(rig: Rig):
    first = rig.token
    rig.login()
    assert first != rig.token
    assert rig.raw("time", {"oem_key": rig.key}, first)["status"] == 1


def test_the_oldest_session_makes_room(rig: Rig, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("doorward.connectors.vizpin.twin.sessions.MOST", 3)
    tokens = [rig.token]
    for _ in range(3):
        rig.login()
        tokens.append(rig.token)
    alive = [rig.raw("time", {"oem_key": rig.key}, token)["status"] for token in tokens]
    assert alive == [0, 1, 1, 1]


# --- logging in


@pytest.mark.covers(
    "vizpin",
    rule="token",
    server="user.authenticate",
    answers="AUTENTICATE_SUCCESS",
)
def test_a_login_answers_a_token(rig: Rig):
    answer = rig.login()
    assert answer["result"]["code"] == 9
    assert len(answer["result"]["token"]) > 30


@pytest.mark.covers("vizpin", rule="login-codes", answers="BAD_PASSWORD BAD_USERNAME BAD_OEM_KEY")
@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"username": "demo"}, 4),
        ({"username": "demo", "password": ""}, 4),
        ({"username": "demo", "password": "wrong"}, 4),
        ({"password": "demo"}, 65),
        ({"username": "nobody", "password": "demo"}, 65),
        ({"username": "demo", "password": "demo", "oem_key": "wrong"}, 59),
        ({"username": "demo", "password": "demo", "oem_key": None}, 59),
        ({"username": "demo", "password": "demo", "oem_key": NEIGHBOURS_KEY}, 59),
        ({"username": NEIGHBOUR, "password": "demo"}, 59),
    ],
)
def test_a_login_fails_with_the_code_of_what_is_wrong(rig: Rig, params: Any, code: int):
    assert rig.call("user.authenticate", **params)["error"]["code"] == code


@pytest.mark.covers(
    "vizpin",
    rule="three-wrong-passwords lock-ends login-codes",
    answers="USER_LOGIN_ERROR BAD_PASSWORD",
    twin="user.authenticate",
)
def test_three_wrong_passwords_lock_the_login_for_a_while(rig: Rig):
    for _ in range(3):
        assert rig.login(password="wrong")["error"]["code"] == ErrorCode.BAD_PASSWORD
    for password in ("wrong", "demo"):
        assert rig.login(password=password)["error"]["code"] == ErrorCode.USER_LOGIN_ERROR
    rig.ok("time")  # who is logged in stays so
    rig.advance(seconds=899)
    assert rig.login()["error"]["code"] == ErrorCode.USER_LOGIN_ERROR
    rig.advance(seconds=1)
    assert rig.login(password="wrong")["error"]["code"] == ErrorCode.BAD_PASSWORD
    assert rig.login()["status"] == 1


@pytest.mark.covers("vizpin", rule="three-wrong-passwords")
def test_a_right_password_forgives_the_wrong_ones(rig: Rig):
    for _ in range(3):
        rig.login(password="wrong")
        rig.login(password="wrong")
        assert rig.login()["status"] == 1


@pytest.mark.covers("vizpin", rule="lock-ends")
def test_an_operator_unlocks_a_login(rig: Rig):
    for _ in range(3):
        rig.login(password="wrong")
    rig.world.cloud.unlock_login("demo")
    assert rig.login()["status"] == 1


def test_what_is_no_password_is_no_attempt(rig: Rig):
    for password in (None, 7, "", "x" * 300, []):
        params = {"oem_key": rig.key, "username": "demo", "password": password}
        assert rig.raw("user.authenticate", params)["error"]["code"] == ErrorCode.BAD_PASSWORD
    assert rig.login()["status"] == 1


# --- the OEM key, and whose data it is


@pytest.mark.covers("vizpin", rule="oem-key", answers="BAD_OEM_KEY")
def test_a_key_is_checked_wherever_it_is_sent(rig: Rig):
    for operation in OPERATIONS.values():
        answer = rig.raw(operation.short, {"oem_key": NEIGHBOURS_KEY})
        told = (answer["error"]["code"], answer["error"]["message"].split(":")[0])
        if operation.needs_session:
            assert told == (ErrorCode.BAD_OEM_KEY, "oem_key"), operation.name


@pytest.mark.covers("vizpin", rule="oem-key", answers="BAD_OEM_KEY")
def test_a_key_is_demanded_where_the_method_lists_it_only(rig: Rig):
    for operation in OPERATIONS.values():
        code = rig.raw(operation.short, {})["error"]["code"]
        assert (code == ErrorCode.BAD_OEM_KEY) is operation.needs_key, operation.name


@pytest.mark.covers("vizpin", rule="oem-key")
def test_a_call_without_a_key_where_none_is_listed_works(rig: Rig):
    user = rig.user()
    answer = rig.raw("user.get", {"userid": user["id"]})
    assert answer["result"]["user"]["id"] == user["id"]


@pytest.mark.covers("vizpin", rule="confined-to-oem foreign-objects")
def test_partners_see_nothing_of_each_other(rig: Rig):
    other = neighbour(rig)
    assert len(other.ok("account.list")["accounts"]) == 1
    theirs = {one["id"] for one in other.ok("account.list")["accounts"]}
    assert not theirs & {one["id"] for one in rig.ok("account.list")["accounts"]}
    code, message = rig.refused("account.get", id=min(theirs))
    unknown = rig.refused("account.get", id="a0M0000")
    assert (code, message) == unknown


# --- what nobody foresaw


@pytest.mark.covers("vizpin", answers="-32603")
def test_an_error_inside_is_logged_and_answered_without_its_words(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken(*_: object) -> None:
        raise OSError("disk full of " + PASSWORD)

    monkeypatch.setattr(rig.world.cloud, "account_list", broken)
    with caplog.at_level(logging.ERROR):
        answer = rig.call("account.list")
    assert answer["error"]["code"] == RpcCode.INTERNAL_ERROR
    assert PASSWORD not in json.dumps(answer)
    assert "com.vizpin.account.list" in caplog.text
