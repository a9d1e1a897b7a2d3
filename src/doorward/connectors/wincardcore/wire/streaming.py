"""Lists too long to hold as text: written in pieces, and cut into records as they arrive."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from doorward.connectors.wincardcore.wire.faults import Fault
from doorward.connectors.wincardcore.wire.form import write
from doorward.connectors.wincardcore.wire.whitelist import Account


def array(accounts: Iterable[Account], size: int = 1000) -> Iterator[bytes]:
    """One JSON array, in pieces of `size` accounts (`GET accounts`, 3.1)."""
    coming = iter(accounts)
    before = b"["
    while records := list(islice(coming, size)):
        yield before + write(records)[1:-1]
        before = b","
    yield b"[]" if before == b"[" else b"]"


# A text, whole or not yet, or what opens and closes.
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?P<whole>"?)|[][{}]', re.DOTALL)
_IN_LIST, _IN_RECORD = 1, 2  # how many brackets and braces are open


class ArraySplitter:
    """Cuts one JSON array of objects into these, from chunks of any size; holds one at most.

    Records are only cut out here; whether they are right is for their reader to say. `limit`: of
    one record, in bytes.
    """

    def __init__(self, limit: int = 256 * 1024) -> None:
        self._limit = limit
        self._held = b""  # what has come of the next record
        self._seen = 0  # how much of it is looked at
        self._depth = 0
        self._ended = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The records that are whole now. Raises Fault for what is no array of objects."""
        text = self._held + chunk
        records: list[bytes] = []
        start, seen = 0, self._seen
        for token in _TOKEN.finditer(text, seen):
            if self._depth < _IN_RECORD:
                self._check_between(text[seen : token.start()], token[0])
                start = token.start()
            if token[0][:1] == b'"':
                if not token["whole"]:
                    break
            elif self._step(token[0]):
                records.append(text[start : token.end()])
                start = token.end()
            seen = token.end()
        self._keep(text, start, seen)
        return records

    def end(self) -> None:
        """That nothing more comes. Raises Fault if the array is not whole."""
        if not self._ended or self._held.strip():
            raise Fault(400, "the list ends before it is whole, or goes on after its end")

    def _step(self, mark: bytes) -> bool:
        """Whether this mark ends a record."""
        if mark in b"[{":
            self._depth += 1
            return False
        self._depth -= 1
        self._ended = self._depth == 0
        return self._depth == _IN_LIST

    def _check_between(self, between: bytes, mark: bytes) -> None:
        """Outside of records stand the list's brackets, commas and space, and nothing else."""
        if self._depth == _IN_LIST:
            right = mark in (b"{", b"]", b"") and not between.strip(b" \t\r\n,")
        else:
            right = mark == (b"" if self._ended else b"[") and not between.strip()
        if not right:
            raise Fault(400, "this is no list of records")

    def _keep(self, text: bytes, start: int, seen: int) -> None:
        if self._depth < _IN_RECORD:
            start = seen
        self._held, self._seen = text[start:], seen - start
        if len(self._held) > self._limit:
            raise Fault(400, f"a record is longer than {self._limit} bytes")
