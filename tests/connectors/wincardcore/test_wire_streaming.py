"""Lists too long to hold: the same bytes in pieces, the same records from chunks of any size."""

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.connectors.wincardcore.wire.faults import Fault
from doorward.connectors.wincardcore.wire.lists import read_accounts, write_list
from doorward.connectors.wincardcore.wire.streaming import ArraySplitter, array
from doorward.connectors.wincardcore.wire.whitelist import Account, Customer


def accounts(count: int) -> Iterator[Account]:
    for number in range(count):
        name = 'a "quoted\\" [name] {ö}\n'
        yield Account(account_key=f"a-{number}", customer=Customer(last_name=name), cards=())


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7])
def test_pieces_are_the_array_that_is_written_at_once(count: int):
    assert b"".join(array(accounts(count), size=3)) == write_list(accounts(count))


@given(st.integers(0, 5), st.data())
def test_records_come_out_whole_however_the_bytes_are_cut(count: int, data: st.DataObject):
    body = b" \n" + b" , ".join(array(accounts(count), size=2)).replace(b", ,", b",") + b"\n"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=20)))
    splitter = ArraySplitter()
    records: list[bytes] = []
    for begin, end in zip([0, *cuts], [*cuts, len(body)], strict=True):
        records += splitter.feed(body[begin:end])
    splitter.end()
    assert [read_accounts(record).records[0] for record in records] == list(accounts(count))


def test_each_byte_alone_gives_the_same_records():
    splitter = ArraySplitter()
    body = b"".join(array(accounts(3), size=2))
    records = [record for byte in body for record in splitter.feed(bytes([byte]))]
    splitter.end()
    assert len(records) == 3


NO_LISTS = (
    *(b"{}", b'{"a":1}', b"5", b'"a"', b"x[{}]", b",[{}]", b"]", b"}"),
    *(b'["a"]', b"[5]", b"[5,{}]", b"[{}5]", b"[[{}]]", b"[}", b"[{}}", b"[x"),
    *(b"[]]", b"[{}][", b"[]{", b'[]"', b"[] x", b"[],"),
)


@pytest.mark.parametrize("body", NO_LISTS)
def test_what_is_no_list_of_records_is_a_fault(body: bytes):
    splitter = ArraySplitter()

    def read() -> None:
        splitter.feed(body)
        splitter.end()

    with pytest.raises(Fault) as caught:
        read()
    assert caught.value.status == 400


@pytest.mark.parametrize("body", [b"", b"[", b"[{}", b"[{},", b'[{"a', b'[{"a\\'])
def test_a_list_that_is_cut_is_a_fault_at_its_end(body: bytes):
    splitter = ArraySplitter()
    splitter.feed(body)
    with pytest.raises(Fault, match="ends before it is whole"):
        splitter.end()


def test_a_record_beyond_the_limit_is_a_fault():
    splitter = ArraySplitter(limit=100)
    with pytest.raises(Fault, match="longer than 100 bytes"):
        splitter.feed(b'[{"a":"' + b"x" * 200)


@pytest.mark.covers("wincardcore", rule="accounts-told")
def test_a_long_list_is_never_held_as_a_whole():
    def through() -> int:
        splitter = ArraySplitter()
        found = sum(len(splitter.feed(piece)) for piece in array(accounts(4_000), size=50))
        splitter.end()
        return found

    tracemalloc.start()
    try:
        assert through() == 4_000
        assert tracemalloc.get_traced_memory()[1] < 300_000
    finally:
        tracemalloc.stop()
