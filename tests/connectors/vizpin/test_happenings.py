"""What happened at readers: asked for, and the same as what is pushed."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from connectors.vizpin.target_rig import Town, town
from doorward.connectors.vizpin.happenings import OVERLAP, listed, pushed
from doorward.connectors.vizpin.wire.activity import Activity
from doorward.connectors.vizpin.wire.form import Count
from doorward.connectors.vizpin.wire.push import Push
from doorward.core.inbound import Happening, Mark
from doorward.core.reads import Complete, Failed, Partial
from doorward.twinkit.clock import ClockOrder

AT = datetime(2026, 5, 2, 11, 58, tzinfo=UTC)


async def unlock(place: Town, user: str, reader: str) -> bool:
    """Somebody's phone at a reader; whether it opens."""
    body = {"user": user, "reader": reader}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{place.url}/_twin/unlock", json=body) as answer:
            told = await answer.json()
            assert answer.status == 200, told
            return bool(told["opens"])


async def told(place: Town, after: datetime) -> list[Happening]:
    read = await place.door.happenings(Mark("", after))
    assert isinstance(read, Complete), read
    return list(read.items)


def activity(**told: str) -> Activity:
    known = {"audit_id": "a1", "user_id": "u1", "reader_id": "r1", "activity_code": "52",
             "audit_date": "2026-05-02 11:58:00", "first_name": "Ann", "last_name": "Ek",
             "reader_name": "Gym"}  # fmt: skip
    return Activity(**(known | told))


@pytest.mark.covers("vizpin", client="activity.list", rule="activity-collected")
def test_a_happening_that_is_pushed_and_listed_is_one():
    push = Push(user_id="u1", reader_id="r1", audit_date=AT, activity_code=Count(52))
    heard, read = pushed("phones", push, b"{}", AT), listed("phones", activity())
    assert (heard.system, heard.serial, heard.at) == (read.system, read.serial, read.at)
    assert (heard.kind, heard.text, heard.holder) == (read.kind, read.text, read.holder)
    assert (read.name, read.door) == ("Ann Ek", "Gym")


def test_secrets_are_not_in_what_is_kept():
    push = Push(user_id="u1", reader_id="r1", audit_date=AT, activity_code=Count(52))
    heard = pushed("phones", push, b'{"readerId": "r1", "token": "abc"}', AT)
    assert "r1" in heard.raw
    assert "abc" not in heard.raw


@pytest.mark.covers("vizpin", client="activity.list", rule="activity-collected")
async def test_who_came_in_and_who_did_not_is_asked_for_in_order():
    async with town() as place:
        someone = await place.someone()
        stranger = (await place.everybody())[1]
        before = place.door.clock() - timedelta(minutes=1)
        assert await unlock(place, someone.id, "Gym")
        place.world.clock.order(ClockOrder(advance=5))
        assert not await unlock(place, stranger.id, "Main entrance")
        found = await told(place, before)
    assert [(one.kind, one.door, one.holder) for one in found] == [
        ("granted", "Gym", someone.id),
        ("denied", "Main entrance", stranger.id),
    ]
    assert found[0].name == someone.name


@pytest.mark.covers("vizpin", rule="activity-collected")
async def test_what_a_reader_tells_days_later_is_asked_for_all_the_same():
    async with town() as place:
        someone = await place.someone()
        await unlock(place, someone.id, "Gym")
        now = place.door.clock()
        assert len(await told(place, now + OVERLAP - timedelta(minutes=1))) == 1
        assert await told(place, now + OVERLAP + timedelta(minutes=1)) == []


async def test_a_reader_that_cannot_be_asked_makes_it_half_a_read():
    async with town() as place:
        someone = await place.someone()
        await unlock(place, someone.id, "Main entrance")
        ask = place.door.client.activity_list
        calls = 0

        async def failing(*given: object, **named: object) -> object:
            nonlocal calls
            calls += 1
            if calls == 2:
                place.fault("activity.list", "busy", times=None)
            return await ask(*given, **named)  # type: ignore[arg-type]

        place.door.client.activity_list = failing  # type: ignore[method-assign,assignment]
        read = await place.door.happenings(Mark("", place.door.clock() - timedelta(days=1)))
    assert isinstance(read, Partial)
    assert [one.door for one in read.items] == ["Main entrance"]


async def test_one_that_cannot_be_asked_at_all_says_so():
    async with town() as place:
        place.fault("activity.list", "busy", times=None)
        read = await place.door.happenings(Mark("", place.door.clock()))
    assert isinstance(read, Failed)


async def test_what_cannot_be_read_is_left_out_and_told():
    async with town() as place:

        async def odd(*_given: object, **_named: object) -> object:
            now = f"{place.door.clock():%Y-%m-%d %H:%M:%S}"
            return [
                activity(audit_date="soon"),
                activity(audit_date=now),
                activity(audit_date=now, activity_code="x"),
            ]

        place.door.client.activity_list = odd  # type: ignore[method-assign,assignment]
        read = await place.door.happenings(Mark("", place.door.clock()))
    assert isinstance(read, Partial)
    assert len(read.items) == 4  # the good one of each reader
    assert "activity a1" in read.trouble.reason
