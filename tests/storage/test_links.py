"""Who is who, as people say: links, pairs kept apart, and what that does to agreements."""

from core.factories import NOW, access, change
from doorward.core.parking.whitelist import KnownAccount, KnownCard
from doorward.core.ports import Link
from doorward.storage.links import KeptApart, KnownLink
from doorward.storage.store import Store
from storage.factories import adoption, written


async def test_a_link_says_who_made_it_and_when(store: Store):
    await store.links.set("gate", "club/1", "h1", "anna", NOW)
    assert store.links.all() == [KnownLink("gate", "club/1", "h1", "manual", NOW, "anna")]
    assert store.of("gate").links == {"club/1": Link("club/1", "h1", "manual")}


async def test_a_link_found_by_a_rule_names_nobody(store: Store):
    await store.adopt([adoption(1, access())], NOW)
    assert store.links.all() == [KnownLink("gate", "club/1", "h1", "email", NOW, "")]


async def test_links_are_found_by_target_person_and_holder(store: Store):
    await store.adopt([adoption(1, access()), adoption(2, access(), "pool")], NOW)
    assert [one.person for one in store.links.all(target="pool")] == ["club/2"]
    assert [one.target for one in store.links.all(person="club/1")] == ["gate"]
    assert [one.person for one in store.links.all(holder="h2")] == ["club/2"]
    assert store.links.all(target="pool", person="club/1") == []


async def test_a_link_takes_the_place_of_one_to_another_holder(store: Store):
    await store.adopt([adoption(1, access())], NOW)
    await store.links.set("gate", "club/1", "h9", "anna", NOW)
    assert [one.holder for one in store.links.all()] == ["h9"]
    assert store.of("gate").agreed == {}


async def test_a_link_that_is_set_again_keeps_what_is_agreed(store: Store):
    await store.adopt([adoption(1, access())], NOW)
    await store.links.set("gate", "club/1", "h1", "anna", NOW)
    assert store.of("gate").agreed["club/1"].holder == "h1"


async def test_a_holder_is_never_linked_to_two_people(store: Store):
    await store.adopt([adoption(1, access())], NOW)
    await store.links.set("gate", "club/2", "h1", "anna", NOW)
    memory = store.of("gate")
    assert [*memory.links] == ["club/2"]
    assert memory.agreed == {}


async def test_the_same_holder_id_at_another_target_is_another_holder(store: Store):
    await store.adopt([adoption(1, access(), "pool")], NOW)
    await store.links.set("gate", "club/2", "h1", "anna", NOW)
    assert [*store.of("pool").links] == ["club/1"]


async def test_a_link_ends_what_kept_the_pair_apart(store: Store):
    await store.links.never("gate", "club/1", "h1", "anna", NOW)
    await store.links.set("gate", "club/1", "h1", "anna", NOW)
    assert store.of("gate").apart == set()


async def test_removing_a_link_ends_the_hubs_care_for_the_holder(store: Store):
    await written(store, change(1), change(2))
    assert await store.links.remove("gate", "club/1")
    memory = store.of("gate")
    assert ([*memory.links], [*memory.agreed]) == (["club/2"], ["club/2"])
    assert not await store.links.remove("gate", "club/1")


async def test_a_pair_kept_apart_loses_its_link(store: Store):
    await written(store, change(1), change(2))
    await store.links.never("gate", "club/1", "h1", "anna", NOW)
    memory = store.of("gate")
    assert memory.apart == {("club/1", "h1")}
    assert ([*memory.links], [*memory.agreed]) == (["club/2"], ["club/2"])
    assert store.links.apart() == [KeptApart("gate", "club/1", "h1", NOW, "anna")]


async def test_a_pair_kept_apart_leaves_another_link_of_hers(store: Store):
    await written(store, change(1))
    await store.links.never("gate", "club/1", "h9", "anna", NOW)
    assert store.of("gate").links["club/1"].holder == "h1"


async def test_keeping_apart_twice_and_taking_it_back(store: Store):
    for _ in range(2):
        await store.links.never("gate", "club/1", "h1", "anna", NOW)
    assert len(store.links.apart(person="club/1")) == 1
    assert await store.links.allow("gate", "club/1", "h1")
    assert not await store.links.allow("gate", "club/1", "h1")
    assert store.of("gate").apart == set()


async def test_whose_card_is_locked_is_told_by_her_link(store: Store):
    await store.links.set("garage", "club/1", "a1", "anna", NOW)
    await store.links.set("gate", "club/2", "a1", "anna", NOW)
    account = KnownAccount("a1", "{}", "digest", (KnownCard("c1"),))
    await store.parking.keep_accounts("garage", [account], NOW)
    assert store.locked() == {}
    await store.parking.lock_card("garage", "c1", "operator", "lost", NOW)
    assert store.locked() == {"club/1": {"garage"}}
    await store.parking.release_card("garage", "c1", "operator", "found", NOW)
    assert store.locked() == {}
