"""Whether a card may drive in, by what the whitelist says of it (WinCardCore 3.3, 2.1).

Pure: what is known goes in, a reason or none comes out.
"""

from collections.abc import Container
from datetime import datetime

from doorward.connectors.wincardcore.twin.reading import Held
from doorward.connectors.wincardcore.twin.rules import Rules
from doorward.connectors.wincardcore.wire.whitelist import Card

UNKNOWN = "unknown: no card has this medium"
FULL = "full: no room is left"
INSIDE = "inside: the card is in the car park already"


def objection(held: Held, rules: Rules, now: datetime, locked: Container[str]) -> str | None:
    """Why the card may not drive in now; None if it may. `locked`: cards locked by an operator.

    ValidFrom and ValidTo are told by the clock on the wall, and both belong to the time.
    """
    card, wall = held.card, now.astimezone(rules.zone).replace(tzinfo=None, microsecond=0)
    if card.card_key in locked:
        return "locked: an operator has locked the card"
    if card.block_code:
        why = f", {card.blocked_info}" if card.blocked_info else ""
        return f"blocked: reason {card.block_code}{why}"
    return _not_now(card, wall) or _not_here(card, rules)


def _not_now(card: Card, wall: datetime) -> str | None:
    if card.valid_from is not None and wall < card.valid_from:
        return f"not yet valid: from {card.valid_from.isoformat()}"
    if card.valid_to is not None and wall > card.valid_to:
        return f"expired: valid to {card.valid_to.isoformat()}"
    return None


def _not_here(card: Card, rules: Rules) -> str | None:
    if card.car_park_id is not None and card.car_park_id != rules.car_park:
        return f"another car park: the card is for {card.car_park_id}"
    if card.tariff_category in rules.refused:
        return f"category {card.tariff_category} is not let in"
    return None
