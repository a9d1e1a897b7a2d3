"""The settings of a terminal as a target, and of a twin."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from doorward.connectors.hikvision.digest import Auth
from doorward.connectors.hikvision.profiles import DEFAULT, PROFILES
from doorward.connectors.hikvision.wire.form import Dialect
from doorward.connectors.reception import Inbound
from doorward.connectors.remote import Remote
from doorward.net.line import Limits
from doorward.net.secrets import Secret

MailIn = Literal["auto", "email", "slot", "nowhere"]


class HikvisionSettings(Remote, frozen=True, kw_only=True):
    """A terminal as a target. Raises ValueError for what cannot be."""

    url: Annotated[str, Meta(description="such as https://192.168.1.100")]
    username: Annotated[str, Meta(min_length=1, description="an account of the terminal")]
    password: Annotated[Secret, Meta(description="its password")]
    dialect: Annotated[
        Dialect | Literal["auto"], Meta(description="auto finds out; documented | terminal")
    ] = "auto"
    auth: Annotated[Auth, Meta(description="auto takes what is offered; digest | basic")] = "auto"
    timeout: Annotated[float, Meta(ge=1, le=300, description="seconds for one answer")] = 30.0
    email_in: Annotated[
        MailIn, Meta(description="where a new person's e-mail goes: email | slot | nowhere")
    ] = "auto"
    inbound: Annotated[Inbound, Meta(description="who may push its events")] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if ":" in self.username:
            raise ValueError("username cannot have a colon")

    @property
    def limits(self) -> Limits:
        """Seconds and bytes for one answer."""
        return Limits(connect=min(10.0, self.timeout), total=self.timeout)


class TwinOptions(msgspec.Struct, frozen=True, kw_only=True):
    """A Hikvision door terminal: people, doors, a clock, a lock after wrong passwords."""

    people: Annotated[int, Meta(ge=0, description="How many invented people it holds.")] = 500
    seed: Annotated[int, Meta(description="Another number invents other people.")] = 1
    profile: Annotated[str, Meta(description=f"Which kind of terminal: {', '.join(PROFILES)}.")] = (
        DEFAULT
    )
    username: Annotated[str, Meta(description="The account that may log in.")] = "demo"
    password: Annotated[str, Meta(description="Its password.")] = "demo"  # noqa: S105
    state: Annotated[Path | None, Meta(description="File that keeps it over restarts.")] = None
