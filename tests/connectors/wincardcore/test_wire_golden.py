"""Each message and its bytes: read, written again, and cut at every byte."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from doorward.connectors.wincardcore.wire import form, lists, requests, transaction
from doorward.connectors.wincardcore.wire.codes import (
    Action,
    CardVariant,
    DisplayPermission,
    EmailActivity,
    EntryStatus,
    ExitStatus,
    Gender,
    MediaType,
    VisitStatus,
)
from doorward.connectors.wincardcore.wire.faults import Fault
from doorward.connectors.wincardcore.wire.requests import Command, Lock, Refund
from doorward.connectors.wincardcore.wire.transaction import (
    CardMedia,
    Discount,
    DriveIn,
    DriveOut,
    Price,
    Transaction,
)
from doorward.connectors.wincardcore.wire.whitelist import (
    Account,
    AccountCards,
    AccountCustomer,
    Card,
    Customer,
    Media,
)

NUMBER = Media(media_type=MediaType.CARD_NUMBER, media_id="40213", media_key="k-7")
PLATE = Media(media_type=MediaType.PLATE, media_id="M-DW 4021")
CARD = Card(
    card_key="k-7",
    variant=CardVariant.TEST,
    blocked=2,
    blocked_info="unpaid",
    category=-1,
    car_park_id=12,
    brand="Club",
    valid_from=datetime(2026, 3, 1),
    valid_to=datetime(2027, 2, 28, 23, 59, 59),
    media=(NUMBER, PLATE),
)
CARD_BYTES = (
    b'{"CardKey":"k-7","CardVariant":1,"Blocked":2,"BlockedInfo":"unpaid","Category":-1,'
    b'"CarParkId":12,"CardBrand":"Club","ValidFrom":"2026-03-01T00:00:00",'
    b'"ValidTo":"2027-02-28T23:59:59","Media":[{"MediaType":255,"MediaId":"40213",'
    b'"MediaKey":"k-7"},{"MediaType":2,"MediaId":"M-DW 4021"}]}'
)
RONJA = Customer(
    customer_no="4021",
    gender=Gender.FEMALE,
    title="Frau",
    first_name="Ronja",
    last_name="Öberg",
    company_name="",
    display_name="R. Öberg",
    display_permission=DisplayPermission.ALLOWED,
    postal_code="80331",
    location="München",
    street="Talweg 3",
    phone="+49 89 4021",
    email_address="ronja@example.org",
    email_activity=EmailActivity.NEVER,
    info1="a",
    info2="b",
    info3="c",
    info4="d",
    bool1=True,
    bool2=False,
    bool3=False,
    bool4=True,
)
RONJA_BYTES = (
    '{"CustomerNo":"4021","Gender":2,"Title":"Frau","FirstName":"Ronja","LastName":"Öberg",'
    '"CompanyName":"","DisplayName":"R. Öberg","DisplayPermission":1,"PostalCode":"80331",'
    '"Location":"München","Street":"Talweg 3","Phone":"+49 89 4021",'
    '"EmailAddress":"ronja@example.org","EmailActivity":2,"Info1":"a","Info2":"b","Info3":"c",'
    '"Info4":"d","Bool1":true,"Bool2":false,"Bool3":false,"Bool4":true}'
).encode()

ENTRY = DriveIn(
    device_number=0,
    date_time=datetime.fromisoformat("2026-10-03T08:15:07+02:00"),
    media=PLATE,
    status=EntryStatus.SYSTEM,
)
EXIT = DriveOut(
    device_number=255,
    date_time=datetime.fromisoformat("2026-10-03T10:00:00Z"),
    media=Media(media_type=MediaType.UHF_TAG, media_id="E20034", media_key="t-1"),
    status=ExitStatus.SYSTEM_AUTHORISED,
    info_id=1,
)
PRICE = Price(
    price_gross=Decimal("6.50"),
    vat_percentage=Decimal("19.00"),
    discounts=(
        Discount(
            amount=Decimal("1.00"),
            source="Café",
            location_id="7:2",
            location_name="Bäckerei",
            comment="",
        ),
    ),
    currency="EUR",
)
OPEN = Transaction(
    car_park_operator_name="Stadt",
    car_park_id=12,
    car_park_name="Talhof",
    account_key="a-1",
    media=CardMedia(media_type=MediaType.CARD_NUMBER, media_id="40213", media_key="k-7"),
    status=VisitStatus.OPEN,
    drive_in=ENTRY,
)
ENDED = Transaction(
    car_park_operator_name="Stadt",
    car_park_id=12,
    car_park_name="Talhof",
    account_key="a-1",
    media=CardMedia(media_type=MediaType.CARD_NUMBER, media_id="40213", media_key="k-7"),
    status=VisitStatus.ENDED,
    drive_in=ENTRY,
    drive_out=EXIT,
    price=PRICE,
)
HEAD = (
    b'{"CarParkOperatorName":"Stadt","CarParkId":12,"CarParkName":"Talhof","AccountKey":"a-1",'
    b'"Media":{"MediaType":255,"MediaId":"40213","MediaKey":"k-7"},'
)
ENTRY_BYTES = (
    b'"DriveIn":{"DeviceNumber":0,"DateTime":"2026-10-03T08:15:07+02:00",'
    b'"Media":{"MediaType":2,"MediaId":"M-DW 4021"},"Status":1}'
)
ENDED_BYTES = (
    HEAD
    + b'"Status":1,'
    + ENTRY_BYTES
    + b',"DriveOut":{"DeviceNumber":255,"DateTime":"2026-10-03T10:00:00Z",'
    b'"Media":{"MediaType":1,"MediaId":"E20034","MediaKey":"t-1"},"Status":5,"InfoId":1},'
    + '"Price":{"PriceGross":6.50,"VatPercentage":19.00,"DiscountOnPriceGross":[{"Amount":1.00,'
    '"Source":"Café","LocationID":"7:2","LocationName":"Bäckerei","Comment":""}],'
    '"Currency":"EUR"}}'.encode()
)


@dataclass(frozen=True)
class Golden:
    name: str
    value: Any
    bytes: bytes
    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes]


GOLDEN = [
    Golden(
        "accounts",
        (
            Account(account_key="a-1", customer=RONJA, cards=(CARD,)),
            Account(account_key="a-2"),
            Account(account_key="a-3", cards=()),
        ),
        b'[{"AccountKey":"a-1","Customer":' + RONJA_BYTES + b',"Card":[' + CARD_BYTES + b"]},"
        b'{"AccountKey":"a-2"},{"AccountKey":"a-3","Card":[]}]',
        lambda body: lists.read_accounts(body).records,
        lists.write_list,
    ),
    Golden(
        "cards by account",
        (AccountCards(account_key="a-1", cards=(CARD,)), AccountCards(account_key="b", cards=())),
        b'[{"AccountKey":"a-1","Card":[' + CARD_BYTES + b']},{"AccountKey":"b","Card":[]}]',
        lambda body: lists.read_account_cards(body).records,
        lists.write_list,
    ),
    Golden(
        "holders",
        (AccountCustomer(account_key="a-1", customer=RONJA),),
        b'[{"AccountKey":"a-1","Customer":' + RONJA_BYTES + b"}]",
        lists.read_account_customers,
        lists.write_list,
    ),
    Golden("keys", ("a-1", "ö"), '["a-1","ö"]'.encode(), lists.read_keys, lists.write_list),
    Golden("a card", CARD, CARD_BYTES, lists.read_card, lists.write_card),
    Golden(
        "an entry",
        OPEN,
        HEAD + b'"Status":0,' + ENTRY_BYTES + b"}",
        transaction.read_transaction,
        transaction.write_transaction,
    ),
    Golden(
        "a visit",
        ENDED,
        ENDED_BYTES,
        transaction.read_transaction,
        transaction.write_transaction,
    ),
    Golden(
        "a refund",
        Refund(amount=Decimal("1.50"), info_id=5, info="wrong tariff"),
        b'{"Amount":1.50,"InfoId":5,"Info":"wrong tariff"}',
        requests.read_refund,
        requests.write_refund,
    ),
    Golden("a full refund", Refund(), b"{}", requests.read_refund, requests.write_refund),
    Golden(
        "a lock", Lock(info="lost"), b'{"Info":"lost"}', requests.read_lock, requests.write_lock
    ),
    Golden(
        "a command",
        Command(Action.SEND_ALL_ACCOUNTS),
        b'{"Command":1}',
        requests.read_command,
        requests.write_command,
    ),
]
each = pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)


@pytest.mark.covers("wincardcore", rule="names-of-elements amounts", value="Action-1")
@each
def test_a_message_is_read_and_written_again_to_the_byte(golden: Golden):
    assert golden.read(golden.bytes) == golden.value
    assert golden.write(golden.value) == golden.bytes


@pytest.mark.covers("wincardcore", rule="unknown-elements")
@each
def test_white_space_and_unknown_elements_change_nothing(golden: Golden):
    spaced = golden.bytes.replace(b'":', b'" :\n').replace(b"}", b' ,"Neu":[{"a":null}] }')
    assert golden.read(spaced.replace(b"{ ,", b"{")) == golden.value


@each
def test_an_escape_says_the_same_as_what_it_stands_for(golden: Golden):
    escaped = golden.bytes.decode().translate({ord(c): f"\\u{ord(c):04x}" for c in "aöé+M"})
    literals = escaped.replace(f"f\\u{ord('a'):04x}lse", "false")
    assert golden.read(literals.encode()) == golden.value


@each
def test_a_message_cut_anywhere_is_a_fault(golden: Golden):
    for end in range(1, len(golden.bytes)):
        with pytest.raises(Fault) as caught:
            golden.read(golden.bytes[:end])
        assert caught.value.status == 400


@pytest.mark.covers("wincardcore", rule="utf8-json")
@each
def test_a_message_in_latin_1_is_a_fault(golden: Golden):
    body = golden.bytes.decode().encode("latin-1") + b" \xe4"
    with pytest.raises(Fault, match="is not UTF-8"):
        golden.read(body)


@each
def test_a_byte_order_mark_is_taken(golden: Golden):
    assert golden.read(b"\xef\xbb\xbf" + golden.bytes) == golden.value


def test_nothing_printed_of_a_message_shows_a_whole_medium():
    shown = repr((OPEN, ENDED, Account(account_key="a-1", cards=(CARD,))))
    assert not any(secret in shown for secret in ("40213", "M-DW 4021", "E20034"))
    assert "a-1" in shown


def test_a_value_that_no_receiver_takes_is_told_before_it_is_sent():
    assert form.checked(CARD) == CARD
    with pytest.raises(Fault, match="CardBrand: is longer than 255 characters") as caught:
        form.checked(Card(card_key="k", brand="x" * 256))
    assert (caught.value.status, caught.value.field) == (422, "CardBrand")
