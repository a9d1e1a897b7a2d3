"""Credentials: card numbers of users, counted up per account in a range.

Source: VIZpin OEM API 4.3, Credential object and methods. `credentials` in an answer is an array
for get and one object for generate, as the samples show.
"""

import msgspec

from doorward.connectors.vizpin.wire.accounts import Filled
from doorward.connectors.vizpin.wire.session import Keyless
from doorward.net.secrets import CardNumber


class Credential(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"user_id": "userid", "account_id": "accountId"},
):
    """A user's card number at an account. `cardnumberformatted` is the partner's own form of it."""

    id: str
    user_id: str = ""
    account_id: str = ""
    cardnumber: CardNumber = CardNumber("")
    cardnumberformatted: CardNumber = CardNumber("")


class CredentialGet(Keyless, frozen=True, kw_only=True, rename={"user_id": "userid"}):
    """com.vizpin.credential.get: all of a user's."""

    user_id: Filled


class CredentialGenerate(Keyless, frozen=True, kw_only=True, rename={"user_id": "userid"}):
    """com.vizpin.credential.generate: a new one for a user."""

    user_id: Filled
    account_id: Filled


class Credentials(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
):
    """All credentials of a user."""

    credentials: tuple[Credential, ...]


class OneCredential(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={"credential": "credentials"},
):
    """The credential that was made."""

    credential: Credential
