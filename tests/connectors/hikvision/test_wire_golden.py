"""Each message and its bytes: read, written again, and cut at every byte."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from doorward.connectors.hikvision.wire import change, clock, device, event, hosts, search, status
from doorward.connectors.hikvision.wire.clock import DeviceTime
from doorward.connectors.hikvision.wire.device import DeviceInfo, UserCheck
from doorward.connectors.hikvision.wire.event import (
    Event,
    EventCondition,
    EventPage,
    Pushed,
    push_type,
)
from doorward.connectors.hikvision.wire.form import NotUnderstood
from doorward.connectors.hikvision.wire.hosts import Host, Hosts
from doorward.connectors.hikvision.wire.person import (
    Extend,
    RightPlan,
    UserInfo,
    Writing,
)
from doorward.connectors.hikvision.wire.search import SearchAnswer
from doorward.connectors.hikvision.wire.status import Reply
from doorward.connectors.hikvision.wire.validity import ValidForm
from doorward.net.secrets import CardNumber, Secret

XML = b"<?xml version='1.0' encoding='UTF-8'?>\n"
SPACE = "http://www.isapi.org/ver20/XMLSchema"

RONJA = UserInfo(
    employee_no="4021",
    name="Ronja Öberg",
    user_type="normal",
    valid=ValidForm(enable=True, begin_time="2026-03-01T00:00:00", end_time="2027-02-28T23:59:59"),
    email="ronja@example.org",
    door_right="1",
    right_plan=(RightPlan(1, "1"),),
)
TORE = UserInfo(
    employee_no="4022",
    name="Tore",
    valid=ValidForm(
        enable=True,
        begin_time="2026-01-01T00:00:00",
        end_time="2026-12-31T23:59:59",
        time_type="local",
    ),
    door_right="1,2",
    right_plan=(RightPlan(1, "1"), RightPlan(2, "3")),
    password=Secret(""),
    num_of_card=1,
    num_of_fp=0,
    extends=(Extend("tore@example.org"),),
)


@dataclass(frozen=True)
class Golden:
    name: str
    value: Any
    bytes: bytes
    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes]


GOLDEN = [
    Golden(
        "a documented search",
        search.condition("7", 200, 1000),
        XML + b"<UserInfoSearch><searchID>7</searchID>"
        b"<searchResultPosition>200</searchResultPosition><maxResults>1000</maxResults>"
        b"</UserInfoSearch>",
        lambda body: search.read_condition(body, "documented"),
        lambda value: search.write_condition(value, "documented"),
    ),
    Golden(
        "a terminal's search",
        search.condition("7", 0, 30, ("4021", "4022")),
        b'{"UserInfoSearchCond":{"searchID":"7","searchResultPosition":0,"maxResults":30,'
        b'"EmployeeNoList":[{"employeeNo":"4021"},{"employeeNo":"4022"}]}}',
        lambda body: search.read_condition(body, "terminal"),
        lambda value: search.write_condition(value, "terminal"),
    ),
    Golden(
        "a documented page",
        SearchAnswer("7", "OK", 1, (RONJA,)),
        XML + b"<UserInfoSearch><searchID>7</searchID><responseStatusStrg>OK</responseStatusStrg>"
        b"<numOfMatches>1</numOfMatches><totalMatches>1</totalMatches><UserInfo>"
        b"<employeeNo>4021</employeeNo><name>Ronja \xc3\x96berg</name><userType>normal</userType>"
        b"<Valid><enable>true</enable><beginTime>2026-03-01T00:00:00</beginTime>"
        b"<endTime>2027-02-28T23:59:59</endTime></Valid><email>ronja@example.org</email>"
        b"<doorRight>1</doorRight><RightPlan><doorNo>1</doorNo>"
        b"<planTemplateNo>1</planTemplateNo></RightPlan></UserInfo></UserInfoSearch>",
        lambda body: search.read_answer(body, "documented"),
        lambda value: search.write_answer(value, "documented"),
    ),
    Golden(
        "a terminal's page",
        SearchAnswer("7", "MORE", 61, (TORE,)),
        b'{"UserInfoSearch":{"searchID":"7","responseStatusStrg":"MORE","numOfMatches":1,'
        b'"totalMatches":61,"UserInfo":[{"employeeNo":"4022","name":"Tore",'
        b'"Valid":{"enable":true,"beginTime":"2026-01-01T00:00:00",'
        b'"endTime":"2026-12-31T23:59:59","timeType":"local"},"doorRight":"1,2",'
        b'"RightPlan":[{"doorNo":1,"planTemplateNo":"1"},{"doorNo":2,"planTemplateNo":"3"}],'
        b'"password":"","numOfCard":1,"numOfFP":0,'
        b'"PersonInfoExtends":[{"value":"tore@example.org"}]}]}}',
        lambda body: search.read_answer(body, "terminal"),
        lambda value: search.write_answer(value, "terminal"),
    ),
    Golden(
        "a terminal's empty page",
        SearchAnswer("7", "NO MATCH", 0, ()),
        b'{"UserInfoSearch":{"searchID":"7","responseStatusStrg":"NO MATCH","numOfMatches":0,'
        b'"totalMatches":0}}',
        lambda body: search.read_answer(body, "terminal"),
        lambda value: search.write_answer(value, "terminal"),
    ),
    Golden(
        "a documented change",
        RONJA,
        XML + b"<UserInfo><employeeNo>4021</employeeNo><name>Ronja \xc3\x96berg</name>"
        b"<userType>normal</userType><Valid><enable>true</enable>"
        b"<beginTime>2026-03-01T00:00:00</beginTime><endTime>2027-02-28T23:59:59</endTime></Valid>"
        b"<email>ronja@example.org</email><doorRight>1</doorRight><RightPlan><doorNo>1</doorNo>"
        b"<planTemplateNo>1</planTemplateNo></RightPlan></UserInfo>",
        lambda body: change.read_person(body, "documented"),
        lambda value: change.write_person(Writing(value), "documented"),
    ),
    Golden(
        "a terminal's change",
        RONJA,
        b'{"UserInfo":{"employeeNo":"4021","name":"Ronja \xc3\x96berg","userType":"normal",'
        b'"Valid":{"enable":true,"beginTime":"2026-03-01T00:00:00",'
        b'"endTime":"2027-02-28T23:59:59"},"email":"ronja@example.org","doorRight":"1",'
        b'"RightPlan":[{"doorNo":1,"planTemplateNo":"1"}]}}',
        lambda body: change.read_person(body, "terminal"),
        lambda value: change.write_person(Writing(value), "terminal"),
    ),
    Golden(
        "a deletion",
        ("4021", "4022"),
        b'{"UserInfoDelCond":{"EmployeeNoList":[{"employeeNo":"4021"},{"employeeNo":"4022"}]}}',
        change.read_deletion,
        lambda value: change.write_deletion(change.Deletion(value)),
    ),
    Golden(
        "a deletion with all that belongs to somebody",
        ("4021",),
        b'{"UserInfoDetail":{"mode":"byEmployeeNo","EmployeeNoList":[{"employeeNo":"4021"}]}}',
        change.read_deletion,
        lambda value: change.write_detail_deletion(change.Deletion(value)),
    ),
    Golden(
        "a deletion's progress",
        "processing",
        b'{"UserInfoDetailDeleteProcess":{"status":"processing"}}',
        change.read_progress,
        change.write_progress,
    ),
    Golden(
        "a count",
        417,
        b'{"UserInfoCount":{"userNumber":417}}',
        device.read_count,
        device.write_count,
    ),
    Golden(
        "capabilities",
        device.capabilities(30, 1500, "post,put", 32),
        b'{"UserInfo":{"supportFunction":{"@opt":"post,put"},"UserInfoSearchCond":'
        b'{"maxResults":{"@max":30,"@min":1}},"employeeNo":{"@max":32,"@min":1},'
        b'"name":{"@max":128,"@min":1},"Valid":{"timeRangeBegin":"2000-01-01T00:00:00",'
        b'"timeRangeEnd":"2037-12-31T23:59:59"},"maxRecordNum":1500}}',
        device.read_capabilities,
        device.write_capabilities,
    ),
    Golden(
        "a refusal in JSON",
        Reply(6, "Invalid Content", "badJsonContent", error_code=1610612736, error_msg="endTime"),
        b'{"statusCode":6,"statusString":"Invalid Content","subStatusCode":"badJsonContent",'
        b'"errorCode":1610612736,"errorMsg":"endTime"}',
        status.find_reply,
        status.write_json,
    ),
    Golden(
        "a refusal in XML",
        Reply(4, "Invalid Operation", "notSupport"),
        XML + b'<ResponseStatus xmlns="http://www.isapi.org/ver20/XMLSchema">'
        b"<requestURL>/ISAPI/x</requestURL><statusCode>4</statusCode>"
        b"<statusString>Invalid Operation</statusString><subStatusCode>notSupport</subStatusCode>"
        b"</ResponseStatus>",
        status.find_reply,
        lambda value: status.write_xml(value, "/ISAPI/x", SPACE),
    ),
    Golden(
        "a terminal's card",
        DeviceInfo(device_name="North", model="DS-K1T", firmware_version="V3.4"),
        XML + b"<DeviceInfo><deviceName>North</deviceName><model>DS-K1T</model>"
        b"<firmwareVersion>V3.4</firmwareVersion></DeviceInfo>",
        device.read_info,
        device.write_info,
    ),
    Golden(
        "a refused login",
        UserCheck(
            status_value=401,
            status_string="Unauthorized",
            lock_status="lock",
            retry_times=0,
            res_lock_time=1795,
        ),
        XML + b"<userCheck><statusValue>401</statusValue><statusString>Unauthorized</statusString>"
        b"<lockStatus>lock</lockStatus><retryTimes>0</retryTimes><resLockTime>1795</resLockTime>"
        b"</userCheck>",
        device.read_check,
        device.write_check,
    ),
    Golden(
        "a clock",
        DeviceTime(
            datetime(2026, 7, 4, 9, 30), timedelta(hours=2), "CST-1:00:00DST01:00:00,M3.5.0,M10.5.0"
        ),
        XML + b"<Time><localTime>2026-07-04T09:30:00+02:00</localTime>"
        b"<timeZone>CST-1:00:00DST01:00:00,M3.5.0,M10.5.0</timeZone></Time>",
        clock.read_time,
        clock.write_time,
    ),
    Golden(
        "a question for events",
        EventCondition(
            search_id="e1",
            search_result_position=30,
            max_results=30,
            major=5,
            minor=0,
            start_time="2026-05-01T00:00:00+02:00",
        ),
        b'{"AcsEventCond":{"searchID":"e1","searchResultPosition":30,"maxResults":30,"major":5,'
        b'"minor":0,"startTime":"2026-05-01T00:00:00+02:00"}}',
        event.read_condition,
        event.write_condition,
    ),
    Golden(
        "a page of events",
        EventPage(
            "e1",
            "OK",
            1,
            (
                Event(
                    major=5,
                    minor=1,
                    time=datetime(2026, 5, 2, 6, 1, tzinfo=UTC),
                    serial_no=88,
                    employee_no_string="4021",
                    card_no=CardNumber("12345"),
                ),
            ),
        ),
        b'{"AcsEvent":{"searchID":"e1","responseStatusStrg":"OK","numOfMatches":1,'
        b'"totalMatches":1,"InfoList":[{"major":5,"minor":1,"time":"2026-05-02T06:01:00Z",'
        b'"serialNo":88,"employeeNoString":"4021","cardNo":"12345"}]}}',
        event.read_page,
        event.write_page,
    ),
    Golden(
        "a push",
        Pushed(
            Event(major=5, minor=8, time=datetime(2026, 5, 2, tzinfo=UTC), serial_no=89),
            "00:00:5e:00:53:07",
            False,
        ),
        b'--edge\r\nContent-Disposition: form-data; name="event_log"\r\n'
        b"Content-Type: application/json\r\n\r\n"
        b'{"dateTime":"2026-05-02T00:00:00Z","eventType":"AccessControllerEvent",'
        b'"eventState":"active","macAddress":"00:00:5e:00:53:07","AccessControllerEvent":'
        b'{"majorEventType":5,"subEventType":8,"serialNo":89,"currentEvent":false}}'
        b"\r\n--edge--\r\n",
        lambda body: event.read_push(push_type("edge"), body),
        lambda value: event.write_push(value, "edge"),
    ),
    Golden(
        "listeners",
        Hosts((Host(id="1", url="/events", ip_address="127.0.0.1", port_no=8080),)),
        XML + b"<HttpHostNotificationList><HttpHostNotification><id>1</id><url>/events</url>"
        b"<protocolType>HTTP</protocolType><parameterFormatType>JSON</parameterFormatType>"
        b"<addressingFormatType>ipaddress</addressingFormatType><ipAddress>127.0.0.1</ipAddress>"
        b"<portNo>8080</portNo><httpAuthenticationMethod>none</httpAuthenticationMethod>"
        b"</HttpHostNotification></HttpHostNotificationList>",
        hosts.read_hosts,
        hosts.write_hosts,
    ),
]

each = pytest.mark.parametrize("golden", GOLDEN, ids=[golden.name for golden in GOLDEN])


@each
def test_it_is_read(golden: Golden):
    assert golden.read(golden.bytes) == golden.value


@each
def test_it_is_written(golden: Golden):
    assert golden.write(golden.value) == golden.bytes


@each
def test_a_cut_never_gives_another_value_in_silence(golden: Golden):
    for end in range(len(golden.bytes)):
        try:
            read = golden.read(golden.bytes[:end])
        except NotUnderstood:
            continue
        assert read is None or read == golden.value, golden.bytes[:end]


@each
def test_a_changed_byte_never_ends_in_another_error(golden: Golden):
    for place in range(0, len(golden.bytes), 3):
        for byte in (b"\x00", b"\xff", b'"', b"<", b"9"):
            body = golden.bytes[:place] + byte + golden.bytes[place + 1 :]
            with contextlib.suppress(NotUnderstood):
                golden.read(body)
