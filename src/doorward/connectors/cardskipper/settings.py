"""The settings of a Cardskipper organisation as a source, and of a twin."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from doorward.connectors.cardskipper.client import DialectSetting
from doorward.net.line import Trust
from doorward.net.phone import is_region
from doorward.net.secrets import Secret


class CardskipperSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A Cardskipper organisation as a source. Raises ValueError for what cannot be."""

    url: Annotated[str, Meta(description="https://api.cardskipper.se")]
    organisation: Annotated[int, Meta(ge=1, description="the organisation's id")]
    username: Annotated[str, Meta(min_length=1, description="an administrator with API rights")]
    password: Annotated[Secret, Meta(description="its password")]
    dialect: Annotated[DialectSetting, Meta(description="auto finds out; documented | vendor")] = (
        "auto"
    )
    language: Annotated[
        str, Meta(pattern="^[A-Za-z-]{2,35}$", description="of base data, such as sv")
    ] = "sv"
    region: Annotated[str, Meta(description="country of telephone numbers, such as SE")] = "SE"
    fingerprint: Annotated[str, Meta(description="SHA-256 of its certificate")] | None = None
    ca_file: Annotated[str, Meta(description="its certificate, as a PEM file")] | None = None
    verify: Annotated[bool, Meta(description="false: take any certificate; not safe")] = True
    plain_http: Annotated[bool, Meta(description="allow http: only on a network of your own")] = (
        False
    )

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("url is not an address such as https://api.cardskipper.se")
        if parts.username is not None or parts.path.strip("/") or parts.query:
            raise ValueError("url holds the address alone: no login, no path")
        if ":" in self.username:
            raise ValueError("username cannot have a colon")
        if not is_region(self.region):
            raise ValueError(
                "region is no country with telephone numbers; it is two letters, such as SE"
            )
        if self.fingerprint is not None and not _is_fingerprint(self.fingerprint):
            raise ValueError("fingerprint is not a SHA-256: 64 digits of 0-9 and A-F")

    def trust(self, folder: Path) -> Trust:
        """How its certificate is judged; a file's path is relative to `folder`."""
        ca_file = str(folder / self.ca_file) if self.ca_file else None
        return Trust(ca_file, self.fingerprint, self.verify, self.plain_http)


def _is_fingerprint(text: str) -> bool:
    try:
        return len(bytes.fromhex(text.replace(":", ""))) == 32
    except ValueError:
        return False


class TwinOptions(msgspec.Struct, frozen=True, kw_only=True):
    """A Cardskipper register: members, roles, searches, imports, both dialects."""

    people: Annotated[int, Meta(ge=0, description="How many invented members it holds.")] = 500
    seed: Annotated[int, Meta(description="Another number invents other people.")] = 1
    organisation: Annotated[
        int, Meta(ge=1, le=999_999_999, description="The organisation's id.")
    ] = 123
    username: Annotated[str, Meta(description="The login that may call it.")] = "demo"
    password: Annotated[str, Meta(description="Its password.")] = "demo"  # noqa: S105
    state: Annotated[Path | None, Meta(description="File that keeps it over restarts.")] = None
