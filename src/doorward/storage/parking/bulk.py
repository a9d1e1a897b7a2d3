"""Many rows as one statement: the database does all of them without Python in between.

SQLite is given a list of VALUES, PostgreSQL an array for each column. A writer that steps through
its rows one by one would have to win the interpreter back from the event loop for each of them.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, CursorResult

Columns = tuple[tuple[str, str], ...]
"""Names with PostgreSQL's types."""
Rows = Sequence[Sequence[Any]]
MOST = 256  # rows in one statement; SQLite takes 32,766 values


def run(connection: Connection, sql: str, columns: Columns, rows: Rows) -> CursorResult[Any]:
    """Run a statement in which `{rows}` stands for these rows, as a table called `told`."""
    if connection.dialect.name == "sqlite":
        values = tuple(chain.from_iterable(rows))
        return connection.exec_driver_sql(_for_sqlite(sql, columns, len(rows)), values)
    arrays = tuple([row[number] for row in rows] for number in range(len(columns)))
    return connection.exec_driver_sql(_for_postgresql(sql, columns), arrays)


@lru_cache(maxsize=2 * MOST)
def _for_sqlite(sql: str, columns: Columns, count: int) -> str:
    names = ", ".join(f"column{at} as {name}" for at, (name, _) in enumerate(columns, 1))
    row = f"({', '.join('?' * len(columns))})"
    values = ", ".join([row] * count)
    return sql.replace("{rows}", f"(select {names} from (values {values})) as told")  # noqa: S608


@lru_cache
def _for_postgresql(sql: str, columns: Columns) -> str:
    # Binary: in an array as text, every quotation mark of a document is escaped one by one.
    arrays = ", ".join(f"%b::{kind}[]" for _, kind in columns)
    names = ", ".join(name for name, _ in columns)
    return sql.replace("{rows}", f"unnest({arrays}) as told({names})")
