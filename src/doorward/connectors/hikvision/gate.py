"""The login of a terminal, as a server: what a 401 offers, and the lock after wrong passwords.

Source: Hikvision terminals as observed, Login and load. A request without credentials asks for the
challenge and counts for nothing; five wrong logins lock the account for 1800 s, and then the right
password fails too; a right one clears the count.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from doorward.connectors.hikvision.digest import DigestVerifier, Scheme
from doorward.connectors.hikvision.wire.status import Lock
from doorward.net.basic import credentials, same

REALM = "DoorAccess"


@dataclass(frozen=True, slots=True)
class GateRules:
    """How a terminal lets callers in."""

    schemes: tuple[Scheme, ...]
    one_header: bool = False
    qop: bool = True
    nonce_seconds: int = 300
    tries: int = 5
    lock_seconds: int = 1800


@dataclass(frozen=True, slots=True)
class Tally:
    """Wrong logins so far, and until when the account is locked."""

    wrong: int = 0
    locked_until: datetime | None = None

    def seconds_left(self, now: datetime) -> int:
        """How long the account stays locked; 0 when it is free."""
        if self.locked_until is None or now >= self.locked_until:
            return 0
        return max(1, round((self.locked_until - now).total_seconds()))


@dataclass(frozen=True, slots=True)
class Admitted:
    """Let in."""


@dataclass(frozen=True, slots=True)
class Turned:
    """Turned away: what the 401 offers, and what it says about the lock."""

    offers: tuple[str, ...]
    lock: Lock


class Gate:
    """Judges logins for one account. `keep` is told each change of the tally before it counts."""

    def __init__(
        self,
        login: tuple[str, str],
        rules: GateRules,
        clock: Callable[[], datetime],
        keep: Callable[[Tally], None],
        tally: Tally | None = None,
    ) -> None:
        self._login = login
        self._clock = clock
        self._keep = keep
        self.tally = tally or Tally()
        self.attempts = 0  # logins with credentials, right or wrong
        self.set_rules(rules)

    def set_rules(self, rules: GateRules) -> None:
        """From now on; nonces given out before are forgotten."""
        self._rules = rules
        self._digest = DigestVerifier(REALM, qop=rules.qop, seconds=rules.nonce_seconds)

    def admit(self, authorization: str | None, method: str, target: str) -> Admitted | Turned:
        """Let in, or turned away. `target` is path and query exactly as they were sent."""
        now = self._clock()
        if not authorization:
            return self._turned(now)
        self.attempts += 1
        verdict = self._verdict(authorization, method, target, now)
        if self.tally.seconds_left(now):
            return self._turned(now)
        if verdict == "good":
            self._note(Tally())
            return Admitted()
        if verdict == "stale":
            return self._turned(now, stale=True)
        self._count(now)
        return self._turned(now)

    def _verdict(self, authorization: str, method: str, target: str, now: datetime) -> str:
        scheme = authorization.partition(" ")[0].lower()
        if scheme == "digest" and "digest" in self._rules.schemes:
            return self._digest.judge(authorization, method, target, self._login, now)
        given = credentials(authorization)
        if given is None or "basic" not in self._rules.schemes:
            return "bad"
        # Both comparisons always happen: the time taken doesn't tell which of them failed.
        right = same(given[0], self._login[0]) & same(given[1], self._login[1])
        return "good" if right else "bad"

    def _count(self, now: datetime) -> None:
        over = self.tally.locked_until is not None  # a lock that is over starts the count anew
        tally = Tally(1) if over else replace(self.tally, wrong=self.tally.wrong + 1)
        if tally.wrong >= self._rules.tries:
            tally = replace(tally, locked_until=now + timedelta(seconds=self._rules.lock_seconds))
        self._note(tally)

    def _note(self, tally: Tally) -> None:
        if tally != self.tally:
            self._keep(tally)
            self.tally = tally

    def _turned(self, now: datetime, *, stale: bool = False) -> Turned:
        return Turned(self.offers(stale=stale), self.lock(now))

    def lock(self, now: datetime) -> Lock:
        """What the terminal says about its lock."""
        left = self.tally.seconds_left(now)
        over = self.tally.locked_until is not None and not left
        wrong = 0 if over else self.tally.wrong
        return Lock(left > 0, max(0, self._rules.tries - wrong), left)

    def offers(self, *, stale: bool = False) -> tuple[str, ...]:
        """The WWW-Authenticate lines of a 401."""
        lines = tuple(
            self._digest.challenge(self._clock(), stale=stale)
            if scheme == "digest"
            else f'Basic realm="{REALM}"'
            for scheme in self._rules.schemes
        )
        return (", ".join(lines),) if self._rules.one_header else lines
