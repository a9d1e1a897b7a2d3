"""Signatures in the headers of every call, made and checked: one place for both roles.

WinCardCore 3.3, 1.1: HMAC-SHA256 over ClientId + LocalTime + AuthKey without separators, keyed by
SigKey as text, written in hexadecimal digits. The document's example holds with the ClientId
`garage_operator_identifier`; the printed one has a typo. The signature covers neither path nor
body, so TLS is what protects those.

Nothing separates the three texts. So each header is judged on its own before the signature: a
LocalTime is a date and time and nothing more, and the AuthKey is exactly the one agreed.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from doorward.net.secrets import Secret

CLIENT_ID, LOCAL_TIME, AUTH_KEY, SIGNATURE = "ClientId", "LocalTime", "AuthKey", "Signature"
MASKED = frozenset({"authkey", "signature"})
"""Headers that are shown nowhere, by their names in lower case."""

TOLERANCE = timedelta(minutes=5)

CLIENT_ID_LIMIT = 200
KEY_LIMIT = 256


def _fits(text: str, limit: int) -> bool:
    return (
        len(text) <= limit and text.isascii() and text.isprintable() and text == text.strip() != ""
    )


@dataclass(frozen=True, slots=True)
class KeyPair:
    """What the receiver of calls hands out: `until` when it is accepted, for good where None.

    Raises ValueError for keys that no header can carry.
    """

    auth_key: Secret
    sig_key: Secret
    until: datetime | None = None

    def __post_init__(self) -> None:
        if not _fits(self.auth_key, KEY_LIMIT):
            raise ValueError(f"an AuthKey is 1 to {KEY_LIMIT} printable ASCII characters")
        if not self.sig_key:
            raise ValueError("a SigKey is not empty")
        if self.until is not None and self.until.tzinfo is None:
            raise ValueError("the end of a key pair has an offset from UTC")


class Keyring:
    """Who may call, and with which pairs: two for a while when keys are changed.

    Raises ValueError for a ClientId that no header can carry, or one without a pair.
    """

    def __init__(self, clients: Mapping[str, Iterable[KeyPair]]) -> None:
        self._clients = {client_id: tuple(pairs) for client_id, pairs in clients.items()}
        for client_id, pairs in self._clients.items():
            check_client_id(client_id)
            if not pairs:
                raise ValueError(f"the client {client_id!r} has no keys")

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._clients)})"

    def pairs(self, client_id: str, now: datetime) -> tuple[KeyPair, ...]:
        """The pairs that are accepted now."""
        found = self._clients.get(client_id, ())
        return tuple(pair for pair in found if pair.until is None or now <= pair.until)


def check_client_id(client_id: str) -> None:
    """Raises ValueError unless a header can carry it."""
    if not _fits(client_id, CLIENT_ID_LIMIT):
        raise ValueError(f"a ClientId is 1 to {CLIENT_ID_LIMIT} printable ASCII characters")


def signature(client_id: str, local_time: str, keys: KeyPair) -> str:
    """64 hexadecimal digits."""
    message = f"{client_id}{local_time}{keys.auth_key}".encode()
    return hmac.digest(keys.sig_key.encode(), message, hashlib.sha256).hex()


def sign(client_id: str, local_time: datetime, keys: KeyPair) -> dict[str, str]:
    """The four headers of a call that is made at `local_time`, to the second.

    Raises ValueError for a time without an offset, or a ClientId that no header can carry.
    """
    check_client_id(client_id)
    if local_time.tzinfo is None:
        raise ValueError(f"{local_time} has no offset from UTC")
    text = local_time.isoformat(timespec="seconds")
    return {
        CLIENT_ID: client_id,
        LOCAL_TIME: text,
        AUTH_KEY: str(keys.auth_key),
        SIGNATURE: signature(client_id, text, keys),
    }


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed a call, when by its own clock, and the LocalTime as it was sent."""

    client_id: str
    at: datetime
    local_time: str


