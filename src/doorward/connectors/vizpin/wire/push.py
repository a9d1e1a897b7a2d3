"""The two calls that VIZpin makes to its partner: something happened; a phone was verified.

Source: VIZpin OEM API 4.3, Push API Calls. Neither is JSON-RPC. The document leaves the HTTP method
of the second open and gives it no body: POST, the user's id at the end of the path. The sender
repeats a call until the answer has status 200 in its body as well.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

import msgspec

from doorward.connectors.vizpin.wire import fields, form
from doorward.connectors.vizpin.wire.accounts import Filled, Text
from doorward.connectors.vizpin.wire.faults import Fault, Faulty, NotUnderstood
from doorward.connectors.vizpin.wire.fields import Asked, Field
from doorward.connectors.vizpin.wire.form import Count
from doorward.connectors.vizpin.wire.moments import AUDIT
from doorward.connectors.vizpin.wire.rules import Number

PUSH_LIMIT = 64 * 1024
"""The largest push that is read."""

_USER_ID = re.compile(r"[0-9A-Za-z_-]{1,255}")


@dataclass(frozen=True, slots=True)
class _Code:
    """An event's code: a number here, where the activity list has text."""

    def read(self, raw: object, where: str) -> Count:
        """The code. Raises Faulty."""
        return Number().read(raw, where)

    def write(self, value: int) -> object:
        """The number."""
        return int(value)


class Push(Asked, frozen=True, kw_only=True, rename={"reader_id": "readerId"}):
    """Something happened at a reader. `user_id` is "" for what the reader did by itself.

    `audit_date` is an instant (GMT on the wire); `description` says it in the reader's time zone.
    """

    description: Text = ""
    user_id: Text = ""
    reader_id: Filled
    audit_date: Annotated[datetime, Field(AUDIT)]
    activity_code: Annotated[Count, Field(_Code())]


class PushReply(msgspec.Struct, frozen=True):
    """What the partner answers. A refusal's message is never empty."""

    status: int
    message: str

    @property
    def taken(self) -> bool:
        """Whether the call need not be sent again."""
        return self.status == 200 and self.message.strip().lower() == "true"


TAKEN = PushReply(200, "true")


def refused(reason: str, status: int = 400) -> PushReply:
    """The answer to a call that can't be taken. Raises ValueError for a status that isn't 4XX."""
    if not 400 <= status <= 499 or not reason.strip():
        raise ValueError("a refusal has a status of 400 to 499 and a reason")
    return PushReply(status, reason)


def read_push(body: bytes) -> Push | Fault:
    """What happened, or what is wrong with the field that can't be taken. Raises NotUnderstood."""
    try:
        return fields.read(Push, form.parse(body))
    except Faulty as faulty:
        return faulty.fault


def write_push(push: Push) -> bytes:
    """The body of a push. Raises Faulty."""
    return form.encode(fields.write(push))


def read_reply(body: bytes) -> PushReply:
    """The partner's answer, leniently: "200" for 200, true for "true". Raises NotUnderstood."""
    found = form.guarded(lambda: _REPLY.decode(body))
    said = str(found.message).lower() if isinstance(found.message, bool) else found.message
    if not isinstance(said, str):
        raise NotUnderstood("message is not text")
    return PushReply(found.status, said)


class _AnyReply(msgspec.Struct):
    status: int
    message: Any = ""


_REPLY = msgspec.json.Decoder(_AnyReply, strict=False)


def write_reply(reply: PushReply) -> bytes:
    """The partner's answer."""
    return form.encode(reply)


def verified_url(url: str, user_id: str) -> str:
    """Where to tell that a user's phone is verified: the partner's URL with the id at its end."""
    return f"{url.rstrip('/')}/{quote(user_id, safe='')}"


def read_verified(segment: str) -> str:
    """The user's id at the end of the path. Raises NotUnderstood for what can't be one."""
    if not _USER_ID.fullmatch(segment):
        raise NotUnderstood("the path does not end in the id of a user")
    return segment
