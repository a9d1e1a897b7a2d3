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


_SPACE = b" \t\r\n"
_TEXT_MARKS = re.compile(rb'["\\]')
_MARKS = re.compile(rb'[]["{}]')


class ArraySplitter:
    """Cuts one JSON array of objects into these, from chunks of any size; holds one at most.

    Records are only cut out here; whether they are right is for their reader to say. `limit`: of
    one record, in bytes.
    """

    def __init__(self, limit: int = 1024 * 1024) -> None:
        self._limit = limit
        self._held = bytearray()  # what has come since the last record
        self._at = 0  # how far it is looked at
        self._depth = 0
        self._in_text = False
        self._begun = self._ended = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The records that are whole now. Raises Fault for what is no array of objects."""
        self._held += chunk
        records: list[bytes] = []
        while (record := self._next()) is not None:
            records.append(record)
        if len(self._held) > self._limit:
            raise Fault(400, f"a record is longer than {self._limit} bytes")
        return records

    def end(self) -> None:
        """That nothing more comes. Raises Fault if the array is not whole."""
        if not self._ended:
            raise Fault(400, "the list ends before it is whole")

    def _next(self) -> bytes | None:
        """One record, or None until more has come."""
        if self._depth == 0 and not self._enter():
            return None
        while (found := self._mark()) is not None:
            if found in b"{[":
                self._depth += 1
            else:
                self._depth -= 1
                if self._depth == 0:
                    return self._cut()
        return None

    def _enter(self) -> bool:
        """Go up to the next record's brace, over the brackets and commas of the list."""
        held = self._held
        while self._at < len(held):
            mark = held[self._at : self._at + 1]
            if mark == b"{" and self._begun and not self._ended:
                del held[: self._at]
                self._at = 0
                return True
            self._between(mark)
            self._at += 1
        held.clear()
        self._at = 0
        return False

    def _between(self, mark: bytearray) -> None:
        if mark in _SPACE:
            return
        if mark == b"[" and not self._begun:
            self._begun = True
        elif mark == b"]" and self._begun and not self._ended:
            self._ended = True
        elif mark != b"," or not self._begun or self._ended:
            raise Fault(400, f"{mark.decode('latin-1')!r} stands where no list of records has it")

    def _mark(self) -> bytes | None:
        """The next brace or bracket outside of texts; None until more has come."""
        while True:
            if self._in_text and not self._leave_text():
                return None
            found = _MARKS.search(self._held, self._at)
            if found is None:
                self._at = len(self._held)
                return None
            self._at = found.end()
            if found[0] != b'"':
                return found[0]
            self._in_text = True

    def _leave_text(self) -> bool:
        while (found := _TEXT_MARKS.search(self._held, self._at)) is not None:
            if found[0] == b'"':
                self._at = found.end()
                self._in_text = False
                return True
            if found.end() == len(self._held):  # what it escapes has not come
                self._at = found.start()
                return False
            self._at = found.end() + 1
        self._at = len(self._held)
        return False

    def _cut(self) -> bytes:
        record = bytes(self._held[: self._at])
        del self._held[: self._at]
        self._at = 0
        return record
