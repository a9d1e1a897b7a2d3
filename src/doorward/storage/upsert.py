"""Insert, or update what is there: ON CONFLICT, which SQLite and PostgreSQL spell alike."""

from collections.abc import Collection, Sequence
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
    if not rows:
        return
    insert = _insert(connection)(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: insert.excluded[name] for name in rows[0] if name not in (*keys, *keep)}
    statement = insert.on_conflict_do_update(index_elements=keys, set_=changed)
    connection.execute(statement, list(rows))


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Write the rows whose primary key is not there yet."""
    if rows:
        connection.execute(_insert(connection)(table).on_conflict_do_nothing(), list(rows))


def _insert(connection: Connection) -> Any:
    return sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
