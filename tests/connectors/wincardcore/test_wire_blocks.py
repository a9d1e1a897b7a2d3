"""Uploads in blocks: what parameters say, and what may follow what."""

import pytest

from doorward.connectors.wincardcore.wire.blocks import (
    Block,
    blocks,
    check_order,
    check_records,
    read_block,
)
from doorward.connectors.wincardcore.wire.faults import Fault
from doorward.connectors.wincardcore.wire.lists import read_accounts
from doorward.connectors.wincardcore.wire.whitelist import Account


def query(text: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (part.partition("=") for part in text.split("&"))]


@pytest.mark.covers("wincardcore", rule="block-parameters")
def test_parameters_are_read_in_any_letter_case_and_order():
    assert read_block(query("COUNT=1000&First=101&last=200&x=1")) == Block(101, 200, 1000)
    assert read_block(query("x=1")) is None
    assert read_block([]) is None


@pytest.mark.covers("wincardcore", rule="no-accident")
@pytest.mark.parametrize("text", ["count=0", "first=1&last=0&count=0", "first=0&last=0&count=0"])
def test_a_count_of_zero_is_an_empty_list(text: str):
    block = read_block(query(text))
    assert block == Block(1, 0, 0)
    assert (block.size, block.completes, block.restarts) == (0, True, True)


@pytest.mark.covers("wincardcore", rule="block-parameters")
@pytest.mark.parametrize(
    ("text", "status", "field"),
    [
        ("first=1", 422, "last"),
        ("first=1&last=2", 422, "count"),
        ("last=2&count=2", 422, "first"),
        ("count=5", 422, "first"),
        ("first=2&count=0", 422, "last"),
        ("first=1&last=1&count=0", 422, ""),
        ("first=0&last=1&count=1", 422, ""),
        ("first=3&last=2&count=9", 422, ""),
        ("first=1&last=10&count=9", 422, ""),
        ("first=1&FIRST=1&last=1&count=1", 422, "first"),
        ("first=a&last=1&count=1", 400, "first"),
        ("first=1&last=-1&count=1", 400, "last"),
        ("first=1&last=1&count=", 400, "count"),
        ("first=1&last=1&count=1.0", 400, "count"),
        ("first=1&last=1&count=\u0661", 400, "count"),
        ("first=1&last=1&count=12345678901", 400, "count"),
    ],
)
def test_parameters_that_are_no_block_are_a_fault(text: str, status: int, field: str):
    with pytest.raises(Fault) as caught:
        read_block(query(text))
    assert (caught.value.status, caught.value.field) == (status, field)


@pytest.mark.parametrize(("first", "last", "count"), [(0, 0, 0), (1, 1, 0), (0, 1, 1), (2, 1, 2)])
def test_what_is_no_block_cannot_be_made(first: int, last: int, count: int):
    with pytest.raises(ValueError, match="first="):
        Block(first, last, count)


def test_a_body_has_as_many_records_as_its_block_says():
    check_records(Block(11, 20, 30), 10)
    check_records(Block(1, 0, 0), 0)
    check_records(None, 1)
    for block, records in ((Block(11, 20, 30), 9), (Block(1, 0, 0), 1)):
        with pytest.raises(Fault, match=f"is {block.size} records, the body has {records}"):
            check_records(block, records)


@pytest.mark.covers("wincardcore", rule="no-accident")
def test_an_empty_list_without_a_count_is_refused():
    with pytest.raises(Fault, match="only with count=0") as caught:
        check_records(None, 0)
    assert caught.value.status == 422


@pytest.mark.covers("wincardcore", rule="blocks-in-order block-restarts")
def test_blocks_follow_each_other_and_the_first_always_restarts():
    check_order(None, Block(1, 10, 30))
    check_order(Block(1, 10, 30), Block(11, 30, 30))
    check_order(Block(11, 20, 30), Block(1, 5, 7))
    assert Block(21, 30, 30).completes
    assert not Block(11, 20, 30).completes


@pytest.mark.covers("wincardcore", rule="blocks-in-order")
@pytest.mark.parametrize(
    ("kept", "sent", "field"),
    [
        (None, Block(11, 20, 30), "first"),
        (Block(1, 10, 30), Block(12, 20, 30), "first"),
        (Block(1, 10, 30), Block(10, 20, 30), "first"),
        (Block(1, 10, 30), Block(11, 20, 31), "count"),
        (Block(11, 20, 30), Block(11, 20, 30), "first"),
    ],
)
def test_a_gap_an_overlap_and_another_count_are_refused(
    kept: Block | None, sent: Block, field: str
):
    with pytest.raises(Fault) as caught:
        check_order(kept, sent)
    assert (caught.value.status, caught.value.field) == (422, field)


def accounts(count: int) -> list[Account]:
    return [Account(account_key=f"a-{number}") for number in range(count)]


@pytest.mark.covers("wincardcore", rule="blocks-sent")
@pytest.mark.parametrize(("count", "size"), [(0, 3), (1, 3), (3, 3), (7, 3), (10, 1)])
def test_an_upload_in_blocks_is_the_whole_list_in_order(count: int, size: int):
    kept, received = None, []
    for block, body in blocks(iter(accounts(count)), count, size):
        assert read_block(query(block.query)) == block
        check_order(kept, block)
        records = read_accounts(body, block.first).records
        check_records(block, len(records))
        received += records
        kept = block
    assert kept is not None
    assert kept.completes
    assert received == accounts(count)


@pytest.mark.parametrize(("count", "there"), [(5, 4), (5, 6), (0, 1), (6, 3)])
def test_an_upload_of_another_length_than_announced_stops(count: int, there: int):
    with pytest.raises(ValueError, match=f"{count} accounts were announced"):
        list(blocks(accounts(there), count, 3))
