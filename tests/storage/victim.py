"""A process that works on a database until it is killed: `python victim.py ADDRESS write|hold`.

It tells on its output what was acknowledged, as soon as it was.
"""

import asyncio
import sys

from core.factories import NOW, change
from doorward.storage.store import Store
from storage.factories import a_run, done

CHUNK = 25


def tell(what: str, *ids: int) -> None:
    print(what, *ids, flush=True)


async def write(store: Store) -> None:
    """Journal and settle updates, chunk by chunk, for ever."""
    run = await a_run(store)
    number = 0
    while True:
        changes = [change(f"{run}-{number + more}") for more in range(CHUNK)]
        number += CHUNK
        ids = await store.intend(run, changes, NOW)
        tell("intended", *ids)
        settlements = [done(id, one) for id, one in zip(ids, changes, strict=True)]
        await store.settle(settlements, NOW)
        tell("settled", *ids)


async def hold(store: Store) -> None:
    """Be the one run, for ever."""
    async with store.exclusive():
        tell("held")
        await asyncio.Event().wait()


if __name__ == "__main__":
    with Store.open(sys.argv[1]) as opened:
        asyncio.run({"write": write, "hold": hold}[sys.argv[2]](opened))
