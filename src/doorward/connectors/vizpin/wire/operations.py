"""The 36 methods in one table: read by the client and the server alike.

Source: VIZpin OEM API 4.3, methods and appendix 1. Where a sample shows another success code than
the appendix, the appendix holds; methods without an error code of their own have their list's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from doorward.connectors.vizpin.wire import (
    accounts,
    activity,
    credentials,
    fields,
    locations,
    readers,
    roles,
    session,
    users,
    vizpins,
)
from doorward.connectors.vizpin.wire.codes import ErrorCode, Success
from doorward.connectors.vizpin.wire.faults import Fault, Faulty
from doorward.connectors.vizpin.wire.fields import Asked, Spec
from doorward.connectors.vizpin.wire.rules import KEY
from doorward.connectors.vizpin.wire.session import Done
from doorward.net.secrets import Secret

P = TypeVar("P", bound=Asked)
A = TypeVar("A", bound=msgspec.Struct)


def _as_sent(raw: object) -> object:
    return raw


@dataclass(frozen=True)
class Operation(Generic[P, A]):
    """One method.

    `repeatable`: a second call does no harm and answers the same, so it may be sent again when an
    answer was lost. `errors`: the codes of faults in fields that have one of their own.
    """

    name: str
    asks: type[P]
    answers: type[A]
    success: Success
    error: ErrorCode
    repeatable: bool = True
    needs_session: bool = True
    errors: tuple[tuple[str, ErrorCode], ...] = ()
    tidied: Callable[[object], object] = _as_sent

    @property
    def parameters(self) -> tuple[Spec, ...]:
        """The parameters: name, other names, rule, whether required."""
        return fields.specs(self.asks)

    @property
    def needs_key(self) -> bool:
        """Whether the OEM key is required."""
        return issubclass(self.asks, session.Keyed)

    def read_key(self, raw: object) -> Secret | Fault | None:
        """The OEM key that was sent, before anything else is read; None where it may be missing."""
        try:
            said = fields.folded(raw, "")
            key = fields.pick(said, ("oemkey",), "oem_key")
            if key is None and not self.needs_key:
                return None
            return KEY.read("" if key is None else key, "oem_key")
        except Faulty as faulty:
            return faulty.fault

    def read_params(self, raw: object) -> P | Fault:
        """The parameters, each by its rule; the first fault where one cannot be taken."""
        try:
            return fields.read(self.asks, self.tidied(raw))
        except Faulty as faulty:
            return faulty.fault

    def write_params(self, params: P) -> dict[str, object]:
        """The parameters as they are sent. Raises Faulty for what the rules don't allow."""
        return fields.write(params)

    def code_for(self, fault: Fault) -> ErrorCode:
        """The error code of a call with this fault."""
        return dict(self.errors).get(fault.field, _KEY_ERRORS.get(fault.field, self.error))


_KEY_ERRORS = {"oem_key": ErrorCode.BAD_OEM_KEY}
_S, _E = Success, ErrorCode

AUTHENTICATE = Operation(
    "com.vizpin.user.authenticate",
    session.Login,
    session.Token,
    _S.AUTENTICATE_SUCCESS,
    _E.USER_LOGIN_ERROR,
    repeatable=False,  # a wrong password counts each time
    needs_session=False,
    errors=(("username", _E.BAD_USERNAME), ("password", _E.BAD_PASSWORD)),
)
TIME = Operation("com.vizpin.time", session.Time, Done, _S.TIME_SUCCESS, _E.TIME_ERROR)

ACCOUNT_LIST = Operation(
    "com.vizpin.account.list",
    accounts.AccountList,
    accounts.Accounts,
    _S.ACCOUNT_LIST_SUCCESS,
    _E.ACCOUNT_LIST_ERROR,
)
ACCOUNT_GET = Operation(
    "com.vizpin.account.get",
    accounts.AccountGet,
    accounts.OneAccount,
    _S.ACCOUNT_GET_SUCCESS,
    _E.ACCOUNT_LIST_ERROR,
)
ACCOUNT_ADD = Operation(
    "com.vizpin.account.add",
    accounts.AccountAdd,
    accounts.OneAccount,
    _S.ACCOUNT_ADD_SUCCESS,
    _E.ACCOUNT_ADD_ERROR,
    repeatable=False,
)
ACCOUNT_EDIT = Operation(
    "com.vizpin.account.edit",
    accounts.AccountEdit,
    accounts.OneAccount,
    _S.ACCOUNT_EDIT_SUCCESS,
    _E.ACCOUNT_EDIT_ERROR,
)

