"""What a car park is told of changes, in which order, and what is owed when answers are lost."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from connectors.wincardcore.test_adapter import ANNA, BERLIN, NOW, YEAR, Rig, rigged
from doorward.connectors.wincardcore.client.carpark import CarParkClient
from doorward.core.people import Person
from doorward.core.ports import Confirmed, Declined, Remove, SetAccess, Unknown, silent
from doorward.core.windows import Window
from doorward.net.line import Line
from doorward.twinkit.faults import Fault

OVER = Window.of(date(2020, 1, 1), date(2020, 12, 31), BERLIN)
EVA = Person("club/2", "Eva", "Lind", attributes=(("card", "7"),))


def owed(rig: Rig) -> bool:
    """Whether the next run sends the whole whitelist."""
    sign = rig.store.parking.signs().get("garage")
    return sign is not None and sign.whitelist_asked_at is not None


def carrying(number: str, of: Person) -> Person:
    return replace(of, attributes=(("card", number),))


async def no_wait(_seconds: float) -> None:
    """Instead of a pause before another try."""


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rigged(tmp_path) as one, Line("garage", one.url) as line:
        keys = one.door.settings.keys
        client = CarParkClient(line, "doorward", keys, sleep=no_wait)
        yield replace(one, door=replace(one.door, client=client))


@pytest.mark.covers("wincardcore", client="delete-accounts patch-accounts post-accounts")
async def test_a_card_that_changes_hands_does_so_in_one_run(rig: Rig):
    """From one who changes to a newcomer, and from one who leaves to one who changes."""
    bea = carrying("8", Person("club/3", "Bea", "Ek"))
    await rig.write(rig.create(EVA), rig.create(bea))
    newcomer = carrying("8", Person("club/4", "Ida", "Ek"))
    outcomes = await rig.write(
        rig.create(newcomer), SetAccess("club-3", rig.wanted(carrying("7", bea))), Remove("club-2")
    )
    assert [isinstance(one, Confirmed) for one in outcomes] == [True, True, True]
    assert [call.method for call in rig.twin.calls][-3:] == ["DELETE", "PATCH", "POST"]


async def test_outcomes_are_in_the_order_of_the_writes(rig: Rig):
    await rig.write(rig.create(EVA))
    odd = rig.create(Person("club/5", "Odd"), category="gold")
    outcomes = await rig.write(odd, rig.create(ANNA), Remove("club-2"), odd)
    assert [type(one) for one in outcomes] == [Declined, Confirmed, Confirmed, Declined]
    assert outcomes[2] == Confirmed(None)


async def test_nothing_to_write_is_nothing_to_send(rig: Rig):
    assert await rig.write() == []
    assert not rig.twin.calls


async def test_one_who_is_changed_and_not_known_here_is_made(rig: Rig):
    assert isinstance((await rig.write(SetAccess("club-2", rig.wanted(EVA))))[0], Confirmed)
    assert list(await rig.holders()) == ["club-2"]


async def test_when_all_answers_are_there_nothing_is_owed(rig: Rig):
    await rig.write(rig.create(ANNA), rig.create(EVA))
    refused = await rig.write(rig.create(Person("club/6", attributes=(("card", "7"),))))
    assert isinstance(refused[0], Declined)
    assert not owed(rig)


async def test_what_was_owed_before_stays_owed(rig: Rig):
    await rig.write(rig.create(EVA))
    await rig.store.parking.ask_whitelist("garage", NOW)
    await rig.write(rig.create(ANNA))
    assert owed(rig)


@pytest.mark.parametrize("call", ["POST", "PATCH", "DELETE"])
async def test_after_answers_that_never_came_the_car_park_is_put_right(rig: Rig, call: str):
    """Whatever it took of it: the next run sends what it had confirmed, and goes on from there."""
    await rig.write(rig.create(EVA))
    write = {
        "POST": rig.create(ANNA),
        "PATCH": SetAccess("club-2", rig.wanted(EVA, OVER)),
        "DELETE": Remove("club-2"),
    }[call]
    rig.twin.faults.order([Fault(call, "lost answer", 5)])
    [outcome] = await rig.write(write)
    assert isinstance(outcome, Unknown)
    assert owed(rig)
    assert list(await rig.holders()) == ["club-2"], "what is remembered was confirmed"

    assert await rig.door.refill(silent) is None
    assert not owed(rig)
    document = rig.twin.world.document().decode()
    assert ("club-2" in document, "club-1" in document) == (True, False)
    assert (await rig.holders())["club-2"].access == rig.wanted(EVA, YEAR)


async def test_an_answer_that_was_lost_once_is_not_forgotten_when_the_line_is_gone_then(rig: Rig):
    faults = [Fault("POST", "lost answer", 1), Fault("POST", "busy", 4)]
    rig.twin.faults.order(faults)
    [outcome] = await rig.write(rig.create(ANNA))
    assert isinstance(outcome, Unknown)
    assert owed(rig)


async def test_a_hub_that_has_confirmed_nothing_does_not_empty_a_car_park(rig: Rig):
    await rig.write(rig.create(ANNA))
    await rig.store.parking.ask_whitelist("elsewhere", NOW)
    door = replace(rig.door, name="elsewhere")  # as another hub sees it, which knows nobody there
    assert await door.refill(silent) is None
    assert await rig.may_enter("MAB123")
    assert rig.store.parking.signs()["elsewhere"].whitelist_asked_at is None


async def test_a_lock_that_was_released_before_it_was_sent_is_not_sent(rig: Rig):
    await rig.write(rig.create(ANNA), rig.create(EVA))
    await rig.store.parking.lock_card("garage", "club-1", "garage-1", "lost", NOW)
    await rig.store.parking.release_card("garage", "club-1", "garage-1", "found", NOW)
    await rig.store.parking.lock_card("garage", "club-2", "garage-1", "lost", NOW)
    await rig.write(Remove("club-2"))
    before = len(rig.twin.calls)
    assert await rig.door.refill(silent) is None
    assert len(rig.twin.calls) == before
