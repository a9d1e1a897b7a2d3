"""Who is shut out because a card of hers is locked."""

from dataclasses import replace

import pytest

from core.parking.world import NOON
from doorward.core.parking.locks import CardLock, locked_holders

LOCK = CardLock(system="garage", card="c1", account="a1", locked_at=NOON)


def test_whose_card_is_locked_is_shut_out():
    other = replace(LOCK, card="c2", account="a2")
    assert locked_holders([LOCK, other], "garage") == {"a1", "a2"}


@pytest.mark.covers("wincardcore", rule="lock-stays")
def test_a_lock_counts_at_its_own_system_until_it_is_released():
    released = replace(LOCK, account="a2", released_at=NOON)
    elsewhere = replace(LOCK, account="a3", system="roof")
    assert locked_holders([LOCK, released, elsewhere], "garage") == {"a1"}
    assert LOCK.holds
    assert not released.holds
