"""Writes that meet trouble: lost answers, busy terminals, refusals, terminals that do otherwise."""

from datetime import datetime
from typing import Any

import msgspec
import pytest

from doorward.connectors.hikvision.outcome import Differs, Gone, StillThere, Unknown, Written
from doorward.connectors.hikvision.wire.failures import (
    NotSupported,
    TerminalBusy,
    TerminalRefused,
)
from doorward.connectors.hikvision.wire.person import Rights, UserInfo, newcomer
from doorward.connectors.hikvision.wire.status import OK, REBOOT, Reply, reply
from doorward.connectors.hikvision.wire.validity import NoTimeLimit, Shown, Window
from doorward.net.errors import Unreachable, Unreadable

KINDS = [("documented", "documented"), ("k1t342", "terminal"), ("generic-v4", "terminal")]
every_kind = pytest.mark.parametrize(("profile", "dialect"), KINDS)
WINDOW = Window(datetime(2026, 6, 1), datetime(2027, 5, 31, 23, 59, 59))
ANN = newcomer("777", "Ann", WINDOW, Rights((1,), "1"))


@every_kind
async def test_a_lost_answer_is_settled_by_reading_and_not_by_repeating(
    rig: Any, profile: str, dialect: str
):
    async with rig(profile, dialect=dialect) as door:
        await door.client.search()
        door.fault("(?i)/modify", "lost answer", times=1)
        outcome = await door.client.modify_validity("10001", WINDOW)

        assert isinstance(outcome, Written)
        assert outcome.settled
        assert len(door.writes()) == 1


@every_kind
async def test_a_write_that_never_arrived_is_sent_again_after_reading(
    rig: Any, profile: str, dialect: str
):
    async with rig(profile, dialect=dialect) as door:
        await door.client.search()
        door.fault("(?i)/modify", "drop", times=2)
        outcome = await door.client.modify_validity("10001", WINDOW)

        assert isinstance(outcome, Written)
        assert len(door.writes()) == 3


async def test_a_write_that_never_arrives_is_unreachable_in_the_end(rig: Any):
    async with rig("k1t342") as door:
        await door.client.search()
        door.fault("/Modify", "drop", times=None)
        with pytest.raises(Unreachable, match="did not arrive"):
            await door.client.modify_validity("10001", WINDOW)
        assert len(door.writes()) == 3


async def test_a_write_that_cannot_be_read_back_is_unknown(rig: Any, monkeypatch: Any):
    async with rig("k1t342") as door:
        await door.client.search()
        real = door.world.terminal.modify

        def modify_and_fall_silent(user: UserInfo) -> Reply:
            door.fault("/Search", "drop", times=None)
            return real(user)

        monkeypatch.setattr(door.world.terminal, "modify", modify_and_fall_silent)
        outcome = await door.client.modify_validity("10001", WINDOW)

    assert isinstance(outcome, Unknown)
    assert "not read back" in outcome.reason


