"""What the twin keeps, one frozen type for each kind of object.

Objects of the protocol stand in them as they are told; what is derived (a VIZpin's status, a
battery's word) and what is secret is made when it is told.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from doorward.connectors.vizpin.wire.accounts import Account
from doorward.connectors.vizpin.wire.readers import Reader
from doorward.connectors.vizpin.wire.roles import Role
from doorward.connectors.vizpin.wire.users import User
from doorward.connectors.vizpin.wire.vizpins import Vizpin
from doorward.net.secrets import Secret

Filled = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=0)]


class _Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """One piece of state."""


class Oem(_Kept, frozen=True, kw_only=True):
    """A partner of VIZpin: whose key it is, and of which type its accounts are.

    `cards` is the last card number in the range of any account it had: none comes twice.
    """

    id: Filled
    name: str
    key: Secret
    account_type: str = "VIZpin PLUS"
    cards: Count = 0


class ApiLogin(_Kept, frozen=True, kw_only=True):
    """Who may call in an OEM's name. `wrong` counts wrong passwords since the last right one."""

    username: Filled
    oem: str
    password: Secret
    wrong: Count = 0
    locked_at: datetime | None = None


class Cards(_Kept, frozen=True, kw_only=True):
    """An account's range of card numbers, and the one that is given next."""

    first: Count
    last: Count
    next: Count


class KeptAccount(_Kept, frozen=True, kw_only=True):
    """An account, whose it is, and its card numbers."""

    oem: str
    account: Account
    cards: Cards

    @property
    def id(self) -> str:
        """The account's id."""
        return self.account.id


class KeptReader(_Kept, frozen=True, kw_only=True):
    """A reader; `stands_open_until` while first-in mode holds its door open."""

    reader: Reader
    stands_open_until: datetime | None = None

    @property
    def id(self) -> str:
        """The reader's id."""
        return self.reader.id


class KeptRole(_Kept, frozen=True, kw_only=True):
    """A role, and the readers at which it has the schedule 24x7."""

    role: Role
    readers: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The role's id."""
        return self.role.id


class KeptUser(_Kept, frozen=True, kw_only=True):
    """A user with the password masked, and whose it is.

    `registered`: whether there is a password, or only a pre-registration. `passwords` are hashes,
    the newest first, so many as may not come again; `wrong` counts wrong ones in a row.
    """

    oem: str
    user: User
    registered: bool = False
    passwords: tuple[Secret, ...] = ()
    password_at: datetime | None = None
    wrong: Count = 0

    @property
    def id(self) -> str:
        """The user's id."""
        return self.user.id


class Association(_Kept, frozen=True, kw_only=True):
    """A user at a location."""

    location: str
    user: str

    @property
    def id(self) -> str:
        """Both ids."""
        return f"{self.location}/{self.user}"


class Holding(_Kept, frozen=True, kw_only=True):
    """A role that was granted to a user, with the dates of it."""

    role: str
    user: str
    start_date: str
    stop_date: str

    @property
    def id(self) -> str:
        """Both ids."""
        return f"{self.role}/{self.user}"


Ended = Literal["", "revoked", "blacklisted", "superseded"]


class KeptVizpin(_Kept, frozen=True, kw_only=True):
    """A VIZpin without its status, how it was ended before its time, and by which role it came."""

    vizpin: Vizpin
    ended: Ended = ""
    role: str = ""

    @property
    def id(self) -> str:
        """The VIZpin's id."""
        return self.vizpin.id
