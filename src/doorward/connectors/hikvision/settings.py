"""The settings of a terminal as a target, and of a twin."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from doorward.connectors.hikvision.digest import Auth
from doorward.connectors.hikvision.profiles import DEFAULT, PROFILES
from doorward.connectors.hikvision.wire.form import Dialect
from doorward.connectors.reception import Inbound
from doorward.net.line import Limits, Trust
from doorward.net.secrets import Secret

MailIn = Literal["auto", "email", "slot", "nowhere"]


class HikvisionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A terminal as a target. Raises ValueError for what cannot be."""

    url: Annotated[str, Meta(description="such as https://192.168.1.100")]
    username: Annotated[str, Meta(min_length=1, description="an account of the terminal")]
    password: Annotated[Secret, Meta(description="its password")]
    fingerprint: Annotated[str, Meta(description="SHA-256 of its certificate")] | None = None
    ca_file: Annotated[str, Meta(description="its certificate, as a PEM file")] | None = None
    verify: Annotated[bool, Meta(description="false: take any certificate; not safe")] = True
    plain_http: Annotated[bool, Meta(description="allow http: only on a network of your own")] = (
        False
    )
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
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("url is not an address such as https://192.168.1.100")
        if parts.username is not None or parts.path.strip("/"):
            raise ValueError("url holds the address alone: no login, no path")
        if ":" in self.username:
            raise ValueError("username cannot have a colon")
        if self.fingerprint is not None and not _is_fingerprint(self.fingerprint):
            raise ValueError("fingerprint is not a SHA-256: 64 digits of 0-9 and A-F")

    def trust(self, folder: Path) -> Trust:
        """How the terminal's certificate is judged; a file's path is relative to `folder`."""
        ca_file = str(folder / self.ca_file) if self.ca_file else None
        return Trust(ca_file, self.fingerprint, self.verify, self.plain_http)

    @property
    def limits(self) -> Limits:
        """Seconds and bytes for one answer."""
        return Limits(connect=min(10.0, self.timeout), total=self.timeout)


def _is_fingerprint(text: str) -> bool:
    try:
        return len(bytes.fromhex(text.replace(":", ""))) == 32
    except ValueError:
        return False


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
