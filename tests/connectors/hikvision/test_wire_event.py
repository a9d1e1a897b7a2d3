"""Events, asked for and pushed."""

from datetime import UTC, datetime

import pytest

from doorward.connectors.hikvision.wire.event import (
    PUSH_LIMIT,
    Event,
    EventCondition,
    EventMeaning,
    EventPage,
    Pushed,
    Sign,
    at,
    push_type,
    read_page,
    read_push,
    unbounded,
    write_page,
    write_push,
)
from doorward.connectors.hikvision.wire.form import NotUnderstood

NOTICE = (
    b'{"dateTime":"2026-05-02T08:00:00+02:00","eventType":"AccessControllerEvent",'
    b'"ipAddress":"192.0.2.7","AccessControllerEvent":{"majorEventType":5,"subEventType":75,'
    b'"employeeNoString":"4021","doorNo":1,"serialNo":90,"mask":"no"}}'
)


def test_known_codes_have_a_meaning_and_unknown_ones_stay_numbers():
    now = datetime(2026, 5, 2, tzinfo=UTC)
    assert Event(major=5, minor=8, time=now).meaning == EventMeaning("denied", "expired")
    strange = Event(major=5, minor=4711, time=now)
    assert strange.meaning is None
    assert (strange.major, strange.minor) == (5, 4711)


def test_an_event_that_cannot_be_read_is_counted():
    page = read_page(
        b'{"AcsEvent":{"searchID":"1","responseStatusStrg":"OK","totalMatches":2,"InfoList":['
        b'{"major":5,"minor":1,"time":"2026-05-02T08:00:00+02:00"},{"major":5,"time":"soon"}]}}'
    )
    assert (len(page.events), page.faulty, page.count) == (1, 1, 2)


def test_a_page_without_events_has_no_list():
    assert b"InfoList" not in write_page(EventPage("1", "NO MATCH", 0, ()))


def test_a_question_is_asked_for_the_next_page_and_without_bounds():
    asked = EventCondition(
        search_id="1",
        search_result_position=0,
        max_results=30,
        major=0,
        minor=0,
        start_time="2026-01-01T00:00:00Z",
        begin_serial_no=5,
        end_serial_no=9,
    )
    assert at(asked, 30).search_result_position == 30
    assert (unbounded(asked).start_time, unbounded(asked).begin_serial_no) == (None, None)


def multipart(*parts: bytes) -> bytes:
    head = b'--edge\r\nContent-Disposition: form-data; name="p"\r\n\r\n'
    return b"".join(head + part + b"\r\n" for part in parts) + b"--edge--\r\n"


def test_a_push_is_read_past_its_picture():
    read = read_push(push_type("edge"), multipart(b"\xff\xd8picture", NOTICE, b"\xff\xd8more"))
    assert isinstance(read, Pushed)
    assert read.event.meaning == EventMeaning("granted", "face")
    assert (read.device, read.current, read.event.serial_no) == ("192.0.2.7", True, 90)


def test_a_push_may_be_bare_json():
    assert isinstance(read_push("application/json", NOTICE), Pushed)
    assert isinstance(read_push("", NOTICE), Pushed)


def test_a_replay_is_marked():
    pushed = Pushed(Event(major=5, minor=1, time=datetime(2026, 5, 2, tzinfo=UTC)), "d", False)
    assert read_push(push_type("x"), write_push(pushed, "x")) == pushed


def test_a_push_of_another_kind_is_a_sign_of_life():
    body = b'{"dateTime":"2026-05-02T08:00:00Z","eventType":"heartBeat","macAddress":"m"}'
    assert read_push("application/json", body) == Sign(
        "heartBeat", datetime(2026, 5, 2, 8, tzinfo=UTC), "m"
    )


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", multipart(NOTICE)),
        (push_type("edge"), multipart(b"no json")),
        (push_type("edge"), multipart(NOTICE)[:-12]),
        (push_type("edge"), b"something else"),
        ("application/json", b"{}"),
        ("application/json", b"x" * (PUSH_LIMIT + 1)),
    ],
    ids=["no boundary", "no json", "cut", "no multipart", "no event", "too large"],
)
def test_a_push_that_is_none_is_not_understood(content_type: str, body: bytes):
    with pytest.raises(NotUnderstood):
        read_push(content_type, body)
