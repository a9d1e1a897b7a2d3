"""How a database is reached: its address, one writing connection, and readers that cannot write.

SQLite: write-ahead log, every commit on disk before it returns, and readers opened `mode=ro`.
Versions 3.7.0 to 3.51.2 can break a write-ahead log when two connections write or checkpoint at
the same moment, so there is one writing connection, and a lock around each of its transactions
against those of other processes (`locks.FileLock`).
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from doorward.storage.errors import Unopenable, understood
from doorward.storage.locks import who_we_are
from doorward.storage.tables import metadata

PATIENCE = 30.0  # seconds that a statement waits for a lock
READERS = 5  # connections kept for reading


@dataclass(frozen=True)
class Place:
    """Where a database is. `path` is set for SQLite, `url` for PostgreSQL."""

    path: Path | None = None
    url: URL | None = None

    @classmethod
    def of(cls, address: str | Path) -> "Place":
        """From a path, `sqlite:///path` or `postgresql://user@host/name`; else Unopenable."""
        if isinstance(address, Path) or "://" not in address:
            return cls(path=Path(address))
        try:
            url = make_url(address)
        except (ArgumentError, ValueError):
            raise Unopenable("database", "its address cannot be understood", _FORMS) from None
        kind = url.drivername.partition("+")[0]
        if kind == "sqlite" and url.database and url.database != ":memory:":
            return cls(path=Path(url.database))
        if kind in ("postgresql", "postgres"):
            return cls(url=url.set(drivername="postgresql+psycopg"))
        raise Unopenable(str(url), "neither an SQLite file nor PostgreSQL", _FORMS)

    def __str__(self) -> str:
        if self.url is None:
            return str(self.path)
        return self.url.set(drivername="postgresql").render_as_string(hide_password=True)

    def beside(self, suffix: str) -> Path:
        """A file next to an SQLite database."""
        assert self.path is not None
        return self.path.with_name(self.path.name + suffix)

    @property
    def empty(self) -> bool:
        """Whether there is no such file yet, or nothing in it. Raises Unopenable for a folder."""
        if self.path is None or not self.path.exists():
            return self.path is not None
        if not self.path.is_file():
            raise Unopenable(str(self), "that is not a file")
        return self.path.stat().st_size == 0


_FORMS = "Write a path such as /var/lib/doorward/doorward.db, or postgresql://user@host/name."


def writing_engine(place: Place) -> Engine:
    """One connection that writes; made anew when it is lost."""
    if place.path is None:
        return _postgresql(place, size=1)
    return _sqlite(f"file:{quote(str(place.path.absolute()))}?mode=rwc", _to_write, 1)


def reading_engine(place: Place) -> Engine:
    """Connections that the database itself keeps from writing. A transaction sees one moment."""
    if place.path is None:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return _postgresql(place, size=READERS).execution_options(**options)
    return _sqlite(f"file:{quote(str(place.path.absolute()))}?mode=ro", _to_read, READERS)


def empty_engine() -> Engine:
    """A database with nothing in it, in memory: what a missing one reads as."""
    engine = create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    metadata.create_all(engine)
    return engine


@contextmanager
def told(place: Place) -> Iterator[None]:
    """Turn the driver's errors into ours, for what is done inside."""
    try:
        yield
    except DBAPIError as error:
        meaning = understood(error, str(place))
        if meaning is None:
            raise
        raise meaning from error


def _postgresql(place: Place, size: int) -> Engine:
    assert place.url is not None
    return create_engine(
        place.url,
        pool_size=size,
        max_overflow=0 if size == 1 else READERS,
        pool_pre_ping=True,
        connect_args={"application_name": who_we_are(), "connect_timeout": 10},
    )


def _sqlite(uri: str, begin: str, size: int) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            uri, uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        try:
            for pragma in (*_PRAGMAS, *(_WRITER_PRAGMAS if begin == _to_write else ())):
                connection.execute(pragma)
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0 if size == 1 else READERS,
    )

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


_to_write = "BEGIN IMMEDIATE"
_to_read = "BEGIN"
_PRAGMAS = ("pragma foreign_keys = on",)
_WRITER_PRAGMAS = ("pragma journal_mode = wal", "pragma synchronous = full")


def make_room(place: Place) -> None:
    """Make a missing SQLite file, for nobody but its owner to read: it holds personal data.

    Raises Unopenable where its folder is missing or may not be written.
    """
    if place.path is None:
        return
    try:
        os.close(os.open(place.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise Unopenable(str(place), error.strerror or str(error)) from error
