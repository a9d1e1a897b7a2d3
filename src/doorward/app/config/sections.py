"""The sections of `doorward.toml` that belong to no connector: which keys, of what kind, in words.

Every field's description is shown to whoever got it wrong.
"""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from doorward.app.config.settings import Security
from doorward.core.lapse import LapsedPolicy
from doorward.core.match import MatchRule
from doorward.core.proposal import MissingPolicy
from doorward.core.threeway import DriftPolicy
from doorward.net.secrets import Secret

SECTIONS = (
    *("timezone", "source", "target", "rule"),
    *("guard", "store", "run", "serve", "notify", "smtp", "calls"),
)
"""What may stand at the top of the file."""

_Text = Annotated[str, Meta(min_length=1)]
_Name = Annotated[str, Meta(min_length=1, max_length=100)]


class Top(msgspec.Struct, frozen=True, kw_only=True):
    """The top of the file: the time zone of every system that names none itself."""

    timezone: ZoneInfo | None = None


class System(msgspec.Struct, frozen=True, kw_only=True):
    """What every source has besides its connector's settings."""

    type: Annotated[str, Meta(min_length=1, description="the kind of system")]
    timezone: ZoneInfo | None = None


class TargetSystem(System, frozen=True, kw_only=True):
    """What every target has besides its connector's settings. Absent: as its kind is kept."""

    match: list[MatchRule] | None = None
    lapsed: LapsedPolicy | None = None
    missing: MissingPolicy | None = None
    drift: DriftPolicy | None = None


class RuleEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One [[rule]]. The entries of `grant` are target names, or tables that name one."""

    name: _Name | None = None
    roles: Annotated[
        list[_Text], Meta(min_length=1, description='role names, "*" stands for any letters')
    ]
    grant: Annotated[list[Any], Meta(min_length=1, description="the names of targets")]
    blocked_by: Annotated[
        list[_Text], Meta(description="targets whose operators' locks count here too")
    ] = []


class Guard(msgspec.Struct, frozen=True, kw_only=True):
    """[guard]. Absent: as the core's Limits."""

    share: (
        Annotated[float, Meta(ge=0, le=1, description="of the people in a target, 0.10 is 10 %")]
        | None
    ) = None
    number: Annotated[int, Meta(ge=0, description="people")] | None = None
    few: Annotated[int, Meta(ge=0, description="people")] | None = None


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """[store]: one of the two, or neither."""

    url: _Text | None = None
    path: _Text | None = None

    def __post_init__(self) -> None:
        if self.url is not None and self.path is not None:
            raise ValueError("both 'url' and 'path' are set")


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """[run]."""

    interval_minutes: Annotated[float, Meta(ge=1, le=10_080, description="minutes")] = 15


class Serve(msgspec.Struct, frozen=True, kw_only=True):
    """[serve]: how those that call the hub are answered."""

    certificate: Annotated[_Text, Meta(description="a PEM file")] | None = None
    key: Annotated[_Text, Meta(description="the certificate's key, a PEM file")] | None = None
    clients: (
        Annotated[_Text, Meta(description="who vouches for callers' certificates, a PEM file")]
        | None
    ) = None
    plain_http: Annotated[
        bool, Meta(description="answer other machines in plain http: only on a network of your own")
    ] = False

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("'certificate' and 'key' go together")
        if self.clients is not None and self.certificate is None:
            raise ValueError("'clients' needs 'certificate' and 'key'")


class Smtp(msgspec.Struct, frozen=True, kw_only=True):
    """[smtp]: e-mail. The port, when left out, is the usual one of the security."""

    host: _Text
    port: Annotated[int, Meta(ge=1, le=65_535)] | None = None
    security: Security | None = None
    username: str = ""
    password: Secret = Secret("")
    sender: _Text
    to: _Text | Annotated[list[_Text], Meta(min_length=1)]


class NotifySection(msgspec.Struct, frozen=True, kw_only=True):
    """[notify]."""

    urls: list[Secret] = []
    after_attempts: Annotated[int, Meta(ge=1, description="failed attempts")] = 3
    remind_hours: Annotated[float, Meta(ge=0, description="hours, 0 for never")] = 24
    smtp: Smtp | None = None


class Calls(msgspec.Struct, frozen=True, kw_only=True):
    """[calls]."""

    days: Annotated[int, Meta(ge=0, description="days")] = 30
    most: Annotated[int, Meta(ge=0, description="calls")] = 10_000
