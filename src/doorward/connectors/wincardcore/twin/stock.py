"""Where the twin keeps a whitelist: an SQLite file that may hold a million accounts.

A whole list is put under a new generation, block by block; one row then says which generation is
the live one, so readers never wait for a list, and never see half of one. Plates and tags come in
no order, and putting each in its place as it comes writes a page for each: those of a list in
blocks are set down as they come, and put in order once, before the list counts. What no longer
counts is removed in slices, in between other work. One connection writes, on one thread (`Stock`);
readers have their own.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from doorward.connectors.wincardcore.twin.rows import (
    WIDTHS,
    Values,
    cards_of,
    inserts,
    read_body,
    values_of,
)
from doorward.connectors.wincardcore.wire.codes import MediaType
from doorward.connectors.wincardcore.wire.lists import Skipped
from doorward.connectors.wincardcore.wire.media import folded
from doorward.connectors.wincardcore.wire.whitelist import Account

SLICE = 5000  # rows of a table that are removed at once

_SCHEMA = """
create table if not exists generation (
    id integer primary key autoincrement, accounts integer not null default 0,
    cards integer not null default 0);
create table if not exists live (one integer primary key check (one = 1), generation integer);
create table if not exists upload (
    client text primary key, generation integer, last integer, count integer) without rowid;
create table if not exists account (
    generation integer, key text, body blob, primary key (generation, key)) without rowid;
create table if not exists card (
    generation integer, key text, account text, primary key (generation, key)) without rowid;
create table if not exists number (
    generation integer, folded text, card text, primary key (generation, folded)) without rowid;
create table if not exists medium (
    generation integer, type integer, folded text, card text,
    primary key (generation, type, folded, card)) without rowid;
create table if not exists pending (
    generation integer, place integer, type integer, folded text, card text,
    primary key (generation, place)) without rowid;
create table if not exists skipped (
    generation integer, card text, position integer, field text, account text, reason text,
    primary key (generation, card)) without rowid;
