"""A visit to a car park as its system tells it (WinCardCore 3.3, section 4.1).

The document's `Transaction` is one visit: its id, who came, with what, and how it ended.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from doorward.core.parking.money import ZERO, exact, vat_in

VisitStatus = Literal["open", "completed", "aborted"]

ROLLED_BACK = 103  # exit status: the vehicle did not drive in after all
MADE_ANEW = 105  # exit status: ended by the operator, another visit stands for it


@dataclass(frozen=True, slots=True)
class Medium:
    """What was held against the reader: tag, number plate, card. `key` "": not known there."""

    type: int
    id: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A barrier that was passed inwards or outwards. `status` is the document's number.

    Raises ValueError for a moment without a zone.
    """

    device: int
    at: datetime
    medium: Medium
    status: int
    info_id: int | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(f"{self.at} has no time zone")


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount that the price has already taken off."""

    amount: Decimal
    source: str = ""
    location_id: str = ""
    location_name: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """What a visit costs, VAT included, in EUR. `vat_rate` is in percent.

    Raises ValueError for an amount of more than two places, below zero, or in another currency.
    """

    gross: Decimal
    vat_rate: Decimal
    discounts: tuple[Discount, ...] = ()
    currency: str = "EUR"

    def __post_init__(self) -> None:
        if exact(self.gross) < ZERO or exact(self.vat_rate) < ZERO:
            raise ValueError("a price or its VAT rate is below zero")
        if self.currency != "EUR":
            raise ValueError(f"prices are in EUR, not in {self.currency}")

    @property
    def vat(self) -> Decimal:
        """The VAT that the price contains, to the cent."""
        return vat_in(self.gross, self.vat_rate)


@dataclass(frozen=True, slots=True)
class CarPark:
    """Where: the number that the maker gave it, its name, and who runs it."""

    id: int
    name: str = ""
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit. `system` is the configured target's name; `system` and `id` name the visit.

    `account` and `card` are the keys of account and card, `card_number` is the printed number.
    Two visits are equal when the same was told, whatever zone their moments are written in.
    Raises ValueError for one that contradicts itself: a price or an exit where its status has
    none, or none where it needs one.
    """

    system: str
    id: str
    account: str
    card: str
    card_number: str
    car_park: CarPark
    status: VisitStatus
    entry: Passage
    exit: Passage | None = None
    price: Price | None = None

    def __post_init__(self) -> None:
        if not self.system or not self.id:
            raise ValueError("a visit names its system and has an id")
        if (self.status == "open") != (self.exit is None):
            raise ValueError(f"a visit that is {self.status} has an exit exactly when it is over")
        if (self.status == "completed") != (self.price is not None):
            raise ValueError(f"a visit that is {self.status} has a price exactly when completed")

    @property
    def arrival(self) -> tuple[str, str, int, Passage]:
        """What of it was known when it began, and never changes: who, where, when, with what."""
        return self.account, self.card, self.car_park.id, self.entry

    @property
    def never_in(self) -> bool:
        """Whether the car was never in on this visit: rolled back, or made anew as another."""
        return self.exit is not None and self.exit.status in (ROLLED_BACK, MADE_ANEW)
