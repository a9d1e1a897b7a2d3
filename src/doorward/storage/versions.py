"""Which version a database is at, and bringing an older one up to ours, whole or not at all.

Migrations are numbered `0001`, `0002`, …; the table `doorward_version` holds the one reached.
Alembic is loaded only when there is something to do: opening an up-to-date database is quick.
"""

import threading
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from doorward.storage.errors import Foreign, Newer
from doorward.storage.tables import VERSION, metadata

VERSION_TABLE = "doorward_version"
_one_at_a_time = threading.Lock()  # Alembic keeps what it works on in a global
MIGRATIONS = Path(__file__).parent / "migrations"


def version_of(connection: Connection, where: str) -> str | None:
    """The migration a database is at; None for an empty one. Raises Foreign or Newer."""
    there = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in there:
        ours = sorted(there & set(metadata.tables))
        if ours:
            reason = f"there is a table '{ours[0]}', but it was not made by Doorward"
            raise Foreign(where, reason)
        return None
    found = connection.execute(text(f"select version_num from {VERSION_TABLE}")).scalar()  # noqa: S608
    if found is not None and found > VERSION:
        reason = f"it is at version {found}, and this program knows versions up to {VERSION}"
        raise Newer(where, reason)
    return None if found is None else str(found)


def upgrade(connection: Connection, where: str) -> None:
    """Bring the database to our version, in the connection's transaction."""
    if connection.dialect.name == "postgresql":  # two programs that start at once: one waits
        connection.execute(text("select pg_advisory_xact_lock(hashtext('doorward upgrade'))"))
    if version_of(connection, where) == VERSION:
        return
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _one_at_a_time:
        command.upgrade(config, "head")
