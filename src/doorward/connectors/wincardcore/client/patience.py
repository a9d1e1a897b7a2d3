"""How often a call is tried, and how long is waited before it is tried again.

WinCardCore 3.3, 1.3: after a 500 only once some time has passed, after any other 5xx at once. A
lost answer is no different: every call may be repeated (a refund as the very same call).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from doorward.connectors.wincardcore.client.failures import InternalError
from doorward.net.errors import Busy, RemoteError, Unreachable


@dataclass(frozen=True, slots=True)
class Patience:
    """`attempts` in all. Times are in seconds.

    `wait`: before another try after a 500. After anything else that can pass, the second try
    follows at once, the third after `backoff`, each later one after twice as long, at most
    `backoff_max`.
    """

    attempts: int = 5
    wait: float = 30.0
    backoff: float = 0.5
    backoff_max: float = 30.0

    def pause(self, failures: Sequence[RemoteError]) -> float | None:
        """Seconds before the next try after these failures; None where there is to be none."""
        if len(failures) >= self.attempts:
            return None
        match failures[-1]:
            case InternalError():
                return self.wait
            case Busy() | Unreachable():
                return self._backed_off(len(failures))
            case _:
                return None

    def _backed_off(self, failed: int) -> float:
        doublings = min(failed - 2, 32)
        return min(self.backoff * 2.0**doublings, self.backoff_max) if failed > 1 else 0.0


PATIENT = Patience()
