"""An upload of all accounts in blocks: the parameters First, Last and Count (WinCardCore 3.3, 2.1).

Records are counted from 1. Every mistake here is a Fault.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from doorward.connectors.wincardcore.wire.faults import Fault
from doorward.connectors.wincardcore.wire.form import write
from doorward.connectors.wincardcore.wire.whitelist import Account

_NAMES = ("first", "last", "count")
_NUMBER = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Block:
    """Records `first` to `last`, both included, of `count`. `Block(1, 0, 0)` is an empty list.

    Raises ValueError for numbers that are no block.
    """

    first: int
    last: int
    count: int

    def __post_init__(self) -> None:
        if self.count and not 1 <= self.first <= self.last <= self.count:
            raise ValueError(f"{self} is no part of a list")
        if not self.count and (self.first, self.last) != (1, 0):
            raise ValueError(f"{self} is no empty list")

    def __str__(self) -> str:
        return f"first={self.first}, last={self.last}, count={self.count}"

    @property
    def size(self) -> int:
        """How many records it holds."""
        return self.last - self.first + 1

    @property
    def completes(self) -> bool:
        """Whether it is the last one: what was kept takes effect."""
        return self.last == self.count

    @property
    def restarts(self) -> bool:
        """Whether it begins an upload; what was kept before is discarded."""
        return self.first == 1

    @property
    def query(self) -> str:
        """As it is sent: "first=1&last=100&count=1000"."""
        return f"first={self.first}&last={self.last}&count={self.count}"


def read_block(parameters: Iterable[tuple[str, str]]) -> Block | None:
    """The block that a query asks for, None where it has no such parameters. Raises Fault.

    Names count in any letter case; others are ignored. `count=0` alone is an empty list.
    """
    found: dict[str, int] = {}
    for name, text in parameters:
        if (known := name.lower()) in _NAMES:
            if known in found:
                raise Fault(422, "stands twice", known)
            if not _NUMBER.fullmatch(text):
                raise Fault(400, "has to be a whole number of at most 10 digits", known)
            found[known] = int(text)
    return _block(found) if found else None


def _block(found: dict[str, int]) -> Block:
    if found.get("count") == 0 and found.get("first", 0) <= 1 and found.get("last", 0) == 0:
        return Block(1, 0, 0)
    for name in _NAMES:
        if name not in found:
            raise Fault(422, "is missing: first, last and count belong together", name)
    try:
        return Block(**found)
    except ValueError as error:
        raise Fault(422, str(error)) from None


def check_records(block: Block | None, records: int) -> None:
    """Whether a `PUT accounts` has as many records as its block says. Raises Fault.

    Without a block, an empty list is refused: nobody empties a car park by accident.
    """
    if block is None:
        if not records:
            raise Fault(422, "an empty list empties the car park only with count=0")
    elif block.size != records:
        raise Fault(422, f"{block} is {block.size} records, the body has {records}")


def check_order(kept: Block | None, sent: Block) -> None:
    """Whether a block follows the one that was kept last. Raises Fault for a gap or an overlap.

    A block that begins with the first record always may: it restarts.
    """
    if sent.restarts:
        return
    if kept is None:
        raise Fault(422, f"{sent} begins no upload, and none is under way", "first")
    if sent.first != kept.last + 1:
        raise Fault(422, f"{sent} does not follow record {kept.last}", "first")
    if sent.count != kept.count:
        raise Fault(422, f"{sent} is of another list than count={kept.count}", "count")


def blocks(
    accounts: Iterable[Account], count: int, size: int = 1000
) -> Iterator[tuple[Block, bytes]]:
    """An upload of `count` accounts: each block with its body; one block's text at a time.

    Raises ValueError when there turn out to be fewer or more accounts than `count`.
    """
    coming = iter(accounts)
    if not count:
        yield Block(1, 0, 0), b"[]"
    for first in range(1, count + 1, size):
        block = Block(first, min(first + size - 1, count), count)
        records = list(islice(coming, block.size))
        if len(records) != block.size:
            raise ValueError(f"{count} accounts were announced, {first - 1 + len(records)} came")
        yield block, write(records)
    if next(coming, None) is not None:
        raise ValueError(f"{count} accounts were announced, more came")
