"""Runs, plans and the journal, to be asked; `sync_history` and `sync_errors` as documented."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Executable, create_engine, inspect, select, text

from core.factories import AWAY, NEXT_YEAR, NOW, access, change, lost, person
from doorward.core.apply import Approval
from doorward.core.people import Access
from doorward.core.windows import ALWAYS
from doorward.storage.opening import Place, writing_engine
from doorward.storage.store import Store
from doorward.storage.tables import sync_errors, sync_history
from storage.factories import DAY, HOUR, a_run, declined, everybody, failed, intended, written

HISTORY = {
    "id",
    "email",
    "cardskipper_id",
    "ivms_id",
    "previous_end_date",
    "new_end_date",
    "sync_status",
    "sync_time",
}
ERRORS = {"id", "email", "error_message", "error_time", "resolved"}


def rows(address: str, query: Executable):
    engine = writing_engine(Place.of(address))
    with engine.connect() as connection:
        found = connection.execute(query).mappings().all()
    engine.dispose()
    return found


async def test_a_run_is_told_from_beginning_to_end(store: Store):
    id = await store.runs.begin("schedule", NOW)
    run = store.runs.get(id)
    assert run is not None
    assert (run.trigger, run.begun, run.ended, run.verdict) == ("schedule", NOW, None, None)
    assert (run.approved_by, run.approved_held, run.digest, run.counts) == (None, False, None, {})
    await store.runs.end(id, "ok", NOW + HOUR, "abc", {"done": 3})
    [run] = store.runs.all()
    assert (run.ended, run.verdict) == (NOW + HOUR, "ok")
    assert (run.digest, run.counts) == ("abc", {"done": 3})


async def test_a_run_says_who_approved_what(store: Store):
    id = await store.runs.begin("apply", NOW, Approval("abc", "anna", held=True))
    await store.runs.end(id, "ok", NOW)
    run = store.runs.get(id)
    assert run is not None
    assert (run.digest, run.approved_by, run.approved_held) == ("abc", "anna", True)


async def test_a_run_that_never_ended_was_cut(store: Store):
    first = await a_run(store)
    second = await a_run(store, at=NOW + HOUR)
    cut, now = store.runs.get(first), store.runs.get(second)
    assert cut is not None
    assert now is not None
    assert (cut.verdict, cut.ended) == ("cut", NOW + HOUR)
    assert now.verdict is None


async def test_a_run_that_was_never_begun_cannot_end(store: Store):
    with pytest.raises(LookupError, match="no run 5"):
        await store.runs.end(5, "ok", NOW)
    assert store.runs.get(5) is None


async def test_runs_come_latest_first_page_by_page(store: Store):
    ids = [await a_run(store) for _ in range(5)]
    assert [run.id for run in store.runs.all(limit=2)] == ids[:2:-1]
    assert [run.id for run in store.runs.all(limit=2, before=ids[3])] == [ids[2], ids[1]]


async def test_the_last_run_that_ended(store: Store):
    assert store.runs.last() is None
    for verdict in ("ok", "failed"):
        await store.runs.end(await a_run(store), verdict, NOW)
    await a_run(store)
    last, good = store.runs.last(), store.runs.last("ok")
    assert last is not None
    assert good is not None
    assert (last.verdict, good.verdict) == ("failed", "ok")


async def test_a_plan_is_kept_by_its_digest(store: Store):
    document = {"digest": "abc", "changes": [{"who": "Åsa", "before": None}], "adopted": 3}
    await store.plans.save("abc", document, NOW)
    kept = store.plans.get("abc")
    assert kept is not None
    assert (kept.digest, kept.document, kept.made_at) == ("abc", document, NOW)
    assert store.plans.get("other") is None


async def test_the_same_plan_made_again_is_kept_once(store: Store):
    assert store.plans.latest() is None
    await store.plans.save("abc", {"n": 1}, NOW)
    await store.plans.save("old", {"n": 0}, NOW - DAY)
    await store.plans.save("abc", {"n": 2}, NOW + HOUR)
    latest = store.plans.latest()
    assert latest is not None
    assert (latest.document, latest.made_at) == ({"n": 2}, NOW + HOUR)


async def test_the_journal_has_all_of_a_change(store: Store):
    one = change(1, doors_of("1"), doors_of("1", "2"), origin="employee_no", wanted=access())
    [id] = await written(store, one, approval=Approval("abc", "anna", held=True))
    line = store.history.update(id)
    assert line is not None
    for name in "target person who holder kind before after wanted why origin loss".split():
        assert getattr(line, name) == getattr(one, name), name
    assert (line.state, line.trouble, line.approved_held) == ("done", None, True)
    assert (line.intended_at, line.settled_at) == (NOW, NOW)
    assert store.history.update(id + 1) is None


def doors_of(*doors: str) -> Access:
    return access(doors=doors)


async def test_the_journal_is_asked_by_person_target_run_and_state(store: Store):
    await written(store, change(1), change(2, target="pool"))
    [id] = await intended(store, change(1, target="pool"))
    last = store.history.update(id)
    assert last is not None
    assert [one.id for one in store.history.updates(person="club/1", target="pool")] == [id]
    assert [one.id for one in store.history.updates(run=last.run)] == [id]
    assert [one.id for one in store.history.updates(states=["intended"])] == [id]
    assert len(store.history.updates(person="club/1")) == 2
    assert len(store.history.updates(before=id)) == 2
    assert len(store.history.updates(limit=1)) == 1


async def test_what_is_agreed_can_be_asked_by_person_target_and_holder(store: Store):
    await written(store, change(1), change(2), change(1, target="pool"))
    assert [one.target for one in store.history.agreements(person="club/1")] == ["gate", "pool"]
    [one] = store.history.agreements(target="gate", holder="h2")
    assert (one.person, one.wanted, one.agreed_at) == ("club/2", access(*NEXT_YEAR), NOW)


@pytest.mark.parametrize(("table", "columns"), [("sync_history", HISTORY), ("sync_errors", ERRORS)])
def test_the_tables_have_the_documents_columns(address: str, table: str, columns: set[str]):
    engine = writing_engine(Place.of(address))
    found = {column["name"] for column in inspect(engine).get_columns(table)}
    engine.dispose()
    assert columns <= found


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("sync_history", "(email, cardskipper_id, ivms_id) values ('a', '1', '2')"),
        ("sync_errors", "(email, error_message) values ('a', 'broken')"),
    ],
)
def test_a_line_with_the_documents_columns_alone_can_be_added(
    address: str, table: str, values: str
):
    engine = writing_engine(Place.of(address))
    with engine.begin() as connection:
        connection.execute(text(f"insert into {table} {values}"))
        [row] = connection.execute(text(f"select * from {table}")).mappings()
    engine.dispose()
    assert row["id"] > 0
    assert row["sync_time" if table == "sync_history" else "error_time"] is not None


async def test_a_line_of_history_is_what_the_document_asks_for(store: Store, address: str):
    await store.remember(everybody(person(1, key="club/123/456")), NOW)
    await written(store, change(1, person="club/123/456"))
    [line] = rows(address, select(sync_history))
    assert line["email"] == "member1@example.org"
    assert (line["cardskipper_id"], line["ivms_id"]) == ("456", "h1")
    assert line["previous_end_date"] == "2026-12-31 22:59:59"
    assert line["new_end_date"] == "2027-12-31 22:59:59"
    assert (line["sync_status"], line["sync_time"]) == ("done", NOW)


async def test_history_tells_no_end_from_no_access(store: Store, address: str):
    await written(store, change(1, access(), Access(ALWAYS)))
    await written(store, replace(lost(2), after=None, kind="delete"))
    first, second = rows(address, select(sync_history))
    assert first["new_end_date"] == "no end"
    assert second["new_end_date"] is None


async def test_every_try_is_a_line_of_history_and_a_failed_one_also_of_errors(
    store: Store, address: str
):
    await declined(store, change(1), trouble=AWAY)
    [id] = await intended(store, change(1))
    await store.settle([failed(id, AWAY, "unknown")], NOW)
    lines = rows(address, select(sync_history))
    assert [line["sync_status"] for line in lines] == ["declined", "unknown"]
    [error] = rows(address, select(sync_errors))
    assert (error["error_message"], error["resolved"]) == ("no answer", False)


async def test_a_person_at_the_shell_can_read_the_times(sqlite_file: Path):
    with Store.open(sqlite_file) as store:
        await written(store, change(1), at=NOW.replace(microsecond=123_456))
    engine = create_engine(f"sqlite:///{sqlite_file}")
    with engine.connect() as connection:
        found = connection.execute(text("select sync_time from sync_history")).scalar()
    engine.dispose()
    assert found == "2026-06-15 12:00:00"
