"""Systems that refused our login: left alone until the login changes or a person clears it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from doorward.core.errors import Kind, Trouble
from doorward.storage.reads import AnyRow, Reads
from doorward.storage.tables import blocked
from doorward.storage.upsert import upsert
from doorward.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class Blocked:
    """A system that is not called. `fingerprint` stands for the login that it refused."""

    system: str
    fingerprint: str
    trouble: Trouble
    since: datetime


class BlockedSystems:
    """The systems that are not called, to be looked at."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def all(self) -> list[Blocked]:
        """All of them, by name."""
        return self._reads.each(select(blocked).order_by(blocked.c.system), _blocked)

    def get(self, system: str) -> Blocked | None:
        """One of them."""
        return self._reads.first(select(blocked).where(blocked.c.system == system), _blocked)

    def now(self, fingerprints: Mapping[str, str]) -> dict[str, Trouble]:
        """Those not to be called with these logins: one whose login has changed is free again."""
        return {
            one.system: one.trouble
            for one in self.all()
            if fingerprints.get(one.system) == one.fingerprint
        }


class WritableBlockedSystems(BlockedSystems):
    """The systems that are not called, to be changed."""

    def __init__(self, reads: Reads, writer: Writer) -> None:
        super().__init__(reads)
        self._writer = writer

    async def set(self, system: str, fingerprint: str, trouble: Trouble, at: datetime) -> None:
        """It refused this login."""
        row = {
            "system": system,
            "fingerprint": fingerprint,
            "trouble": trouble.kind.value,
            "reason": trouble.reason,
            "remedy": trouble.remedy,
            "since": at,
        }
        await self._writer.do(lambda connection: upsert(connection, blocked, [row]))

    async def clear(self, system: str) -> bool:
        """It may be called again. False when it was not blocked."""
        query = delete(blocked).where(blocked.c.system == system)
        return await self._writer.do(lambda connection: connection.execute(query).rowcount > 0)


def _blocked(row: AnyRow) -> Blocked:
    trouble = Trouble(Kind(row.trouble), row.reason, row.remedy)
    return Blocked(row.system, row.fingerprint, trouble, row.since)
