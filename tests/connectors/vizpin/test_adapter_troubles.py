"""When VIZpin fails in the middle: nothing is done twice, nobody is lost, nothing is guessed."""

import asyncio
from pathlib import Path

import pytest

from connectors.vizpin.target_rig import (
    ANN,
    LONGER,
    STOCKHOLM,
    YEAR,
    Town,
    access,
    door,
    readers,
    settings,
    shown,
    town,
)
from doorward.connectors.kinds import Surroundings
from doorward.connectors.vizpin.adapter import open_door
from doorward.connectors.vizpin.translate import NO_ACCESS
from doorward.core.errors import Kind, Trouble, Troubled
from doorward.core.inbound import Mark
from doorward.core.ports import (
    Confirmed,
    Create,
    Declined,
    Outcome,
    Remove,
    SetAccess,
    Unknown,
    Write,
    silent,
)
from doorward.core.reads import Complete, Failed, Partial
from doorward.net.secrets import Secret

LESS = access(YEAR.window.start.date(), YEAR.window.end.date(), "Pool")  # type: ignore[union-attr]
WRITES = ("user.preregister", "user.associate", "grantphonerole", "vizpin.grant", "vizpin.revoke")


async def agreed(place: Town) -> str:
    """Somebody with a year at gym and pool."""
    someone = await place.someone()
    shown(await place.door.write(SetAccess(someone.id, YEAR)))
    return someone.id


# --- lost answers


@pytest.mark.covers("vizpin", rule="lost-answers")
@pytest.mark.parametrize("call", ["vizpin.grant", "vizpin.revoke"])
async def test_a_change_whose_answer_was_lost_is_found_done_by_reading(call: str):
    async with town() as place:
        user = await agreed(place)
        place.forget()
        place.fault(call, "lost answer")
        wanted = LONGER if call == "vizpin.grant" else LESS
        outcome = await place.door.write(SetAccess(user, wanted))
        asked = place.asked()
    assert shown(outcome).access == wanted
    assert asked["vizpin.grant"] <= 1


@pytest.mark.covers("vizpin", rule="lost-answers")
async def test_roles_whose_answer_was_lost_are_not_granted_twice():
    wanted = access(YEAR.window.start.date(), None, roles=("Members",))  # type: ignore[union-attr]
    async with town() as place:
        someone = (await place.everybody())[1]
        place.fault("grantphonerole", "lost answer")
        outcome = await place.door.write(SetAccess(someone.id, wanted))
        asked = place.asked()
    assert readers(shown(outcome)) == ("Gym", "Main entrance", "Pool")
    assert asked["user.grantphonerole"] == 1


@pytest.mark.covers("vizpin", rule="lost-answers")
async def test_a_newcomer_whose_answer_was_lost_is_found_and_not_made_twice():
    async with town() as place:
        place.fault("user.preregister", "lost answer")
        outcome = await place.door.write(Create(ANN.phone, ANN, YEAR))
        people = await place.everybody()
        asked = place.asked()
    assert shown(outcome).access == YEAR
    assert (len(people), asked["user.preregister"], asked["user.find"]) == (7, 1, 2)


@pytest.mark.covers("vizpin", rule="lost-answers")
async def test_a_removal_whose_answer_was_lost_is_found_done_by_reading():
    async with town() as place:
        user = await agreed(place)
        place.fault("user.remove", "lost answer")
        outcome = await place.door.write(Remove(user))
        asked = place.asked()
    assert outcome == Confirmed(None)
    assert asked["user.remove"] == 1


@pytest.mark.parametrize("kind", ["drop", "garbage"])
async def test_a_grant_that_may_have_been_made_and_was_not_is_unknown(kind: str):
    async with town() as place:
        user = await agreed(place)
        place.forget()
        place.fault("vizpin.grant", kind)
        outcome = await place.door.write(SetAccess(user, LONGER))
        after = await place.door.holder(user)
        asked = place.asked()
    assert isinstance(outcome, Unknown)
    assert after is not None
    assert after.access == YEAR  # nobody is shut out by a grant that went wrong
    assert asked["vizpin.grant"] == 1


async def test_a_newcomer_who_may_have_been_made_and_was_not_is_left_for_the_next_run():
    async with town() as place:
        place.fault("user.preregister", "drop")
        outcome = await place.door.write(Create(ANN.phone, ANN, YEAR))
        assert len(await place.everybody()) == 6
    assert isinstance(outcome, Declined)
    assert outcome.trouble.kind is Kind.RETRY


