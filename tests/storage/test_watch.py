"""The log of calls, incidents, systems that are left alone, and what is dropped in the end."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from core.factories import AWAY, LOCKED_OUT, NOW, change, lost, person
from doorward.core.errors import Trouble
from doorward.storage.retention import Retention
from doorward.storage.store import Store
from storage.factories import (
    DAY,
    HOUR,
    MINUTE,
    a_run,
    call,
    declined,
    done,
    everybody,
    happening,
    intended,
    written,
)


async def test_a_call_is_logged_whole(store: Store):
    told = call(1, status=None, error="no answer", response="")
    await store.calls.record([told])
    [logged] = store.calls.search()
    assert logged.call == told
    assert store.calls.get(logged.id) == logged
    assert store.calls.get(logged.id + 1) is None


async def test_calls_are_found_by_system_status_time_and_errors(store: Store):
    lost_call = call(4, status=None, error="no answer")
    await store.calls.record(
        [
            call(1),
            call(2, system="club", at=NOW - HOUR),
            call(3, status=401),
            lost_call,
        ]
    )

    def found(**given: Any):
        return [one.call.path for one in store.calls.search(**given)]

    assert found() == ["/door/4", "/door/3", "/door/2", "/door/1"]
    assert found(system="club") == ["/door/2"]
    assert found(status=401) == ["/door/3"]
    assert found(errors=True) == ["/door/4", "/door/3"]
    assert found(until=NOW - HOUR) == ["/door/2"]
    assert found(since=NOW, limit=2) == ["/door/4", "/door/3"]
    assert found(before=store.calls.search()[1].id) == ["/door/2", "/door/1"]


async def test_calls_that_are_noted_are_written_soon(store: Store):
    for number in range(100):
        store.calls.note(call(number))
    await store.calls.record([])  # comes after them
    paths = [one.call.path for one in store.calls.search(limit=200)]
    assert paths == [f"/door/{number}" for number in reversed(range(100))]


async def test_calls_that_cannot_be_written_stop_nothing_and_are_told(store: Store):
    with capture_logs() as told:
        store.calls.note(call(1, path="\ud800"))
        await store.calls.record([])  # comes after it
        store.calls.note(call(2))
        await store.calls.record([])
    assert [one["event"] for one in told] == ["calls_lost"]
    assert [one.call.path for one in store.calls.search()] == ["/door/2"]


async def test_calls_on_a_full_disk_stop_nothing_and_are_told(sqlite_file: Path):
    with Store.open(sqlite_file) as store, capture_logs() as told:
        await store._writer.do(lambda db: db.exec_driver_sql("pragma max_page_count = 60"))
        for number in range(100):
            store.calls.note(call(number, response="x" * 16_000))
        store.close()
        store.calls.note(call())
    assert {one["event"] for one in told} == {"calls_lost"}
    assert all(one["remedy"] for one in told)
    assert told[-1]["reason"] == "the store is closed"


async def test_bodies_with_zero_characters_are_logged(store: Store):
    await store.calls.record([call(1, response="gar\0bage")])
    assert store.calls.search()[0].call.response == "gar\ufffdbage"


async def test_the_log_keeps_no_more_calls_than_it_is_told(address: str):
    with Store.open(address, keep_calls=200) as store:
        for start in range(0, 1000, 100):
            await store.calls.record([call(start + number) for number in range(100)])
        kept = store.calls.search(limit=2_000)
    assert len(kept) <= 200 + 500
    assert kept[0].call.path == "/door/999"


async def test_recording_no_calls_is_fine(store: Store):
    await store.calls.record([])
    assert store.calls.search() == []


async def test_an_incident_is_open_until_it_recovers(store: Store):
    opened = await store.incidents.open("gate", "no answer", NOW, "check the cable")
    assert (opened.text, opened.remedy, opened.times) == ("no answer", "check the cable", 1)
    assert store.incidents.of("gate") == opened
    over = await store.incidents.recover("gate", NOW + HOUR)
    assert over is not None
    assert (over.id, over.recovered_at) == (opened.id, NOW + HOUR)
    assert store.incidents.of("gate") is None
    assert store.incidents.all() == [over]
    assert store.incidents.all(only_open=True) == []


async def test_an_incident_that_is_seen_again_is_the_same_one(store: Store):
    first = await store.incidents.open("gate", "no answer", NOW)
    again = await store.incidents.open("gate", "still no answer", NOW + HOUR)
    assert (again.id, again.times, again.text) == (first.id, 2, "still no answer")
    assert (again.opened_at, again.last_seen_at) == (NOW, NOW + HOUR)


async def test_what_breaks_anew_is_another_incident(store: Store):
    first = await store.incidents.open("gate", "no answer", NOW)
    await store.incidents.recover("gate", NOW)
    second = await store.incidents.open("gate", "no answer", NOW + DAY)
    assert second.id != first.id
    assert [one.id for one in store.incidents.all()] == [second.id, first.id]


async def test_it_is_kept_when_somebody_was_told_of_an_incident(store: Store):
    await store.incidents.open("gate", "no answer", NOW)
    await store.incidents.notified("gate", NOW + MINUTE)
    found = store.incidents.of("gate")
    assert found is not None
    assert found.last_notified_at == NOW + MINUTE


async def test_what_was_never_wrong_does_not_recover(store: Store):
    assert await store.incidents.recover("gate", NOW) is None


async def test_a_system_that_refused_our_login_is_left_alone(store: Store):
    await store.blocked.set("gate", "print", LOCKED_OUT, NOW)
    found = store.blocked.get("gate")
    assert found is not None
    assert (found.fingerprint, found.trouble, found.since) == ("print", LOCKED_OUT, NOW)
    assert store.blocked.all() == [found]
    assert store.blocked.now({"gate": "print", "pool": "print"}) == {"gate": LOCKED_OUT}


async def test_it_is_called_again_once_its_login_has_changed(store: Store):
    await store.blocked.set("gate", "print", LOCKED_OUT, NOW)
    assert store.blocked.now({"gate": "another"}) == {}
    assert store.blocked.now({}) == {}


async def test_it_is_called_again_once_somebody_clears_it(store: Store):
    await store.blocked.set("gate", "print", LOCKED_OUT, NOW)
    assert await store.blocked.clear("gate")
    assert not await store.blocked.clear("gate")
    assert store.blocked.get("gate") is None


async def test_the_latest_refusal_counts(store: Store):
    await store.blocked.set("gate", "print", LOCKED_OUT, NOW)
    await store.blocked.set("gate", "newer", replace(LOCKED_OUT, reason="locked"), NOW + HOUR)
    assert store.blocked.now({"gate": "newer"}) == {
        "gate": Trouble(LOCKED_OUT.kind, "locked", LOCKED_OUT.remedy)
    }


LONG_AGO = NOW - 1_000 * DAY


async def test_what_is_old_and_over_is_dropped(store: Store):
    await written(store, change(1), at=LONG_AGO)
    [failure] = await declined(store, change(2), at=LONG_AGO)
    await store.queue.resolve(failure.id, "anna", LONG_AGO)
    run = await a_run(store, at=LONG_AGO)
    await store.runs.end(run, "ok", LONG_AGO)
    await store.plans.save("abc", {}, LONG_AGO)
    await store.incidents.open("gate", "no answer", LONG_AGO)
    await store.incidents.recover("gate", LONG_AGO)
    await store.calls.record([call(at=LONG_AGO)])
    await store.events.note([happening(at=LONG_AGO)], LONG_AGO)
    await store.remember(everybody(person(1)), LONG_AGO)
    await store.remember(everybody(), LONG_AGO)
    dropped = await store.prune(Retention(), NOW)
    assert {table: rows for table, rows in dropped.items() if rows} == {
        "calls": 1,
        "updates": 2,
        "sync_history": 2,
        "runs": 3,
        "sync_errors": 1,
        "plans": 1,
        "incidents": 1,
        "events": 1,
        "people": 1,
    }
    assert store.runs.all() == store.history.updates() == store.queue.all() == []


async def test_what_is_agreed_is_never_dropped(store: Store):
    await written(store, change(1), at=LONG_AGO)
    await store.prune(Retention(), NOW)
    assert [*store.of("gate").agreed] == [*store.of("gate").links] == ["club/1"]


async def test_what_is_old_but_not_over_is_kept(store: Store):
    await intended(store, change(1), at=LONG_AGO)
    await declined(store, change(2), at=LONG_AGO)
    await store.incidents.open("gate", "no answer", LONG_AGO)
    await store.remember(everybody(person(1)), LONG_AGO)
    dropped = await store.prune(Retention(), NOW)
    assert [one.person for one in store.pending()] == ["club/1"]
    assert [one.person for one in store.queue.open()] == ["club/2"]
    assert (dropped["sync_errors"], dropped["incidents"], dropped["people"]) == (0, 0, 0)
    assert dropped["runs"] == 0 or store.history.updates()


async def test_what_is_not_old_is_kept(store: Store):
    ids = await written(store, lost(1))
    await store.calls.record([call()])
    await store.plans.save("abc", {}, NOW)
    dropped = await store.prune(Retention(history=2, calls=1, plans=1, errors=1), NOW)
    assert set(dropped.values()) == {0}
    assert [one.id for one in store.history.updates()] == ids


async def test_calls_are_dropped_by_number_too(store: Store):
    await store.calls.record([call(number) for number in range(10)])
    dropped = await store.prune(Retention(most_calls=3), NOW)
    assert dropped["calls"] == 7
    assert [one.call.path for one in store.calls.search()] == ["/door/9", "/door/8", "/door/7"]


async def test_more_is_dropped_than_fits_one_transaction(store: Store):
    for _ in range(3):
        await store.calls.record([call(at=LONG_AGO) for _ in range(4_000)])
    assert (await store.prune(Retention(), NOW))["calls"] == 12_000


@pytest.mark.parametrize("days", [{"history": 1}, {"calls": -1}, {"most_calls": -1}, {"gone": -1}])
def test_a_retention_that_would_blind_the_guard_cannot_be_made(days: dict[str, int]):
    with pytest.raises(ValueError, match=r"days|negative"):
        Retention(**days)


async def test_ids_are_not_used_again_after_dropping(store: Store):
    [old] = await written(store, change(1), at=LONG_AGO)
    await store.prune(Retention(), NOW)
    [new] = await intended(store, change(1))
    assert new > old
    await store.settle([done(new, change(1))], NOW)


async def test_the_reason_of_a_failure_outlives_its_update(store: Store):
    await declined(store, change(1), trouble=AWAY, at=LONG_AGO)
    await store.prune(Retention(), NOW)
    assert [one.message for one in store.queue.open()] == ["no answer"]
