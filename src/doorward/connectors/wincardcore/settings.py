"""The settings of a car park as a target: how we sign towards it, and how it signs towards us."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from doorward.connectors.wincardcore.client.carpark import BLOCK
from doorward.connectors.wincardcore.signing import KeyPair, Keyring
from doorward.connectors.wincardcore.wire.operations import PREFIX, normal_prefix
from doorward.net.line import Limits, Trust
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


class WinCardCoreSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A car park as a target. Raises ValueError for what cannot be."""

    url: Annotated[str, Meta(description="such as https://garage.example")]
    prefix: Annotated[str, Meta(description="the first part of its addresses")] = PREFIX
    client_id: Annotated[str, Meta(min_length=1, description="what we call ourselves there")]
    auth_key: Annotated[Secret, Meta(description="as agreed with its operator")]
    sig_key: Annotated[Secret, Meta(description="as agreed with its operator")]
    fingerprint: Annotated[str, Meta(description="SHA-256 of its certificate")] | None = None
    ca_file: Annotated[str, Meta(description="its certificate, as a PEM file")] | None = None
    verify: Annotated[bool, Meta(description="false: take any certificate; not safe")] = True
    plain_http: Annotated[bool, Meta(description="allow http: only on a network of your own")] = (
        False
    )
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
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("url is not an address such as https://garage.example")
        if parts.username is not None or parts.path.strip("/"):
            raise ValueError("url holds the address alone: its path is 'prefix', and no login")
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

    def trust(self, folder: Path) -> Trust:
        """How its certificate is judged; a file's path is relative to `folder`."""
        ca_file = str(folder / self.ca_file) if self.ca_file else None
        return Trust(ca_file, self.fingerprint, self.verify, self.plain_http)


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("old_keys_until is no time such as 2026-12-31T23:59:59+01:00") from None
