"""People as accounts and back: keys that nobody shares, media in one form, options in bounds."""

from datetime import UTC, datetime
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from doorward.connectors.wincardcore import accounts
from doorward.connectors.wincardcore.wire.operations import LOCK_CARD, target
from doorward.connectors.wincardcore.wire.whitelist import Account, Card, Customer
from doorward.core.parking.locks import CardLock
from doorward.core.people import Access, Options, Person
from doorward.core.windows import Window

BERLIN = ZoneInfo("Europe/Berlin")
ALWAYS = Window(None, None)
COLUMNS: accounts.Columns = {
    accounts.PLATES: ("plate", "Kennzeichen"),
    accounts.CARDS: ("card",),
    accounts.TAGS: ("tag",),
}


def key(of: str) -> str:
    return accounts.account_key(Person(of))


def own(*attributes: tuple[str, str], name: str = "Anna") -> dict[str, tuple[str, ...]]:
    person = Person("club/1", name, attributes=attributes)
    return dict(accounts.credentials(person, COLUMNS))


def access(*options: tuple[str, tuple[str, ...]]) -> Access:
    return accounts.fitted(Access(ALWAYS, options), BERLIN)


def made(*options: tuple[str, tuple[str, ...]], of: str = "club-1") -> Account:
    return accounts.account(of, access(*options), BERLIN, None)


def read_back(account: Account) -> Options:
    return accounts.holder(accounts.known(account), BERLIN).access.options


def cards(account: Account) -> tuple[Card, ...]:
    assert account.cards is not UNSET
    return account.cards


# --- keys


def test_the_key_of_a_plain_person_is_readable():
    assert key("club/123/4567") == "club-123-4567"


ALIKE = [
    "main-club/1", "main/club-1", "main/club/1", "main club/1", "main/club/1.2", "main/club/1-2",
    "main/club/1 2", "main/club/1_2", "main/club/ö", "main/club/ü", "main/club/Å",
    "main/club/" + "9" * 400, "main/club/" + "9" * 401, "main/club/" + "9" * 140,
    "MAIN/club/1", "a/b~c", "a/b/c",
]  # fmt: skip


def test_no_two_people_have_one_key():
    assert all(key(one) != key(other) for one, other in combinations(ALIKE, 2))


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300))
def test_whoever_they_are(one: str, other: str):
    assert (key(one) == key(other)) == (one == other)


@pytest.mark.parametrize("of", ALIKE)
def test_the_keys_of_account_and_cards_fit_a_record_and_a_path(of: str):
    """However long the person's own key is: with the longest number that a card can have."""
    account = made((accounts.CARDS, ("1", "9" * 40)), of=key(of))
    for card in cards(account):
        assert card.card_key in target(LOCK_CARD, "", card.card_key)


def test_a_further_card_never_has_the_key_of_an_account():
    second = cards(made((accounts.CARDS, ("1", "2")), of=key("club/1")))[1]
    assert second.card_key == "club-1.2"
    assert key("club/1.2") != second.card_key


# --- media


def test_media_are_those_of_the_named_columns_in_one_form_and_once():
    found = own(
        ("KENNZEICHEN", " m-ab 123; M-AB 123,\nhh x 1|b/c 2 "),
        ("tag", "04 a1 b2 c3"),
        ("card", "ab 1"),
        ("colour", "red"),
    )
    assert found == {
        "plates": ("MAB123", "HHX1", "B", "C2"),
        "tags": ("04A1B2C3",),
        "cards": ("AB 1",),
        "name": ("Anna",),
    }


@pytest.mark.parametrize("cell", ["", " ", "-", "--, -", ";;", "—", "."])
def test_what_stands_for_nothing_is_no_medium(cell: str):
    assert own(("plate", cell), ("card", cell), ("tag", cell)) == {
        "plates": (), "cards": (), "tags": (), "name": ("Anna",),
    }  # fmt: skip


