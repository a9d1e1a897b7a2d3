"""What all operations share: the memory, the clock, and finding what belongs to the caller.

What belongs to another OEM is not there: it is refused in the same words as an id that never was.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from doorward.connectors.vizpin.opening.access import Validity
from doorward.connectors.vizpin.server.backend import Caller
from doorward.connectors.vizpin.twin.records import (
    Association,
    KeptAccount,
    KeptReader,
    KeptRole,
    KeptUser,
    KeptVizpin,
)
from doorward.connectors.vizpin.twin.store import Store
from doorward.connectors.vizpin.twin.tables import Table
from doorward.connectors.vizpin.wire import fields
from doorward.connectors.vizpin.wire.faults import Fault, Faulty
from doorward.connectors.vizpin.wire.locations import Location
from doorward.connectors.vizpin.wire.vizpins import LIVE, Vizpin, VizpinStatus

T = TypeVar("T", bound=msgspec.Struct)

_ENDED = {
    "revoked": VizpinStatus.REVOKED,
    "blacklisted": VizpinStatus.BLACKLISTED,
    "superseded": VizpinStatus.SUPERSEDED,
}


class Desk:
    """The memory behind the operations, its clock, and chance: `draw` gives six digits."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], draw: Callable[[], str]
    ) -> None:
        self.store = store
        self.clock = clock
        self.draw = draw

    # What belongs to a caller. Each raises Faulty for the field `where`.

    def account(self, caller: Caller, ident: str, where: str) -> KeptAccount:
        """An account of the caller's OEM."""
        return _own(self.store.accounts, ident, where, lambda row: row.oem == caller.oem)

    def location(self, caller: Caller, ident: str, where: str) -> Location:
        """A location of the caller's OEM."""
        return _own(self.store.locations, ident, where, lambda row: self._at(row.id, caller))

    def reader(self, caller: Caller, ident: str, where: str) -> KeptReader:
        """A reader of the caller's OEM."""
        return _own(
            self.store.readers, ident, where, lambda row: self._at(row.reader.location_id, caller)
        )

    def role(self, caller: Caller, ident: str, where: str) -> KeptRole:
        """A role of the caller's OEM."""
        return _own(self.store.roles, ident, where, lambda row: self._at(row.role.site_id, caller))

    def user(self, caller: Caller, ident: str, where: str) -> KeptUser:
        """A user of the caller's OEM."""
        return _own(self.store.users, ident, where, lambda row: row.oem == caller.oem)

    def vizpin(self, caller: Caller, ident: str, where: str) -> KeptVizpin:
        """A VIZpin at a reader of the caller's OEM."""
        return _own(
            self.store.vizpins,
            ident,
            where,
            lambda row: self._at(self.site_of(row).id, caller),
        )

    def _at(self, location: str, caller: Caller) -> bool:
        account = self.store.locations.rows[location].account_id
        return self.store.accounts.rows[account].oem == caller.oem

    # What hangs together.

    def location_of(self, reader: str) -> Location:
        """Where a reader is."""
        return self.store.locations.rows[self.store.readers.rows[reader].reader.location_id]

    def site_of(self, kept: KeptVizpin) -> Location:
        """Where the reader of a VIZpin is."""
        return self.location_of(kept.vizpin.reader_id)

    def zone_of(self, reader: str) -> ZoneInfo:
        """The zone on whose clock a reader's days and times are."""
        return ZoneInfo(self.location_of(reader).timezone)

    def demand_member(self, user: str, account: str, where: str) -> None:
        """Raise Faulty unless a user is associated with an account."""
        if not self.store.users_of.has(account, user):
            raise Faulty(where, "is not associated with the account")

    # VIZpins, and what they are just now.

    def status(self, kept: KeptVizpin) -> VizpinStatus:
        """What a VIZpin is by the clock, in its reader's zone."""
        if kept.ended:
            return _ENDED[kept.ended]
        validity = self.validity(kept.vizpin)
        now = self.clock()
        if validity.over_at(now):
            return VizpinStatus.EXPIRED
        return VizpinStatus.CONFIRMED if validity.begun_at(now) else VizpinStatus.SCHEDULED

    def validity(self, vizpin: Vizpin) -> Validity:
        """From when until when a VIZpin is, as instants."""
        return Validity.of(vizpin.start, vizpin.stop, self.zone_of(vizpin.reader_id))

    def is_live(self, kept: KeptVizpin) -> bool:
        """Whether it opens its reader, now or later."""
        return self.status(kept) in LIVE

    def live(self, vizpins: Iterable[str]) -> Iterator[KeptVizpin]:
        """Those of the VIZpins with these ids that open a reader, now or later."""
        return filter(self.is_live, self.store.vizpins.some(vizpins))

    def told(self, kept: KeptVizpin) -> Vizpin:
        """A VIZpin as it is told just now."""
        return msgspec.structs.replace(kept.vizpin, status=self.status(kept))

    def associations(self, user: str, account: str) -> list[str]:
        """The keys of a user's associations with the locations of an account."""
        locations = self.store.locations.rows
        return [
            Association(location=location, user=user).id
            for location in self.store.locations_with(user)
            if locations[location].account_id == account
        ]


def _own(table: Table[T], ident: str, where: str, belongs: Callable[[T], bool]) -> T:
    row = table.rows.get(ident)
    if row is None or not belongs(row):
        raise Faulty(where, f"there is no such {table.kind}")
    return row


def demand_unchanged(
    said: msgspec.Struct, before: msgspec.Struct, fixed: Iterable[str], path: str
) -> None:
    """Raise Faulty for a field that never changes and that is to have another value.

    An empty value is the same as leaving the field out.
    """
    names = {spec.attribute: spec.name for spec in fields.specs(type(said))}
    for attribute in fixed:
        value = getattr(said, attribute)
        if value and value != getattr(before, attribute):
            raise Faulty(f"{path}.{names[attribute]}", "is never changed")


def changes(said: msgspec.Struct, without: Iterable[str]) -> dict[str, object]:
    """What a caller said, by attribute, without these."""
    left_out = {"id", *without}
    return {name: value for name, value in fields.given(said).items() if name not in left_out}


@contextmanager
def seen_from(path: str) -> Iterator[None]:
    """Faults inside are told as those of the object at `path`."""
    try:
        yield
    except Faulty as faulty:
        fields.refuse(faulty.fault, path)


def refuse_any(faults: Iterable[Fault]) -> None:
    """Raise Faulty for the first of these faults."""
    for fault in faults:
        raise Faulty(fault.field, fault.reason)
