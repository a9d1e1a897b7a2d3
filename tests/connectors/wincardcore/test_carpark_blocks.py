"""A full list in blocks: kept until it is whole, then swapped in at once (WinCardCore 3.3, 2.1)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.wincardcore.carpark_rig import Rig, account, card, numberless, rig
from doorward.connectors.wincardcore.signing import KeyPair, sign
from doorward.connectors.wincardcore.twin_settings import TwinOptions
from doorward.net.secrets import Secret

OLD = {"old": ["cold"]}
OTHER = b'{"clients": [{"client_id": "other", "auth_key": "a", "sig_key": "s"}]}'


@pytest.fixture
async def park() -> AsyncIterator[Rig]:
    async with rig(None, account("old", card("cold"))) as made:
        yield made


async def begun(park: Rig) -> None:
    """Records 1 and 2 of 4 are kept."""
    assert (await park.block(1, 2, 4, "1", "2")).status == 202


@pytest.mark.covers(
    "wincardcore",
    server="put-accounts",
    twin="put-accounts",
    answers="put-accounts/202 put-accounts/204",
    rule="blocks-kept full-list-replaces",
)
async def test_blocks_take_effect_with_the_last_one(park: Rig):
    first, second = await park.block(1, 2, 5, "1", "2"), await park.block(3, 4, 5, "3", "4")
    assert [(one.status, one.text) for one in (first, second)] == [(202, ""), (202, "")]
    assert park.stored() == OLD
    last = await park.block(5, 5, 5, "5")
    assert (last.status, last.text) == (204, "")
    assert park.stored() == {key: [f"c{key}"] for key in "12345"}


@pytest.mark.covers("wincardcore", answers="put-accounts/204", rule="blocks-kept")
async def test_a_block_may_be_the_whole_list(park: Rig):
    assert (await park.block(1, 2, 2, "1", "2")).status == 204
    assert park.stored() == {"1": ["c1"], "2": ["c2"]}


@pytest.mark.covers("wincardcore", answers="put-accounts/422", rule="blocks-in-order")
@pytest.mark.parametrize(
    ("first", "last", "count", "keys", "field"),
    [
        (4, 4, 4, "4", "first"),
        (2, 4, 4, "234", "first"),
        (2, 2, 4, "2", "first"),
        (3, 4, 5, "34", "count"),
        (3, 4, 4, "3", ""),
        (3, 4, 4, "345", ""),
    ],
)
async def test_a_gap_an_overlap_or_another_count_discards_the_upload(
    park: Rig, first: int, last: int, count: int, keys: str, field: str
):
    await begun(park)
    answer = await park.block(first, last, count, *keys)
    assert answer.status == 422
    assert answer.text.startswith(f"{field}: " if field else "first=")
    assert (await park.block(3, 4, 4, "3", "4")).status == 422
    assert park.stored() == OLD


@pytest.mark.covers("wincardcore", rule="blocks-in-order")
async def test_a_block_in_the_middle_begins_nothing(park: Rig):
    answer = await park.block(3, 4, 4, "3", "4")
    assert (answer.status, answer.text.startswith("first: ")) == (422, True)


@pytest.mark.covers("wincardcore", rule="block-restarts")
async def test_beginning_again_is_always_possible(park: Rig):
    await begun(park)
    assert (await park.block(1, 1, 2, "5")).status == 202
    assert (await park.block(2, 2, 2, "6")).status == 204
    assert park.stored() == {"5": ["c5"], "6": ["c6"]}


@pytest.mark.covers("wincardcore", rule="other-request-discards")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/v1/cards", []),
        ("DELETE", "/v1/accounts", ["nobody"]),
        ("PUT", "/v1/cards", [account("old", card("cold"))]),
        ("PATCH", "/v1/customers", b"not JSON"),
        ("GET", "/v1/accounts", None),
        ("PUT", "/v1/nowhere", []),
        ("PUT", "/v1/accounts", []),
        ("PUT", "/v1/accounts?first=3", [account("3")]),
        ("PUT", "/v1/accounts?first=3&last=4&count=4", b"[{}, {}]"),
    ],
)
async def test_any_other_request_of_the_client_discards_its_blocks(
    park: Rig, method: str, path: str, body: object
):
    await begun(park)
    await park.call(method, path, body)
    assert (await park.block(3, 4, 4, "3", "4")).status == 422
    assert park.stored() == OLD


@pytest.mark.covers("wincardcore", rule="other-request-discards")
async def test_a_whole_list_in_between_discards_the_blocks(park: Rig):
    await begun(park)
    await park.ok("PUT", "/v1/accounts", [account("whole")])
    assert (await park.block(3, 4, 4, "3", "4")).status == 422
    assert park.stored() == {"whole": []}


@pytest.mark.covers("wincardcore", rule="other-request-discards")
async def test_a_request_without_a_valid_signature_discards_nothing(park: Rig):
    await begun(park)
    wrong = {**park.signed(), "Signature": "0" * 64}
    assert (await park.call("DELETE", "/v1/accounts", ["old"], headers=wrong)).status == 401
    assert (await park.call("PUT", "/v1/accounts", [account("x")], headers={})).status == 401
    assert (await park.block(3, 4, 4, "3", "4")).status == 204


@pytest.mark.covers("wincardcore", rule="all-or-nothing")
async def test_a_broken_last_block_leaves_the_old_list_and_discards_the_new_one(park: Rig):
    await begun(park)
    sent = [account("3"), {"AccountKey": "4", "Card": [{"CardKey": "x" * 201}]}]
    answer = await park.call("PUT", "/v1/accounts?first=3&last=4&count=4", sent)
    place = "position 4, Card[0].CardKey: is longer than 200 characters"
    assert (answer.status, answer.text) == (422, place)
    assert park.stored() == OLD
    assert (await park.block(3, 4, 4, "3", "4")).status == 422


@pytest.mark.covers("wincardcore", rule="no-key-twice readable-text")
@pytest.mark.parametrize(
    ("sent", "place"),
    [
        (account("1"), "position 3, AccountKey: '1' stands in an earlier block already"),
        (
            account("3", numberless("x"), card("c2", "free")),
            "position 3, Card[1].CardKey: 'c2' stands in an earlier block already",
        ),
        (
            account("3", card("c3"), card("c4", " nC2")),
            "position 3, Card[1].Media[0].MediaId: "
            "the card number stands in an earlier block already",
        ),
    ],
)
async def test_what_an_earlier_block_has_is_refused_by_its_place(
    park: Rig, sent: object, place: str
):
    await begun(park)
    answer = await park.call("PUT", "/v1/accounts?first=3&last=3&count=3", [sent])
    assert answer.status == 422  # the count is another one: that is found first
    await begun(park)
    answer = await park.call("PUT", "/v1/accounts?first=3&last=4&count=4", [sent, account("4")])
    assert (answer.status, answer.text) == (422, place)
    assert park.stored() == OLD


@pytest.mark.covers("wincardcore", rule="passed-over-stays")
async def test_cards_that_are_passed_over_stay_across_blocks(park: Rig):
    await park.call(
        "PUT", "/v1/accounts?first=1&last=1&count=2", [account("a", numberless("cold"))]
    )
    assert (await park.block(2, 2, 2, "b")).status == 204
    assert park.stored() == {"a": ["cold"], "b": ["cb"]}
    assert [one["card_key"] for one in park.state()["skipped"]] == ["cold"]


async def test_a_card_that_comes_right_in_another_block_is_the_new_one(park: Rig):
    await park.call(
        "PUT", "/v1/accounts?first=1&last=1&count=2", [account("a", numberless("cold"))]
    )
    last = [account("b", card("cold", "another number"))]
    assert (await park.call("PUT", "/v1/accounts?first=2&last=2&count=2", last)).status == 204
    assert park.stored() == {"a": [], "b": ["cold"]}


@pytest.mark.covers("wincardcore", rule="blocks-per-client")
async def test_two_clients_that_upload_at_once_do_not_meet(park: Rig):
    park.world.restore(OTHER)
    await begun(park)
    with_keys = _as_other(park)
    first = await park.call(
        "PUT", "/v1/accounts?first=1&last=1&count=2", [account("x")], headers=with_keys
    )
    await park.call("DELETE", "/v1/cards", ["nothing"], headers=with_keys)
    assert first.status == 202
    assert (await park.block(3, 4, 4, "3", "4")).status == 204
    assert sorted(park.stored()) == ["1", "2", "3", "4"]


def _as_other(park: Rig) -> dict[str, str]:
    return sign("other", park.world.clock(), KeyPair(Secret("a"), Secret("s")))


async def test_both_of_two_uploads_take_effect_and_the_last_one_stays(park: Rig):
    park.world.restore(OTHER)

    async def upload(headers: dict[str, str], keys: str) -> list[int]:
        statuses = []
        for number, key in enumerate(keys, 1):
            query = f"first={number}&last={number}&count={len(keys)}"
            sent = [account(key, card(f"c{key}"))]
            answer = await park.call("PUT", f"/v1/accounts?{query}", sent, headers=headers)
            statuses.append(answer.status)
        return statuses

    both = await asyncio.gather(
        upload(park.signed(), "abcdefgh"), upload(_as_other(park), "efghijkl")
    )
    assert both == [[202] * 7 + [204]] * 2
    assert "".join(sorted(park.stored())) in ("abcdefgh", "efghijkl")


async def test_what_no_longer_counts_is_removed_behind_the_swap(park: Rig):
    await begun(park)
    await park.block(1, 1, 1, "new")
    park.world.whitelist.swept()
    assert _generations(park) == 1


def _generations(park: Rig) -> int:
    stock = park.world.whitelist._stock
    found: int = stock._file.execute("select count(*) from generation").fetchone()[0]
    return found


@pytest.mark.covers("wincardcore", rule="blocks-durable")
async def test_blocks_outlive_the_process(tmp_path: Path):
    options = TwinOptions(state=tmp_path / "kept")
    async with rig(options, account("old", card("cold"))) as park:
        await begun(park)
    async with rig(options) as park:
        assert park.stored() == OLD
        async with park.session.get(f"{park.url}/_twin/") as page:
            assert "doorward 2 of 4" in await page.text()
        assert (await park.block(3, 4, 4, "3", "4")).status == 204
        assert sorted(park.stored()) == ["1", "2", "3", "4"]


@pytest.mark.covers("wincardcore", rule="swap-unseen")
async def test_readers_see_the_old_list_until_the_new_one_is_whole(park: Rig):
    reader = park.world.whitelist.reader
    await begun(park)
    assert (reader.counts(), reader.card("c1"), bool(reader.card("cold"))) == ((1, 1), None, True)
    await park.block(3, 4, 4, "3", "4")
    assert (reader.counts(), reader.card("cold"), bool(reader.card("c1"))) == ((4, 4), None, True)
