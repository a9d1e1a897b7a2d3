"""What went wrong with a call, as errors. Three layers answer, each in a form of its own.

HTTP        a status: 403 for an address that is not registered, 5xx while there is trouble
platform    an array of errors, for calls that never reached the API
API         a failed answer with a code of appendix 1, or one of JSON-RPC's own

Source: VIZpin OEM API 4.3, authentication, methods and appendix 1.
"""

from doorward.connectors.vizpin.wire import answers
from doorward.connectors.vizpin.wire.answers import Failed, PlatformFailed
from doorward.connectors.vizpin.wire.codes import ErrorCode
from doorward.connectors.vizpin.wire.faults import NotUnderstood
from doorward.connectors.vizpin.wire.operation import AnyOperation
from doorward.net.errors import Busy, Forbidden, LoginRefused, Refused, RemoteError, Unreadable
from doorward.net.line import Answer

_SESSION = frozenset({"INVALID_SESSION_ID", "INVALID_AUTH_HEADER"})
_PASSING = frozenset({"SERVER_UNAVAILABLE", "REQUEST_LIMIT_EXCEEDED", "UNABLE_TO_LOCK_ROW"})


class SessionOver(RemoteError):
    """The session is missing, unknown or expired: log in and ask again."""

    advice = "Nothing to do: it logs in again. If it stays so, look at 'doorward calls'."


class Declined(Refused):
    """The API understood and declined. `code` is its number (appendix 1)."""

    def __init__(self, reason: str, code: int) -> None:
        super().__init__(reason)
        self.code = code


def fault(operation: AnyOperation, answer: Answer) -> RemoteError | None:
    """What the HTTP layer and the platform say of an answer; None where the API itself spoke."""
    if answer.status == 200:
        return None
    said = _platform(operation, answer.body)
    if said is not None:
        return of_platform(said)
    reason = f"HTTP {answer.status} to {operation.name}"
    if answer.status == 403:
        remedy = "Ask VIZpin to register the address that this machine has on the internet."
        return Forbidden(f"{reason}: this address is not allowed", remedy=remedy, status=403)
    if answer.status == 429 or answer.status >= 500:
        return Busy(reason, status=answer.status)
    return Unreadable(reason, status=answer.status)


def _platform(operation: AnyOperation, body: bytes) -> PlatformFailed | None:
    try:
        found = answers.read_answer(operation, body)
    except NotUnderstood:
        return None
    return found if isinstance(found, PlatformFailed) else None


def of_platform(failed: PlatformFailed) -> RemoteError:
    """The platform's refusal as an error."""
    reason = f"{failed.code}: {failed.message}"
    if failed.code in _SESSION:
        return SessionOver(reason)
    if failed.code in _PASSING:
        return Busy(reason)
    return Refused(reason)


def of_api(operation: AnyOperation, failed: Failed) -> RemoteError:
    """The API's own refusal as an error."""
    known = failed.known
    text = failed.message or (known.text if known else "no reason given")
    reason = f"{operation.name}: {text} ({failed.code})"
    match known.kind if known else "failed":
        case "session":
            return SessionOver(reason)
        case "denied":
            return LoginRefused(reason, remedy=_denied(known))
        case _:
            return Declined(reason, failed.code)


def _denied(code: object) -> str | None:
    if code is ErrorCode.BAD_OEM_KEY:
        return "Correct 'oem_key' of this target; then run 'doorward check'."
    if code is ErrorCode.USER_LOGIN_ERROR:
        return "Wait until VIZpin unlocks the login, or ask for it; then run 'doorward check'."
    return None
