"""Every call of the interface, declared once: clients send by it, servers answer by it.

WinCardCore 3.3, sections 2 to 6. `side` is who answers: the car park takes the whitelist, the
settlement side (the document's "remote" URLs) everything else.
"""

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, unquote_to_bytes

from doorward.connectors.wincardcore.wire.faults import Fault
from doorward.connectors.wincardcore.wire.fields import KEY_LIMIT, TRANSACTION_ID_LIMIT
from doorward.connectors.wincardcore.wire.requests import Command, Lock, Refund
from doorward.connectors.wincardcore.wire.transaction import Transaction
from doorward.connectors.wincardcore.wire.whitelist import (
    Account,
    AccountCards,
    AccountCustomer,
    Card,
)

PREFIX = "/api/ica"
JSON = "application/json"

Side = Literal["car park", "settlement"]
Method = Literal["GET", "PUT", "PATCH", "POST", "DELETE"]


@dataclass(frozen=True, slots=True)
class Operation:
    """A call. `path` follows the prefix; with `key_limit` a key of so many characters follows it.

    `statuses`: of success; `refusals`: what it may answer besides 400, 401, 422 and 5xx.
    `body` and `answer`: the types of the two bodies, None for none.
    `repeatable`: whether sending it again after a lost answer does no harm by itself. A refund is
    repeated only with the same headers, path and body.
    """

    name: str
    side: Side
    method: Method
    path: str
    body: Any = None
    answer: Any = None
    key_limit: int = 0
    statuses: tuple[int, ...] = (204,)
    refusals: tuple[int, ...] = ()
    repeatable: bool = True


_ACCOUNTS, _CARDS, _CUSTOMERS = "/v1/accounts", "/v1/cards", "/v1/customers"
_TRANSACTIONS, _LOCKS, _COMMAND = "/v1/transactions", "/v1/lock/cards", "/v1/command"
_KEYS = tuple[str, ...]

PUT_ACCOUNTS = Operation(
    "put accounts", "car park", "PUT", _ACCOUNTS, tuple[Account, ...], statuses=(204, 202)
)
PATCH_ACCOUNTS = Operation("patch accounts", "car park", "PATCH", _ACCOUNTS, tuple[Account, ...])
POST_ACCOUNTS = Operation("post accounts", "car park", "POST", _ACCOUNTS, tuple[Account, ...])
DELETE_ACCOUNTS = Operation("delete accounts", "car park", "DELETE", _ACCOUNTS, _KEYS)
PUT_CARDS = Operation("put cards", "car park", "PUT", _CARDS, tuple[AccountCards, ...])
PATCH_CARDS = Operation("patch cards", "car park", "PATCH", _CARDS, tuple[AccountCards, ...])
POST_CARDS = Operation("post cards", "car park", "POST", _CARDS, tuple[AccountCards, ...])
DELETE_CARDS = Operation("delete cards", "car park", "DELETE", _CARDS, _KEYS)
PATCH_CUSTOMERS = Operation(
    "patch customers", "car park", "PATCH", _CUSTOMERS, tuple[AccountCustomer, ...]
)

GET_ACCOUNTS = Operation(
    "get accounts", "settlement", "GET", _ACCOUNTS, answer=tuple[Account, ...], statuses=(200,)
)
GET_ACCOUNT = Operation(
    "get account",
    "settlement",
    "GET",
    _ACCOUNTS,
    answer=Account,
    key_limit=KEY_LIMIT,
    statuses=(200,),
    refusals=(404,),
)
GET_CARD = Operation(
    "get card",
    "settlement",
    "GET",
    _CARDS,
    answer=Card,
    key_limit=KEY_LIMIT,
    statuses=(200,),
    refusals=(404,),
)
PUT_TRANSACTION = Operation(
    "put transaction",
    "settlement",
    "PUT",
    _TRANSACTIONS,
    Transaction,
    key_limit=TRANSACTION_ID_LIMIT,
    refusals=(409,),
)
PATCH_TRANSACTION = Operation(
    "patch transaction",
    "settlement",
    "PATCH",
    _TRANSACTIONS,
    Transaction,
    key_limit=TRANSACTION_ID_LIMIT,
    refusals=(409,),
)
REFUND = Operation(
    "refund transaction",
    "settlement",
    "DELETE",
    _TRANSACTIONS,
    Refund,
    key_limit=TRANSACTION_ID_LIMIT,
    refusals=(404, 409),
    repeatable=False,
)
LOCK_CARD = Operation(
    "lock card", "settlement", "POST", _LOCKS, Lock, key_limit=KEY_LIMIT, refusals=(404,)
)
RELEASE_CARD = Operation(
    "release card", "settlement", "DELETE", _LOCKS, Lock, key_limit=KEY_LIMIT, refusals=(404,)
)
COMMAND = Operation("command", "settlement", "POST", _COMMAND, Command)
ALIVE = Operation("alive", "settlement", "GET", _COMMAND)

