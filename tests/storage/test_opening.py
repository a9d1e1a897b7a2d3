"""Opening a database: new, up to date, newer, somebody else's, broken, missing, only to be read."""

import hashlib
import sqlite3
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, text
from sqlalchemy.exc import DatabaseError

from core.factories import NOW, change
from doorward.storage.errors import (
    Damaged,
    Foreign,
    Newer,
    Outdated,
    StoreError,
    Unopenable,
    Unwritable,
)
from doorward.storage.opening import Place, reading_engine, writing_engine
from doorward.storage.store import Reader, Store
from doorward.storage.tables import VERSION, metadata
from doorward.storage.versions import MIGRATIONS, VERSION_TABLE, upgrade
from storage.factories import intended, written

ROOT = Path(__file__).parents[2]


def run_sql(address: str, *statements: str) -> None:
    engine = writing_engine(Place.of(address))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_migrations_from_nothing_give_exactly_the_tables(blank: str):
    Store.open(blank).close()
    engine = writing_engine(Place.of(blank))
    options = {"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == VERSION
    engine.dispose()


def test_the_programs_version_is_the_newest_migration():
    script = ScriptDirectory(str(MIGRATIONS))
    assert script.get_heads() == [VERSION]
    assert [step.revision for step in script.walk_revisions()][-1] == "0001"


async def test_opening_again_keeps_what_is_there(blank: str):
    with Store.open(blank) as store:
        await written(store, change(1))
    with Store.open(blank) as store:
        assert [*store.of("gate").agreed] == ["club/1"]


def test_stores_that_open_a_new_database_at_once_all_succeed(blank: str):
    failed: list[BaseException] = []

    def open_it() -> None:
        try:
            Store.open(blank).close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_an_upgrade_that_is_cut_leaves_nothing_behind(blank: str):
    place = Place.of(blank)
    engine = writing_engine(place)
    with engine.connect() as connection:
        with connection.begin() as transaction:
            upgrade(connection, str(place))
            transaction.rollback()
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()
    Store.open(blank).close()


@pytest.mark.parametrize("kind", [Store, Reader])
def test_a_database_of_a_newer_version_is_refused(address: str, kind: type[Reader]):
    run_sql(address, f"update {VERSION_TABLE} set version_num = '9999'")
    try:
        with pytest.raises(Newer, match="9999") as refused:
            kind.open(address)
        assert "newer" in refused.value.remedy
    finally:
        run_sql(address, f"update {VERSION_TABLE} set version_num = '{VERSION}'")


def test_a_database_of_a_newer_version_is_not_changed(sqlite_file: Path):
    run_sql(str(sqlite_file), f"update {VERSION_TABLE} set version_num = '9999'")
    before = digest(sqlite_file)
    with pytest.raises(Newer):
        Store.open(sqlite_file)
    assert digest(sqlite_file) == before


def test_an_older_database_is_not_read_as_if_it_were_ours(address: str):
    run_sql(address, f"update {VERSION_TABLE} set version_num = '0000'")
    try:
        with pytest.raises(Outdated, match="0000") as refused:
            Reader.open(address)
        assert "doorward" in refused.value.remedy
    finally:
        run_sql(address, f"update {VERSION_TABLE} set version_num = '{VERSION}'")


@pytest.mark.parametrize("kind", [Store, Reader])
def test_tables_of_another_program_are_left_alone(blank: str, kind: type[Reader]):
    run_sql(blank, "create table people (name text)")
    with pytest.raises(Foreign, match="people"):
        kind.open(blank)
    engine = writing_engine(Place.of(blank))
    assert inspect(engine).get_table_names() == ["people"]
    engine.dispose()


def test_an_sqlite_file_of_another_program_is_not_changed(tmp_path: Path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table runs (name text)")
    connection.close()
    before = digest(path)
    with pytest.raises(Foreign):
        Store.open(path)
    assert digest(path) == before


@pytest.mark.parametrize("kind", [Store, Reader])
def test_a_file_that_is_no_database_is_told(tmp_path: Path, kind: type[Reader]):
    path = tmp_path / "notes.txt"
    path.write_text("Not a database, but long enough to be looked at. " * 100)
    before = digest(path)
    with pytest.raises(Damaged) as refused:
        kind.open(path)
    assert "backup" in refused.value.remedy
    assert digest(path) == before


async def test_a_broken_page_is_told(sqlite_file: Path):
    with Store.open(sqlite_file) as store:
        for number in range(200):
            await written(store, change(number))
    content = bytearray(sqlite_file.read_bytes())
    content[4096 * 2 :] = b"\xff" * (len(content) - 4096 * 2)
    sqlite_file.write_bytes(content)
    with pytest.raises(Damaged), Reader.open(sqlite_file) as reader:
        reader.history.updates(limit=1_000)


@pytest.mark.parametrize("where", ["no such folder/doorward.db", "."])
def test_a_path_that_cannot_be_opened_is_told(tmp_path: Path, where: str):
    with pytest.raises(Unopenable) as refused:
        Store.open(tmp_path / where)
    assert "folder" in refused.value.remedy


@pytest.mark.parametrize("suffix", [".write-lock", ".run-lock"])
async def test_a_lock_that_cannot_be_made_is_told(sqlite_file: Path, suffix: str):
    sqlite_file.with_name(sqlite_file.name + suffix).mkdir()
    with pytest.raises(Unopenable, match="directory"):
        await _hold(sqlite_file)


async def _hold(path: Path) -> None:
    with Store.open(path) as store:
        async with store.exclusive():
            pytest.fail("there is no lock")


def test_a_connection_that_fails_at_once_is_not_left_open(tmp_path: Path):
    path = tmp_path / "notes.txt"
    path.write_text("Not a database, but long enough to be looked at. " * 100)
    engine = writing_engine(Place.of(path))
    with pytest.raises(DatabaseError, match="not a database"):
        engine.connect()
    engine.dispose()


@pytest.mark.parametrize("address", ["mysql://localhost/x", "sqlite://", "sqlite:///:memory:"])
def test_other_kinds_of_databases_are_refused(address: str):
    with pytest.raises(Unopenable) as refused:
        Store.open(address)
    assert "postgresql://" in refused.value.remedy


def test_an_address_that_makes_no_sense_is_refused_without_showing_it():
    with pytest.raises(Unopenable) as refused:
        Store.open("postgresql://anna:s3cret@host:port/x")
    assert "s3cret" not in str(refused.value)


def test_addresses_come_in_several_forms(tmp_path: Path):
    path = tmp_path / "a.db"
    assert Place.of(str(path)) == Place.of(path) == Place.of(f"sqlite:///{path}")
    for form in ("postgres", "postgresql", "postgresql+psycopg"):
        place = Place.of(f"{form}://anna:s3cret@host/x")
        assert str(place) == "postgresql://anna:***@host/x"


def test_a_new_file_is_its_owners_alone(tmp_path: Path):
    path = tmp_path / "new.db"
    Store.open(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_paths_with_signs_of_addresses_are_paths(tmp_path: Path):
    path = tmp_path / "a?mode=memory #1 %41.db"
    Store.open(path).close()
    assert path.stat().st_size > 0
    with Reader.open(path) as reader:
        assert reader.runs.all() == []


def test_reading_what_is_not_there_finds_nothing_and_makes_nothing(tmp_path: Path):
    path = tmp_path / "none.db"
    with Reader.open(path) as reader:
        assert reader.pending() == []
        assert reader.of("gate").agreed == {}
        assert reader.failures() == {}
        assert reader.people.search("anna") == []
    assert list(tmp_path.iterdir()) == []


def test_reading_a_blank_database_finds_nothing(blank: str):
    if "://" not in blank:
        Path(blank).touch()
    with Reader.open(blank) as reader:
        assert reader.pending() == []
        assert reader.runs.all() == []


def test_reading_connections_cannot_write(address: str):
    engine = reading_engine(Place.of(address))
    new = insert(metadata.tables["plans"]).values(digest="a", document="{}", made_at=NOW)
    with pytest.raises(Exception, match=r"read.?only"), engine.begin() as connection:
        connection.execute(new)
    engine.dispose()


async def test_a_closed_store_writes_nothing_more(address: str):
    store = Store.open(address)
    store.close()
    store.close()
    with pytest.raises(Unwritable, match="closed"):
        await intended(store, change(1))


def test_every_error_has_a_remedy():
    for kind in StoreError.__subclasses__():
        error = kind("here", "because")
        assert error.remedy
        assert str(error).startswith("here: ")


def test_it_works_from_an_installed_wheel(tmp_path: Path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    program = (
        "import doorward, sys; assert doorward.__file__.startswith(sys.argv[1]), doorward.__file__;"
        "from doorward.storage.store import Store; Store.open(sys.argv[2]).close()"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "site"), str(tmp_path / "new.db")]
    subprocess.run(command, cwd=tmp_path, check=True, env={"PYTHONPATH": str(tmp_path / "site")})
    with Reader.open(tmp_path / "new.db") as reader:
        assert reader.runs.all() == []
