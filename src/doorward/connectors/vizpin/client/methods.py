"""The 36 methods of the API, each with its types. Source: VIZpin OEM API 4.3, methods.

Each raises `doorward.net.errors.RemoteError`: `client.failures.Declined`, with the number of
appendix 1, where the API itself declined.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime

from doorward.connectors.vizpin.client.session import Session
from doorward.connectors.vizpin.wire import operations as ops
from doorward.connectors.vizpin.wire.accounts import (
    Account,
    AccountAdd,
    AccountEdit,
    AccountFields,
    AccountGet,
    AccountList,
)
from doorward.connectors.vizpin.wire.activity import Activity, ActivityList, ObjectDelete
from doorward.connectors.vizpin.wire.credentials import (
    Credential,
    CredentialGenerate,
    CredentialGet,
)
from doorward.connectors.vizpin.wire.form import Count
from doorward.connectors.vizpin.wire.locations import (
    Location,
    LocationAdd,
    LocationEdit,
    LocationFields,
    LocationGet,
    LocationList,
)
from doorward.connectors.vizpin.wire.readers import (
    Reader,
    ReaderAdd,
    ReaderEdit,
    ReaderFields,
    ReaderGet,
    ReaderList,
)
from doorward.connectors.vizpin.wire.roles import (
    GrantPhoneRole,
    Role,
    RoleAdd,
    RoleEdit,
    RoleList,
)
from doorward.connectors.vizpin.wire.schedules import ALWAYS, Schedule
from doorward.connectors.vizpin.wire.session import Time
from doorward.connectors.vizpin.wire.users import (
    Counted,
    NeedAccess,
    PreRegisteredFields,
    PreRegisteredUser,
    User,
    UserAssociate,
    UserCount,
    UserDelete,
    UserEdit,
    UserFields,
    UserFind,
    UserGet,
    UserList,
    UserPreregister,
    UserRegister,
    UserRemove,
)
from doorward.connectors.vizpin.wire.vizpins import (
    Vizpin,
    VizpinGrant,
    VizpinList,
    VizpinRevoke,
)
from doorward.net.secrets import Secret


class VizpinClient:
    """Asks for one OEM. `session` logs in by itself, and again when its session is over."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._call = session.call

    @property
    def _key(self) -> Secret:
        return self._session.account.oem_key

    async def time(self) -> datetime | None:
        """VIZpin's own time, in whole seconds; None where it does not say. Tries the login, too."""
        await self._call(ops.TIME, Time(oem_key=self._key))
        return self._session.now

    async def user_authenticate(self) -> None:
        """Log in anew. Every method logs in by itself where that is needed."""
        await self._session.log_in()

    # --- accounts

    async def account_list(self) -> Sequence[Account]:
        """All accounts of the OEM."""
        return (await self._call(ops.ACCOUNT_LIST, AccountList(oem_key=self._key))).accounts

    async def account_get(self, account_id: str) -> Account:
        """One account."""
        asked = AccountGet(oem_key=self._key, account_id=account_id)
        return (await self._call(ops.ACCOUNT_GET, asked)).account

    async def account_add(self, account: AccountFields) -> Account:
        """A new account, as it is kept."""
        asked = AccountAdd(oem_key=self._key, account=account)
        return (await self._call(ops.ACCOUNT_ADD, asked)).account

    async def account_edit(self, account: AccountFields) -> Account:
        """An account changed in what is given, as it is kept."""
        asked = AccountEdit(oem_key=self._key, account=account)
        return (await self._call(ops.ACCOUNT_EDIT, asked)).account

    # --- locations

    async def location_list(self, account_id: str) -> Sequence[Location]:
        """The locations of an account."""
        asked = LocationList(oem_key=self._key, account_id=account_id)
        return (await self._call(ops.LOCATION_LIST, asked)).locations

    async def location_get(self, location_id: str) -> Sequence[Location]:
        """One location, in a list of one."""
        asked = LocationGet(oem_key=self._key, location_id=location_id)
        return (await self._call(ops.LOCATION_GET, asked)).locations

    async def location_add(self, location: LocationFields) -> Location:
        """A new location, as it is kept."""
        asked = LocationAdd(oem_key=self._key, location=location)
        return (await self._call(ops.LOCATION_ADD, asked)).location

    async def location_edit(self, location: LocationFields) -> Location:
        """A location changed in what is given, as it is kept."""
        asked = LocationEdit(oem_key=self._key, location=location)
        return (await self._call(ops.LOCATION_EDIT, asked)).location

    # --- readers

    async def reader_list(self, location_id: str) -> Sequence[Reader]:
        """The readers of a location."""
        asked = ReaderList(oem_key=self._key, location_id=location_id)
        return (await self._call(ops.READER_LIST, asked)).readers

    async def reader_get(self, reader_id: str) -> Sequence[Reader]:
        """One reader, in a list of one."""
        asked = ReaderGet(oem_key=self._key, reader_id=reader_id)
        return (await self._call(ops.READER_GET, asked)).readers

    async def reader_add(self, reader: ReaderFields) -> Reader:
        """A new reader, as it is kept."""
        asked = ReaderAdd(oem_key=self._key, reader=reader)
        return (await self._call(ops.READER_ADD, asked)).reader

    async def reader_edit(self, reader: ReaderFields) -> Reader:
        """A reader changed in what is given; a collateral that is left out becomes empty."""
        asked = ReaderEdit(oem_key=self._key, reader=reader)
        return (await self._call(ops.READER_EDIT, asked)).reader

    # --- users

    async def user_count(self, account_id: str = "", location_id: str = "") -> Counted:
        """How many users there are, and in how many batches."""
        asked = UserCount(oem_key=self._key, account_id=account_id, location_id=location_id)
        return await self._call(ops.USER_COUNT, asked)

    async def user_list(
        self, counted: Counted, batch: int, account_id: str = "", location_id: str = ""
    ) -> Sequence[User]:
        """One batch of users, counted from 1; `counted` is what `user_count` said."""
        asked = UserList(
            oem_key=self._key,
            account_id=account_id,
            location_id=location_id,
            totalcount=counted.totalcount,
            batch=Count(batch),
        )
        return (await self._call(ops.USER_LIST, asked)).users

    async def users(
        self, account_id: str = "", location_id: str = ""
    ) -> AsyncIterator[tuple[Sequence[User], int]]:
        """All users batch by batch, each with how many there are in all."""
        counted = await self.user_count(account_id, location_id)
        for batch in range(1, counted.batchcounter + 1):
            found = await self.user_list(counted, batch, account_id, location_id)
            yield found, int(counted.totalcount)

    async def user_find(self, phone: str, last_name: str) -> User:
        """The user with this phone (E.164) and last name. Declined where there is none."""
        asked = UserFind(oem_key=self._key, phone=phone, last_name=last_name)
        return (await self._call(ops.USER_FIND, asked)).user

    async def user_get(self, user_id: str) -> User:
        """One user."""
        asked = UserGet(oem_key=self._key, user_id=user_id)
        return (await self._call(ops.USER_GET, asked)).user

    async def user_preregister(self, user: PreRegisteredFields) -> PreRegisteredUser:
        """A new user who sets his password when he first opens the app."""
        asked = UserPreregister(oem_key=self._key, user=user)
        return (await self._call(ops.USER_PREREGISTER, asked)).user

    async def user_register(self, user: UserFields) -> User:
        """A new user with a password."""
        asked = UserRegister(oem_key=self._key, user=user)
        return (await self._call(ops.USER_REGISTER, asked)).user

    async def user_edit(self, user: UserFields) -> User:
        """A user changed in what is given, as he is kept."""
        asked = UserEdit(oem_key=self._key, user=user)
        return (await self._call(ops.USER_EDIT, asked)).user

    async def user_delete(self, user_id: str) -> None:
        """Delete a user with all that is his."""
        await self._call(ops.USER_DELETE, UserDelete(oem_key=self._key, user_id=user_id))

    async def user_associate(self, user_id: str, location_ids: Sequence[str]) -> User:
        """Make a user known at locations."""
        asked = UserAssociate(oem_key=self._key, user_id=user_id, location_ids=tuple(location_ids))
        return (await self._call(ops.USER_ASSOCIATE, asked)).user

    async def user_remove(self, user_id: str, account_id: str) -> None:
        """Take a user out of an account: his access there is revoked."""
        asked = UserRemove(oem_key=self._key, user_id=user_id, account_id=account_id)
        await self._call(ops.USER_REMOVE, asked)

    async def user_needaccess(self, account_id: str = "", location_id: str = "") -> Sequence[User]:
        """Users who are known there and have no access yet."""
        asked = NeedAccess(oem_key=self._key, account_id=account_id, location_id=location_id)
        return (await self._call(ops.NEED_ACCESS, asked)).users

    # --- credentials

    async def credential_get(self, user_id: str) -> Sequence[Credential]:
        """All credentials of a user."""
        asked = CredentialGet(oem_key=self._key, user_id=user_id)
        return (await self._call(ops.CREDENTIAL_GET, asked)).credentials

    async def credential_generate(self, user_id: str, account_id: str) -> Credential:
        """The next card number of the account, for a user."""
        asked = CredentialGenerate(oem_key=self._key, user_id=user_id, account_id=account_id)
        return (await self._call(ops.CREDENTIAL_GENERATE, asked)).credential

    # --- roles

    async def role_list(self, site_id: str) -> Sequence[Role]:
        """The phone roles of a location."""
        return (await self._call(ops.ROLE_LIST, RoleList(oem_key=self._key, site_id=site_id))).roles

    async def role_add(self, site_id: str, role_name: str) -> str:
        """A new role at a location; its id."""
        asked = RoleAdd(oem_key=self._key, site_id=site_id, role_name=role_name)
        return (await self._call(ops.ROLE_ADD, asked)).role_id

    async def role_edit(
        self,
        site_id: str,
        role_id: str,
        reader_id: str | None = None,
        schedule_type: str | None = None,
    ) -> None:
        """Put a reader into a role ("24x7"), or take it out ("None")."""
        asked = RoleEdit(
            oem_key=self._key,
            site_id=site_id,
            role_id=role_id,
            reader_id=reader_id,
            schedule_type=schedule_type,
        )
        await self._call(ops.ROLE_EDIT, asked)

    async def user_grantphonerole(
        self,
        site_id: str,
        user_ids: Sequence[str],
        role_ids: Sequence[str],
        start_date: datetime,
        stop_date: datetime,
    ) -> None:
        """Give users roles, in the readers' wall time: from a midnight to a whole minute."""
        asked = GrantPhoneRole(
            oem_key=self._key,
            site_id=site_id,
            user_ids=tuple(user_ids),
            role_ids=tuple(role_ids),
            start_date=start_date,
            stop_date=stop_date,
        )
        await self._call(ops.GRANT_PHONE_ROLE, asked)

    # --- VIZpins

    async def vizpin_list(
        self, account_id: str, user_id: str, reader_ids: Sequence[str] = ()
    ) -> Sequence[Vizpin]:
        """A user's VIZpins at these readers, or at all."""
        asked = VizpinList(
            oem_key=self._key,
            account_id=account_id,
            user_id=user_id,
            reader_ids=tuple(reader_ids),
        )
        return (await self._call(ops.VIZPIN_LIST, asked)).vizpins

    async def vizpin_grant(
        self,
        user_ids: Sequence[str],
        reader_ids: Sequence[str],
        start_date: datetime | None = None,
        stop_date: datetime | None = None,
        schedule: Schedule = ALWAYS,
    ) -> Sequence[Vizpin]:
        """Give each user access to each reader, in the readers' wall time; None: open."""
        asked = VizpinGrant(
            oem_key=self._key,
            user_ids=tuple(user_ids),
            reader_ids=tuple(reader_ids),
            start_date=start_date,
            stop_date=stop_date,
            schedule=schedule,
        )
        return (await self._call(ops.VIZPIN_GRANT, asked)).vizpins

    async def vizpin_revoke(self, vizpin_ids: Sequence[str]) -> Sequence[Vizpin]:
        """Take access away; the VIZpins as they are then."""
        asked = VizpinRevoke(oem_key=self._key, vizpin_ids=tuple(vizpin_ids))
        return (await self._call(ops.VIZPIN_REVOKE, asked)).vizpins

    # --- what happened, and deleting

    async def activity_list(
        self,
        start_date: date,
        end_date: date,
        account_id: str,
        user_id: str = "",
        reader_id: str = "",
    ) -> Sequence[Activity]:
        """What happened on these days, both whole: at a reader, or of a user."""
        asked = ActivityList(
            oem_key=self._key,
            start_date=start_date,
            end_date=end_date,
            account_id=account_id,
            user_id=user_id,
            reader_id=reader_id,
        )
        return (await self._call(ops.ACTIVITY_LIST, asked)).activity

    async def object_delete(self, object_id: str, kind: str) -> None:
        """Delete an "account", a "location" or a "reader" with all that hangs on it."""
        asked = ObjectDelete(oem_key=self._key, object_id=object_id, kind=kind)
        await self._call(ops.OBJECT_DELETE, asked)
