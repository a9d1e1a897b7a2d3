"""Changes of what the whitelist holds (WinCardCore 3.3, 2.2 to 2.9).

A request is worked out as a whole: the accounts that it touches as they are, as they become, and
then the difference is written. A number that one card gives up another may take in the same
request; a number that a card keeps, which the request does not touch, nobody can take.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec
from msgspec import UNSET

from doorward.connectors.wincardcore.twin.placing import Place, index_of, number_of
from doorward.connectors.wincardcore.twin.rows import cards_of
from doorward.connectors.wincardcore.twin.stock import Stock
from doorward.connectors.wincardcore.wire.faults import Fault
from doorward.connectors.wincardcore.wire.lists import Received, Skipped
from doorward.connectors.wincardcore.wire.whitelist import (
    Account,
    AccountCards,
    AccountCustomer,
    Card,
)


@dataclass(slots=True)
class _Change:
    """One request's work on the live generation."""

    stock: Stock
    generation: int
    before: dict[str, Account] = field(default_factory=dict)
    after: dict[str, Account] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)  # of the cards in the request

    def account(self, key: str) -> Account:
        """An account as it is by now; a new one where there is none (1.4)."""
        if key not in self.after:
            found = self.stock.account(self.generation, key)
            if found is not None:
                self.before[key] = found
            self.after[key] = found or Account(account_key=key, cards=())
        return self.after[key]

    def set_customer(self, sent: Account | AccountCustomer) -> None:
        """The holder is replaced as a whole; where nothing is said it stays."""
        account = self.account(sent.account_key)
        if sent.customer is not None:
            after = msgspec.structs.replace(account, customer=sent.customer)
            self.after[sent.account_key] = after

    def set_cards(self, key: str, cards: Iterable[Card]) -> None:
        """Let an account have these cards and no others."""
        self.after[key] = msgspec.structs.replace(self.account(key), cards=tuple(cards))

    def take_out(self, card_key: str) -> None:
        """Take a card from whoever has it."""
        owner = self.stock.owner(self.generation, card_key)
        if owner is not None:
            cards = cards_of(self.account(owner))
            self.set_cards(owner, (card for card in cards if card.card_key != card_key))

    def write(self) -> None:
        """Put what became in the place of what was. Raises Fault."""
        changed = {key: one for key, one in self.after.items() if one != self.before.get(key)}
        old = [self.before[key] for key in changed if key in self.before]
        self.stock.remove(self.generation, old)
        new = list(changed.values())
        self._check_numbers(new)
        self.stock.insert(self.generation, new)

    def _check_numbers(self, accounts: Iterable[Account]) -> None:
        taken: dict[str, Card] = {}
        for account in accounts:
            for card in cards_of(account):
                number = number_of(card)
                if (holder := self.stock.holder(self.generation, number)) is not None:
                    raise self._taken(card, holder)
                if (other := taken.setdefault(number, card)) is not card:
                    # One of the two is in the request; the other keeps what it had.
                    sent, kept = (card, other) if card.card_key in self.places else (other, card)
                    raise self._taken(sent, kept.card_key)

    def _taken(self, card: Card, holder: str) -> Fault:
        place = self.places[card.card_key]
        return Fault(422, f"is the number of card {holder!r}", place.number(card), place.position)


def patch_accounts(stock: Stock, sent: Received[Account]) -> None:
    """Cards that a record does not list go, unless it lists none at all (2.2). Raises Fault."""
    with _changing(stock, sent) as change:
        for record in sent.records:
            change.set_customer(record)
            if record.cards is not UNSET:
                _replace_cards(change, record.account_key, record.cards, sent.skipped)


def post_accounts(stock: Stock, sent: Received[Account]) -> None:
    """Cards that a record does not list stay (2.3). Raises Fault."""
    with _changing(stock, sent) as change:
        for record in sent.records:
            change.set_customer(record)
            _add_cards(change, record.account_key, cards_of(record))


def put_cards(stock: Stock, sent: Received[AccountCards]) -> None:
    """Cards that a record does not list go (2.8). Raises Fault."""
    with _changing(stock, sent) as change:
        for record in sent.records:
            _replace_cards(change, record.account_key, record.cards, sent.skipped)


def patch_cards(stock: Stock, sent: Received[AccountCards]) -> None:
    """Cards that a record does not list stay (2.5, 2.6). Raises Fault."""
    with _changing(stock, sent) as change:
        for record in sent.records:
            _add_cards(change, record.account_key, record.cards)


def patch_customers(stock: Stock, sent: Sequence[AccountCustomer]) -> None:
    """Only the holders change (2.9)."""
    with stock.transaction():
        change = _Change(stock, stock.live())
        for record in sent:
            change.set_customer(record)
        change.write()


def delete_accounts(stock: Stock, keys: Iterable[str]) -> None:
    """With their cards (2.4); those that are not there are no error (1.4)."""
    with stock.transaction():
        generation = stock.live()
        found = [one for key in keys if (one := stock.account(generation, key)) is not None]
        stock.remove(generation, found)
        gone = (card.card_key for account in found for card in cards_of(account))
        stock.forget_skipped(generation, gone)


def delete_cards(stock: Stock, keys: Sequence[str]) -> None:
    """Those that are not there are no error (1.4)."""
    with stock.transaction():
        change = _Change(stock, stock.live())
        for key in keys:
            change.take_out(key)
        change.write()
        stock.forget_skipped(change.generation, keys)


@contextmanager
def _changing(stock: Stock, sent: Received[Account] | Received[AccountCards]) -> Iterator[_Change]:
    """A request's change, written at the end: its cards belong to nobody while it is made."""
    with stock.transaction():
        change = _begun(stock, sent)
        yield change
        change.write()
        stock.forget_skipped(change.generation, change.places)
        stock.note_skipped(change.generation, sent.skipped)


def _begun(stock: Stock, sent: Received[Account] | Received[AccountCards]) -> _Change:
    """The change of a request: its accounts are there, its cards belong to nobody for now."""
    change = _Change(stock, stock.live())
    records: tuple[Account | AccountCards, ...] = sent.records
    for position, record in enumerate(records, 1):
        change.account(record.account_key)
        for index, card in enumerate(cards_of(record)):
            change.places[card.card_key] = Place(position, index_of(sent.skipped, position, index))
            change.take_out(card.card_key)
    return change


def _replace_cards(
    change: _Change, key: str, cards: Sequence[Card], skipped: Sequence[Skipped]
) -> None:
    unread = {one.card_key for one in skipped if one.account_key == key}
    stay = (card for card in cards_of(change.account(key)) if card.card_key in unread)
    change.set_cards(key, (*cards, *stay))


def _add_cards(change: _Change, key: str, cards: Sequence[Card]) -> None:
    change.set_cards(key, (*cards_of(change.account(key)), *cards))
