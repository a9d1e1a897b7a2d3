"""The car parks as one sees them: who is in, how full it was, what does not add up."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from lxml import etree
from typer.testing import CliRunner, Result

from app.garage import SOUTH, ZONE, Garage, at, garage, listed, visit
from doorward.app.config import Target
from doorward.app.parking.chart import chart
from doorward.app.parking.looking import STRANGERS, Filled, View, look
from doorward.app.parking.parks import car_parks
from doorward.app.parking.picture import picture
from doorward.app.parking.words import lasted, moment
from doorward.cli.main import app
from doorward.core.parking.presence import Hour
from doorward.core.parking.visits import CarPark, Medium
from doorward.core.proposal import Policy

NOON = at("2024-10-03 12:00")


def seen(place: Garage, now: datetime = NOON, only: str | None = None, **given: Any) -> View:
    """The car parks at noon."""
    with place.store() as store:
        return look(store, car_parks(place.settings, store, only), now, **given)


def run(place: Garage, *given: str, code: int = 0) -> Result:
    """What `doorward parking` prints, once it has ended with this code."""
    environment = {"COLUMNS": "160", "DOORWARD_CONFIG": str(place.file)}
    ended = CliRunner().invoke(app, ["parking", *given], env=environment)
    assert ended.exit_code == code, (ended.output, ended.exception)
    return ended


@pytest.fixture
def place(tmp_path: Path) -> Garage:
    return garage(tmp_path)


def test_who_is_in_is_told_with_name_and_since_when(place: Garage):
    place.link("K1", "Eva", "Lind")
    place.deliver(
        visit("T1", came="2024-10-03 09:00", status="open"),
        visit("T2", "K2", came="2024-10-03 11:00", status="open"),
        visit("T3", "K3", came="2024-10-03 10:00"),
    )
    inside = seen(place).inside
    assert [(one.record.visit.id, one.holder.name) for one in inside] == [
        ("T1", "Eva Lind"),
        ("T2", ""),
    ]


def test_who_stays_too_long_is_listed_the_longest_first(place: Garage):
    place.deliver(
        visit("T1", came="2024-10-02 11:00", status="open"),
        visit("T2", "K2", came="2024-09-30 11:00", status="open"),
        visit("T3", "K3", came="2024-10-02 13:00", status="open"),
    )
    assert [one.record.visit.id for one in seen(place).overdue] == ["T2", "T1"]
    three = seen(place, longest=timedelta(hours=22, minutes=59)).overdue
    assert [one.record.visit.id for one in three] == ["T2", "T1", "T3"]


@pytest.mark.covers("wincardcore", rule="unknown-card-kept")
def test_visits_that_the_whitelist_does_not_explain_are_listed(place: Garage):
    place.list_accounts(listed("K1"), now=NOON)
    place.deliver(
        visit("T1", came="2024-10-03 09:00"),
        visit("T2", "K2", came="2024-10-03 09:00"),
        visit("T3", "K2", came="2024-10-02 09:00"),
    )
    [stranger] = seen(place).strangers
    assert (stranger.record.visit.id, stranger.account_known) == ("T2", False)


@pytest.mark.covers("wincardcore", rule="alive")
def test_a_car_park_is_silent_when_it_was_not_heard_for_as_long_as_is_configured(place: Garage):
    place.deliver(visit("T1"), now=at("2024-10-03 05:59"))
    assert [one.silent for one in seen(place).seen] == [True]
    place.deliver(visit("T2"), now=at("2024-10-03 06:01"))
    assert [one.silent for one in seen(place).seen] == [False]


def test_a_car_park_that_was_never_heard_is_silent_and_said_to_be_that(place: Garage):
    [park] = seen(place).seen
    assert (park.silent, park.sign.heard_at, park.whitelist) == (True, None, None)
    assert "never" in run(place).stdout


def test_a_target_of_another_type_that_delivers_visits_is_a_car_park(place: Garage):
    place.deliver(visit("T1", system="main-door"))
    assert [(one.target.name, one.silent) for one in seen(place, only="main-door").seen] == [
        ("main-door", False)
    ]


def test_each_car_park_has_its_hours_and_only_those_that_have_begun(place: Garage):
    place.deliver(
        visit("T1", came="2024-10-03 08:10", minutes=30),
        visit("T2", "K2", came="2024-10-03 08:20", minutes=200),
        visit("T3", "K3", came="2024-10-03 11:50", car_park=SOUTH, status="open"),
    )
    north, south = seen(place).filled
    assert (north.name, south.name, south.number) == ("Norra däcket", "", 2)
    assert [one.peak for one in north.hours] == [0] * 8 + [2, 1, 1, 1, 0]
    assert len(north.day) == 24
    assert north.told == "at most 2 in, 2 came, 2 left"
    assert south.told == "at most 1 in, 1 came, 0 left"


def test_a_day_of_the_past_is_shown_whole_and_one_of_another_target_left_out(tmp_path: Path):
    place = garage(tmp_path, "east", "west")
    place.deliver(
        visit("T1", came="2024-10-27 01:30", minutes=30, system="east"),
        visit("T1", came="2024-10-27 09:00", system="west"),
    )
    [east] = seen(place, at("2024-11-05 12:00"), "east", day=date(2024, 10, 27)).filled
    assert (east.target.name, len(east.hours), east.peak) == ("east", 25, 1)


def filled(*peaks: int, begun: int | None = None) -> Filled:
    """A car park with so many in, hour by hour."""
    begin = at("2024-10-03 00:00")
    day = [Hour(begin + timedelta(hours=n), 0, peak, 0, 0) for n, peak in enumerate(peaks)]
    target = Target("garage", "wincardcore", ZONE, msgspec.defstruct("Nothing", [])(), Policy())
    return Filled(target, 1, "", day, len(day) if begun is None else begun)


def test_a_chart_draws_each_hour_to_the_height_of_the_fullest():
    assert list(chart(filled(0, 1, 4, 8, 2, begun=4), height=2)) == [
        "8 │         ██",
        "  │   ▂▂ ██ ██",
        "0 └──────────────",
        "   00 01 02 03 04",
    ]


def test_one_among_many_can_still_be_seen():
    lines = list(chart(filled(1, 400)))
    assert lines[0].startswith("400 │")
    assert lines[4] == "    │▁▁ ██"


def test_an_empty_car_park_can_be_drawn():
    assert list(chart(filled(0, 0), height=1)) == ["1 │", "0 └─────", "   00 01"]


def test_a_picture_has_a_bar_per_hour_and_needs_nothing_else(place: Garage):
    place.deliver(
        visit("T1", came="2024-10-03 08:10", minutes=100, car_park=CarPark(1, "<North> & Sön")),
        visit(
            "T2", "K2", came="2024-10-03 08:20", minutes=20, car_park=CarPark(1, "<North> & Sön")
        ),
    )
    drawn = picture(seen(place))
    root = etree.fromstring(drawn)
    space = {"s": "http://www.w3.org/2000/svg"}
    bars = root.findall(".//s:rect[@class='bar']", space)
    assert len(bars) == 13
    tall = [float(bar.get("height", "")) for bar in bars]
    assert tall[8] == 2 * tall[9] > 0
    assert sum(tall) == tall[8] + tall[9]
    told = bars[8].findtext("s:title", namespaces=space)
    assert told == "08:00: at most 2 in, 2 came, 1 left"
    assert "garage · <North> & Sön" in root.xpath("//s:text/text()", namespaces=space)
    assert b"script" not in drawn
    assert drawn.count(b"http") == 1


def test_a_picture_of_a_day_without_visits_says_so(place: Garage):
    place.deliver(visit("T1"))
    assert b"Nobody was in." in picture(seen(place, day=date(2024, 10, 1)))


@pytest.mark.parametrize(
    ("most", "levels"),
    [(1, "01"), (4, "01234"), (5, "024"), (26, "0 10 20"), (130, "0 50 100"), (1000, "0 500 1000")],
)
def test_the_lines_of_a_picture_are_at_round_numbers(place: Garage, most: int, levels: str):
    place.deliver(visit("T1"))
    drawn = etree.fromstring(picture(replace(seen(place), filled=[filled(most)])))
    texts = drawn.xpath("//*[@class='end']/text()")
    assert [one for one in texts if one.isdigit()] == (
        levels.split() if " " in levels else list(levels)
    )


def test_the_command_shows_all_of_it(place: Garage):
    now = datetime.now(UTC)
    place.link("K1", "Eva", "Lind")
    place.list_accounts(listed("K1"), now=now)
    begun = now.astimezone(ZONE) - timedelta(hours=30, minutes=5)
    came = begun.strftime("%Y-%m-%d %H:%M:%S")
    place.deliver(
        visit("T1", came=came, status="open"),
        visit("T2", "K2", came=came, status="open", medium=Medium(1, "E28011606000")),
        now=now,
    )
    told = run(place).stdout
    for part in (
        "0 min ago",
        "1 accounts, 1 cards",
        "garage · Norra däcket: at most 2 in, 0 came, 0 left",
        "In now: 2",
        "Eva Lind",
        "plate ABC 123",
        "1 d 6 h",
        "In for longer than 24 hours: 2",
        "Unknown to the whitelist",
        "account, card",
        "tag …6000",
    ):
        assert part in told, told
    assert "E28011606000" not in told
    assert "In for longer" not in run(place, "--max-stay", "31").stdout


def test_the_command_says_what_is_silent_and_what_has_no_whitelist(place: Garage):
    place.deliver(visit("T1"))
    told = run(place).stdout
    assert "silent" in told
    assert "none acknowledged" in told
    assert "Nobody was in." in told
    assert "In now" not in told


def test_the_latest_hundred_strangers_are_told_to_be_that(place: Garage):
    today = datetime.now(ZONE).strftime("%Y-%m-%d %H:%M:%S")
    place.deliver(
        *(visit(f"T{n}", came=today, status="open", minutes=1) for n in range(STRANGERS + 5))
    )
    told = run(place).stdout
    assert f"of garage the latest {STRANGERS} only" in told
    assert "and 45 more" in told


def test_the_picture_is_a_file_of_its_owner(place: Garage):
    place.deliver(visit("T1"))
    file = place.folder / "pictures" / "day.svg"
    run(place, "--day", "2024-10-03", "--picture", str(file))
    assert etree.parse(file).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_json_has_all_of_it(place: Garage):
    place.link("K1", "Eva", "Lind")
    place.deliver(
        visit("T1", came="2024-10-03 09:00", status="open"),
        visit("T2", "K2", came="2024-10-03 10:00", car_park=SOUTH),
    )
    told = json.loads(run(place, "--day", "2024-10-03", "--json").stdout)
    [park] = told["car_parks"]
    assert (park["target"], park["silent"], park["whitelist_since"]) == ("garage", True, None)
    assert [(one["number"], len(one["hours"])) for one in told["occupancy"]] == [(1, 24), (2, 24)]
    assert told["occupancy"][1]["hours"][10] == {
        "begin": "2024-10-03T10:00:00+02:00",
        "inside": 0,
        "peak": 1,
        "came": 1,
        "left": 0,
    }
    [inside] = told["inside"]
    assert (inside["person"], inside["name"], inside["since"]) == (
        "club/K1",
        "Eva Lind",
        "2024-10-03T09:00:00+02:00",
    )
    assert told["overdue"] == [inside]
    assert {one["transaction"] for one in told["unknown"]} == {"T1", "T2"}
    assert (told["day"], told["max_stay_hours"]) == ("2024-10-03", 24)


def test_where_there_is_no_car_park_it_says_what_one_is(place: Garage):
    text = place.file.read_text()
    place.file.write_text(text[: text.index("[target.garage]")])
    refused = run(place, code=2).stderr
    assert "no target is a car park" in refused
    assert "What to do:" in refused


def test_what_is_no_day_is_refused(place: Garage):
    assert "'2024-02-30' is no day" in run(place, "--day", "2024-02-30", code=2).stderr


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0 min"), (59, "59 min"), (65, "1 h 05 min"), (24 * 60, "1 d 0 h"), (-3, "0 min")],
)
def test_how_long_is_told_in_two_units(minutes: int, text: str):
    assert lasted(timedelta(minutes=minutes)) == text


def test_an_hour_that_comes_twice_names_its_zone():
    first = datetime(2024, 10, 27, 0, 30, tzinfo=UTC)
    assert moment(first, ZONE) == "2024-10-27 02:30 CEST"
    assert moment(first + timedelta(hours=1), ZONE) == "2024-10-27 02:30 CET"
    assert moment(first, ZoneInfo("UTC")) == "2024-10-27 00:30"
