"""The month's settlement: each account's statement, billed in one durable act.

A charge belongs to the month of its exit, a refund or correction to that in which it was made, in
the club's zone. A statement carries everything that counts before the end of its month and is not
billed yet, so what arrives after its own month was settled is on the next one. Test cards and
visits without a price are on none.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from doorward.core.parking.months import Month
from doorward.core.parking.ports import ParkingBook, ParkingLedger
from doorward.core.parking.settlement import Bill, Settlement
from doorward.core.parking.statements import Statement, statement


class NotDue(Exception):
    """The month cannot be settled: it is not over, or a later one is settled already."""


def drafts(
    book: ParkingBook, system: str, month: Month, zone: ZoneInfo, through: int | None = None
) -> Iterator[Statement]:
    """The statements that a settlement would make, by account, one at a time. Writes nothing.

    `through`: the last entry that counts, by default the last that there is. Raises SumsDiffer.
    """
    last = book.last_entry(system) if through is None else through
    lines = book.unbilled(system, month.end(zone), last)
    for account, its in groupby(lines, key=lambda line: line.visit.account):
        yield statement(system, month, account, tuple(its))


async def settle(
    ledger: ParkingLedger, system: str, month: Month, zone: ZoneInfo, now: datetime, by: str
) -> Settlement:
    """Bill a month. One that is settled already is left as it is, and told again.

    Raises NotDue, or SumsDiffer before anything is billed.
    """
    done = ledger.settlement(system, month)
    if done is not None:
        return done
    check_due(ledger, system, month, zone, now)
    through = ledger.last_entry(system)
    totals = tuple(one.totals for one in drafts(ledger, system, month, zone, through))
    bill = Bill(
        system=system,
        month=month,
        before=month.end(zone),
        through=through,
        totals=totals,
        by=by,
    )
    return await ledger.bill(bill, now)


def check_due(book: ParkingBook, system: str, month: Month, zone: ZoneInfo, now: datetime) -> None:
    """Raises NotDue for a month that is not over, or that comes before one that is settled."""
    if now < month.end(zone):
        raise NotDue(f"{month} is not over yet")
    later = [one.month for one in book.settlements(system) if one.month > month]
    if later:
        raise NotDue(f"{max(later)} of {system} is settled, which includes all of {month}")
