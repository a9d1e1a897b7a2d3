"""What the tests of car parks in the store have in common."""

from collections.abc import Iterable
from decimal import Decimal

from core.parking.world import NOON
from doorward.core.parking.deliveries import Delivered
from doorward.core.parking.visits import Visit
from doorward.core.parking.whitelist import KnownAccount, KnownCard
from doorward.storage.store import Store

RAW = '{"Status": 1}'


async def put(store: Store, visit: Visit, raw: str = RAW) -> Delivered:
    return await store.parking.put(visit, raw, NOON)


async def patch(store: Store, visit: Visit, raw: str = RAW) -> Delivered:
    return await store.parking.patch(visit, raw, NOON)


def account(number: int, digest: str = "d", test: bool = False) -> KnownAccount:
    """The account of visit `number`, with its card."""
    document = f'{{"AccountKey": "a{number}"}}'
    return KnownAccount(f"a{number}", document, digest, (KnownCard(f"c{number}", test),))


async def listed(store: Store, accounts: Iterable[KnownAccount], system: str = "garage") -> int:
    """The generation of a whitelist that is sent and acknowledged as a whole."""
    generation = await store.parking.begin_whitelist(system, NOON)
    await store.parking.stage(system, generation, list(accounts))
    await store.parking.adopt_whitelist(system, generation, NOON)
    return generation


def left(store: Store, visit: Visit) -> Decimal:
    """What of its price is not given back."""
    known = store.parking.visit(visit.system, visit.id)
    assert known is not None
    return known.left
