"""A month of traffic at a car park, delivered, settled, and final from then on."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from doorward.core.parking.months import Month
from e2e.parking_yard import ANNA, TEST, Yard, until, yard
from postgres_fixture import Server, postgresql_server  # noqa: F401

MONTH = Month(2025, 3)
DAYS = (3, 4, 10, 17, 30)  # clocks go forward on the 30th


async def parks(place: Yard, plate: str, day: int, hours: int) -> dict[str, Any]:
    """In at eight, and out after so many hours; what the car park took for it."""
    await place.clock(f"2025-03-{day:02}T08:00:00+01:00")
    await place.at("drive-in", plate)
    await place.clock(f"2025-03-{day:02}T{8 + hours:02}:00:00+01:00")
    return await place.at("drive-out", plate)


async def a_month_of_traffic(place: Yard) -> list[dict[str, Any]]:
    """Some visits of Anna and of the workshop's car; told once the clock is right again."""
    done = [await parks(place, "M-AB 123", day, hours) for hours, day in enumerate(DAYS, 1)]
    done += [await parks(place, "M-TT 1", day, 2) for day in DAYS]
    await place.clock_right()
    await place.told()
    return done


@pytest.mark.covers(
    "wincardcore",
    rule="billed-once test-cards-unbilled refund-too-much",
    answers="refund-transaction/409",
)
async def test_a_month_is_settled_and_what_is_billed_is_final(tmp_path: Path):
    async with yard(tmp_path, ANNA, TEST) as place:
        done = await a_month_of_traffic(place)
        hers = [one for one in done if not one["test"]]
        owed = sum((Decimal(str(one["price"])) for one in hers), Decimal(0))
        assert (len(done), len(hers), owed) == (10, 5, Decimal("15.00"))
        for one in done:
            record = place.store.parking.visit("garage", one["visit"])
            assert record is not None
            assert record.test is one["test"]

        first = await place.doorward("settle", "--month", str(MONTH))
        assert "15.00" in first
        [statement] = place.store.parking.statements("garage", MONTH)
        assert (statement.account, statement.totals.gross) == ("club-1", owed)
        assert {line.visit.id for line in statement.lines} == {one["visit"] for one in hers}
        folder = tmp_path / "statements" / str(MONTH)
        files = {file.name: file.read_bytes() for file in folder.iterdir()}
        assert any(name.endswith(".pdf") for name in files)

        await place.post("operator", do="refund", visit=hers[0]["visit"], info="late")
        await until(lambda: _refused(place))
        [refused] = _refused(place)
        assert refused["kind"] == "refund"
        assert f"409, the transaction is on statement {statement.number} already" in refused["said"]
        record = place.store.parking.visit("garage", hers[0]["visit"])
        assert record is not None
        assert [one.kind for one in record.entries] == ["charge"]

        await place.doorward("settle", "--month", str(MONTH))
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == files
        assert len(list(place.store.parking.statements("garage", MONTH))) == 1


def _refused(place: Yard) -> list[dict[str, Any]]:
    return [one for one in place.state()["deliveries"] if one.get("refused")]


@pytest.mark.covers("wincardcore", rule="command-1 lock")
async def test_a_car_park_is_kept_in_step_and_settled_with_a_store_on_postgresql(
    tmp_path: Path,
    postgresql_server: Server,  # noqa: F811
):
    store = f'[store]\nurl = "{postgresql_server.make()}"'
    async with yard(tmp_path, ANNA, TEST, more=store) as place:
        done = await a_month_of_traffic(place)
        await place.post("operator", do="lock", card="club-1", info="lost")
        await until(lambda: place.blocked()["club-1"] == 1)
        await place.post("operator", do="release", card="club-1")
        await until(lambda: place.blocked()["club-1"] == 0)

        await place.at("drive-in", "M-AB 123")
        await place.told()
        told = json.loads(await place.doorward("parking", "--json"))
        assert [one["account"] for one in told["inside"]] == ["club-1"]
        await place.at("drive-out", "M-AB 123")
        await place.post("reset")
        assert place.blocked() == {}
        await place.post("operator", do="ask-all")
        await until(lambda: set(place.blocked()) == {"club-1", "club-3"})

        await place.doorward("settle", "--month", str(MONTH))
        [statement] = place.store.parking.statements("garage", MONTH)
        assert statement.totals.gross == Decimal("15.00")
        assert len(statement.lines) == len([one for one in done if not one["test"]])
