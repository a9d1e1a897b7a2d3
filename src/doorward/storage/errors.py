"""What can go wrong between us and our own database.

StoreError
├── Unopenable     it cannot be reached or opened: path, rights, server, login
├── Damaged        the file is not a database, or is broken
├── Foreign        there are tables of these names that we did not make
├── Newer          it was written by a newer version: nothing in it is touched
├── Outdated       it is older, and it was opened only to be read
├── Unwritable     it can be read, but a write failed: full disk, read-only, too long locked
└── StoreBusy      somebody else has the run: one at a time

None of them shows a password: a database is named by its address without one.
"""

from typing import ClassVar

from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError


class StoreError(RuntimeError):
    """The database did not do what was asked. `where` is its address, `remedy` what helps."""

    advice: ClassVar[str] = "Look at the reason; a backup of the database may have to be put back."

    def __init__(self, where: str, reason: str, remedy: str | None = None) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason
        self.remedy = remedy or self.advice


class Unopenable(StoreError):
    """It cannot be reached or opened."""

    advice = (
        "Check the database's path or address in the configuration, that its folder exists and "
        "may be written, or that the PostgreSQL server runs and takes this login."
    )


class Damaged(StoreError):
    """The file is not a database, or a broken one."""

    advice = (
        "Stop Doorward, keep a copy of the file, and put back a backup; without one, "
        "'sqlite3 FILE .recover' saves what can be read. Starting with an empty file also works: "
        "holders are then matched and adopted anew."
    )


class Foreign(StoreError):
    """Another program's tables are in the way."""

    advice = "Give Doorward a database, or on PostgreSQL a schema, of its own."


class Newer(StoreError):
    """Made by a newer version."""

    advice = "Install the newer Doorward again, or put back the backup from before the upgrade."


class Outdated(StoreError):
    """Made by an older version, and opened only to be read."""

    advice = "Run 'doorward sync' or start 'doorward serve' once: that brings it up to date."


class Unwritable(StoreError):
    """A write failed and left nothing behind."""

    advice = "Check for a full disk and for another program that keeps the database locked."


class StoreBusy(StoreError):
    """A run is under way. `holder` says whose: host and process id, and since when, if known."""

    advice = "Wait until that run has ended, or stop that process; then try again."

    def __init__(self, where: str, holder: str) -> None:
        super().__init__(where, f"another run is under way: {holder}")
        self.holder = holder


_SQLITE: dict[str, type[StoreError]] = {
    "SQLITE_NOTADB": Damaged,
    "SQLITE_CORRUPT": Damaged,
    "SQLITE_CANTOPEN": Unopenable,
    "SQLITE_PERM": Unopenable,
    "SQLITE_AUTH": Unopenable,
    "SQLITE_READONLY": Unwritable,
    "SQLITE_FULL": Unwritable,
    "SQLITE_BUSY": Unwritable,
    "SQLITE_LOCKED": Unwritable,
    "SQLITE_IOERR": Unwritable,
}
_POSTGRESQL: list[tuple[type[Exception], type[StoreError]]] = [
    (pg.ReadOnlySqlTransaction, Unwritable),
    (pg.DiskFull, Unwritable),
    (pg.LockNotAvailable, Unwritable),
    (pg.InsufficientPrivilege, Unopenable),
    (pg.DataCorrupted, Damaged),
    (pg.IndexCorrupted, Damaged),
    (pg.OperationalError, Unopenable),
]


def understood(error: DBAPIError, where: str) -> StoreError | None:
    """What a driver's error means for whoever runs this; None for what can only be our mistake."""
    cause = error.orig
    name = getattr(cause, "sqlite_errorname", "") or ""
    for known, meaning in _SQLITE.items():
        if name.startswith(known):
            return meaning(where, f"{cause} ({name})")
    for kind, meaning in _POSTGRESQL:
        if isinstance(cause, kind):
            return meaning(where, str(cause).partition("\n")[0])
    return None
