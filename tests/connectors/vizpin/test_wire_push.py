"""The two calls that VIZpin makes, and what it wants to hear."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from doorward.connectors.vizpin.wire import push
from doorward.connectors.vizpin.wire.faults import Fault, Faulty, NotUnderstood
from doorward.connectors.vizpin.wire.form import Count
from doorward.connectors.vizpin.wire.push import TAKEN, Push, PushReply

UNLOCKED = Push(
    description="Mar 02 2026 06:11:09 AM CET",
    user_id="usr01",
    reader_id="rdr01",
    audit_date=datetime(2026, 3, 2, 5, 11, 9, tzinfo=UTC),
    activity_code=Count(52),
)
BODY = (
    b'{"description":"Mar 02 2026 06:11:09 AM CET","user_id":"usr01","readerId":"rdr01",'
    b'"audit_date":"2026-03-02 05:11:09","activity_code":52}'
)


@pytest.mark.covers("vizpin", push="events", rule="push-event")
def test_a_push_is_written():
    assert push.write_push(UNLOCKED) == BODY


@pytest.mark.covers("vizpin", takes="events")
def test_a_push_is_read():
    assert push.read_push(BODY) == UNLOCKED


def test_a_cut_push_is_not_understood():
    for end in range(len(BODY)):
        with pytest.raises(NotUnderstood):
            push.read_push(BODY[:end])


def test_a_readers_own_event_has_no_user():
    body = b'{"readerId":"r","audit_date":"2026-03-02 05:11:09","activity_code":"36"}'
    read = push.read_push(body)
    assert isinstance(read, Push)
    assert (read.user_id, read.activity_code) == ("", 36)


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("readerId", None),
        ("readerId", ""),
        ("readerId", 5),
        ("audit_date", None),
        ("audit_date", "2026-03-02"),
        ("audit_date", "Mar 02 2026 06:11:09 AM CET"),
        ("activity_code", None),
        ("activity_code", "fifty"),
        ("activity_code", -1),
        ("user_id", ["usr01"]),
        ("description", "x" * 300),
    ],
)
def test_a_field_that_cannot_be_taken_is_named(field: str, bad: Any):
    body = msgspec.json.encode({**msgspec.json.decode(BODY), field: bad})
    fault = push.read_push(body)
    assert isinstance(fault, Fault)
    assert fault.field == field


def test_a_push_that_is_no_object_is_a_fault():
    assert isinstance(push.read_push(b"[]"), Fault)


def test_nothing_is_pushed_that_would_be_refused():
    with pytest.raises(Faulty, match="readerId"):
        push.write_push(msgspec.structs.replace(UNLOCKED, reader_id=""))


@pytest.mark.covers("vizpin", rule="push-reply push-until-taken")
def test_the_expected_reply_is_written_and_read():
    body = b'{"status":200,"message":"true"}'
    assert push.write_reply(TAKEN) == body
    assert push.read_reply(body) == TAKEN
    for end in range(len(body)):
        with pytest.raises(NotUnderstood):
            push.read_reply(body[:end])


@pytest.mark.covers("vizpin", rule="push-until-taken")
@pytest.mark.parametrize(
    ("body", "taken"),
    [
        (b'{"status":"200","message":true}', True),
        (b'{"status":200,"message":" True"}', True),
        (b'{"status":200}', False),
        (b'{"status":200,"message":"false"}', False),
        (b'{"status":400,"message":"true"}', False),
    ],
)
def test_only_the_expected_reply_ends_the_repeating(body: bytes, taken: bool):
    assert push.read_reply(body).taken == taken


@pytest.mark.parametrize("body", [b"OK", b"{}", b'{"status":200,"message":5}', b"[" * 100_000])
def test_another_reply_is_not_understood(body: bytes):
    with pytest.raises(NotUnderstood):
        push.read_reply(body)


@pytest.mark.covers("vizpin", rule="push-refusal")
def test_a_refusal_always_says_why():
    assert push.refused("readerId: is required") == PushReply(400, "readerId: is required")
    for reason, status in (("", 400), (" ", 422), ("no", 500), ("no", 200)):
        with pytest.raises(ValueError, match="a refusal has"):
            push.refused(reason, status)


@pytest.mark.covers("vizpin", rule="push-verified", takes="verified")
def test_a_verified_user_stands_at_the_end_of_the_path():
    assert push.verified_url("https://hub.example/v/", "a0q_1") == "https://hub.example/v/a0q_1"
    assert push.verified_url("https://hub.example", "../x?") == "https://hub.example/..%2Fx%3F"
    assert push.read_verified("a0q_1") == "a0q_1"


@pytest.mark.parametrize("segment", ["", "a/b", "a b", "..", "å", "x" * 256])
def test_what_is_no_users_id_is_not_understood(segment: str):
    with pytest.raises(NotUnderstood):
        push.read_verified(segment)
