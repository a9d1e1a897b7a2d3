"""Readers: where they are, and how they are set.

Source: VIZpin OEM API 4.3, Reader and ReaderSettings objects, reader methods.
"""

import msgspec

from doorward.connectors.vizpin import timetables
from doorward.connectors.vizpin.server.backend import Caller
from doorward.connectors.vizpin.twin.desk import changes, refuse_any, seen_from
from doorward.connectors.vizpin.twin.places import Places
from doorward.connectors.vizpin.twin.records import KeptReader
from doorward.connectors.vizpin.twin.store import Change
from doorward.connectors.vizpin.wire import fields
from doorward.connectors.vizpin.wire.faults import Faulty
from doorward.connectors.vizpin.wire.readers import (
    DEFAULTS,
    OneReader,
    Reader,
    ReaderAdd,
    ReaderEdit,
    ReaderGet,
    ReaderList,
    Readers,
    ReaderSettings,
    ReaderSettingsFields,
    battery_status,
    settled,
)
from doorward.connectors.vizpin.wire.schedules import FIRST_IN, FirstInSchedule

_APART = ("location_id", "reader_collateral", "readersettings")


class Doors(Places):
    """The reader methods."""

    def reader_list(self, caller: Caller, asked: ReaderList) -> Readers:
        """The readers of a location."""
        location = self.location(caller, asked.location_id, "locationid")
        rows = self.store.readers.some(self.store.readers_of(location.id))
        return Readers(readers=tuple(map(told, rows)))

    def reader_get(self, caller: Caller, asked: ReaderGet) -> Readers:
        """One reader, in a list."""
        return Readers(readers=(told(self.reader(caller, asked.reader_id, "readerid")),))

    def reader_add(self, caller: Caller, asked: ReaderAdd) -> OneReader:
        """A new reader, its settings those printed where it says nothing."""
        said = asked.reader
        self._demand_home(caller, said.location_id or "", "add_reader.locationid")
        with self.store.change() as change:
            ident = change.new_id("reader")
            reader = Reader(
                id=ident,
                location_id=said.location_id or "",
                name=said.name or "",
                serial=said.serial or "",
                reader_collateral=said.reader_collateral or "",
                readersettings=self._settled(
                    change, ident, said.readersettings or ReaderSettingsFields(), "add_reader"
                ),
            )
            fields.refuse(reader.fault(), "add_reader")
            kept = KeptReader(reader=reader)
            change.put(self.store.readers, kept)
        return OneReader(reader=told(kept))

    def reader_edit(self, caller: Caller, asked: ReaderEdit) -> OneReader:
        """A reader with what was said of it; its collateral is "" unless that was said, too."""
        said = asked.reader
        kept = self.reader(caller, said.id or "", "edit_reader.id")
        before = kept.reader
        with self.store.change() as change:
            values = changes(said, _APART)
            if said.location_id and said.location_id != before.location_id:
                self._move(change, caller, kept, said.location_id)
                values["location_id"] = said.location_id
            if said.readersettings:
                values["readersettings"] = self._settled(
                    change, before.id, said.readersettings, "edit_reader", before.readersettings
                )
            collateral = said.reader_collateral or ""
            reader = msgspec.structs.replace(before, **values, reader_collateral=collateral)
            fields.refuse(reader.fault(), "edit_reader")
            after = msgspec.structs.replace(kept, reader=reader)
            change.put(self.store.readers, after)
        return OneReader(reader=told(after))

    def _demand_home(self, caller: Caller, location: str, where: str) -> None:
        """Raise Faulty for a location where no reader can be."""
        home = self.location(caller, location, where)
        for name in ("timezone", "locationtype"):
            if not getattr(home, name):
                raise Faulty(where, f"is a location without {name}, which a reader needs")

    def _move(self, change: Change, caller: Caller, kept: KeptReader, location: str) -> None:
        """Raise Faulty for a reader that cannot be at another location."""
        where = "edit_reader.locationid"
        self._demand_home(caller, location, where)
        if any(self.live(self.store.vizpins_at(kept.id))):
            raise Faulty(where, "stays while VIZpins of the reader are confirmed or scheduled")
        self._drop_from_roles(change, kept.id)

    def _settled(
        self,
        change: Change,
        reader: str,
        said: ReaderSettingsFields,
        path: str,
        before: ReaderSettings = DEFAULTS,
    ) -> ReaderSettings:
        with seen_from(path):
            after = settled(said, before)
            if after.first_in_mode == "on":
                where = "readersettings.first_in_schedule"
                refuse_any(timetables.faults(after.first_in_schedule, FIRST_IN, where))
        schedule = after.first_in_schedule
        if after.first_in_mode == "on" and not schedule.id:
            schedule = _numbered(change, schedule)
        return msgspec.structs.replace(
            after,
            id=before.id or change.new_id("settings"),
            reader_id=reader,
            first_in_schedule=schedule,
        )


def _numbered(change: Change, schedule: FirstInSchedule) -> FirstInSchedule:
    """The schedule with its ids."""
    ident = change.new_id("schedule")
    element = msgspec.structs.replace(
        schedule.scheduleelement, id=change.new_id("element"), schedule_id=ident
    )
    return msgspec.structs.replace(schedule, id=ident, scheduleelement=element)


def told(kept: KeptReader) -> Reader:
    """A reader as it is told: the battery's word follows from its reading."""
    life = kept.reader.batterylife
    word = battery_status(int(life) if life.isascii() and life.isdecimal() else None)
    return msgspec.structs.replace(kept.reader, batterylifestatus=word)
