"""A transaction as the core's visit, with everything that it tells."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from doorward.connectors.wincardcore.visits import visit_of
from doorward.connectors.wincardcore.wire.transaction import read_transaction
from doorward.core.parking.visits import CarPark, Discount, Medium, Passage, Price, Visit

IN: dict[str, Any] = {
    "DeviceNumber": 1,
    "DateTime": "2026-10-01T08:00:00+02:00",
    "Media": {"MediaType": 2, "MediaId": "M-AB 123"},
    "Status": 1,
}
OUT: dict[str, Any] = IN | {
    "DeviceNumber": 51,
    "DateTime": "2026-10-01T10:30:00+02:00",
    "Media": {"MediaType": 1, "MediaId": "E2", "MediaKey": "tag-1"},
    "InfoId": 4,
}
OPEN: dict[str, Any] = {
    "CarParkOperatorName": "Stadt",
    "CarParkId": 6,
    "CarParkName": "Am Markt",
    "AccountKey": "club-1",
    "Media": {"MediaType": 255, "MediaId": "0815", "MediaKey": "card-1"},
    "Status": 0,
    "DriveIn": IN,
}
PRICE: dict[str, Any] = {
    "PriceGross": 3.00,
    "VatPercentage": 19.00,
    "Currency": "EUR",
    "DiscountOnPriceGross": [
        {
            "Amount": 1.50,
            "Source": "shop",
            "LocationID": "5:5",
            "LocationName": "M",
            "Comment": "c",
        },
        {"Amount": 0.50},
    ],
}


def told(**changes: Any) -> Visit:
    document = json.dumps(OPEN | changes).encode()
    return visit_of("garage", "0006-0000000001", read_transaction(document))


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, 1, hour, minute, tzinfo=UTC)


def test_a_visit_that_has_begun():
    assert told() == Visit(
        system="garage",
        id="0006-0000000001",
        account="club-1",
        card="card-1",
        card_number="0815",
        car_park=CarPark(6, "Am Markt", "Stadt"),
        status="open",
        entry=Passage(1, at(6), Medium(2, "M-AB 123"), 1),
    )


def test_a_visit_that_is_over_and_paid_for():
    visit = told(Status=1, DriveOut=OUT, Price=PRICE)
    assert visit.status == "completed"
    assert visit.exit == Passage(51, at(8, 30), Medium(1, "E2", "tag-1"), 1, 4)
    assert visit.price == Price(
        Decimal("3.00"),
        Decimal("19.00"),
        (Discount(Decimal("1.50"), "shop", "5:5", "M", "c"), Discount(Decimal("0.50"))),
    )


def test_a_visit_that_was_cancelled():
    visit = told(Status=2, DriveOut=OUT | {"Status": 103})
    assert (visit.status, visit.price, visit.never_in) == ("aborted", None, True)


@pytest.mark.parametrize("gross", ["99999999.99", "0.00"])
def test_the_largest_and_the_smallest_price_are_kept_exactly(gross: str):
    body = json.dumps(OPEN | {"Status": 1, "DriveOut": OUT, "Price": PRICE})
    visit = visit_of("garage", "T", read_transaction(body.replace("3.0,", f"{gross},").encode()))
    assert visit.price is not None
    assert visit.price.gross == Decimal(gross)
