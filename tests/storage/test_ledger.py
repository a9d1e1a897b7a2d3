"""The contract of what a run writes down and the next one reads back, on both databases."""

from dataclasses import replace

import pytest

from core.factories import AWAY, LAST_YEAR, NEXT_YEAR, NOW, access, change, lost, person
from doorward.core.apply import Approval
from doorward.core.journal import Settlement
from doorward.core.ports import Agreed, Link
from doorward.storage.store import Reader, Store
from storage.factories import (
    DAY,
    HOUR,
    MINUTE,
    a_run,
    adoption,
    declined,
    done,
    everybody,
    failed,
    intended,
    written,
)


async def test_what_is_intended_is_pending_oldest_first(store: Store):
    first = await intended(store, change(2), change(1, origin="employee_no"))
    second = await intended(store, change(3), at=NOW + MINUTE)
    pending = store.pending()
    assert [one.id for one in pending] == first + second
    assert [one.holder for one in pending] == ["h2", "h1", "h3"]
    last, old = pending[1], change(1)
    assert (last.target, last.person, last.kind) == ("gate", "club/1", "extend")
    assert (last.before, last.after, last.wanted) == (old.before, old.after, old.wanted)
    assert (last.intended_at, last.origin) == (NOW, "employee_no")


async def test_ids_come_in_the_order_of_the_changes(store: Store):
    changes = [change(number) for number in range(300, 0, -1)]
    ids = await intended(store, *changes)
    journalled = {one.id: one.person for one in store.history.updates(limit=1_000)}
    assert [journalled[id] for id in ids] == [one.person for one in changes]


async def test_intending_nothing_gives_no_ids(store: Store):
    assert await store.intend(await a_run(store), [], NOW) == []


async def test_nothing_is_intended_in_a_run_that_was_never_begun(store: Store):
    with pytest.raises(LookupError, match="no run 7"):
        await store.intend(7, [change()], NOW)
    assert store.pending() == []


async def test_a_write_that_is_done_is_no_longer_pending_and_is_agreed(store: Store):
    await written(store, change(1, origin="email"))
    memory = store.of("gate")
    assert store.pending() == []
    assert memory.agreed == {
        "club/1": Agreed("club/1", "h1", access(*NEXT_YEAR), access(*NEXT_YEAR))
    }
    assert memory.links == {"club/1": Link("club/1", "h1", "email")}


async def test_another_target_knows_nothing_of_it(store: Store):
    await written(store, change(1))
    other = store.of("pool")
    assert (other.links, other.agreed, other.apart, other.lost_lately) == ({}, {}, set(), set())


async def test_what_is_agreed_later_takes_the_place_of_what_was(store: Store):
    await written(store, change(1))
    await written(store, change(1, access(*NEXT_YEAR), access()))
    assert store.of("gate").agreed["club/1"].shown == access()


async def test_options_are_agreed_as_they_were(store: Store):
    wide = access(doors=("1", "2"), plan=("all",))
    await written(store, change(1, access(), wide))
    assert store.of("gate").agreed["club/1"].shown == wide


async def test_a_write_whose_outcome_is_unknown_stays_pending(store: Store):
    [id] = await intended(store, change(1))
    await store.settle([failed(id, AWAY, "unknown")], NOW)
    assert [one.id for one in store.pending()] == [id]


async def test_a_withdrawn_write_leaves_only_its_line_in_the_journal(store: Store):
    [id] = await intended(store, change(1))
    await store.settle([Settlement(id, "withdrawn", AWAY)], NOW)
    assert store.pending() == []
    assert store.queue.open() == []
    [line] = store.history.updates()
    assert (line.state, line.trouble) == ("withdrawn", AWAY)


async def test_settling_twice_changes_nothing(store: Store):
    [id] = await intended(store, change(1))
    await store.settle([done(id, change(1))], NOW)
    await store.settle([failed(id)], NOW + MINUTE)
    [line] = store.history.updates()
    assert (line.state, line.settled_at) == ("done", NOW)
    assert store.failures() == {}


async def test_an_id_that_was_never_given_cannot_be_settled(store: Store):
    [id] = await intended(store, change(1))
    with pytest.raises(LookupError, match="no update"):
        await store.settle([done(id, change(1)), done(id + 1, change(2))], NOW)
    assert [one.id for one in store.pending()] == [id]


async def test_settling_nothing_is_fine(store: Store):
    await store.settle([], NOW)
    assert store.history.updates() == []


