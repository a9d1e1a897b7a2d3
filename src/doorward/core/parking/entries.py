"""The money of a visit, append-only: what is wrong is put right by a further entry, never changed.

charge        the price of a visit that was completed; counts at its exit
refund        given back because the car park asked for it; counts when it was accepted
correction    made by the hub's own operator, either way; counts when it was made
cancellation  the end of a visit that has no price: no money, on no statement
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from doorward.core.parking.money import ZERO, vat_in
from doorward.core.parking.visits import Visit

EntryKind = Literal["charge", "refund", "correction", "cancellation"]
State = Literal["open", "completed", "aborted", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a visit's money. `amount` is gross and negative where money is given back.

    `at` decides on the month. `asked`, `info_id` and `info` are what a refund said (`asked` None:
    all of it), `by` who said it and `sent_at` when, as it was written. `corrects` is the id of
    the charge that it changes. `statement` is the number of the statement that bills it, "" until
    then; `id` is 0 until it is kept.
    """

    kind: EntryKind
    amount: Decimal
    vat_rate: Decimal
    vat: Decimal
    at: datetime
    asked: Decimal | None = None
    info_id: int | None = None
    info: str = ""
    by: str = ""
    sent_at: str = ""
    corrects: int | None = None
    statement: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All that is known of a visit. `test`: of a test card, which is never billed.

    `raw` is what told of its beginning and `raw_out` of its end, "" where one document told both.
    """

    visit: Visit
    state: State
    received_at: datetime
    test: bool = False
    entries: tuple[Entry, ...] = ()
    raw: str = ""
    raw_out: str = ""

    @property
    def charge(self) -> Entry | None:
        """What the visit costs, if it costs anything."""
        return next((one for one in self.entries if one.kind == "charge"), None)

    @property
    def left(self) -> Decimal:
        """What of the price is not given back."""
        return sum((one.amount for one in self.entries), ZERO)

    def counts_at(self, at: datetime) -> datetime:
        """When a further entry counts: now, but never before one that it builds on.

        So a visit's entries come onto statements in their own order, whatever the clocks say.
        """
        return max([at, *(one.at for one in self.entries)])

    @property
    def statement(self) -> str:
        """The statement that billed the visit, "" while none has."""
        charge = self.charge
        return charge.statement if charge else ""


def charge_of(visit: Visit) -> Entry | None:
    """The charge of a visit that is told as completed; counts at its exit."""
    if visit.price is None or visit.exit is None:
        return None
    price = visit.price
    return Entry(
        kind="charge",
        amount=price.gross,
        vat_rate=price.vat_rate,
        vat=price.vat,
        at=visit.exit.at,
    )


def vat_step(left: Decimal, amount: Decimal, rate: Decimal) -> Decimal:
    """The VAT of a change, so that a visit's VAT is always that of what is left of its price.

    Rounding each refund by itself would leave cents of VAT on a visit that was wholly refunded.
    """
    return vat_in(left + amount, rate) - vat_in(left, rate)
