"""An answer around its result.

Source: VIZpin OEM API 4.3, methods. A failed call has its code under `error` by the text and under
`result` by the sample: both are sent with the same contents, either is read. Codes are read after
`status`, because 43 is both a success and an error. The platform underneath has a third form of its
own, an array of errors, for calls that never reached the API. Of a name that stands twice in an
object the last holds.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic

import msgspec

from doorward.connectors.vizpin.wire import form
from doorward.connectors.vizpin.wire.codes import AnyError, Status, Success, error_code
from doorward.connectors.vizpin.wire.faults import Fault, NotUnderstood
from doorward.connectors.vizpin.wire.loose import loosened
from doorward.connectors.vizpin.wire.operation import A, AnyOperation, Operation, P

MessageId = str | int


@dataclass(frozen=True, slots=True)
class Answered(Generic[A]):
    """A call that worked. `now` is the server's time in seconds since 1970 (None: not said)."""

    answer: A
    code: int
    message: str
    now: int | None
    id: MessageId | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A call that didn't work. `code` is one of ErrorCode or RpcCode, or one that is unknown."""

    code: int
    message: str
    id: MessageId | None = None
    now: int | None = None

    @property
    def known(self) -> AnyError | None:
        """The code, where the document knows it."""
        return error_code(self.code)


@dataclass(frozen=True, slots=True)
class PlatformFailed:
    """The platform's own refusal, such as INVALID_SESSION_ID."""

    code: str
    message: str


Outcome = Answered[A] | Failed | PlatformFailed


def write_answer(
    operation: AnyOperation,
    answer: msgspec.Struct,
    message_id: MessageId,
    now: int,
    message: str = "",
) -> bytes:
    """A successful answer. `message` takes the place of the method's usual one."""
    if not isinstance(answer, operation.answers):
        raise TypeError(f"{operation.name} answers {operation.answers.__name__}")
    head = _head_of(operation.success, message)
    body = form.encode(answer)
    tail = b',"jsonrpc":"2.0","id":%b}' % form.encode(message_id)
    if body == b"{}":
        return b"%b%d}%b" % (head, now, tail)
    # A view, and all at once, because a list may be long.
    return b"".join((b"%b%d," % (head, now), memoryview(body)[1:], tail))


@lru_cache
def _head_of(success: Success, message: str) -> bytes:
    """An answer up to the time that it was given at."""
    code = int(success)
    facts = form.encode({"message": message or success.text, "code": code, "now": 0})
    return b'{"status":1,"result":' + facts.removesuffix(b"0}")


def write_failed(failed: Failed, now: int) -> bytes:
    """A failed answer, its facts under `error` and under `result`."""
    facts = {"message": failed.message, "code": failed.code, "now": now}
    return form.encode(
        {
            "status": int(Status.ERROR),
            "error": facts,
            "result": facts,
            "jsonrpc": "2.0",
            "id": failed.id,
        }
    )


def refusal(operation: AnyOperation, fault: Fault, message_id: MessageId) -> Failed:
    """The answer to parameters with a fault: the method's own code, the field and the reason."""
    return Failed(int(operation.code_for(fault)), str(fault), message_id)


def write_platform(failed: PlatformFailed) -> bytes:
    """The platform's own refusal."""
    return form.encode([{"message": failed.message, "errorCode": failed.code}])


class _Envelope(msgspec.Struct):
    status: int | str | None = None
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: msgspec.Raw = msgspec.Raw(b"null")
    id: int | str | None = None


class _Head(msgspec.Struct):
    code: int | None = None
    message: Any = ""
    now: int | None = None


class _PlatformError(msgspec.Struct, rename={"code": "errorCode"}):
    code: str
    message: str = ""


def read_answer(operation: Operation[P, A], body: bytes) -> Outcome[A]:
    """The answer to a call. Raises NotUnderstood for anything that is none of the three forms."""
    text = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"["):
        return _platform(text)
    envelope = form.decode(text, _Envelope)
    status = _status(envelope)
    if status != Status.SUCCESS:
        return _failure(envelope)
    head = _head(envelope.result)
    answer = _answer(operation.answers, envelope.result)
    code = int(operation.success) if head.code is None else head.code
    return Answered(answer, code, _message(head), head.now, envelope.id)


def _platform(text: bytes) -> PlatformFailed:
    found = form.decode(text, tuple[_PlatformError, ...])
    if not found:
        raise NotUnderstood("an empty list of errors")
    return PlatformFailed(found[0].code, found[0].message)


def _is_null(raw: msgspec.Raw) -> bool:
    return bytes(raw) == b"null"


def _status(envelope: _Envelope) -> Status:
    if envelope.status is None:
        if _is_null(envelope.error):
            raise NotUnderstood("neither status nor error: not an answer of this API")
        return Status.ERROR
    try:
        return Status(int(envelope.status))
    except ValueError:
        raise NotUnderstood("status is none that is known") from None


def _failure(envelope: _Envelope) -> Failed:
    head = _head(envelope.result if _is_null(envelope.error) else envelope.error)
    code = int(Status.UNKNOWN_ERROR) if head.code is None else head.code
    return Failed(code, _message(head), envelope.id, head.now)


def _head(raw: msgspec.Raw) -> _Head:
    return form.guarded(lambda: _HEAD.decode(raw))


_HEAD = msgspec.json.Decoder(_Head, strict=False)


def _message(head: _Head) -> str:
    return head.message.strip() if isinstance(head.message, str) else ""


def _answer(kind: type[A], raw: msgspec.Raw) -> A:
    try:
        return form.decode(raw, kind)
    except NotUnderstood:
        found = form.decode(raw, dict)
        return form.convert(form.guarded(lambda: loosened(found, kind)), kind)
