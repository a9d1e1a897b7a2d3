"""What a configuration comes to: one frozen value, from which everything else is wired."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from doorward.app.config.problems import Problem
from doorward.core.entitlements import Rule
from doorward.core.guard import Limits
from doorward.core.ports import Finding
from doorward.core.proposal import Policy
from doorward.net.identity import Identity
from doorward.net.secrets import Secret

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Source:
    """A register. `settings` are the settings of its type (`SourceKind.settings`)."""

    name: str
    type: str
    zone: ZoneInfo
    settings: msgspec.Struct


@dataclass(frozen=True, slots=True)
class Target:
    """A target, and how it is kept. `settings` are the settings of its type."""

    name: str
    type: str
    zone: ZoneInfo
    settings: msgspec.Struct
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Where e-mail is handed in, and to whom it goes."""

    host: str
    port: int
    security: Security
    username: str
    password: Secret
    sender: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Who is told when something lasts.

    `urls` are Apprise addresses, secret because most carry a token. `after_attempts`: how often an
    update fails before it is told. `remind_after` None: told once only.
    """

    urls: tuple[Secret, ...] = ()
    mail: Mail | None = None
    after_attempts: int = 3
    remind_after: timedelta | None = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class CallRetention:
    """How long recorded calls are kept: days, and how many at most."""

    days: int = 30
    most: int = 10_000


@dataclass(frozen=True, slots=True)
class Serving:
    """How those that call the hub are answered: over TLS where there is an identity.

    `plain_http`: other machines may be answered without.
    """

    identity: Identity | None = None
    plain_http: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A whole configuration, checked.

    `store_url` is an SQLAlchemy address with an absolute path; secret because it may carry a
    password. `version` stands for all that decides about access, and for no secret: two settings
    of one version plan the same.
    """

    file: Path
    sources: Mapping[str, Source]
    targets: Mapping[str, Target]
    rules: tuple[Rule, ...]
    limits: Limits
    store_url: Secret
    interval: timedelta
    serving: Serving
    notify: Notify
    calls: CallRetention
    version: str
    cautions: Sequence[Problem] = field(default=())

    @property
    def folder(self) -> Path:
        """Where the configuration lies: relative paths in it start here."""
        return self.file.parent

    @property
    def findings(self) -> list[Finding]:
        """What `doorward check` shows of the configuration itself."""
        told = [
            Finding(
                "configuration",
                f"line {caution.line}" + (f", {caution.key}" if caution.key else ""),
                False,
                caution.reason,
                caution.remedy,
            )
            for caution in self.cautions
        ]
        many = f"{_count(self.sources, 'source')}, {_count(self.targets, 'target')}"
        rules = _count(self.rules, "rule")
        return [Finding("configuration", str(self.file), True, f"{many}, {rules}"), *told]


def _count(several: Mapping[str, object] | Sequence[object], name: str) -> str:
    return f"{len(several)} {name}{'' if len(several) == 1 else 's'}"
