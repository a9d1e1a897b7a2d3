"""When car parks were last heard, and whether one waits for the whole whitelist."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from doorward.core.parking.alive import Sign
from doorward.storage.parking import bulk
from doorward.storage.parking.rows import moment, words
from doorward.storage.parking.tables import signs
from doorward.storage.reads import Reads
from doorward.storage.upsert import upsert

_HEAR = """
insert into parking_signs (system, heard_at) select system, heard_at from {rows} where true
on conflict (system) do update set heard_at = excluded.heard_at
"""
_COLUMNS: bulk.Columns = (("system", "text"), ("heard_at", "timestamptz"))


def all_signs(reads: Reads) -> Mapping[str, Sign]:
    """What is known of each car park that was ever heard."""
    query = select(signs.c.system, signs.c.heard_at, signs.c.whitelist_asked_at)
    return {row.system: Sign(*row) for row in reads.rows(query)}


def hear(connection: Connection, heard: Mapping[str, datetime]) -> None:
    """Remember when systems were heard."""
    dialect = connection.dialect.name
    rows = [(words(system), moment(at, dialect)) for system, at in sorted(heard.items())]
    bulk.run(connection, _HEAR, _COLUMNS, rows)


def ask_whitelist(connection: Connection, system: str, at: datetime) -> None:
    """Remember that a system is to get the whole whitelist, whoever asked for it."""
    row = {"system": system, "whitelist_asked_at": at}
    upsert(connection, signs, [row])


def fulfil(connection: Connection, system: str, begun_at: datetime) -> None:
    """Forget what was asked for no later than a whitelist was begun."""
    mine = (signs.c.system == system) & (signs.c.whitelist_asked_at <= begun_at)
    connection.execute(signs.update().where(mine).values(whitelist_asked_at=None))
