"""Looking things up in the whitelist while others write: a connection that can only read.

Each look sees one generation as a whole, whatever is being put in its place.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from doorward.connectors.wincardcore.twin.rows import cards_of, read_body
from doorward.connectors.wincardcore.wire.codes import MediaType
from doorward.connectors.wincardcore.wire.lists import Skipped
from doorward.connectors.wincardcore.wire.media import folded
from doorward.connectors.wincardcore.wire.whitelist import Account, Card

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Held:
    """A card and the account that it belongs to."""

    account: Account
    card: Card


@dataclass(frozen=True, slots=True)
class Upload:
    """What a client has sent of a list so far."""

    client: str
    last: int
    count: int


class Reader:
    """The reading side, for one thread."""

    def __init__(self, path: Path) -> None:
        address = f"file:{quote(str(path.absolute()))}?mode=ro"
        self._file = sqlite3.connect(
            address, uri=True, isolation_level=None, check_same_thread=False
        )

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    @contextmanager
    def _look(self) -> Iterator[int]:
        """One unchanging view of the file: its live generation."""
        self._file.execute("begin")
        try:
            yield self._file.execute("select generation from live").fetchone()[0]
        finally:
            self._file.execute("commit")

    def account(self, key: str) -> Account | None:
        """One account."""
        with self._look() as generation:
            return self._account(generation, key)

    def _account(self, generation: int, key: str) -> Account | None:
        query = "select body from account where generation = ? and key = ?"
        found = self._file.execute(query, (generation, key)).fetchone()
        return read_body(found[0]) if found else None

    def card(self, key: str) -> Held | None:
        """One card, by its CardKey."""
        with self._look() as generation:
            return self._held(generation, key)

    def _held(self, generation: int, card_key: str) -> Held | None:
        query = "select account from card where generation = ? and key = ?"
        found = self._file.execute(query, (generation, card_key)).fetchone()
        account = self._account(generation, found[0]) if found else None
        for card in cards_of(account) if account else ():
            if account is not None and card.card_key == card_key:
                return Held(account, card)
        return None

    def by_medium(self, media_type: int, media_id: str) -> list[Held]:
        """The cards that a medium belongs to: of a plate or tag there may be several."""
        name = folded(media_type, media_id)
        if media_type == MediaType.CARD_NUMBER:
            query = "select card from number where generation = ? and folded = ?"
            values: tuple[object, ...] = (name,)
        else:
            query = "select card from medium where generation = ? and type = ? and folded = ?"
            values = (int(media_type), name)
        with self._look() as generation:
            keys = [key for (key,) in self._file.execute(query, (generation, *values))]
            return [held for key in keys if (held := self._held(generation, key))]

    def counts(self) -> tuple[int, int]:
        """How many accounts and cards there are."""
        query = "select accounts, cards from generation, live where id = generation"
        accounts, cards = self._file.execute(query).fetchone()
        return accounts, cards

    def uploads(self) -> list[Upload]:
        """What is on its way."""
        rows = self._file.execute("select client, last, count from upload order by client")
        return [Upload(*row) for row in rows]

    def skipped(self, limit: int = PAGE) -> list[Skipped]:
        """Cards that were not processed, in the order of their list."""
        query = (
            "select position, field, s.account, card, reason from skipped s, live"
            " where s.generation = live.generation order by position, field limit ?"
        )
        return [Skipped(*row) for row in self._file.execute(query, (limit,))]

    def bodies(self) -> Iterator[list[bytes]]:
        """Every account as JSON, `PAGE` at a time; what is written meanwhile is not seen."""
        with self._look() as generation:
            query = "select body from account where generation = ? order by key"
            rows = self._file.execute(query, (generation,))
            while page := [body for (body,) in islice(rows, PAGE)]:
                yield page