@pytest.mark.covers("vizpin", rule="lost-answers")
@pytest.mark.parametrize("call", WRITES)
async def test_after_any_lost_answer_the_next_run_finds_everything_as_wanted(call: str):
    wanted = access(
        YEAR.window.start.date(),  # type: ignore[union-attr]
        YEAR.window.end.date(),  # type: ignore[union-attr]
        "Office",
        roles=("Members",),
    )
    async with town() as place:
        writes: list[Write] = [Create(ANN.phone, ANN, wanted)]
        writes += [SetAccess(one.id, YEAR) for one in await place.everybody()]
        place.fault(call, "lost answer", times=3)
        await place.door.write_all(writes)
        place.twin.faults.order([])
        people = await place.everybody()
        ann = [one for one in people if one.phone == ANN.phone]
        again: list[Write] = [SetAccess(one.id, YEAR) for one in people if one not in ann]
        again += [SetAccess(one.id, wanted) for one in ann] or [Create(ANN.phone, ANN, wanted)]
        outcomes = await place.door.write_all(again)
    assert all(isinstance(one, Confirmed) for one in outcomes)


# --- no answer, and refusals


@pytest.mark.parametrize("kind", ["busy", "drop"])
async def test_a_location_that_does_not_answer_is_not_asked_on_and_on(kind: str):
    async with town() as place:
        people = await place.everybody()
        place.forget()
        place.fault("vizpin.revoke", kind, times=None)
        outcomes = await place.door.write_all([SetAccess(one.id, YEAR) for one in people])
        asked = place.asked()
    assert {type(one) for one in outcomes} <= {Declined, Unknown}
    assert asked["vizpin.revoke"] <= 6
    assert all(trouble_of(one).kind is Kind.RETRY for one in outcomes)


def trouble_of(outcome: Outcome) -> Trouble:
    trouble = getattr(outcome, "trouble", None)
    assert isinstance(trouble, Trouble)
    return trouble


async def test_what_is_refused_is_declined_with_the_apis_own_words():
    async with town() as place:
        user = await agreed(place)
        place.fault("vizpin.grant", "refuse")
        outcome = await place.door.write(SetAccess(user, LONGER))
    assert isinstance(outcome, Declined)
    assert outcome.trouble.kind is Kind.PERMANENT
    assert "declined as ordered" in outcome.trouble.reason


@pytest.mark.covers("vizpin", rule="one-login-anew")
async def test_nobody_is_removed_whose_access_elsewhere_cannot_be_told():
    async with town() as place:
        user = await agreed(place)
        place.fault("vizpin.list", "refuse")
        outcome = await place.door.write(Remove(user))
        after = await place.door.holder(user)
        asked = place.asked()
    assert isinstance(outcome, Declined)
    assert after is not None
    assert after.access == YEAR
    assert asked["user.remove"] == 0


async def test_an_expired_session_is_begun_anew_in_the_middle():
    async with town() as place:
        user = await agreed(place)
        place.fault("vizpin.grant", "unauthorised")
        assert shown(await place.door.write(SetAccess(user, LONGER))).access == LONGER
        assert place.asked()["user.authenticate"] == 2


@pytest.mark.covers("vizpin", rule="no-login-twice")
async def test_a_refused_login_is_sent_once_and_told_as_such_whatever_is_asked():
    async with town(password=Secret("wrong")) as place:
        read = await place.door.holders(silent)
        outcomes = await place.door.write_all([Remove("u1"), Remove("u2")])
        with pytest.raises(Troubled) as caught:
            await place.door.holder("u1")
        told = await place.door.happenings(Mark("", place.door.clock()))
        findings = await place.door.check()
        asked = place.asked()
    assert isinstance(read, Failed)
    assert isinstance(told, Failed)
    troubles = [read.trouble, told.trouble, caught.value.trouble, *map(trouble_of, outcomes)]
    assert {one.kind for one in troubles} == {Kind.CREDENTIAL}
    assert [one.refused for one in findings] == [True]
    assert asked["user.authenticate"] == 1


async def test_a_location_that_is_not_there_is_told_with_those_that_are():
    async with town(location="Club House") as place:
        read = await place.door.holders(silent)
        (outcome,) = await place.door.write_all([Remove("u1")])
    assert isinstance(read, Failed)
    assert read.trouble.remedy == "Did you mean 'Clubhouse'? There is: Clubhouse."
    assert outcome == Declined(read.trouble)


async def test_an_account_can_be_named_by_its_id():
    async with town() as place:
        (account,) = await place.door.client.account_list()
        given = settings(place.url, account=account.id)
        async with door(given, Surroundings(zone=STOCKHOLM)) as other:
            assert isinstance(await other.holders(silent), Complete)


