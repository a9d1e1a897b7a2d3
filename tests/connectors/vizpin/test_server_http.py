"""HTTP around the API: one address, its methods, types, sizes, and who may call from where."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from connectors.vizpin.twin_rig import Frozen
from doorward.connectors.vizpin.server.endpoint import PATH
from doorward.connectors.vizpin.twin import make_twin
from doorward.connectors.vizpin.twin_settings import OEM_KEY, TwinOptions
from doorward.net.serving import running
from doorward.twinkit.faults import Fault
from doorward.twinkit.twin import Twin

LOGIN = {"username": "demo", "password": "demo", "oem_key": OEM_KEY}
MIB = 1024 * 1024


def call(method: str, **params: Any) -> bytes:
    envelope = {"!version": "2", "id": 1, "jsonrpc": "2.0", "method": f"com.vizpin.{method}"}
    return json.dumps({**envelope, "params": params}).encode()


@asynccontextmanager
async def served(**options: Any) -> AsyncIterator[tuple[aiohttp.ClientSession, Twin]]:
    twin = make_twin(TwinOptions(**{"people": 3, **options}), Frozen())
    async with running(twin) as url:
        kind = {"Content-Type": "application/json"}
        async with aiohttp.ClientSession(url, headers=kind) as session:
            yield session, twin


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with served() as (session, _twin):
        yield session


async def token(session: aiohttp.ClientSession) -> str:
    async with session.post(PATH, data=call("user.authenticate", **LOGIN)) as answer:
        return str((await answer.json())["result"]["token"])


@pytest.mark.covers("vizpin", server="user.authenticate time", rule="token")
async def test_a_session_is_opened_and_used_over_the_line(session: aiohttp.ClientSession):
    headers = {"Token": await token(session)}
    async with session.post(PATH, data=call("time", oem_key=OEM_KEY), headers=headers) as answer:
        assert answer.status == 200
        assert answer.content_type == "application/json"
        assert (await answer.json())["result"]["code"] == 30


@pytest.mark.covers("vizpin", rule="http-200")
async def test_a_failed_call_has_status_200(session: aiohttp.ClientSession):
    for body in (call("time", oem_key=OEM_KEY), b"{", b"", b"[]", call("nothing")):
        async with session.post(PATH, data=body) as answer:
            assert (answer.status, (await answer.json())["status"]) == (200, 0)


@pytest.mark.parametrize("path", [PATH, f"{PATH}/", f"/VIZpin{PATH}"])
async def test_the_address_is_answered_in_each_of_its_forms(
    session: aiohttp.ClientSession, path: str
):
    async with session.post(path, data=call("user.authenticate", **LOGIN)) as answer:
        assert (await answer.json())["status"] == 1


async def declined(answer: aiohttp.ClientResponse) -> tuple[int, str]:
    [error] = await answer.json()
    assert error["message"]
    return answer.status, error["errorCode"]


@pytest.mark.covers("vizpin", answers="HTTP-404", rule="transport-faults")
async def test_another_path_is_not_found(session: aiohttp.ClientSession):
    async with session.post("/services/apexrest/other", data=b"{}") as answer:
        assert await declined(answer) == (404, "NOT_FOUND")


@pytest.mark.covers("vizpin", answers="HTTP-405", rule="transport-faults")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_calls_are_posted(session: aiohttp.ClientSession, method: str):
    async with session.request(method, PATH, data=b"{}") as answer:
        assert await declined(answer) == (405, "METHOD_NOT_ALLOWED")
        assert answer.headers["Allow"] == "POST"


@pytest.mark.covers("vizpin", rule="transport-faults")
@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "text/plain", " text/plain ;x"]
)
async def test_json_and_plain_text_are_read(session: aiohttp.ClientSession, kind: str):
    body = call("user.authenticate", **LOGIN)
    async with session.post(PATH, data=body, headers={"Content-Type": kind}) as answer:
        assert (await answer.json())["status"] == 1


@pytest.mark.covers("vizpin", answers="HTTP-415", rule="transport-faults")
@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/xml"},
        {"Content-Type": "application/jsonx"},
        {"Content-Encoding": "gzip"},
    ],
)
async def test_other_types_and_encodings_are_not_read(
    session: aiohttp.ClientSession, headers: dict[str, str]
):
    async with session.post(PATH, data=b"{}", headers=headers) as answer:
        assert await declined(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.covers("vizpin", answers="HTTP-413", rule="transport-faults")
async def test_a_body_has_at_most_a_mebibyte(session: aiohttp.ClientSession):
    async with session.post(PATH, data=BytesIO(b" " * MIB)) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (200, -32700)
    async with session.post(PATH, data=BytesIO(b" " * (MIB + 1))) as answer:
        assert await declined(answer) == (413, "REQUEST_TOO_LARGE")


@pytest.mark.covers("vizpin", answers="HTTP-403", rule="address")
async def test_an_address_that_is_not_allowed_is_declined_whatever_it_asks():
    async with served(allow="203.0.113.0/24, 2001:db8::/32") as (session, twin):
        for path in (PATH, "/other"):
            async with session.post(path, data=call("user.authenticate", **LOGIN)) as answer:
                assert await declined(answer) == (403, "IP_NOT_ALLOWED")
        async with session.get("/_twin/state") as answer:
            assert answer.status == 200
        cloud = twin.world
        admits = cloud.cloud.admits  # type: ignore[attr-defined]
        assert [admits(each) for each in ("203.0.113.9", "::ffff:203.0.113.9", "2001:db8::1")] == [
            True
        ] * 3
        assert [admits(each) for each in ("203.0.114.1", "::1", "", "nowhere")] == [False] * 4


async def test_faults_come_in_the_vendors_own_form_and_match_the_methods_name():
    async with served() as (session, twin):
        headers = {"token": await token(session)}

        async def time() -> tuple[int, Any]:
            body = call("time", oem_key=OEM_KEY)
            async with session.post(PATH, data=body, headers=headers) as answer:
                return answer.status, await answer.json()

        async def ordered(kind: Any) -> tuple[int, Any]:
            twin.faults.order([Fault(r"^com\.vizpin\.time$", kind, 1)])
            async with session.post(PATH, data=call("account.list"), headers=headers) as answer:
                assert answer.status == 200
            return await time()

        status, [error] = await ordered("unauthorised")
        assert (status, error["errorCode"]) == (401, "INVALID_SESSION_ID")
        status, [error] = await ordered("busy")
        assert (status, error["errorCode"]) == (503, "SERVER_UNAVAILABLE")
        status, answer = await ordered("refuse")
        assert (status, answer["status"], answer["error"]["code"]) == (200, 0, 31)
        assert answer["id"] == 1
        assert (await time())[1]["status"] == 1


async def test_a_lost_answer_is_work_that_was_done():
    async with served() as (session, twin):
        headers = {"token": await token(session)}
        twin.faults.order([Fault("user.preregister", "lost answer", 1)])
        user = {"first_name": "A", "last_name": "B", "phone": "+4915112345678", "country": "DEU"}
        body = call("user.preregister", preregister_user=user)
        with pytest.raises(aiohttp.ClientError):
            async with session.post(PATH, data=body, headers=headers):
                pass
        find = call("user.find", phone=user["phone"], last_name="B")
        async with session.post(PATH, data=find, headers=headers) as answer:
            assert (await answer.json())["status"] == 1


async def test_a_fault_on_what_is_no_call_matches_method_and_path():
    async with served() as (session, twin):
        twin.faults.order([Fault("^POST /services", "refuse", 1)])
        async with session.post(PATH, data=b"no call") as answer:
            assert (answer.status, (await answer.json())["error"]["code"]) == (200, -32700)


@pytest.mark.covers("vizpin", rule="secrets-hidden")
async def test_secrets_are_masked_in_the_calls_that_are_shown():
    async with served() as (session, _twin):
        held = await token(session)
        async with session.get("/_twin/calls") as answer:
            shown = await answer.text()
        assert OEM_KEY not in shown
        assert held not in shown
        assert "user.authenticate" in shown
        async with session.get("/_twin/") as answer:
            assert OEM_KEY not in await answer.text()


async def test_many_calls_at_once_are_all_answered(session: aiohttp.ClientSession):
    held = {"token": await token(session)}

    async def one(number: int) -> Any:
        body = json.dumps({**json.loads(call("time", oem_key=OEM_KEY)), "id": number})
        async with session.post(PATH, data=body, headers=held) as answer:
            return (await answer.json())["id"]

    assert await asyncio.gather(*map(one, range(50))) == list(range(50))


async def test_a_body_may_come_in_pieces(session: aiohttp.ClientSession):
    async def pieces() -> AsyncIterator[bytes]:
        sent = call("user.authenticate", **LOGIN)
        for start in range(0, len(sent), 40):
            yield sent[start : start + 40]
            await asyncio.sleep(0)

    async with session.post(PATH, data=pieces()) as answer:
        assert (await answer.json())["status"] == 1


async def test_a_caller_who_hangs_up_half_way_gets_no_answer_and_harms_nobody():
    twin = make_twin(TwinOptions(people=0), Frozen())
    scope = {
        "type": "http",
        "path": PATH,
        "method": "POST",
        "client": ("127.0.0.1", 1),
        "headers": [],
    }
    coming = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    await twin.world.app(scope, receive, send)
    assert sent == []
