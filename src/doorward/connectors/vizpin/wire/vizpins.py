"""VIZpins: a user's access to a reader, with its dates and its schedule.

Source: VIZpin OEM API 4.3, VIZpin object and methods. `start_date` and `stop_date` of a grant stand
in the samples alone; both may be left out. Dates are the reader's wall time, seconds of a stop are
always 01. `status` follows from the dates and from revocation; the document spells "Superceded".
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from doorward.connectors.vizpin.wire import dates
from doorward.connectors.vizpin.wire.accounts import Filled
from doorward.connectors.vizpin.wire.faults import Fault
from doorward.connectors.vizpin.wire.fields import Field
from doorward.connectors.vizpin.wire.moments import START, STOP
from doorward.connectors.vizpin.wire.roles import before_start
from doorward.connectors.vizpin.wire.rules import Ids
from doorward.connectors.vizpin.wire.schedules import ALWAYS, GRANTED, Schedule
from doorward.connectors.vizpin.wire.session import Keyed
from doorward.net.secrets import CardNumber


class VizpinStatus(StrEnum):
    """What a VIZpin is just now."""

    CONFIRMED = "Confirmed"
    SCHEDULED = "Scheduled"
    EXPIRED = "Expired"
    REVOKED = "Revoke Complete"
    BLACKLISTED = "Blacklisted"
    SUPERSEDED = "Superceded"


LIVE = frozenset({VizpinStatus.CONFIRMED, VizpinStatus.SCHEDULED})
"""Those that open a door, now or later."""


class Vizpin(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"reader_id": "readerid", "user_id": "userid"},
):
    """A VIZpin, all its attributes there. `cardnumber` is for vPROX locations only."""

    id: str
    reader_id: str = ""
    user_id: str = ""
    start_date: str = ""
    stop_date: str = ""
    schedule: Schedule = ALWAYS
    status: str = ""
    cardnumber: CardNumber = CardNumber("")

    @property
    def start(self) -> datetime | None:
        """Its start in the reader's wall time; None: open. Raises ValueError."""
        return dates.read_start(self.start_date) if self.start_date else None

    @property
    def stop(self) -> datetime | None:
        """Its stop in the reader's wall time; None: open. Raises ValueError."""
        return dates.read_stop(self.stop_date) if self.stop_date else None


class VizpinList(Keyed, frozen=True, kw_only=True):
    """com.vizpin.vizpin.list: a user's, at these readers or at all."""

    account_id: Filled
    user_id: Filled
    reader_ids: Annotated[tuple[str, ...], Field(Ids(blank=True))] = ()


class VizpinGrant(Keyed, frozen=True, kw_only=True):
    """com.vizpin.vizpin.grant: each user to each reader. No schedule: 24x7; no date: open."""

    user_ids: Annotated[tuple[str, ...], Field(Ids())]
    reader_ids: Annotated[tuple[str, ...], Field(Ids())]
    start_date: Annotated[datetime, Field(START)] | None = None
    stop_date: Annotated[datetime, Field(STOP)] | None = None
    schedule: Annotated[Schedule, Field(GRANTED)] = ALWAYS

    def fault(self) -> Fault | None:
        """An end before its beginning."""
        return before_start(self.start_date, self.stop_date)


class VizpinRevoke(Keyed, frozen=True, kw_only=True):
    """com.vizpin.vizpin.revoke."""

    vizpin_ids: Annotated[tuple[str, ...], Field(Ids())]


class Vizpins(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
):
    """VIZpins that were asked for, granted or revoked."""

    vizpins: tuple[Vizpin, ...]
