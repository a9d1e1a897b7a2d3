"""Giving money back, and cancelling (WinCardCore 3.3, section 4.3); corrections by the hub's own.

The signature covers neither path nor body, and a refund is the one call that is not harmless when
it is applied again. So one that says the same as an earlier one of its visit (amount, info id and
info) is a repeat, however often and whenever it comes: this includes every retry, which repeats
the whole body. Two refunds that are meant differ in what they say.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from doorward.core.parking.deliveries import Contradiction, Repeat, Stored
from doorward.core.parking.entries import Entry, Record, vat_step
from doorward.core.parking.money import ZERO, exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Asked for by a car park. `amount` None: all that is left.

    `by` is the caller's client id and `sent_at` its LocalTime as written, both for the record.
    Raises ValueError for an amount below zero or of more than two places.
    """

    system: str
    id: str
    amount: Decimal | None = None
    info_id: int | None = None
    info: str = ""
    by: str = ""
    sent_at: str = ""

    def __post_init__(self) -> None:
        if self.amount is not None and exact(self.amount) < ZERO:
            raise ValueError("an amount to give back is below zero")


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Made by an operator of the hub: `amount` is added to what a visit costs, or taken off.

    Raises ValueError for no amount, no reason, or nobody who answers for it.
    """

    system: str
    id: str
    amount: Decimal
    info: str
    by: str

    def __post_init__(self) -> None:
        if exact(self.amount) == ZERO or not self.info or not self.by:
            raise ValueError("a correction has an amount, a reason, and somebody who made it")


@dataclass(frozen=True, slots=True)
class Unknown:
    """There is no such visit."""


@dataclass(frozen=True, slots=True)
class Billed:
    """Too late: the visit is on a statement."""

    statement: str


Refunded = Stored | Repeat | Contradiction | Unknown | Billed
Corrected = Stored | Contradiction | Unknown


def refund(known: Record | None, asked: Refund, at: datetime) -> Refunded:
    """Give back what is asked for, at most what is left; a visit without a price is cancelled."""
    if known is None:
        return Unknown()
    if any(_says(one, asked) for one in known.entries):
        return Repeat()
    if known.statement:
        return Billed(known.statement)
    return _give_back(known, asked, at)


def correct(known: Record | None, made: Correction, at: datetime) -> Corrected:
    """Change what a visit costs, also after it was billed: that goes on the next statement.

    A correction is made by a person who sees it, so none is taken for a repeat.
    """
    if known is None:
        return Unknown()
    charge = known.charge
    if charge is None:
        return Contradiction("the visit has no price that could be corrected")
    if known.left + made.amount < ZERO:
        return Contradiction(f"{-made.amount} is more than the {known.left} that is left")
    entry = Entry(
        kind="correction",
        amount=exact(made.amount),
        vat_rate=charge.vat_rate,
        vat=vat_step(known.left, made.amount, charge.vat_rate),
        at=known.counts_at(at),
        info=made.info,
        by=made.by,
        corrects=charge.id,
    )
    return Stored(known.visit, known.state, entry)


def _says(entry: Entry, asked: Refund) -> bool:
    if entry.kind not in ("refund", "cancellation"):
        return False
    told = (entry.asked, entry.info_id, entry.info)
    return told == (asked.amount, asked.info_id, asked.info)


def _give_back(known: Record, asked: Refund, at: datetime) -> Stored | Contradiction:
    charge, left = known.charge, known.left
    if asked.amount is not None and asked.amount > left:
        return Contradiction(f"{asked.amount} is more than the {left} that is left")
    if charge is None:
        return _cancel(known, asked, at)
    if left == ZERO and charge.amount > ZERO:
        return Contradiction("nothing is left to give back")
    amount = -(left if asked.amount is None else exact(asked.amount))
    entry = Entry(
        kind="refund",
        amount=amount,
        vat_rate=charge.vat_rate,
        vat=vat_step(left, amount, charge.vat_rate),
        at=known.counts_at(at),
        asked=asked.amount,
        info_id=asked.info_id,
        info=asked.info,
        by=asked.by,
        sent_at=asked.sent_at,
        corrects=charge.id,
    )
    return Stored(known.visit, known.state, entry)


def _cancel(known: Record, asked: Refund, at: datetime) -> Stored | Contradiction:
    if known.state == "cancelled":
        return Contradiction("the visit is cancelled already")
    entry = Entry(
        kind="cancellation",
        amount=ZERO,
        vat_rate=ZERO,
        vat=ZERO,
        at=at,
        asked=asked.amount,
        info_id=asked.info_id,
        info=asked.info,
        by=asked.by,
        sent_at=asked.sent_at,
    )
    return Stored(known.visit, "cancelled", entry)