"""
_KEYS = {
    "account": "key",
    "card": "key",
    "number": "folded",
    "medium": "(type, folded, card)",
    "skipped": "card",
    "pending": "place",
}


class Stock:
    """The writing side. Every method belongs to one transaction of one thread."""

    def __init__(self, path: Path, *, durable: bool) -> None:
        self._file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._file.execute("pragma journal_mode=wal")
        self._file.execute(f"pragma synchronous={'full' if durable else 'off'}")
        self._file.execute("pragma cache_size=-32768")
        self._file.executescript(_SCHEMA)
        if not self._one("select generation from live"):
            with self.transaction():
                self._file.execute("insert into live values (1, ?)", (self.begin(),))

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing; on disk after it, where the file is to last."""
        self._file.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._file.execute("rollback")
            raise
        self._file.execute("commit")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part of a transaction that is undone by itself when it fails."""
        self._file.execute("savepoint attempt")
        try:
            yield
        except BaseException:
            self._file.execute("rollback to attempt")
            self._file.execute("release attempt")
            raise
        self._file.execute("release attempt")

    def _one(self, query: str, *values: object) -> tuple[object, ...] | None:
        found: tuple[object, ...] | None = self._file.execute(query, values).fetchone()
        return found

    # Generations.

    def live(self) -> int:
        """The generation that counts."""
        found: int = self._file.execute("select generation from live").fetchone()[0]
        return found

    def begin(self) -> int:
        """A new generation, with nothing in it."""
        made = self._file.execute("insert into generation default values").lastrowid
        assert made is not None
        return made

    def flip(self, generation: int) -> None:
        """Let this be the one that counts."""
        self._file.execute("update live set generation = ?", (generation,))

    def upload(self, client: str) -> tuple[int, int, int] | None:
        """What a client has under way: generation, last record so far, count."""
        query = "select generation, last, count from upload where client = ?"
        found: tuple[int, int, int] | None = self._file.execute(query, (client,)).fetchone()
        return found

    def set_upload(self, client: str, upload: tuple[int, int, int] | None) -> None:
        """Keep what a client has under way; None for nothing."""
        self._file.execute("delete from upload where client = ?", (client,))
        if upload is not None:
            self._file.execute("insert into upload values (?, ?, ?, ?)", (client, *upload))

    def uploads(self) -> set[str]:
        """The clients that have something under way."""
        return {client for (client,) in self._file.execute("select client from upload")}

    def sweep(self) -> bool:
        """Remove a slice of what no longer counts; whether there may be more."""
        with self.transaction():
            found = self._one(
                "select id from generation where id not in (select generation from live)"
                " and id not in (select generation from upload) limit 1"
            )
            if found is None:
                return self._sweep("pending", "place", self.live())
            if not any(self._sweep(table, key, found[0]) for table, key in _KEYS.items()):
                self._file.execute("delete from generation where id = ?", found)
            return True

    def _sweep(self, table: str, key: str, generation: object) -> bool:
        # The names are those of _KEYS; no value is ever put into the text.
        columns = key.strip("()")
        bound = self._one(
            f"select {columns} from {table} where generation = ?"  # noqa: S608
            f" order by {columns} limit 1 offset ?",
            generation,
            SLICE - 1,
        )
        marks = f"({', '.join('?' * len(bound))})" if bound else ""
        until = f" and {key} <= {marks if len(bound) > 1 else '?'}" if bound else ""
        query = f"delete from {table} where generation = ?{until}"  # noqa: S608
        return self._file.execute(query, (generation, *(bound or ()))).rowcount > 0

    # Rows.

    def account(self, generation: int, key: str) -> Account | None:
        """One account."""
        query = "select body from account where generation = ? and key = ?"
        found = self._file.execute(query, (generation, key)).fetchone()
        return read_body(found[0]) if found else None

    def owner(self, generation: int, card_key: str) -> str | None:
        """The account that a card belongs to."""
        return self._text(
            "select account from card where generation = ? and key = ?", generation, card_key
        )

    def holder(self, generation: int, number: str) -> str | None:
        """The card that has this number, folded."""
        query = "select card from number where generation = ? and folded = ?"
        return self._text(query, generation, number)

    def _text(self, query: str, *values: object) -> str | None:
        found = self._one(query, *values)
        return str(found[0]) if found else None

    def insert(self, generation: int, accounts: Sequence[Account]) -> None:
        """Add accounts. Raises sqlite3.IntegrityError for a key or a number that is there."""
        self._insert_values(generation, values_of(generation, accounts))

    def stage(self, generation: int, accounts: Sequence[Account]) -> None:
        """The same, but plates and tags are only found once they are put `in_order`."""
        values = values_of(generation, accounts)
        media = values.pop("medium")
        query = "select coalesce(max(place), 0) from pending where generation = ?"
        place: int = self._file.execute(query, (generation,)).fetchone()[0]
        pending = values["pending"] = []
        for at in range(0, len(media), WIDTHS["medium"]):
            place += 1
            pending += (generation, place, *media[at + 1 : at + WIDTHS["medium"]])
        self._insert_values(generation, values)

    def in_order(self, generation: int) -> None:
        """Put the plates and tags that are set down where they are found."""
        self._file.execute(
            "insert or ignore into medium select generation, type, folded, card from pending"
            " where generation = ? order by type, folded, card",
            (generation,),
        )

    def _insert_values(self, generation: int, values: dict[str, Values]) -> None:
        for insert, some in inserts(values):
            self._file.execute(insert, some)
        accounts, cards = (len(values[table]) // WIDTHS[table] for table in ("account", "card"))
        self._count(generation, accounts, cards)

    def remove(self, generation: int, accounts: Iterable[Account]) -> None:
        """Take accounts away, as they stand there."""
        for account in accounts:
            cards = cards_of(account)
            for card in cards:
                at = (generation, card.card_key)
                self._file.execute("delete from card where generation = ? and key = ?", at)
                for medium in card.media:
                    self._remove_medium(
                        generation, card.card_key, medium.media_type, medium.media_id
                    )
            at = (generation, account.account_key)
            self._file.execute("delete from account where generation = ? and key = ?", at)
            self._count(generation, -1, -len(cards))

    def _remove_medium(self, generation: int, card_key: str, kind: int, media_id: str) -> None:
        name = folded(kind, media_id)
        if kind == MediaType.CARD_NUMBER:
            query = "delete from number where generation = ? and folded = ?"
            self._file.execute(query, (generation, name))
        else:
            query = (
                "delete from medium where generation = ? and type = ? and folded = ? and card = ?"
            )
            self._file.execute(query, (generation, int(kind), name, card_key))

    def _count(self, generation: int, accounts: int, cards: int) -> None:
        query = "update generation set accounts = accounts + ?, cards = cards + ? where id = ?"
        self._file.execute(query, (accounts, cards, generation))

    # Cards that are not processed.

    def note_skipped(self, generation: int, skipped: Sequence[Skipped]) -> None:
        """Report these; of a card only the last report counts."""
        rows = [
            (generation, one.card_key, one.position, one.field, one.account_key, one.reason)
            for one in skipped
        ]
        self._file.executemany("replace into skipped values (?, ?, ?, ?, ?, ?)", rows)

    def forget_skipped(self, generation: int, cards: Iterable[str]) -> None:
        """These came right, or are gone."""
        rows = [(generation, card) for card in cards]
        self._file.executemany("delete from skipped where generation = ? and card = ?", rows)

    def skipped(self, generation: int) -> list[Skipped]:
        """The reports, in the order of the list."""
        rows = self._file.execute(
            "select position, field, account, card, reason from skipped where generation = ?"
            " order by position, field",
            (generation,),
        )
        return [Skipped(*row) for row in rows]