async def test_a_holder_who_is_gone_is_no_longer_agreed_nor_linked(store: Store):
    await written(store, change(1, origin="email"))
    await written(store, replace(lost(1), after=None, kind="delete"))
    memory = store.of("gate")
    assert (memory.agreed, memory.links) == ({}, {})


async def test_a_link_that_somebody_made_outlives_its_holder(store: Store):
    await store.links.set("gate", "club/1", "h1", "anna", NOW)
    await written(store, change(1))
    await written(store, replace(lost(1), after=None, kind="delete"))
    memory = store.of("gate")
    assert memory.agreed == {}
    assert memory.links == {"club/1": Link("club/1", "h1", "manual")}


async def test_a_holder_who_is_gone_leaves_what_is_agreed_of_another(store: Store):
    await written(store, change(1, holder="new"))
    [id] = await intended(store, replace(lost(1), after=None, kind="delete", holder="old"))
    await store.settle([Settlement(id, "done", gone=True)], NOW)
    assert store.of("gate").agreed["club/1"].holder == "new"


async def test_a_cut_write_of_a_holder_who_is_gone_forgets_what_was_agreed(store: Store):
    await written(store, change(1))
    [id] = await intended(store, change(1))
    await store.settle([Settlement(id, "not done", gone=True)], NOW)
    assert store.of("gate").agreed == {}


async def test_of_two_settlements_of_one_person_the_later_holds(store: Store):
    first, second = await intended(store, change(1), lost(1))
    await store.settle([done(first, change(1)), done(second, lost(1))], NOW)
    assert store.of("gate").agreed["club/1"].shown == access(*LAST_YEAR)


async def test_how_a_link_was_first_found_is_kept(store: Store):
    await written(store, change(1, origin="email"))
    await written(store, change(1, origin="manual"))
    assert store.of("gate").links["club/1"].origin == "email"


async def test_a_new_record_takes_over_the_link(store: Store):
    await store.links.set("gate", "club/1", "lost", "anna", NOW)
    made = change(1, holder="h9", kind="create", origin="created", newcomer=person(1))
    await written(store, replace(made, before=None))
    assert store.of("gate").links["club/1"] == Link("club/1", "h9", "created")


async def test_an_adoption_is_agreed_and_linked(store: Store):
    await store.adopt([adoption(1, access()), adoption(2, access())], NOW)
    memory = store.of("gate")
    assert sorted(memory.agreed) == ["club/1", "club/2"]
    assert memory.links["club/2"] == Link("club/2", "h2", "email")


async def test_an_adoption_takes_the_person_off_the_queue(store: Store):
    await declined(store, change(1), change(2))
    await store.adopt([adoption(1, access())], NOW)
    assert [one.person for one in store.queue.open()] == ["club/2"]


async def test_adopting_nothing_is_fine(store: Store):
    await store.adopt([], NOW)
    assert store.of("gate").agreed == {}


async def test_the_address_comes_from_the_register(store: Store):
    await store.remember(everybody(person(1)), NOW)
    await written(store, change(1), change(2))
    assert [one.email for one in store.history.updates()] == ["", "member1@example.org"]


async def test_losses_of_the_last_day_are_counted_by_person(store: Store):
    await written(store, lost(1), change(2), at=NOW - HOUR)
    await written(store, lost(1), at=NOW)
    await written(store, lost(3), at=NOW - DAY - MINUTE)
    await written(store, lost(4, "pool"))
    assert store.of("gate").lost_lately == {"club/1"}


async def test_losses_that_somebody_approved_are_not_counted(store: Store):
    await written(store, lost(1), approval=Approval("digest", "anna", held=True))
    await written(store, lost(2), approval=Approval("digest", "anna"))
    assert store.of("gate").lost_lately == {"club/2"}


async def test_losses_that_failed_are_not_counted(store: Store):
    await declined(store, lost(1))
    assert store.of("gate").lost_lately == set()


async def test_a_reader_sees_what_was_written(address: str):
    with Store.open(address) as store:
        await written(store, change(1))
        await intended(store, change(2))
        await declined(store, change(3))
        await store.links.never("gate", "club/4", "h4", "anna", NOW)
        with Reader.open(address) as reader:
            assert reader.of("gate") == store.of("gate")
            assert reader.of("gate").apart == {("club/4", "h4")}
            assert reader.pending() == store.pending() != []
            assert reader.failures() == store.failures() != {}


def test_a_reader_has_nothing_to_write_with():
    writing = {"intend", "settle", "remember", "adopt", "exclusive", "prune"}
    assert not writing & set(dir(Reader))
    assert writing <= set(dir(Store))
