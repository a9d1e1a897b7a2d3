"""Visits sent over many connections at once, by as little code as will do: the load shares the
cores with what is measured.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from urllib.parse import urlsplit

from bench.wincardcore_makes import CLIENT_ID, KEYS
from doorward.connectors.wincardcore.signing import sign
from doorward.connectors.wincardcore.wire.codes import (
    EntryStatus,
    ExitStatus,
    MediaType,
    VisitStatus,
)
from doorward.connectors.wincardcore.wire.transaction import (
    CardMedia,
    Discount,
    DriveIn,
    DriveOut,
    Price,
    Transaction,
    transaction_id,
    write_transaction,
)
from doorward.connectors.wincardcore.wire.whitelist import Media


@dataclass(frozen=True)
class Found:
    """Requests a second, and seconds until half, and all but a hundredth, were answered."""

    rate: float
    half: float
    p99: float


def visit(record: int) -> Transaction:
    """A visit of about 1 kB that is over."""
    begun = datetime(2026, 11, 2, 7, 30, tzinfo=UTC) + timedelta(seconds=record % 86_400)
    medium = Media(media_type=MediaType.UHF_TAG, media_id=f"E280{record:016d}", media_key="m-1")
    discount = Discount(
        amount=Decimal("1.50"),
        source="Shopping above 20 euro in the market on the ground floor",
        location_id="5:5",
        location_name="Market at the town hall",
        comment="Validated at the till, " + "no further remarks " * 6,
    )
    return Transaction(
        car_park_operator_name="Town of Example, car parks",
        car_park_id=6,
        car_park_name="Garage at the town hall",
        account_key=f"account-{record % 5000:08d}",
        media=CardMedia(
            media_type=MediaType.CARD_NUMBER,
            media_id=f"{record % 5000:08d}",
            media_key=f"card-{record % 5000:08d}",
        ),
        status=VisitStatus.ENDED,
        drive_in=DriveIn(
            device_number=1, date_time=begun, media=medium, status=EntryStatus.SYSTEM, info_id=1
        ),
        drive_out=DriveOut(
            device_number=51,
            date_time=begun + timedelta(hours=2),
            media=medium,
            status=ExitStatus.SYSTEM,
        ),
        price=Price(
            price_gross=Decimal("4.50"),
            vat_percentage=Decimal("19.00"),
            discounts=(discount,),
            currency="EUR",
        ),
    )


def requests(first: int, count: int) -> list[bytes]:
    """Signed deliveries of so many visits, as they go over the wire."""
    signed = sign(CLIENT_ID, datetime.now(UTC), KEYS)
    head = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
    head += "Host: garage\r\nContent-Type: application/json\r\n"
    made = []
    for record in range(first, first + count):
        body = write_transaction(visit(record))
        path = f"/api/ica/v1/transactions/{transaction_id(6, record)}"
        line = f"PUT {path} HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n"
        made.append(line.encode() + body)
    return made


async def deliver(url: str, sent: list[bytes], connections: int = 64) -> Found:
    """Send them all, over so many connections at once. Raises RuntimeError unless all are 204."""
    parts = urlsplit(url)
    host, port = str(parts.hostname), int(parts.port or 0)
    loop = asyncio.get_running_loop()
    coming, took = iter(sent), list[float]()
    senders = [_Sender(coming, took, loop.create_future()) for _ in range(connections)]
    for sender in senders:
        await loop.create_connection(partial(_given, sender), host, port)
    begun = time.perf_counter()
    for sender in senders:
        sender.next()
    await asyncio.gather(*(sender.done for sender in senders))
    seconds = time.perf_counter() - begun
    took.sort()
    return Found(len(took) / seconds, took[len(took) // 2], took[len(took) * 99 // 100])


def _given(sender: "_Sender") -> "_Sender":
    return sender


class _Sender(asyncio.Protocol):
    """One connection: a request as soon as the one before is answered."""

    def __init__(
        self, coming: Iterator[bytes], took: list[float], done: "asyncio.Future[None]"
    ) -> None:
        self._coming = coming
        self._took = took
        self.done = done

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def next(self) -> None:
        """Send the next request, if there is one."""
        request = next(self._coming, None)
        if request is None:
            self._transport.close()
            self.done.set_result(None)
            return
        self._begun = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        if not data.startswith(b"HTTP/1.1 204"):
            self.done.set_exception(RuntimeError(data[:200].decode("latin-1")))
            self._transport.close()
        elif data.endswith(b"\r\n\r\n"):
            self._took.append(time.perf_counter() - self._begun)
            self.next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError("the line broke"))
