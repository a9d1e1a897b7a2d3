"""A request around its parameters.

Source: VIZpin OEM API 4.3, authentication and methods; JSON-RPC 2.0.
What the samples spell in several ways: `jsonrpc`, `Jsonrpc`, `jsonrpcs`; `id`, `Id`; `!version`,
`version`; `params`, `param`. The first of each is sent, all are read, in any letter case. The
version comes as "1", "2", "2.0", 2 or not at all, and is sent as "2". `id` is text or a number, at
most 10 letters and digits, and comes back as it was sent.
"""

from collections.abc import Mapping
from typing import Any, TypeGuard

import msgspec

from doorward.connectors.vizpin.wire.answers import Failed, MessageId
from doorward.connectors.vizpin.wire.codes import AnyError, ErrorCode, RpcCode
from doorward.connectors.vizpin.wire.faults import NotUnderstood
from doorward.connectors.vizpin.wire.form import encode, parse
from doorward.connectors.vizpin.wire.operation import A, AnyOperation, Operation, P
from doorward.connectors.vizpin.wire.operations import OPERATIONS

VERSION = "2"
RPC_VERSION = "2.0"

_VERSIONS = ("1", "2", "2.0", 2)
_ID_LENGTH = 10
_ID_LIMIT = 10**10
_NAMES = {"jsonrpcs": "jsonrpc", "version": "!version", "param": "params"}


class Request(msgspec.Struct, frozen=True):
    """A call of a known method. `params` is as it was sent: the operation reads it."""

    id: MessageId
    operation: AnyOperation
    params: object

    def __repr__(self) -> str:  # without the parameters, which may hold a password
        return f"Request(id={self.id!r}, operation={self.operation.name!r})"


def write_request(operation: Operation[P, A], params: P, message_id: MessageId) -> bytes:
    """A call. Raises Faulty for parameters that the rules don't allow."""
    return encode(
        {
            "!version": VERSION,
            "id": message_id,
            "method": operation.name,
            "jsonrpc": RPC_VERSION,
            "params": operation.write_params(params),
        }
    )


def read_request(body: bytes) -> Request | Failed:
    """A call, or the answer to what is none. Judges the envelope and the version, nothing else."""
    try:
        said = parse(body)
    except NotUnderstood as error:
        return _failed(None, RpcCode.PARSE_ERROR, str(error))
    if not isinstance(said, dict):
        batch = "batches are not taken" if isinstance(said, list) else "a call is an object"
        return _failed(None, RpcCode.INVALID_REQUEST, batch)
    named = _named(said)
    if isinstance(named, str):
        return _failed(None, RpcCode.INVALID_REQUEST, f"{named} is given twice")
    return _judged(named)


def _judged(said: Mapping[str, Any]) -> Request | Failed:
    message_id = said.get("id")
    if not _is_id(message_id):
        reason = "id: is not text or a number of 1 to 10 letters and digits"
        return _failed(None, RpcCode.INVALID_REQUEST, reason)
    if said.get("jsonrpc", RPC_VERSION) != RPC_VERSION:
        return _failed(message_id, RpcCode.INVALID_REQUEST, 'jsonrpc: is not "2.0"')
    method = said.get("method")
    if not isinstance(method, str):
        return _failed(message_id, RpcCode.INVALID_REQUEST, "method: is not text")
    operation = OPERATIONS.get(method)
    if operation is None:
        return _failed(message_id, RpcCode.METHOD_NOT_FOUND)
    if not _is_spoken(said.get("!version", VERSION)):
        return _failed(message_id, ErrorCode.BAD_APP_VERSION)
    return Request(message_id, operation, said.get("params"))


def _named(said: dict[str, Any]) -> dict[str, Any] | str:
    """The envelope by the names that are sent; the name of one that stands there twice."""
    if said.keys() <= _KNOWN:
        return said  # as nearly all are
    named: dict[str, Any] = {}
    for key, value in said.items():
        name = _NAMES.get(key.lower(), key.lower())
        if name in named and name in _KNOWN:
            return name
        named[name] = value
    return named


_KNOWN = frozenset({"!version", "id", "method", "jsonrpc", "params"})


def _is_id(value: object) -> TypeGuard[MessageId]:
    if isinstance(value, str):
        return value.isascii() and value.isalnum() and len(value) <= _ID_LENGTH
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _ID_LIMIT


def _is_spoken(version: object) -> bool:
    return not isinstance(version, bool) and version in _VERSIONS


def _failed(message_id: MessageId | None, code: AnyError, message: str = "") -> Failed:
    return Failed(int(code), message or code.text, message_id)
