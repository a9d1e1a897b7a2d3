"""Locations (called sites by the role methods): places of an account, each with its readers.

Source: VIZpin OEM API 4.3, Location object and location methods. Where text and samples differ:
`locations` in an answer is an array for list and get, one object for add and edit. The object
table calls the time zone "required for adding reader": it may be missing until then.
"""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from doorward.connectors.vizpin.wire.accounts import Filled, OwnId, Text
from doorward.connectors.vizpin.wire.faults import Fault
from doorward.connectors.vizpin.wire.fields import Asked, Field, fault_in
from doorward.connectors.vizpin.wire.places import COUNTRY, state_fault
from doorward.connectors.vizpin.wire.rules import FILLED, Listed, Nested, OneOf
from doorward.connectors.vizpin.wire.session import Keyed
from doorward.connectors.vizpin.wire.zones import TIME_ZONES

LOCATION_TYPES = ("VIZpin vPROX", "VIZpin PLUS")
DEFAULT_TYPE = "VIZpin PLUS"

FIXED = ("account_id", "timezone", "locationtype")
"""Attributes of a location that are never changed; `locationcode` in an edit is ignored."""

TIME_ZONE = Listed(lambda: TIME_ZONES, "time zones")

_RENAMED = {"account_id": "accountid"}


class Location(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename=_RENAMED
):
    """A location, all its attributes there. `locationcode` is unique and made by the server."""

    id: str
    account_id: str = ""
    name: str = ""
    locationcode: str = ""
    timezone: str = ""
    locationtype: str = ""
    country: str = ""
    phone: str = ""
    state: str = ""
    address1: str = ""
    address2: str = ""
    zipcode: str = ""
    city: str = ""

    def fault(self) -> Fault | None:
        """What is wrong with it as a whole; None if nothing is."""
        return fault_in(LocationFields, self) or state_fault(self.country, self.state)


class LocationFields(Asked, frozen=True, kw_only=True, rename=_RENAMED):
    """What a caller says of a location; what he leaves out is UNSET."""

    id: OwnId | UnsetType = UNSET
    account_id: Filled | UnsetType = UNSET
    name: Filled | UnsetType = UNSET
    timezone: Annotated[str, Field(TIME_ZONE)] | UnsetType = UNSET
    locationtype: Annotated[str, Field(OneOf(LOCATION_TYPES, blank=True))] | UnsetType = UNSET
    country: Annotated[str, Field(COUNTRY)] | UnsetType = UNSET
    phone: Text | UnsetType = UNSET
    state: Text | UnsetType = UNSET
    address1: Text | UnsetType = UNSET
    address2: Text | UnsetType = UNSET
    zipcode: Text | UnsetType = UNSET
    city: Text | UnsetType = UNSET

    def fault(self) -> Fault | None:
        """A state that is none of the country's, where both are said."""
        return state_fault(self.country or "", self.state or "")


_NEW = Nested(LocationFields, ("account_id", "name", "country"))


class LocationList(Keyed, frozen=True, kw_only=True, rename=_RENAMED):
    """com.vizpin.location.list."""

    account_id: Filled


class LocationGet(Keyed, frozen=True, kw_only=True, rename={"location_id": "id"}):
    """com.vizpin.location.get."""

    location_id: Annotated[str, Field(FILLED, ("locationid",))]


class LocationAdd(Keyed, frozen=True, kw_only=True):
    """com.vizpin.location.add."""

    location: Annotated[LocationFields, Field(_NEW, ("add_location",))]


class LocationEdit(Keyed, frozen=True, kw_only=True):
    """com.vizpin.location.edit."""

    location: Annotated[LocationFields, Field(Nested(LocationFields, ("id",)), ("edit_location",))]


class Locations(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
):
    """The locations of an account, or the one that was asked for."""

    locations: tuple[Location, ...]


class OneLocation(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={"location": "locations"},
):
    """The location that was added or edited."""

    location: Location
