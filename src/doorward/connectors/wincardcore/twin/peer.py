"""The settlement system that the car park calls, one line for each delivery under way."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from doorward.connectors.wincardcore.client.failures import InternalError, SignatureRefused
from doorward.connectors.wincardcore.client.patience import Patience
from doorward.connectors.wincardcore.client.settlement import STILL_FRESH, SettlementClient
from doorward.connectors.wincardcore.signing import KeyPair
from doorward.connectors.wincardcore.twin.outbox import Delivery
from doorward.connectors.wincardcore.wire.operations import PREFIX
from doorward.net.errors import Refused, RemoteError, Untrusted
from doorward.net.line import Limits, Line
from doorward.net.trust import Trust, refuse_plain_http

ONCE = Patience(attempts=1)  # trying again is the outbox's business, which outlives the process
LIMITS = Limits(connect=5.0, total=20.0)
STALE = timedelta(seconds=1)
_FINAL = (400, 409, 413, 422)


@dataclass(frozen=True, slots=True)
class PeerAddress:
    """Where the settlement system is, and who the car park is there. `prefix`: a normal one."""

    url: str
    client_id: str
    keys: KeyPair
    prefix: str = PREFIX


@dataclass(frozen=True, slots=True)
class Told:
    """It was taken."""


@dataclass(frozen=True, slots=True)
class Later:
    """It may be taken another time; `long` where that needs time."""

    said: str
    long: bool


@dataclass(frozen=True, slots=True)
class Declined:
    """It will never be taken."""

    said: str


class Peer:
    """Calls to the settlement system, signed by the twin's clock.

    Raises ValueError for an address that must not be called, such as http beyond this machine.
    """

    def __init__(self, address: PeerAddress, clock: Callable[[], datetime]) -> None:
        try:
            refuse_plain_http(address.url, Trust())
        except Untrusted as error:
            raise ValueError(f"{error.reason}. {error.remedy}") from None
        self._address = address
        self._clock = clock
        self._lines: dict[int, Line] = {}
        self._clients: dict[int, SettlementClient] = {}
        self.client(0)  # a ClientId that no header can carry is found now

    def client(self, number: int) -> SettlementClient:
        """The client of a line; calls on different lines don't wait for each other."""
        if number not in self._clients:
            address = self._address
            line = Line("settlement", address.url, limits=LIMITS, clock=self._clock)
            self._lines[number] = line
            self._clients[number] = SettlementClient(
                line, address.client_id, address.keys, prefix=address.prefix, patience=ONCE
            )
        return self._clients[number]

    async def close(self) -> None:
        """Hang up everywhere."""
        for line in self._lines.values():
            await line.close()

    async def deliver(self, number: int, delivery: Delivery) -> Told | Later | Declined:
        """Try once, over one of the lines."""
        try:
            await _call(self.client(number), delivery)
        except ValueError as error:
            return Declined(str(error))
        except RemoteError as error:
            return _came_of(error, delivery)
        return Told()


def _came_of(error: RemoteError, delivery: Delivery) -> Later | Declined:
    match error:
        case InternalError() | SignatureRefused():
            return Later(error.reason, long=True)
        case Refused() if error.status in _FINAL or (error.status == 404 and _of_a_key(delivery)):
            return Declined(error.reason)
        case Refused():  # such as 404 of a visit, which somebody answers who settles nothing
            return Later(error.reason, long=True)
        case _:
            return Later(error.reason, long=False)


def _of_a_key(delivery: Delivery) -> bool:
    """Whether it is about what the other side may not know (4.3, 5)."""
    return delivery.kind in ("refund", "lock", "release")


def fresh(delivery: Delivery, now: datetime) -> bool:
    """Whether a refund's LocalTime can still be sent, and the repeat is known as one."""
    return delivery.at is not None and abs(now - delivery.at) < STILL_FRESH - STALE


async def _call(client: SettlementClient, delivery: Delivery) -> None:
    match delivery.kind:
        case "put":
            assert delivery.transaction is not None
            await client.put_transaction(delivery.key, delivery.transaction)
        case "patch":
            assert delivery.transaction is not None
            await client.patch_transaction(delivery.key, delivery.transaction)
        case "refund":
            await client.refund(delivery.key, delivery.refund, delivery.at)
        case "lock":
            await client.lock_card(delivery.key, delivery.info)
        case "release":
            await client.release_card(delivery.key, delivery.info)
        case "command":
            await client.command()
