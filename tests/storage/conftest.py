"""Databases of both kinds: blank ones, and ones that are up to date and have no rows."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from doorward.storage.store import Store
from doorward.storage.tables import metadata
from postgres_fixture import Server, postgresql_server  # noqa: F401
from storage.factories import clock

KINDS = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database without rows, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    Store.open(path).close()
    return path


@pytest.fixture(scope="session")
def shared_database(request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    """The PostgreSQL database that tests have one after the other, and a session to empty it."""
    server: Server = request.getfixturevalue("postgresql_server")
    address = server.make()
    Store.open(address).close()
    with psycopg.connect(address, autocommit=True) as session:
        yield session


@pytest.fixture
def sqlite_file(empty_file: Path, tmp_path: Path) -> Path:
    """An SQLite database, up to date and empty."""
    path = tmp_path / "doorward.db"
    shutil.copy(empty_file, path)
    return path


@pytest.fixture
def postgresql_database(shared_database: psycopg.Connection) -> str:
    """A PostgreSQL database, up to date and empty. Deleting few rows is quicker than truncating."""
    tables = reversed(metadata.sorted_tables)
    shared_database.execute("; ".join(f"delete from {table.name}" for table in tables).encode())
    told = shared_database.info
    return f"postgresql://{told.user}@{told.host}:{told.port}/{told.dbname}"


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest) -> str:
    """Where an empty database is: a test that uses it is run on both kinds."""
    kind = {"sqlite": "sqlite_file", "postgresql": "postgresql_database"}[request.param]
    return str(request.getfixturevalue(kind))


@pytest.fixture(params=KINDS)
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database is, or can be made, in which there is nothing, not even a table."""
    if request.param == "sqlite":
        return str(tmp_path / "doorward.db")
    server: Server = request.getfixturevalue("postgresql_server")
    return server.make()


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """The store to be tested, empty; its clock stands at `NOW`."""
    with Store.open(address, clock) as opened:
        yield opened
