"""Users: people with a phone, across all accounts of an OEM.

Source: VIZpin OEM API 4.3, User and PreRegistered User objects, user methods. Where text and
samples differ: `userid` or `user_id`, `batchcount` or `batchcounter`, `assoc_user` as an object or
its id; the samples' names are sent. `totalCount` of a list stands in the text alone; it is sent,
and not demanded. `phoneconfirmation` is printed "X" and "x": "X" is sent. A password comes masked.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from doorward.connectors.vizpin.wire import policies
from doorward.connectors.vizpin.wire.accounts import Filled, OwnId, Text
from doorward.connectors.vizpin.wire.faults import Fault, Faulty
from doorward.connectors.vizpin.wire.fields import Asked, Field, fault_in
from doorward.connectors.vizpin.wire.form import Count
from doorward.connectors.vizpin.wire.places import COUNTRY, state_fault
from doorward.connectors.vizpin.wire.rules import FILLED, PHONE, Hidden, Ids, Nested, Number
from doorward.connectors.vizpin.wire.session import Keyed, Keyless
from doorward.net.secrets import Secret

BATCH = 100
"""So many users are in a batch of user.list."""

VERIFIED = Secret("X")
"""What `phoneconfirmation` is once the phone is verified; before that, the six digits to enter."""

FIXED = ("phone",)
"""Attributes of a user that are never changed."""

_USER_NAMES = {"sf_user_id": "sfUserID"}


class PreRegisteredUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A user who sets his password when he first opens the app."""

    id: str
    first_name: str = ""
    last_name: str = ""
    emailaddress: str = ""
    phone: str = ""
    country: str = ""
    state: str = ""
    address1: str = ""
    address2: str = ""
    city: str = ""


class User(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename=_USER_NAMES
):
    """A user, all attributes there. `phone` is E.164 and never changes."""

    id: str
    first_name: str = ""
    last_name: str = ""
    password: Secret = Secret("")
    emailaddress: str = ""
    phone: str = ""
    country: str = ""
    state: str = ""
    address1: str = ""
    address2: str = ""
    city: str = ""
    phoneconfirmation: Secret = VERIFIED
    sf_user_id: str = ""

    @property
    def verified(self) -> bool:
        """Whether the phone is verified."""
        return self.phoneconfirmation.upper() == VERIFIED

    def fault(self) -> Fault | None:
        """What is wrong with it as a whole; None if nothing is."""
        return fault_in(UserFields, self) or state_fault(self.country, self.state)


class PreRegisteredFields(Asked, frozen=True, kw_only=True):
    """What a caller says of a user to be pre-registered; what he leaves out is UNSET."""

    id: OwnId | UnsetType = UNSET
    first_name: Filled | UnsetType = UNSET
    last_name: Filled | UnsetType = UNSET
    emailaddress: Text | UnsetType = UNSET
    phone: Annotated[str, Field(PHONE)] | UnsetType = UNSET
    country: Annotated[str, Field(COUNTRY)] | UnsetType = UNSET
    state: Text | UnsetType = UNSET
    address1: Text | UnsetType = UNSET
    address2: Text | UnsetType = UNSET
    city: Text | UnsetType = UNSET

    def fault(self) -> Fault | None:
        """A state that is none of the country's, where both are said."""
        return state_fault(self.country or "", self.state or "")


class UserFields(PreRegisteredFields, frozen=True, kw_only=True, rename=_USER_NAMES):
    """What a caller says of a user; what he leaves out is UNSET."""

    password: Annotated[Secret, Field(Hidden())] | UnsetType = UNSET
    sf_user_id: Text | UnsetType = UNSET


_PERSON = ("first_name", "last_name", "phone", "country")


