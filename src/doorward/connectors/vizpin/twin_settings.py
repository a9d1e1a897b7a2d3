"""What the twin is started with, and the switches that can be set while it runs."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from doorward.net.trust import is_loopback

OEM_KEY = "d0025a7d5eed4f0b9a55c0ffee0de0a1"
LOOPBACK = "127.0.0.0/8,::1"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The twin's switches, where the document says "may" or nothing.

    `session_seconds`: a session that is not used for so long has expired. `lock_seconds`: so long
    a login stays locked after three wrong passwords. `cards`: card numbers of one account.
    """

    session_seconds: Annotated[int, Meta(ge=1)] = 7200
    lock_seconds: Annotated[int, Meta(ge=1)] = 900
    cards: Annotated[int, Meta(ge=1, le=10**8)] = 1_000_000


class TwinOptions(msgspec.Struct, frozen=True, kw_only=True):
    """A VIZpin cloud: accounts, locations, readers, users with phones that open doors."""

    people: Annotated[int, Meta(ge=0, description="How many invented people it holds.")] = 500
    seed: Annotated[int, Meta(description="Another number invents other people.")] = 1
    username: Annotated[str, Meta(min_length=1, description="The login that may call.")] = "demo"
    password: Annotated[str, Meta(min_length=1, description="Its password.")] = "demo"  # noqa: S105
    oem_key: Annotated[str, Meta(min_length=1, description="Its OEM key.")] = OEM_KEY
    allow: Annotated[
        str, Meta(description="Addresses and networks that may call, with commas between.")
    ] = LOOPBACK
    state: Annotated[Path | None, Meta(description="File that keeps it over restarts.")] = None
    push_url: Annotated[str, Meta(description="Where events are pushed to.")] = ""
    verify_url: Annotated[str, Meta(description="Where verified phones are told of.")] = ""
    push_outside: Annotated[
        bool, Meta(description="Push beyond this machine, too; without it only loopback.")
    ] = False
    push_cert: Annotated[Path | None, Meta(description="Certificate shown there, PEM.")] = None
    push_key: Annotated[Path | None, Meta(description="Its key, PEM.")] = None
    push_ca: Annotated[Path | None, Meta(description="Whom to trust there, PEM.")] = None

    def __post_init__(self) -> None:
        for network in self.networks:
            ip_network(network)
        for name, url in (("push_url", self.push_url), ("verify_url", self.verify_url)):
            self._demand_url(name, url)
        if (self.push_cert is None) != (self.push_key is None):
            raise ValueError("'push_cert' and 'push_key' go together")

    @property
    def networks(self) -> tuple[str, ...]:
        """The addresses and networks of `allow`."""
        return tuple(part for said in self.allow.split(",") if (part := said.strip()))

    def _demand_url(self, name: str, url: str) -> None:
        if not url:
            return
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"'{name}' is not an address such as http://127.0.0.1:8080/push")
        if not self.push_outside and not is_loopback(parts.hostname):
            raise ValueError(f"'{name}' is not on this machine; push_outside allows that")
