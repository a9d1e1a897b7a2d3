"""All tables, changed in one step that is on disk before anybody sees it.

A call collects what it changes in a `Change`; at the end of the block all of it is written, then
done in memory. A call that raises has changed nothing, and has used up no ids.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from doorward.connectors.vizpin.twin.ids import Counter, Kind
from doorward.connectors.vizpin.twin.records import (
    ApiLogin,
    Association,
    Holding,
    KeptAccount,
    KeptReader,
    KeptRole,
    KeptUser,
    KeptVizpin,
    Oem,
)
from doorward.connectors.vizpin.twin.tables import Encoded, Groups, Roll, Table, Unique
from doorward.connectors.vizpin.twin_settings import Settings
from doorward.connectors.vizpin.wire import form
from doorward.connectors.vizpin.wire.activity import Activity
from doorward.connectors.vizpin.wire.credentials import Credential
from doorward.connectors.vizpin.wire.locations import Location
from doorward.twinkit.shelf import Record, Shelf

SERIAL, SETTINGS = "serial", "settings"


def _id(row: Any) -> str:
    return str(row.id)


class Store:
    """The twin's memory."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.settings = Settings()
        self.serial = 0
        self.empty()

    def empty(self) -> None:
        """Hold nothing, with new indexes."""
        self._make_partners()
        self._make_places()
        self._make_people()
        self._make_access()
        self.tables: tuple[Table[Any], ...] = (
            self.oems,
            self.logins,
            self.accounts,
            self.locations,
            self.readers,
            self.roles,
            self.users,
            self.associations,
            self.credentials,
            self.holdings,
            self.vizpins,
            self.activity,
        )

    def _make_partners(self) -> None:
        self.oems = Table("oem", Oem, _id)
        self.logins = Table("login", ApiLogin, lambda row: row.username)

    def _make_places(self) -> None:
        self.accounts_of = Groups(lambda row: row.oem)
        self.account_names = Unique(lambda row: (row.oem, row.account.name.casefold()))
        self.accounts = Table("account", KeptAccount, _id, self.accounts_of, self.account_names)
        self.locations_of = Groups(lambda row: row.account_id)
        self.location_names = Unique(lambda row: (row.account_id, row.name.casefold()))
        self.locations = Table("location", Location, _id, self.locations_of, self.location_names)
        self.readers_of = Groups(lambda row: row.reader.location_id)
        self.readers = Table("reader", KeptReader, _id, self.readers_of)
        self.roles_of = Groups(lambda row: row.role.site_id)
        self.roles = Table("role", KeptRole, _id, self.roles_of)

    def _make_people(self) -> None:
        self.phones = Unique(lambda row: (row.oem, row.user.phone))
        self.users_told = Encoded(lambda row: row.user)
        self.users = Table("user", KeptUser, _id, self.phones, self.users_told)
        self.users_at = Groups(lambda row: row.location, lambda _key, row: str(row.user))
        self.locations_with = Groups(lambda row: row.user, lambda _key, row: str(row.location))
        self.users_of = Roll(self._account_at, lambda row: row.user)
        self.associations = Table(
            "association", Association, _id, self.users_at, self.locations_with, self.users_of
        )
        self.cards_of = Groups(lambda row: row.user_id)
        self.cards_in = Groups(lambda row: row.account_id)
        self.credentials = Table("credential", Credential, _id, self.cards_of, self.cards_in)

    def _account_at(self, row: Association) -> str:
        return self.locations.rows[row.location].account_id

    def _make_access(self) -> None:
        self.roles_held_by = Groups(lambda row: row.user)
        self.holders_of = Groups(lambda row: row.role)
        self.holdings = Table("holding", Holding, _id, self.roles_held_by, self.holders_of)
        self.vizpins_of = Groups(lambda row: row.vizpin.user_id)
        self.vizpins_at = Groups(lambda row: row.vizpin.reader_id)
        self.vizpins = Table("vizpin", KeptVizpin, _id, self.vizpins_of, self.vizpins_at)
        self.activity_at = Groups(lambda row: row.reader_id)
        self.activity_of = Groups(lambda row: row.user_id)
        self.activity = Table(
            "activity", Activity, lambda row: row.audit_id, self.activity_at, self.activity_of
        )

    @contextmanager
    def change(self) -> Iterator["Change"]:
        """Collects changes; they happen at the end of the block, or not at all if it raises."""
        change = Change(self.serial)
        yield change
        self._shelf.write([*change.records(self.serial)])
        for table, key, row in change.steps:
            if row is None:
                table.drop(key)
            else:
                table.put(row)
        self.serial = change.ids.last
        for done in change.afterwards:
            done()

    def fill(self, rows: Iterable[tuple[str, Sequence[Any]]], serial: int) -> None:
        """Hold these rows, by kind, and nothing else. What refers to others comes after them."""
        self.empty()
        tables = {table.kind: table for table in self.tables}
        for kind, those in rows:
            tables[kind].fill(those)
        self.serial = serial

    def rewrite(self, also: Iterable[Record] = ()) -> None:
        """Put everything on disk, and nothing else but `also`."""
        rows = [_record(table, row) for table in self.tables for row in table.rows.values()]
        settings = Record(SETTINGS, "", form.encode(self.settings))
        self._shelf.rewrite([*rows, _serial(self.serial), settings, *also])

    def load(self, kept: Sequence[Record]) -> None:
        """Hold what was on disk."""
        found: dict[str, list[Any]] = {table.kind: [] for table in self.tables}
        rows = {table.kind: table.row for table in self.tables}
        serial = 0
        for kind, _key, body in kept:
            if body is not None and kind in found:
                found[kind].append(form.decode(body, rows[kind]))
            elif kind == SERIAL and body is not None:
                serial = form.decode(body, int)
            elif kind == SETTINGS and body is not None:
                self.settings = form.decode(body, Settings)
        self.fill(found.items(), serial)


class Change:
    """What one call changes."""

    def __init__(self, serial: int) -> None:
        self.ids = Counter(serial)
        self.steps: list[tuple[Table[Any], str, Any]] = []
        self.extra: list[Record] = []
        self.afterwards: list[Callable[[], None]] = []

    def new_id(self, kind: Kind) -> str:
        """An id for a new object."""
        return self.ids(kind)

    def put(self, table: Table[Any], row: msgspec.Struct) -> None:
        """Add a row, or put it in place of the one with its key."""
        self.steps.append((table, table.key(row), row))

    def drop(self, table: Table[Any], keys: Iterable[str]) -> None:
        """Take rows away; from the newest on, which is the shorter way for the indexes."""
        self.steps.extend((table, key, None) for key in reversed([*keys]))

    def records(self, serial: int) -> Iterator[Record]:
        """All of it as it is put on disk."""
        for table, key, row in self.steps:
            yield Record(table.kind, key, None) if row is None else _record(table, row)
        yield from self.extra
        if self.ids.last != serial:
            yield _serial(self.ids.last)


def _record(table: Table[Any], row: Any) -> Record:
    return Record(table.kind, table.key(row), form.encode(row))


def _serial(number: int) -> Record:
    return Record(SERIAL, "", form.encode(number))
