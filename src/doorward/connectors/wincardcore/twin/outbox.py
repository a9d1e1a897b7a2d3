"""What the car park has still to tell: in order for each visit, kept until it is told for good.

WinCardCore 3.3, 1.3 and 4: after a 500 the next try waits, after anything else that may pass it
follows at once and then backs off; what the other side declines is final. A visit keeps its
transaction id however often the line breaks.
"""

import heapq
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from msgspec.structs import replace

from doorward.connectors.wincardcore.wire.requests import Refund
from doorward.connectors.wincardcore.wire.transaction import Transaction

Kind = Literal["put", "patch", "refund", "lock", "release", "command"]


class Delivery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One call that is due. `key`: a transaction's id or a CardKey; "" for a command.

    `at`: the LocalTime of a refund's first try, by which a repeat is known as one. `said`: what
    came of the last try. `refused`: the other side has declined; it is not tried again.
    """

    number: int
    kind: Kind
    key: str = ""
    transaction: Transaction | None = None
    refund: Refund | None = None
    info: str | None = None
    at: datetime | None = None
    said: str = ""
    failures: int = 0
    due: datetime | None = None
    refused: bool = False

    @property
    def lane(self) -> str:
        """Within a lane one follows another; lanes don't wait for each other."""
        about = "card" if self.kind in ("lock", "release") else "visit"
        return f"{about} {self.key}" if self.key else self.kind


class Outbox:
    """Everything that is to be told, and what was declined. Knows no disk and no line."""

    def __init__(self, deliveries: Iterable[Delivery] = ()) -> None:
        self._waiting: dict[int, Delivery] = {}
        self._lanes: dict[str, deque[int]] = {}
        self._ready: deque[str] = deque()
        self._later: list[tuple[datetime, str]] = []
        self.refused: dict[int, Delivery] = {}
        for delivery in deliveries:
            self.add(replace(delivery, due=None))

    def __len__(self) -> int:
        return len(self._waiting)

    def waiting(self) -> list[Delivery]:
        """What is still to be told, in its order."""
        return list(self._waiting.values())

    def add(self, delivery: Delivery) -> None:
        """Take one in; it is told after all others of its lane."""
        if delivery.refused:
            self.refused[delivery.number] = delivery
            return
        self._waiting[delivery.number] = delivery
        lane = self._lanes.setdefault(delivery.lane, deque())
        lane.append(delivery.number)
        if len(lane) == 1:
            self._ready.append(delivery.lane)

    def next(self, now: datetime) -> Delivery | None:
        """What to tell now, and nobody else is telling; None where there is nothing."""
        while self._later and self._later[0][0] <= now:
            self._ready.append(heapq.heappop(self._later)[1])
        if not self._ready:
            return None
        return self._waiting[self._lanes[self._ready.popleft()][0]]

    def next_due(self) -> datetime | None:
        """When there is something again, if nothing is added until then."""
        return self._later[0][0] if self._later else None

    def update(self, delivery: Delivery) -> None:
        """Put it in place of what it was, while it is being told."""
        self._waiting[delivery.number] = delivery

    def told(self, delivery: Delivery) -> None:
        """It was taken."""
        self._end(delivery)

    def declined(self, delivery: Delivery) -> None:
        """It was refused, for good; it can be looked at."""
        self._end(delivery)
        self.refused[delivery.number] = delivery

    def postpone(self, delivery: Delivery, due: datetime) -> None:
        """It is tried again, when it is due."""
        self._waiting[delivery.number] = replace(delivery, due=due)
        heapq.heappush(self._later, (due, delivery.lane))

    def hurry(self) -> None:
        """Try everything again at once."""
        self._ready.extend(lane for _, lane in self._later)
        self._later.clear()

    def _end(self, delivery: Delivery) -> None:
        del self._waiting[delivery.number]
        lane = self._lanes[delivery.lane]
        lane.popleft()
        if lane:
            self._ready.append(delivery.lane)
        else:
            del self._lanes[delivery.lane]


def pause(failures: int, backoff: float, longest: float, *, long: bool) -> timedelta:
    """How long to wait after so many failures; `long` after one that needs time."""
    if long:
        return timedelta(seconds=longest)
    if failures < 2:
        return timedelta()
    return timedelta(seconds=min(backoff * 2.0 ** min(failures - 2, 32), longest))
