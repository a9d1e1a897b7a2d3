"""Where a twin's state is kept: in a file when asked, so that what was answered survives kill -9.

One row per record and not one document, because a member changed among 100,000 must cost one
small write.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Record(NamedTuple):
    """A piece of state by kind and key; `body` None removes it."""

    kind: str
    key: str
    body: bytes | None


class Shelf:
    """Durable records, or none at all where no file was named."""

    def __init__(self, path: Path | None = None) -> None:
        self._file = sqlite3.connect(path, isolation_level=None) if path else None
        if self._file:
            self._file.execute("pragma journal_mode=wal")
            self._file.execute("pragma synchronous=full")
            self._file.execute(
                "create table if not exists record"
                " (kind text, key text, body blob, primary key (kind, key)) without rowid"
            )

    def load(self) -> list[Record]:
        """Everything kept, in the order of kind and key."""
        if not self._file:
            return []
        rows = self._file.execute("select kind, key, body from record order by kind, key")
        return [Record(*row) for row in rows]

    def write(self, records: Sequence[Record]) -> None:
        """Keep these; on disk when this returns. Of two about one key the last one counts."""
        self._transact(records, clear=False)

    def rewrite(self, records: Sequence[Record]) -> None:
        """Keep these and nothing else, in one step."""
        self._transact(records, clear=True)

    def _transact(self, records: Sequence[Record], *, clear: bool) -> None:
        if not self._file:
            return
        last = {record[:2]: record for record in records}.values()
        kept = [record for record in last if record.body is not None]
        gone = [record[:2] for record in last if record.body is None]
        with self._file:  # all of it or nothing
            self._file.execute("begin immediate")
            if clear:
                self._file.execute("delete from record")
            self._file.executemany("delete from record where kind = ? and key = ?", gone)
            self._file.executemany("replace into record values (?, ?, ?)", kept)

    def close(self) -> None:
        """Release the file."""
        if self._file:
            self._file.close()
