"""Accounts and locations, and what goes with them when they are deleted.

Source: VIZpin OEM API 4.3, account and location methods, Object Delete. Names count without regard
to letter case: an account's within the OEM, a location's within its account.
"""

from collections.abc import Iterable

import msgspec

from doorward.connectors.vizpin.server.backend import Caller
from doorward.connectors.vizpin.twin.desk import Desk, changes, demand_unchanged
from doorward.connectors.vizpin.twin.records import Association, Cards, KeptAccount, Oem
from doorward.connectors.vizpin.twin.store import Change
from doorward.connectors.vizpin.wire import accounts, fields, locations
from doorward.connectors.vizpin.wire.accounts import (
    Account,
    AccountAdd,
    AccountEdit,
    AccountGet,
    AccountList,
    Accounts,
    OneAccount,
)
from doorward.connectors.vizpin.wire.activity import ObjectDelete
from doorward.connectors.vizpin.wire.faults import Faulty
from doorward.connectors.vizpin.wire.locations import (
    Location,
    LocationAdd,
    LocationEdit,
    LocationGet,
    LocationList,
    Locations,
    OneLocation,
)
from doorward.connectors.vizpin.wire.session import Done

TAKEN = "is taken, letter case aside"


class Places(Desk):
    """The account and location methods, and object.delete."""

    def account_list(self, caller: Caller, _asked: AccountList) -> Accounts:
        """The accounts of the OEM."""
        rows = self.store.accounts.some(self.store.accounts_of(caller.oem))
        return Accounts(accounts=tuple(row.account for row in rows))

    def account_get(self, caller: Caller, asked: AccountGet) -> OneAccount:
        """One of them."""
        return OneAccount(account=self.account(caller, asked.account_id, "id").account)

    def account_add(self, caller: Caller, asked: AccountAdd) -> OneAccount:
        """A new account; its type is the OEM's unless it says one."""
        values = changes(asked.account, ("type",))
        oem = self.store.oems.rows[caller.oem]
        kind = asked.account.type or oem.account_type
        cards = self._range(oem)
        with self.store.change() as change:
            account = Account(**{**values, "id": change.new_id("account"), "type": kind})  # type: ignore[arg-type]
            fields.refuse(account.fault(), "add_account")
            self._demand_account_name(caller.oem, account, "add_account.name")
            kept = KeptAccount(oem=caller.oem, account=account, cards=cards)
            change.put(self.store.accounts, kept)
            change.put(self.store.oems, msgspec.structs.replace(oem, cards=cards.last))
        return OneAccount(account=account)

    def account_edit(self, caller: Caller, asked: AccountEdit) -> OneAccount:
        """An account with what was said of it."""
        kept = self.account(caller, asked.account.id or "", "account.id")
        demand_unchanged(asked.account, kept.account, accounts.FIXED, "account")
        values = changes(asked.account, accounts.FIXED)
        account = msgspec.structs.replace(kept.account, **values)
        fields.refuse(account.fault(), "account")
        self._demand_account_name(caller.oem, account, "account.name")
        with self.store.change() as change:
            change.put(self.store.accounts, msgspec.structs.replace(kept, account=account))
        return OneAccount(account=account)

    def _demand_account_name(self, oem: str, account: Account, where: str) -> None:
        if self.store.account_names(oem, account.name.casefold()) not in {None, account.id}:
            raise Faulty(where, TAKEN)

    def _range(self, oem: Oem) -> Cards:
        """The range of card numbers after those of all accounts that the OEM ever had."""
        first = oem.cards + 1
        return Cards(first=first, last=first + self.store.settings.cards - 1, next=first)

    def location_list(self, caller: Caller, asked: LocationList) -> Locations:
        """The locations of an account."""
        account = self.account(caller, asked.account_id, "accountid")
        rows = self.store.locations.some(self.store.locations_of(account.id))
        return Locations(locations=tuple(rows))

    def location_get(self, caller: Caller, asked: LocationGet) -> Locations:
        """One location, in a list."""
        return Locations(locations=(self.location(caller, asked.location_id, "id"),))

    def location_add(self, caller: Caller, asked: LocationAdd) -> OneLocation:
        """A new location, with a code of its own."""
        self.account(caller, asked.location.account_id or "", "location.accountid")
        values = changes(asked.location, ("locationtype",))
        kind = asked.location.locationtype or locations.DEFAULT_TYPE
        with self.store.change() as change:
            ident = change.new_id("location")
            made = {"id": ident, "locationtype": kind, "locationcode": _code(change.ids.last)}
            location = Location(**{**values, **made})  # type: ignore[arg-type]
            fields.refuse(location.fault(), "location")
            self._demand_location_name(location)
            change.put(self.store.locations, location)
        return OneLocation(location=location)

    def location_edit(self, caller: Caller, asked: LocationEdit) -> OneLocation:
        """A location with what was said of it."""
        before = self.location(caller, asked.location.id or "", "location.id")
        demand_unchanged(asked.location, before, locations.FIXED, "location")
        values = changes(asked.location, locations.FIXED)
        location = msgspec.structs.replace(before, **values)
        fields.refuse(location.fault(), "location")
        self._demand_location_name(location)
        with self.store.change() as change:
            change.put(self.store.locations, location)
        return OneLocation(location=location)

    def _demand_location_name(self, location: Location) -> None:
        name = location.name.casefold()
        if self.store.location_names(location.account_id, name) not in {None, location.id}:
            raise Faulty("location.name", TAKEN)

    def object_delete(self, caller: Caller, asked: ObjectDelete) -> Done:
        """An account, a location or a reader is gone, with all that hangs on it."""
        with self.store.change() as change:
            if asked.kind == "account":
                self._drop_account(change, self.account(caller, asked.object_id, "objectId").id)
            elif asked.kind == "location":
                location = self.location(caller, asked.object_id, "objectId")
                self._drop_locations(change, [location.id])
            else:
                reader = self.reader(caller, asked.object_id, "objectId")
                self._drop_from_roles(change, reader.id)
                self._drop_readers(change, [reader.id])
        return Done()

    def _drop_account(self, change: Change, account: str) -> None:
        self._drop_locations(change, self.store.locations_of(account))
        change.drop(self.store.credentials, self.store.cards_in(account))
        change.drop(self.store.accounts, [account])

    def _drop_locations(self, change: Change, gone: Iterable[str]) -> None:
        for location in gone:
            self._drop_readers(change, self.store.readers_of(location))
            for role in self.store.roles_of(location):
                change.drop(self.store.holdings, self.store.holders_of(role))
                change.drop(self.store.roles, [role])
            users = self.store.users_at(location)
            associations = (Association(location=location, user=user).id for user in users)
            change.drop(self.store.associations, associations)
            change.drop(self.store.locations, [location])

    def _drop_readers(self, change: Change, gone: Iterable[str]) -> None:
        for reader in gone:
            change.drop(self.store.vizpins, self.store.vizpins_at(reader))
            change.drop(self.store.activity, self.store.activity_at(reader))
            change.drop(self.store.readers, [reader])

    def _drop_from_roles(self, change: Change, reader: str) -> None:
        """Take a reader out of the roles of its location."""
        location = self.store.readers.rows[reader].reader.location_id
        for role in self.store.roles.some(self.store.roles_of(location)):
            if reader in role.readers:
                left = tuple(each for each in role.readers if each != reader)
                change.put(self.store.roles, msgspec.structs.replace(role, readers=left))


def _code(number: int) -> str:
    """A location's code: unique, of capital letters and digits."""
    return f"L{number:07X}"
