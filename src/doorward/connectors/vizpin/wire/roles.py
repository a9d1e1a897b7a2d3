"""Roles: sets of readers at a location that are granted together.

Source: VIZpin OEM API 4.3, Role object and role methods, Grant Phone Role. `site_id` is a
location's id. The document lists both dates of a grant and prints them as bare days.
"""

from datetime import datetime
from typing import Annotated

import msgspec

from doorward.connectors.vizpin.wire.accounts import Filled
from doorward.connectors.vizpin.wire.faults import Fault
from doorward.connectors.vizpin.wire.fields import Field
from doorward.connectors.vizpin.wire.moments import START, STOP
from doorward.connectors.vizpin.wire.rules import Ids, OneOf
from doorward.connectors.vizpin.wire.session import Keyed

PHONE = "Phone"
ROLE_TYPES = (PHONE,)
SCHEDULE_TYPES = ("None", "24x7")

RoleType = Annotated[str, Field(OneOf(ROLE_TYPES))]


class Role(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"site_id": "siteid"},
):
    """A role at a location."""

    id: str
    name: str = ""
    site_id: str = ""


class RoleList(Keyed, frozen=True, kw_only=True):
    """com.vizpin.role.list."""

    site_id: Filled
    role_type: RoleType = PHONE


class RoleAdd(Keyed, frozen=True, kw_only=True):
    """com.vizpin.role.add."""

    site_id: Filled
    role_name: Filled
    role_type: RoleType = PHONE


class RoleEdit(Keyed, frozen=True, kw_only=True):
    """com.vizpin.role.edit: which schedule holds at a reader; "None" takes the reader out."""

    site_id: Filled
    role_id: Filled
    reader_id: Filled | None = None
    schedule_type: Annotated[str, Field(OneOf(SCHEDULE_TYPES))] | None = None

    def fault(self) -> Fault | None:
        """A reader without a schedule, or a schedule without a reader."""
        if (self.reader_id is None) != (self.schedule_type is None):
            missing = "reader_id" if self.reader_id is None else "schedule_type"
            return Fault(missing, "is required beside its pair")
        return None


class GrantPhoneRole(Keyed, frozen=True, kw_only=True):
    """com.vizpin.user.grantphonerole: roles to users, in the readers' wall time."""

    site_id: Filled
    user_ids: Annotated[tuple[str, ...], Field(Ids())]
    role_ids: Annotated[tuple[str, ...], Field(Ids())]
    start_date: Annotated[datetime, Field(START)]
    stop_date: Annotated[datetime, Field(STOP)]

    def fault(self) -> Fault | None:
        """An end before its beginning."""
        return before_start(self.start_date, self.stop_date)


def before_start(start: datetime | None, stop: datetime | None) -> Fault | None:
    """What is wrong with two bounds that are each right."""
    if start and stop and stop <= start:
        return Fault("stop_date", "is not after start_date")
    return None


class Roles(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
):
    """The roles at a location."""

    roles: tuple[Role, ...]


class RoleAdded(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={"role_id": "roleId"},
):
    """The id of the new role."""

    role_id: str
