"""Roles: sets of readers that are granted together, and that may change afterwards.

Source: VIZpin OEM API 4.3, role methods, Grant Phone Role. A role is held from its grant until its
dates are over or its last live VIZpin is revoked; whoever holds a role gets access to a reader that
is put into it, and loses that of one that is taken out.
"""

import msgspec

from doorward.connectors.vizpin.opening.access import Validity
from doorward.connectors.vizpin.server.backend import Caller
from doorward.connectors.vizpin.twin.access import AccessDesk, Grant, written_start, written_stop
from doorward.connectors.vizpin.twin.records import Holding, KeptRole
from doorward.connectors.vizpin.twin.store import Change
from doorward.connectors.vizpin.wire import dates
from doorward.connectors.vizpin.wire.faults import Faulty
from doorward.connectors.vizpin.wire.roles import (
    GrantPhoneRole,
    Role,
    RoleAdd,
    RoleAdded,
    RoleEdit,
    RoleList,
    Roles,
)
from doorward.connectors.vizpin.wire.session import Done


class RolesDesk(AccessDesk):
    """The role methods."""

    def role_list(self, caller: Caller, asked: RoleList) -> Roles:
        """The roles at a location."""
        site = self.location(caller, asked.site_id, "site_id")
        rows = self.store.roles.some(self.store.roles_of(site.id))
        return Roles(roles=tuple(row.role for row in rows))

    def role_add(self, caller: Caller, asked: RoleAdd) -> RoleAdded:
        """A new role, without readers."""
        site = self.location(caller, asked.site_id, "site_id")
        with self.store.change() as change:
            ident = change.new_id("role")
            role = Role(id=ident, name=asked.role_name, site_id=site.id)
            change.put(self.store.roles, KeptRole(role=role))
        return RoleAdded(role_id=ident)

    def role_edit(self, caller: Caller, asked: RoleEdit) -> Done:
        """A reader is in a role around the clock ("24x7"), or is not ("None")."""
        role = self._role(caller, asked.site_id, asked.role_id, "role_id")
        if asked.reader_id is None:
            return Done()
        reader = self.reader(caller, asked.reader_id, "reader_id")
        if reader.reader.location_id != role.role.site_id:
            raise Faulty("reader_id", "is not at the location of the role")
        with self.store.change() as change:
            if asked.schedule_type == "None":
                self._take_out(change, role, reader.id)
            elif reader.id not in role.readers:
                self._put_in(change, caller, role, reader.id)
        return Done()

    def _role(self, caller: Caller, site: str, ident: str, where: str) -> KeptRole:
        location = self.location(caller, site, "site_id")
        role = self.role(caller, ident, where)
        if role.role.site_id != location.id:
            raise Faulty(where, "is not a role of the location")
        return role

    def _put_in(self, change: Change, caller: Caller, role: KeptRole, reader: str) -> None:
        readers = (*role.readers, reader)
        change.put(self.store.roles, msgspec.structs.replace(role, readers=readers))
        grants = [
            Grant(held.user, reader, held.start_date, held.stop_date, role=role.id)
            for held in self.store.holdings.some(self.store.holders_of(role.id))
            if not self._is_over(held, reader)
        ]
        self.demand_few(len(grants), "role_id")
        self.give(change, caller, grants)

    def _is_over(self, held: Holding, reader: str) -> bool:
        stop = dates.read_stop(held.stop_date)
        return Validity.of(None, stop, self.zone_of(reader)).over_at(self.clock())

    def _take_out(self, change: Change, role: KeptRole, reader: str) -> None:
        readers = tuple(each for each in role.readers if each != reader)
        change.put(self.store.roles, msgspec.structs.replace(role, readers=readers))
        for row in self.store.vizpins.some(self.store.vizpins_at(reader)):
            if row.role == role.id and self.is_live(row):
                change.put(self.store.vizpins, msgspec.structs.replace(row, ended="revoked"))

    def user_grantphonerole(self, caller: Caller, asked: GrantPhoneRole) -> Done:
        """Roles for users, each with a VIZpin for every reader of it, around the clock."""
        site = self.location(caller, asked.site_id, "site_id")
        roles = [self._role(caller, site.id, ident, "role_ids") for ident in asked.role_ids]
        users = [self.user(caller, ident, "user_ids").id for ident in asked.user_ids]
        by_reader = {reader: one.id for one in roles for reader in one.readers}
        self.demand_few(len(users) * len(by_reader), "user_ids")
        self.demand_active(caller, site.account_id, "site_id")
        for user in users:
            self.demand_member(user, site.account_id, "user_ids")
        start, stop = written_start(asked.start_date), written_stop(asked.stop_date)
        grants = [
            Grant(user, reader, start, stop, role=role)
            for reader, role in by_reader.items()
            for user in users
        ]
        with self.store.change() as change:
            self.give(change, caller, grants)
            for one in roles:
                for user in users:
                    held = Holding(role=one.id, user=user, start_date=start, stop_date=stop)
                    change.put(self.store.holdings, held)
        return Done()
