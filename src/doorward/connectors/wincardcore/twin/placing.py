"""Where a card stood in a request, for the text that names it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from doorward.connectors.wincardcore.wire.codes import MediaType
from doorward.connectors.wincardcore.wire.lists import Skipped
from doorward.connectors.wincardcore.wire.media import folded
from doorward.connectors.wincardcore.wire.whitelist import Card

_INDEX = re.compile(r"Card\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Place:
    """The record's position from 1, the card's index from 0."""

    position: int
    index: int

    @property
    def key(self) -> str:
        """The path of its CardKey."""
        return f"Card[{self.index}].CardKey"

    def number(self, card: Card) -> str:
        """The path of its number."""
        return f"Card[{self.index}].Media[{_number_at(card)}].MediaId"


def index_of(skipped: Sequence[Skipped], position: int, index: int) -> int:
    """Where a card stood before others of its record were skipped."""
    gone = sorted(
        int(found[1])
        for one in skipped
        if one.position == position and (found := _INDEX.match(one.field))
    )
    for place in gone:
        index += place <= index
    return index


def number_of(card: Card) -> str:
    """The card's number, folded. Cards that are kept have one."""
    return folded(MediaType.CARD_NUMBER, card.media[_number_at(card)].media_id)


def _number_at(card: Card) -> int:
    kinds = [medium.media_type for medium in card.media]
    return kinds.index(MediaType.CARD_NUMBER)
