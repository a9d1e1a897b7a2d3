"""Logging in: never a second wrong password, and a session that turned bad begins anew, once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from doorward.connectors.hikvision.wire.failures import LoginDenied
from doorward.connectors.hikvision.wire.status import INVALID, reply
from doorward.connectors.hikvision.wire.validity import EARLIEST, LATEST, Window
from doorward.net.errors import AnswerLost
from doorward.twinkit.clock import ClockOrder

PROFILES = ["documented", "k1t342", "k1t673", "generic-v4"]
every_profile = pytest.mark.parametrize("profile", PROFILES)


@every_profile
@pytest.mark.parametrize("auth", ["auto", "digest"])
async def test_digest_is_taken_where_it_is_offered(rig: Any, profile: str, auth: str):
    async with rig(profile, auth=auth) as door:
        await door.client.device_info()
        assert door.client.scheme == "digest"
        assert door.world.gate.attempts == 1


@pytest.mark.parametrize("auth", ["auto", "basic"])
async def test_basic_is_taken_where_nothing_else_is_offered(rig: Any, auth: str):
    async with rig("documented", auth=auth, settings={"schemes": ["basic"]}) as door:
        await door.client.device_info()
        assert door.client.scheme == "basic"


@every_profile
@pytest.mark.parametrize("auth", ["auto", "digest"])
async def test_a_wrong_password_is_sent_once(rig: Any, profile: str, auth: str):
    async with rig(profile, auth=auth, password="wrong") as door:
        calls = [door.client.search(), door.client.count(), door.client.person("10001")]
        errors = await asyncio.gather(*calls, return_exceptions=True)

        assert all(isinstance(error, LoginDenied) for error in errors)
        assert door.world.gate.attempts == 1
        assert door.world.gate.tally.wrong == 1


async def test_a_wrong_password_by_basic_is_sent_once(rig: Any):
    async with rig("documented", auth="basic", password="wrong") as door:
        for _ in range(3):
            with pytest.raises(LoginDenied):
                await door.client.count()
        assert door.world.gate.attempts == 1


async def test_a_refused_login_says_how_many_tries_are_left(rig: Any):
    async with rig("k1t342", password="wrong") as door:
        with pytest.raises(LoginDenied) as error:
            await door.client.count()
    assert error.value.lock.tries_left == 4
    assert "4 tries left" in error.value.reason
    assert error.value.kind == "credential"


async def test_after_a_refusal_nothing_more_is_sent(rig: Any):
    async with rig("k1t342", password="wrong") as door:
        with pytest.raises(LoginDenied):
            await door.client.count()
        sent = len(door.twin.calls)
        with pytest.raises(LoginDenied, match="not tried again"):
            await door.client.count()
        assert len(door.twin.calls) == sent


async def test_a_locked_account_says_for_how_long_even_to_the_right_password(rig: Any):
    async with rig("k1t342") as door:
        door.state(login={"wrong": 5, "locked_until": _in(door, 1800)})
        with pytest.raises(LoginDenied) as error:
            await door.client.count()
    assert error.value.lock.locked
    assert 1790 <= (error.value.lock.seconds or 0) <= 1800


async def test_a_lock_is_over_when_its_time_is(rig: Any):
    async with rig("k1t342") as door:
        door.state(login={"wrong": 5, "locked_until": _in(door, 1800)})
        door.world.clock.order(ClockOrder(advance=1801))
        assert await door.client.count() == 25


def _in(door: Any, seconds: int) -> str:
    moment = door.world.clock() + timedelta(seconds=seconds)
    return str(moment.isoformat())


async def test_a_large_challenge_does_not_block_the_only_connection(rig: Any):
    async with rig("k1t342", settings={"namespace": "urn:" + "x" * 200_000}) as door:
        assert (await door.client.device_info()).model


@every_profile
async def test_a_session_that_turned_bad_begins_anew_once(rig: Any, profile: str):
    async with rig(profile) as door:
        assert await door.client.count() == 25
        door.fault("Count", "unauthorised", times=1)
        assert await door.client.count() == 25


async def test_a_basic_session_that_turned_bad_begins_anew_once(rig: Any):
    async with rig("documented", auth="basic") as door:
        assert await door.client.count() == 25
        door.fault("Count", "unauthorised", times=1)
        assert await door.client.count() == 25


@every_profile
async def test_a_session_that_stays_bad_is_given_up_after_that(rig: Any, profile: str):
    async with rig(profile) as door:
        await door.client.count()
        before = len(door.twin.calls)
        door.fault("Count", "unauthorised", times=None)
        for _ in range(3):
            with pytest.raises(LoginDenied):
                await door.client.count()
        # The old session, the new challenge, the new answer to it; then nothing more.
        assert len(door.twin.calls) - before == 3


async def test_a_password_changed_in_between_costs_at_most_two_tries(rig: Any):
    async with rig("k1t342") as door:
        await door.client.count()
        door.world.gate._login = ("admin", "another")
        with pytest.raises(LoginDenied):
            await door.client.count()
        assert door.world.gate.tally.wrong == 2


async def test_an_old_nonce_is_renewed_without_ado(rig: Any):
    async with rig("k1t342") as door:
        await door.client.count()
        door.world.clock.order(ClockOrder(advance=3600))
        await door.client.count()
        assert door.world.gate.tally.wrong == 0


async def test_a_password_is_not_sent_where_only_basic_is_offered_and_not_allowed(rig: Any):
    async with rig("documented", auth="digest", settings={"schemes": ["basic"]}) as door:
        with pytest.raises(LoginDenied, match="offers basic"):
            await door.client.count()
        assert door.world.gate.attempts == 0


async def test_a_login_is_not_repeated_when_its_answer_was_lost(rig: Any):
    async with rig("documented", auth="basic", password="wrong") as door:
        door.fault("Count", "lost answer", times=1)
        with pytest.raises(AnswerLost):
            await door.client.count()
        assert door.world.gate.attempts == 1


async def test_a_proved_login_is_repeated_when_an_answer_was_lost(rig: Any):
    async with rig("documented", auth="basic") as door:
        await door.client.count()
        door.fault("Count", "lost answer", times=2)
        assert await door.client.count() == 25


async def test_a_refusal_in_a_body_counts_as_a_refused_login(rig: Any, monkeypatch: Any):
    async with rig("k1t342") as door:
        monkeypatch.setattr(
            door.world.terminal, "modify", lambda _user: reply(INVALID, "badAuthorization")
        )
        with pytest.raises(LoginDenied):
            await door.client.modify_validity("10001", Window(EARLIEST, LATEST))
        with pytest.raises(LoginDenied, match="not tried again"):
            await door.client.count()