@every_kind
async def test_a_busy_terminal_is_asked_again(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        door.fault("(?i)UserInfo", "busy", times=2)
        listing = await door.client.search()
        door.fault("(?i)/modify", "busy", times=2)
        outcome = await door.client.modify_validity("10001", WINDOW)

    assert len(listing.people) == 25
    assert isinstance(outcome, Written)


@every_kind
async def test_a_terminal_that_stays_busy_is_said_to_be(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        await door.client.search()
        before = len(door.twin.calls)
        door.fault(".", "busy", times=None)
        with pytest.raises(TerminalBusy) as error:
            await door.client.person("10001")
        assert len(door.twin.calls) - before == 3
    assert error.value.kind == "retry"


@every_kind
async def test_a_refusal_is_never_repeated(rig: Any, profile: str, dialect: str):
    async with rig(profile, dialect=dialect) as door:
        await door.client.search()
        before = door.stored("10001")
        door.fault("(?i)/modify", "refuse", times=None)
        with pytest.raises(TerminalRefused) as error:
            await door.client.modify_validity("10001", WINDOW)

        assert len(door.writes()) == 1
        assert door.stored("10001") == before
    assert error.value.reply is not None
    assert error.value.reply.sub_status_code == "invalidOperation"
    assert error.value.kind == "permanent"


async def test_garbage_instead_of_an_answer_is_unreadable(rig: Any):
    async with rig("k1t342") as door:
        await door.client.search()
        door.fault("/Modify", "garbage", times=1)
        with pytest.raises(Unreadable, match="ResponseStatus"):
            await door.client.modify_validity("10001", WINDOW)


async def test_a_terminal_that_stores_something_else_differs(rig: Any, monkeypatch: Any):
    async with rig("k1t342") as door:
        monkeypatch.setattr(door.world.terminal, "modify", lambda _user: reply(OK))
        outcome = await door.client.modify_validity("10001", WINDOW)

    assert isinstance(outcome, Differs)
    assert outcome.fields == ("Valid",)


async def test_a_terminal_that_wants_a_restart_is_read_back(rig: Any, monkeypatch: Any):
    async with rig("k1t342") as door:
        real = door.world.terminal.modify
        monkeypatch.setattr(
            door.world.terminal,
            "modify",
            lambda user: reply(REBOOT, "rebootRequired") if real(user).accepted else reply(OK),
        )
        assert isinstance(await door.client.modify_validity("10001", WINDOW), Written)


async def test_a_terminal_that_drops_what_a_change_leaves_out_loses_nothing(rig: Any):
    async with rig("k1t342", settings={"partial_modify_keeps": False}) as door:
        rich = door.stored("10001") | {"floor": 7, "userVerifyMode": "face"}
        door.state(users=[rich])
        await door.client.modify_validity("10001", WINDOW)
        after = door.stored("10001")

    assert after.pop("Valid") != rich.pop("Valid")
    assert after == rich


async def test_no_time_limit_becomes_a_window(rig: Any):
    async with rig("k1t342") as door:
        door.state(users=[door.stored("10001") | {"Valid": {"enable": False}}])
        before = await door.client.person("10001")
        outcome = await door.client.modify_validity("10001", WINDOW)

    assert before is not None
    assert before.validity == NoTimeLimit()
    assert isinstance(outcome, Written)
    assert outcome.after.validity == Shown(WINDOW.begin, WINDOW.end)


async def test_a_lost_answer_to_an_addition_adds_once(rig: Any):
    async with rig("k1t342") as door:
        await door.client.search()
        door.fault("/Record", "lost answer", times=1)
        outcome = await door.client.add(ANN)

        assert isinstance(outcome, Written)
        assert outcome.settled
        assert door.world.terminal.count() == 26


async def test_an_addition_that_never_arrived_is_sent_again(rig: Any):
    async with rig("k1t342") as door:
        await door.client.search()
        door.fault("/Record", "drop", times=1)
        assert isinstance(await door.client.add(ANN), Written)


async def test_an_addition_that_is_not_there_afterwards_differs(rig: Any, monkeypatch: Any):
    async with rig("k1t342") as door:
        monkeypatch.setattr(door.world.terminal, "record", lambda _user: reply(OK))
        assert await door.client.add(ANN) == Differs(None, ("employeeNo",))


@pytest.mark.parametrize("polls", [0, 1, 4])
async def test_a_slow_deletion_is_waited_for(rig: Any, polls: int):
    async with rig("k1t342", settings={"delete_polls": polls}) as door:
        assert await door.client.delete("10001") == Gone("10001")
        assert sum("DeleteProcess" in path for path in door.paths()) == polls + 1


async def test_a_deletion_that_takes_too_long_is_judged_by_reading(rig: Any):
    from doorward.connectors.hikvision.session import Patience

    hasty = Patience(wait=0.0, poll=0.01, deletion=0.05)
    async with rig("k1t342", settings={"delete_polls": 10_000}, patience=hasty) as door:
        assert await door.client.delete("10001") == Gone("10001")


async def test_a_terminal_without_the_longer_deletion_is_asked_for_the_plain_one(rig: Any):
    async with rig("generic-v4") as door:
        await door.client.search()
        assert await door.client.delete("10001") == Gone("10001")
        assert await door.client.delete("10002") == Gone("10002")
        assert sum("UserInfoDetail" in path for path in door.paths()) == 1


async def test_a_lost_deletion_is_settled_by_reading(rig: Any):
    async with rig("k1t342") as door:
        await door.client.search()
        door.fault("UserInfoDetail/Delete\\?", "lost answer", times=1)
        assert await door.client.delete("10001") == Gone("10001")
        door.fault("UserInfoDetail/Delete\\?", "drop", times=1)
        assert await door.client.delete("10002") == Gone("10002")


async def test_a_deletion_that_never_arrives_is_unreachable_in_the_end(rig: Any):
    async with rig("k1t342") as door:
        await door.client.search()
        door.fault("UserInfoDetail/Delete\\?", "drop", times=None)
        with pytest.raises(Unreachable):
            await door.client.delete("10001")
        assert door.world.terminal.count() == 25


async def test_a_deletion_that_did_nothing_is_told(rig: Any, monkeypatch: Any):
    async with rig("k1t342") as door:
        monkeypatch.setattr(door.world.terminal, "begin_delete", lambda _names: reply(OK))
        outcome = await door.client.delete("10001")
    assert isinstance(outcome, StillThere)
    assert outcome.after.employee_no == "10001"


async def test_a_deletion_that_cannot_be_read_back_is_unknown(rig: Any):
    async with rig("k1t342") as door:
        await door.client.search()
        door.fault("/Search", "drop", times=None)
        assert isinstance(await door.client.delete("10001"), Unknown)


@pytest.mark.parametrize("number", ["", " ", "x" * 33])
async def test_deleting_nobody_in_particular_sends_nothing(rig: Any, number: str):
    async with rig("k1t342") as door:
        with pytest.raises(ValueError, match=r"deletion|number"):
            await door.client.delete(number)
        assert not door.twin.calls


async def test_a_call_that_a_terminal_does_not_have_is_final(rig: Any):
    async with rig("k1t342") as door:
        await door.client.search()
        door.world.terminal.profile = msgspec.structs.replace(
            door.world.terminal.profile, dialects=("documented",)
        )
        with pytest.raises(NotSupported):
            await door.client.person("10001")
