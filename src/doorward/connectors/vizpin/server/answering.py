"""A call's body and token in, the answer's body out.

Faults are looked for in this order, and the first one answers: envelope, version, session, OEM
key, parameters, and last what the backend itself declines. Each call gets an answer: what nobody
foresaw is logged and answered with JSON-RPC's own code for it.
"""

import logging
from typing import Any

import msgspec

from doorward.connectors.vizpin.server.backend import Backend, Caller, Declined, method_name
from doorward.connectors.vizpin.wire import answers, fields
from doorward.connectors.vizpin.wire.activity import OBJECTS
from doorward.connectors.vizpin.wire.answers import Failed
from doorward.connectors.vizpin.wire.codes import ErrorCode, RpcCode
from doorward.connectors.vizpin.wire.envelope import Request, read_request
from doorward.connectors.vizpin.wire.faults import Fault, Faulty
from doorward.connectors.vizpin.wire.operations import (
    AUTHENTICATE,
    DELETE_ERRORS,
    OBJECT_DELETE,
    OPERATIONS,
)
from doorward.net.secrets import Secret

_METHODS = {operation.name: method_name(operation) for operation in OPERATIONS.values()}

_log = logging.getLogger(__name__)


def answer(backend: Backend, token: str, body: bytes) -> bytes:
    """The answer to a call, always."""
    read = read_request(body)
    if isinstance(read, Failed):
        return answers.write_failed(read, backend.now())
    try:
        found = _answered(backend, token, read)
    except Exception:
        _log.exception("%s could not be answered", read.operation.name)
        code = RpcCode.INTERNAL_ERROR
        found = Failed(int(code), code.text, read.id)
    if isinstance(found, Failed):
        return answers.write_failed(found, backend.now())
    message = _deleted(read) if read.operation is OBJECT_DELETE else ""
    return answers.write_answer(read.operation, found, read.id, backend.now(), message)


def _answered(backend: Backend, token: str, request: Request) -> msgspec.Struct | Failed:
    try:
        return _judged(backend, token, request)
    except Faulty as faulty:
        return _refusal(request, faulty.fault)
    except Declined as declined:
        return Failed(int(declined.code), declined.message, request.id)


def _judged(backend: Backend, token: str, request: Request) -> msgspec.Struct:
    """What the backend answers. Raises Faulty and Declined."""
    operation = request.operation
    caller = _caller(backend, token, request)
    params = operation.read_params(request.params)
    if isinstance(params, Fault):
        key = operation.read_key(request.params)  # a fault in it goes before any other
        _demand_key(backend, key, caller)
        raise Faulty(params.field, params.reason)
    _demand_key(backend, params.oem_key, caller)
    if caller is None:
        return backend.user_authenticate(params)
    handler: Any = getattr(backend, _METHODS[operation.name])
    found: msgspec.Struct = handler(caller, params)
    return found


def _caller(backend: Backend, token: str, request: Request) -> Caller | None:
    """Whose session it is; None for the one call that needs none."""
    if request.operation is AUTHENTICATE:
        return None
    caller = backend.session(token)
    if caller is None:
        raise Declined(ErrorCode.BAD_SESSION)
    return caller


def _demand_key(backend: Backend, key: Secret | Fault | None, caller: Caller | None) -> None:
    if isinstance(key, Fault):
        raise Faulty(key.field, key.reason)
    if key is not None and not backend.holds_key(key, caller):
        raise Faulty("oem_key", ErrorCode.BAD_OEM_KEY.text)


def _refusal(request: Request, fault: Fault) -> Failed:
    refused = answers.refusal(request.operation, fault, request.id)
    if request.operation is not OBJECT_DELETE or refused.code == ErrorCode.BAD_OEM_KEY:
        return refused
    code = DELETE_ERRORS[_kind(request.params) or "account"]
    return Failed(int(code), refused.message, request.id)


def _kind(raw: object) -> str:
    """Which kind of object is to be deleted, by which the error's code goes; "" if unsaid."""
    try:
        said = fields.folded(OBJECT_DELETE.tidied(raw), "")
        kind = fields.pick(said, ("objectname",), "objectname")
    except Faulty:
        return ""
    word = kind.strip().lower() if isinstance(kind, str) else ""
    return word if word in OBJECTS else ""


def _deleted(request: Request) -> str:
    """The message of a deletion, which says what was deleted."""
    return f"{_kind(request.params)} deleted"
