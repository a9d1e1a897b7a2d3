"""What a visit costs (WinCardCore 3.3, 4.1, Price)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from doorward.connectors.wincardcore.twin.rules import Tariff
from doorward.connectors.wincardcore.wire.transaction import Discount, Price

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def fee(tariff: Tariff, begun: datetime, ended: datetime) -> Decimal:
    """For the time between two instants: whole days at their most, the rest by started hours.

    Elapsed time counts, so the night in which clocks change is as long as it is.
    """
    stay = max(ended - begun, timedelta())
    if stay <= timedelta(minutes=tariff.free_minutes) and tariff.free_minutes:
        return Decimal("0.00")
    days, rest = divmod(stay, DAY)
    started = -(-rest // HOUR) if days else max(1, -(-rest // HOUR))
    return days * tariff.daily_maximum + min(tariff.daily_maximum, started * tariff.per_hour)


def price(gross: Decimal, vat: Decimal, discounts: Sequence[Discount] = ()) -> Price:
    """The price with its discounts deducted; no discount makes it negative."""
    granted: list[Discount] = []
    for discount in discounts:
        # What is reported as deducted is what was deducted.
        amount = min(discount.amount, gross)
        gross -= amount
        granted.append(_with(discount, amount))
    return Price(price_gross=gross, vat_percentage=vat, discounts=tuple(granted), currency="EUR")


def _with(discount: Discount, amount: Decimal) -> Discount:
    return Discount(
        amount=amount,
        source=discount.source,
        location_id=discount.location_id,
        location_name=discount.location_name,
        comment=discount.comment,
    )