@pytest.mark.parametrize("plate", ["ÖÄ Ü 1", "МА 123", "Ｍ－ＡＢ　１", "ß 1"])
def test_plates_with_odd_letters_are_read_back_as_they_were_sent(plate: str):
    options = access((accounts.PLATES, own(("plate", plate))["plates"])).options
    assert read_back(made(*options)) == options


def test_a_medium_that_is_too_long_is_said_to_be():
    with pytest.raises(ValueError, match="MediaId"):
        made((accounts.PLATES, ("A" * 41,)))


def test_a_person_without_a_name_is_shown_without_one():
    nameless = own(name="")
    assert nameless["name"] == ()
    account = made(*nameless.items())
    assert account.customer == Customer()
    assert accounts.holder(accounts.known(account), BERLIN).name == ""


def test_a_name_is_cut_to_what_a_barrier_can_show():
    assert own(name="A" * 39 + " B")["name"] == ("A" * 39,)


def test_a_newcomer_is_told_of_as_far_as_she_is_known():
    assert accounts.newcomer(Person("club/1")) == Customer(customer_no="club/1")
    long = accounts.newcomer(Person("k" * 300, "A" * 300, "B" * 300))
    assert [len(one or "") for one in (long.customer_no, long.first_name, long.last_name)] == [
        255,
        255,
        255,
    ]


# --- options


def test_of_several_rules_the_highest_numbers_and_any_brand_count():
    given_ = ("category", ("2", "010", "-3")), ("car_park", ("6", "5")), ("brand", ("b", "a"))
    options = access(*given_).options
    assert dict(options)["category"] == ("10",)
    assert dict(options)["car_park"] == ("6",)
    assert len(dict(options)["brand"]) == 1
    assert read_back(made(*options)) == options


@pytest.mark.parametrize(
    ("given_", "variant", "test"),
    [(("1",), ("1",), True), (("0", "1"), ("0",), False), ((), (), False)],
)
def test_a_card_that_any_rule_calls_a_standard_card_is_no_test_card(
    given_: tuple[str, ...], variant: tuple[str, ...], test: bool
):
    options = access(("variant", given_)).options
    assert dict(options)["variant"] == variant
    account = made(*options)
    assert [card.test for card in accounts.known(account).cards] == [test]
    if variant:
        assert read_back(account) == options


@pytest.mark.parametrize("name", ["category", "car_park", "variant"])
@pytest.mark.parametrize("value", ["gold", "1_000", "１", "9" * 19, ""])
def test_what_is_no_whole_number_is_refused(name: str, value: str):
    with pytest.raises(ValueError, match=f"{name} is a whole number"):
        made((name, (value,)))


def test_there_are_two_variants_of_cards():
    with pytest.raises(ValueError, match="not 2"):
        made(("variant", ("2",)))


# --- what is remembered


@pytest.mark.parametrize("listed", [(), UNSET])
def test_an_account_without_cards_is_held_without_anything(listed: tuple[Card, ...]):
    found = accounts.known(Account(account_key="a", cards=listed))
    holder = accounts.holder(found, BERLIN)
    assert found.cards == ()
    assert holder.access.window == ALWAYS
    assert all(not values for _, values in holder.access.options)


LOCK = CardLock(
    system="garage", card="club-1", account="club-1", locked_at=datetime(2026, 1, 1, tzinfo=UTC)
)


def test_a_lock_without_a_reason_blocks_without_one():
    [card] = cards(accounts.with_locks(made(), {"club-1": LOCK}))
    assert (card.blocked, card.blocked_info) == (1, None)


def test_of_several_cards_only_the_locked_one_is_blocked():
    account = made((accounts.CARDS, ("1", "2")))
    assert [one.blocked for one in cards(accounts.with_locks(account, {"club-1": LOCK}))] == [1, 0]


def test_locks_change_nothing_where_there_are_no_cards_or_none_of_theirs():
    bare, plain = Account(account_key="club-1"), made()
    assert accounts.with_locks(bare, {"club-1": LOCK}) is bare
    assert accounts.with_locks(plain, {}) is plain
