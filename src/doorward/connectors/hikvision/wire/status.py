"""ResponseStatus, the body of a 401, and what each code means for us.

Source: Hikvision terminals as observed, Answers; Login and load. The HTTP status and the body
disagree between firmwares (a refusal may come as 200, 400 or 403), so the body's `statusCode` is
what counts wherever there is one.

RemoteError (doorward.net.errors)
├── Busy
│   └── TerminalBusy          statusCode 2: tried again
├── TerminalFault             statusCode 3 or a 5xx: later, perhaps
├── Refused
│   ├── TerminalRefused       4, 5, 6: never tried again as it is
│   ├── NotSupported          final for this terminal
│   ├── AlreadyThere          the employee number is taken
│   └── NotThere              no such employee number
├── Forbidden
│   └── TerminalForbidden     the account may not make this call
├── Full
│   └── TerminalFull          no room for another person
└── LoginRefused
    └── LoginDenied           a confirmed 401, with what the terminal said about its lock
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec

from doorward.connectors.hikvision.wire.form import (
    NotUnderstood,
    from_json,
    from_xml,
    root,
    to_json,
    to_xml,
)
from doorward.net.errors import Busy, Forbidden, Full, Kind, LoginRefused, Refused, RemoteError
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


def find_reply(body: bytes) -> Reply | None:
    """The ResponseStatus that a body is, in either form; None where it is something else."""
    try:
        return (
            _in_xml(body)
            if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
            else _in_json(body)
        )
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
    if b"responsestatus" not in body[:1024].lower():
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
        form = _lock_form(body)
    except NotUnderstood:
        return Lock()
    left = form.retry_times if form.retry_times is not None else form.retry_login_time
    wait = form.res_lock_time if form.res_lock_time is not None else form.unlock_time
    status = (form.lock_status or "").lower()
    return Lock(status == "lock" if status else None, left, wait)


def _lock_form(body: bytes) -> _LockForm:
    if not body.lstrip().startswith(b"<"):
        return from_json(body, _LockForm)
    return from_xml(root(body), _LockForm)


class WithReply(RemoteError):
    """An error that a terminal's reply explains."""

    def __init__(
        self,
        reason: str,
        *,
        reply: Reply | None = None,
        remedy: str | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(reason, remedy=remedy, status=status)
        self.reply = reply


class TerminalBusy(WithReply, Busy):
    """It is doing something else."""


class TerminalFault(WithReply):
    """It failed inside."""

    kind: ClassVar[Kind] = "retry"
    advice = "If it stays so, restart the terminal."


class TerminalRefused(WithReply, Refused):
    """It understood and declined."""

    advice = "Look at the call with 'doorward calls': the answer names what was not liked."


class NotSupported(WithReply, Refused):
    """This terminal does not have this call, and never will."""

    advice = "Check the address and the 'dialect' of this terminal; else its firmware is too old."


class AlreadyThere(WithReply, Refused):
    """Somebody has this employee number already."""

    advice = "Link the person to the one who has the number, or give her another number."


class NotThere(WithReply, Refused):
    """Nobody has this employee number."""

    advice = "She was deleted on the terminal: the next run sees that."


class TerminalForbidden(WithReply, Forbidden):
    """The account may not make this call."""

    advice = "Give this account the operator's rights on the terminal: remote parameter settings."


class TerminalFull(WithReply, Full):
    """No room for another person."""


class LoginDenied(WithReply, LoginRefused):
    """A confirmed 401. Five of them lock the account, and then the right password fails too."""

    def __init__(
        self,
        reason: str,
        *,
        lock: Lock,
        reply: Reply | None = None,
        remedy: str | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(reason, reply=reply, remedy=remedy, status=status)
        self.lock = lock


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a subStatusCode amounts to; `remedy` None: the class says it."""

    error: type[WithReply]
    remedy: str | None = None


_SYNTAX = (
    "This is a disagreement about the protocol: set 'dialect' for this terminal, or report it."
)
_CONTENT = "A value is not to this terminal's taste: the answer names the field."

CATALOGUE: dict[str, Meaning] = {
    "deviceBusy": Meaning(TerminalBusy),
    "noMemory": Meaning(TerminalBusy, "If it stays so, restart the terminal."),
    "serviceUnavailable": Meaning(TerminalBusy),
    "upgrading": Meaning(TerminalBusy, "Wait until its firmware update is over."),
    "deviceError": Meaning(TerminalFault),
    "notSupport": Meaning(NotSupported),
    "methodNotAllowed": Meaning(NotSupported),
    "lowPrivilege": Meaning(TerminalForbidden),
    "badAuthorization": Meaning(LoginDenied),
    "invalidOperation": Meaning(TerminalRefused),
    "notActivated": Meaning(TerminalRefused, "Activate the terminal: give it its first password."),
    "badXmlFormat": Meaning(TerminalRefused, _SYNTAX),
    "badJsonFormat": Meaning(TerminalRefused, _SYNTAX),
    "badParameters": Meaning(TerminalRefused, _CONTENT),
    "badXmlContent": Meaning(TerminalRefused, _CONTENT),
    "badJsonContent": Meaning(TerminalRefused, _CONTENT),
    "MessageParametersLack": Meaning(TerminalRefused, _CONTENT),
    "employeeNoAlreadyExist": Meaning(AlreadyThere),
    "deviceUserAlreadyExist": Meaning(AlreadyThere),
    "employeeNoNotExist": Meaning(NotThere),
    "deviceUserNotExist": Meaning(NotThere),
    "deviceUserFull": Meaning(TerminalFull),
    "rebootRequired": Meaning(TerminalFault, "Restart the terminal."),
}
_FOLDED = {name.lower(): meaning for name, meaning in CATALOGUE.items()}
_BY_CODE = {
    BUSY: Meaning(TerminalBusy),
    DEVICE_ERROR: Meaning(TerminalFault),
}


def meaning(said: Reply) -> Meaning:
    """What a reply that is not an acceptance amounts to: by its sub code, else by its code."""
    known = _FOLDED.get(said.sub_status_code.lower())
    return known or _BY_CODE.get(said.status_code, Meaning(TerminalRefused))


def failure(status: int, body: bytes) -> RemoteError | None:
    """The error that an answer amounts to; None for one that holds what was asked for, or OK.

    A 401 is not judged here: only who sent the credentials knows whether it is confirmed.
    """
    said = find_reply(body)
    if said is not None and not said.accepted:
        return _error(said, status)
    if said is not None or 200 <= status < 300:
        return None
    return _by_http(status)


def _error(said: Reply, status: int) -> WithReply:
    found = meaning(said)
    if found.error is LoginDenied:
        lock = Lock(
            said.lock_status == "lock" if said.lock_status else None,
            said.retry_times,
            said.res_lock_time,
        )
        return LoginDenied(f"{said.text}: {lock}", lock=lock, reply=said, status=status)
    return found.error(said.text, reply=said, remedy=found.remedy, status=status)


def _by_http(status: int) -> RemoteError:
    text = f"HTTP {status} without the terminal's own word"
    if status in (404, 405, 501):
        return NotSupported(text, status=status)
    if status == 403:
        return TerminalForbidden(text, status=status)
    if status == 503:
        return TerminalBusy(text, status=status)
    if status >= 500:
        return TerminalFault(text, status=status)
    if 300 <= status < 400:
        remedy = "The terminal sends us elsewhere: if that is https, set the url to https."
        return TerminalRefused(text, remedy=remedy, status=status)
    return TerminalRefused(text, status=status)
