"""Lists of accounts and cards: what counts, what is skipped, what is refused."""

import pytest
from msgspec import UNSET

from doorward.connectors.wincardcore.wire import lists
from doorward.connectors.wincardcore.wire.codes import MediaType
from doorward.connectors.wincardcore.wire.faults import Fault
from doorward.connectors.wincardcore.wire.whitelist import (
    Account,
    AccountCards,
    Card,
    Customer,
    Media,
)


def number(media_id: str, key: str | None = None) -> Media:
    return Media(media_type=MediaType.CARD_NUMBER, media_id=media_id, media_key=key)


def plate(media_id: str) -> Media:
    return Media(media_type=MediaType.PLATE, media_id=media_id)


def card(key: str, *media: Media, **fields: int) -> Card:
    return Card(card_key=key, media=media or (number(f"n-{key}"),), **fields)


def account(key: str, *cards: Card) -> Account:
    return Account(account_key=key, cards=cards)


def refusal(*accounts: Account) -> str:
    with pytest.raises(Fault) as caught:
        lists.read_accounts(lists.write_list(accounts))
    assert caught.value.status == 422
    return str(caught.value)


@pytest.mark.covers("wincardcore", rule="number-has-card-key")
def test_the_numbers_media_key_becomes_the_card_key():
    sent = card("k-1", plate("M 1"), number("7", "other"), plate("M 2"))
    received = lists.read_accounts(lists.write_list([account("a", sent)]))
    kept = card("k-1", plate("M 1"), number("7", "k-1"), plate("M 2"))
    assert received.records == (account("a", kept),)


@pytest.mark.covers("wincardcore", rule="one-card-number")
def test_a_card_without_exactly_one_number_is_skipped_and_reported():
    sent = account(
        "a", card("k-1"), card("k-2", plate("M 1")), card("k-3", number("1"), number("2"))
    )
    received = lists.read_accounts(lists.write_list([account("first"), sent]))
    assert [len(record.cards or ()) for record in received.records] == [0, 1]
    assert [str(skipped) for skipped in received.skipped] == [
        "position 2, Card[1]: card 'k-2' has no media of type 255, not exactly one",
        "position 2, Card[2]: card 'k-3' has 2 media of type 255, not exactly one",
    ]
    assert {skipped.account_key for skipped in received.skipped} == {"a"}


def test_a_card_without_a_list_of_media_is_skipped_too():
    received = lists.read_account_cards(b'[{"AccountKey":"a","Card":[{"CardKey":"k"}]}]')
    assert received.records == (AccountCards(account_key="a", cards=()),)
    assert [skipped.card_key for skipped in received.skipped] == ["k"]


@pytest.mark.covers("wincardcore", rule="change-drops-cards")
def test_no_cards_and_none_said_of_cards_are_two_things():
    none, nothing = lists.read_accounts(
        b'[{"AccountKey":"a","Card":[]},{"AccountKey":"b"}]'
    ).records
    assert none.cards == ()
    assert nothing.cards is UNSET


@pytest.mark.covers("wincardcore", rule="no-key-twice")
def test_the_same_account_twice_is_refused():
    assert refusal(account("a"), account("b"), account("a")) == (
        "position 3, AccountKey: 'a' stands at position 1 already"
    )


@pytest.mark.covers("wincardcore", rule="no-key-twice")
def test_the_same_card_twice_is_refused_even_where_it_is_skipped():
    said = refusal(account("a", card("k", plate("M 1"))), account("b", card("j"), card("k")))
    assert said == "position 2, Card[1].CardKey: 'k' stands at position 1 already"


@pytest.mark.covers("wincardcore", rule="no-key-twice case-of-media")
def test_the_same_number_twice_is_refused_in_any_letter_case_and_not_shown():
    one, other = card("k", number("AbC-40213")), card("j", plate("M 1"), number("aBc-40213"))
    said = refusal(account("a", one), account("b", other))
    assert said == (
        "position 2, Card[0].Media[1].MediaId: the card number stands at position 1 already"
    )


def test_the_same_plate_on_two_cards_is_taken():
    both = account("a", card("k", number("1"), plate("M 1")), card("j", number("2"), plate("M 1")))
    assert len(lists.read_accounts(lists.write_list([both])).records[0].cards or ()) == 2


def test_a_card_that_ends_before_it_begins_is_refused():
    body = (
        b'[{"AccountKey":"a","Card":[{"CardKey":"k","ValidFrom":"2026-03-01T00:00:00",'
        b'"ValidTo":"2026-02-28T23:59:59","Media":[]}]}]'
    )
    with pytest.raises(Fault, match=r"position 1, Card\[0\].ValidTo: is before ValidFrom"):
        lists.read_accounts(body)


def test_the_same_holder_or_key_twice_is_refused():
    with pytest.raises(Fault, match="position 2, AccountKey: 'a' stands at position 1 already"):
        lists.read_account_customers(
            b'[{"AccountKey":"a","Customer":{}},{"AccountKey":"a","Customer":{}}]'
        )
    with pytest.raises(Fault, match="position 3: 'x' stands at position 2 already"):
        lists.read_keys(b'["y","x","x"]')


def test_cards_and_holders_are_needed_where_they_are_all_there_is():
    for read in (lists.read_account_cards, lists.read_account_customers):
        with pytest.raises(Fault, match="is missing") as caught:
            read(b'[{"AccountKey":"a"}]')
        assert caught.value.status == 400


def test_an_empty_list_is_a_list():
    assert lists.read_accounts(b"[]").records == ()
    assert lists.read_keys(b"[]") == ()


def test_a_single_card_is_judged_like_one_in_a_list():
    assert lists.read_card(lists.write_card(card("k"))).media == (number("n-k", "k"),)
    with pytest.raises(Fault, match="Media: has no media of type 255"):
        lists.read_card(b'{"CardKey":"k"}')
    with pytest.raises(Fault, match=r"^ValidTo: is before ValidFrom"):
        lists.read_card(
            b'{"CardKey":"k","ValidFrom":"2026-03-01T00:00","ValidTo":"2026-02-01T00:00"}'
        )


@pytest.mark.covers("wincardcore", rule="card-defaults")
def test_what_is_not_said_of_a_card_has_the_documents_meaning():
    silent = card("k")
    assert (silent.block_code, silent.is_test, silent.tariff_category) == (1, False, 0)
    said = Card(card_key="k", blocked=0, category=3, media=(plate("M 1"),))
    assert (said.block_code, said.tariff_category, said.number) == (0, 3, None)
    assert silent.number == "n-k"


@pytest.mark.covers("wincardcore", rule="display-name")
def test_the_name_at_the_barrier_falls_back_to_the_holders():
    assert Customer(display_name="R.", last_name="Öberg").shown_name == "R."
    assert (
        Customer(display_name="", last_name="Öberg", first_name="Ronja").shown_name
        == "Öberg, Ronja"
    )
    assert Customer(first_name="Ronja").shown_name == "Ronja"
    assert Customer().shown_name == ""
