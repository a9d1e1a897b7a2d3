"""Car-park values for tests: each with all it needs, and whatever a test says otherwise."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from doorward.core.parking.deliveries import Stored
from doorward.core.parking.entries import Record
from doorward.core.parking.refunds import Correction, Refund
from doorward.core.parking.visits import CarPark, Medium, Passage, Price, Visit

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 10, 5, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLATE = Medium(2, "B-AB 123", "m1")
CAR_PARK = CarPark(6, "Center", "Schmidt")


def euros(text: str) -> Decimal:
    return Decimal(text)


def passage(at: datetime = NOON, **told: Any) -> Passage:
    known: dict[str, Any] = {"device": 1, "at": at, "medium": PLATE, "status": 1}
    return Passage(**(known | told))


def price(gross: str = "5.00", rate: str = "19.00") -> Price:
    return Price(Decimal(gross), Decimal(rate))


def opened(number: int = 1, **told: Any) -> Visit:
    """A car that drove in at noon and is still there."""
    known: dict[str, Any] = {
        "system": "garage",
        "id": f"0006-{number:010}",
        "account": f"a{number}",
        "card": f"c{number}",
        "card_number": "0815",
        "car_park": CAR_PARK,
        "status": "open",
        "entry": passage(),
    }
    return Visit(**(known | told))


def completed(
    number: int = 1, gross: str = "5.00", rate: str = "19.00", hours: float = 2, **told: Any
) -> Visit:
    """The same, having left after so many hours and paid."""
    entry = told.get("entry", passage())
    left = passage(entry.at + hours * HOUR, device=51)
    over = {"status": "completed", "exit": left, "price": price(gross, rate)}
    return opened(number, **(over | told))


def aborted(number: int = 1, status: int = 102, **told: Any) -> Visit:
    """The same, ended without a price."""
    end = passage(told.get("entry", passage()).at + HOUR, status=status)
    return opened(number, status="aborted", exit=end, **told)


def record(visit: Visit, **told: Any) -> Record:
    """A visit as it is known once it was delivered, its entries numbered."""
    known: dict[str, Any] = {"visit": visit, "state": visit.status, "received_at": NOON}
    return Record(**(known | told))


def after(known: Record | None, answer: object) -> Record:
    """What is known once an answer is kept, as a store would keep it."""
    assert isinstance(answer, Stored)
    entries = known.entries if known else ()
    if answer.entry is not None:
        entries = (*entries, replace(answer.entry, id=len(entries) + 1))
    return record(answer.visit, state=answer.state, entries=entries)


def refund(number: int = 1, amount: str | None = None, **told: Any) -> Refund:
    known: dict[str, Any] = {
        "system": "garage",
        "id": f"0006-{number:010}",
        "amount": None if amount is None else Decimal(amount),
        "by": "garage-1",
        "sent_at": "2026-10-05T12:00:00+02:00",
    }
    return Refund(**(known | told))


def correction(number: int = 1, amount: str = "-1.00", **told: Any) -> Correction:
    known: dict[str, Any] = {
        "system": "garage",
        "id": f"0006-{number:010}",
        "amount": Decimal(amount),
        "info": "gate was stuck",
        "by": "anna",
    }
    return Correction(**(known | told))
