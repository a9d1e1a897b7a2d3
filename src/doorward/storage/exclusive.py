"""One run at a time on a database, whichever process or machine it comes from."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, event, text

from doorward.storage.errors import StoreBusy, StoreError, Unopenable
from doorward.storage.locks import held_file, who_we_are
from doorward.storage.opening import Place
from doorward.storage.writer import Writer

_KEY = "hashtext('doorward run'), hashtext(current_schema())"
_TAKE = text(f"select pg_try_advisory_lock({_KEY})")
_RELEASE = text(f"select pg_advisory_unlock({_KEY})")
_WHO = text(
    "select a.application_name || coalesce(' at ' || host(a.client_addr), '')"
    " || ' since ' || to_char(a.backend_start at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS')"
    " from pg_locks l join pg_stat_activity a using (pid)"
    " where l.locktype = 'advisory' and l.granted"
    " and l.database = (select oid from pg_database where datname = current_database())"
    " and l.classid::int8 = hashtext('doorward run')::int8 & 4294967295"
    " and l.objid::int8 = hashtext(current_schema())::int8 & 4294967295"
)


class OneRun:
    """The lock of the run: a file's on SQLite, the writing session's on PostgreSQL.

    It ends with the process that holds it. When a PostgreSQL session is lost, the new one takes
    the lock again before it writes; where somebody else has it by then, nothing is written.
    """

    def __init__(self, place: Place, writer: Writer) -> None:
        self._place = place
        self._writer = writer
        self._begun = False  # here, in this process
        self._held = False  # by the writing session
        if place.url is not None:
            event.listen(writer.engine, "connect", self._reconnected)

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[None]:
        """Hold it for the block. Raises StoreBusy at once where somebody else has it."""
        if self._begun:
            raise StoreBusy(str(self._place), who_we_are())
        self._begun = True
        try:
            if self._place.path is not None:
                async with self._of_file():
                    yield
            else:
                async with self._of_session():
                    yield
        finally:
            self._begun = False

    @asynccontextmanager
    async def _of_file(self) -> AsyncIterator[None]:
        try:
            lock = held_file(self._place.beside(".run-lock"))
            with lock as holder:
                if holder is not None:
                    raise StoreBusy(str(self._place), holder)
                yield
        except OSError as error:
            raise Unopenable(str(self._place), str(error)) from error

    @asynccontextmanager
    async def _of_session(self) -> AsyncIterator[None]:
        holder = await self._writer.do(_take)
        if holder is not None:
            raise StoreBusy(str(self._place), holder)
        self._held = True
        try:
            yield
        finally:
            self._held = False
            await self._writer.do(lambda connection: connection.scalar(_RELEASE))

    def _reconnected(self, session: Any, _record: Any) -> None:
        if not self._held:
            return
        with session.cursor() as cursor:
            cursor.execute(_TAKE.text)
            if not cursor.fetchone()[0]:
                session.close()
                raise StoreError(
                    str(self._place), "the connection was lost, and another run has begun since"
                )
        session.commit()


def _take(connection: Connection) -> str | None:
    """Take it; who has it where that fails."""
    if connection.scalar(_TAKE):
        return None
    return str(connection.scalar(_WHO) or "a process that has just ended")
