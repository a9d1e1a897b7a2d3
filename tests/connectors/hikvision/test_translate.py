"""Between a terminal's wall time and the core's instants."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.connectors.hikvision.translate import (
    fitted,
    holder,
    options,
    rights,
    shown_window,
    wall_window,
)
from doorward.connectors.hikvision.wire.person import Extend, RightPlan, Rights, UserInfo
from doorward.connectors.hikvision.wire.validity import EARLIEST, LATEST, ValidForm, Window
from doorward.core import windows
from doorward.core.people import Access, Faulty, Holder

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ZONES = [STOCKHOLM, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata"), ZoneInfo("UTC")]


def user(window: Window | None = None, **fields: Any) -> UserInfo:
    held = window or Window(datetime(2026, 1, 1), datetime(2026, 12, 31, 23, 59, 59))
    return UserInfo(**({"employee_no": "31", "valid": held.form("local")} | fields))


MOMENTS = st.none() | st.datetimes(
    datetime(1990, 1, 1), datetime(2045, 1, 1), timezones=st.just(UTC)
)


@given(MOMENTS, MOMENTS, st.sampled_from(ZONES))
def test_what_fits_is_what_is_read_back(
    one: datetime | None, other: datetime | None, zone: ZoneInfo
):
    if one and other and other < one:
        one, other = other, one
    access = Access(windows.Window(one, other), (("doors", ("1",)),))
    held = fitted(access, zone)

    assert fitted(held, zone) == held
    assert shown_window(user(wall_window(access.window, zone)), zone) == held.window
    assert held.options == access.options


@given(st.datetimes(datetime(2001, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC)))
def test_fitting_moves_nothing_but_into_the_hour_that_comes_twice(end: datetime):
    end = end.replace(microsecond=0)
    held = fitted(Access(windows.Window(None, end)), STOCKHOLM).window
    assert held.end is not None
    assert held.end - end in (timedelta(), timedelta(hours=1))


def test_an_open_window_is_the_whole_range():
    held = wall_window(windows.ALWAYS, STOCKHOLM)
    assert (held.begin, held.end) == (EARLIEST, LATEST)


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_time_are_the_ends_of_the_range(year: int):
    moment = datetime(year, 1, 1, tzinfo=UTC) if year == 1 else datetime.max.replace(tzinfo=UTC)
    held = wall_window(windows.Window(moment, moment), ZoneInfo("Pacific/Kiritimati"))
    west = wall_window(windows.Window(moment, moment), ZoneInfo("Pacific/Midway"))
    wanted = EARLIEST if year == 1 else LATEST
    assert {held.begin, held.end, west.begin, west.end} == {wanted}


def test_a_day_lasts_through_its_last_second_in_the_terminals_zone():
    access = Access(
        windows.Window.of(datetime(2026, 3, 1), datetime(2026, 3, 29).date(), STOCKHOLM)
    )
    held = wall_window(access.window, STOCKHOLM)
    assert held.end == datetime(2026, 3, 29, 23, 59, 59)


def test_no_time_limit_is_always():
    assert shown_window(user(valid=ValidForm(enable=False)), STOCKHOLM) == windows.ALWAYS


def test_utc_times_are_instants_already():
    form = ValidForm(
        enable=True,
        begin_time="2026-07-01T00:00:00",
        end_time="2026-07-02T00:00:00",
        time_type="UTC",
    )
    assert shown_window(user(valid=form), STOCKHOLM).start == datetime(2026, 7, 1, tzinfo=UTC)


def test_a_person_is_a_holder():
    ann = user(
        name="Ann",
        email="ann@example.org",
        door_right="2,1",
        right_plan=(RightPlan(1, "1"), RightPlan(2, "4")),
        extends=(Extend("club-7"),),
    )
    read = holder(ann, STOCKHOLM)
    assert isinstance(read, Holder)
    assert (read.id, read.number, read.name, read.extra) == ("31", "31", "Ann", "club-7")
    assert read.emails == ("ann@example.org",)
    assert read.access.options == (("doors", ("1", "2")), ("plan", ("1", "4")))


def test_an_address_in_the_free_slot_is_one():
    read = holder(user(extends=(Extend("ann@example.org"),)), STOCKHOLM)
    assert isinstance(read, Holder)
    assert (read.emails, read.extra) == (("ann@example.org",), "ann@example.org")


def test_who_has_no_rights_has_no_options():
    assert options(user()) == ()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"user_type": "blackList"}, "block list"),
        ({"valid": None}, "Valid is missing"),
        (
            {"valid": ValidForm(enable=True, begin_time="x", end_time="y")},
            "beginTime is not a time",
        ),
    ],
)
def test_who_cannot_be_understood_is_named(fields: dict[str, Any], reason: str):
    read = holder(user(**fields), STOCKHOLM)
    assert isinstance(read, Faulty)
    assert read.key == "31"
    assert reason in read.reason
    assert read.remedy


def test_options_become_rights():
    always = windows.ALWAYS
    assert rights(Access(always)) == Rights()
    given = Access(always, (("doors", ("2", "1")), ("plan", ("3",))))
    assert rights(given) == Rights((1, 2), "3")


@pytest.mark.parametrize("door", ["north", "1a", "", "²"])
def test_a_door_that_is_no_number_is_refused(door: str):
    with pytest.raises(ValueError, match="doors are numbers"):
        rights(Access(windows.ALWAYS, (("doors", (door,)),)))
