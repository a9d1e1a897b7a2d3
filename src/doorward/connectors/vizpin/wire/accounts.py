"""Accounts: the customers of an OEM, each with its locations.

Source: VIZpin OEM API 4.3, Account object and account methods. What text and samples call
differently: the account to add is `account` or `add_account`, the one to get `accountid` or `id`;
the samples' names are sent, both are read.
"""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from doorward.connectors.vizpin.wire.faults import Fault
from doorward.connectors.vizpin.wire.fields import Asked, Field, fault_in
from doorward.connectors.vizpin.wire.places import COUNTRY, state_fault
from doorward.connectors.vizpin.wire.rules import FILLED, FLAG, OWN_ID, TEXT, Nested, OneOf
from doorward.connectors.vizpin.wire.session import Keyed

ACCOUNT_TYPES = ("VIZpin vPROX", "VIZpin PLUS", "VIZpin Lite")
"""What the document prints; which of them an OEM's accounts have is fixed by VIZpin."""

FIXED = ("type",)
"""Attributes of an account that are never changed."""

OwnId = Annotated[str, Field(OWN_ID)]
Filled = Annotated[str, Field(FILLED)]
Text = Annotated[str, Field(TEXT)]


class Account(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account, all its attributes there. `deactivated` is "true" or "false"."""

    id: str
    name: str = ""
    phone: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zipcode: str = ""
    country: str = ""
    deactivated: str = "false"
    type: str = ""

    def fault(self) -> Fault | None:
        """What is wrong with it as a whole; None if nothing is."""
        if self.country == "USA" and not self.state:
            return Fault("state", "is required in the USA")
        return fault_in(AccountFields, self) or state_fault(self.country, self.state)


class AccountFields(Asked, frozen=True, kw_only=True):
    """What a caller says of an account; what he leaves out is UNSET."""

    id: OwnId | UnsetType = UNSET
    name: Filled | UnsetType = UNSET
    phone: Filled | UnsetType = UNSET
    street: Filled | UnsetType = UNSET
    city: Filled | UnsetType = UNSET
    state: Text | UnsetType = UNSET
    zipcode: Filled | UnsetType = UNSET
    country: Annotated[str, Field(COUNTRY)] | UnsetType = UNSET
    deactivated: Annotated[str, Field(FLAG)] | UnsetType = UNSET
    type: Annotated[str, Field(OneOf(ACCOUNT_TYPES, blank=True))] | UnsetType = UNSET

    def fault(self) -> Fault | None:
        """A state that is none of the country's, where both are said."""
        return state_fault(self.country or "", self.state or "")


_NEW = Nested(AccountFields, ("name", "phone", "street", "city", "zipcode", "country"))


class AccountList(Keyed, frozen=True, kw_only=True):
    """com.vizpin.account.list."""


class AccountGet(Keyed, frozen=True, kw_only=True, rename={"account_id": "id"}):
    """com.vizpin.account.get."""

    account_id: Annotated[str, Field(FILLED, ("accountid",))]


class AccountAdd(Keyed, frozen=True, kw_only=True, rename={"account": "add_account"}):
    """com.vizpin.account.add."""

    account: Annotated[AccountFields, Field(_NEW, ("account",))]

    def fault(self) -> Fault | None:
        """An American account without a state."""
        if self.account.country == "USA" and not self.account.state:
            return Fault("add_account.state", "is required in the USA")
        return None


class AccountEdit(Keyed, frozen=True, kw_only=True):
    """com.vizpin.account.edit."""

    account: Annotated[AccountFields, Field(Nested(AccountFields, ("id",)), ("edit_account",))]


class Accounts(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
):
    """All accounts of the OEM."""

    accounts: tuple[Account, ...]


class OneAccount(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
):
    """The account that was asked for, added or edited."""

    account: Account
