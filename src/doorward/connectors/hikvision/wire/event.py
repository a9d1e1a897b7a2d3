"""What happened at a terminal's doors: asked for (`AcsEvent`) or pushed (`AccessControllerEvent`).

Source: Hikvision terminals as observed, Events. Codes differ by model, so a code that is not in
the table stays the two numbers it is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec
from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from doorward.connectors.hikvision.wire.form import NotUnderstood, from_json, to_json
from doorward.connectors.hikvision.wire.search import Status
from doorward.net.secrets import CardNumber

PAGE = 30  # the most events a terminal gives at once
PUSH_LIMIT = 4 * 1024 * 1024  # a push may carry a picture
NOTICE_LIMIT = 64 * 1024  # its JSON part

ACCESS = 5  # the major type of everything that happens at a door

Kind = Literal["granted", "denied", "door"]


@dataclass(frozen=True, slots=True)
class EventMeaning:
    """What a pair of codes means: somebody got in, didn't, or the door itself did something."""

    kind: Kind
    text: str


MEANINGS: dict[tuple[int, int], EventMeaning] = {
    (ACCESS, 1): EventMeaning("granted", "card"),
    (ACCESS, 38): EventMeaning("granted", "fingerprint"),
    (ACCESS, 75): EventMeaning("granted", "face"),
    (ACCESS, 156): EventMeaning("granted", "QR code"),
    (ACCESS, 181): EventMeaning("granted", "password"),
    (ACCESS, 6): EventMeaning("denied", "no permission"),
    (ACCESS, 7): EventMeaning("denied", "outside schedule"),
    (ACCESS, 8): EventMeaning("denied", "expired"),
    (ACCESS, 9): EventMeaning("denied", "unknown card"),
    (ACCESS, 76): EventMeaning("denied", "face failed"),
    (ACCESS, 21): EventMeaning("door", "unlocked"),
    (ACCESS, 22): EventMeaning("door", "locked"),
}


class EventCondition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """Which events are asked for. `major` and `minor` 0: all; times in ISO 8601 with an offset."""

    search_id: str = msgspec.field(name="searchID")
    search_result_position: int
    max_results: int
    major: int
    minor: int
    start_time: str | None = None
    end_time: str | None = None
    employee_no_string: str | None = None
    begin_serial_no: int | None = None
    end_serial_no: int | None = None
    pic_enable: bool | None = None


def at(asked: EventCondition, position: int) -> EventCondition:
    """The same question for the page that begins at `position`."""
    return msgspec.structs.replace(asked, search_result_position=position)


def unbounded(asked: EventCondition) -> EventCondition:
    """The same question without the bounds that some terminals refuse."""
    return msgspec.structs.replace(
        asked, start_time=None, end_time=None, begin_serial_no=None, end_serial_no=None
    )


class _ConditionBody(msgspec.Struct, frozen=True):
    condition: EventCondition = msgspec.field(name="AcsEventCond")


def write_condition(asked: EventCondition) -> bytes:
    """The body of an event search."""
    return to_json(_ConditionBody(asked))


