"""What each code of a terminal means for us: whether trying again can help, and who can do what.

Source: Hikvision terminals as observed, Answers.

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
from typing import ClassVar

from doorward.connectors.hikvision.wire.status import (
    BUSY,
    DEVICE_ERROR,
    Lock,
    Reply,
    lock_of,
)
from doorward.net.errors import Busy, Forbidden, Full, Kind, LoginRefused, Refused, RemoteError


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
        locked = _LOCKED if lock.locked else None
        super().__init__(reason, reply=reply, remedy=remedy or locked, status=status)
        self.lock = lock


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a subStatusCode amounts to; `remedy` None: the class says it."""

    error: type[WithReply]
    remedy: str | None = None


_LOCKED = (
    "Wait until the lock is over, or unlock the account at the terminal; somebody sends it a wrong"
    " password. Then run 'doorward check'."
)
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


def failure(status: int, said: Reply | None) -> RemoteError | None:
    """The error that an answer amounts to; None for one that holds what was asked for, or OK.

    `said`: the ResponseStatus that it is, if it is one (`status.find_reply`).

    A 401 is not judged here: only who sent the credentials knows whether it is confirmed.
    """
    if said is not None and not said.accepted:
        return _error(said, status)
    if said is not None or 200 <= status < 300:
        return None
    return _by_http(status)


def _error(said: Reply, status: int) -> WithReply:
    found = meaning(said)
    if found.error is LoginDenied:
        lock = lock_of(said)
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
