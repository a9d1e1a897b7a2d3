"""How the twin's car park is run: its name, its tariffs, what it lets in, when it calls.

Edited by hand under "settings" of `/_twin/state`. Amounts are euro, numbers with two places.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta
from msgspec.structs import force_setattr

from doorward.connectors.wincardcore.wire.amounts import two_places

Name = Annotated[str, Meta(min_length=1, max_length=255)]
Seconds = Annotated[float, Meta(ge=0)]
Device = Annotated[int, Meta(ge=0, le=255)]


class Tariff(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What parking costs: by the started hour, at most `daily_maximum` for each 24 hours.

    `vat`: the percentage within the price. `free_minutes`: whoever leaves by then pays nothing.
    `overstay`: the fixed price once the longest stay is exceeded.
    """

    per_hour: Decimal = Decimal("2.00")
    daily_maximum: Decimal = Decimal("15.00")
    vat: Decimal = Decimal("19.00")
    free_minutes: Annotated[int, Meta(ge=0)] = 0
    overstay: Decimal = Decimal("50.00")

    def __post_init__(self) -> None:
        for name in ("per_hour", "daily_maximum", "vat", "overstay"):
            force_setattr(self, name, two_places(getattr(self, name), f"'{name}'"))
        if self.vat > 100:
            raise ValueError("'vat': is above 100")


DEFAULT_TARIFFS = {
    0: Tariff(),
    1: Tariff(per_hour=Decimal("1.00"), daily_maximum=Decimal("8.00")),
    2: Tariff(per_hour=Decimal("0.00"), daily_maximum=Decimal("0.00")),
}


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The switches. Raises ValueError for values that contradict themselves.

    tariffs           by a card's category; categories that are not listed pay as category 0
    refused           categories that are not let in
    capacity          visits at once; null for no limit
    longest_stay      hours; null for no limit
    overstay          "price": may leave for the tariff's overstay price (exit status 3);
                      "cancel": the visit is cancelled once the time is over (104)
    reentry           who drives in twice: "cancel" the visit that has no exit (101), or "refuse"
    ask               "blocked": whom the whitelist would refuse, the other side is asked about
    alive             seconds between two alive calls; 0 for none
    wait              seconds before the next try after a 500 (or a 401)
    backoff           seconds before the third try after any other failure; doubled each time, up
                      to `wait`
    senders           deliveries under way at once
    """

    operator: Name = "Doorward Garages"
    name: Name = "Doorward Garage"
    car_park: Annotated[int, Meta(ge=0, le=9999)] = 6
    time_zone: str = "Europe/Berlin"
    tariffs: dict[int, Tariff] = msgspec.field(default_factory=DEFAULT_TARIFFS.copy)
    refused: tuple[int, ...] = ()
    capacity: Annotated[int, Meta(ge=0)] | None = None
    longest_stay: Annotated[float, Meta(gt=0, le=1_000_000)] | None = 720.0
    overstay: Literal["price", "cancel"] = "price"
    reentry: Literal["cancel", "refuse"] = "cancel"
    ask: Literal["never", "blocked"] = "never"
    alive: Seconds = 60.0
    wait: Seconds = 30.0
    backoff: Seconds = 0.5
    senders: Annotated[int, Meta(ge=1, le=64)] = 4
    entry: Device = 1
    exit: Device = 51

    def __post_init__(self) -> None:
        if 0 not in self.tariffs:
            raise ValueError("'tariffs': category 0 is missing, which the others fall back on")
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"'time_zone': {self.time_zone[:40]!r} is no time zone") from None

    @property
    def zone(self) -> ZoneInfo:
        """Where the car park stands."""
        return ZoneInfo(self.time_zone)

    @property
    def limit(self) -> timedelta | None:
        """The longest stay."""
        return None if self.longest_stay is None else timedelta(hours=self.longest_stay)

    def tariff(self, category: int) -> Tariff:
        """What a category pays."""
        return self.tariffs.get(category, self.tariffs[0])
