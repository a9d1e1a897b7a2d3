"""Plans as documents, by digest: what somebody is shown, and later approves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select

from doorward.storage.reads import AnyRow, Reads
from doorward.storage.tables import plans
from doorward.storage.upsert import upsert
from doorward.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan's document, as it was last made under this digest."""

    digest: str
    document: dict[str, Any]
    made_at: datetime


class Plans:
    """The plans, to be looked at."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def get(self, digest: str) -> KeptPlan | None:
        """The plan of this digest."""
        return self._reads.first(select(plans).where(plans.c.digest == digest), _plan)

    def latest(self) -> KeptPlan | None:
        """The one made last."""
        return self._reads.first(select(plans).order_by(plans.c.made_at.desc()).limit(1), _plan)


class WritablePlans(Plans):
    """The plans, to be kept."""

    def __init__(self, reads: Reads, writer: Writer) -> None:
        super().__init__(reads)
        self._writer = writer

    async def save(self, digest: str, document: dict[str, Any], made_at: datetime) -> None:
        """Keep it; the same plan made again takes the place of the older document."""
        text = msgspec.json.encode(document).decode()
        row = {"digest": digest, "document": text, "made_at": made_at}
        await self._writer.do(lambda connection: upsert(connection, plans, [row]))


def _plan(row: AnyRow) -> KeptPlan:
    return KeptPlan(row.digest, msgspec.json.decode(row.document, type=dict[str, Any]), row.made_at)
