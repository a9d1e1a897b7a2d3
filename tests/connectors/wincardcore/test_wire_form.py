"""Bodies from strangers: lenient where the document is loose, a fault with its place elsewhere."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from doorward.connectors.wincardcore.wire import lists, requests, transaction
from doorward.connectors.wincardcore.wire.faults import Fault

READERS: list[Callable[[bytes], Any]] = [
    lists.read_accounts,
    lists.read_account_cards,
    lists.read_account_customers,
    lists.read_keys,
    lists.read_card,
    transaction.read_transaction,
    requests.read_refund,
    requests.read_lock,
    requests.read_command,
]


def account(**changes: Any) -> dict[str, Any]:
    number = {"MediaType": 255, "MediaId": "1"}
    plate = {"MediaType": 2, "MediaId": "M-DW 4021"}
    card = {"CardKey": "k", "Media": [number, plate]}
    return {"AccountKey": "a", "Customer": {"LastName": "Öberg"}, "Card": [card]} | changes


def card(**changes: Any) -> dict[str, Any]:
    return account(Card=[account()["Card"][0] | changes])


def medium(**changes: Any) -> dict[str, Any]:
    number, plate = account()["Card"][0]["Media"]
    return card(Media=[number, plate | changes])


def bytes_of(*records: Any) -> bytes:
    return json.dumps(records, ensure_ascii=False).encode()


def fault(body: bytes, read: Callable[[bytes], Any] = lists.read_accounts) -> tuple[int, str]:
    with pytest.raises(Fault) as caught:
        read(body)
    return caught.value.status, str(caught.value)


WRONG = [
    (medium(MediaId=""), 422, "Card[0].Media[1].MediaId: is empty"),
    (medium(MediaId="x" * 41), 422, "Card[0].Media[1].MediaId: is longer than 40 characters"),
    (medium(MediaId=7), 400, "Card[0].Media[1].MediaId: has to be text, not a whole number"),
    (medium(MediaId="a\x00b"), 422, "Card[0].Media[1].MediaId: holds the character U+0000"),
    (medium(MediaType=3), 422, "Card[0].Media[1].MediaType: 3 is none of the listed values"),
    (medium(MediaType="2"), 400, "Card[0].Media[1].MediaType: has to be a whole number, not text"),
    (medium(MediaKey="x" * 201), 422, "Card[0].Media[1].MediaKey: is longer than 200 characters"),
    (card(Media=[{"MediaType": 2}]), 400, "Card[0].Media[0].MediaId: is missing"),
    (card(Media=5), 400, "Card[0].Media: has to be an array, not a whole number"),
    (card(Media=["5"]), 400, "Card[0].Media[0]: has to be an object, not text"),
    (card(CardKey=None), 400, "Card[0].CardKey: is missing"),
    (card(CardKey="x" * 201), 422, "Card[0].CardKey: is longer than 200 characters"),
    (card(Blocked=-1), 422, "Card[0].Blocked: is below 0"),
    (card(Blocked=2**63), 422, "Card[0].Blocked: is above 9223372036854775807"),
    (card(Blocked="1"), 400, "Card[0].Blocked: has to be a whole number, not text"),
    (card(Blocked=1.5), 400, "Card[0].Blocked: has to be a whole number, not a decimal number"),
    (card(Blocked=True), 400, "Card[0].Blocked: has to be a whole number, not true or false"),
    (card(CardVariant=2), 422, "Card[0].CardVariant: 2 is none of the listed values"),
    (card(ValidFrom="2026-02-30T00:00:00"), 422, "Card[0].ValidFrom: is no date and time"),
    (card(ValidFrom="soon"), 422, "Card[0].ValidFrom: is no date and time"),
    (card(ValidFrom="2026-02-01T09:00+01:00"), 422, "Card[0].ValidFrom: has an offset"),
    (card(ValidFrom="2026-02-01T09:00:00Z"), 422, "Card[0].ValidFrom: has an offset"),
    (card(ValidTo=20260201), 400, "Card[0].ValidTo: has to be a date and time, not a whole number"),
    (account(Customer={"Gender": 3}), 422, "Customer.Gender: 3 is none of the listed values"),
    (account(Customer={"DisplayPermission": 9}), 422, "Customer.DisplayPermission: 9 is none"),
    (account(Customer={"EmailActivity": -1}), 422, "Customer.EmailActivity: -1 is none"),
    (account(Customer={"Title": "x" * 41}), 422, "Customer.Title: is longer than 40"),
    (account(Customer={"LastName": "x" * 256}), 422, "Customer.LastName: is longer than 255"),
    (account(Customer={"Phone": "0" * 21}), 422, "Customer.Phone: is longer than 20"),
    (account(Customer={"PostalCode": "0" * 11}), 422, "Customer.PostalCode: is longer than 10"),
    (account(Customer={"EmailAddress": "x" * 51}), 422, "Customer.EmailAddress: is longer than 50"),
    (account(Customer={"DisplayName": "x" * 41}), 422, "Customer.DisplayName: is longer than 40"),
    (
        account(Customer={"Bool1": 1}),
        400,
        "Customer.Bool1: has to be true or false, not a whole number",
    ),
    (account(Customer={"Bool1": "true"}), 400, "Customer.Bool1: has to be true or false, not text"),
    (account(Customer=[]), 400, "Customer: has to be an object, not an array"),
    (account(AccountKey=""), 422, "AccountKey: is empty"),
    (account(AccountKey="x" * 201), 422, "AccountKey: is longer than 200 characters"),
    (account(AccountKey=None), 400, "AccountKey: is missing"),
    ({}, 400, "AccountKey: is missing"),
    (5, 400, "has to be an object, not a whole number"),
    (None, 400, "has to be an object, not null"),
]


@pytest.mark.covers(
    "wincardcore",
    rule="sizes amounts instants closed-lists wrong-form-400 readable-text",
)
@pytest.mark.parametrize(("record", "status", "text"), WRONG, ids=lambda value: str(value)[:60])
def test_what_is_wrong_is_told_with_status_position_and_field(record: Any, status: int, text: str):
    place = "position 2, " if text[0].isupper() else "position 2: "
    found = fault(bytes_of(account(AccountKey="first", Card=[]), record))
    assert found[0] == status
    assert found[1].startswith(place + text)


@pytest.mark.covers("wincardcore", rule="sizes")
def test_sizes_are_counted_in_characters_not_bytes():
    body = bytes_of(account(Customer={"Title": "ö" * 40, "LastName": "😀" * 255}))
    assert lists.read_accounts(body).records[0].customer is not None


@pytest.mark.covers("wincardcore", rule="names-of-elements")
def test_one_object_is_taken_for_a_list_of_one():
    single = card(Media={"MediaType": 255, "MediaId": "1"})
    single["Card"] = single["Card"][0]
    (record,) = lists.read_accounts(json.dumps(single).encode()).records
    assert record.cards
    assert record.cards[0].number == "1"
    assert lists.read_keys(b'"a-1"') == ("a-1",)


@pytest.mark.covers("wincardcore", rule="names-of-elements")
def test_misprinted_names_are_taken_and_never_win_over_the_right_one():
    misprinted = {"MediaType": 255, "Mediald": "7"}
    both = {"MediaType": 2, "MediaId": "right", "Mediald": "wrong"}
    (record,) = lists.read_accounts(bytes_of(card(Media=[misprinted, both]))).records
    assert record.cards
    assert [m.media_id for m in record.cards[0].media] == ["7", "right"]
    assert requests.read_refund(b'{"Infold":5}').info_id == 5
    assert requests.write_refund(requests.read_refund(b'{"Infold":5}')) == b'{"InfoId":5}'


@pytest.mark.covers("wincardcore", rule="unknown-elements")
def test_null_is_the_same_as_not_given():
    plain = bytes_of(account(Customer=None))
    nulls = bytes_of(account(Customer=None, Neu=None) | {"Card": None})
    assert lists.read_accounts(plain).records[0].customer is None
    assert lists.read_accounts(nulls) == lists.read_accounts(b'[{"AccountKey":"a"}]')


@pytest.mark.covers("wincardcore", rule="instants")
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-02-01T09:00", "2026-02-01T09:00:00"),
        ("2026-02-01 09:00:05", "2026-02-01T09:00:05"),
        ("2026-02-01t09:00:05.250", "2026-02-01T09:00:05.250000"),
    ],
)
def test_a_local_time_is_taken_in_every_usual_form(text: str, meant: str):
    (record,) = lists.read_accounts(bytes_of(card(ValidFrom=text))).records
    assert record.cards
    assert record.cards[0].valid_from is not None
    assert record.cards[0].valid_from.isoformat() == meant


def test_an_element_that_stands_twice_is_a_fault_that_names_it():
    twice = b'[{"AccountKey":"a","Card":[{"CardKey":"k","Blocked":1,"Blocked":0,"Media":[]}]}]'
    assert fault(twice) == (400, "position 1, Card[0].Blocked: stands twice")
    hidden = twice.replace(b'"Blocked":0', b'"Bl\\u006fcked":0')
    assert fault(hidden) == (400, "position 1, Card[0].Blocked: stands twice")


@pytest.mark.covers("wincardcore", rule="unknown-elements")
def test_an_unknown_element_may_hold_anything_that_is_json():
    odd = b'[{"AccountKey":"a","Neu":1,"Neu":"\\u0000","Alt":1e99999999999999999999}]'
    assert lists.read_accounts(odd).records[0].account_key == "a"


@pytest.mark.covers("wincardcore", rule="utf8-json")
@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'[{"AccountKey":' * 50_000,
        b"NaN",
        b"[NaN]",
        b'{"Amount":NaN,"Info":Infinity,"Command":-Infinity}',
        b"\xff\xfe[\x00]\x00",
        b'"\xed\xa0\x80"',
        b"{'a':1}",
        b"[1,]",
        b'{"a":1}}',
        b"01",
        b"\x00",
        b'"\n"',
        b'"\\x"',
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_not_json_is_a_fault_400(read: Callable[[bytes], Any], body: bytes):
    assert fault(body, read)[0] == 400


@pytest.mark.parametrize("read", READERS[:-3] + READERS[-1:])
def test_no_body_is_a_fault_where_one_is_needed(read: Callable[[bytes], Any]):
    assert fault(b"", read)[0] == 400
    assert fault(b" ", read)[0] == 400


def test_a_number_without_end_is_a_fault_that_names_it():
    assert fault(b'{"Amount":1e999999999}', requests.read_refund)[0] == 422
    endless = b'{"Amount":1e99999999999999999999}'
    assert fault(endless, requests.read_refund) == (422, "Amount: is out of range")
    assert fault(b'{"Amount":' + b"9" * 5000 + b"}", requests.read_refund)[0] == 422


def test_half_of_a_surrogate_pair_is_a_fault_and_a_whole_one_is_text():
    half = rb'[{"AccountKey":"a\ud83d"}]'
    assert fault(half)[0] == 400
    assert "AccountKey: holds half of a surrogate pair" in fault(half)[1]
    assert fault(rb'["ok","\udc00"]', lists.read_keys)[1].startswith("position 2: holds half")
    assert lists.read_keys(rb'["\ud83d\ude00"]') == ("😀",)


def test_bytes_that_are_no_text_are_a_fault_even_where_nobody_reads():
    assert fault(b'[{"AccountKey":"a","Neu":"\xe4"}]') == (400, "byte 27 is not UTF-8")


@pytest.mark.covers("wincardcore", rule="readable-text")
def test_a_fault_in_a_block_counts_from_its_first_record():
    with pytest.raises(Fault, match="position 1001, AccountKey"):
        lists.read_accounts(bytes_of(account(AccountKey="")), first=1001)


def test_a_fault_of_the_whole_body_has_no_place():
    assert fault(b"[", lists.read_accounts)[1].startswith("not JSON at line 1, column 2")
    assert fault(b"NaN") == (400, "not JSON: NaN")