LOCATION_LIST = Operation(
    "com.vizpin.location.list",
    locations.LocationList,
    locations.Locations,
    _S.LOCATION_LIST_SUCCESS,
    _E.LOCATION_LIST_ERROR,
)
LOCATION_GET = Operation(
    "com.vizpin.location.get",
    locations.LocationGet,
    locations.Locations,
    _S.LOCATION_GET_SUCCESS,
    _E.LOCATION_GET_ERROR,
)
LOCATION_ADD = Operation(
    "com.vizpin.location.add",
    locations.LocationAdd,
    locations.OneLocation,
    _S.LOCATION_ADD_SUCCESS,
    _E.LOCATION_ADD_ERROR,
    repeatable=False,
)
LOCATION_EDIT = Operation(
    "com.vizpin.location.edit",
    locations.LocationEdit,
    locations.OneLocation,
    _S.LOCATION_EDIT_SUCCESS,
    _E.LOCATION_EDIT_ERROR,
)

READER_LIST = Operation(
    "com.vizpin.reader.list",
    readers.ReaderList,
    readers.Readers,
    _S.READER_LIST_SUCCESS,
    _E.READER_LIST_ERROR,
)
READER_GET = Operation(
    "com.vizpin.reader.get",
    readers.ReaderGet,
    readers.Readers,
    _S.READER_GET_SUCCESS,
    _E.READER_LIST_ERROR,
)
READER_ADD = Operation(
    "com.vizpin.reader.add",
    readers.ReaderAdd,
    readers.OneReader,
    _S.READER_ADD_SUCCESS,
    _E.READER_ADD_ERROR,
    repeatable=False,
)
READER_EDIT = Operation(
    "com.vizpin.reader.edit",
    readers.ReaderEdit,
    readers.OneReader,
    _S.READER_EDIT_SUCCESS,
    _E.READER_EDIT_ERROR,
)

USER_COUNT = Operation(
    "com.vizpin.user.count",
    users.UserCount,
    users.Counted,
    _S.USER_COUNT_SUCCESS,
    _E.USER_COUNT_ERROR,
)
USER_LIST = Operation(
    "com.vizpin.user.list",
    users.UserList,
    users.Users,
    _S.USER_LIST_SUCCESS,
    _E.USER_LIST_ERROR,
)
USER_FIND = Operation(
    "com.vizpin.user.find",
    users.UserFind,
    users.OneUser,
    _S.USER_FIND_SUCCESS,
    _E.USER_FIND_ERROR,
)
USER_GET = Operation(
    "com.vizpin.user.get",
    users.UserGet,
    users.OneUser,
    _S.USER_GET_SUCCESS,
    _E.USER_GET_ERROR,
)
USER_PREREGISTER = Operation(
    "com.vizpin.user.preregister",
    users.UserPreregister,
    users.OnePreRegistered,
    _S.USER_PREREGISTER_SUCCESS,
    _E.USER_PREREGISTER_ERROR,
    repeatable=False,
)
USER_REGISTER = Operation(
    "com.vizpin.user.register",
    users.UserRegister,
    users.OneUser,
    _S.USER_REGISTER_SUCCESS,
    _E.USER_REGISTER_ERROR,
    repeatable=False,
)
USER_EDIT = Operation(
    "com.vizpin.user.edit",
    users.UserEdit,
    users.OneUser,
    _S.USER_EDIT_SUCCESS,
    _E.USER_EDIT_ERROR,
)
USER_DELETE = Operation(
    "com.vizpin.user.delete",
    users.UserDelete,
    Done,
    _S.USER_DELETE_SUCCESS,
    _E.USER_DELETE_ERROR,
    repeatable=False,
)
USER_ASSOCIATE = Operation(
    "com.vizpin.user.associate",
    users.UserAssociate,
    users.OneUser,
    _S.USER_ASSOCIATE_SUCCESS,
    _E.USER_ASSOCIATE_ERROR,
)

CREDENTIAL_GET = Operation(
    "com.vizpin.credential.get",
    credentials.CredentialGet,
    credentials.Credentials,
    _S.CREDENTIAL_GET_SUCCESS,
    _E.CREDENTIAL_GET_ERROR,
)
CREDENTIAL_GENERATE = Operation(
    "com.vizpin.credential.generate",
    credentials.CredentialGenerate,
    credentials.OneCredential,
    _S.CREDENTIAL_GENERATE_SUCCESS,
    _E.CREDENTIAL_GENERATE_ERROR,
    repeatable=False,
)

