"""Accounts as rows of the tables that `stock` keeps, and back."""

from collections.abc import Iterator, Sequence
from functools import cache

import msgspec
from msgspec import UNSET

from doorward.connectors.wincardcore.wire.codes import MediaType
from doorward.connectors.wincardcore.wire.form import write
from doorward.connectors.wincardcore.wire.media import folded
from doorward.connectors.wincardcore.wire.whitelist import Account, AccountCards, Card

_account = msgspec.json.Decoder(Account)


def read_body(body: bytes) -> Account:
    """An account as the file has it."""
    return _account.decode(body)


def cards_of(account: Account | AccountCards) -> tuple[Card, ...]:
    """Its cards; none where nothing is said of them."""
    return () if account.cards is UNSET else account.cards


WIDTHS = {"account": 3, "card": 3, "number": 3, "medium": 4, "pending": 5}
_ROWS = 250  # in one statement, which costs a fifth less than a statement for each

Values = list[int | str | bytes]


@cache
def _insert(table: str, rows: int) -> str:
    one = f"({', '.join('?' * WIDTHS[table])})"
    ignore = " or ignore" if table == "medium" else ""  # a medium that a card has twice is one
    return f"insert{ignore} into {table} values {', '.join([one] * rows)}"


def values_of(generation: int, accounts: Sequence[Account]) -> dict[str, Values]:
    """The rows of accounts by table, one value after another."""
    bodies: Values = []
    cards: Values = []
    numbers: Values = []
    media: Values = []
    the_number = MediaType.CARD_NUMBER  # a look for each medium costs more than it seems
    for account in accounts:
        account_key = account.account_key
        bodies += (generation, account_key, write(account))
        for card in cards_of(account):
            key = card.card_key
            cards += (generation, key, account_key)
            for medium in card.media:
                kind = medium.media_type
                name = folded(kind, medium.media_id)
                if kind is the_number:
                    numbers += (generation, name, key)
                else:
                    media += (generation, int(kind), name, key)
    return {"account": bodies, "card": cards, "number": numbers, "medium": media}


def inserts(values: dict[str, Values]) -> Iterator[tuple[str, Values]]:
    """Statements with their values, many rows in each."""
    for table, of_table in values.items():
        step = _ROWS * WIDTHS[table]
        for at in range(0, len(of_table), step):
            some = of_table[at : at + step]
            yield _insert(table, len(some) // WIDTHS[table]), some
