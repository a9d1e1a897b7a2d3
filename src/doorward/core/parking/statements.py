"""What an account owes for a month, line by line, with its sums computed twice.

VAT is rounded per visit (half up, to the cent): each visit's VAT is that of what is left of its
price, and a rate's VAT on a statement is the sum over its visits, never a share of the total.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from doorward.core.parking.entries import Entry
from doorward.core.parking.money import ZERO, vat_in
from doorward.core.parking.months import Month
from doorward.core.parking.visits import Visit


@dataclass(frozen=True, slots=True)
class Line:
    """An entry on a statement, and the visit that it is about.

    `carried`: what earlier statements billed of that visit; a correction adds to it.
    """

    entry: Entry
    visit: Visit
    carried: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class RateTotal:
    """All that has one VAT rate. `rate` is in percent."""

    rate: Decimal
    gross: Decimal
    vat: Decimal

    @property
    def net(self) -> Decimal:
        """Without VAT."""
        return self.gross - self.vat


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a statement, by VAT rate in rising order."""

    account: str
    lines: int
    rates: tuple[RateTotal, ...]

    @property
    def gross(self) -> Decimal:
        """What is to be paid; below zero: to be paid back."""
        return sum((one.gross for one in self.rates), ZERO)

    @property
    def vat(self) -> Decimal:
        """The VAT in it."""
        return sum((one.vat for one in self.rates), ZERO)

    @property
    def net(self) -> Decimal:
        """Without VAT."""
        return self.gross - self.vat


@dataclass(frozen=True, slots=True)
class Statement:
    """An account's month at a car park. `number` is "" until it is billed."""

    system: str
    month: Month
    totals: Totals
    lines: tuple[Line, ...]
    number: str = ""

    @property
    def account(self) -> str:
        """Whose it is."""
        return self.totals.account


class SumsDiffer(Exception):
    """The two ways to the same sum disagree: nothing was billed.

    `one` and `other` are gross and VAT by rate, as the two ways have them.
    """

    remedy = "Nothing was billed. Keep a copy of the database and report this."

    def __init__(self, account: str, one: object, other: object) -> None:
        super().__init__(f"the sums of account {account} differ: {one} and {other}")
        self.account = account
        self.one = one
        self.other = other


def statement(system: str, month: Month, account: str, lines: Sequence[Line]) -> Statement:
    """The statement of these lines. Raises SumsDiffer where visits and account don't agree."""
    return Statement(system, month, checked(account, lines), tuple(lines))


def checked(account: str, lines: Sequence[Line]) -> Totals:
    """The sums over the lines, if those over the visits are the same; else SumsDiffer."""
    by_line, by_visit = _over_lines(lines), _over_visits(lines)
    if by_line != by_visit:
        raise SumsDiffer(account, by_line, by_visit)
    rates = tuple(RateTotal(rate, *by_line[rate]) for rate in sorted(by_line))
    return Totals(account, len(lines), rates)


_Sums = Mapping[Decimal, tuple[Decimal, Decimal]]
"""Gross and VAT by rate."""


def _over_lines(lines: Iterable[Line]) -> _Sums:
    """Adds up what each entry says of itself."""
    sums: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for line in lines:
        gross, vat = sums.get(line.entry.vat_rate, (ZERO, ZERO))
        sums[line.entry.vat_rate] = (gross + line.entry.amount, vat + line.entry.vat)
    return sums


def _over_visits(lines: Iterable[Line]) -> _Sums:
    """Works the VAT out anew from what each visit costs in all, before this month and with it."""
    amounts: dict[tuple[str, Decimal], tuple[Decimal, Decimal]] = {}
    for line in lines:
        key = (line.visit.id, line.entry.vat_rate)
        _, amount = amounts.get(key, (ZERO, ZERO))
        amounts[key] = (line.carried, amount + line.entry.amount)
    sums: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for (_, rate), (carried, amount) in amounts.items():
        gross, vat = sums.get(rate, (ZERO, ZERO))
        more = vat_in(carried + amount, rate) - vat_in(carried, rate)
        sums[rate] = (gross + amount, vat + more)
    return sums
