"""Events: each once, however often and by whomever it is told; looked up; dropped when old."""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from core.factories import NOW
from doorward.core.inbound import Mark
from doorward.storage.events import Noted
from doorward.storage.retention import Retention
from doorward.storage.store import Reader, Store
from storage.factories import DAY, HOUR, MINUTE, happening


def serials(found: list[Noted]) -> list[str]:
    return [noted.happening.serial for noted in found]


async def test_an_event_is_kept_whole(store: Store):
    told = happening(late=True, kind="denied", raw='{"minor": 8}', text="denied: expired")
    assert await store.events.note([told], NOW) == 1
    [noted] = store.events.search()
    assert noted.happening == told
    assert (noted.received_at, noted.person) == (NOW, "")


async def test_what_is_told_again_is_kept_once_as_it_was_first_heard(store: Store):
    await store.events.note([happening()], NOW)
    assert await store.events.note([happening(late=True)], NOW + HOUR) == 0
    [noted] = store.events.search()
    assert (noted.happening.late, noted.received_at) == (False, NOW)


async def test_a_batch_that_repeats_itself_counts_what_is_new(store: Store):
    await store.events.note([happening(1)], NOW)
    batch = [happening(1), happening(2), happening(2), happening(3)]
    assert await store.events.note(batch, NOW) == 2
    assert serials(store.events.search()) == ["3", "2", "1"]


async def test_an_empty_batch_is_nothing(store: Store):
    assert await store.events.note([], NOW) == 0
    assert store.events.search() == []


async def test_serials_that_begin_anew_are_other_events(store: Store):
    assert await store.events.note([happening(1), happening(1, at=NOW + DAY)], NOW) == 2


async def test_one_moment_in_another_zone_is_the_same_event(store: Store):
    there = happening().at.astimezone(ZoneInfo("Europe/Stockholm"))
    await store.events.note([happening()], NOW)
    assert await store.events.note([happening(at=there)], NOW) == 0


async def test_systems_count_each_for_themselves(store: Store):
    assert await store.events.note([happening(1), happening(1, system="pool")], NOW) == 2
    assert [one.happening.system for one in store.events.search(system="pool")] == ["pool"]


async def test_many_are_noted_at_once(store: Store):
    batch = [happening(number) for number in range(1, 1_202)]
    assert await store.events.note(batch, NOW) == 1_201
    assert await store.events.note(batch, NOW) == 0


async def test_tellers_at_the_same_time_keep_each_event_once(store: Store, address: str):
    batch = [happening(number) for number in range(20)]
    with Store.open(address) as other:
        new = await asyncio.gather(
            *(one.events.note(batch, NOW) for one in (store, other) for _ in range(5))
        )
    assert sum(new) == 20
    assert len(store.events.search()) == 20


async def test_the_latest_come_first_and_no_more_than_asked_for(store: Store):
    await store.events.note([happening(number) for number in (3, 1, 2)], NOW)
    assert serials(store.events.search(limit=2)) == ["3", "2"]


async def test_since_includes_its_moment(store: Store):
    await store.events.note([happening(number) for number in (1, 2, 3)], NOW)
    assert serials(store.events.search(since=NOW + 2 * MINUTE)) == ["3", "2"]


async def test_a_person_is_found_by_her_key_and_by_her_id_at_the_target(store: Store):
    await store.links.set("gate", "club/1", "h1", "anna", NOW)
    mine, hers = happening(1, holder="h1"), happening(2, holder="h2")
    elsewhere = happening(3, holder="h1", system="pool")
    await store.events.note([mine, hers, elsewhere], NOW)
    assert serials(store.events.search(person="club/1")) == ["1"]
    assert serials(store.events.search(person="h2")) == ["2"]
    assert serials(store.events.search(person="h1")) == ["3", "1"]
    assert [one.person for one in store.events.search()] == ["", "", "club/1"]


async def test_a_reader_sees_them_and_cannot_note_any(store: Store, address: str):
    await store.events.note([happening()], NOW)
    with Reader.open(address) as reader:
        assert reader.events.search() == store.events.search()
        assert not hasattr(reader.events, "note")


async def test_the_last_event_is_the_one_heard_last(store: Store):
    assert store.events.last("gate") is None
    await store.events.note([happening(5)], NOW)
    await store.events.note([happening(2, late=True)], NOW + HOUR)
    last = store.events.last("gate")
    assert last is not None
    assert last.happening.serial == "2"


async def test_a_mark_is_kept_with_its_batch(store: Store):
    assert store.events.read_up_to("gate") is None
    await store.events.note([happening(1)], NOW, happening(1).mark)
    await store.events.note([happening(2)], NOW, happening(2).mark)
    await store.events.note([happening(9)], NOW)
    assert store.events.read_up_to("gate") == Mark("2", NOW + 2 * MINUTE)
    assert store.events.read_up_to("pool") is None


async def test_a_mark_without_a_batch_cannot_be_kept(store: Store):
    with pytest.raises(ValueError, match="batch"):
        await store.events.note([], NOW, Mark("1", NOW))


async def test_old_events_are_dropped_and_the_mark_stays(store: Store):
    await store.events.note([happening(1)], NOW - timedelta(days=91), happening(1).mark)
    await store.events.note([happening(2)], NOW - timedelta(days=89))
    assert (await store.prune(Retention(), NOW))["events"] == 1
    assert serials(store.events.search()) == ["2"]
    assert store.events.read_up_to("gate") == happening(1).mark


async def test_text_of_any_kind_is_kept(store: Store):
    odd = happening(3, name="Zoë 🚪\0'; drop table events", text="%_\\")
    await store.events.note([odd, odd], NOW)
    [noted] = store.events.search()
    assert noted.happening.name == "Zoë 🚪\ufffd'; drop table events"
