"""Settling a month: sums checked, billed in one act per car park, and told again the same.

A dry run is given a `Reader`, which cannot write.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from doorward.app.config import Target
from doorward.app.parking.parks import Holder, holder_of
from doorward.app.parking.words import moment
from doorward.core.parking.months import Month
from doorward.core.parking.ports import ParkingBook
from doorward.core.parking.settle import NotDue, check_due, drafts, settle
from doorward.core.parking.settlement import Settlement
from doorward.core.parking.statements import Statement, SumsDiffer, checked
from doorward.core.ports import Progress
from doorward.core.sync import ProgressFor
from doorward.storage.store import Reader, Store


@dataclass(frozen=True, slots=True)
class Account:
    """An account's month: where, its statement, whose it is; `billed_at` None for a draft."""

    park: Target
    statement: Statement
    holder: Holder
    billed_at: datetime | None = None


class CannotSettle(RuntimeError):
    """The month is not over, or a later one is settled. Nothing was billed."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


class Disagreement(RuntimeError):
    """An account's sums don't agree. Nothing was billed.

    `transactions`: those whose own VAT is not that of what they cost; none where all are right by
    themselves.
    """

    remedy = SumsDiffer.remedy

    def __init__(self, system: str, differ: SumsDiffer, transactions: Sequence[str]) -> None:
        which = ", ".join(transactions) or "none by itself"
        super().__init__(f"{system}: {differ}; transactions: {which}")
        self.account = differ.account
        self.transactions = transactions


def drafted(
    store: Reader, parks: Sequence[Target], month: Month, now: datetime, progress: ProgressFor
) -> Iterator[Account]:
    """What a settlement would bill; a month that is settled is shown as it was.

    A month that is not over is taken as it stands. Raises CannotSettle or Disagreement.
    """
    for park in parks:
        done = store.parking.settlement(park.name, month)
        check(store, park, month, max(now, month.end(park.zone)))
        found = billed(store, park, done) if done else _drafted(store, park, month)
        step = progress(park.name)
        for count, account in enumerate(found, 1):
            step(count, done.statements if done else None)
            yield account


async def settle_all(
    store: Store,
    parks: Sequence[Target],
    month: Month,
    now: datetime,
    by: str,
    progress: ProgressFor,
) -> Sequence[Settlement]:
    """Bill a month at these car parks; where it was billed already, that is told again.

    The sums of all are checked before the first is billed. Raises CannotSettle or Disagreement.
    """
    for park in parks:
        check(store, park, month, now)
    for park in parks:
        if store.parking.settlement(park.name, month) is None:
            _look_through(_drafts(store.parking, park, month), progress(f"checking {park.name}"))
    return [await _settle(store, park, month, now, by) for park in parks]


def billed(store: Reader, park: Target, settlement: Settlement) -> Iterator[Account]:
    """The statements of a month that is settled, by number."""
    for one in store.parking.statements(settlement.system, settlement.month):
        holder = holder_of(store, park.name, one.account)
        yield Account(park, one, holder, settlement.settled_at)


def check(store: Reader, park: Target, month: Month, now: datetime) -> None:
    """Raises CannotSettle for a month that is neither settled nor can be."""
    if store.parking.settlement(park.name, month) is not None:
        return
    try:
        check_due(store.parking, park.name, month, park.zone, now)
    except NotDue as error:
        raise CannotSettle(str(error), _remedy(park, month, now)) from None


def _remedy(park: Target, month: Month, now: datetime) -> str:
    end = month.end(park.zone)
    if now < end:
        return (
            f"It is over at {moment(end, park.zone)} ({park.zone.key})."
            " Look at it as it stands: add --dry-run."
        )
    return "Whatever came late is on the next statement: settle the month that is over now."


async def _settle(store: Store, park: Target, month: Month, now: datetime, by: str) -> Settlement:
    try:
        return await settle(store.parking, park.name, month, park.zone, now, by)
    except SumsDiffer as differ:
        raise _disagreement(store.parking, park, month, differ) from None


def _drafted(store: Reader, park: Target, month: Month) -> Iterator[Account]:
    for one in _drafts(store.parking, park, month):
        yield Account(park, one, holder_of(store, park.name, one.account))


def _drafts(book: ParkingBook, park: Target, month: Month) -> Iterator[Statement]:
    try:
        yield from drafts(book, park.name, month, park.zone)
    except SumsDiffer as differ:
        raise _disagreement(book, park, month, differ) from None


def _disagreement(
    book: ParkingBook, park: Target, month: Month, differ: SumsDiffer
) -> Disagreement:
    """Look for the visits that are wrong by themselves."""
    lines = book.unbilled(park.name, month.end(park.zone), book.last_entry(park.name))
    mine = (line for line in lines if line.visit.account == differ.account)
    wrong: list[str] = []
    for visit, its in groupby(mine, key=lambda line: line.visit.id):
        try:
            checked(differ.account, tuple(its))
        except SumsDiffer:
            wrong.append(visit)
    return Disagreement(park.name, differ, wrong)


def _look_through(statements: Iterator[Statement], step: Progress) -> None:
    for count, _ in enumerate(statements, 1):
        step(count, None)
