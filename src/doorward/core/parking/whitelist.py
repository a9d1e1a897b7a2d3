"""What a car park was told to let in, and acknowledged.

The interface has no way to read a car park's whitelist back, so what was acknowledged is all that
can be known of it, and what a change is compared with. It is kept under a generation: a whole new
whitelist is staged beside the current one, and takes its place at once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class KnownCard:
    """A card of an account. `test`: a test card, whose visits are not billed."""

    key: str
    test: bool = False


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account as it was sent: the document, its digest, and its cards."""

    key: str
    document: str
    digest: str
    cards: tuple[KnownCard, ...] = ()


@dataclass(frozen=True, slots=True)
class Whitelist:
    """The current whitelist of a car park. `since`: when the car park had taken the whole of it."""

    system: str
    generation: int
    since: datetime
    accounts: int
    cards: int


@dataclass(frozen=True, slots=True)
class Added:
    """An account that the car park does not know, or knows otherwise."""

    key: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """An account that the car park is to forget."""

    key: str


Digests = Iterable[tuple[str, str]]
"""Keys with digests, by key in the order of code points."""


def compare(known: Digests, wanted: Digests) -> Iterator[Added | Dropped]:
    """What to send so that a car park that has `known` has `wanted`; both streamed in order.

    Raises ValueError for a side that is out of order: the difference would be wrong.
    """
    left, right = _in_order(known), _in_order(wanted)
    old, new = next(left, None), next(right, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old[0] < new[0]):
            assert old is not None
            yield Dropped(old[0])
            old = next(left, None)
        elif old is None or new[0] < old[0]:
            yield Added(new[0])
            new = next(right, None)
        else:
            if old[1] != new[1]:
                yield Added(new[0])
            old, new = next(left, None), next(right, None)


def _in_order(pairs: Digests) -> Iterator[tuple[str, str]]:
    last: str | None = None
    for pair in pairs:
        if last is not None and pair[0] <= last:
            raise ValueError(f"the key {pair[0]} comes after {last}")
        last = pair[0]
        yield pair
