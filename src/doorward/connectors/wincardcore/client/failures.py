"""What an answer says went wrong, with the other side's own words.

LoginRefused  SignatureRefused     401: keys, ClientId or clock are not right
Refused       Malformed            400: built wrongly
              NotFound             404
              Conflict             409: the state there does not go with the call; final
              Invalid              422: content that is not taken
Busy          InternalError        500: tried again only after a wait
              Unavailable          any other 5xx: tried again at once
Unreadable    Misread              a success of another kind than the protocol has

Source: WinCardCore 3.3, 1.3.
"""

from doorward.connectors.wincardcore.wire.operations import Operation
from doorward.net.errors import Busy, LoginRefused, Refused, RemoteError, Unreadable
from doorward.net.line import Answer

EXCERPT = 500  # characters of what the other side says


class SignatureRefused(LoginRefused):
    """The other side does not take our signature."""

    advice = (
        "Compare ClientId, AuthKey and SigKey with what was agreed, and the clocks on both sides."
    )


class Malformed(Refused):
    """The other side cannot make sense of what was sent."""


class NotFound(Refused):
    """What the call is about is not known there."""


class Conflict(Refused):
    """What is there does not go with the call. That is its last word."""


class Invalid(Refused):
    """The other side does not take the content; it names where in the list."""


class InternalError(Busy):
    """The other side failed; trying again makes sense only after a while."""


class Unavailable(Busy):
    """The other side cannot do it at the moment; trying again at once may help."""


class Misread(Unreadable):
    """The other side took the call for something else."""


_OF_STATUS: dict[int, type[RemoteError]] = {
    400: Malformed,
    401: SignatureRefused,
    404: NotFound,
    409: Conflict,
    422: Invalid,
    500: InternalError,
}


def failure(operation: Operation, answer: Answer) -> RemoteError | None:
    """What is wrong with an answer; None for one that is a success."""
    status = answer.status
    if status in operation.statuses or _succeeded(operation, answer):
        return None
    said = words(answer.body)
    reason = f"{operation.name}: {status}{f', {said}' if said else ''}"
    return _kind(status)(reason, status=status)


def _kind(status: int) -> type[RemoteError]:
    if status < 400:
        return Unreadable
    return _OF_STATUS.get(status) or (Refused if status < 500 else Unavailable)


def _succeeded(operation: Operation, answer: Answer) -> bool:
    """Whether it is one of the other successes of 1.3. A page with 200 comes from somebody else."""
    return operation.answer is None and answer.status in (200, 202, 204) and not answer.body


def words(body: bytes) -> str:
    """The readable text of an answer, in one line and not for ever."""
    text = " ".join(body[: 4 * EXCERPT].decode("utf-8", "replace").split())
    shown = "".join(character if character.isprintable() else "\ufffd" for character in text)
    return shown if len(shown) <= EXCERPT else f"{shown[:EXCERPT]}…"
