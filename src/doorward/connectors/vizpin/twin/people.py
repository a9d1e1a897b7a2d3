"""Users: pre-registered, registered, associated with locations, listed by batches.

Source: VIZpin OEM API 4.3, user methods. A phone is unique within the OEM, and free again when its
user is deleted. Registering a phone that was pre-registered completes that user.
"""

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from doorward.connectors.vizpin.server.backend import Caller
from doorward.connectors.vizpin.twin.desk import Desk, changes, demand_unchanged
from doorward.connectors.vizpin.twin.passwords import hashed
from doorward.connectors.vizpin.twin.records import Association, KeptUser
from doorward.connectors.vizpin.wire import fields, users
from doorward.connectors.vizpin.wire.faults import Faulty
from doorward.connectors.vizpin.wire.form import Count
from doorward.connectors.vizpin.wire.policies import PASSWORD_MASK
from doorward.connectors.vizpin.wire.session import Done
from doorward.connectors.vizpin.wire.users import (
    BATCH,
    VERIFIED,
    Counted,
    NeedAccess,
    OnePreRegistered,
    OneUser,
    PreRegisteredUser,
    Somewhere,
    User,
    UserAssociate,
    UserCount,
    UserDelete,
    UserEdit,
    UserFind,
    UserGet,
    UserList,
    UserPreregister,
    UserRegister,
    UserRemove,
    Users,
)
from doorward.net.secrets import Secret

MASK = Secret(PASSWORD_MASK)
_OWN = ("password",)


