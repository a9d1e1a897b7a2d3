"""The settings of a car park as a target: how we sign towards it, and how it signs towards us."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from doorward.connectors.remote import Remote
from doorward.connectors.wincardcore.client.carpark import BLOCK
from doorward.connectors.wincardcore.signing import KeyPair, Keyring
from doorward.connectors.wincardcore.wire.operations import PREFIX, normal_prefix
from doorward.net.line import Limits
from doorward.net.secrets import Secret

PLATES = (
    *("plate", "plates", "license plate", "licence plate", "number plate", "registration"),
    *("regnr", "registreringsnummer", "bil", "kennzeichen"),
)
CARDS = ("card", "card number", "kort", "kortnummer", "karte", "kartennummer")
TAGS = ("transponder", "uhf", "uhf tag")


class InboundSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the car park signs its calls to the hub.

    While its keys are changed, both pairs are taken: the old one until `old_keys_until`.
    """

    prefix: Annotated[str, Meta(description="the first part of the address it calls")] = PREFIX
    client_id: Annotated[str, Meta(min_length=1, description="what it calls itself")]
    auth_key: Annotated[Secret, Meta(description="as agreed with its operator")]
    sig_key: Annotated[Secret, Meta(description="as agreed with its operator")]
    old_auth_key: Annotated[Secret, Meta(description="before a change of keys")] | None = None
    old_sig_key: Annotated[Secret, Meta(description="before a change of keys")] | None = None
    old_keys_until: Annotated[str, Meta(description="such as 2026-12-31T23:59:59+01:00")] | None = (
        None
    )
    tolerance_seconds: Annotated[
        float, Meta(ge=1, le=3600, description="how far its clock may be off")
    ] = 300
    silent_hours: Annotated[
        float, Meta(ge=0, description="after which somebody is told that it is silent; 0: never")
    ] = 6

    def __post_init__(self) -> None:
        olds = (self.old_auth_key, self.old_sig_key, self.old_keys_until)
        if any(olds) != all(olds):
            raise ValueError("old_auth_key, old_sig_key and old_keys_until go together")
        Keyring({self.client_id: self.keys})
        normal_prefix(self.prefix)

    @property
    def keys(self) -> tuple[KeyPair, ...]:
        """The pairs that are taken. Raises ValueError for what cannot be keys."""
        pairs = [KeyPair(self.auth_key, self.sig_key)]
        if self.old_auth_key and self.old_sig_key and self.old_keys_until:
            until = _instant(self.old_keys_until)
            pairs.append(KeyPair(self.old_auth_key, self.old_sig_key, until))
        return tuple(pairs)


class WinCardCoreSettings(Remote, frozen=True, kw_only=True):
    """A car park as a target. Raises ValueError for what cannot be."""

    path_key: ClassVar[str] = "prefix"

    url: Annotated[str, Meta(description="such as https://garage.example")]
    prefix: Annotated[str, Meta(description="the first part of its addresses")] = PREFIX
    client_id: Annotated[str, Meta(min_length=1, description="what we call ourselves there")]
    auth_key: Annotated[Secret, Meta(description="as agreed with its operator")]
    sig_key: Annotated[Secret, Meta(description="as agreed with its operator")]
    timeout: Annotated[float, Meta(ge=1, le=600, description="seconds for one answer")] = 60.0
    block: Annotated[
        int, Meta(ge=1, le=10_000, description="accounts in one request of a whole whitelist")
    ] = BLOCK
    plates: Annotated[
        tuple[str, ...], Meta(description="the register's columns that hold number plates")
    ] = PLATES
    cards: Annotated[
        tuple[str, ...], Meta(description="the register's columns that hold card numbers")
    ] = CARDS
    tags: Annotated[tuple[str, ...], Meta(description="the register's columns that hold tags")] = (
        TAGS
    )
    inbound: Annotated[InboundSettings, Meta(description="how the car park calls us")] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        Keyring({self.client_id: [self.keys]})
        normal_prefix(self.prefix)

    @property
    def keys(self) -> KeyPair:
        """How we sign. Raises ValueError for what cannot be keys."""
        return KeyPair(self.auth_key, self.sig_key)

    @property
    def limits(self) -> Limits:
        """Seconds for one answer."""
        return Limits(connect=min(10.0, self.timeout), total=self.timeout)

    @property
    def silence(self) -> timedelta | None:
        """After which somebody is told that the car park does not call; None: never."""
        hours = self.inbound.silent_hours if self.inbound else 0
        return timedelta(hours=hours) if hours else None


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("old_keys_until is no time such as 2026-12-31T23:59:59+01:00") from None
