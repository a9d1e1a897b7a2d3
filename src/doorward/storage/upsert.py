"""Insert, or update what is there: ON CONFLICT, which SQLite and PostgreSQL spell alike."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = dict[str, Any]


def upsert(
    connection: Connection, table: Table, rows: Sequence[Row], keep: Collection[str] = ()
) -> None:
    """Write the rows; one with the same primary key gets the new values but those to `keep`.

    All rows have the same columns.
    """
    if rows:
        statement = _upsert(connection.dialect.name, table, tuple(rows[0]), tuple(keep))
        connection.execute(statement, rows)


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Write the rows whose primary key is not there yet."""
    if rows:
        connection.execute(_insert_new(connection.dialect.name, table), rows)


@lru_cache
def _upsert(dialect: str, table: Table, columns: tuple[str, ...], keep: tuple[str, ...]) -> Any:
    """The statement, made once: making one costs as much as running it for ten rows."""
    insert = _insert(dialect)(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: insert.excluded[name] for name in columns if name not in (*keys, *keep)}
    return insert.on_conflict_do_update(index_elements=keys, set_=changed)


@lru_cache
def _insert_new(dialect: str, table: Table) -> Any:
    return _insert(dialect)(table).on_conflict_do_nothing()


def _insert(dialect: str) -> Any:
    return sqlite.insert if dialect == "sqlite" else postgresql.insert
