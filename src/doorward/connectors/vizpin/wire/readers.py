"""Readers: the locks at the doors of a location, and how each is set.

Source: VIZpin OEM API 4.3, Reader and ReaderSettings objects, reader methods. Where text and
samples differ: `reader` or `add_reader`, `reader` or `edit_reader` (the samples' names are sent);
`reader.get` answers an array of one. The valid values print " Unlimited" with a blank before it,
which is never sent. `batterylife` has no type: it is sent as text like everything else.
"""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from doorward.connectors.vizpin.wire import fields
from doorward.connectors.vizpin.wire.accounts import Filled, OwnId
from doorward.connectors.vizpin.wire.faults import Fault
from doorward.connectors.vizpin.wire.fields import Asked, Field, fault_in, fold
from doorward.connectors.vizpin.wire.rules import (
    FILLED,
    Collateral,
    Nested,
    OneOf,
    Seconds,
)
from doorward.connectors.vizpin.wire.schedules import FIRST_IN, FirstInSchedule
from doorward.connectors.vizpin.wire.session import Keyed

READ_RANGES = ("Short", "Normal", "Unlimited")
RELAY_MODES = ("Normally Open", "Normally Closed")
POWER_MODES = ("FastUnlock", "Standard", "PowerSaver")
FIRST_IN_MODES = ("off", "on")

FULL_POWER_FROM = 776
MID_POWER_FROM = 694

_SETTINGS_NAMES = {"reader_id": "readerid"}
_READER_NAMES = {"location_id": "locationid"}


class ReaderSettings(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename=_SETTINGS_NAMES
):
    """How a reader is set. A smartlock has a `powermode` and no `relay_mode`."""

    id: str = ""
    reader_id: str = ""
    read_range: str = "Unlimited"
    relay_mode: str = "Normally Open"
    powermode: str = ""
    relay_time: str = "5"
    first_in_mode: str = "off"
    first_in_schedule: FirstInSchedule = FirstInSchedule()

    @property
    def smartlock(self) -> bool:
        """Whether they are those of a smartlock."""
        return bool(self.powermode)

    def fault(self) -> Fault | None:
        """What is wrong with them as a whole, such as first-in mode without hours for it."""
        if self.first_in_mode == "on" and self.first_in_schedule.scheduleelement.empty:
            return Fault("first_in_schedule", "is required while first_in_mode is on")
        return fault_in(ReaderSettingsFields, self, without=("first_in_schedule",))


DEFAULTS = ReaderSettings()


class ReaderSettingsFields(Asked, frozen=True, kw_only=True, rename=_SETTINGS_NAMES):
    """What a caller says of a reader's settings; what he leaves out is UNSET."""

    read_range: Annotated[str, Field(OneOf(READ_RANGES))] | UnsetType = UNSET
    relay_mode: Annotated[str, Field(OneOf(RELAY_MODES, blank=True))] | UnsetType = UNSET
    powermode: Annotated[str, Field(OneOf(POWER_MODES, blank=True))] | UnsetType = UNSET
    relay_time: Annotated[str, Field(Seconds())] | UnsetType = UNSET
    first_in_mode: Annotated[str, Field(OneOf(FIRST_IN_MODES))] | UnsetType = UNSET
    first_in_schedule: Annotated[FirstInSchedule, Field(FIRST_IN)] | UnsetType = UNSET

    def fault(self) -> Fault | None:
        """A smartlock's setting beside a relay's."""
        if self.powermode and self.relay_mode:
            return Fault("relay_mode", "is nothing for a smartlock, which powermode makes it")
        return None


class _Settings(Nested):
    """Settings; with first_in_mode off, a schedule in them is passed over unread."""

    def read(self, raw: object, where: str) -> Any:
        """The settings. Raises Faulty."""
        if isinstance(raw, dict):
            modes = [value for name, value in raw.items() if fold(name) == "firstinmode"]
            if any(isinstance(mode, str) and mode.strip().lower() == "off" for mode in modes):
                raw = {name: raw[name] for name in raw if fold(name) != "firstinschedule"}
        return Nested.read(self, raw, where)


def settled(said: ReaderSettingsFields, before: ReaderSettings = DEFAULTS) -> ReaderSettings:
    """Settings with what a caller said of them. Raises Faulty for first-in mode without hours."""
    values = fields.given(said)
    if values.get("powermode"):
        values["relay_mode"] = ""
    elif "powermode" in values and before.smartlock:
        values.setdefault("relay_mode", DEFAULTS.relay_mode)
    after = msgspec.structs.replace(before, **values)
    if after.first_in_mode == "off":
        after = msgspec.structs.replace(after, first_in_schedule=FirstInSchedule())
    fields.refuse(after.fault(), "readersettings")
    return after


class Reader(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename=_READER_NAMES
):
    """A reader, all its attributes there. `reader_collateral` is 32 hex digits of the OEM's own."""

    id: str
    location_id: str = ""
    name: str = ""
    serial: str = ""
    version: str = ""
    reader_collateral: str = ""
    readersettings: ReaderSettings = DEFAULTS
    batterylifestatus: str = "Powered"
    batterylife: str = ""

    def fault(self) -> Fault | None:
        """What is wrong with it as a whole; None if nothing is."""
        inner = self.readersettings.fault()
        return inner.under("readersettings") if inner else fault_in(_PlainFields, self)


class _PlainFields(Asked, frozen=True, kw_only=True, rename=_READER_NAMES):
    id: OwnId | UnsetType = UNSET
    location_id: Filled | UnsetType = UNSET
    name: Filled | UnsetType = UNSET
    serial: Filled | UnsetType = UNSET
    reader_collateral: Annotated[str, Field(Collateral())] | UnsetType = UNSET


class ReaderFields(_PlainFields, frozen=True, kw_only=True):
    """What a caller says of a reader; what he leaves out is UNSET.

    `reader_collateral` alone becomes "" when it is left out of an edit, as the document says.
    """

    readersettings: (
        Annotated[ReaderSettingsFields, Field(_Settings(ReaderSettingsFields))] | UnsetType
    ) = UNSET


def battery_status(life: int | None) -> str:
    """The word for a battery's reading; "Powered" where there is none."""
    if life is None:
        return "Powered"
    if life >= FULL_POWER_FROM:
        return "FullPower"
    return "MidPower" if life >= MID_POWER_FROM else "LowPower"


_NEW = Nested(ReaderFields, ("location_id", "name", "serial"))


class ReaderList(Keyed, frozen=True, kw_only=True, rename=_READER_NAMES):
    """com.vizpin.reader.list."""

    location_id: Filled


class ReaderGet(Keyed, frozen=True, kw_only=True, rename={"reader_id": "readerid"}):
    """com.vizpin.reader.get."""

    reader_id: Annotated[str, Field(FILLED, ("id",))]


class ReaderAdd(Keyed, frozen=True, kw_only=True, rename={"reader": "add_reader"}):
    """com.vizpin.reader.add."""

    reader: Annotated[ReaderFields, Field(_NEW, ("reader",))]


class ReaderEdit(Keyed, frozen=True, kw_only=True, rename={"reader": "edit_reader"}):
    """com.vizpin.reader.edit."""

    reader: Annotated[ReaderFields, Field(Nested(ReaderFields, ("id",)), ("reader",))]


class Readers(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
):
    """The readers of a location, or the one that was asked for."""

    readers: tuple[Reader, ...]


class OneReader(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
):
    """The reader that was added or edited."""

    reader: Reader
