"""What the tests of the store begin with, beside the core's factories."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from core.factories import NOW, REFUSED
from doorward.core.apply import Approval
from doorward.core.changes import Adoption, Change
from doorward.core.errors import Trouble
from doorward.core.inbound import Happening
from doorward.core.journal import Settlement, State
from doorward.core.people import Access, Person
from doorward.core.ports import Agreed
from doorward.core.reads import Complete, Read
from doorward.net.calls import Call
from doorward.storage.failures import FailedUpdate
from doorward.storage.store import Store

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def clock() -> datetime:
    """A clock that stands."""
    return NOW


def done(id: int, change: Change) -> Settlement:
    """Written and read back."""
    if change.after is None:
        return Settlement(id, "done", gone=True)
    agreed = Agreed(change.person, change.holder, change.wanted or change.after, change.after)
    return Settlement(id, "done", agreed=agreed, origin=change.origin)


def failed(id: int, trouble: Trouble = REFUSED, state: State = "declined") -> Settlement:
    """Not done."""
    return Settlement(id, state, trouble)


async def a_run(store: Store, approval: Approval | None = None, at: datetime = NOW) -> int:
    return await store.runs.begin("test", at, approval)


async def intended(store: Store, *changes: Change, run: int = 0, at: datetime = NOW) -> list[int]:
    """The ids of changes journalled in a run of their own, or in this one."""
    return list(await store.intend(run or await a_run(store, at=at), changes, at))


async def written(
    store: Store, *changes: Change, approval: Approval | None = None, at: datetime = NOW
) -> list[int]:
    """The same, all of them done."""
    ids = await intended(store, *changes, run=await a_run(store, approval, at), at=at)
    await store.settle([done(id, one) for id, one in zip(ids, changes, strict=True)], at)
    return ids


async def declined(
    store: Store, *changes: Change, trouble: Trouble = REFUSED, at: datetime = NOW
) -> list[FailedUpdate]:
    """The same, none of them done; the queue then."""
    ids = await intended(store, *changes, at=at)
    await store.settle([failed(id, trouble) for id in ids], at)
    return store.queue.open()


def adoption(number: int | str, shown: Access, target: str = "gate") -> Adoption:
    return Adoption(target, "email", Agreed(f"club/{number}", f"h{number}", shown, shown))


def everybody(*people: Person) -> dict[str, Read[Person]]:
    """A complete read of the club."""
    return {"club": Complete(people)}


def keys(people: Sequence[Any]) -> list[str]:
    return [one.person.key for one in people]


def call(number: int = 1, **told: Any) -> Call:
    known: dict[str, Any] = {
        "system": "gate",
        "method": "GET",
        "path": f"/door/{number}",
        "at": NOW,
        "seconds": 0.25,
        "status": 200,
        "request": "asked",
        "response": "answered",
    }
    return Call(**(known | told))


def happening(serial: int = 1, **told: Any) -> Happening:
    known: dict[str, Any] = {
        "system": "gate",
        "serial": str(serial),
        "at": NOW + serial * MINUTE,
        "kind": "granted",
        "holder": "h1",
        "name": "Anna Berg",
        "door": "1",
        "text": "granted by face",
        "raw": "{}",
    }
    return Happening(**(known | told))
