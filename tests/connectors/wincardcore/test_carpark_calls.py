"""What each call does to the whitelist (WinCardCore 3.3, 2.2 to 2.9 and 1.4)."""

from collections.abc import AsyncIterator

import pytest

from connectors.wincardcore.carpark_rig import Rig, account, card, medium, numberless, rig


@pytest.fixture
async def park() -> AsyncIterator[Rig]:
    """Two accounts: "a" with the cards 1 and 2, "b" with the card 3."""
    first = account("a", card("1"), card("2"), Customer={"LastName": "Berg", "FirstName": "Eva"})
    async with rig(None, first, account("b", card("3"))) as made:
        yield made


def customer(park: Rig, key: str) -> object:
    return next(one.get("Customer") for one in park.state()["accounts"] if one["AccountKey"] == key)


@pytest.mark.covers(
    "wincardcore",
    server="put-accounts",
    twin="put-accounts",
    answers="put-accounts/204",
    rule="full-list-replaces",
)
async def test_a_full_list_takes_the_place_of_all_accounts(park: Rig):
    await park.ok("PUT", "/v1/accounts", [account("c", card("4"))])
    assert park.stored() == {"c": ["4"]}


async def test_the_path_without_its_version_is_the_same(park: Rig):
    await park.ok("PUT", "/accounts", [account("c", card("4"))])
    assert park.stored() == {"c": ["4"]}


@pytest.mark.covers("wincardcore", rule="names-of-elements")
async def test_one_account_alone_is_a_list_of_one(park: Rig):
    await park.ok("PUT", "/v1/accounts", account("c", card("4")))
    assert park.stored() == {"c": ["4"]}


async def test_an_account_without_cards_is_one(park: Rig):
    await park.ok("PUT", "/v1/accounts", [{"AccountKey": "c"}, account("d")])
    assert park.stored() == {"c": [], "d": []}


@pytest.mark.covers(
    "wincardcore",
    twin="put-accounts",
    answers="put-accounts/422",
    rule="no-accident",
)
async def test_nobody_empties_the_car_park_by_accident(park: Rig):
    answer = await park.call("PUT", "/v1/accounts", [])
    assert (answer.status, "count=0" in answer.text) == (422, True)
    assert park.stored() == {"a": ["1", "2"], "b": ["3"]}


@pytest.mark.covers("wincardcore", twin="put-accounts", rule="no-accident")
@pytest.mark.parametrize("query", ["count=0", "first=1&last=0&count=0", "FIRST=0&Last=0&Count=0"])
async def test_a_count_of_0_empties_it(park: Rig, query: str):
    await park.ok("PUT", f"/v1/accounts?{query}", [])
    assert park.stored() == {}


# --- PATCH accounts


@pytest.mark.covers(
    "wincardcore",
    server="patch-accounts",
    twin="patch-accounts",
    answers="patch-accounts/204",
    rule="change-drops-cards",
)
async def test_cards_that_a_change_does_not_list_go(park: Rig):
    await park.ok("PATCH", "/v1/accounts", [account("a", card("2"))])
    assert park.stored() == {"a": ["2"], "b": ["3"]}


@pytest.mark.covers("wincardcore", twin="patch-accounts", rule="change-drops-cards")
async def test_a_change_without_cards_leaves_them(park: Rig):
    await park.ok("PATCH", "/v1/accounts", [{"AccountKey": "a", "Customer": {"LastName": "Lind"}}])
    assert park.stored() == {"a": ["1", "2"], "b": ["3"]}


@pytest.mark.covers("wincardcore", twin="patch-accounts", rule="change-drops-cards")
async def test_a_change_to_no_cards_takes_them(park: Rig):
    await park.ok("PATCH", "/v1/accounts", [account("a")])
    assert park.stored() == {"a": [], "b": ["3"]}


@pytest.mark.covers("wincardcore", twin="patch-accounts", rule="customer-replaced")
async def test_the_holder_is_replaced_as_a_whole(park: Rig):
    await park.ok("PATCH", "/v1/accounts", [{"AccountKey": "a", "Customer": {"LastName": "Lind"}}])
    assert customer(park, "a") == {"LastName": "Lind"}


