"""The 36 methods in one table: read by the client and the server alike.

Source: VIZpin OEM API 4.3, methods and appendix 1. Where a sample shows another success code than
the appendix, the appendix holds; methods without an error code of their own have their list's.
"""

from doorward.connectors.vizpin.wire.accounts import (
    AccountAdd,
    AccountEdit,
    AccountGet,
    AccountList,
    Accounts,
    OneAccount,
)
from doorward.connectors.vizpin.wire.activity import (
    Activities,
    ActivityList,
    ObjectDelete,
    unswapped,
)
from doorward.connectors.vizpin.wire.codes import ErrorCode, Success
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
from doorward.connectors.vizpin.wire.operation import AnyOperation, Operation
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

_S, _E = Success, ErrorCode

AUTHENTICATE = Operation(
    "user.authenticate",
    Login,
    Token,
    _S.AUTENTICATE_SUCCESS,
    _E.USER_LOGIN_ERROR,
    repeatable=False,  # a wrong password counts each time
    needs_session=False,
    errors=(("username", _E.BAD_USERNAME), ("password", _E.BAD_PASSWORD)),
)
TIME = Operation("time", Time, Done, _S.TIME_SUCCESS, _E.TIME_ERROR)

ACCOUNT_LIST = Operation(
    "account.list", AccountList, Accounts, _S.ACCOUNT_LIST_SUCCESS, _E.ACCOUNT_LIST_ERROR
)
ACCOUNT_GET = Operation(
    "account.get", AccountGet, OneAccount, _S.ACCOUNT_GET_SUCCESS, _E.ACCOUNT_LIST_ERROR
)
ACCOUNT_ADD = Operation(
    "account.add",
    AccountAdd,
    OneAccount,
    _S.ACCOUNT_ADD_SUCCESS,
    _E.ACCOUNT_ADD_ERROR,
    repeatable=False,
)
ACCOUNT_EDIT = Operation(
    "account.edit", AccountEdit, OneAccount, _S.ACCOUNT_EDIT_SUCCESS, _E.ACCOUNT_EDIT_ERROR
)

LOCATION_LIST = Operation(
    "location.list", LocationList, Locations, _S.LOCATION_LIST_SUCCESS, _E.LOCATION_LIST_ERROR
)
LOCATION_GET = Operation(
    "location.get", LocationGet, Locations, _S.LOCATION_GET_SUCCESS, _E.LOCATION_GET_ERROR
)
LOCATION_ADD = Operation(
    "location.add",
    LocationAdd,
    OneLocation,
    _S.LOCATION_ADD_SUCCESS,
    _E.LOCATION_ADD_ERROR,
    repeatable=False,
)
LOCATION_EDIT = Operation(
    "location.edit", LocationEdit, OneLocation, _S.LOCATION_EDIT_SUCCESS, _E.LOCATION_EDIT_ERROR
)

READER_LIST = Operation(
    "reader.list", ReaderList, Readers, _S.READER_LIST_SUCCESS, _E.READER_LIST_ERROR
)
READER_GET = Operation(
    "reader.get", ReaderGet, Readers, _S.READER_GET_SUCCESS, _E.READER_LIST_ERROR
)
READER_ADD = Operation(
    "reader.add", ReaderAdd, OneReader, _S.READER_ADD_SUCCESS, _E.READER_ADD_ERROR, repeatable=False
)
READER_EDIT = Operation(
    "reader.edit", ReaderEdit, OneReader, _S.READER_EDIT_SUCCESS, _E.READER_EDIT_ERROR
)

