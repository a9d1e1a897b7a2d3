"""Activity: what happened at readers.

Source: VIZpin OEM API 4.3, Activity object, activity.list, object.delete. `activity_code` is text
in the object table and a number in the push sample; each is read either way. The sample of
object.delete has the values of `objectId` and `objectname` swapped: a swapped pair is recognised.
"""

from datetime import date, datetime
from typing import Annotated

import msgspec

from doorward.connectors.vizpin.wire import dates
from doorward.connectors.vizpin.wire.accounts import Filled, Text
from doorward.connectors.vizpin.wire.faults import Fault
from doorward.connectors.vizpin.wire.fields import Field
from doorward.connectors.vizpin.wire.moments import US_DAY
from doorward.connectors.vizpin.wire.rules import OneOf
from doorward.connectors.vizpin.wire.session import Keyed, Keyless

OBJECTS = ("account", "location", "reader")


class Activity(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"reader_id": "readerId"},
):
    """Something that happened. `audit_date` is GMT, `description` in the reader's time zone."""

    audit_id: str
    user_id: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    reader_name: str = ""
    audit_date: str = ""
    description: str = ""
    reader_id: str = ""
    activity_code: str = ""

    @property
    def at(self) -> datetime:
        """When it happened. Raises ValueError for a date of another form."""
        return dates.read_audit(self.audit_date)

    @property
    def code(self) -> int:
        """The event code. Raises ValueError for one that is no number."""
        return int(self.activity_code)


class ActivityList(Keyed, frozen=True, kw_only=True):
    """com.vizpin.activity.list: a reader's, or a user's where no reader is named.

    Both days count whole.
    """

    start_date: Annotated[date, Field(US_DAY)]
    end_date: Annotated[date, Field(US_DAY)]
    account_id: Filled
    user_id: Text = ""
    reader_id: Text = ""

    def fault(self) -> Fault | None:
        """Nobody and nothing named, or an end before its beginning."""
        if self.end_date < self.start_date:
            return Fault("end_date", "is before start_date")
        if not (self.user_id.strip() or self.reader_id.strip()):
            return Fault("user_id", "is required without a reader_id")
        return None


class ObjectDelete(
    Keyless, frozen=True, kw_only=True, rename={"object_id": "objectId", "kind": "objectname"}
):
    """com.vizpin.object.delete: an account, location or reader with all that hangs on it."""

    object_id: Filled
    kind: Annotated[str, Field(OneOf(OBJECTS))]


def unswapped(raw: object) -> object:
    """Parameters of object.delete with the kind under the kind's name."""
    if not isinstance(raw, dict):
        return raw
    names = {name.replace("_", "").lower(): name for name in raw}
    held, kind = names.get("objectid"), names.get("objectname")
    if held and kind and _is_kind(raw[held]) and not _is_kind(raw[kind]):
        return {**raw, held: raw[kind], kind: raw[held]}
    return raw


def _is_kind(value: object) -> bool:
    return isinstance(value, str) and value.strip().lower() in OBJECTS


class Activities(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
):
    """What happened."""

    activity: tuple[Activity, ...]