@dataclass(frozen=True, slots=True)
class _Associated:
    """A user in `assoc_user`: the object, or its id."""

    def read(self, raw: object, where: str) -> str:
        """The id. Raises Faulty."""
        if isinstance(raw, dict):
            if raw.get("id") is None:
                raise Faulty(f"{where}.id", "is required")
            return FILLED.read(raw["id"], f"{where}.id")
        return FILLED.read(raw, where)

    def write(self, value: str) -> object:
        """An object with the id."""
        return {"id": value}


class Somewhere(Keyed, frozen=True, kw_only=True, rename={"location_id": "locationid"}):
    """An account, or a location if one is named."""

    account_id: Text = ""
    location_id: Text = ""

    def fault(self) -> Fault | None:
        """Neither of the two."""
        if self.account_id.strip() or self.location_id.strip():
            return None
        return Fault("account_id", "is required without a locationid")


class UserCount(Somewhere, frozen=True, kw_only=True):
    """com.vizpin.user.count."""


class NeedAccess(Somewhere, frozen=True, kw_only=True):
    """com.vizpin.user.NeedAccess: users who have no access yet."""


class UserList(Somewhere, frozen=True, kw_only=True, rename={"batch": "batchcounter"}):
    """com.vizpin.user.list: one batch of users, counted from 1."""

    totalcount: Annotated[Count, Field(Number())] = Count(0)
    batch: Annotated[Count, Field(Number(1), ("batchcount",))] = Count(1)


class UserFind(Keyless, frozen=True, kw_only=True):
    """com.vizpin.user.find."""

    phone: Annotated[str, Field(PHONE)]
    last_name: Filled


class UserGet(Keyless, frozen=True, kw_only=True, rename={"user_id": "userid"}):
    """com.vizpin.user.get."""

    user_id: Filled


class UserPreregister(Keyless, frozen=True, kw_only=True, rename={"user": "preregister_user"}):
    """com.vizpin.user.preregister."""

    user: Annotated[PreRegisteredFields, Field(Nested(PreRegisteredFields, _PERSON))]


class UserRegister(Keyless, frozen=True, kw_only=True):
    """com.vizpin.user.register: with a password that the user is told."""

    user: Annotated[UserFields, Field(Nested(UserFields, (*_PERSON, "password")))]

    def fault(self) -> Fault | None:
        """A password against the policy."""
        reason = policies.password_reason(self.user.password or "")
        return Fault("user.password", reason) if reason else None


class UserEdit(Keyless, frozen=True, kw_only=True):
    """com.vizpin.user.edit. The mask of a password may come back: it changes nothing."""

    user: Annotated[UserFields, Field(Nested(UserFields, ("id",)))]

    def fault(self) -> Fault | None:
        """A new password."""
        if self.user.password and self.user.password != policies.PASSWORD_MASK:
            return Fault("user.password", "is changed by the user alone")
        return None


class UserDelete(Keyless, frozen=True, kw_only=True):
    """com.vizpin.user.delete."""

    user_id: Filled


class UserAssociate(Keyed, frozen=True, kw_only=True, rename={"user_id": "assoc_user"}):
    """com.vizpin.user.associate: to locations. The sample sends the user as an object."""

    location_ids: Annotated[tuple[str, ...], Field(Ids())]
    user_id: Annotated[str, Field(_Associated())]


class UserRemove(
    Keyless, frozen=True, kw_only=True, rename={"user_id": "userid", "account_id": "accountId"}
):
    """com.vizpin.user.remove: from one account."""

    user_id: Filled
    account_id: Filled


class Counted(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
):
    """How many users there are, and how many batches hold them."""

    totalcount: Count
    batchcounter: Count


class Users(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={"total": "totalCount"},
):
    """A batch of users, and how many there are in all (None: not said)."""

    users: tuple[User, ...]
    total: Count | None = None


class OneUser(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
):
    """The user that was asked for, registered, edited or associated."""

    user: User


class OnePreRegistered(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={"user": "preregister_user"},
):
    """The user that was pre-registered."""

    user: PreRegisteredUser
