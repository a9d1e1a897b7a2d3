"""What an HTTP answer of Cardskipper means for us. Error bodies are undocumented: only shown."""

import re
from collections.abc import Set as AbstractSet

from doorward.connectors.cardskipper.wire.names import shown
from doorward.connectors.cardskipper.wire.operations import Operation
from doorward.net.errors import (
    Busy,
    Forbidden,
    LoginRefused,
    Refused,
    RemoteError,
    Unreadable,
)

_MARKUP = re.compile(r"<[^>]*>|\s+")
_ADDRESS = (
    "Check the address: it should be https://api.cardskipper.se or "
    "https://api-test.cardskipper.se, without anything behind it."
)


def fault(
    operation: Operation, status: int, excerpt: bytes, worked: AbstractSet[str]
) -> RemoteError | None:
    """The error in an answer; None for one that may hold what was asked for.

    `worked`: the calls that this login could make before. Each call has its own grant, so a login
    that works elsewhere is right, whatever this call answers.
    """
    if status == 200:
        return None
    if status == 403 or (status == 401 and worked):
        return _forbidden(operation, status, worked)
    said = f"Cardskipper answered {operation.name} with {status}{_message(excerpt)}"
    kind: type[RemoteError]
    remedy: str | None = None
    match status:
        case 401:
            kind = LoginRefused
        case 404 | 405:
            kind, remedy = Refused, _ADDRESS
        case 408 | 429:
            kind = Busy
        case _ if status >= 500:
            kind = Busy
        case _ if status >= 400:
            kind, remedy = Refused, "Check the organisation id in the configuration."
        case _:
            kind, remedy = Unreadable, _ADDRESS  # a redirect, which is never followed, or nothing
    return kind(said, remedy=remedy, status=status)


def _forbidden(operation: Operation, status: int, worked: AbstractSet[str]) -> Forbidden:
    others = f", although {', '.join(sorted(worked))} works" if worked else ""
    return Forbidden(
        f"this login may not call {operation.name} ({status}){others}",
        remedy=f"Ask Cardskipper's support, or the organisation's administrator there, to grant "
        f"this login the API right for {operation.name}.",
        status=status,
    )


def _message(excerpt: bytes) -> str:
    text = _MARKUP.sub(" ", excerpt[:2000].decode("utf-8", "replace")).strip()
    return f": {shown(text)}" if text else ""
