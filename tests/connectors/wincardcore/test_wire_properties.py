"""Everything that can be said comes back as it was said, by either way into the reader."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from doorward.connectors.wincardcore.wire import form, lists, requests, transaction
from doorward.connectors.wincardcore.wire.codes import (
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
from doorward.connectors.wincardcore.wire.transaction import (
    CardMedia,
    Discount,
    DriveIn,
    DriveOut,
    Price,
    Transaction,
)
from doorward.connectors.wincardcore.wire.whitelist import Account, Card, Customer, Media

CHARACTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\x00")


def text(size: int, least: int = 0) -> st.SearchStrategy[str]:
    return st.text(CHARACTERS, min_size=least, max_size=min(size, 30))


def perhaps(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


KEYS = text(200, 1)
TEXT = perhaps(text(255))
INTEGERS = st.integers(-(2**63), 2**63 - 1)
COUNTING = st.integers(0, 2**63 - 1)
AMOUNTS = st.decimals(0, Decimal("9999999999.99"), places=2)
OFFSETS = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
LOCAL = st.datetimes()
INSTANTS = st.datetimes(datetime(1971, 1, 1), datetime(9998, 1, 1), timezones=OFFSETS)
MEDIA = st.builds(
    Media,
    media_type=st.sampled_from(MediaType),
    media_id=text(40, 1),
    media_key=perhaps(text(200)),
)
CUSTOMERS = st.builds(
    Customer,
    customer_no=TEXT,
    gender=perhaps(st.sampled_from(Gender)),
    title=perhaps(text(40)),
    first_name=TEXT,
    last_name=TEXT,
    company_name=TEXT,
    display_name=perhaps(text(40)),
    display_permission=perhaps(st.sampled_from(DisplayPermission)),
    postal_code=perhaps(text(10)),
    location=TEXT,
    street=TEXT,
    phone=perhaps(text(20)),
    email_address=perhaps(text(50)),
    email_activity=perhaps(st.sampled_from(EmailActivity)),
    info1=TEXT,
    info4=TEXT,
    bool1=perhaps(st.booleans()),
    bool4=perhaps(st.booleans()),
)


@st.composite
def cards(draw: st.DrawFn, key: str) -> Card:
    """A card with one number, which is its key; its validity in order."""
    begin, end = draw(perhaps(LOCAL)), draw(perhaps(LOCAL))
    if begin and end:
        begin, end = sorted((begin, end))
    number = Media(media_type=MediaType.CARD_NUMBER, media_id=key, media_key=key)
    others = draw(st.lists(MEDIA.filter(lambda m: m.media_type != 255), max_size=2))
    return Card(
        card_key=key,
        variant=draw(perhaps(st.sampled_from(CardVariant))),
        blocked=draw(perhaps(COUNTING)),
        blocked_info=draw(TEXT),
        category=draw(perhaps(INTEGERS)),
        car_park_id=draw(perhaps(INTEGERS)),
        brand=draw(TEXT),
        valid_from=begin,
        valid_to=end,
        media=(number, *others),
    )


@st.composite
def accounts(draw: st.DrawFn) -> tuple[Account, ...]:
    keys = draw(st.lists(KEYS, max_size=3, unique=True))
    numbered = iter(range(1000))
    return tuple(
        Account(
            account_key=key,
            customer=draw(perhaps(CUSTOMERS)),
            cards=draw(
                st.just(msgspec.UNSET)
                | st.lists(st.builds(lambda: None), max_size=2).flatmap(
                    lambda found: st.tuples(*(cards(f"k-{next(numbered)}") for _ in found))
                )
            ),
        )
        for key in keys
    )


def drives(kind: Any, status: st.SearchStrategy[Any], at: datetime) -> st.SearchStrategy[Any]:
    return st.builds(
        kind,
        device_number=st.integers(0, 255),
        date_time=st.just(at),
        media=MEDIA,
        status=status,
        info_id=perhaps(COUNTING),
    )


@st.composite
def transactions(draw: st.DrawFn) -> Transaction:
    """Any visit that may be."""
    status = draw(st.sampled_from(VisitStatus))
    entered, left = sorted((draw(INSTANTS), draw(INSTANTS)))
    exits = [one for one in ExitStatus if one.cancels is (status is VisitStatus.CANCELLED)]
    drive_out = draw(drives(DriveOut, st.sampled_from(exits), left))
    price = Price(
        price_gross=draw(AMOUNTS),
        vat_percentage=draw(st.decimals(0, 100, places=2)),
        discounts=tuple(
            draw(st.lists(st.builds(Discount, amount=AMOUNTS, source=TEXT), max_size=2))
        ),
        currency="EUR",
    )
    return Transaction(
        car_park_operator_name=draw(text(255)),
        car_park_id=draw(INTEGERS),
        car_park_name=draw(text(255)),
        account_key=draw(KEYS),
        media=CardMedia(
            media_type=MediaType.CARD_NUMBER, media_id=draw(text(40, 1)), media_key=draw(KEYS)
        ),
        status=status,
        drive_in=draw(drives(DriveIn, st.sampled_from(EntryStatus), entered)),
        drive_out=None if status is VisitStatus.OPEN else drive_out,
        price=price if status is VisitStatus.ENDED else None,
    )


def the_careful_way(body: bytes) -> bytes:
    """The same content with an element that nobody knows, which the quick way leaves alone."""
    tree = json.loads(body, parse_float=Decimal)
    records = tree if isinstance(tree, list) else [tree]
    for record in records:
        record["Neu"] = None
    return msgspec.json.Encoder(decimal_format="number").encode(tree)


@given(accounts())
def test_accounts_come_back_as_they_were(sent: tuple[Account, ...]):
    body = lists.write_list(sent)
    assert lists.read_accounts(body).records == sent
    assert lists.read_accounts(the_careful_way(body)).records == sent


@given(transactions())
def test_visits_come_back_as_they_were(sent: Transaction):
    body = transaction.write_transaction(sent)
    assert transaction.read_transaction(body) == sent
    assert transaction.read_transaction(the_careful_way(body)) == sent
    assert transaction.write_transaction(transaction.read_transaction(body)) == body


@given(transactions(), OFFSETS)
def test_a_digest_does_not_depend_on_the_offset_of_a_time(sent: Transaction, offset: timezone):
    moved = sent.drive_in.date_time.astimezone(offset)
    other = msgspec.structs.replace(
        sent, drive_in=msgspec.structs.replace(sent.drive_in, date_time=moved)
    )
    assert other == sent
    assert transaction.digest(other) == transaction.digest(sent)
    assert sent.drive_in.date_time.astimezone(UTC) == moved


@given(transactions(), transactions())
def test_digests_are_equal_exactly_when_visits_are(one: Transaction, other: Transaction):
    same = transaction.digest(one) == transaction.digest(other)
    assert same is (one == other) is (transaction.relation(one, other) == "same")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "AccountKey Customer Card CardKey Media MediaType Mediald MediaId ValidFrom "
                "Blocked Amount Info InfoId Command".split()
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_a_message_or_a_fault(tree: Any):
    body = json.dumps(tree).encode()
    for read in (lists.read_accounts, lists.read_keys, lists.read_card, requests.read_refund):
        taken_or_refused(read, body)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_a_fault(body: bytes):
    for read in (lists.read_accounts, transaction.read_transaction, requests.read_lock):
        taken_or_refused(read, body)


@given(transactions(), st.data())
def test_a_visit_with_a_byte_changed_is_a_visit_or_a_fault(sent: Transaction, data: st.DataObject):
    body = bytearray(transaction.write_transaction(sent))
    body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    taken_or_refused(transaction.read_transaction, bytes(body))


def taken_or_refused(read: Any, body: bytes) -> None:
    """Nothing but a Fault comes out, and it has a text; what is taken can be sent."""
    try:
        found = read(body)
    except Fault as fault:
        found = str(fault)
    assert form.write(found.records if isinstance(found, lists.Received) else found)