def read_condition(body: bytes) -> EventCondition:
    """What a client asks for. Raises NotUnderstood."""
    return from_json(body, _ConditionBody).condition


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """One event as a terminal keeps it. `serial_no` counts them up; with the terminal it is unique.

    `time` has an offset where the terminal gives one.
    """

    major: int
    minor: int
    time: datetime
    serial_no: int | None = None
    employee_no_string: str | None = None
    name: str | None = None
    card_no: CardNumber | None = None
    door_no: int | None = None
    card_reader_no: int | None = None
    user_type: str | None = None
    current_verify_mode: str | None = None

    @property
    def meaning(self) -> EventMeaning | None:
        """What the codes mean; None for codes that are not known."""
        return MEANINGS.get((self.major, self.minor))


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of events. `faulty` counts those that could not be read."""

    search_id: str
    status: Status
    total: int | None
    events: tuple[Event, ...]
    faulty: int = 0

    @property
    def count(self) -> int:
        """How many events the page holds, read or not."""
        return len(self.events) + self.faulty


class _Page(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    search_id: str = msgspec.field(default="", name="searchID")
    response_status_strg: Status
    num_of_matches: int | None = None
    total_matches: int | None = None
    events: list[msgspec.Raw] | None = msgspec.field(default=None, name="InfoList")


class _PageBody(msgspec.Struct, frozen=True):
    page: _Page = msgspec.field(name="AcsEvent")


def read_page(body: bytes) -> EventPage:
    """Raises NotUnderstood."""
    page = from_json(body, _PageBody).page
    listed = [_event(raw) for raw in page.events or ()]
    read = tuple(event for event in listed if event is not None)
    return EventPage(
        page.search_id, page.response_status_strg, page.total_matches, read, len(listed) - len(read)
    )


def _event(raw: msgspec.Raw) -> Event | None:
    try:
        return from_json(raw, Event)
    except NotUnderstood:
        return None


def write_page(page: EventPage) -> bytes:
    """As a terminal sends it."""
    head: dict[str, Any] = {
        "searchID": page.search_id,
        "responseStatusStrg": page.status,
        "numOfMatches": len(page.events),
        "totalMatches": page.total,
    }
    return to_json({"AcsEvent": head | ({"InfoList": page.events} if page.events else {})})


class _Detail(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    major_event_type: int
    sub_event_type: int
    employee_no_string: str | None = None
    name: str | None = None
    card_no: CardNumber | None = None
    door_no: int | None = None
    card_reader_no: int | None = None
    serial_no: int | None = None
    user_type: str | None = None
    current_verify_mode: str | None = None
    current_event: bool | None = None


class _Notice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    date_time: datetime
    event_type: str = ""
    event_state: str = ""
    ip_address: str = ""
    mac_address: str = ""
    detail: _Detail | None = msgspec.field(default=None, name="AccessControllerEvent")


@dataclass(frozen=True, slots=True)
class Pushed:
    """An event that a terminal sent by itself.

    `current` False: it happened while nobody was listening and comes late. It can come more than
    once: `device` (its hardware address, else its IP address) and `event.serial_no` tell.
    """

    event: Event
    device: str
    current: bool


@dataclass(frozen=True, slots=True)
class Sign:
    """A push that is no door event: a heartbeat, or an alarm of another kind."""

    kind: str
    at: datetime
    device: str


def read_push(content_type: str, body: bytes) -> Pushed | Sign:
    """A push, multipart or bare JSON; pictures are passed over. Raises NotUnderstood."""
    if len(body) > PUSH_LIMIT:
        raise NotUnderstood(f"a push has {len(body)} bytes, more than the {PUSH_LIMIT} allowed")
    return _pushed(from_json(push_notice(content_type, body), _Notice))


def push_notice(content_type: str, body: bytes) -> bytes:
    """The JSON part of a push, as the terminal wrote it. Raises NotUnderstood."""
    notice = _json_part(content_type, body)
    if len(notice) > NOTICE_LIMIT:
        reason = f"the JSON part has {len(notice)} bytes, more than the {NOTICE_LIMIT} allowed"
        raise NotUnderstood(reason)
    return notice


def _pushed(notice: _Notice) -> Pushed | Sign:
    device = notice.mac_address or notice.ip_address
    if notice.detail is None and not notice.event_type:
        raise NotUnderstood("the push does not say what kind of event it is")
    if notice.detail is None:
        return Sign(notice.event_type, notice.date_time, device)
    fields = msgspec.structs.asdict(notice.detail)
    current = fields.pop("current_event")
    major, minor = fields.pop("major_event_type"), fields.pop("sub_event_type")
    event = Event(major=major, minor=minor, time=notice.date_time, **fields)
    return Pushed(event, device, current is not False)


def write_push(pushed: Pushed, boundary: str) -> bytes:
    """The multipart body of a push; its content type is `push_type(boundary)`."""
    fields = msgspec.structs.asdict(pushed.event)
    detail = _Detail(
        major_event_type=fields.pop("major"),
        sub_event_type=fields.pop("minor"),
        current_event=pushed.current,
        **{name: value for name, value in fields.items() if name != "time"},
    )
    notice = _Notice(
        date_time=pushed.event.time,
        event_type="AccessControllerEvent",
        event_state="active",
        mac_address=pushed.device,
        detail=detail,
    )
    head = (
        f"--{boundary}\r\nContent-Disposition: form-data; name="
        '"event_log"\r\nContent-Type: application/json\r\n\r\n'
    )
    return head.encode() + to_json(notice) + f"\r\n--{boundary}--\r\n".encode()


def push_type(boundary: str) -> str:
    """The Content-Type of a push."""
    return f"multipart/form-data; boundary={boundary}"


def _json_part(content_type: str, body: bytes) -> bytes:
    kind, options = parse_options_header(content_type)
    if not kind.startswith(b"multipart/"):
        return body
    boundary = options.get(b"boundary")
    if not boundary:
        raise NotUnderstood("a multipart push names no boundary")
    for part in _parts(boundary, body):
        if part.lstrip().startswith(b"{"):
            return part
    raise NotUnderstood("no part of the push is JSON")


def _parts(boundary: bytes, body: bytes) -> list[bytes]:
    parts: list[bytearray] = []
    ended: list[bool] = []
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": lambda: parts.append(bytearray()),
            "on_part_data": lambda data, start, end: parts[-1].extend(data[start:end]),
            "on_end": lambda: ended.append(True),
        },
    )
    try:
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise NotUnderstood(f"the push is not multipart: {error}") from None
    if not ended:
        raise NotUnderstood("the push was cut off")
    return [bytes(part) for part in parts]
