"""What a car park does by itself: it delivers, says that it is alive, ends what lasted too long."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from doorward.connectors.wincardcore.twin.garage import Garage
from doorward.connectors.wincardcore.twin.outbox import Delivery, pause
from doorward.connectors.wincardcore.twin.peer import Declined, Later, Peer, Told, fresh
from doorward.net.errors import RemoteError

MOST = 64  # deliveries under way at once, whatever the rules say
LOOK = 60.0  # seconds after which the clock is looked at in any case


class Courier:
    """Runs while the twin is served. Every wait is by the twin's clock."""

    def __init__(self, garage: Garage, peer: Peer | None, clock: Callable[[], datetime]) -> None:
        self._garage = garage
        self._peer = peer
        self._clock = clock
        self._news = asyncio.Event()
        self._moved = asyncio.Event()
        self.alive_at: datetime | None = None
        self.alive_said = "not called yet"

    def wake(self) -> None:
        """There may be something to tell."""
        self._news.set()

    def clock_moved(self) -> None:
        """The clock shows another time: look at everything anew."""
        self._garage.outbox.hurry()
        self._news.set()
        self._moved.set()

    async def work(self) -> None:
        """Go on until cancelled."""
        self._news, self._moved = asyncio.Event(), asyncio.Event()  # of the loop that runs now
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._watch())
                if self._peer is not None:
                    await self._deliver_all(tasks, self._peer)
        finally:
            if self._peer is not None:
                await self._peer.close()

    async def say_alive(self) -> str:
        """One alive call (6.2); what came of it."""
        if self._peer is None:
            return "there is nobody to call"
        self.alive_at = self._clock()
        try:
            await self._peer.client(0).alive()
        except RemoteError as error:
            self.alive_said = error.reason
        else:
            self.alive_said = "answered"
        return self.alive_said

    async def _watch(self) -> None:
        while True:
            self._moved.clear()
            self._garage.cancel_overstayed(self._clock())
            self._news.set()
            if self._alive_in() <= 0:
                await self.say_alive()
            await _either(self._moved, min(LOOK, max(self._alive_in(), 0.01)))

    def _alive_in(self) -> float:
        """Seconds until the next alive call is due."""
        every = self._garage.rules.alive
        if self._peer is None or not every:
            return LOOK
        if self.alive_at is None:
            return 0.0
        due = self.alive_at + timedelta(seconds=every)
        left = (due - self._clock()).total_seconds()
        return left if left <= every else 0.0  # more: the clock was set back

    async def _deliver_all(self, tasks: asyncio.TaskGroup, peer: Peer) -> None:
        """Hand out what is due, each delivery to a line that is free."""
        free = list(range(MOST, 0, -1))

        async def deliver(number: int, delivery: Delivery) -> None:
            try:
                await self._deliver(number, peer, delivery)
            finally:
                free.append(number)
                self._news.set()

        while True:
            self._news.clear()
            outbox, now = self._garage.outbox, self._clock()
            while MOST - len(free) < self._garage.rules.senders and (due := outbox.next(now)):
                tasks.create_task(deliver(free.pop(), due))
            next_due = outbox.next_due()
            wait = (next_due - now).total_seconds() if next_due else LOOK
            await _either(self._news, min(LOOK, max(wait, 0.001)))

    async def _deliver(self, number: int, peer: Peer, delivery: Delivery) -> None:
        outbox = self._garage.outbox
        if delivery.kind == "refund" and not fresh(delivery, self._clock()):
            delivery = self._garage.signed_at(delivery, self._clock())
        came = await peer.deliver(number, delivery)
        if outbox is not self._garage.outbox:
            return  # another state was put in meanwhile, which knows nothing of this
        match came:
            case Told():
                self._garage.told(delivery)
            case Declined(said):
                self._garage.declined(delivery, said)
            case Later():
                self._postpone(delivery, came)

    def _postpone(self, delivery: Delivery, came: Later) -> None:
        rules, failures = self._garage.rules, delivery.failures + 1
        wait = pause(failures, rules.backoff, rules.wait, long=came.long)
        failed = msgspec.structs.replace(delivery, said=came.said, failures=failures)
        self._garage.outbox.postpone(failed, self._clock() + wait)


async def _either(event: asyncio.Event, seconds: float) -> None:
    """Until the event is set, or so many seconds are over."""
    # `wait_for` would now and then lose that the twin is to end (Python 3.11).
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
