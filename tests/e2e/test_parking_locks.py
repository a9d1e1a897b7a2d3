"""An operator of the car park locks a card: it stays locked, and shuts other doors by rule."""

import json
from pathlib import Path

import pytest

from e2e.parking_yard import ANNA, BEA, Yard, until, yard


def open_in_hall(place: Yard, name: str) -> bool:
    return place.ends()[name] > "2030"


async def explained(place: Yard, person: str) -> dict[str, object]:
    """What `doorward explain` says of somebody at the hall."""
    told = json.loads(await place.doorward("explain", person, "--json"))
    [hall] = [one for one in told["targets"] if one["target"] == "hall"]
    return dict(hall)


@pytest.mark.covers("wincardcore", rule="lock lock-stays", twin="lock-card release-card")
async def test_a_lock_goes_back_to_the_car_park_and_shuts_the_doors_that_it_blocks(tmp_path: Path):
    async with yard(tmp_path, ANNA, BEA) as place:
        assert place.blocked() == {"club-1": 0, "club-2": 0}
        assert (open_in_hall(place, "Anna Berg"), open_in_hall(place, "Bea Lund")) == (True, True)

        for card in ("club-1", "club-2"):
            await place.post("operator", do="lock", card=card, info="left without paying")
        await until(lambda: place.blocked() == {"club-1": 1, "club-2": 1})
        await until(lambda: not open_in_hall(place, "Anna Berg"))
        assert open_in_hall(place, "Bea Lund"), "her rule is not blocked by the car park"
        [lock, _] = place.store.parking.locks("garage")
        assert (lock.account, lock.by, lock.info) == (
            "club-1",
            "garage-1",
            "left without paying",
        )

        anna = await explained(place, "Anna")
        assert anna["locked_at"] == ["garage"]
        assert str(anna["verdict"]).startswith("expired")
        text = " ".join((await place.doorward("explain", "Anna")).split())
        assert "by an operator at garage, until she is released there" in text
        bea = await explained(place, "Bea")
        assert str(bea["verdict"]).startswith("open now")
        assert bea["locked_at"] == []

        await place.post("operator", do="release", card="club-1", info="paid")
        await until(lambda: place.blocked() == {"club-1": 0, "club-2": 1})
        await until(lambda: open_in_hall(place, "Anna Berg"))
        assert str((await explained(place, "Anna"))["verdict"]).startswith("open now")


@pytest.mark.covers("wincardcore", rule="lock", answers="lock-card/404")
async def test_a_card_that_is_not_on_the_list_cannot_be_locked(tmp_path: Path):
    async with yard(tmp_path, ANNA) as place:
        await place.post("operator", do="lock", card="nobody")
        await until(lambda: any(one.get("refused") for one in place.state().get("deliveries", ())))
        assert place.store.parking.locks("garage") == []