OPERATIONS: tuple[Operation, ...] = (
    PUT_ACCOUNTS,
    PATCH_ACCOUNTS,
    POST_ACCOUNTS,
    DELETE_ACCOUNTS,
    PUT_CARDS,
    PATCH_CARDS,
    POST_CARDS,
    DELETE_CARDS,
    PATCH_CUSTOMERS,
    GET_ACCOUNTS,
    GET_ACCOUNT,
    GET_CARD,
    PUT_TRANSACTION,
    PATCH_TRANSACTION,
    REFUND,
    LOCK_CARD,
    RELEASE_CARD,
    COMMAND,
    ALIVE,
)


@dataclass(frozen=True, slots=True)
class Call:
    """A request that is one of the operations; `key` is decoded, "" where none belongs."""

    operation: Operation
    key: str = ""


@dataclass(frozen=True, slots=True)
class NoCall:
    """A request that is none; `allowed` are the methods that the path does have here."""

    allowed: tuple[str, ...] = ()


def normal_prefix(text: str) -> str:
    """A prefix as it stands before a path: "/api/ica", or "" for none.

    Raises ValueError for one that is not plain path segments.
    """
    stripped = text.strip("/")
    plain = stripped.isascii() and quote(stripped, safe="/") == stripped
    if not plain or any(part in ("", ".", "..") for part in stripped.split("/") if stripped):
        raise ValueError(f"{text!r} is no prefix of a path, such as {PREFIX}")
    return f"/{stripped}" if stripped else ""


def target(operation: Operation, prefix: str = PREFIX, key: str = "") -> str:
    """The path that is sent, percent-encoded; hand it on as it is, without normalising it.

    `prefix`: as `normal_prefix` gives it. Raises ValueError for a key that no path can carry.
    """
    path = prefix + operation.path
    if not operation.key_limit:
        return path
    if not 0 < len(key) <= operation.key_limit or key in (".", ".."):
        raise ValueError(f"{operation.name}: no path can carry the key {key!r}")
    return f"{path}/{quote(key, safe='')}"


def find(side: Side, prefix: str, method: str, path: str) -> Call | NoCall:
    """Which operation a request is. `path`: still percent-encoded, without the query.

    `prefix`: as `normal_prefix` gives it. `/accounts` counts without its `/v1` too (2.1).
    Raises Fault for a key that is broken or too long.
    """
    if not path.startswith(f"{prefix}/"):
        return NoCall()
    rest = path[len(prefix) :]
    if rest == "/accounts" or rest.startswith("/accounts/"):
        rest = f"/v1{rest}"
    if methods := _PLAIN[side].get(rest):
        operation = methods.get(method)
        return Call(operation) if operation else NoCall(tuple(methods))
    head, _, key = rest.rpartition("/")
    methods = _KEYED[side].get(head, {}) if key else {}
    found = methods.get(method)
    return Call(found, _decoded(key, found.key_limit)) if found else NoCall(tuple(methods))


def _decoded(key: str, limit: int) -> str:
    try:
        text = unquote_to_bytes(key).decode()
    except UnicodeDecodeError:
        raise Fault(400, "the key in the path is not UTF-8") from None
    if len(text) > limit:
        raise Fault(422, f"the key in the path is longer than {limit} characters")
    if "\x00" in text:
        raise Fault(422, "the key in the path holds the character U+0000")
    return text


_Paths = dict[str, dict[str, Operation]]


def _paths(side: Side, keyed: bool) -> _Paths:
    paths: _Paths = {}
    for operation in OPERATIONS:
        if operation.side == side and bool(operation.key_limit) is keyed:
            paths.setdefault(operation.path, {})[operation.method] = operation
    return paths


_PLAIN: dict[Side, _Paths] = {
    "car park": _paths("car park", False),
    "settlement": _paths("settlement", False),
}
_KEYED: dict[Side, _Paths] = {
    "car park": _paths("car park", True),
    "settlement": _paths("settlement", True),
}
