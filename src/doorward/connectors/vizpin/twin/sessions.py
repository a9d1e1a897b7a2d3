"""Sessions that expire when they are not used.

Kept on disk by the digest of their token, so that a restart ends none. That one was used is put
there a few times within its life and not with every call.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from doorward.connectors.vizpin.wire import form
from doorward.net.secrets import Secret
from doorward.twinkit.shelf import Record

KIND = "session"
MOST = 1000
"""So many at once; the one that was opened first makes room."""
NOTED = 16
"""So many times within its life a session's use is put on disk."""

Keep = Callable[[Sequence[Record]], None]


@dataclass(slots=True)
class _Session:
    username: str
    used_at: datetime
    noted_at: datetime


class Sessions:
    """Who is logged in. `life` says how long a session lasts unused."""

    def __init__(
        self, clock: Callable[[], datetime], life: Callable[[], timedelta], keep: Keep
    ) -> None:
        self._clock = clock
        self._life = life
        self._keep = keep
        self._held: dict[str, _Session] = {}

    def load(self, kept: Iterable[Record]) -> None:
        """Go on with the sessions that were on disk."""
        for record in kept:
            if record.kind == KIND and record.body is not None:
                username, used_at = form.decode(record.body, tuple[str, datetime])
                self._held[record.key] = _Session(username, used_at, used_at)

    def records(self) -> list[Record]:
        """All of them as they are put on disk."""
        return [_record(key, session) for key, session in self._held.items()]

    def forget(self) -> None:
        """End all of them; on disk that is the caller's business."""
        self._held.clear()

    def open(self, username: str) -> Secret:
        """The token of a new session."""
        token = Secret(secrets.token_urlsafe(32))
        now = self._clock()
        gone = [key for key, held in self._held.items() if self._is_over(held, now)]
        if len(self._held) - len(gone) >= MOST:
            gone.append(next(key for key in self._held if key not in gone))
        key, session = _digest(token), _Session(username, now, now)
        self._keep([*(Record(KIND, each, None) for each in gone), _record(key, session)])
        for each in gone:
            del self._held[each]
        self._held[key] = session
        return token

    def whose(self, token: str) -> str:
        """The login whose session it is, which is used by that; "" for none."""
        key = _digest(token)
        session = self._held.get(key)
        if session is None:
            return ""
        now, life = self._clock(), self._life()
        if now - session.used_at >= life:
            return ""
        session.used_at = now
        if abs(now - session.noted_at) * NOTED >= life:
            session.noted_at = now
            self._keep([_record(key, session)])
        return session.username

    def _is_over(self, session: _Session, now: datetime) -> bool:
        return now - session.used_at >= self._life()


def _record(key: str, session: _Session) -> Record:
    return Record(KIND, key, form.encode((session.username, session.used_at)))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