NEED_ACCESS = Operation(
    "com.vizpin.user.NeedAccess",
    users.NeedAccess,
    users.Users,
    _S.USER_LIST_SUCCESS,
    _E.USER_LIST_ERROR,
)
GRANT_PHONE_ROLE = Operation(
    "com.vizpin.user.grantphonerole",
    roles.GrantPhoneRole,
    Done,
    _S.USER_GRANT_SUCCESS,
    _E.USER_GRANT_ERROR,
    repeatable=False,
)

ROLE_LIST = Operation(
    "com.vizpin.role.list",
    roles.RoleList,
    roles.Roles,
    _S.ROLE_LIST_SUCCESS,
    _E.ROLE_LIST_ERROR,
)
ROLE_ADD = Operation(
    "com.vizpin.role.add",
    roles.RoleAdd,
    roles.RoleAdded,
    _S.ROLE_ADD_SUCCESS,
    _E.ROLE_ADD_ERROR,
    repeatable=False,
)
ROLE_EDIT = Operation(
    "com.vizpin.role.edit",
    roles.RoleEdit,
    Done,
    _S.ROLE_EDIT_SUCCESS,
    _E.ROLE_EDIT_ERROR,
)

VIZPIN_LIST = Operation(
    "com.vizpin.vizpin.list",
    vizpins.VizpinList,
    vizpins.Vizpins,
    _S.VIZPIN_LIST_SUCCESS,
    _E.VIZPIN_LIST_ERROR,
)
VIZPIN_GRANT = Operation(
    "com.vizpin.vizpin.grant",
    vizpins.VizpinGrant,
    vizpins.Vizpins,
    _S.VIZPIN_GRANT_SUCCESS,
    _E.VIZPIN_GRANT_ERROR,
    repeatable=False,
)
VIZPIN_REVOKE = Operation(
    "com.vizpin.vizpin.revoke",
    vizpins.VizpinRevoke,
    vizpins.Vizpins,
    _S.VIZPIN_REVOKE_SUCCESS,
    _E.VIZPIN_REVOKE_ERROR,
)

ACTIVITY_LIST = Operation(
    "com.vizpin.activity.list",
    activity.ActivityList,
    activity.Activities,
    _S.ACTIVITY_LIST_SUCCESS,
    _E.ACTIVITY_LIST_ERROR,
)
USER_REMOVE = Operation(
    "com.vizpin.user.remove",
    users.UserRemove,
    Done,
    _S.USER_ACCOUNT_REMOVE_SUCCESS,
    _E.USER_ACCOUNT_REMOVE_ERROR,
    repeatable=False,
)
OBJECT_DELETE = Operation(
    "com.vizpin.object.delete",
    activity.ObjectDelete,
    Done,
    _S.OBJECT_DELETE_SUCCESS,
    _E.OBJECT_DELETE_ERROR,
    repeatable=False,
    tidied=activity.unswapped,
)

DELETE_ERRORS = {
    "account": ErrorCode.OBJECT_DELETE_ERROR,
    "location": ErrorCode.SITE_DELETE_ERROR,
    "reader": ErrorCode.READER_DELETE_ERROR,
}
"""The error of object.delete, by the kind of object."""

AnyOperation = Operation[Any, Any]

OPERATIONS: dict[str, AnyOperation] = {
    operation.name: operation
    for operation in (
        AUTHENTICATE,
        TIME,
        ACCOUNT_LIST,
        ACCOUNT_GET,
        ACCOUNT_ADD,
        ACCOUNT_EDIT,
        LOCATION_LIST,
        LOCATION_GET,
        LOCATION_ADD,
        LOCATION_EDIT,
        READER_LIST,
        READER_GET,
        READER_ADD,
        READER_EDIT,
        USER_COUNT,
        USER_LIST,
        USER_FIND,
        USER_GET,
        USER_PREREGISTER,
        USER_REGISTER,
        USER_EDIT,
        USER_DELETE,
        USER_ASSOCIATE,
        CREDENTIAL_GET,
        CREDENTIAL_GENERATE,
        NEED_ACCESS,
        GRANT_PHONE_ROLE,
        ROLE_LIST,
        ROLE_ADD,
        ROLE_EDIT,
        VIZPIN_LIST,
        VIZPIN_GRANT,
        VIZPIN_REVOKE,
        ACTIVITY_LIST,
        USER_REMOVE,
        OBJECT_DELETE,
    )
}
"""All methods by name."""

MASKED = frozenset(
    {"oem_key", "password", "token", "phoneconfirmation", "cardnumber", "cardnumberformatted"}
)
"""Values that are shown nowhere, by their names on the wire."""
