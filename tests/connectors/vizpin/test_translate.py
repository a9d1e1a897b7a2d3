"""Between VIZpins and windows: whole days, whole minutes, and nothing that drifts unseen."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.vizpin.target_rig import STOCKHOLM, settings
from doorward.connectors.vizpin import translate
from doorward.connectors.vizpin.granting import Grant, grant
from doorward.connectors.vizpin.site import names
from doorward.connectors.vizpin.translate import Dates
from doorward.connectors.vizpin.wire.readers import Reader
from doorward.connectors.vizpin.wire.schedules import ALWAYS, CustomSchedule, Schedule
from doorward.connectors.vizpin.wire.users import User
from doorward.connectors.vizpin.wire.vizpins import Vizpin
from doorward.core.people import Access, Faulty, Holder
from doorward.core.windows import ALWAYS as FOR_EVER
from doorward.core.windows import Window

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
READERS = {"r1": "Gym", "r2": "Pool", "r3": "Office"}
SETTINGS = settings(roles={"Members": ("Gym", "Pool"), "Staff": ("Gym", "Pool", "Office")})
ZONES = ["Europe/Stockholm", "America/Santiago", "Asia/Beirut", "Australia/Lord_Howe", "GMT"]
MEMBERS: Grant = Grant(Dates(datetime(2026, 1, 1), datetime(2026, 12, 31, 23, 59, 1)), (), ())


def vizpin(
    reader: str = "r1",
    start: str = "2026-01-01 00:00:00",
    stop: str = "2026-12-31 23:59:01",
    status: str = "Confirmed",
    schedule: Schedule = ALWAYS,
) -> Vizpin:
    return Vizpin(
        id=f"v-{reader}-{start}-{status}", reader_id=reader, user_id="u1", start_date=start,
        stop_date=stop, status=status, schedule=schedule,
    )  # fmt: skip


def shown(*vizpins: Vizpin) -> Access:
    return translate.shown(vizpins, READERS, STOCKHOLM)


def fitted(access: Access, zone: ZoneInfo = STOCKHOLM, now: datetime = NOW) -> Access:
    return translate.fitted(access, zone, SETTINGS, now)


def of(start: date | datetime | None, end: date | datetime | None, **options: tuple[str, ...]):
    return Access(Window.of(start, end, STOCKHOLM), tuple(options.items()))


YEAR = Window.of(date(2026, 1, 1), date(2026, 12, 31), STOCKHOLM)

# --- windows


def test_an_end_of_day_is_an_end_of_day_on_both_sides():
    held = translate.dates(YEAR, STOCKHOLM)
    assert (held.start, held.stop) == (datetime(2026, 1, 1), datetime(2026, 12, 31, 23, 59, 1))
    assert held.window(STOCKHOLM) == YEAR


def test_an_end_within_a_day_lasts_through_its_minute():
    access = fitted(of(date(2026, 1, 1), datetime(2026, 12, 31, 17, 30, 20), readers=("Gym",)))
    assert access.window.end == datetime(2026, 12, 31, 16, 30, 59, tzinfo=UTC)


def test_a_start_within_a_day_is_that_whole_day():
    access = fitted(of(datetime(2026, 8, 1, 14, 0), date(2026, 12, 31), readers=("Gym",)))
    assert access.window.start == datetime(2026, 7, 31, 22, tzinfo=UTC)


def test_open_sides_are_far_away_days():
    access = fitted(Access(FOR_EVER, (("readers", ("Gym",)),)))
    assert access == of(date(2000, 1, 1), date(2099, 12, 31), readers=("Gym",))


def test_years_beyond_the_calendar_are_taken_as_open():
    beyond = Window(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        held = translate.dates(beyond, ZoneInfo(zone))
        assert held == Dates(translate.EARLIEST, translate.LATEST)


@given(
    st.datetimes(datetime(2001, 1, 1), datetime(2090, 1, 1)),
    st.timedeltas(timedelta(), timedelta(days=3000)),
    st.sampled_from(ZONES),
)
def test_what_fits_is_what_reading_back_shows_and_no_end_is_cut(
    start: datetime, length: timedelta, zone: str
):
    place = ZoneInfo(zone)
    begins = start.replace(tzinfo=UTC)
    wanted = Access(Window(begins, begins + length), (("readers", ("Gym",)),))
    held = translate.dates(wanted.window, place)
    early = begins - timedelta(days=900)
    fits = fitted(wanted, place, early)
    told = vizpin(start=held.start.isoformat(" "), stop=held.stop.isoformat(" "))
    assert translate.shown([told], READERS, place) == fits
    assert fitted(fits, place, early) == fits
    assert fits.window.covers(wanted.window)


def test_what_is_over_is_no_access_at_all():
    assert fitted(of(date(2025, 1, 1), date(2026, 6, 30), readers=("Gym",))) == (
        translate.NO_ACCESS
    )
    assert translate.NO_ACCESS.window.over_at(NOW)


@pytest.mark.parametrize(("second", "over"), [(0, False), (1, True), (59, True)])
def test_it_is_over_when_the_vizpin_is(second: int, over: bool):
    now = datetime(2026, 12, 31, 22, 59, second, tzinfo=UTC)
    access = Access(YEAR, (("readers", ("Gym",)),))
    assert (fitted(access, now=now) == translate.NO_ACCESS) is over


# --- readers and roles


@pytest.mark.parametrize(
    ("options", "readers"),
    [
        ({"readers": ("Pool", "Gym")}, ("Gym", "Pool")),
        ({"roles": ("Members",)}, ("Gym", "Pool")),
        ({"roles": ("Members",), "readers": ("Office",)}, ("Gym", "Office", "Pool")),
        ({"roles": ("Members", "Staff")}, ("Gym", "Office", "Pool")),
        ({}, ()),
    ],
)
def test_roles_are_shown_as_the_readers_they_open(
    options: dict[str, tuple[str, ...]], readers: tuple[str, ...]
):
    assert fitted(Access(YEAR, tuple(options.items()))).options == (("readers", readers),)


def test_a_role_that_the_settings_do_not_know_stays_visible():
    options = dict(fitted(Access(YEAR, (("roles", ("Cleaners", "Members")),))).options)
    assert options == {"readers": ("Gym", "Pool"), "roles": ("Cleaners",)}


@pytest.mark.parametrize(
    ("wanted", "lacking", "roles", "readers"),
    [
        ({"Gym", "Pool"}, {"Gym", "Pool"}, ("Members",), ()),
        ({"Gym", "Pool", "Office"}, {"Office"}, ("Staff",), ()),
        ({"Gym", "Pool", "Office"}, {"Gym", "Pool", "Office"}, ("Staff",), ()),
        ({"Gym"}, {"Gym"}, (), ("Gym",)),
        ({"Gym", "Pool", "Attic"}, {"Gym", "Attic"}, ("Members",), ("Attic",)),
    ],
)
def test_roles_are_granted_that_open_nothing_but_what_is_wanted(
    wanted: set[str], lacking: set[str], roles: tuple[str, ...], readers: tuple[str, ...]
):
    given = grant(MEMBERS.dates, wanted, lacking, SETTINGS.roles)
    assert given == replace(MEMBERS, roles=roles, readers=readers)


def test_readers_are_called_by_name_and_by_id_where_two_share_one():
    known = [
        Reader(id="r1", name="Gym"),
        Reader(id="r2", name="Door"),
        Reader(id="r3", name="Door"),
    ]
    assert names([*known, Reader(id="r4")]) == {"r1": "Gym", "r2": "r2", "r3": "r3", "r4": "r4"}


# --- what is shown


def test_readers_with_the_same_dates_are_one_window():
    assert shown(vizpin("r1"), vizpin("r2", status="Scheduled")) == Access(
        YEAR, (("readers", ("Gym", "Pool")),)
    )


@pytest.mark.parametrize(
    "status", ["Expired", "Revoke Complete", "Blacklisted", "Superceded", "EXPIRED "]
)
def test_what_opens_nothing_is_no_access(status: str):
    assert shown(vizpin(status=status)) == translate.NO_ACCESS


def test_readers_elsewhere_are_not_shown():
    assert shown(vizpin("r9"), vizpin("r1")).options == (("readers", ("Gym",)),)


def test_the_dates_that_most_have_are_shown_and_others_beside_the_reader():
    access = shown(
        vizpin("r1"), vizpin("r2"), vizpin("r3", "2026-03-01 00:00:00", "2027-02-28 12:30:01")
    )
    assert access.window == YEAR
    assert access.options == (
        ("readers", ("Gym", "Office (2026-03-01 to 2027-02-28 12:30)", "Pool")),
    )


def test_of_as_many_the_dates_that_last_longer_are_shown():
    access = shown(vizpin("r1"), vizpin("r2", stop="2026-08-31 23:59:01"))
    assert access.window == YEAR
    assert not Access(YEAR, (("readers", ("Gym", "Pool")),)).satisfied_by(access)


def test_a_second_vizpin_of_a_reader_is_shown_too():
    access = shown(vizpin("r1"), vizpin("r1", stop="2030-12-31 23:59:01"), vizpin("r2"))
    assert len(dict(access.options)["readers"]) == 3


def test_hours_of_a_reader_are_shown_beside_it():
    access = shown(vizpin("r1", schedule=CustomSchedule()), vizpin("r2"))
    assert access.options == (("readers", ("Gym (custom hours)", "Pool")),)
    assert shown(vizpin("r1", schedule=CustomSchedule())).options == (
        ("readers", ("Gym (custom hours)",)),
    )


def test_a_vizpin_without_dates_is_open_on_both_sides():
    assert shown(vizpin(start="", stop="")) == fitted(Access(FOR_EVER, (("readers", ("Gym",)),)))


# --- people


ANN = User(id="u1", first_name="Ann", last_name="Ek", phone="+46 73-123 45 67", sf_user_id="club/1")


def test_a_user_is_a_holder_with_a_phone_that_can_be_compared():
    found = translate.holder(ANN, [vizpin()], READERS, STOCKHOLM)
    assert isinstance(found, Holder)
    assert (found.name, found.phone, found.emails, found.extra) == (
        "Ann Ek", "+46731234567", (), "club/1",
    )  # fmt: skip


@pytest.mark.parametrize("odd", [vizpin(status="Frozen"), vizpin(start="soon")])
def test_a_vizpin_that_cannot_be_read_is_told_and_she_is_left_alone(odd: Vizpin):
    found = translate.holder(ANN, [odd, vizpin("r2")], READERS, STOCKHOLM)
    assert isinstance(found, Faulty)
    assert found.key == "u1"
    assert "revoke" in found.remedy
