"""A session with VIZpin: logging in, once more when it is over, and what is sent again."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from doorward.connectors.vizpin.client import Account, Patience, Session, VizpinClient
from doorward.connectors.vizpin.client.failures import Declined
from doorward.connectors.vizpin.wire.codes import AnyError, ErrorCode, RpcCode
from doorward.net.errors import (
    AnswerLost,
    Busy,
    Forbidden,
    LoginRefused,
    Refused,
    RemoteError,
    Unreadable,
)
from doorward.net.secrets import Secret
from net.sockets import Heard, Recorded, Server, serving

WHO = Account("hub@club.example", Secret("Right-1-password"), Secret("4F6E652D4B6579"))
AT_ONCE = Patience(attempts=3, wait=0.0, wait_max=0.0)
TIME = {"status": 1, "result": {"code": 30, "message": "fine", "now": 1_767_225_600}}

Reply = Callable[[Heard], Awaitable[None]]


def says(document: Any, status: int = 200) -> Reply:
    async def reply(heard: Heard) -> None:
        await heard.answer(json.dumps(document).encode(), status)

    return reply


def fails(code: int, message: str = "no") -> Reply:
    told = {"code": code, "message": message, "now": 1}
    return says({"status": 0, "error": told, "result": told, "id": "1"})


async def breaks(heard: Heard) -> None:
    heard.reset()


def token(number: int) -> Reply:
    return says(
        {"status": 1, "result": {"code": 9, "message": "", "now": 1, "token": f"t{number}"}}
    )


@dataclass
class Api:
    """An API that answers logins with a token each, and calls as told, one after the other."""

    replies: list[Reply] = field(default_factory=list)
    logins: list[Reply] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    over: set[str] = field(default_factory=set)

    async def __call__(self, heard: Heard) -> None:
        method = json.loads(heard.body)["method"].removeprefix("com.vizpin.")
        self.asked.append(method)
        if method == "user.authenticate":
            number = self.asked.count(method)
            await (self.logins.pop(0) if self.logins else token(number))(heard)
            return
        head = dict(line.split(": ", 1) for line in heard.head.splitlines()[1:] if line)
        self.tokens.append(head.get("token", ""))
        if self.tokens[-1] in self.over:
            await fails(20)(heard)
        else:
            await (self.replies.pop(0) if self.replies else says(TIME))(heard)


@asynccontextmanager
async def asking(api: Api) -> AsyncIterator[tuple[VizpinClient, Server, Recorded]]:
    async with serving(api) as server:
        recorded = Recorded(server.url)
        async with recorded.line() as line:
            yield VizpinClient(Session(line, WHO, AT_ONCE)), server, recorded


async def asked(*replies: Reply, logins: Sequence[Reply] = (), times: int = 1) -> Api:
    """What the API was asked by somebody who wants the time so many times."""
    api = Api(list(replies), list(logins))
    async with asking(api) as (client, _, _):
        for _ in range(times):
            await client.time()
    return api


async def refused(
    kind: type[RemoteError], *replies: Reply, logins: Sequence[Reply] = ()
) -> tuple[Any, Api]:
    api = Api(list(replies), list(logins))
    async with asking(api) as (client, _, _):
        with pytest.raises(kind) as caught:
            await client.time()
    return caught.value, api


@pytest.mark.covers("vizpin", client="user.authenticate time", rule="token")
async def test_the_first_call_logs_in_and_the_others_use_its_token():
    api = await asked(times=3)
    assert api.asked == ["user.authenticate", "time", "time", "time"]
    assert api.tokens == ["t1", "t1", "t1"]


@pytest.mark.covers("vizpin", rule="secrets-hidden")
async def test_neither_password_nor_key_nor_token_is_in_the_record_of_calls():
    api = Api()
    async with asking(api) as (client, server, recorded):
        await client.time()
    kept = "".join(call.request + call.response for call in recorded.calls)
    assert len(recorded.calls) == 2
    assert not any(secret in kept for secret in (WHO.password, WHO.oem_key, "t1"))
    assert WHO.password.encode() in server.heard[0].body


@pytest.mark.covers("vizpin", rule="one-login-anew", hears="BAD_SESSION")
async def test_a_session_that_is_over_is_begun_anew_once():
    api = await asked(says(TIME), fails(20), times=2)
    assert api.asked == ["user.authenticate", "time", "time", "user.authenticate", "time"]
    assert api.tokens == ["t1", "t1", "t2"]


@pytest.mark.covers("vizpin", rule="one-login-anew three-layers-of-errors")
async def test_the_platforms_own_word_for_it_counts_too():
    over = says([{"errorCode": "INVALID_SESSION_ID", "message": "expired"}], 401)
    api = await asked(over)
    assert api.tokens == ["t1", "t2"]


@pytest.mark.covers("vizpin", rule="one-login-anew")
async def test_a_new_session_that_is_not_taken_either_ends_it():
    error, api = await refused(Refused, fails(20), fails(20))
    assert "right after logging in" in str(error)
    assert api.asked.count("user.authenticate") == 2


@pytest.mark.covers("vizpin", rule="one-login-anew")
async def test_calls_side_by_side_log_in_once_for_a_session_that_is_over():
    api = Api()
    async with asking(api) as (client, _, _):
        await client.time()
        api.over.add("t1")
        await asyncio.gather(client.time(), client.time())
    assert api.asked.count("user.authenticate") == 2


@pytest.mark.covers(
    "vizpin",
    rule="no-login-twice",
    hears="BAD_PASSWORD BAD_OEM_KEY USER_LOGIN_ERROR BAD_USERNAME",
)
@pytest.mark.parametrize("code", [4, 59, 61, 65])
async def test_a_refused_login_is_not_sent_again(code: int):
    api = Api(logins=[fails(code)])
    async with asking(api) as (client, _, _):
        for _ in range(3):
            with pytest.raises(LoginRefused):
                await client.time()
    assert api.asked == ["user.authenticate"]


@pytest.mark.covers("vizpin", hears="BAD_OEM_KEY")
async def test_a_key_that_is_refused_in_a_call_says_what_to_correct():
    error, _ = await refused(LoginRefused, fails(59))
    assert "oem_key" in error.remedy


@pytest.mark.covers("vizpin", hears="USER_LOGIN_ERROR")
async def test_a_locked_login_says_that_waiting_helps():
    error, _ = await refused(LoginRefused, logins=[fails(61)])
    assert "unlocks" in error.remedy


async def test_logging_in_by_name_begins_a_new_session():
    api = Api()
    async with asking(api) as (client, _, _):
        await client.user_authenticate()
        await client.user_authenticate()
        await client.time()
    assert api.asked == ["user.authenticate", "user.authenticate", "time"]
    assert api.tokens == ["t2"]


# --- the three layers


@pytest.mark.covers("vizpin", hears="TIME_ERROR", rule="three-layers-of-errors")
async def test_what_the_api_declines_is_told_with_its_code_and_words():
    error, _ = await refused(Declined, fails(31, "no clock here"))
    assert error.code == 31
    assert str(error) == "com.vizpin.time: no clock here (31)"


DECLINED = [code for code in (*ErrorCode, *RpcCode) if code.kind in {"failed", "request"}]


@pytest.mark.covers(
    "vizpin",
    hears="[!U]*_ERROR USER_[!L]*_ERROR USER_LIST_ERROR *_ERROR:* VERIFY* BAD_APP_VERSION -32*",
)
@pytest.mark.parametrize("code", DECLINED, ids=lambda code: code.name)
async def test_every_other_code_is_a_refusal_with_its_own_text(code: AnyError):
    error, api = await refused(Declined, fails(code, ""))
    assert (error.code, str(error)) == (code, f"com.vizpin.time: {code.text} ({int(code)})")
    assert api.asked == ["user.authenticate", "time"]


async def test_a_code_that_nobody_knows_is_a_refusal_as_well():
    error, _ = await refused(Declined, fails(777, ""))
    assert (error.code, str(error)) == (777, "com.vizpin.time: no reason given (777)")


@pytest.mark.covers("vizpin", rule="three-layers-of-errors")
async def test_what_the_platform_refuses_is_told_in_its_words():
    error, _ = await refused(Refused, says([{"errorCode": "APEX_ERROR", "message": "oh"}], 400))
    assert str(error) == "APEX_ERROR: oh"


@pytest.mark.covers("vizpin", hears="HTTP-403", rule="three-layers-of-errors")
async def test_an_address_that_is_not_registered_is_told_with_what_to_do():
    error, _ = await refused(Forbidden, says({}, 403))
    assert "register the address" in error.remedy


@pytest.mark.covers("vizpin", hears="HTTP-404 HTTP-405 HTTP-413 HTTP-415")
@pytest.mark.parametrize("status", [301, 404, 405, 413, 415])
async def test_another_status_is_no_answer_of_this_api(status: int):
    error, _ = await refused(Unreadable, says({}, status))
    assert error.status == status


async def test_an_answer_that_is_none_is_told():
    await refused(Unreadable, says("hello"))


# --- what is sent again


@pytest.mark.covers("vizpin", rule="repeat-harmless-only", hears="HTTP-503")
@pytest.mark.parametrize(
    "passing",
    [
        breaks,
        says({}, 503),
        says({}, 429),
        says([{"errorCode": "SERVER_UNAVAILABLE", "message": "later"}], 503),
    ],
)
async def test_what_may_pass_is_tried_again(passing: Reply):
    api = await asked(passing, passing)
    assert api.asked.count("time") == 3


async def test_but_not_for_ever():
    _, api = await refused(Busy, *[says({}, 503)] * 9)
    assert api.asked.count("time") == 3


@pytest.mark.covers("vizpin", rule="repeat-harmless-only")
async def test_a_call_that_may_have_been_done_is_not_sent_again():
    api = Api([breaks])
    async with asking(api) as (client, _, _):
        with pytest.raises(AnswerLost):
            await client.user_remove("u1", "a1")
    assert api.asked.count("user.remove") == 1


@pytest.mark.covers("vizpin", rule="no-login-twice")
async def test_a_login_whose_answer_was_lost_is_not_sent_again():
    _, api = await refused(AnswerLost, logins=[breaks])
    assert api.asked == ["user.authenticate"]


@pytest.mark.covers("vizpin", rule="nothing-refused-is-sent")
async def test_what_the_interface_does_not_take_is_not_sent():
    api = Api()
    async with asking(api) as (client, _, _):
        with pytest.raises(Refused, match=r"not sent: .*phone"):
            await client.user_find("call me", "Berg")
    assert api.asked == ["user.authenticate"]


# --- the time in its answers


@pytest.mark.covers("vizpin", client="time")
@pytest.mark.parametrize(
    ("now", "told"),
    [
        (1_767_225_600, datetime(2026, 1, 1, tzinfo=UTC)),
        (None, None),
        (10**17, None),
    ],
)
async def test_the_time_is_that_of_the_answer_if_it_says_one(now: Any, told: datetime | None):
    api = Api([says({"status": 1, "result": {"code": 30, "message": "", "now": now}})])
    async with asking(api) as (client, _, _):
        assert await client.time() == told


async def test_what_the_platform_refuses_with_a_good_status_is_a_refusal_too():
    error, _ = await refused(Refused, says([{"errorCode": "APEX_ERROR", "message": "oh"}]))
    assert str(error) == "APEX_ERROR: oh"