async def test_a_change_without_a_holder_leaves_her(park: Rig):
    await park.ok("PATCH", "/v1/accounts", [account("a", card("1"))])
    assert customer(park, "a") == {"LastName": "Berg", "FirstName": "Eva"}


@pytest.mark.covers("wincardcore", twin="patch-accounts", rule="updating-makes")
async def test_a_change_of_an_account_that_is_not_there_makes_it(park: Rig):
    await park.ok("PATCH", "/v1/accounts", [account("c", card("4"))])
    assert park.stored() == {"a": ["1", "2"], "b": ["3"], "c": ["4"]}


# --- POST accounts


@pytest.mark.covers(
    "wincardcore",
    server="post-accounts",
    twin="post-accounts",
    answers="post-accounts/204",
)
async def test_an_account_is_added(park: Rig):
    await park.ok("POST", "/v1/accounts", [account("c", card("4"))])
    assert park.stored() == {"a": ["1", "2"], "b": ["3"], "c": ["4"]}


@pytest.mark.covers("wincardcore", twin="post-accounts", rule="adding-updates add-keeps-cards")
async def test_adding_what_is_there_updates_it_and_other_cards_stay(park: Rig):
    await park.ok("POST", "/v1/accounts", [account("a", card("2", Blocked=3), card("5"))])
    assert park.stored() == {"a": ["1", "2", "5"], "b": ["3"]}
    assert park.card_of("2")["Blocked"] == 3


# --- DELETE accounts


@pytest.mark.covers(
    "wincardcore",
    server="delete-accounts",
    twin="delete-accounts",
    answers="delete-accounts/204",
    rule="accounts-deleted",
)
async def test_accounts_are_deleted_with_their_cards(park: Rig):
    await park.ok("DELETE", "/v1/accounts", ["a"])
    assert park.stored() == {"b": ["3"]}
    assert park.world.whitelist.reader.by_medium(255, "N1") == []


@pytest.mark.covers("wincardcore", twin="delete-accounts delete-cards", rule="deleting-nothing")
async def test_deleting_what_is_not_there_is_no_error(park: Rig):
    await park.ok("DELETE", "/v1/accounts", ["nobody", "b"])
    await park.ok("DELETE", "/v1/cards", ["nothing", "1"])
    assert park.stored() == {"a": ["2"]}


async def test_a_list_of_nothing_changes_nothing(park: Rig):
    for method, path in (("DELETE", "accounts"), ("PATCH", "cards"), ("PATCH", "customers")):
        await park.ok(method, f"/v1/{path}", [])
    assert park.stored() == {"a": ["1", "2"], "b": ["3"]}


# --- cards


@pytest.mark.covers(
    "wincardcore",
    server="patch-cards post-cards",
    twin="patch-cards post-cards",
    answers="patch-cards/204 post-cards/204",
    rule="only-sent-cards cards-added",
)
@pytest.mark.parametrize("method", ["PATCH", "POST"])
async def test_only_cards_that_are_sent_change(park: Rig, method: str):
    await park.ok(method, "/v1/cards", [account("a", card("2", Blocked=2), card("4"))])
    assert park.stored() == {"a": ["1", "2", "4"], "b": ["3"]}
    assert park.card_of("2")["Blocked"] == 2


@pytest.mark.covers("wincardcore", twin="patch-cards", rule="card-moves")
@pytest.mark.parametrize("method", ["PATCH", "POST", "PUT"])
async def test_a_card_of_another_account_moves(park: Rig, method: str):
    await park.ok(method, "/v1/cards", [account("b", card("1"), card("3"))])
    assert park.stored() == {"a": ["2"], "b": ["1", "3"]}


@pytest.mark.covers("wincardcore", twin="patch-cards post-cards", rule="updating-makes")
async def test_cards_for_an_account_that_is_not_there_make_it(park: Rig):
    await park.ok("POST", "/v1/cards", [account("c", card("4"))])
    assert park.stored()["c"] == ["4"]


