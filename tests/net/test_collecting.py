"""What is there for good is not gone through again."""

import gc
from collections.abc import Iterator

import pytest

from doorward.net.collecting import YOUNG, spare_what_stays


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Tests leave cycles behind, which are to go."""
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


class Knot:
    """Holds itself, so that only the collector can let go of it."""

    def __init__(self) -> None:
        self.self = self


def test_what_is_loaded_is_not_looked_at_any_more():
    stays = [Knot()]
    spare_what_stays()
    assert gc.get_freeze_count() > 10_000
    assert not any(one is stays for one in gc.get_objects())


def test_what_comes_later_is_collected_as_before():
    spare_what_stays()
    Knot()
    assert gc.collect() > 0


def test_the_young_are_looked_at_more_seldom():
    spare_what_stays()
    assert gc.get_threshold()[0] == YOUNG