USER_COUNT = Operation("user.count", UserCount, Counted, _S.USER_COUNT_SUCCESS, _E.USER_COUNT_ERROR)
USER_LIST = Operation("user.list", UserList, Users, _S.USER_LIST_SUCCESS, _E.USER_LIST_ERROR)
USER_FIND = Operation("user.find", UserFind, OneUser, _S.USER_FIND_SUCCESS, _E.USER_FIND_ERROR)
USER_GET = Operation("user.get", UserGet, OneUser, _S.USER_GET_SUCCESS, _E.USER_GET_ERROR)
USER_PREREGISTER = Operation(
    "user.preregister",
    UserPreregister,
    OnePreRegistered,
    _S.USER_PREREGISTER_SUCCESS,
    _E.USER_PREREGISTER_ERROR,
    repeatable=False,
)
USER_REGISTER = Operation(
    "user.register",
    UserRegister,
    OneUser,
    _S.USER_REGISTER_SUCCESS,
    _E.USER_REGISTER_ERROR,
    repeatable=False,
)
USER_EDIT = Operation("user.edit", UserEdit, OneUser, _S.USER_EDIT_SUCCESS, _E.USER_EDIT_ERROR)
USER_DELETE = Operation(
    "user.delete", UserDelete, Done, _S.USER_DELETE_SUCCESS, _E.USER_DELETE_ERROR, repeatable=False
)
USER_ASSOCIATE = Operation(
    "user.associate", UserAssociate, OneUser, _S.USER_ASSOCIATE_SUCCESS, _E.USER_ASSOCIATE_ERROR
)

CREDENTIAL_GET = Operation(
    "credential.get", CredentialGet, Credentials, _S.CREDENTIAL_GET_SUCCESS, _E.CREDENTIAL_GET_ERROR
)
CREDENTIAL_GENERATE = Operation(
    "credential.generate",
    CredentialGenerate,
    OneCredential,
    _S.CREDENTIAL_GENERATE_SUCCESS,
    _E.CREDENTIAL_GENERATE_ERROR,
    repeatable=False,
)

NEED_ACCESS = Operation(
    "user.NeedAccess", NeedAccess, Users, _S.USER_LIST_SUCCESS, _E.USER_LIST_ERROR
)
GRANT_PHONE_ROLE = Operation(
    "user.grantphonerole",
    GrantPhoneRole,
    Done,
    _S.USER_GRANT_SUCCESS,
    _E.USER_GRANT_ERROR,
    repeatable=False,
)

ROLE_LIST = Operation("role.list", RoleList, Roles, _S.ROLE_LIST_SUCCESS, _E.ROLE_LIST_ERROR)
ROLE_ADD = Operation(
    "role.add", RoleAdd, RoleAdded, _S.ROLE_ADD_SUCCESS, _E.ROLE_ADD_ERROR, repeatable=False
)
ROLE_EDIT = Operation("role.edit", RoleEdit, Done, _S.ROLE_EDIT_SUCCESS, _E.ROLE_EDIT_ERROR)

VIZPIN_LIST = Operation(
    "vizpin.list", VizpinList, Vizpins, _S.VIZPIN_LIST_SUCCESS, _E.VIZPIN_LIST_ERROR
)
VIZPIN_GRANT = Operation(
    "vizpin.grant",
    VizpinGrant,
    Vizpins,
    _S.VIZPIN_GRANT_SUCCESS,
    _E.VIZPIN_GRANT_ERROR,
    repeatable=False,
)
VIZPIN_REVOKE = Operation(
    "vizpin.revoke", VizpinRevoke, Vizpins, _S.VIZPIN_REVOKE_SUCCESS, _E.VIZPIN_REVOKE_ERROR
)

ACTIVITY_LIST = Operation(
    "activity.list", ActivityList, Activities, _S.ACTIVITY_LIST_SUCCESS, _E.ACTIVITY_LIST_ERROR
)
USER_REMOVE = Operation(
    "user.remove",
    UserRemove,
    Done,
    _S.USER_ACCOUNT_REMOVE_SUCCESS,
    _E.USER_ACCOUNT_REMOVE_ERROR,
    repeatable=False,
)
OBJECT_DELETE = Operation(
    "object.delete",
    ObjectDelete,
    Done,
    _S.OBJECT_DELETE_SUCCESS,
    _E.OBJECT_DELETE_ERROR,
    repeatable=False,
    tidied=unswapped,
)

DELETE_ERRORS = {
    "account": ErrorCode.OBJECT_DELETE_ERROR,
    "location": ErrorCode.SITE_DELETE_ERROR,
    "reader": ErrorCode.READER_DELETE_ERROR,
}
"""The error of object.delete, by the kind of object."""

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
