"""A car park as a target of the hub: who drives in, with what, and until when."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from doorward.connectors.kinds import Surroundings, target_kind
from doorward.connectors.wincardcore import accounts
from doorward.connectors.wincardcore.adapter import CarParkDoor
from doorward.connectors.wincardcore.settings import WinCardCoreSettings
from doorward.connectors.wincardcore.twin import wincardcore_twin
from doorward.connectors.wincardcore.twin_settings import (
    DEMO_AUTH_KEY,
    DEMO_SIG_KEY,
    TwinOptions,
)
from doorward.connectors.wincardcore.wire.whitelist import Account
from doorward.core.errors import Kind
from doorward.core.parking.whitelist import KnownAccount
from doorward.core.people import Access, Holder, Person
from doorward.core.ports import (
    Confirmed,
    Create,
    Declined,
    Outcome,
    Remove,
    SetAccess,
    silent,
)
from doorward.core.reads import Complete
from doorward.core.windows import Window
from doorward.net.secrets import Secret
from doorward.net.serving import running
from doorward.storage.store import Store
from doorward.twinkit.faults import Fault
from doorward.twinkit.twin import Twin

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
YEAR = Window.of(date(2026, 1, 1), date(2026, 12, 31), BERLIN)
ANNA = Person(
    "club/1",
    "Anna",
    "Berg",
    attributes=(("Kennzeichen", "m-ab 123; M-CD 45"), ("card number", "0815")),
)


@dataclass(frozen=True, slots=True)
class Rig:
    """A car park's twin, and the hub's door to it."""

    door: CarParkDoor
    twin: Twin
    store: Store
    url: str

    async def control(self, path: str, document: object) -> Any:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.url}/_twin/{path}", json=document) as answer,
        ):
            assert answer.status == 200, await answer.text()
            return await answer.json(content_type=None)

    async def may_enter(self, plate: str) -> bool:
        return bool((await self.control("drive-in", {"medium": {"type": 2, "id": plate}}))["opens"])

    async def write(self, *writes: Create | SetAccess | Remove) -> list[Outcome]:
        return list(await self.door.write_all(writes))

    def wanted(self, person: Person, window: Window = YEAR, **options: str) -> Access:
        granted = tuple((name, (value,)) for name, value in options.items())
        return self.door.fit(Access(window, granted).together(self.door.credentials(person)))

    def create(self, person: Person, window: Window = YEAR, **options: str) -> Create:
        return Create(self.door.new_id(person), person, self.wanted(person, window, **options))

    async def holders(self) -> dict[str, Holder]:
        read = await self.door.holders(silent)
        return {one.id: one for one in read.items}  # type: ignore[union-attr]


def settings(url: str, **told: Any) -> WinCardCoreSettings:
    known = {
        "url": url,
        "client_id": "doorward",
        "auth_key": Secret(DEMO_AUTH_KEY),
        "sig_key": Secret(DEMO_SIG_KEY),
    }
    return WinCardCoreSettings(**(known | told))


@asynccontextmanager
async def rigged(folder: Path, **told: Any) -> AsyncIterator[Rig]:
    twin = wincardcore_twin(TwinOptions())
    kind = target_kind("wincardcore")
    with Store.open(folder / "hub.db") as store:
        async with running(twin) as url:
            around = Surroundings(
                zone=BERLIN, folder=folder, record=store.calls.note, parking=store.parking
            )
            async with kind.open("garage", settings(url, **told), around) as door:
                assert isinstance(door, CarParkDoor)
                yield Rig(door, twin, store, url)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rigged(tmp_path) as one:
        yield one


async def test_a_newcomer_drives_in_with_every_plate_of_hers(rig: Rig):
    [outcome] = await rig.write(rig.create(ANNA, category="7"))
    assert isinstance(outcome, Confirmed)
    assert await rig.may_enter("M CD 45")
    assert not await rig.may_enter("M EF 99")


async def test_what_is_read_back_is_what_was_wanted(rig: Rig):
    made = rig.create(ANNA, category="007", car_park="6", brand="gold")
    await rig.write(made)
    there = (await rig.holders())[made.holder]
    assert there.access == made.access
    assert dict(there.access.options) == {
        "brand": ("gold",),
        "car_park": ("6",),
        "cards": ("0815",),
        "category": ("7",),
        "name": ("Anna Berg",),
        "plates": ("MAB123", "MCD45"),
        "tags": (),
    }
    assert (there.name, there.extra) == ("Anna Berg", "club/1")
    assert await rig.door.holder(made.holder) == there
    assert await rig.door.holder("nobody") is None


@pytest.mark.parametrize(
    "window",
    [
        Window(None, None),
        Window.of(None, date(2026, 10, 24), BERLIN),
        Window.of(datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 2, 30), BERLIN),
        Window.of(datetime(2026, 3, 29, 2, 30), None, BERLIN),
    ],
)
async def test_a_window_is_kept_to_the_second_in_the_car_parks_wall_time(rig: Rig, window: Window):
    made = rig.create(ANNA, window)
    assert made.access.window == window
    await rig.write(made)
    assert (await rig.holders())[made.holder].access == made.access


async def test_an_account_that_cannot_be_understood_hides_no_other(rig: Rig):
    await rig.write(rig.create(ANNA))
    await rig.store.parking.keep_accounts("garage", [KnownAccount("odd", "{}", "digest")], NOW)
    read = await rig.door.holders(silent)
    assert isinstance(read, Complete)
    assert [one.id for one in read.items] == ["club-1"]
    [faulty] = read.faulty
    assert (faulty.key, faulty.reason) == ("odd", "AccountKey: is missing")


async def test_an_end_that_comes_nearer_shuts_the_barrier(rig: Rig):
    made = rig.create(ANNA)
    await rig.write(made)
    over = Window.of(date(2020, 1, 1), date(2020, 12, 31), BERLIN)
    [outcome] = await rig.write(SetAccess(made.holder, rig.wanted(ANNA, over)))
    assert isinstance(outcome, Confirmed)
    assert not await rig.may_enter("MAB123")


async def test_a_plate_that_she_sold_does_not_open_any_more(rig: Rig):
    made = rig.create(ANNA)
    await rig.write(made)
    sold = replace(ANNA, attributes=(("plate", "MAB123"),))
    await rig.write(SetAccess(made.holder, rig.wanted(sold)))
    assert not await rig.may_enter("MCD45")
    assert await rig.may_enter("MAB123")


@pytest.mark.covers("wincardcore", client="delete-accounts")
async def test_who_is_removed_is_gone_on_both_sides(rig: Rig):
    made = rig.create(ANNA)
    await rig.write(made)
    assert await rig.write(Remove(made.holder)) == [Confirmed(None)]
    assert await rig.holders() == {}
    assert not await rig.may_enter("MAB123")


async def test_a_member_without_anything_to_show_gets_a_card_number_of_her_own(rig: Rig):
    bare = Person("club/2", "Eva", "Lind")
    other = Person("club/3", "Eva", "Lund")
    assert all(
        isinstance(one, Confirmed) for one in await rig.write(*map(rig.create, (bare, other)))
    )
    assert dict((await rig.holders())["club-2"].access.options)["cards"] == ()


async def test_several_cards_are_each_a_card(rig: Rig):
    both = replace(ANNA, attributes=(("cards", "2"), ("card", "1, 2"), ("plate", "MAB123")))
    made = rig.create(both)
    await rig.write(made)
    found = rig.store.parking.account("garage", made.holder)
    assert found is not None
    assert [card.key for card in found.cards] == ["club-1", "club-1.2"]


@pytest.mark.covers("wincardcore", client="patch-accounts")
async def test_many_are_told_in_one_call(rig: Rig):
    people = [Person(f"club/{number}", "A", f"B{number}") for number in range(300)]
    outcomes = await rig.write(*map(rig.create, people))
    assert all(isinstance(one, Confirmed) for one in outcomes)
    calls = [call for call in rig.twin.calls if call.method != "GET"]
    assert [call.method for call in calls] == ["POST"]


async def test_one_record_that_is_not_taken_does_not_stop_the_others(rig: Rig):
    """Two people with one card: the second of them is refused, everybody else goes through."""
    people = [
        Person(f"club/{number}", "A", f"B{number}", attributes=(("card", card),))
        for number, card in enumerate(["1", "2", "2", "4", "5"])
    ]
    outcomes = await rig.write(*map(rig.create, people))
    states = [isinstance(one, Confirmed) for one in outcomes]
    assert states.count(False) == 1
    [refused] = [one for one in outcomes if not isinstance(one, Confirmed)]
    assert isinstance(refused, Declined)
    assert refused.trouble.kind is Kind.PERMANENT
    assert len(await rig.holders()) == 4


async def test_what_cannot_be_a_record_is_not_sent(rig: Rig):
    odd = rig.create(ANNA, category="gold")
    fine = rig.create(Person("club/2", "Eva", "Lind"))
    refused, taken = await rig.write(odd, fine)
    assert isinstance(refused, Declined)
    assert "category is a whole number, not gold" in refused.trouble.reason
    assert isinstance(taken, Confirmed)


@pytest.mark.covers("wincardcore", client="patch-accounts")
async def test_a_lost_answer_is_asked_again_and_nothing_is_doubled(rig: Rig):
    rig.twin.faults.order([Fault("POST", "lost answer", 1)])
    made = rig.create(ANNA)
    assert isinstance((await rig.write(made))[0], Confirmed)
    assert len([call for call in rig.twin.calls if call.method == "POST"]) == 2
    assert list(await rig.holders()) == [made.holder]


async def test_a_car_park_that_refuses_our_signature_is_a_matter_of_keys(tmp_path: Path):
    async with rigged(tmp_path, sig_key=Secret("another")) as rig:
        [outcome] = await rig.write(rig.create(ANNA))
        assert isinstance(outcome, Declined)
        assert outcome.trouble.kind is Kind.CREDENTIAL
        assert await rig.holders() == {}
        [finding, *_] = await rig.door.check()
        assert (finding.good, finding.refused) == (False, True)


async def test_a_car_park_whose_certificate_file_is_missing_is_not_called(tmp_path: Path):
    async with rigged(tmp_path, ca_file="gone.pem") as rig:
        outcomes = await rig.write(rig.create(ANNA), Remove("a"))
        assert [isinstance(one, Declined) for one in outcomes] == [True, True]
        assert not rig.twin.calls
        [finding] = await rig.door.check()
        assert "gone.pem is not there" in finding.text
        await rig.store.parking.ask_whitelist("garage", NOW)
        trouble = await rig.door.refill(silent)
        assert trouble is not None


# --- the whole whitelist


@pytest.mark.covers("wincardcore", client="put-accounts", rule="command-1")
async def test_a_car_park_that_lost_everything_gets_it_back_when_it_asks(rig: Rig):
    await rig.write(rig.create(ANNA), rig.create(Person("club/2", "Eva", "Lind")))
    rig.twin.world.reset()
    assert not await rig.may_enter("MAB123")
    assert await rig.door.refill(silent) is None
    assert not await rig.may_enter("MAB123"), "nobody had asked for it"
    await rig.store.parking.ask_whitelist("garage", rig.door.clock())
    assert await rig.door.refill(silent) is None
    assert await rig.may_enter("MAB123")
    assert rig.store.parking.signs()["garage"].whitelist_asked_at is None


async def test_a_refill_that_fails_stays_asked_for(tmp_path: Path):
    async with rigged(tmp_path, sig_key=Secret("another")) as rig:
        known = accounts.known(Account(account_key="club-1", cards=()))
        await rig.store.parking.keep_accounts("garage", [known], rig.door.clock())
        await rig.store.parking.ask_whitelist("garage", rig.door.clock())
        trouble = await rig.door.refill(silent)
        assert trouble is not None
        assert trouble.kind is Kind.CREDENTIAL
        assert rig.store.parking.signs()["garage"].whitelist_asked_at is not None


@pytest.mark.covers("wincardcore", rule="lock-stays")
async def test_a_locked_card_stays_locked_in_a_refill(rig: Rig):
    await rig.write(rig.create(ANNA))
    await rig.store.parking.lock_card("garage", "club-1", "garage-1", "lost", NOW)
    await rig.store.parking.ask_whitelist("garage", rig.door.clock())
    assert await rig.door.refill(silent) is None
    assert not await rig.may_enter("MAB123")


@pytest.mark.covers("wincardcore", rule="lock-stays")
async def test_a_locked_card_stays_locked_when_its_account_is_changed(rig: Rig):
    made = rig.create(ANNA)
    await rig.write(made)
    await rig.store.parking.lock_card("garage", "club-1", "garage-1", "lost", NOW)
    longer = Window.of(date(2026, 1, 1), date(2027, 12, 31), BERLIN)
    [outcome] = await rig.write(SetAccess(made.holder, rig.wanted(ANNA, longer)))
    assert isinstance(outcome, Confirmed)
    assert not await rig.may_enter("MAB123")


async def test_a_lock_is_sent_to_the_car_park_and_so_is_its_end(rig: Rig):
    await rig.write(rig.create(ANNA), rig.create(Person("club/2", "Eva", "Lind")))
    await rig.store.parking.lock_card("garage", "club-1", "garage-1", "lost", NOW)
    assert await rig.door.refill(silent) is None
    assert not await rig.may_enter("MAB123")
    await rig.store.parking.release_card("garage", "club-1", "garage-1", "found", NOW)
    assert await rig.door.refill(silent) is None
    assert await rig.may_enter("MAB123")
    assert await rig.door.refill(silent) is None
    assert len([one for one in rig.twin.calls if one.method == "PATCH"]) == 2


async def test_a_lock_changes_nothing_of_what_a_plan_sees(rig: Rig):
    made = rig.create(ANNA)
    await rig.write(made)
    await rig.store.parking.lock_card("garage", "club-1", "garage-1", "lost", NOW)
    assert await rig.door.refill(silent) is None
    assert (await rig.holders())[made.holder].access == made.access


# --- check


async def test_check_says_what_works_and_what_is_missing(rig: Rig):
    connection, whitelist, calls = await rig.door.check()
    assert (connection.good, whitelist.good, calls.good) == (True, True, False)
    assert "[target.garage.inbound]" in calls.remedy
    await rig.write(rig.create(ANNA))
    assert (await rig.door.check())[1].text == "1 accounts with 1 cards"
    await rig.store.parking.ask_whitelist("garage", NOW)
    assert not (await rig.door.check())[1].good