Cause = Literal["missing", "repeated", "malformed", "unknown", "stale"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call is answered 401. The text tells nothing of keys, nor who is known here."""

    cause: Cause
    reason: str
    status: int = field(default=401, init=False)


_UNKNOWN = Refusal("unknown", "the signature is not valid")
_STALE = Refusal("stale", "LocalTime is too far from the time here")


def verify(
    headers: Iterable[tuple[bytes, bytes]],
    keyring: Keyring,
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> Caller | Refusal:
    """Who calls, if the four headers prove it. `headers`: as ASGI has them, names in any case."""
    found = _collect(headers)
    if isinstance(found, Refusal):
        return found
    at = _local_time(found[LOCAL_TIME])
    if at is None:
        return Refusal("malformed", "LocalTime is no date and time with an offset")
    if not _proves(found, keyring.pairs(found[CLIENT_ID], now)):
        return _UNKNOWN
    if abs(now - at) > tolerance:
        return _STALE
    return Caller(found[CLIENT_ID], at, found[LOCAL_TIME])


_WANTED = {name.lower().encode(): name for name in (CLIENT_ID, LOCAL_TIME, AUTH_KEY, SIGNATURE)}
_FORMS = {
    CLIENT_ID: re.compile(rb"[!-~](?:[ -~]{0,198}[!-~])?"),
    LOCAL_TIME: re.compile(rb"[0-9T:.Z+-]{1,40}"),
    AUTH_KEY: re.compile(rb"[!-~](?:[ -~]{0,254}[!-~])?"),
    SIGNATURE: re.compile(rb"[0-9A-Fa-f]{64}"),
}


def _collect(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str] | Refusal:
    """The four headers, each in its own form."""
    found: dict[str, str] = {}
    for raw, value in headers:
        name = _WANTED.get(raw.lower())
        if name is None:
            continue
        if name in found:
            return Refusal("repeated", f"the header {name} stands twice")
        if not _FORMS[name].fullmatch(value):
            return Refusal("malformed", f"the header {name} is malformed")
        found[name] = value.decode("ascii")
    for name in _FORMS:
        if name not in found:
            return Refusal("missing", f"the header {name} is missing")
    return found


_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)"
)


def _local_time(text: str) -> datetime | None:
    if not _TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


_NOBODY = KeyPair(Secret("-"), Secret("-"))


def _proves(found: Mapping[str, str], pairs: tuple[KeyPair, ...]) -> bool:
    """Whether one of the pairs made the signature; as much work for a client unknown here."""
    proven = False
    for pair in pairs or (_NOBODY,):
        expected = signature(found[CLIENT_ID], found[LOCAL_TIME], pair)
        signed = hmac.compare_digest(expected, found[SIGNATURE].lower())
        keyed = hmac.compare_digest(pair.auth_key, found[AUTH_KEY])
        proven |= signed & keyed & (pair is not _NOBODY)
    return proven


class MemoryFull(Exception):
    """Too many refunds at once to remember each: try again later (503)."""


def request_key(caller: Caller, path: str, body: bytes) -> bytes:
    """What makes a refund the same one again: ClientId, LocalTime, path and body."""
    digest = hashlib.sha256()
    for part in (caller.client_id.encode(), caller.local_time.encode(), path.encode(), body):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


class ReplayMemory:
    """The answers to the refunds of late: the same request again is answered as before.

    LocalTime has whole seconds and signatures repeat within one, so a signature alone is no key.
    What is older than `keep` is forgotten; by then the LocalTime is stale. So `keep` is at least
    twice the tolerance: a LocalTime may lie ahead by one tolerance when it comes first. Of what is
    younger nothing is forgotten: beyond `limit` requests MemoryFull is raised.
    """

    def __init__(self, keep: timedelta = 2 * TOLERANCE, limit: int = 10_000) -> None:
        self._keep = keep
        self._limit = limit
        self._answers: dict[bytes, tuple[datetime, int]] = {}

    def __len__(self) -> int:
        return len(self._answers)

    def recall(self, key: bytes, now: datetime) -> int | None:
        """The status that the same request was answered with; None the first time."""
        self._forget(now)
        found = self._answers.get(key)
        return None if found is None else found[1]

    def remember(self, key: bytes, status: int, now: datetime) -> None:
        """Keep an answer. Raises MemoryFull."""
        self._forget(now)
        if key not in self._answers and len(self._answers) >= self._limit:
            raise MemoryFull
        self._answers.setdefault(key, (now, status))

    def _forget(self, now: datetime) -> None:
        # In the order in which they came; a clock that was set back keeps them a little longer.
        while self._answers:
            oldest = next(iter(self._answers))
            if now - self._answers[oldest][0] <= self._keep:
                return
            del self._answers[oldest]
