"""Lists of accounts, cards, holders and keys: read as a whole or refused as a whole.

WinCardCore 3.3, 2.1: one record in error and nothing is taken over. A card that has not exactly one
number is no error: it is not processed, and reported here. The number's MediaKey always becomes the
CardKey.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
from msgspec import UNSET

from doorward.connectors.wincardcore.wire.codes import MediaType
from doorward.connectors.wincardcore.wire.faults import Fault
from doorward.connectors.wincardcore.wire.fields import Key
from doorward.connectors.wincardcore.wire.form import read, read_list, write
from doorward.connectors.wincardcore.wire.media import folded
from doorward.connectors.wincardcore.wire.whitelist import (
    Account,
    AccountCards,
    AccountCustomer,
    Card,
    Media,
)

R = TypeVar("R", Account, AccountCards)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A card that is not processed; `position` and `field` say where it stood."""

    position: int
    field: str
    account_key: str
    card_key: str
    reason: str

    def __str__(self) -> str:
        return f"position {self.position}, {self.field}: card {self.card_key!r} {self.reason}"


@dataclass(frozen=True, slots=True)
class Received(Generic[R]):
    """The records without the cards that are skipped."""

    records: tuple[R, ...]
    skipped: tuple[Skipped, ...] = ()


def read_accounts(body: bytes, first: int = 1) -> Received[Account]:
    """Accounts; `first` is the number of the first in its list. Raises Fault."""
    return _Intake(first).take(read_list(body, Account, first))


def read_account_cards(body: bytes) -> Received[AccountCards]:
    """Cards by account. Raises Fault."""
    return _Intake(1).take(read_list(body, AccountCards))


def read_account_customers(body: bytes) -> tuple[AccountCustomer, ...]:
    """Holders by account. Raises Fault."""
    records = read_list(body, AccountCustomer)
    _distinct((record.account_key for record in records), "AccountKey")
    return records


def read_keys(body: bytes) -> tuple[str, ...]:
    """The keys of what is to be deleted. Raises Fault."""
    keys: tuple[str, ...] = read_list(body, Key)
    _distinct(keys, "")
    return keys


def read_card(body: bytes) -> Card:
    """One card, as `GET cards/{CardKey}` answers it. Raises Fault, also if it has no number."""
    card = read(body, Card)
    _check_window(card, "", None)
    numbers = _numbers(card)
    if len(numbers) != 1:
        raise Fault(422, _not_one(numbers), "Media")
    return _keyed(card, numbers[0])


def write_list(
    records: Iterable[Account] | Iterable[AccountCards] | Iterable[AccountCustomer] | Iterable[str],
) -> bytes:
    """Always an array, also of one."""
    return write(list(records))


def write_card(card: Card) -> bytes:
    """One card."""
    return write(card)


def _distinct(keys: Iterable[str], field: str) -> None:
    seen: dict[str, int] = {}
    for position, key in enumerate(keys, 1):
        if (before := seen.setdefault(key, position)) != position:
            raise _again(repr(key), before, field, position)


class _Intake:
    """One request's keys and numbers, each of which may stand there once."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._accounts: dict[str, int] = {}
        self._cards: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._skipped: list[Skipped] = []

    def take(self, records: tuple[R, ...]) -> Received[R]:
        """The records as they count. Raises Fault."""
        taken = tuple(
            self._record(record, position) for position, record in enumerate(records, self._first)
        )
        return Received(taken, tuple(self._skipped))

    def _record(self, record: R, position: int) -> R:
        key = record.account_key
        if (before := self._accounts.setdefault(key, position)) != position:
            raise _again(repr(key), before, "AccountKey", position)
        cards = record.cards
        if cards is UNSET or not cards:
            return record
        taken = tuple(
            found
            for index, card in enumerate(cards)
            if (found := self._card(card, key, position, f"Card[{index}]"))
        )
        return record if taken == cards else msgspec.structs.replace(record, cards=taken)

    def _card(self, card: Card, account_key: str, position: int, field: str) -> Card | None:
        """The card as it counts; None if it is skipped. Raises Fault."""
        if card.card_key in self._cards:
            before = self._cards[card.card_key]
            raise _again(repr(card.card_key), before, f"{field}.CardKey", position)
        self._cards[card.card_key] = position
        _check_window(card, f"{field}.", position)
        numbers = _numbers(card)
        if len(numbers) != 1:
            reason = _not_one(numbers)
            self._skipped.append(Skipped(position, field, account_key, card.card_key, reason))
            return None
        number = folded(MediaType.CARD_NUMBER, numbers[0].media_id)
        if number in self._numbers:
            at = f"{field}.Media[{card.media.index(numbers[0])}].MediaId"
            raise _again("the card number", self._numbers[number], at, position)
        self._numbers[number] = position
        return _keyed(card, numbers[0])


def _again(what: str, before: int, field: str, position: int) -> Fault:
    return Fault(422, f"{what} stands at position {before} already", field, position)


def _check_window(card: Card, within: str, position: int | None) -> None:
    if card.valid_from and card.valid_to and card.valid_to < card.valid_from:
        raise Fault(422, "is before ValidFrom", f"{within}ValidTo", position)


def _numbers(card: Card) -> list[Media]:
    return [m for m in card.media if m.media_type is MediaType.CARD_NUMBER]


def _not_one(numbers: list[Media]) -> str:
    return f"has {len(numbers) or 'no'} media of type 255, not exactly one"


def _keyed(card: Card, number: Media) -> Card:
    """The number's MediaKey overwritten with the CardKey."""
    if number.media_key == card.card_key:
        return card
    keyed = Media(
        media_type=MediaType.CARD_NUMBER, media_id=number.media_id, media_key=card.card_key
    )
    media = tuple(keyed if medium is number else medium for medium in card.media)
    return msgspec.structs.replace(card, media=media)