@pytest.mark.covers(
    "wincardcore",
    server="put-cards",
    twin="put-cards",
    answers="put-cards/204",
    rule="all-cards-of-account",
)
async def test_all_cards_of_an_account_are_those_that_are_sent(park: Rig):
    await park.ok("PUT", "/v1/cards", [account("a", card("4"))])
    assert park.stored() == {"a": ["4"], "b": ["3"]}
    assert customer(park, "a") == {"LastName": "Berg", "FirstName": "Eva"}


@pytest.mark.covers(
    "wincardcore",
    server="delete-cards",
    twin="delete-cards",
    answers="delete-cards/204",
    rule="cards-deleted",
)
async def test_cards_are_deleted(park: Rig):
    await park.ok("DELETE", "/v1/cards", ["1", "3"])
    assert park.stored() == {"a": ["2"], "b": []}


async def test_a_card_is_replaced_with_all_its_media(park: Rig):
    await park.ok("PATCH", "/v1/cards", [account("a", card("1", "N1", medium(2, "DO-AB 1")))])
    await park.ok("PATCH", "/v1/cards", [account("a", card("1", "N1", medium(1, "tag")))])
    reader = park.world.whitelist.reader
    assert reader.by_medium(2, "DO-AB 1") == []
    assert [held.card.card_key for held in reader.by_medium(1, "TAG")] == ["1"]


# --- customers


@pytest.mark.covers(
    "wincardcore",
    server="patch-customers",
    twin="patch-customers",
    answers="patch-customers/204",
    rule="customers-changed customer-replaced",
)
async def test_holders_change_and_cards_stay(park: Rig):
    await park.ok("PATCH", "/v1/customers", [{"AccountKey": "a", "Customer": {"Title": "Frau"}}])
    assert customer(park, "a") == {"Title": "Frau"}
    assert park.stored() == {"a": ["1", "2"], "b": ["3"]}


@pytest.mark.covers("wincardcore", twin="patch-customers", rule="updating-makes")
async def test_the_holder_of_an_account_that_is_not_there_makes_it(park: Rig):
    await park.ok("PATCH", "/v1/customers", [{"AccountKey": "c", "Customer": {}}])
    assert park.stored()["c"] == []


# --- numbers


@pytest.mark.covers("wincardcore", rule="number-has-card-key")
async def test_the_number_carries_the_key_of_its_card(park: Rig):
    sent = {"CardKey": "4", "Media": [medium(255, "N4", "something else")]}
    await park.ok("PATCH", "/v1/cards", [account("a", sent)])
    assert list(park.card_of("4")["Media"]) == [medium(255, "N4", "4")]


@pytest.mark.covers("wincardcore", rule="card-number-unique")
async def test_a_number_that_another_card_holds_is_refused_by_its_place(park: Rig):
    cards = [card("4", "free"), card("5", "n3", medium(1, "x"))]
    answer = await park.call("PATCH", "/v1/cards", [account("c"), account("a", *cards)])
    place = "position 2, Card[1].Media[0].MediaId: is the number of card '3'"
    assert (answer.status, answer.text) == (422, place)
    assert park.stored() == {"a": ["1", "2"], "b": ["3"]}


@pytest.mark.covers("wincardcore", rule="card-number-unique")
async def test_cards_may_swap_their_numbers_in_one_request(park: Rig):
    await park.ok(
        "PATCH", "/v1/cards", [account("a", card("1", "N3")), account("b", card("3", "N1"))]
    )
    reader = park.world.whitelist.reader
    assert [held.card.card_key for held in reader.by_medium(255, "N3")] == ["1"]


@pytest.mark.covers("wincardcore", rule="card-number-unique")
async def test_the_number_of_a_card_that_goes_in_the_same_request_is_free(park: Rig):
    await park.ok("PUT", "/v1/cards", [account("a", card("9", "N1"))])
    await park.ok("DELETE", "/v1/cards", ["9"])
    await park.ok("POST", "/v1/cards", [account("b", card("8", "N1"))])
    assert park.stored() == {"a": [], "b": ["3", "8"]}


async def test_the_number_of_a_card_that_stays_in_the_same_account_is_refused(park: Rig):
    answer = await park.call("POST", "/v1/cards", [account("a", card("9", "N1"))])
    assert (answer.status, "is the number of card '1'" in answer.text) == (422, True)
    assert park.stored() == {"a": ["1", "2"], "b": ["3"]}


