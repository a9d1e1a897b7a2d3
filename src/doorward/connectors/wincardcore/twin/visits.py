"""A visit from its entry to its end, as the transaction that is reported (WinCardCore 3.3, 4.1)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
from msgspec.structs import replace

from doorward.connectors.wincardcore.twin.reading import Held
from doorward.connectors.wincardcore.twin.rules import Rules
from doorward.connectors.wincardcore.twin.tariff import fee, price
from doorward.connectors.wincardcore.wire.codes import EntryStatus, ExitStatus, VisitStatus
from doorward.connectors.wincardcore.wire.transaction import (
    CardMedia,
    Discount,
    DriveIn,
    DriveOut,
    Transaction,
)
from doorward.connectors.wincardcore.wire.whitelist import Media


class Visit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One visit. `category` and `test` are the card's at the entry; `refunded` is in euro."""

    id: str
    transaction: Transaction
    category: int = 0
    test: bool = False
    refunded: Decimal = Decimal("0.00")

    @property
    def card_key(self) -> str:
        """Whose card it is."""
        return self.transaction.media.media_key

    @property
    def open(self) -> bool:
        """Whether the car is inside."""
        return self.transaction.status is VisitStatus.OPEN

    @property
    def left(self) -> Decimal:
        """What can still be refunded."""
        paid = self.transaction.price
        return paid.price_gross - self.refunded if paid else Decimal("0.00")


class At(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when something happens at a barrier: the station, the time, the medium shown."""

    device: int
    time: datetime
    medium: Media
    info_id: int | None = None


def begun(ident: str, held: Held, at: At, status: EntryStatus, rules: Rules) -> Visit:
    """The visit of who has just driven in."""
    card = held.card
    assert card.number is not None  # or it would not be in the whitelist
    transaction = Transaction(
        car_park_operator_name=rules.operator,
        car_park_id=rules.car_park,
        car_park_name=rules.name,
        account_key=held.account.account_key,
        media=CardMedia(
            media_type=_number(card.media).media_type,
            media_id=card.number,
            media_key=card.card_key,
        ),
        status=VisitStatus.OPEN,
        drive_in=DriveIn(
            device_number=at.device,
            date_time=at.time,
            media=at.medium,
            status=status,
            info_id=at.info_id,
        ),
    )
    return Visit(
        id=ident, transaction=transaction, category=card.tariff_category, test=card.is_test
    )


def _number(media: Sequence[Media]) -> Media:
    return next(medium for medium in media if medium.media_type == 255)


def ended(
    visit: Visit,
    at: At,
    status: ExitStatus,
    rules: Rules,
    *,
    amount: Decimal | None = None,
    discounts: Sequence[Discount] = (),
) -> Visit:
    """The visit with its exit and its price: `amount` where one is set, or else by the tariff."""
    assert not status.cancels
    tariff = rules.tariff(visit.category)
    entered = visit.transaction.drive_in.date_time
    gross = fee(tariff, entered, at.time) if amount is None else amount
    transaction = replace(
        visit.transaction,
        status=VisitStatus.ENDED,
        drive_out=_exit(visit, at, status),
        price=price(gross, tariff.vat, discounts),
    )
    return replace(visit, transaction=transaction)


def cancelled(visit: Visit, at: At, status: ExitStatus) -> Visit:
    """The visit, ended without a price."""
    assert status.cancels
    transaction = replace(
        visit.transaction, status=VisitStatus.CANCELLED, drive_out=_exit(visit, at, status)
    )
    return replace(visit, transaction=transaction)


def _exit(visit: Visit, at: At, status: ExitStatus) -> DriveOut:
    # A clock that was set back lets nobody leave before the entry: that would be no transaction.
    entered = visit.transaction.drive_in.date_time
    return DriveOut(
        device_number=at.device,
        date_time=max(at.time, entered),
        media=at.medium,
        status=status,
        info_id=at.info_id,
    )
