"""The facts behind the protocol: one method per operation, named after it.

`com.vizpin.user.NeedAccess` is answered by `user_needaccess` (`method_name`). A method is given who
calls and what is asked, and answers, or raises: `Faulty` for a field that cannot be taken (the
operation's own code goes with it), `Declined` where the document has a code of its own. What it
raised for has changed nothing.
"""

from typing import NamedTuple, Protocol

from doorward.connectors.vizpin.wire.accounts import (
    AccountAdd,
    AccountEdit,
    AccountGet,
    AccountList,
    Accounts,
    OneAccount,
)
from doorward.connectors.vizpin.wire.activity import Activities, ActivityList, ObjectDelete
from doorward.connectors.vizpin.wire.codes import ErrorCode
from doorward.connectors.vizpin.wire.credentials import (
    CredentialGenerate,
    CredentialGet,
    Credentials,
    OneCredential,
)
from doorward.connectors.vizpin.wire.locations import (
    LocationAdd,
    LocationEdit,
    LocationGet,
    LocationList,
    Locations,
    OneLocation,
)
from doorward.connectors.vizpin.wire.operation import AnyOperation
from doorward.connectors.vizpin.wire.readers import (
    OneReader,
    ReaderAdd,
    ReaderEdit,
    ReaderGet,
    ReaderList,
    Readers,
)
from doorward.connectors.vizpin.wire.roles import (
    GrantPhoneRole,
    RoleAdd,
    RoleAdded,
    RoleEdit,
    RoleList,
    Roles,
)
from doorward.connectors.vizpin.wire.session import Done, Login, Time, Token
from doorward.connectors.vizpin.wire.users import (
    Counted,
    NeedAccess,
    OnePreRegistered,
    OneUser,
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
from doorward.connectors.vizpin.wire.vizpins import VizpinGrant, VizpinList, VizpinRevoke, Vizpins
from doorward.net.secrets import Secret


class Declined(Exception):
    """A call that is declined with a code of its own, such as that of a locked login."""

    def __init__(self, code: ErrorCode, message: str = "") -> None:
        self.code = code
        self.message = message or code.text
        super().__init__(self.message)


class Caller(NamedTuple):
    """Whose session it is: all that the call sees and changes belongs to this OEM."""

    oem: str
    username: str


def method_name(operation: AnyOperation) -> str:
    """The name of the Backend's method that answers an operation."""
    return operation.short.replace(".", "_").lower()


class Gate(Protocol):
    """Who may call, and when."""

    def now(self) -> int:
        """The server's time in seconds since 1970."""
        ...

    def admits(self, address: str) -> bool:
        """Whether calls from this address are answered."""
        ...

    def session(self, token: str) -> Caller | None:
        """Whose token it is, which counts as activity; None for a wrong or an expired one."""
        ...

    def holds_key(self, key: Secret, caller: Caller | None) -> bool:
        """Whether it is the caller's OEM key; before a login, anybody's. In constant time."""
        ...

    def user_authenticate(self, asked: Login) -> Token:
        """A new session. Raises Declined for a wrong name or password, and while locked."""
        ...


class Places(Protocol):
    """Accounts, locations, readers."""

    def account_list(self, caller: Caller, asked: AccountList) -> Accounts: ...

    def account_get(self, caller: Caller, asked: AccountGet) -> OneAccount: ...

    def account_add(self, caller: Caller, asked: AccountAdd) -> OneAccount: ...

    def account_edit(self, caller: Caller, asked: AccountEdit) -> OneAccount: ...

    def location_list(self, caller: Caller, asked: LocationList) -> Locations: ...

    def location_get(self, caller: Caller, asked: LocationGet) -> Locations: ...

    def location_add(self, caller: Caller, asked: LocationAdd) -> OneLocation: ...

    def location_edit(self, caller: Caller, asked: LocationEdit) -> OneLocation: ...

    def reader_list(self, caller: Caller, asked: ReaderList) -> Readers: ...

    def reader_get(self, caller: Caller, asked: ReaderGet) -> Readers: ...

    def reader_add(self, caller: Caller, asked: ReaderAdd) -> OneReader: ...

    def reader_edit(self, caller: Caller, asked: ReaderEdit) -> OneReader: ...

    def object_delete(self, caller: Caller, asked: ObjectDelete) -> Done: ...


class People(Protocol):
    """Users and their card numbers."""

    def user_count(self, caller: Caller, asked: UserCount) -> Counted: ...

    def user_list(self, caller: Caller, asked: UserList) -> Users: ...

    def user_find(self, caller: Caller, asked: UserFind) -> OneUser: ...

    def user_get(self, caller: Caller, asked: UserGet) -> OneUser: ...

    def user_preregister(self, caller: Caller, asked: UserPreregister) -> OnePreRegistered: ...

    def user_register(self, caller: Caller, asked: UserRegister) -> OneUser: ...

    def user_edit(self, caller: Caller, asked: UserEdit) -> OneUser: ...

    def user_delete(self, caller: Caller, asked: UserDelete) -> Done: ...

    def user_associate(self, caller: Caller, asked: UserAssociate) -> OneUser: ...

    def user_remove(self, caller: Caller, asked: UserRemove) -> Done: ...

    def credential_get(self, caller: Caller, asked: CredentialGet) -> Credentials: ...

    def credential_generate(self, caller: Caller, asked: CredentialGenerate) -> OneCredential: ...


class Access(Protocol):
    """Roles, VIZpins, and what happened at readers."""

    def time(self, caller: Caller, asked: Time) -> Done: ...

    def user_needaccess(self, caller: Caller, asked: NeedAccess) -> Users: ...

    def user_grantphonerole(self, caller: Caller, asked: GrantPhoneRole) -> Done: ...

    def role_list(self, caller: Caller, asked: RoleList) -> Roles: ...

    def role_add(self, caller: Caller, asked: RoleAdd) -> RoleAdded: ...

    def role_edit(self, caller: Caller, asked: RoleEdit) -> Done: ...

    def vizpin_list(self, caller: Caller, asked: VizpinList) -> Vizpins: ...

    def vizpin_grant(self, caller: Caller, asked: VizpinGrant) -> Vizpins: ...

    def vizpin_revoke(self, caller: Caller, asked: VizpinRevoke) -> Vizpins: ...

    def activity_list(self, caller: Caller, asked: ActivityList) -> Activities: ...


class Backend(Gate, Places, People, Access, Protocol):
    """All 36 operations."""
