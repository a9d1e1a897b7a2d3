"""What a phone or an operator does at the twin, over the line; passwords; the command."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from connectors.vizpin.twin_rig import PASSWORD, Frozen, Rig, made
from doorward.connectors.kinds import twin_kind
from doorward.connectors.vizpin.server.backend import Declined
from doorward.connectors.vizpin.server.endpoint import PATH
from doorward.connectors.vizpin.twin import make_twin
from doorward.connectors.vizpin.twin_settings import OEM_KEY, TwinOptions
from doorward.net.serving import running

Post = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
def rig() -> Rig:
    rig = Rig(make_twin(TwinOptions(people=4), Frozen()))
    rig.login()
    return rig


@pytest.fixture
async def post(rig: Rig) -> AsyncIterator[Post]:
    async with running(rig.twin) as url, aiohttp.ClientSession(url) as session:

        async def post(name: str, body: Any) -> tuple[int, Any]:
            sent = {"data": body} if isinstance(body, bytes) else {"json": body}
            async with session.post(f"/_twin/{name}", **sent) as answer:
                return answer.status, await answer.json()

        yield post
    await rig.twin.end()


def first(rig: Rig) -> Any:
    return next(iter(rig.world.store.users.rows.values())).user


async def test_a_user_and_a_reader_are_named_by_id_or_as_people_name_them(rig: Rig, post: Post):
    user, reader = first(rig), min(rig.world.store.readers.rows)
    for who in (user.id, user.phone):
        for where in (reader, "Main entrance", "MAIN ENTRANCE"):
            status, told = await post("unlock", {"user": who, "reader": where})
            assert (status, told["opens"]) == (200, True)
            assert told["event"]["readerId"] == reader
            assert told["event"]["phone"] == user.phone
    status, told = await post("unlock", {"user": user.id, "reader": "Office"})
    assert (status, told["opens"], told["event"]["activity_code"]) == (200, False, "64")


async def test_what_is_not_there_is_not_found_and_what_is_unclear_is_asked_again(
    rig: Rig, post: Post
):
    user = first(rig).id
    assert (await post("unlock", {"user": "x", "reader": "Gym"}))[0] == 404
    assert (await post("unlock", {"user": user, "reader": "Cellar"}))[0] == 404
    assert (await post("unlock-login", {"username": "x"}))[0] == 404
    assert (await post("blacklist", {"vizpin": "x"}))[0] == 404
    site = rig.ok("location.list", accountid=rig.ok("account.list")["accounts"][0]["id"])
    rig.reader(site["locations"][0]["id"], name="Gym")
    status, told = await post("unlock", {"user": user, "reader": "Gym"})
    assert (status, "several" in told["error"]) == (400, True)


@pytest.mark.parametrize(
    "body", [b"", b"{", {"user": 7, "reader": "Gym"}, {"reader": "Gym"}, {"user": "x", "shoe": 1}]
)
async def test_a_control_that_cannot_be_read_says_why(post: Post, body: Any):
    status, told = await post("unlock", body)
    assert status == 400
    assert told["error"]


@pytest.mark.covers("vizpin", rule="lock-ends blacklisted")
async def test_an_operator_unlocks_a_login_and_blacklists_a_vizpin(rig: Rig, post: Post):
    for _ in range(3):
        rig.login(password="wrong")
    assert rig.login()["status"] == 0
    assert (await post("unlock-login", {"username": "demo"}))[1]["locked"] is False
    assert rig.login()["status"] == 1
    vizpin = min(rig.world.store.vizpins.rows)
    assert (await post("blacklist", {"vizpin": vizpin}))[1]["status"] == "Blacklisted"


async def test_a_user_signs_in_with_the_password_that_was_chosen(rig: Rig, post: Post):
    user = first(rig).id
    status, told = await post("password", {"user": user, "password": "weak"})
    assert (status, "8 characters" in told["error"]) == (400, True)
    assert (await post("password", {"user": user, "password": PASSWORD}))[0] == 200
    assert (await post("sign-in", {"user": user, "password": PASSWORD}))[1]["code"] == 1
    assert (await post("sign-in", {"user": user, "password": "x"}))[1]["code"] == 4


def signed_in(rig: Rig, user: str, password: str) -> int:
    try:
        rig.world.cloud.sign_in(user, password)
    except Declined as declined:
        return int(declined.code)
    return 1


def registered(rig: Rig) -> str:
    person = {"first_name": "A", "last_name": "B", "phone": "+4915112345678", "country": "DEU"}
    return str(rig.ok("user.register", user={**person, "password": PASSWORD})["user"]["id"])


def test_three_wrong_passwords_lock_a_user_until_a_new_one_is_chosen(rig: Rig):
    user = registered(rig)
    for _ in range(2):
        assert [signed_in(rig, user, "wrong") for _ in range(2)] == [4, 4]
        assert signed_in(rig, user, PASSWORD) == 1
    assert [signed_in(rig, user, "wrong") for _ in range(3)] == [4, 4, 4]
    assert signed_in(rig, user, PASSWORD) == 61
    rig.world.cloud.set_password(user, "Another-1-password")
    assert signed_in(rig, user, "Another-1-password") == 1


@pytest.mark.covers("vizpin", rule="password-age")
def test_a_password_expires_after_ninety_days(rig: Rig):
    user = registered(rig)
    rig.advance(days=89)
    assert signed_in(rig, user, PASSWORD) == 1
    rig.advance(days=1)
    assert signed_in(rig, user, PASSWORD) == 61


@pytest.mark.covers("vizpin", rule="password-age")
def test_a_new_password_is_none_of_the_last_three(rig: Rig):
    user = registered(rig)
    for again in (PASSWORD, "Second-2-password", "Third-3-password"):
        if again != PASSWORD:
            rig.world.cloud.set_password(user, again)
        for used in (PASSWORD, again):
            with pytest.raises(ValueError, match="last 3"):
                rig.world.cloud.set_password(user, used)
    rig.world.cloud.set_password(user, "Fourth-4-password")
    rig.world.cloud.set_password(user, PASSWORD)


def test_a_user_who_is_not_verified_cannot_sign_in(rig: Rig):
    user = rig.user()["id"]
    rig.world.cloud.set_password(user, PASSWORD)
    assert signed_in(rig, user, PASSWORD) == 24
    rig.world.cloud.verify(user)
    assert signed_in(rig, user, PASSWORD) == 1


def test_the_page_shows_who_may_open_what(rig: Rig):
    view = rig.world.overview()
    assert view.title == "VIZpin"
    assert view.facts["Users"] == "7"
    assert view.rows[0][4] == "Main entrance, Gym, Pool"
    assert made(people=200).world.overview().rows[-1][0] == "… and 103 more"
    for _ in range(3):
        rig.login(password="wrong")
    assert rig.world.overview().facts["Locked logins"] == "demo"


async def test_the_command_serves_the_twin():
    arguments = "--people 3 --username hub --password secret-1 --oem-key abc".split()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from doorward.cli.main import main; main()",
        *("twin", "vizpin", "--port", "0", *arguments),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().removeprefix("ready: ").strip()
    params = {"username": "hub", "password": "secret-1", "oem_key": "abc"}
    method = "com.vizpin.user.authenticate"
    call = {"!version": "2", "id": "1", "jsonrpc": "2.0", "method": method, "params": params}
    async with aiohttp.ClientSession(url) as session, session.post(PATH, json=call) as answer:
        assert (await answer.json())["status"] == 1
    process.send_signal(signal.SIGTERM)
    await process.communicate()
    assert process.returncode == 0


def test_the_twin_is_offered_with_its_options():
    kind = twin_kind("vizpin")
    assert kind.options is TwinOptions
    assert TwinOptions().oem_key == OEM_KEY
    with pytest.raises(ValueError, match="not appear to be"):
        TwinOptions(allow="everywhere")