async def test_a_missing_certificate_file_is_told_and_nothing_is_called(tmp_path: Path):
    given = settings("https://127.0.0.1:9", ca_file="none.pem")
    around = Surroundings(zone=STOCKHOLM, folder=tmp_path)
    async with open_door("phones", given, around) as phones:
        read = await phones.holders(silent)
        (finding,) = await phones.check()
    assert isinstance(read, Failed)
    assert "none.pem" in read.trouble.reason
    assert "ca_file" in finding.remedy


# --- half a read


@pytest.mark.parametrize("call", ["user.count", "user.list", "account.list", "user.NeedAccess"])
async def test_a_location_that_cannot_be_read_at_all_says_so(call: str):
    async with town() as place:
        place.fault(call, "busy", times=None)
        read = await place.door.holders(silent)
    assert isinstance(read, Failed)
    assert read.trouble.kind is Kind.RETRY


async def test_a_batch_that_does_not_come_makes_it_no_whole_read():
    async with town(people=130) as place:
        client = place.door.client
        ask = client.user_list

        async def failing(counted: object, batch: int, *where: str) -> object:
            if batch == 2:
                place.fault("user.list", "busy", times=None)
            return await ask(counted, batch, *where)  # type: ignore[arg-type]

        client.user_list = failing  # type: ignore[method-assign,assignment]
        read = await place.door.holders(silent)
    assert isinstance(read, Failed)  # of nobody it is known yet what opens


async def test_vizpins_that_do_not_come_make_half_a_read_of_those_before():
    async with town() as place:
        client = place.door.client
        ask = client.vizpin_list

        async def failing(*whose: str) -> object:
            if place.asked()["vizpin.list"] == 2:
                place.fault("vizpin.list", "busy", times=None)
            return await ask(*whose)

        client.vizpin_list = failing  # type: ignore[method-assign,assignment]
        read = await place.door.holders(silent)
    assert isinstance(read, Partial)
    assert read.trouble.kind is Kind.RETRY
    assert [one.name for one in read.items if one.access.window.end > place.door.clock()]  # type: ignore[operator]
    assert len(read.items) < 6


async def test_a_user_whose_vizpins_are_declined_is_reported_and_left_alone():
    async with town() as place:
        place.fault("vizpin.list", "refuse", times=1)
        read = await place.door.holders(silent)
    assert isinstance(read, Complete)
    assert len(read.items) == 5
    (odd,) = read.faulty
    assert odd.key not in {one.id for one in read.items}
    assert "declined as ordered" in odd.reason


async def test_whoever_left_while_reading_makes_it_no_whole_read():
    async with town(people=130) as place:
        people = await place.everybody()
        client = place.door.client
        ask = client.user_list

        async def leaving(counted: object, batch: int, *where: str) -> object:
            if batch == 2:
                await client.user_delete(people[0].id)
            return await ask(counted, batch, *where)  # type: ignore[arg-type]

        client.user_list = leaving  # type: ignore[method-assign,assignment]
        read = await place.door.holders(silent)
    assert isinstance(read, Partial)
    assert "130 users were counted" in read.trouble.reason
    assert len(read.items) == 128


async def test_where_it_is_not_told_who_has_none_everybody_is_asked_about():
    async with town() as place:
        place.fault("user.NeedAccess", "refuse")
        people = await place.everybody()
        asked = place.asked()
    assert (len(people), asked["vizpin.list"]) == (6, 6)
    assert [one.access == NO_ACCESS for one in people].count(True) == 2


async def test_no_secret_is_in_the_record_of_calls():
    async with town() as place:
        await place.everybody()
        kept = "".join(call.request + call.response for call in place.said)
    assert len(place.said) > 5
    assert place.door.settings.oem_key not in kept
    assert '"password":"•••"' in kept


@pytest.mark.covers("vizpin", rule="no-login-twice")
async def test_targets_that_share_a_login_send_a_wrong_one_once_between_them():
    async with town() as place:
        wrong = settings(place.url, password=Secret("wrong"))
        around = Surroundings(zone=STOCKHOLM, clock=place.door.clock)
        async with (
            open_door("north", wrong, around) as north,
            open_door("south", wrong, around) as south,
            open_door("club", settings(place.url), around) as club,
        ):
            reads = await asyncio.gather(
                north.holders(silent), south.holders(silent), club.holders(silent)
            )
        asked = place.asked()
    assert [type(one) for one in reads] == [Failed, Failed, Complete]
    assert asked["user.authenticate"] == 2
