"""The numbers in every answer.

Source: VIZpin OEM API 4.3, appendix 1. Success and error codes share their numbers: 43 is the
success of activity.list and the error of user.list, so `status` is read before `code`. Where a
sample shows another code than the appendix, the appendix holds.
"""

from enum import IntEnum
from typing import Literal

Kind = Literal["session", "denied", "request", "failed"]
"""Who can do something: log in again; an operator (login, key, address); the caller, who sent
something that is not a call; the caller, whose call was declined."""


class Status(IntEnum):
    """Whether a call worked."""

    UNKNOWN_ERROR = -1
    ERROR = 0
    SUCCESS = 1


class Success(IntEnum):
    """The code of a call that worked (status 1)."""

    AUTENTICATE_SUCCESS = 9  # the document's spelling
    TIME_SUCCESS = 30
    ACCOUNT_LIST_SUCCESS = 32
    ACCOUNT_ADD_SUCCESS = 34
    READER_LIST_SUCCESS = 36
    READER_ADD_SUCCESS = 38
    READER_EDIT_SUCCESS = 40
    USER_LIST_SUCCESS = 42
    ACTIVITY_LIST_SUCCESS = 43
    USER_FIND_SUCCESS = 44
    USER_ASSOCIATE_SUCCESS = 46
    VIZPIN_LIST_SUCCESS = 48
    VIZPIN_GRANT_SUCCESS = 50
    VIZPIN_REVOKE_SUCCESS = 52
    VIZPIN_ADD_SUCCESS = 54
    USER_ACCESS_SUCCESS = 62
    ACCOUNT_GET_SUCCESS = 64
    LOCATION_LIST_SUCCESS = 66
    LOCATION_GET_SUCCESS = 67
    LOCATION_ADD_SUCCESS = 68
    LOCATION_EDIT_SUCCESS = 69
    READER_GET_SUCCESS = 70
    USER_COUNT_SUCCESS = 71
    USER_GET_SUCCESS = 72
    USER_REGISTER_SUCCESS = 73
    USER_EDIT_SUCCESS = 74
    CREDENTIAL_GET_SUCCESS = 75
    CREDENTIAL_GENERATE_SUCCESS = 76
    ACCOUNT_EDIT_SUCCESS = 93
    USER_PREREGISTER_SUCCESS = 97
    USER_DELETE_SUCCESS = 100
    USER_ACCOUNT_REMOVE_SUCCESS = 102
    OBJECT_DELETE_SUCCESS = 105
    USER_GRANT_SUCCESS = 108
    ROLE_LIST_SUCCESS = 110
    ROLE_ADD_SUCCESS = 113
    ROLE_EDIT_SUCCESS = 115

    @property
    def text(self) -> str:
        """The message that goes with it."""
        return f"{_spoken(self.name, '_SUCCESS')}: done"


class ErrorCode(IntEnum):
    """The code of a call that failed (status 0)."""

    BAD_PASSWORD = 4
    BAD_SESSION = 20
    VERIFY_PENDING = 24
    TIME_ERROR = 31
    ACCOUNT_LIST_ERROR = 33
    ACCOUNT_ADD_ERROR = 35
    READER_LIST_ERROR = 37
    READER_ADD_ERROR = 39
    READER_EDIT_ERROR = 41
    USER_LIST_ERROR = 43
    USER_FIND_ERROR = 45
    USER_ASSOCIATE_ERROR = 47
    VIZPIN_LIST_ERROR = 49
    VIZPIN_GRANT_ERROR = 51
    VIZPIN_REVOKE_ERROR = 53
    VIZPIN_ADD_ERROR = 55
    ACTIVITY_LIST_ERROR = 57
    BAD_OEM_KEY = 59
    USER_LOGIN_ERROR = 61
    USER_ACCESS_ERROR = 63
    BAD_USERNAME = 65
    LOCATION_LIST_ERROR = 81
    LOCATION_GET_ERROR = 82
    LOCATION_ADD_ERROR = 83
    LOCATION_EDIT_ERROR = 84
    USER_COUNT_ERROR = 86
    USER_GET_ERROR = 87
    USER_REGISTER_ERROR = 88
    USER_EDIT_ERROR = 89
    CREDENTIAL_GET_ERROR = 90
    CREDENTIAL_GENERATE_ERROR = 91
    BAD_APP_VERSION = 95
    USER_PREREGISTER_ERROR = 96
    ACCOUNT_EDIT_ERROR = 98
    USER_DELETE_ERROR = 101
    USER_ACCOUNT_REMOVE_ERROR = 103
    OBJECT_DELETE_ERROR = 104
    SITE_DELETE_ERROR = 106
    READER_DELETE_ERROR = 107
    USER_GRANT_ERROR = 109
    ROLE_LIST_ERROR = 111
    ROLE_ADD_ERROR = 112
    ROLE_EDIT_ERROR = 114

    @property
    def text(self) -> str:
        """The message that goes with it, where there is nothing better to say."""
        return _ERRORS.get(self) or f"{_spoken(self.name, '_ERROR')}: declined"

    @property
    def kind(self) -> Kind:
        """Who can do something about it."""
        return _KINDS.get(self, "failed")


class RpcCode(IntEnum):
    """JSON-RPC 2.0's own codes, for what is no call at all."""

    PARSE_ERROR = -32700
    INVALID_REQUEST = -32600
    METHOD_NOT_FOUND = -32601
    INTERNAL_ERROR = -32603

    @property
    def text(self) -> str:
        """The message that goes with it."""
        return _RPC[self]

    @property
    def kind(self) -> Kind:
        """Who can do something about it."""
        return "request"


AnyError = ErrorCode | RpcCode

PREFIX = "API_VIZPIN_"


def printed(code: Status | Success | ErrorCode) -> str:
    """A code's name as the document prints it."""
    return PREFIX + code.name


def error_code(number: int) -> AnyError | None:
    """The error with that number; None where the document knows none."""
    for kind in (ErrorCode, RpcCode):
        if number in kind._value2member_map_:
            return kind(number)
    return None


def _spoken(name: str, ending: str) -> str:
    thing, _, verb = name.removesuffix(ending).lower().rpartition("_")
    return f"{thing} {verb}".strip().replace("_", " ")


_ERRORS = {
    ErrorCode.BAD_SESSION: "no session: log in first, or again",
    ErrorCode.VERIFY_PENDING: "the phone of this user is not verified yet",
    ErrorCode.BAD_USERNAME: "there is no such login",
    ErrorCode.BAD_PASSWORD: "the password is wrong",
    ErrorCode.BAD_OEM_KEY: "the OEM key is missing, or is not that of this login",
    ErrorCode.USER_LOGIN_ERROR: "this login is locked",
    ErrorCode.BAD_APP_VERSION: "only version 2 of the interface is spoken here",
}
_KINDS: dict[ErrorCode, Kind] = {
    ErrorCode.BAD_SESSION: "session",
    ErrorCode.BAD_USERNAME: "denied",
    ErrorCode.BAD_PASSWORD: "denied",
    ErrorCode.BAD_OEM_KEY: "denied",
    ErrorCode.USER_LOGIN_ERROR: "denied",
    ErrorCode.BAD_APP_VERSION: "request",
}
_RPC = {
    RpcCode.PARSE_ERROR: "not JSON",
    RpcCode.INVALID_REQUEST: "not a call",
    RpcCode.METHOD_NOT_FOUND: "there is no such method",
    RpcCode.INTERNAL_ERROR: "something went wrong here",
}
