"""Whether a car park is still there (WinCardCore 3.3, section 6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Sign:
    """When a car park was last heard, and since when it waits for the whole whitelist, if so."""

    system: str
    heard_at: datetime | None = None
    whitelist_asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """A car park that has not been heard for too long. `ever` False: never at all."""

    system: str
    since: datetime
    ever: bool

    @property
    def key(self) -> str:
        """Names the matter among the open incidents."""
        return silence_key(self.system)

    @property
    def text(self) -> str:
        """What is wrong."""
        moment = self.since.isoformat(" ", "seconds")
        if self.ever:
            return f"{self.system} was last heard at {moment}"
        return f"{self.system} has never been heard; it is expected since {moment}"

    remedy = (
        "Look whether the car park's system runs and reaches the hub: address, certificate, keys "
        "and clock. Visits are delivered by themselves once it does."
    )


def silences(
    systems: Iterable[str],
    signs: Mapping[str, Sign],
    now: datetime,
    limit: timedelta,
    expected_since: datetime,
) -> list[Silence]:
    """The car parks that are silent for longer than `limit`.

    `expected_since`: when the hub began to listen. Before that nobody could be heard, so a
    silence begins no earlier.
    """
    found: list[Silence] = []
    for system in systems:
        sign = signs.get(system)
        heard = sign.heard_at if sign else None
        since = max(heard, expected_since) if heard else expected_since
        if now - since > limit:
            found.append(Silence(system, heard or since, ever=heard is not None))
    return found


def silence_key(system: str) -> str:
    """What the silence of a car park is called among the incidents."""
    return f"silent/{system}"


def lasting(system: str, sign: Sign | None, known_since: datetime) -> Silence | None:
    """A silence that is known since then, unless the car park was heard from then on.

    A hub that was restarted, or that listens to nobody at the moment, has not heard it either.
    """
    heard = sign.heard_at if sign else None
    if heard is not None and heard >= known_since:
        return None
    return Silence(system, heard or known_since, ever=heard is not None)
