"""The table of calls: each is found by what is sent for it."""

import pytest

from doorward.connectors.wincardcore.wire.faults import Fault
from doorward.connectors.wincardcore.wire.operations import (
    ALIVE,
    COMMAND,
    DELETE_ACCOUNTS,
    GET_ACCOUNT,
    GET_ACCOUNTS,
    LOCK_CARD,
    OPERATIONS,
    PATCH_ACCOUNTS,
    POST_ACCOUNTS,
    PUT_ACCOUNTS,
    PUT_TRANSACTION,
    REFUND,
    Call,
    NoCall,
    Operation,
    find,
    normal_prefix,
    target,
)

KEYS = ["a", "0006-0000000123", "a/b", "ö ?#%", "a..b", "..a", "%2F", "\U0001f697"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
@pytest.mark.parametrize("prefix", ["", "/api/ica", "/x"])
def test_every_call_is_found_by_its_method_and_path(operation: Operation, prefix: str):
    for key in KEYS if operation.key_limit else [""]:
        path = target(operation, prefix, key)
        assert path.isascii()
        assert find(operation.side, prefix, operation.method, path) == Call(operation, key)
        other = "car park" if operation.side == "settlement" else "settlement"
        found = find(other, prefix, operation.method, path)
        assert found != Call(operation, key)


@pytest.mark.covers("wincardcore", rule="refund-to-the-letter")
def test_only_the_refund_may_not_be_repeated_freely():
    assert [operation for operation in OPERATIONS if not operation.repeatable] == [REFUND]
    assert len({operation.name for operation in OPERATIONS}) == len(OPERATIONS) == 19


def test_success_is_as_printed():
    assert PUT_ACCOUNTS.statuses == (204, 202)
    reading = {operation for operation in OPERATIONS if operation.statuses == (200,)}
    assert reading == {operation for operation in OPERATIONS if operation.answer is not None}


def test_accounts_are_found_without_the_version_too():
    assert find("car park", "/api/ica", "PUT", "/api/ica/accounts") == Call(PUT_ACCOUNTS)
    assert find("settlement", "", "GET", "/accounts") == Call(GET_ACCOUNTS)
    assert find("settlement", "", "GET", "/accounts/a%20b") == Call(GET_ACCOUNT, "a b")
    assert find("car park", "", "PATCH", "/cards") == NoCall()


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/api/ica", "/api/ica/", "/api/icax/v1/accounts", "/v1/accounts"),
        *("/api/ica/v1", "/api/ica/v2/accounts", "/api/ica/v1/cards/", "/api/ica/v1/cards/a/b"),
        *("/api/ica/accountsx", "/api/ica//v1/accounts", "/api/ica/v1/transactions"),
    ],
)
def test_another_path_is_no_call(path: str):
    assert find("settlement", "/api/ica", "GET", path) == NoCall()


def test_another_method_is_told_which_there_are():
    found = find("car park", "/api/ica", "GET", "/api/ica/v1/accounts")
    assert found == NoCall(("PUT", "PATCH", "POST", "DELETE"))
    assert find("settlement", "", "GET", "/v1/transactions/1") == NoCall(("PUT", "PATCH", "DELETE"))
    assert find("settlement", "", "PUT", "/v1/command") == NoCall(("POST", "GET"))


@pytest.mark.parametrize(
    ("key", "status"),
    [("%ff", 400), ("%C3", 400), ("x" * 51, 422), ("%C3%B6" * 51, 422), ("a%00", 422)],
)
def test_a_broken_or_long_key_is_a_fault(key: str, status: int):
    with pytest.raises(Fault, match="the key in the path") as caught:
        find("settlement", "", "PUT", f"/v1/transactions/{key}")
    assert caught.value.status == status


@pytest.mark.parametrize("key", ["", ".", "..", "x" * 51])
def test_a_key_that_no_path_can_carry_is_not_sent(key: str):
    with pytest.raises(ValueError, match="no path can carry the key"):
        target(PUT_TRANSACTION, key=key)


@pytest.mark.covers("wincardcore", rule="prefix")
def test_the_default_prefix_is_the_documents():
    assert target(LOCK_CARD, key="k/1") == "/api/ica/v1/lock/cards/k%2F1"
    assert target(COMMAND) == target(ALIVE) == "/api/ica/v1/command"
    assert {PUT_ACCOUNTS.path, PATCH_ACCOUNTS.path, POST_ACCOUNTS.path, DELETE_ACCOUNTS.path} == {
        "/v1/accounts"
    }


@pytest.mark.covers("wincardcore", rule="prefix")
@pytest.mark.parametrize(
    ("text", "prefix"),
    [("/api/ica", "/api/ica"), ("api/ica/", "/api/ica"), ("", ""), ("/", ""), ("/a", "/a")],
)
def test_a_prefix_is_brought_into_one_form(text: str, prefix: str):
    assert normal_prefix(text) == prefix


@pytest.mark.parametrize("text", ["/a?b", "/a b", "/ö", "/a/../b", "a//b", "/a#", "/%2e", "/./a"])
def test_a_prefix_that_is_no_path_is_refused(text: str):
    with pytest.raises(ValueError, match="is no prefix"):
        normal_prefix(text)
