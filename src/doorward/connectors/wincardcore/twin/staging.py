"""Taking a whole list, at once or in blocks (WinCardCore 3.3, 2.1).

Blocks are kept until the last one has come; then the list takes the place of the old one, with one
row changed. Clients that upload at the same time do not meet: each has a generation of its own.
"""

import sqlite3
from collections.abc import Sequence

import msgspec
from msgspec import UNSET

from doorward.connectors.wincardcore.twin.placing import Place, index_of, number_of
from doorward.connectors.wincardcore.twin.rows import cards_of
from doorward.connectors.wincardcore.twin.stock import Stock
from doorward.connectors.wincardcore.wire.blocks import Block, check_order
from doorward.connectors.wincardcore.wire.faults import Fault
from doorward.connectors.wincardcore.wire.lists import Received, Skipped
from doorward.connectors.wincardcore.wire.whitelist import Account


def take(stock: Stock, client: str, block: Block | None, sent: Received[Account]) -> None:
    """Keep a block; the list takes effect with the last one. Raises Fault, nothing changed."""
    with stock.transaction():
        generation = _generation(stock, client, block)
        _insert(stock, generation, sent, block.first if block and block.count else 1)
        stock.note_skipped(generation, sent.skipped)
        if block is None or block.completes:
            stock.in_order(generation)
            _keep_skipped(stock, generation)
            stock.flip(generation)
            stock.set_upload(client, None)
        else:
            stock.set_upload(client, (generation, block.last, block.count))


def discard(stock: Stock, client: str) -> bool:
    """Forget what a client has sent so far; whether there was something."""
    if stock.upload(client) is None:
        return False
    with stock.transaction():
        stock.set_upload(client, None)
    return True


def _generation(stock: Stock, client: str, block: Block | None) -> int:
    upload = stock.upload(client)
    if block is None or block.restarts:
        return stock.begin()
    kept = Block(1, upload[1], upload[2]) if upload else None
    check_order(kept, block)
    assert upload is not None  # or else the order is wrong
    return upload[0]


def _insert(stock: Stock, generation: int, sent: Received[Account], first: int) -> None:
    records = [settled(record) for record in sent.records]
    try:
        with stock.attempt():
            stock.stage(generation, records)
    except sqlite3.IntegrityError:
        # Within the request nothing stands twice, or it would not have been read.
        for position, record in enumerate(records, first):
            _demand_new(stock, generation, record, position, sent.skipped)
        raise


def settled(account: Account) -> Account:
    """The account as it is kept: in a list of all, saying nothing of cards is having none (2.1)."""
    return msgspec.structs.replace(account, cards=()) if account.cards is UNSET else account


def _demand_new(
    stock: Stock, generation: int, record: Account, position: int, skipped: Sequence[Skipped]
) -> None:
    """Raises Fault for what an earlier block has already."""
    earlier = "stands in an earlier block already"
    if stock.account(generation, record.account_key) is not None:
        raise Fault(422, f"{record.account_key!r} {earlier}", "AccountKey", position)
    for index, card in enumerate(cards_of(record)):
        place = Place(position, index_of(skipped, position, index))
        if stock.owner(generation, card.card_key) is not None:
            raise Fault(422, f"{card.card_key!r} {earlier}", place.key, position)
        if stock.holder(generation, number_of(card)) is not None:
            raise Fault(422, f"the card number {earlier}", place.number(card), position)


def _keep_skipped(stock: Stock, generation: int) -> None:
    """What the old list has of cards that came without their number goes on. Raises Fault."""
    old = stock.live()
    for skipped in stock.skipped(generation):
        owner = stock.owner(old, skipped.card_key)
        if owner is None or stock.owner(generation, skipped.card_key) is not None:
            continue
        before = stock.account(old, owner)
        home = stock.account(generation, owner) or stock.account(generation, skipped.account_key)
        assert before is not None  # a card's row goes with its account's
        assert home is not None
        card = next(card for card in cards_of(before) if card.card_key == skipped.card_key)
        if (holder := stock.holder(generation, number_of(card))) is not None:
            reason = f"the card stays as it was, but card {holder!r} has its number now"
            raise Fault(422, reason, skipped.field, skipped.position)
        stock.remove(generation, [home])
        kept = msgspec.structs.replace(home, cards=(*cards_of(home), card))
        stock.insert(generation, [kept])