class People(Desk):
    """The user methods, without those that grant access."""

    def user_count(self, caller: Caller, asked: UserCount) -> Counted:
        """How many users there are at an account or a location, and in how many batches."""
        total = len(self._users(caller, asked))
        return Counted(totalcount=Count(total), batchcounter=Count(-(-total // BATCH)))

    def user_list(self, caller: Caller, asked: UserList) -> Users:
        """One batch of them. The first batch of nobody is empty."""
        found = self._users(caller, asked)
        begin = (asked.batch - 1) * BATCH
        if begin and begin >= len(found):
            raise Faulty("batchcounter", "is more than there are batches")
        return self._told(found[begin : begin + BATCH], len(found))

    def user_needaccess(self, caller: Caller, asked: NeedAccess) -> Users:
        """Those users who can open no reader there, now or later."""
        found = self._users(caller, asked)
        inside = self._readers(asked)
        needy = [user for user in found if not self._has_access(user, inside)]
        return self._told(needy, len(needy))

    def _has_access(self, user: str, readers: frozenset[str]) -> bool:
        vizpins = self.store.vizpins.some(self.store.vizpins_of(user))
        return any(row.vizpin.reader_id in readers and self.is_live(row) for row in vizpins)

    def _readers(self, asked: Somewhere) -> frozenset[str]:
        location = asked.location_id.strip()
        account = asked.account_id.strip()
        locations = [location] if location else self.store.locations_of(account)
        return frozenset(each for one in locations for each in self.store.readers_of(one))

    def _users(self, caller: Caller, asked: Somewhere) -> Sequence[str]:
        """The users at a location where one is named, else of an account."""
        account, location = asked.account_id.strip(), asked.location_id.strip()
        if account:
            self.account(caller, account, "account_id")
        if not location:
            return self.store.users_of(account)
        found = self.location(caller, location, "locationid")
        if account and found.account_id != account:
            raise Faulty("locationid", "is not a location of the account")
        return self.store.users_at(found.id)

    def _told(self, found: Sequence[str], total: int) -> Users:
        # Encoded already: they are only written into the answer, never looked at.
        users = cast("tuple[User, ...]", self.store.users_told.some(found))
        return Users(users=users, total=Count(total))

    def user_find(self, caller: Caller, asked: UserFind) -> OneUser:
        """The user with a phone, if the last name is right, letter case aside."""
        key = self.store.phones(caller.oem, asked.phone)
        user = self.store.users.rows[key].user if key else None
        if user is None or user.last_name.casefold() != asked.last_name.strip().casefold():
            raise Faulty("phone", "and last_name are those of no user")
        return OneUser(user=user)

    def user_get(self, caller: Caller, asked: UserGet) -> OneUser:
        """One user."""
        return OneUser(user=self.user(caller, asked.user_id, "userid").user)

    def user_preregister(self, caller: Caller, asked: UserPreregister) -> OnePreRegistered:
        """A new user who is to verify the phone, and to choose a password."""
        values = changes(asked.user, ())
        self._demand_free(caller, asked.user.phone or "", "preregister_user.phone")
        with self.store.change() as change:
            code = Secret(self.draw())
            user = User(**{**values, "id": change.new_id("user"), "phoneconfirmation": code})  # type: ignore[arg-type]
            fields.refuse(user.fault(), "preregister_user")
            change.put(self.store.users, KeptUser(oem=caller.oem, user=user))
        told = {name: getattr(user, name) for name in PreRegisteredUser.__struct_fields__}
        return OnePreRegistered(user=PreRegisteredUser(**told))

    def _demand_free(self, caller: Caller, phone: str, where: str) -> None:
        if self.store.phones(caller.oem, phone) is not None:
            raise Faulty(where, "is another user's")

    def user_register(self, caller: Caller, asked: UserRegister) -> OneUser:
        """A new user with a password, or the pre-registered one with that phone completed."""
        key = self.store.phones(caller.oem, asked.user.phone or "")
        known = self.store.users.rows[key] if key else None
        if known and known.registered:
            raise Faulty("user.phone", "is another user's")
        own: dict[str, Any] = {"password": MASK, "phoneconfirmation": VERIFIED}
        values = {**changes(asked.user, _OWN), **own}
        with self.store.change() as change:
            before = known.user if known else User(id=change.new_id("user"))
            user = msgspec.structs.replace(before, **values)
            fields.refuse(user.fault(), "user")
            kept = KeptUser(
                oem=caller.oem,
                user=user,
                registered=True,
                passwords=(hashed(asked.user.password or ""),),
                password_at=self.clock(),
            )
            change.put(self.store.users, kept)
        return OneUser(user=user)

    def user_edit(self, caller: Caller, asked: UserEdit) -> OneUser:
        """A user with what was said of him."""
        kept = self.user(caller, asked.user.id or "", "user.id")
        demand_unchanged(asked.user, kept.user, users.FIXED, "user")
        values = changes(asked.user, (*users.FIXED, *_OWN))
        user = msgspec.structs.replace(kept.user, **values)
        fields.refuse(user.fault(), "user")
        with self.store.change() as change:
            change.put(self.store.users, msgspec.structs.replace(kept, user=user))
        return OneUser(user=user)

    def user_associate(self, caller: Caller, asked: UserAssociate) -> OneUser:
        """A user at these locations, too; one where he is already makes no difference."""
        kept = self.user(caller, asked.user_id, "assoc_user")
        with self.store.change() as change:
            for ident in asked.location_ids:
                location = self.location(caller, ident, "location_ids").id
                row = Association(location=location, user=kept.id)
                if row.id not in self.store.associations.rows:
                    change.put(self.store.associations, row)
        return OneUser(user=kept.user)

    def user_delete(self, caller: Caller, asked: UserDelete) -> Done:
        """A user is gone with all VIZpins, cards, roles and associations; what happened stays."""
        user = self.user(caller, asked.user_id, "userid").id
        store = self.store
        locations = store.locations_with(user)
        with store.change() as change:
            change.drop(store.vizpins, store.vizpins_of(user))
            change.drop(store.credentials, store.cards_of(user))
            change.drop(store.holdings, store.roles_held_by(user))
            keys = (Association(location=each, user=user).id for each in locations)
            change.drop(store.associations, keys)
            change.drop(store.users, [user])
        return Done()

    def user_remove(self, caller: Caller, asked: UserRemove) -> Done:
        """A user is out of an account: VIZpins are revoked and stay listed, the rest is gone."""
        user = self.user(caller, asked.user_id, "userid").id
        account = self.account(caller, asked.account_id, "accountId").id
        self.demand_member(user, account, "userid")
        store = self.store
        with store.change() as change:
            for row in store.vizpins.some(store.vizpins_of(user)):
                if not row.ended and self.site_of(row).account_id == account:
                    change.put(store.vizpins, msgspec.structs.replace(row, ended="revoked"))
            cards = store.credentials.some(store.cards_of(user))
            change.drop(store.credentials, [row.id for row in cards if row.account_id == account])
            held = store.holdings.some(store.roles_held_by(user))
            change.drop(store.holdings, [row.id for row in held if self._in(row.role, account)])
            change.drop(store.associations, self.associations(user, account))
        return Done()

    def _in(self, role: str, account: str) -> bool:
        site = self.store.roles.rows[role].role.site_id
        return self.store.locations.rows[site].account_id == account
