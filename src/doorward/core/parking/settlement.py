"""A month that is billed, and what is asked for so that it is."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from doorward.core.parking.months import Month
from doorward.core.parking.statements import Totals


@dataclass(frozen=True, slots=True)
class Settlement:
    """A month at a car park that is closed: nothing is added to its statements any more."""

    system: str
    month: Month
    settled_at: datetime
    by: str
    statements: int
    gross: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What is to be billed: all that counts before `before`, up to the entry `through`.

    `totals` are the sums that were checked; what is billed must come to the same.
    """

    system: str
    month: Month
    before: datetime
    through: int
    totals: tuple[Totals, ...]
    by: str
