"""Who gets in and out of the twin's car park, and for how much (WinCardCore 3.3, 2.1, 4.1)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connectors.wincardcore.carpark_rig import account, card, medium, rig
from doorward.connectors.wincardcore.twin.rules import Tariff
from doorward.connectors.wincardcore.twin.tariff import fee

PLATE = {"type": 2, "id": "DO-AB 123"}


def driver(**fields: object) -> dict[str, object]:
    """An account with one card that has a plate and a tag."""
    media = (medium(2, "DO AB 123", "key of the plate"), medium(1, "E2801160"))
    return account("a", card("1", "0815", *media, **fields))


# --- in


@pytest.mark.covers(
    "wincardcore",
    rule="admission",
    happens="EntryStatus-1 VisitStatus-0 MediaType-2 MediaType-255",
)
async def test_a_card_on_the_whitelist_drives_in():
    async with rig(None, driver()) as park:
        opened = await park.drive_in(PLATE)
    assert (opened["opens"], opened["reason"], opened["visit"]) == (True, None, "0006-0000000001")
    assert opened["transaction"] == {
        "CarParkOperatorName": "Doorward Garages",
        "CarParkId": 6,
        "CarParkName": "Doorward Garage",
        "AccountKey": "a",
        "Media": {"MediaType": 255, "MediaId": "0815", "MediaKey": "1"},
        "Status": 0,
        "DriveIn": {
            "DeviceNumber": 1,
            "DateTime": "2026-11-26T12:00:00+01:00",
            "Media": {"MediaType": 2, "MediaId": "DO AB 123", "MediaKey": "key of the plate"},
            "Status": 1,
        },
    }


@pytest.mark.covers(
    "wincardcore",
    rule="case-of-media",
    happens="MediaType-1 MediaType-2 MediaType-255",
)
@pytest.mark.parametrize(
    "shown",
    [
        {"medium": {"type": 2, "id": "do ab 123"}},
        {"medium": "DOAB123"},
        {"id": "e2801160"},
        {"id": "0815", "type": 255},
        {"medium": "0815", "device": 7},
    ],
)
async def test_a_medium_is_known_however_it_is_written(shown: dict[str, object]):
    async with rig(None, driver()) as park:
        opened = await park.control("drive-in", shown)
    assert opened["opens"]
    assert opened["transaction"]["DriveIn"]["DeviceNumber"] == shown.get("device", 1)


@pytest.mark.covers("wincardcore", rule="admission card-defaults")
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"Blocked": 1}, "blocked: reason 1"),
        ({"Blocked": 3, "BlockedInfo": "Rechnung offen"}, "blocked: reason 3, Rechnung offen"),
        ({"Blocked": None}, "blocked: reason 1"),
        ({"ValidFrom": "2026-11-26T12:00:01"}, "not yet valid: from 2026-11-26T12:00:01"),
        ({"ValidTo": "2026-11-26T11:59:59"}, "expired: valid to 2026-11-26T11:59:59"),
        ({"CarParkId": 7}, "another car park: the card is for 7"),
        ({"Category": 9}, "category 9 is not let in"),
    ],
)
async def test_whom_the_whitelist_does_not_admit_stays_out(fields: dict[str, object], reason: str):
    async with rig(None, driver(**fields), refused=[9]) as park:
        assert await park.drive_in(PLATE) == {"opens": False, "reason": reason}
        assert (park.state()["visits"], park.state()["deliveries"]) == ([], [])


@pytest.mark.covers("wincardcore", rule="admission")
@pytest.mark.parametrize(
    "fields",
    [
        {"ValidFrom": "2026-11-26T12:00:00", "ValidTo": "2026-11-26T12:00:00"},
        {"CarParkId": 6},
        {"Category": 8},
    ],
)
async def test_the_bounds_belong_to_what_is_admitted(fields: dict[str, object]):
    async with rig(None, driver(**fields), refused=[9]) as park:
        assert (await park.drive_in(PLATE))["opens"]


async def test_a_medium_that_is_on_no_card_is_unknown():
    async with rig(None, driver()) as park:
        answer = await park.drive_in({"type": 1, "id": "DO-AB 123"})
    assert (answer["opens"], answer["reason"][:8]) == (False, "unknown:")


async def test_of_two_cards_with_one_plate_the_one_that_may_is_taken():
    blocked = account("a", card("1", None, medium(2, "X"), Blocked=1))
    async with rig(None, blocked, account("b", card("2", None, medium(2, "X")))) as park:
        assert (await park.drive_in("X"))["transaction"]["AccountKey"] == "b"


async def test_a_full_car_park_lets_nobody_in():
    async with rig(None, driver(), account("b", card("2")), capacity=1) as park:
        assert (await park.drive_in(PLATE))["opens"]
        assert (await park.drive_in("N2"))["reason"] == "full: no room is left"
        assert (await park.drive_in(PLATE))["cancelled"]  # she takes no more room than before
        await park.drive_out(PLATE)
        assert (await park.drive_in("N2"))["opens"]


@pytest.mark.covers("wincardcore", rule="re-entry", happens="ExitStatus-101 VisitStatus-2")
async def test_who_drives_in_again_without_an_exit_begins_anew():
    async with rig(None, driver()) as park:
        first = await park.drive_in(PLATE)
        park.later(hours=5)
        second = await park.drive_in(PLATE)
        [over, begun] = park.state()["visits"]
    assert second["cancelled"] == first["visit"] == over["id"]
    assert (over["transaction"]["Status"], begun["transaction"]["Status"]) == (2, 0)
    assert over["transaction"]["DriveOut"]["Status"] == 101
    assert "Price" not in over["transaction"]


async def test_where_the_rules_say_so_nobody_drives_in_twice():
    async with rig(None, driver(), reentry="refuse") as park:
        await park.drive_in(PLATE)
        assert (await park.drive_in(PLATE))["reason"][:7] == "inside:"


@pytest.mark.covers("wincardcore", rule="operator", happens="EntryStatus-4")
async def test_the_operator_may_let_a_known_card_pass():
    async with rig(None, driver(Blocked=1)) as park:
        opened = await park.drive_in(PLATE, authorised=True, info_id=1)
    assert opened["opens"]
    assert (
        opened["transaction"]["DriveIn"]["Status"],
        opened["transaction"]["DriveIn"]["InfoId"],
    ) == (4, 1)


@pytest.mark.covers("wincardcore", rule="display-name")
@pytest.mark.parametrize(("permission", "shown"), [(0, "Berg"), (1, "Berg"), (2, "")])
async def test_the_holder_is_greeted_where_that_is_permitted(permission: int, shown: str):
    holder = {"LastName": "Berg", "DisplayPermission": permission}
    async with rig(None, account("a", card("1"), Customer=holder)) as park:
        assert (await park.drive_in("N1"))["display"] == shown


# --- out


@pytest.mark.covers("wincardcore", rule="tariff", happens="ExitStatus-1 VisitStatus-1")
async def test_who_leaves_pays_for_each_started_hour():
    async with rig(None, driver()) as park:
        await park.drive_in(PLATE)
        park.later(hours=2, seconds=1)
        opened = await park.drive_out("0815")
    told = opened["transaction"]
    assert (opened["opens"], opened["price"], told["Status"]) == (True, "6.00", 1)
    assert told["DriveOut"]["DateTime"] == "2026-11-26T14:00:01+01:00"
    assert told["DriveOut"]["DeviceNumber"] == 51
    assert told["DriveOut"]["Media"]["MediaType"] == 255
    assert told["Price"] == {"PriceGross": "6.00", "VatPercentage": "19.00", "Currency": "EUR"}


async def test_who_is_not_inside_does_not_leave():
    async with rig(None, driver()) as park:
        assert (await park.drive_out(PLATE))["reason"][:11] == "not inside:"


async def test_who_is_inside_may_leave_whatever_becomes_of_her_card():
    async with rig(None, driver()) as park:
        await park.drive_in(PLATE)
        await park.ok("PATCH", "/v1/cards", [driver(Blocked=1)])
        assert (await park.drive_out(PLATE))["opens"]
        await park.ok("PATCH", "/v1/cards", [driver()])
        await park.drive_in(PLATE)
        await park.ok("DELETE", "/v1/accounts", ["a"])
        assert (await park.drive_out("DOAB 123"))["opens"]


async def test_the_number_of_a_card_that_is_deleted_still_leads_out():
    async with rig(None, driver()) as park:
        await park.drive_in(PLATE)
        await park.ok("DELETE", "/v1/accounts", ["a"])
        assert (await park.drive_out({"type": 255, "id": "0815"}))["opens"]


@pytest.mark.covers("wincardcore", rule="tariff")
async def test_discounts_are_deducted_and_told():
    shop = {"Amount": 1.5, "Source": "purchase", "LocationID": "5:5", "LocationName": "Shop"}
    async with rig(None, driver()) as park:
        await park.drive_in(PLATE)
        opened = await park.drive_out(PLATE, discounts=[shop, {"Amount": 9}])
    told = opened["transaction"]["Price"]
    assert (told["PriceGross"], [one["Amount"] for one in told["DiscountOnPriceGross"]]) == (
        "0.00",
        ["1.50", "0.50"],
    )


@pytest.mark.covers("wincardcore", rule="operator", happens="ExitStatus-5 ExitStatus-6")
@pytest.mark.parametrize(
    ("given", "status", "price"),
    [({"authorised": True}, 5, "2.00"), ({"amount": 4.5}, 6, "4.50")],
)
async def test_the_operator_may_let_somebody_out(given: dict[str, object], status: int, price: str):
    async with rig(None, driver()) as park:
        await park.drive_in(PLATE)
        opened = await park.drive_out(PLATE, **given)
    assert (opened["transaction"]["DriveOut"]["Status"], opened["price"]) == (status, price)


@pytest.mark.covers("wincardcore", rule="overstay", happens="ExitStatus-3")
async def test_whoever_stays_too_long_pays_the_fixed_price():
    async with rig(None, driver(), longest_stay=24) as park:
        await park.drive_in(PLATE)
        park.later(hours=24)
        park.later(seconds=1)
        opened = await park.drive_out(PLATE)
    assert (opened["transaction"]["DriveOut"]["Status"], opened["price"]) == (3, "50.00")


async def test_the_longest_stay_itself_is_not_too_long():
    async with rig(None, driver(), longest_stay=24) as park:
        await park.drive_in(PLATE)
        park.later(hours=24)
        assert (await park.drive_out(PLATE))["price"] == "15.00"


@pytest.mark.covers("wincardcore", rule="overstay", happens="ExitStatus-104")
async def test_where_the_rules_say_so_a_visit_that_lasts_too_long_is_cancelled():
    async with rig(None, driver(), longest_stay=24, overstay="cancel") as park:
        await park.drive_in(PLATE)
        park.later(hours=25)
        assert not (await park.drive_out(PLATE))["opens"]
        [visit] = park.state()["visits"]
    assert (visit["transaction"]["Status"], visit["transaction"]["DriveOut"]["Status"]) == (2, 104)


@pytest.mark.covers("wincardcore", rule="test-cards")
async def test_test_cards_pay_like_all_others_and_are_told_apart():
    async with rig(None, driver(CardVariant=1, Category=1)) as park:
        await park.drive_in(PLATE)
        opened = await park.drive_out(PLATE)
        async with park.session.get(f"{park.url}/_twin/") as page:
            assert "1, 1 of them with test cards" in await page.text()
    assert (opened["test"], opened["price"]) == (True, "1.00")


async def test_a_category_without_a_tariff_pays_as_category_0():
    async with rig(None, driver(Category=77)) as park:
        await park.drive_in(PLATE)
        assert (await park.drive_out(PLATE))["price"] == "2.00"


# --- tariffs

TARIFF = Tariff(per_hour=Decimal("2.50"), daily_maximum=Decimal("12.00"), free_minutes=10)


@pytest.mark.covers("wincardcore", rule="tariff")
@pytest.mark.parametrize(
    ("stay", "price"),
    [
        ("2026-11-26T12:00", "0.00"),
        ("2026-11-26T12:10", "0.00"),
        ("2026-11-26T12:10:01", "2.50"),
        ("2026-11-26T13:00", "2.50"),
        ("2026-11-26T13:00:01", "5.00"),
        ("2026-11-26T20:00", "12.00"),
        ("2026-11-27T12:00", "12.00"),
        ("2026-11-27T12:00:01", "14.50"),
        ("2026-11-27T23:00", "24.00"),
        ("2026-12-26T12:00", "360.00"),
        ("2026-11-26T11:00", "0.00"),
    ],
)
def test_a_stay_costs(stay: str, price: str):
    begun = datetime(2026, 11, 26, 12, tzinfo=UTC)
    ended = datetime.fromisoformat(stay).replace(tzinfo=UTC)
    assert fee(TARIFF, begun, ended) == Decimal(price)


def test_without_free_minutes_the_first_hour_begins_at_once():
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    assert fee(Tariff(), now, now) == Decimal("2.00")


def test_the_night_in_which_clocks_go_back_is_an_hour_longer():
    begun = datetime.fromisoformat("2026-10-25T01:30+02:00")
    ended = datetime.fromisoformat("2026-10-25T02:30+01:00")
    assert fee(Tariff(), begun, ended) == Decimal("4.00")


# --- what is not understood


@pytest.mark.parametrize(
    ("path", "body", "status", "text"),
    [
        ("drive-in", {}, 409, "'medium' is missing"),
        ("drive-in", {"medium": ""}, 409, "'medium' is missing"),
        ("drive-in", {"medium": "x", "type": 3}, 400, "Invalid enum value 3"),
        ("drive-in", {"medium": "x", "device": 256}, 400, "Expected `int` <= 255"),
        ("drive-in", {"medum": "x"}, 400, "Object contains unknown field `medum`"),
        ("drive-out", {"medium": "x", "amount": -1}, 400, "'amount': is negative"),
        ("drive-out", {"medium": "x", "amount": 1.001}, 400, "'amount': is not a number"),
        ("operator", {"do": "dance"}, 400, "Invalid enum value 'dance'"),
        ("operator", [], 400, "Expected `object`"),
        ("drive-in", {"medium": "x" * 70_000}, 400, "the body is larger than"),
    ],
)
async def test_a_control_that_is_not_understood_says_why(
    path: str, body: object, status: int, text: str
):
    async with rig() as park:
        code, said = await park.refused(path, body)
    assert (code, said.startswith(text)) == (status, True), said
