"""The twin as any client meets it: raw requests, the vendor's forms, the real one's habits."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
import pytest

from doorward.connectors.hikvision.twin import MASKED
from doorward.connectors.hikvision.wire import event, search, status
from doorward.connectors.hikvision.wire.person import UserInfo
from doorward.twinkit.clock import ClockOrder

PEOPLE = "/ISAPI/AccessControl/UserInfo"
VALID = {"enable": True, "beginTime": "2026-01-01T00:00:00", "endTime": "2026-12-31T23:59:59"}


class Raw:
    """Requests with the right login and nothing else."""

    def __init__(self, door: Any, session: aiohttp.ClientSession) -> None:
        self.door = door
        self._session = session

    async def ask(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, bytes]:
        plain = body if isinstance(body, bytes) else msgspec.json.encode(body)
        data = None if body is None else io.BytesIO(plain)
        async with self._session.request(
            method, self.door.url + path, data=data, headers=headers,
            skip_auto_headers=["Content-Type"],
        ) as answer:  # fmt: skip
            return answer.status, await answer.read()

    async def json(self, method: str, name: str, body: Any = None) -> tuple[int, Any]:
        code, answer = await self.ask(method, f"{PEOPLE}/{name}?format=json", body)
        return code, msgspec.json.decode(answer)

    async def found(self, **condition: Any) -> dict[str, Any]:
        asked = {"searchID": "1", "searchResultPosition": 0, "maxResults": 30} | condition
        _, answer = await self.json("POST", "Search", {"UserInfoSearchCond": asked})
        page: dict[str, Any] = answer["UserInfoSearch"]
        return page


@asynccontextmanager
async def raw(rig: Any, profile: str = "k1t342", **settings: Any) -> AsyncIterator[Raw]:
    async with rig(profile, **settings) as door:
        login = aiohttp.DigestAuthMiddleware("admin", "right-password")
        async with aiohttp.ClientSession(middlewares=(login,)) as session:
            yield Raw(door, session)


def person(**fields: Any) -> dict[str, Any]:
    return {"UserInfo": {"employeeNo": "777", "userType": "normal", "Valid": VALID} | fields}


async def test_the_documents_own_calls_are_served_as_printed(rig: Any):
    async with rig("documented", people=120) as door, aiohttp.ClientSession() as session:
        login = {"Authorization": aiohttp.encode_basic_auth("admin", "right-password")}
        body = (
            b"\n<UserInfoSearch>\n <searchID>1</searchID>\n <searchResultPosition>0"
            b"</searchResultPosition>\n <maxResults>1000</maxResults>\n</UserInfoSearch>\n"
        )
        async with session.post(f"{door.url}{PEOPLE}/search", data=body, headers=login) as answer:
            page = search.read_answer(await answer.read(), "documented")
            content_type = answer.content_type
        change = (
            b"\n<UserInfo>\n <employeeNo>10002</employeeNo>\n <Valid>\n <enable>true</enable>\n"
            b" <beginTime>2026-02-04T00:00:00</beginTime>\n <endTime>2026-05-04T00:00:00</endTime>"
            b"\n </Valid>\n</UserInfo>\n"
        )
        async with session.put(f"{door.url}{PEOPLE}/modify", data=change, headers=login) as answer:
            said = status.find_reply(await answer.read())
            code = answer.status
        stored = door.stored("10002")

    assert content_type == "application/xml"
    assert len(page.found) == 120
    users = [entry for entry in page.found if isinstance(entry, UserInfo)]
    assert all(user.email is not None and user.valid is not None for user in users)
    assert (code, said and said.status_code) == (200, 1)
    assert stored["Valid"]["endTime"] == "2026-05-04T00:00:00"
    assert stored["name"]


async def test_a_page_is_capped_without_an_error(rig: Any):
    async with raw(rig, people=50) as ask:
        page = await ask.found(maxResults=32)
    assert (page["numOfMatches"], page["totalMatches"]) == (30, 50)
    assert (len(page["UserInfo"]), page["responseStatusStrg"]) == (30, "MORE")


async def test_beyond_the_end_there_is_no_match_and_no_list(rig: Any):
    async with raw(rig) as ask:
        page = await ask.found(searchResultPosition=25)
    assert page["responseStatusStrg"] == "NO MATCH"
    assert "UserInfo" not in page


async def test_certain_people_can_be_asked_for(rig: Any):
    async with raw(rig) as ask:
        page = await ask.found(EmployeeNoList=[{"employeeNo": "10003"}, {"employeeNo": "9"}])
    assert [user["employeeNo"] for user in page["UserInfo"]] == ["10003"]


@pytest.mark.parametrize(("field", "value"), [("maxResults", 0), ("searchResultPosition", -1)])
async def test_a_senseless_page_is_refused(rig: Any, field: str, value: int):
    asked = {"searchID": "1", "searchResultPosition": 0, "maxResults": 30} | {field: value}
    async with raw(rig) as ask:
        code, answer = await ask.json("POST", "Search", {"UserInfoSearchCond": asked})
    assert (code, answer["subStatusCode"], answer["errorMsg"]) == (400, "badParameters", field)


async def test_posting_a_change_is_not_allowed(rig: Any):
    async with raw(rig) as ask:
        code, answer = await ask.json("POST", "Modify", person())
    assert (code, answer["statusCode"], answer["subStatusCode"]) == (405, 4, "methodNotAllowed")


async def test_a_path_is_served_in_any_letter_case(rig: Any):
    async with raw(rig) as ask:
        code, _ = await ask.ask("GET", "/isapi/accesscontrol/userinfo/COUNT?format=JSON")
    assert code == 200


async def test_an_unknown_path_is_not_supported(rig: Any):
    async with raw(rig) as ask:
        code, answer = await ask.ask("GET", "/ISAPI/Streaming/channels")
    assert code == 404
    said = status.find_reply(answer)
    assert said is not None
    assert said.sub_status_code == "notSupport"


async def test_a_plan_template_as_a_number_is_refused(rig: Any):
    rights = {"doorRight": "1", "RightPlan": [{"doorNo": 1, "planTemplateNo": 1}]}
    async with raw(rig) as ask:
        code, answer = await ask.json("POST", "Record", person(**rights))
        count = ask.door.world.terminal.count()
    assert (code, answer["statusCode"], answer["errorMsg"]) == (400, 6, "planTemplateNo")
    assert count == 25


@pytest.mark.parametrize(
    ("valid", "code", "field"),
    [
        ({"beginTime": "2026-02-01T00:00:00", "endTime": "2026-01-01T00:00:00"}, 4, "endTime"),
        ({"endTime": "2038-01-01T00:00:00"}, 6, "endTime"),
        ({"endTime": "2026-12-31T23:59:59+01:00"}, 6, "endTime"),
    ],
)
async def test_a_window_it_does_not_like_is_refused(
    rig: Any, valid: dict[str, str], code: int, field: str
):
    async with raw(rig) as ask:
        _, answer = await ask.json("PUT", "Modify", person(employeeNo="10001", Valid=VALID | valid))
    assert (answer["statusCode"], answer["errorMsg"]) == (code, field)


@pytest.mark.parametrize(
    ("profile", "code"),
    [("documented", 400), ("k1t342", 400), ("k1t673", 403), ("generic-v4", 200)],
)
async def test_a_refusal_comes_in_this_models_http_status(rig: Any, profile: str, code: int):
    async with raw(rig, profile) as ask:
        told, answer = await ask.json("PUT", "Modify", person(employeeNo="99999"))
    assert told == code
    assert answer["subStatusCode"] in ("employeeNoNotExist", "deviceUserNotExist")


@pytest.mark.parametrize(
    ("body", "sub"),
    [
        (b"{", "badJsonFormat"),
        (b"", "badJsonFormat"),
        (b"{}", "MessageParametersLack"),
        (b'{"UserInfo":{"name":"x"}}', "MessageParametersLack"),
        (b'{"UserInfo":[]}', "badJsonContent"),
        (b'{"UserInfo":{"employeeNo":5}}', "badJsonContent"),
    ],
)
async def test_a_broken_body_is_told_from_a_wrong_one(rig: Any, body: bytes, sub: str):
    async with raw(rig) as ask:
        _, answer = await ask.json("PUT", "Modify", body)
    assert answer["subStatusCode"] == sub


@pytest.mark.parametrize(
    ("body", "sub"),
    [
        (b"<UserInfo>", "badXmlFormat"),
        (
            b'<!DOCTYPE a [<!ENTITY e "x">]><UserInfo><employeeNo>&e;</employeeNo></UserInfo>',
            "badXmlFormat",
        ),
        (b"<UserInfo/>", "MessageParametersLack"),
        (b"<User/>", "badXmlContent"),
        (b"<UserInfo><employeeNo>1</employeeNo><Valid>x</Valid></UserInfo>", "badXmlContent"),
    ],
)
async def test_a_broken_document_is_told_from_a_wrong_one(rig: Any, body: bytes, sub: str):
    async with raw(rig, "documented") as ask:
        _, answer = await ask.ask("PUT", f"{PEOPLE}/modify", body)
    said = status.find_reply(answer)
    assert said is not None
    assert said.sub_status_code == sub


async def test_a_body_that_is_too_large_is_refused(rig: Any):
    async with raw(rig) as ask:
        code, answer = await ask.json("PUT", "Modify", b" " * (1024 * 1024 + 1))
    assert (code, answer["statusCode"]) == (413, 5)


async def test_a_name_that_xml_cannot_hold_is_the_terminals_own_trouble(rig: Any):
    async with raw(rig, "documented") as ask:
        ask.door.state(users=[{"employeeNo": "1", "name": "\x01"}])
        asked = search.write_condition(search.condition("1", 0, 10), "documented")
        code, answer = await ask.ask("POST", f"{PEOPLE}/search", asked)
    said = status.find_reply(answer)
    assert said is not None
    assert (code, said.status_code) == (400, 3)


async def test_somebody_is_added_once(rig: Any):
    async with raw(rig) as ask:
        first = await ask.json("POST", "Record", person())
        second = await ask.json("POST", "Record", person())
    assert first[1]["statusCode"] == 1
    assert (second[0], second[1]["subStatusCode"]) == (400, "employeeNoAlreadyExist")


@pytest.mark.parametrize("lacks", ["userType", "Valid"])
async def test_an_addition_without_what_it_needs_is_refused(rig: Any, lacks: str):
    body = person()
    del body["UserInfo"][lacks]
    async with raw(rig) as ask:
        _, answer = await ask.json("POST", "Record", body)
    assert (answer["subStatusCode"], answer["errorMsg"]) == ("MessageParametersLack", lacks)


async def test_setting_up_adds_or_replaces(rig: Any):
    async with raw(rig) as ask:
        await ask.json("PUT", "SetUp", person(name="One"))
        await ask.json("PUT", "SetUp", person(name="Two"))
        stored = ask.door.stored("777")
        count = ask.door.world.terminal.count()
    assert (stored["name"], count) == ("Two", 26)


async def test_a_full_terminal_takes_nobody_more_but_changes_those_there(rig: Any):
    async with raw(rig, settings={"capacity": 25}) as ask:
        full = await ask.json("POST", "Record", person())
        there = await ask.json("PUT", "SetUp", person(employeeNo="10001"))
    assert full[1]["subStatusCode"] == "deviceUserFull"
    assert there[1]["statusCode"] == 1


@pytest.mark.parametrize(
    "body", [{}, {"UserInfoDelCond": {}}, {"UserInfoDelCond": {"EmployeeNoList": []}}]
)
async def test_a_deletion_that_names_nobody_deletes_everybody(rig: Any, body: dict[str, Any]):
    async with raw(rig) as ask:
        await ask.json("PUT", "Delete", body)
        assert (await ask.json("GET", "Count"))[1] == {"UserInfoCount": {"userNumber": 0}}


async def test_a_named_deletion_deletes_the_named(rig: Any):
    named = {"UserInfoDelCond": {"EmployeeNoList": [{"employeeNo": "10001"}, {"employeeNo": "x"}]}}
    async with raw(rig) as ask:
        answer = await ask.json("PUT", "Delete", named)
        count = ask.door.world.terminal.count()
    assert (answer[1]["statusCode"], count) == (1, 24)


async def test_a_terminal_without_the_longer_deletion_has_no_progress_either(rig: Any):
    async with raw(rig, "generic-v4") as ask:
        code, answer = await ask.ask(
            "GET", "/ISAPI/AccessControl/UserInfoDetail/DeleteProcess?format=json"
        )
    assert code == 200
    assert msgspec.json.decode(answer)["subStatusCode"] == "notSupport"


async def test_enable_false_is_served_and_opens_for_good(rig: Any):
    rights = {"doorRight": "1", "RightPlan": [{"doorNo": 1, "planTemplateNo": "1"}]}
    unlimited = {
        "enable": False,
        "beginTime": "2020-01-01T00:00:00",
        "endTime": "2020-01-02T00:00:00",
    }
    async with raw(rig) as ask:
        _, answer = await ask.json("POST", "Record", person(Valid=unlimited, **rights))
        happened, _ = await ask.door.world.open("777", 1)
    assert answer["statusCode"] == 1
    assert happened.minor == 1


async def test_a_password_comes_back_empty_and_writing_it_clears_it(rig: Any):
    async with raw(rig) as ask:
        await ask.json("PUT", "Modify", person(employeeNo="10001", password="4711"))
        page = await ask.found()
        assert page["UserInfo"][0]["password"] == ""
        assert ask.door.stored("10001")["password"] == "4711"
        await ask.json("PUT", "Modify", person(employeeNo="10001", password=""))
        assert "password" not in ask.door.stored("10001")


async def test_its_clock_follows_orders_and_drifts(rig: Any):
    async with raw(rig) as ask:
        order = b'{"now":"2026-03-29T01:59:59+01:00","drift":420}'
        ask.door.world.clock.order(msgspec.json.decode(order, type=ClockOrder))
        _, answer = await ask.ask("GET", "/ISAPI/System/time")
    assert b"<localTime>2026-03-29T03:06:59+02:00</localTime>" in answer


async def test_requests_that_overlap_are_served_in_turn_and_counted(rig: Any):
    async with raw(rig) as ask:
        running, most = 0, 0
        real = ask.door.world.turns._app

        async def slow(scope: Any, receive: Any, send: Any) -> None:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.02)
            await real(scope, receive, send)
            running -= 1

        ask.door.world.turns._app = slow
        await asyncio.gather(*(ask.json("GET", "Count") for _ in range(4)))
        facts = ask.door.world.overview().facts
    assert most == 1
    assert int(facts["Requests that had to wait"]) >= 3
    assert any(call.overlapped for call in ask.door.twin.calls)


async def test_what_happened_can_be_asked_for_by_code_person_serial_and_time(rig: Any):
    async def asked(ask: Raw, **condition: Any) -> list[int | None]:
        given = {
            "searchID": "1", "searchResultPosition": 0, "maxResults": 32, "major": 0, "minor": 0,
        } | condition  # fmt: skip
        _, answer = await ask.ask(
            "POST", "/ISAPI/AccessControl/AcsEvent?format=json", {"AcsEventCond": given}
        )
        return [one.serial_no for one in event.read_page(answer).events]

    async with raw(rig) as ask:
        world = ask.door.world
        for number in ("10001", "10002", "nobody"):
            await world.open(number, 1)
        world.clock.order(ClockOrder(advance=3600))
        await world.open("10001", 2)
        soon = (world.clock()).isoformat(timespec="seconds")
        wall = world.terminal.now().replace(tzinfo=None).isoformat()

        assert await asked(ask) == [1, 2, 3, 4]
        assert await asked(ask, maxResults=2, searchResultPosition=1) == [2, 3]
        assert await asked(ask, searchResultPosition=9) == []
        assert await asked(ask, major=5, minor=1) == [1, 2]
        assert await asked(ask, minor=9) == [3]
        assert await asked(ask, employeeNoString="10001") == [1, 4]
        assert await asked(ask, beginSerialNo=2, endSerialNo=3) == [2, 3]
        assert await asked(ask, startTime=soon) == [4]
        assert await asked(ask, startTime=wall) == [4]
        assert await asked(ask, endTime="2026-01-01T00:00:00+01:00") == []


@pytest.mark.parametrize(
    ("profile", "condition", "sub"),
    [
        ("k1t673", {"startTime": "2026-01-01T00:00:00+01:00"}, "badJsonContent"),
        ("k1t342", {"startTime": "soon"}, "badParameters"),
        ("k1t342", {"maxResults": 0}, "badParameters"),
        ("k1t342", {"major": None}, "badJsonContent"),
    ],
)
async def test_a_senseless_question_for_events_is_refused(
    rig: Any, profile: str, condition: dict[str, Any], sub: str
):
    given = {
        "searchID": "1", "searchResultPosition": 0, "maxResults": 30, "major": 0, "minor": 0,
    } | condition  # fmt: skip
    async with raw(rig, profile) as ask:
        await ask.door.world.open("10001", 1)
        _, answer = await ask.ask(
            "POST", "/ISAPI/AccessControl/AcsEvent?format=json", {"AcsEventCond": given}
        )
    assert msgspec.json.decode(answer)["subStatusCode"] == sub


@pytest.mark.parametrize(
    ("kind", "code", "body"),
    [("busy", 2, "deviceBusy"), ("refuse", 4, "invalidOperation")],
)
async def test_an_ordered_fault_speaks_the_vendors_form(rig: Any, kind: str, code: int, body: str):
    async with raw(rig) as ask:
        ask.door.fault("/Search", kind)
        _, answer = await ask.json("POST", "Search", {})
        ask.door.fault("/search", kind)
        _, document = await ask.ask("POST", f"{PEOPLE}/search", b"")
    assert (answer["statusCode"], answer["subStatusCode"]) == (code, body)
    said = status.find_reply(document)
    assert said is not None
    assert (said.status_code, said.sub_status_code) == (code, body)


async def test_a_fault_says_unauthorised_with_a_challenge(rig: Any):
    async with rig("k1t342") as door, aiohttp.ClientSession() as session:
        door.fault("deviceInfo", "unauthorised")
        async with session.get(f"{door.url}/ISAPI/System/deviceInfo") as answer:
            lock = status.read_lock(await answer.read())
            assert answer.status == 401
            assert answer.headers["WWW-Authenticate"].startswith("Digest ")
    assert lock.tries_left == 5


def test_passwords_and_card_numbers_are_masked():
    assert {"password", "cardno", "dynamiccode"} <= MASKED