# --- cards without their number


@pytest.mark.covers("wincardcore", rule="one-card-number passed-over-stays")
@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "accounts"), ("PATCH", "accounts"), ("PUT", "cards"), ("POST", "accounts")],
)
async def test_a_card_without_its_number_is_passed_over_and_its_old_version_stays(
    park: Rig, method: str, path: str
):
    sent = account("a", numberless("1"), card("2", Blocked=5))
    await park.ok(method, f"/v1/{path}", [sent, account("b", card("3"))])
    assert park.stored() == {"a": ["1", "2"], "b": ["3"]}
    assert (park.card_of("1")["Media"][0]["MediaId"], park.card_of("2")["Blocked"]) == ("N1", 5)


@pytest.mark.covers("wincardcore", rule="one-card-number")
async def test_a_card_that_is_passed_over_is_reported_until_it_comes_right(park: Rig):
    await park.ok("PATCH", "/v1/cards", [account("a", card("1"), numberless("new"))])
    [told] = park.state()["skipped"]
    assert (told["position"], told["field"], told["card_key"]) == (1, "Card[1]", "new")
    async with park.session.get(f"{park.url}/_twin/") as page:
        assert "has no media of type 255" in await page.text()
    await park.ok("PATCH", "/v1/cards", [account("a", card("new"))])
    assert park.state()["skipped"] == []


@pytest.mark.covers("wincardcore", rule="passed-over-stays")
async def test_a_card_that_is_passed_over_stays_where_it_was(park: Rig):
    await park.ok("PATCH", "/v1/cards", [account("b", numberless("1"))])
    await park.ok("PUT", "/v1/accounts", [account("b", numberless("1")), account("a")])
    assert park.stored() == {"a": ["1"], "b": []}


async def test_a_card_that_is_passed_over_goes_with_its_account_to_who_names_it(park: Rig):
    await park.ok("PUT", "/v1/accounts", [account("b", numberless("1"))])
    assert park.stored() == {"b": ["1"]}


async def test_a_card_that_stays_keeps_its_number_from_others(park: Rig):
    sent = [account("a", numberless("1"), card("9", "N1"))]
    for method, path in (("PUT", "accounts"), ("PATCH", "accounts")):
        answer = await park.call(method, f"/v1/{path}", sent)
        assert answer.status == 422, answer.text
        assert "position 1, Card[" in answer.text
    assert park.stored() == {"a": ["1", "2"], "b": ["3"]}


async def test_places_are_told_as_they_were_sent(park: Rig):
    sent = account("a", numberless("x"), numberless("y"), card("9", "N3"))
    answer = await park.call("PATCH", "/v1/accounts", [sent])
    assert answer.text.startswith("position 1, Card[2].Media[0].MediaId:")


async def test_what_goes_takes_its_report_along(park: Rig):
    await park.ok("PATCH", "/v1/cards", [account("a", numberless("1"), numberless("2"))])
    await park.ok("DELETE", "/v1/cards", ["2"])
    assert [one["card_key"] for one in park.state()["skipped"]] == ["1"]
    await park.ok("DELETE", "/v1/accounts", ["a"])
    assert park.state()["skipped"] == []


# --- where there is nothing


@pytest.mark.covers("wincardcore", answers="car-park-side/404 car-park-side/405")
@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/v1/accounts", 405, {"PUT", "PATCH", "POST", "DELETE"}),
        ("DELETE", "/v1/customers", 405, {"PATCH"}),
        ("PUT", "/v1/transactions/0006-0000000001", 404, set()),
        ("PUT", "/v2/accounts", 404, set()),
        ("PUT", "/v1/accounts/", 404, set()),
        ("PUT", "/v1/%61ccounts", 404, set()),
    ],
)
async def test_what_is_no_call_is_said_so(
    park: Rig, method: str, path: str, status: int, allow: set[str]
):
    answer = await park.call(method, path, [account("c")])
    assert (answer.status, bool(answer.text)) == (status, True)
    assert {one for one in answer.headers.get("Allow", "").split(", ") if one} == allow
