"""Credentials: card numbers, counted up within the range of their account.

Source: VIZpin OEM API 4.3, Credential object and methods. The formatted number is ten digits.
"""

import msgspec

from doorward.connectors.vizpin.server.backend import Caller
from doorward.connectors.vizpin.twin.desk import Desk
from doorward.connectors.vizpin.twin.records import KeptAccount
from doorward.connectors.vizpin.twin.store import Change
from doorward.connectors.vizpin.wire.credentials import (
    Credential,
    CredentialGenerate,
    CredentialGet,
    Credentials,
    OneCredential,
)
from doorward.connectors.vizpin.wire.faults import Faulty
from doorward.net.secrets import CardNumber


class CardsDesk(Desk):
    """The credential methods."""

    def credential_get(self, caller: Caller, asked: CredentialGet) -> Credentials:
        """All card numbers of a user."""
        user = self.user(caller, asked.user_id, "userid")
        rows = self.store.credentials.some(self.store.cards_of(user.id))
        return Credentials(credentials=tuple(rows))

    def credential_generate(self, caller: Caller, asked: CredentialGenerate) -> OneCredential:
        """One more card number for a user of an account."""
        user = self.user(caller, asked.user_id, "userid")
        account = self.account(caller, asked.account_id, "account_id")
        self.demand_member(user.id, account.id, "userid")
        with self.store.change() as change:
            (credential,) = self.new_cards(change, account, [user.id], "account_id")
        return OneCredential(credential=credential)

    def new_cards(
        self, change: Change, account: KeptAccount, users: list[str], where: str
    ) -> list[Credential]:
        """The next card numbers of an account, one for each user. Raises Faulty if they run out."""
        cards = account.cards
        after = cards.next + len(users)
        if after > cards.last + 1:
            raise Faulty(where, "has no card number left in its range")
        made = [
            Credential(
                id=change.new_id("credential"),
                user_id=user,
                account_id=account.id,
                cardnumber=CardNumber(number),
                cardnumberformatted=CardNumber(f"{number:010d}"),
            )
            for number, user in enumerate(users, cards.next)
        ]
        for credential in made:
            change.put(self.store.credentials, credential)
        if made:
            counted = msgspec.structs.replace(cards, next=after)
            change.put(self.store.accounts, msgspec.structs.replace(account, cards=counted))
        return made
