"""A visit as the car park reports it, and what one report makes of another.

WinCardCore 3.3, section 4. What contradicts itself cannot be made: the types raise ValueError, and
read from a body it is a Fault 422. Two values are equal when they say the same: amounts by value,
times by instant, an empty list of discounts like none.
"""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

import msgspec
from msgspec import field
from msgspec.structs import force_setattr, replace

from doorward.connectors.wincardcore.wire.amounts import two_places
from doorward.connectors.wincardcore.wire.codes import (
    EntryStatus,
    ExitStatus,
    MediaType,
    VisitStatus,
)
from doorward.connectors.wincardcore.wire.fields import (
    Counting,
    Currency,
    DateTime,
    DeviceNumber,
    Integer,
    Key,
    MediaId,
    Text,
)
from doorward.connectors.wincardcore.wire.form import read, write
from doorward.connectors.wincardcore.wire.whitelist import Media
from doorward.net.secrets import CardNumber

# Every instant between can be told in UTC and in any offset.
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)


class CardMedia(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", gc=False):
    """The card of a visit: its number, and its key, which is the CardKey."""

    media_type: MediaType
    media_id: MediaId
    media_key: Key

    def __post_init__(self) -> None:
        if self.media_type != MediaType.CARD_NUMBER:
            raise ValueError(f"MediaType: is {self.media_type}, not 255, a card's number")

    def __repr__(self) -> str:
        number = CardNumber(self.media_id)
        return f"CardMedia(media_id={number!r}, media_key={self.media_key!r})"


class DriveIn(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False
):
    """The entry. The medium may be the card's number too, though 4.1 does not list it here."""

    device_number: DeviceNumber
    date_time: DateTime
    media: Media
    status: EntryStatus
    info_id: Counting | None = None

    def __post_init__(self) -> None:
        _check_time(self.date_time)


class DriveOut(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False
):
    """The exit, or how the visit was cancelled."""

    device_number: DeviceNumber
    date_time: DateTime
    media: Media
    status: ExitStatus
    info_id: Counting | None = None

    def __post_init__(self) -> None:
        _check_time(self.date_time)


def _check_time(at: datetime) -> None:
    if not EARLIEST <= at <= LATEST:
        raise ValueError("DateTime: is outside of the years 1970 to 9998")


class Discount(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False
):
    """A discount that is deducted from the price already (DiscountOnPriceGross).

    Its texts may be missing, though 4.1 does not say so: no visit is turned away for them.
    """

    amount: Decimal
    source: Text | None = None
    location_id: Text | None = field(default=None, name="LocationID")
    location_name: Text | None = None
    comment: Text | None = None

    def __post_init__(self) -> None:
        force_setattr(self, "amount", two_places(self.amount, "Amount"))


class Price(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False
):
    """What the visit costs, in euro with `vat_percentage` included and discounts deducted."""

    price_gross: Decimal
    vat_percentage: Decimal
    discounts: tuple[Discount, ...] = field(default=(), name="DiscountOnPriceGross")
    currency: Currency

    def __post_init__(self) -> None:
        force_setattr(self, "price_gross", two_places(self.price_gross, "PriceGross"))
        force_setattr(self, "vat_percentage", two_places(self.vat_percentage, "VatPercentage"))
        if self.vat_percentage > 100:
            raise ValueError("VatPercentage: is above 100")
        if self.currency != "EUR":
            raise ValueError("Currency: is not EUR")


class Transaction(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False
):
    """A visit: open, ended with a price, or cancelled."""

    car_park_operator_name: Text
    car_park_id: Integer
    car_park_name: Text
    account_key: Key
    media: CardMedia
    status: VisitStatus
    drive_in: DriveIn
    drive_out: DriveOut | None = None
    price: Price | None = None

    def __post_init__(self) -> None:
        if self.status is VisitStatus.ENDED:
            if self.drive_out is None:
                raise ValueError("DriveOut: is missing with Status 1")
            if self.price is None:
                raise ValueError("Price: is missing with Status 1")
        elif self.price is not None:
            raise ValueError(f"Price: stands with Status {self.status.value}, not 1")
        if self.drive_out is not None:
            self._check_exit(self.drive_out)

    def _check_exit(self, drive_out: DriveOut) -> None:
        if self.status is VisitStatus.OPEN:
            raise ValueError("DriveOut: stands with Status 0, an open visit")
        if drive_out.status.cancels is not (self.status is VisitStatus.CANCELLED):
            said = f"{drive_out.status.value} does not belong to Status {self.status.value}"
            raise ValueError(f"DriveOut.Status: {said}")
        if drive_out.date_time < self.drive_in.date_time:
            raise ValueError("DriveOut.DateTime: is before the entry")


def read_transaction(body: bytes) -> Transaction:
    """A visit, exactly. Raises Fault."""
    return read(body, Transaction)


def write_transaction(transaction: Transaction) -> bytes:
    """As it is sent."""
    return write(transaction)


def canonical(transaction: Transaction) -> bytes:
    """The one form of everything that is equal: times in UTC."""
    drive_out = transaction.drive_out
    if drive_out is not None:
        drive_out = replace(drive_out, date_time=drive_out.date_time.astimezone(UTC))
    drive_in = transaction.drive_in
    drive_in = replace(drive_in, date_time=drive_in.date_time.astimezone(UTC))
    return write(replace(transaction, drive_in=drive_in, drive_out=drive_out))


def digest(transaction: Transaction) -> str:
    """64 hexadecimal digits that are the same for equal content only."""
    return hashlib.sha256(canonical(transaction)).hexdigest()


Relation = Literal["same", "completes", "late", "contradicts"]


def relation(kept: Transaction, sent: Transaction) -> Relation:
    """What a report is to the one that is kept under the same id.

    same         identical content: a repeat
    completes    the kept visit is open, the sent one has the same entry and is over
    late         the entry alone, after the visit is over: it stays over
    contradicts  anything else
    """
    if kept == sent:
        return "same"
    if not _same_entry(kept, sent):
        return "contradicts"
    match kept.status is VisitStatus.OPEN, sent.status is VisitStatus.OPEN:
        case True, False:
            return "completes"
        case False, True:
            return "late"
        case _:
            return "contradicts"


def _same_entry(one: Transaction, other: Transaction) -> bool:
    return (one.car_park_id, one.account_key, one.media, one.drive_in) == (
        other.car_park_id,
        other.account_key,
        other.media,
        other.drive_in,
    )


def transaction_id(car_park_id: int, record: int) -> str:
    """ "0006-0000000123": four digits of the car park, ten of its record (1.2).

    Raises ValueError for a number that does not fit.
    """
    if not (0 <= car_park_id < 10**4 and 0 <= record < 10**10):
        raise ValueError(f"no transaction id has room for car park {car_park_id}, record {record}")
    return f"{car_park_id:04d}-{record:010d}"
