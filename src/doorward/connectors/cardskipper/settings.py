"""The settings of a Cardskipper organisation as a source, and of a twin."""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from doorward.connectors.cardskipper.client import DialectSetting
from doorward.connectors.remote import Remote
from doorward.net.phone import is_region
from doorward.net.secrets import Secret


class CardskipperSettings(Remote, frozen=True, kw_only=True):
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

    def __post_init__(self) -> None:
        super().__post_init__()
        if ":" in self.username:
            raise ValueError("username cannot have a colon")
        if not is_region(self.region):
            raise ValueError(
                "region is no country with telephone numbers; it is two letters, such as SE"
            )


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
