"""Cards that an operator of a car park locked."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from doorward.core.parking.locks import (
    CardLock,
    Locked,
    Locking,
    Released,
    Releasing,
    UnknownCard,
)
from doorward.storage.parking.rows import lock_of
from doorward.storage.parking.tables import locks
from doorward.storage.parking.whitelists import holder_of
from doorward.storage.reads import Reads


class Locks:
    """Locks, to be looked at."""

    _reads: Reads

    def lock(self, system: str, card: str) -> CardLock | None:
        """The lock that a card has now."""
        with self._reads.snapshot() as connection:
            return _held(connection, system, card)

    def locks(self, system: str | None = None, *, released: bool = False) -> Sequence[CardLock]:
        """The locks that hold, oldest first; `released`: those that were released as well."""
        query = select(locks).order_by(locks.c.id)
        if system is not None:
            query = query.where(locks.c.system == system)
        if not released:
            query = query.where(locks.c.released_at.is_(None))
        return self._reads.each(query, lock_of)


def lock_card(
    connection: Connection, system: str, card: str, by: str, info: str, at: datetime
) -> Locking:
    """Lock a card that is on the whitelist; one that is locked keeps the lock that it has."""
    held = _held(connection, system, card)
    if held is not None:
        return Locked(held, again=True)
    account = holder_of(connection, system, card)
    if account is None:
        return UnknownCard()
    row = {
        "system": system,
        "card": card,
        "account": account,
        "locked_at": at,
        "locked_by": by,
        "info": info,
    }
    connection.execute(insert(locks).values(row))
    return Locked(
        CardLock(system=system, card=card, account=account, locked_at=at, by=by, info=info)
    )


def release_card(
    connection: Connection, system: str, card: str, by: str, info: str, at: datetime
) -> Releasing:
    """Release a card; one that is not locked is no error while it is known."""
    if _held(connection, system, card) is None:
        known = holder_of(connection, system, card) or _was_locked(connection, system, card)
        return Released() if known else UnknownCard()
    mine = (locks.c.system == system) & (locks.c.card == card) & locks.c.released_at.is_(None)
    told = {"released_at": at, "released_by": by, "release_info": info}
    row = connection.execute(update(locks).where(mine).values(told).returning(locks)).one()
    return Released(lock_of(row))


def _held(connection: Connection, system: str, card: str) -> CardLock | None:
    mine = (locks.c.system == system) & (locks.c.card == card)
    row = connection.execute(select(locks).where(mine, locks.c.released_at.is_(None))).first()
    return None if row is None else lock_of(row)


def _was_locked(connection: Connection, system: str, card: str) -> bool:
    mine = (locks.c.system == system) & (locks.c.card == card)
    return connection.execute(select(locks.c.id).where(mine).limit(1)).first() is not None
