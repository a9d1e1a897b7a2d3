"""Visits: what contradicts itself is refused; what says the same is the same."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connectors.wincardcore.test_wire_golden import ENDED, ENDED_BYTES, ENTRY, EXIT, OPEN, PRICE
from doorward.connectors.wincardcore.wire import requests
from doorward.connectors.wincardcore.wire.codes import (
    EntryStatus,
    ExitStatus,
    MediaType,
    VisitStatus,
)
from doorward.connectors.wincardcore.wire.faults import Fault
from doorward.connectors.wincardcore.wire.transaction import (
    CardMedia,
    Transaction,
    canonical,
    digest,
    read_transaction,
    relation,
    transaction_id,
    write_transaction,
)

replace = msgspec.structs.replace
CANCELLED = replace(
    OPEN,
    status=VisitStatus.CANCELLED,
    drive_out=replace(EXIT, status=ExitStatus.CANCELLED_REENTRY),
)


def changed(path: str, value: Any) -> bytes:
    """The visit with one element changed; None takes it away."""
    body: Any = json.loads(ENDED_BYTES)
    *outer, last = path.split(".")
    inner = body
    for name in outer:
        inner = inner[int(name) if name.isdigit() else name]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return json.dumps(body).encode()


def fault(body: bytes) -> Fault:
    with pytest.raises(Fault) as caught:
        read_transaction(body)
    return caught.value


CONTRADICTIONS = [
    ("Status", 0, 422, "Price"),
    ("Status", 2, 422, "Price"),
    ("Status", 3, 422, "Status"),
    ("Price", None, 422, "Price"),
    ("DriveOut", None, 422, "DriveOut"),
    ("DriveOut.DateTime", "2026-10-03T08:15:06+02:00", 422, "DriveOut.DateTime"),
    ("DriveOut.DateTime", "2026-10-03T08:15:06", 422, "DriveOut.DateTime"),
    ("DriveOut.DateTime", "2026-10-03", 422, "DriveOut.DateTime"),
    ("DriveOut.DateTime", 5, 400, "DriveOut.DateTime"),
    ("DriveOut.Status", 101, 422, "DriveOut.Status"),
    ("DriveOut.Status", 7, 422, "DriveOut.Status"),
    ("DriveOut.InfoId", -1, 422, "DriveOut.InfoId"),
    ("DriveIn.Status", 5, 422, "DriveIn.Status"),
    ("DriveIn.DeviceNumber", 256, 422, "DriveIn.DeviceNumber"),
    ("DriveIn.DeviceNumber", -1, 422, "DriveIn.DeviceNumber"),
    ("DriveIn.DeviceNumber", "1", 400, "DriveIn.DeviceNumber"),
    ("DriveIn.DateTime", "1969-12-31T23:59:59+00:00", 422, "DriveIn.DateTime"),
    ("DriveIn.DateTime", "9999-12-31T23:59:59-23:59", 422, "DriveIn.DateTime"),
    ("DriveIn.DateTime", "0001-01-01T00:00:00+23:59", 422, "DriveIn.DateTime"),
    ("DriveIn.Media", None, 400, "DriveIn.Media"),
    ("DriveIn.Media.MediaType", 99, 422, "DriveIn.Media.MediaType"),
    ("DriveIn", None, 400, "DriveIn"),
    ("Media.MediaType", 2, 422, "Media.MediaType"),
    ("Media.MediaKey", None, 400, "Media.MediaKey"),
    ("Media.MediaType", None, 400, "Media.MediaType"),
    ("AccountKey", None, 400, "AccountKey"),
    ("AccountKey", "", 422, "AccountKey"),
    ("CarParkName", "x" * 256, 422, "CarParkName"),
    ("CarParkId", "12", 400, "CarParkId"),
    ("Price.Currency", "USD", 422, "Price.Currency"),
    ("Price.Currency", "EURO", 422, "Price.Currency"),
    ("Price.Currency", None, 400, "Price.Currency"),
    ("Price.PriceGross", -0.01, 422, "Price.PriceGross"),
    ("Price.PriceGross", 1.005, 422, "Price.PriceGross"),
    ("Price.PriceGross", "6.50", 400, "Price.PriceGross"),
    ("Price.PriceGross", True, 400, "Price.PriceGross"),
    ("Price.PriceGross", 10**10, 422, "Price.PriceGross"),
    ("Price.PriceGross", 10**30, 422, "Price.PriceGross"),
    ("Price.VatPercentage", 100.01, 422, "Price.VatPercentage"),
    ("Price.VatPercentage", "19.00", 400, "Price.VatPercentage"),
    ("Price.DiscountOnPriceGross.0.Amount", -1, 422, "Price.DiscountOnPriceGross[0].Amount"),
    ("Price.DiscountOnPriceGross.0.Amount", "1", 400, "Price.DiscountOnPriceGross[0].Amount"),
    ("Price.DiscountOnPriceGross.0.Source", 1, 400, "Price.DiscountOnPriceGross[0].Source"),
]


@pytest.mark.covers("wincardcore", rule="contradictory-visit wrong-form-400 readable-text")
@pytest.mark.parametrize(("path", "value", "status", "field"), CONTRADICTIONS)
def test_a_visit_that_cannot_be_is_refused_and_says_where(
    path: str, value: Any, status: int, field: str
):
    found = fault(changed(path, value))
    assert (found.status, found.field) == (status, field)
    assert found.position is None
    assert found.reason


@pytest.mark.covers("wincardcore", rule="exit-by-status", value="VisitStatus-0")
def test_an_open_visit_has_no_exit():
    body = changed("Status", 0).replace(b'"Price"', b'"Neu"')
    assert str(fault(body)) == "DriveOut: stands with Status 0, an open visit"


@pytest.mark.covers("wincardcore", rule="exit-by-status", value="VisitStatus-2")
def test_a_cancelled_visit_has_an_exit_of_its_own_kind_or_none():
    assert read_transaction(write_transaction(CANCELLED)) == CANCELLED
    without = replace(CANCELLED, drive_out=None)
    assert read_transaction(write_transaction(without)) == without
    body = changed("Status", 2).replace(b'"Price"', b'"Neu"')
    assert str(fault(body)) == "DriveOut.Status: 5 does not belong to Status 2"


def test_what_contradicts_itself_cannot_be_made_either():
    with pytest.raises(ValueError, match="Price: is missing with Status 1"):
        replace(ENDED, price=None)
    with pytest.raises(ValueError, match="PriceGross: is negative"):
        replace(PRICE, price_gross=Decimal("-1"))
    for endless in ("NaN", "Infinity", "1e999999999", "0.001"):
        with pytest.raises(ValueError, match="PriceGross: is not a number"):
            replace(PRICE, price_gross=Decimal(endless))


@pytest.mark.covers("wincardcore", value="ExitStatus-* VisitStatus-*", rule="exit-by-status")
@pytest.mark.parametrize("status", list(ExitStatus))
def test_every_exit_status_belongs_to_one_kind_of_visit(status: ExitStatus):
    kind = CANCELLED if status >= 101 else ENDED
    visit = replace(kind, drive_out=replace(EXIT, status=status))
    assert read_transaction(write_transaction(visit)).drive_out == visit.drive_out


@pytest.mark.covers("wincardcore", value="EntryStatus-* MediaType-*", rule="closed-lists")
@pytest.mark.parametrize("status", list(EntryStatus))
@pytest.mark.parametrize("media_type", list(MediaType))
def test_every_entry_status_and_medium_is_taken(status: EntryStatus, media_type: MediaType):
    medium = replace(ENTRY.media, media_type=media_type)
    visit = replace(OPEN, drive_in=replace(ENTRY, status=status, media=medium))
    assert read_transaction(write_transaction(visit)) == visit


@pytest.mark.covers("wincardcore", rule="amounts")
@pytest.mark.parametrize(
    ("sent", "exact"),
    [
        ("0.5", "0.50"),
        ("5e-1", "0.50"),
        ("7", "7.00"),
        ("0", "0.00"),
        ("-0.00", "0.00"),
        ("1.50000", "1.50"),
        ("9999999999.99", "9999999999.99"),
    ],
)
def test_amounts_are_exact_and_are_sent_with_two_places(sent: str, exact: str):
    visit = read_transaction(ENDED_BYTES.replace(b":6.50,", f":{sent},".encode()))
    assert visit.price is not None
    assert str(visit.price.price_gross) == exact
    assert f'"PriceGross":{exact},'.encode() in write_transaction(visit)


def test_a_single_discount_may_come_without_its_list_and_without_its_texts():
    body = changed("Price.DiscountOnPriceGross", {"Amount": 1})
    price = read_transaction(body).price
    assert price is not None
    assert [discount.amount for discount in price.discounts] == [Decimal("1.00")]
    assert price.discounts[0].source is None


@pytest.mark.covers("wincardcore", rule="same-instant instants")
@pytest.mark.parametrize(
    "text",
    [
        "2026-10-03T06:15:07Z",
        "2026-10-03T06:15:07.000+00:00",
        "2026-10-03 08:15:07+0200",
        "2026-10-03T08:15:07+02",
        "2026-10-03T01:45:07-04:30",
    ],
)
def test_the_same_instant_in_another_form_is_the_same_visit(text: str):
    other = read_transaction(changed("DriveIn.DateTime", text))
    assert other == ENDED
    assert digest(other) == digest(ENDED)
    assert relation(ENDED, other) == "same"


@pytest.mark.covers("wincardcore", rule="instants")
def test_seconds_may_be_missing():
    visit = read_transaction(changed("DriveIn.DateTime", "2026-10-03T08:15+02:00"))
    assert visit.drive_in.date_time == ENTRY.date_time - timedelta(seconds=7)


def test_an_empty_list_of_discounts_is_none_and_amounts_are_compared_by_value():
    empty = read_transaction(changed("Price.DiscountOnPriceGross", []))
    absent = read_transaction(changed("Price.DiscountOnPriceGross", None))
    assert empty == absent
    assert digest(read_transaction(ENDED_BYTES.replace(b":6.50,", b":6.5,"))) == digest(ENDED)


DIFFERENT = [
    replace(OPEN, car_park_operator_name="Land"),
    replace(OPEN, account_key="a-2"),
    replace(OPEN, media=replace(OPEN.media, media_key="k-8")),
    replace(OPEN, drive_in=replace(ENTRY, info_id=0)),
    replace(OPEN, drive_in=replace(ENTRY, date_time=ENTRY.date_time + timedelta(seconds=1))),
    replace(CANCELLED, drive_out=None),
    CANCELLED,
    ENDED,
    replace(ENDED, price=replace(PRICE, price_gross=Decimal("6.51"))),
]


def test_different_visits_have_different_digests():
    assert len({digest(visit) for visit in [OPEN, *DIFFERENT]}) == len(DIFFERENT) + 1


def test_the_canonical_form_is_itself_a_visit_in_utc():
    assert read_transaction(canonical(ENDED)) == ENDED
    assert b'"DateTime":"2026-10-03T06:15:07Z"' in canonical(ENDED)
    assert digest(OPEN) == digest(read_transaction(canonical(OPEN)))


OTHER_ENTRY = replace(OPEN, drive_in=replace(ENTRY, device_number=9))
OTHER_PRICE = replace(ENDED, price=replace(PRICE, price_gross=Decimal("7")))


@pytest.mark.parametrize(
    ("kept", "sent", "is_to_it"),
    [
        (OPEN, OPEN, "same"),
        (OPEN, ENDED, "completes"),
        (OPEN, CANCELLED, "completes"),
        (OPEN, replace(ENDED, car_park_name="Talhof 2"), "completes"),
        (ENDED, OPEN, "late"),
        (CANCELLED, OPEN, "late"),
        (ENDED, ENDED, "same"),
        (ENDED, OTHER_PRICE, "contradicts"),
        (ENDED, CANCELLED, "contradicts"),
        (ENDED, OTHER_ENTRY, "contradicts"),
        (OPEN, OTHER_ENTRY, "contradicts"),
        (OPEN, replace(OPEN, car_park_name="Talhof 2"), "contradicts"),
    ],
)
def test_what_one_report_is_to_another(kept: Transaction, sent: Transaction, is_to_it: str):
    assert relation(kept, sent) == is_to_it


@pytest.mark.covers("wincardcore", rule="transaction-id")
def test_a_transaction_id_has_four_digits_of_the_car_park_and_ten_of_the_record():
    assert transaction_id(6, 123) == "0006-0000000123"
    for car_park, record in ((10_000, 1), (-1, 1), (1, 10**10), (1, -1)):
        with pytest.raises(ValueError, match="no transaction id"):
            transaction_id(car_park, record)


def test_the_card_of_a_visit_is_a_card_number():
    with pytest.raises(ValueError, match="MediaType: is 2, not 255"):
        CardMedia(media_type=MediaType.PLATE, media_id="M 1", media_key="k")


def test_a_refund_may_have_no_body_and_a_lock_neither():
    assert requests.read_refund(b" ") == requests.Refund()
    assert requests.read_lock(b"") == requests.Lock()


@pytest.mark.covers("wincardcore", rule="wrong-form-400")
@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b'{"Amount":-1}', 422, "Amount"),
        (b'{"Amount":1.001}', 422, "Amount"),
        (b'{"Amount":"1"}', 400, "Amount"),
        (b'{"InfoId":-5}', 422, "InfoId"),
        (b'{"Infold":"5"}', 400, "InfoId"),
        (b'{"Info":5}', 400, "Info"),
        (b"[]", 400, ""),
    ],
)
def test_a_wrong_refund_is_refused(body: bytes, status: int, field: str):
    with pytest.raises(Fault) as caught:
        requests.read_refund(body)
    assert (caught.value.status, caught.value.field) == (status, field)


@pytest.mark.covers("wincardcore", rule="closed-lists")
@pytest.mark.parametrize(
    ("body", "status"), [(b'{"Command":2}', 422), (b'{"Command":"1"}', 400), (b"{}", 400)]
)
def test_a_command_that_is_not_listed_is_refused(body: bytes, status: int):
    with pytest.raises(Fault, match="Command: ") as caught:
        requests.read_command(body)
    assert caught.value.status == status


def test_a_time_far_away_compares_without_overflow():
    last = datetime.fromisoformat("9998-12-30T00:00:00-23:59")
    visit = replace(ENDED, drive_out=replace(EXIT, date_time=last))
    assert digest(visit) == digest(read_transaction(canonical(visit)))
