"""A VIZpin location as the hub's target, on real sockets."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connectors.vizpin.target_rig import (
    ANN,
    EVERYWHERE,
    LONGER,
    YEAR,
    Town,
    access,
    readers,
    shown,
    town,
)
from doorward.connectors.kinds import TargetKind, TwinKind
from doorward.connectors.vizpin.adapter import TARGET, TWIN
from doorward.connectors.vizpin.translate import NO_ACCESS
from doorward.core.errors import Kind, Troubled
from doorward.core.people import Person
from doorward.core.ports import (
    Confirmed,
    Create,
    Declined,
    Differs,
    Remove,
    SetAccess,
    TakesSeveral,
    WritableDoor,
    silent,
)
from doorward.core.reads import Complete
from doorward.core.windows import Window
from doorward.twinkit.clock import ClockOrder

NOTHING = NO_ACCESS


def test_it_is_offered_as_a_target_and_as_a_twin():
    assert isinstance(TARGET, TargetKind)
    assert isinstance(TWIN, TwinKind)
    assert set(TARGET.grant_options) == {"readers", "roles"}
    policy = TARGET.standard
    assert (policy.match, policy.lapsed, policy.missing) == (("link", "phone"), "expire", "create")


# --- reading


@pytest.mark.covers("vizpin", client="user.count user.list vizpin.list", rule="matched-by-phone")
async def test_everybody_is_a_holder_with_her_phone_name_and_readers():
    async with town() as place:
        people = await place.everybody()
        first = people[0]
        user = place.world.store.users.rows[first.id].user
    assert len(people) == 6
    assert (first.phone, first.name) == (user.phone, f"{user.first_name} {user.last_name}")
    assert first.emails == (user.emailaddress,)
    assert readers(first) == ("Gym", "Main entrance", "Pool")


async def test_whoever_has_no_vizpin_that_opens_anything_has_no_access():
    async with town() as place:
        people = await place.everybody()
    assert [one.access == NOTHING for one in people].count(True) == 2


@pytest.mark.covers("vizpin", client="user.NeedAccess")
async def test_vizpins_are_asked_of_those_alone_who_have_access():
    async with town(people=230) as place:
        people = await place.everybody()
        asked = place.asked()
    having = sum(one.access != NOTHING for one in people)
    assert asked["vizpin.list"] == having < len(people) == 230
    assert (asked["user.list"], asked["user.NeedAccess"], asked["user.count"]) == (3, 1, 1)
    others = {"user.authenticate", "account.list", "location.list", "reader.list"}
    assert sum(asked.values()) == having + 5 + len(others)


async def test_progress_says_how_many_there_are():
    steps: list[tuple[int, int | None]] = []
    async with town() as place:
        await place.door.holders(lambda done, total: steps.append((done, total)))
    assert steps[0] == (0, 6)
    assert steps[-1] == (6, 6)


async def test_one_person_is_shown_as_in_the_list_also_without_access():
    async with town() as place:
        people = await place.everybody()
        assert [await place.door.holder(one.id) for one in people] == list(people)
        assert await place.door.holder("a0q999999999999AAA") is None


# --- writing


@pytest.mark.covers("vizpin", client="vizpin.grant", rule="read-back")
async def test_access_is_set_and_shown_as_it_fits():
    async with town() as place:
        someone = await place.someone()
        outcome = await place.door.write(SetAccess(someone.id, YEAR))
        again = await place.door.holder(someone.id)
    after = shown(outcome)
    assert after == again
    assert after.access == place.door.fit(YEAR) == YEAR


async def test_what_is_right_already_is_not_granted_again():
    async with town() as place:
        someone = await place.someone()
        await place.door.write(SetAccess(someone.id, YEAR))
        place.forget()
        outcome = await place.door.write(SetAccess(someone.id, YEAR))
    assert isinstance(outcome, Confirmed)
    assert place.asked() == Counter({"vizpin.list": 1})


async def test_a_reader_that_is_no_longer_wanted_is_revoked_and_the_others_stay():
    async with town() as place:
        someone = await place.someone()
        await place.door.write(SetAccess(someone.id, YEAR))
        less = access(date(2026, 6, 1), date(2027, 5, 31), "Pool")
        place.forget()
        after = shown(await place.door.write(SetAccess(someone.id, less)))
    assert readers(after) == ("Pool",)
    assert place.asked() == Counter({"vizpin.revoke": 1, "vizpin.list": 1})


@pytest.mark.covers("vizpin", client="vizpin.grant vizpin.revoke")
async def test_a_renewal_takes_the_place_of_the_old_vizpins_without_a_gap():
    async with town() as place:
        someone = await place.someone()
        await place.door.write(SetAccess(someone.id, YEAR))
        place.forget()
        after = shown(await place.door.write(SetAccess(someone.id, LONGER)))
        statuses = place.statuses(someone.id)
    assert after.access == LONGER
    assert statuses["Confirmed"] + statuses["Scheduled"] == 2
    assert place.asked()["vizpin.revoke"] == 0


@pytest.mark.covers("vizpin", client="vizpin.revoke", rule="revoked-on-lapse")
async def test_somebody_whose_access_is_over_has_her_vizpins_revoked():
    async with town() as place:
        someone = await place.someone()
        past = access(date(2020, 1, 1), date(2020, 12, 31), "Gym")
        after = shown(await place.door.write(SetAccess(someone.id, past)))
        statuses = place.statuses(someone.id)
    assert after.access == place.door.fit(past) == NOTHING
    assert set(statuses) == {"Revoke Complete"}


@pytest.mark.covers("vizpin", client="user.grantphonerole role.list", rule="by-roles")
async def test_roles_are_granted_by_their_own_call_and_shown_as_readers():
    wanted = access(date(2026, 6, 1), None, roles=("Members",))
    async with town() as place:
        outcome = await place.door.write(Create(ANN.phone, ANN, wanted))
        asked = place.asked()
    assert readers(shown(outcome)) == ("Gym", "Main entrance", "Pool")
    assert (asked["user.grantphonerole"], asked["vizpin.grant"]) == (1, 0)


@pytest.mark.covers("vizpin", rule="by-roles")
async def test_readers_beside_a_role_are_granted_one_by_one():
    wanted = access(date(2026, 6, 1), date(2027, 5, 31), "Office", roles=("Members",))
    async with town() as place:
        after = shown(await place.door.write(Create(ANN.phone, ANN, wanted)))
        asked = place.asked()
    assert readers(after) == EVERYWHERE
    assert (asked["user.grantphonerole"], asked["vizpin.grant"]) == (1, 1)


async def test_readers_of_the_target_are_what_a_rule_without_any_opens():
    wanted = access(date(2026, 6, 1), date(2027, 5, 31))
    async with town(readers=("Office",)) as place:
        after = shown(await place.door.write(Create(ANN.phone, ANN, wanted)))
    assert readers(after) == ("Office",)


# --- newcomers


@pytest.mark.covers("vizpin", client="user.preregister user.associate", rule="newcomer")
async def test_a_newcomer_is_pre_registered_with_name_phone_and_country():
    async with town() as place:
        after = shown(await place.door.write(Create(place.door.new_id(ANN), ANN, YEAR)))
        user = place.world.store.users.rows[after.id].user
        people = await place.everybody()
    assert (after.name, after.phone, after.emails) == ("Ann Ek", ANN.phone, ANN.emails)
    assert (user.country, user.verified) == ("SWE", False)
    assert after in people


@pytest.mark.covers("vizpin", client="user.find", rule="matched-by-phone newcomer")
async def test_a_newcomer_who_has_the_app_already_is_found_by_phone_and_last_name():
    async with town() as place:
        await place.door.write(Create(ANN.phone, ANN, YEAR))
        first = (await place.everybody())[-1]
        gone = await place.door.write(Remove(first.id))
        again = shown(await place.door.write(Create(ANN.phone, ANN, LONGER)))
    assert gone == Confirmed(None)
    assert (again.id, again.access) == (first.id, LONGER)
    assert place.asked()["user.preregister"] == 1


@pytest.mark.covers("vizpin", rule="matched-by-phone")
async def test_a_phone_that_is_somebody_elses_is_told_and_nobody_is_made():
    async with town() as place:
        taken = (await place.everybody())[0].phone
        other = Person(key="club/2", first_name="Bo", last_name="Unheard", phone=taken)
        outcome = await place.door.write(Create(taken, other, YEAR))
        assert len(await place.everybody()) == 6
    assert isinstance(outcome, Declined)
    assert outcome.trouble.kind is Kind.PERMANENT
    assert "last name" in outcome.trouble.remedy


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"phone": ""}, "no phone"),
        ({"phone": "ask at the desk"}, "no telephone number"),
        ({"first_name": ""}, "first and a last name"),
        ({"last_name": " "}, "first and a last name"),
    ],
)
async def test_whom_vizpin_cannot_know_is_told_with_a_remedy(change: dict[str, str], word: str):
    known = {"key": ANN.key, "first_name": "Ann", "last_name": "Ek", "phone": ANN.phone}
    async with town() as place:
        with pytest.raises(Troubled, match=word) as caught:
            place.door.new_id(Person(**(known | change)))
    assert "register" in caught.value.trouble.remedy


@pytest.mark.parametrize(
    ("phone", "country"),
    [("+4915123456789", "DEU"), ("+358401234567", "FIN"), ("+35818123456", "SWE")],
)
async def test_a_newcomers_country_is_that_of_her_phone_or_of_the_location(
    phone: str, country: str
):
    person = Person(key="club/3", first_name="Ida", last_name="Holm", phone=phone)
    async with town() as place:
        after = shown(await place.door.write(Create(phone, person, YEAR)))
        assert place.world.store.users.rows[after.id].user.country == country


# --- removing


@pytest.mark.covers("vizpin", client="user.remove", rule="removed-by-policy")
async def test_a_removal_takes_her_out_of_the_account_and_leaves_her_phone_its_owner():
    async with town() as place:
        someone = await place.someone()
        outcome = await place.door.write(Remove(someone.id))
        assert await place.door.holder(someone.id) is None
        assert len(await place.everybody()) == 5
        assert someone.id in place.world.store.users.rows
    assert outcome == Confirmed(None)
    assert place.asked()["user.delete"] == 0


async def test_whoever_has_access_at_another_location_loses_that_of_this_one_alone():
    async with town() as place:
        someone = await place.someone()
        other = await add_location(place, "Boathouse")
        await place.door.client.user_associate(someone.id, [other[0]])
        await place.door.client.vizpin_grant([someone.id], [other[1]])
        outcome = await place.door.write(Remove(someone.id))
        assert isinstance(outcome, Declined)
        assert "other locations" in outcome.trouble.reason
        after = await place.door.holder(someone.id)
        assert after is not None
        assert after.access == NOTHING
        assert place.statuses(someone.id)["Confirmed"] == 1


async def add_location(place: Town, name: str) -> tuple[str, str]:
    """Another location of the account, with one reader."""
    from doorward.connectors.vizpin.wire.locations import LocationFields
    from doorward.connectors.vizpin.wire.readers import ReaderFields

    client = place.door.client
    (account,) = await client.account_list()
    made = await client.location_add(
        LocationFields(account_id=account.id, name=name, country="SWE", timezone="Europe/Berlin")
    )
    reader = await client.reader_add(
        ReaderFields(location_id=made.id, name=f"{name} door", serial="VZ99")
    )
    return made.id, reader.id


# --- many at once


@pytest.mark.covers("vizpin", client="vizpin.grant", rule="read-back")
async def test_many_are_granted_in_one_call_and_each_is_read_back():
    async with town(people=12) as place:
        assert isinstance(place.door, TakesSeveral)
        people = await place.everybody()
        place.forget()
        outcomes = await place.door.write_all([SetAccess(one.id, YEAR) for one in people])
        asked = place.asked()
    assert all(shown(one).access == YEAR for one in outcomes)
    assert [shown(one).id for one in outcomes] == [one.id for one in people]
    assert asked == Counter({"vizpin.revoke": 1, "vizpin.grant": 1, "vizpin.list": 12})


async def test_one_who_is_refused_does_not_keep_the_others_out():
    async with town(people=6) as place:
        people = await place.everybody()
        await place.door.client.user_delete(people[2].id)
        outcomes = await place.door.write_all([SetAccess(one.id, YEAR) for one in people])
    kinds = [type(one) for one in outcomes]
    assert kinds == [Confirmed, Confirmed, Declined, Confirmed, Confirmed, Confirmed]


async def test_different_wishes_are_done_side_by_side():
    async with town(people=6) as place:
        one, two, three, *_ = await place.everybody()
        outcomes = await place.door.write_all(
            [SetAccess(one.id, YEAR), SetAccess(two.id, LONGER), Remove(three.id),
             Create(ANN.phone, ANN, YEAR)]
        )  # fmt: skip
    assert [shown(x).access for x in (outcomes[0], outcomes[1], outcomes[3])] == [
        YEAR, LONGER, YEAR,
    ]  # fmt: skip
    assert outcomes[2] == Confirmed(None)


# --- what a rule asks for that is not there


@pytest.mark.parametrize(
    ("options", "reason", "remedy"),
    [
        ({"readers": ("Saloon",)}, "no reader 'Saloon'", "Gym"),
        ({"readers": ("Gymn",)}, "no reader 'Gymn'", "Did you mean 'Gym'?"),
        ({"roles": ("Cleaners",)}, "role 'Cleaners'", "roles = {"),
        ({}, "names no readers", "set 'readers'"),
    ],
)
async def test_what_cannot_be_opened_is_told_with_a_remedy_and_nothing_is_written(
    options: dict[str, tuple[str, ...]], reason: str, remedy: str
):
    async with town() as place:
        someone = await place.someone()
        wanted = access(date(2026, 6, 1), date(2027, 5, 31), **options)
        outcome = await place.door.write(SetAccess(someone.id, place.door.fit(wanted)))
        assert await place.door.holder(someone.id) == someone
    assert isinstance(outcome, Declined)
    assert outcome.trouble.kind is Kind.PERMANENT
    assert reason in outcome.trouble.reason
    assert remedy in outcome.trouble.remedy


async def test_a_role_that_opens_more_than_is_configured_is_put_right_and_told():
    async with town(roles={"Staff": ("Gym",)}) as place:
        someone = await place.someone()
        wanted = access(date(2026, 6, 1), date(2027, 5, 31), roles=("Staff",))
        outcome = await place.door.write(SetAccess(someone.id, wanted))
        after = await place.door.holder(someone.id)
    assert after is not None
    assert readers(after) == ("Gym",)  # what was granted beside it is revoked
    assert isinstance(outcome, Confirmed)


async def test_a_role_that_opens_less_than_is_configured_is_told():
    async with town(roles={"Members": EVERYWHERE}) as place:
        someone = await place.someone()
        wanted = access(date(2026, 6, 1), date(2027, 5, 31), roles=("Members",))
        outcome = await place.door.write(SetAccess(someone.id, wanted))
    assert isinstance(outcome, Differs)
    assert "'roles' of this target" in outcome.trouble.remedy


async def test_a_role_that_is_not_there_is_told():
    async with town(roles={"Memmbers": ("Gym",)}) as place:
        someone = await place.someone()
        outcome = await place.door.write(
            SetAccess(someone.id, access(date(2026, 6, 1), None, roles=("Memmbers",)))
        )
    assert isinstance(outcome, Declined)
    assert "Did you mean 'Members'?" in outcome.trouble.remedy


# --- drift


async def test_a_reader_with_other_dates_is_called_by_them_and_put_right():
    async with town() as place:
        someone = await place.someone()
        (site_reader,) = [k for k, v in (await place.door._place()).readers.items() if v == "Gym"]
        await place.door.write(SetAccess(someone.id, YEAR))
        until = datetime(2026, 12, 24, 12, 0, 1)
        await place.door.client.vizpin_grant(
            [someone.id], [site_reader], datetime(2026, 6, 1), until
        )
        drifted = await place.door.holder(someone.id)
        assert drifted is not None
        assert readers(drifted) == ("Gym (2026-06-01 to 2026-12-24 12:00)", "Pool")
        assert not YEAR.satisfied_by(drifted.access)
        await place.everybody()
        assert shown(await place.door.write(SetAccess(someone.id, YEAR))).access == YEAR


async def test_a_reader_with_hours_of_its_own_is_never_taken_for_an_open_one():
    from doorward.connectors.vizpin.wire.schedules import CustomSchedule
    from doorward.connectors.vizpin.wire.weeks import WeeklyElement

    hours = CustomSchedule(
        scheduleelement=WeeklyElement(monday_begin="08:00 AM", monday_end="05:00 PM")
    )
    async with town() as place:
        someone = await place.someone()
        await place.door.write(SetAccess(someone.id, YEAR))
        site = await place.door._place()
        gym = next(ident for ident, name in site.readers.items() if name == "Gym")
        await place.door.client.vizpin_grant(
            [someone.id], [gym], datetime(2026, 6, 1), datetime(2027, 5, 31, 23, 59, 1), hours
        )
        drifted = await place.door.holder(someone.id)
        assert drifted is not None
        assert readers(drifted) == ("Gym (custom hours)", "Pool")
        await place.everybody()
        assert shown(await place.door.write(SetAccess(someone.id, YEAR))).access == YEAR


# --- days, minutes, zones


@pytest.mark.covers("vizpin", rule="read-back")
@pytest.mark.parametrize("zone", ["Europe/Stockholm", "America/Santiago", "Asia/Tehran", "GMT"])
async def test_what_is_written_is_read_back_in_any_zone(zone: str):
    place_zone = ZoneInfo(zone)
    async with town(zone=place_zone) as place:
        someone = await place.someone()
        for day in (date(2026, 9, 6), date(2026, 10, 24), date(2027, 4, 3)):
            window = Window.of(day, day + timedelta(days=400), place_zone)
            wanted = type(YEAR)(window, YEAR.options)
            after = shown(await place.door.write(SetAccess(someone.id, place.door.fit(wanted))))
            assert after.access == place.door.fit(wanted) == wanted


async def test_access_ends_with_its_minute_on_the_clock():
    async with town(now="2027-05-31T23:58:00+02:00") as place:
        someone = (await place.everybody())[0]
        shown(await place.door.write(SetAccess(someone.id, YEAR)))
        place.world.clock.order(ClockOrder(advance=62))
        assert place.door.fit(YEAR) == NOTHING
        after = await place.door.holder(someone.id)
        assert after is not None
        assert after.access == NOTHING


def writable(door: WritableDoor) -> WritableDoor:
    return door


async def test_it_is_a_door_that_the_core_can_use():
    async with town() as place:
        assert writable(place.door).credentials(ANN) == ()
        read = await place.door.holders(silent)
    assert isinstance(read, Complete)
