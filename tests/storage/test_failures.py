"""The queue of failed updates: what is on it, in which order, until when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.factories import (
    AWAY,
    FULL,
    LOCKED_OUT,
    NEXT_YEAR,
    NOW,
    REFUSED,
    access,
    change,
    faulty,
    holder,
    lost,
    person,
)
from doorward.core.changes import Change, Doubt
from doorward.core.errors import Kind, Trouble
from doorward.core.failures import due
from doorward.core.journal import Settlement, State
from doorward.core.people import Holder, Person
from doorward.core.plan import Plan
from doorward.core.proposal import Proposal
from doorward.core.reads import Complete, Failed, Partial, Read
from doorward.core.sync import Prepared, Survey
from doorward.storage.store import Store
from storage.factories import HOUR, MINUTE, declined, intended, written


def prepared(
    *changes: Change,
    people: Read[Person] | None = None,
    holders: Read[Holder] | None = None,
    doubts: tuple[Doubt, ...] = (),
) -> Prepared:
    """A plan for the gate with these changes, made from complete reads unless told otherwise."""
    proposal = Proposal("gate", population=1, changes=list(changes), doubtful=list(doubts))
    plan = Plan([proposal], (), (), "v1", NOW)
    survey = Survey(
        {"club": people or Complete([person(1)])}, {"gate": holders or Complete([holder(1)])}
    )
    return Prepared(survey, plan, ())


async def test_a_failed_update_says_what_went_wrong_and_what_helps(store: Store):
    [one] = await declined(store, change(1))
    assert (one.target, one.person, one.who, one.holder) == ("gate", "club/1", "First1", "h1")
    assert (one.trouble, one.message, one.remedy) == (Kind.PERMANENT, "not like this", "change it")
    assert (one.kind, one.after, one.why) == ("extend", access(*NEXT_YEAR), "because")
    assert (one.attempts, one.since, one.at, one.next_try) == (1, NOW, NOW, None)
    assert not one.resolved
    assert one.update == store.history.updates()[0].id


async def test_the_core_knows_it_by_target_and_person(store: Store):
    await declined(store, change(1), trouble=AWAY)
    failure = store.failures()["gate", "club/1"]
    assert (failure.attempts, failure.trouble, failure.after) == (1, AWAY, access(*NEXT_YEAR))
    assert failure.next_try == NOW + MINUTE
    assert due([change(1)], store.failures(), NOW) == []
    assert due([change(1)], store.failures(), NOW + MINUTE) == [change(1)]


@pytest.mark.parametrize(
    ("trouble", "wait"), [(AWAY, MINUTE), (FULL, HOUR), (REFUSED, None), (LOCKED_OUT, None)]
)
async def test_when_it_is_tried_again_depends_on_what_went_wrong(
    store: Store, trouble: Trouble, wait: timedelta | None
):
    [one] = await declined(store, change(1), trouble=trouble)
    assert one.next_try == (NOW + wait if wait else None)


async def test_every_attempt_is_counted_and_waits_longer(store: Store):
    for attempt in range(4):
        at = NOW + attempt * HOUR
        [one] = await declined(store, change(1), trouble=AWAY, at=at)
        assert (one.attempts, one.since, one.at) == (attempt + 1, NOW, at)
        assert one.next_try == at + MINUTE * 2**attempt


async def test_a_change_that_asks_for_something_else_starts_anew(store: Store):
    await declined(store, change(1), trouble=AWAY)
    [one] = await declined(store, lost(1), trouble=AWAY, at=NOW + HOUR)
    assert (one.attempts, one.since, one.loss) == (1, NOW + HOUR, True)
    assert [old.resolved_by for old in store.queue.all()] == [None, "replaced"]


@pytest.mark.parametrize("state", ["differs", "unknown", "declined"])
async def test_whatever_is_not_known_to_be_done_is_on_the_queue(store: Store, state: State):
    [id] = await intended(store, change(1))
    await store.settle([Settlement(id, state, AWAY)], NOW)
    assert [one.person for one in store.queue.open()] == ["club/1"]


async def test_a_failure_that_says_nothing_has_a_remedy_all_the_same(store: Store):
    [id] = await intended(store, change(1))
    await store.settle([Settlement(id, "differs")], NOW)
    [one] = store.queue.open()
    assert "differs" in one.message
    assert "doorward history" in one.remedy


async def test_a_cut_write_that_was_not_done_leaves_the_queue_as_it_is(store: Store):
    [old] = await declined(store, change(1), trouble=AWAY)
    ids = await intended(store, change(1), change(2))
    await store.settle([Settlement(id, "not done") for id in ids], NOW + MINUTE)
    assert store.queue.open() == [old]


async def test_revocations_come_first_and_then_the_longest_failing(store: Store):
    await declined(store, change(1))
    await declined(store, change(2), at=NOW - MINUTE)
    await declined(store, lost(3))
    await declined(store, lost(4), at=NOW - MINUTE)
    people = [one.person for one in store.queue.open()]
    assert people == ["club/4", "club/3", "club/2", "club/1"]


async def test_a_later_write_that_is_done_takes_it_off(store: Store):
    await declined(store, change(1), change(2))
    await written(store, change(1), at=NOW + MINUTE)
    assert [one.person for one in store.queue.open()] == ["club/2"]
    off = store.queue.all(person="club/1")[0]
    assert (off.resolved, off.resolved_by, off.resolved_at) == (True, "done", NOW + MINUTE)


async def test_a_write_elsewhere_does_not_take_it_off(store: Store):
    await declined(store, change(1))
    await written(store, change(1, target="pool"))
    assert [one.target for one in store.queue.open()] == ["gate"]


async def test_failed_and_then_done_in_one_settlement_is_done(store: Store):
    first, second = await intended(store, change(1), change(1))
    done = Settlement(second, "done", gone=True)
    await store.settle([Settlement(first, "declined", AWAY), done], NOW)
    assert store.queue.open() == []


async def test_failing_twice_in_one_settlement_counts_twice(store: Store):
    ids = await intended(store, change(1), change(1))
    await store.settle([Settlement(id, "declined", AWAY) for id in ids], NOW)
    assert [one.attempts for one in store.queue.open()] == [2]


async def test_it_can_be_asked_for_by_target_and_person(store: Store):
    await declined(store, change(1), change(2), change(1, target="pool"))
    assert len(store.queue.open(target="gate")) == 2
    assert len(store.queue.open(person="club/1")) == 2
    assert len(store.queue.open(target="pool", person="club/1", limit=5)) == 1
    assert len(store.queue.open(limit=1)) == 1
    assert len(store.queue.all(target="pool")) == 1


async def test_retrying_makes_it_due_at_once(store: Store):
    [one] = await declined(store, change(1))
    assert await store.queue.retry(one.id, NOW + MINUTE)
    assert due([change(1)], store.failures(), NOW + MINUTE) == [change(1)]


async def test_a_target_can_be_retried_as_a_whole(store: Store):
    await declined(store, change(1), change(2), change(3, target="pool"))
    assert await store.queue.retry_all("gate", NOW) == 2
    assert [one.next_try for one in store.queue.open(target="pool")] == [None]


async def test_skipping_leaves_it_for_a_person(store: Store):
    [one] = await declined(store, change(1), trouble=AWAY)
    assert await store.queue.skip(one.id)
    assert due([change(1)], store.failures(), NOW + HOUR * 100) == []


async def test_resolving_takes_it_off_and_says_by_whom(store: Store):
    [one] = await declined(store, change(1))
    assert await store.queue.resolve(one.id, "anna", NOW + MINUTE)
    off = store.queue.get(one.id)
    assert off is not None
    assert (off.resolved, off.resolved_by, off.resolved_at) == (True, "anna", NOW + MINUTE)
    assert store.queue.open() == []


async def test_what_is_resolved_or_unknown_cannot_be_retried_skipped_or_resolved(store: Store):
    [one] = await declined(store, change(1))
    await store.queue.resolve(one.id, "anna", NOW)
    for id in (one.id, one.id + 1):
        assert not await store.queue.retry(id, NOW)
        assert not await store.queue.skip(id)
        assert not await store.queue.resolve(id, "anna", NOW)
    assert store.queue.get(one.id + 1) is None


async def test_what_the_plan_no_longer_asks_for_is_taken_off(store: Store):
    await declined(store, change(1), change(2))
    assert await store.queue.resolve_unwanted(prepared(change(1)), NOW) == 1
    assert [one.person for one in store.queue.open()] == ["club/1"]
    assert store.queue.all(person="club/2")[0].resolved_by == "no longer wanted"


async def test_what_another_target_is_asked_for_does_not_count(store: Store):
    await declined(store, change(1))
    assert await store.queue.resolve_unwanted(prepared(change(1, target="pool")), NOW) == 1


QUESTION = Doubt("gate", "club/2", "Second", ("h1", "h2"), "two fit", "say which")


@pytest.mark.parametrize(
    "unsure",
    [
        prepared(people=Partial([], AWAY)),
        prepared(people=Failed(AWAY)),
        prepared(people=Complete([], (faulty("club/1"),))),
        prepared(holders=Partial([], AWAY)),
        prepared(holders=Failed(AWAY)),
        prepared(holders=Complete([], (faulty("h1"),))),
        prepared(doubts=(QUESTION,)),
        prepared(doubts=(replace(QUESTION, person="club/1", candidates=()),)),
    ],
    ids=[
        "half a register",
        "no register",
        "her record is faulty",
        "half a target",
        "no target",
        "a holder is faulty",
        "whose holder it is is a question",
        "who she is is a question",
    ],
)
async def test_nothing_is_taken_off_where_the_plan_cannot_know(store: Store, unsure: Prepared):
    await declined(store, lost(1))
    assert await store.queue.resolve_unwanted(unsure, NOW) == 0
    assert len(store.queue.open()) == 1


async def test_nothing_is_taken_off_by_a_plan_for_one_person_or_target(store: Store):
    await declined(store, lost(1))
    for person_key, target in (("club/2", None), (None, "pool")):
        whole = prepared()
        part = replace(whole, plan=whole.plan.only(person_key, target))
        assert await store.queue.resolve_unwanted(part, NOW) == 0
    same = prepared()
    assert (
        await store.queue.resolve_unwanted(replace(same, plan=same.plan.only(None, None)), NOW) == 1
    )


async def test_targets_and_registers_that_were_not_read_are_left_alone(store: Store):
    await declined(store, change(1, target="pool"))
    await declined(store, replace(change(1), person="other/1"))
    assert await store.queue.resolve_unwanted(prepared(), NOW) == 0
