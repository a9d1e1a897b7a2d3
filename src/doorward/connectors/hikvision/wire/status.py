"""ResponseStatus and the body of a 401, in both forms.

Source: Hikvision terminals as observed, Answers; Login and load. The HTTP status and the body
disagree between firmwares (a refusal may come as 200, 400 or 403), so the body's `statusCode` is
what counts wherever there is one.
"""

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from doorward.connectors.hikvision.wire.form import (
    NotUnderstood,
    from_json,
    from_xml,
    is_xml,
    root,
    to_json,
    to_xml,
)
from doorward.net.xml import local

OK, BUSY, DEVICE_ERROR, INVALID, BAD_FORMAT, BAD_CONTENT, REBOOT = 1, 2, 3, 4, 5, 6, 7

STATUS_TEXT = {
    OK: "OK",
    BUSY: "Device Busy",
    DEVICE_ERROR: "Device Error",
    INVALID: "Invalid Operation",
    BAD_FORMAT: "Invalid Format",
    BAD_CONTENT: "Invalid Content",
    REBOOT: "Reboot Required",
}


class Reply(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What a terminal says about a call. `error_msg` often names the field it did not like."""

    status_code: int
    status_string: str = ""
    sub_status_code: str = ""
    error_code: int | None = None
    error_msg: str | None = None
    lock_status: str | None = None
    retry_times: int | None = None
    res_lock_time: int | None = None

    @property
    def accepted(self) -> bool:
        """Whether it was done; 7 says that it counts from the next restart on."""
        return self.status_code in (OK, REBOOT)

    @property
    def text(self) -> str:
        """The codes in one line."""
        said = self.sub_status_code or self.status_string
        return f"statusCode {self.status_code} {said}" + (
            f" ({self.error_msg})" if self.error_msg else ""
        )


def reply(code: int, sub: str = "", message: str | None = None) -> Reply:
    """A reply with the vendor's text for its code."""
    return Reply(code, STATUS_TEXT[code], sub or ("ok" if code == OK else ""), error_msg=message)


_REPLY = re.compile(rb"<(?:[\w.-]+:)?responsestatus[\s/>]", re.IGNORECASE)


def find_reply(body: bytes) -> Reply | None:
    """The ResponseStatus that a body is, in either form; None where it is something else."""
    try:
        return _in_xml(body) if is_xml(body) else _in_json(body)
    except NotUnderstood:
        return None


def _in_json(body: bytes) -> Reply | None:
    if b"statusCode" not in body:
        return None
    fields = from_json(body, dict[str, msgspec.Raw])
    if "ResponseStatus" in fields:  # some firmwares wrap it
        return from_json(fields["ResponseStatus"], Reply)
    return from_json(body, Reply) if "statusCode" in fields else None


def _in_xml(body: bytes) -> Reply | None:
    if not _REPLY.search(body, 0, 1024):
        return None
    element = root(body)
    return from_xml(element, Reply) if local(element.tag) == "responsestatus" else None


def write_json(said: Reply) -> bytes:
    """A reply as a terminal gives it to a JSON call."""
    return to_json(said)


def write_xml(said: Reply, url: str, namespace: str = "") -> bytes:
    """A reply as a terminal gives it to an XML call."""
    fields: dict[str, Any] = msgspec.to_builtins(said)
    return to_xml("ResponseStatus", {"requestURL": url} | fields, namespace)


@dataclass(frozen=True, slots=True)
class Lock:
    """What a terminal says about wrong logins; None where it does not say."""

    locked: bool | None = None
    tries_left: int | None = None
    seconds: int | None = None

    @property
    def word(self) -> str | None:
        """As a terminal says it."""
        return None if self.locked is None else "lock" if self.locked else "unlock"

    def __str__(self) -> str:
        if self.locked:
            wait = f" for {self.seconds} s" if self.seconds is not None else ""
            return f"the account is locked{wait}"
        left = f"; {self.tries_left} tries left" if self.tries_left is not None else ""
        return f"user name or password is wrong{left}"


def unauthorised(lock: Lock) -> Reply:
    """The body of a 401 to a call in JSON."""
    said = reply(INVALID, "badAuthorization")
    return msgspec.structs.replace(
        said, lock_status=lock.word, retry_times=lock.tries_left, res_lock_time=lock.seconds
    )


class _LockForm(msgspec.Struct, frozen=True, rename="camel"):
    lock_status: str | None = None
    retry_times: int | None = None
    retry_login_time: int | None = None  # the same under its older name
    res_lock_time: int | None = None
    unlock_time: int | None = None


def read_lock(body: bytes) -> Lock:
    """The lock facts of a 401 in either form; all unknown where it holds none."""
    try:
        form = from_xml(root(body), _LockForm) if is_xml(body) else from_json(body, _LockForm)
    except NotUnderstood:
        return Lock()
    left = form.retry_times if form.retry_times is not None else form.retry_login_time
    wait = form.res_lock_time if form.res_lock_time is not None else form.unlock_time
    return _lock(form.lock_status, left, wait)


def lock_of(said: Reply) -> Lock:
    """The lock facts of a reply."""
    return _lock(said.lock_status, said.retry_times, said.res_lock_time)


def _lock(word: str | None, left: int | None, wait: int | None) -> Lock:
    return Lock(word.lower() == "lock" if word else None, left, wait)
