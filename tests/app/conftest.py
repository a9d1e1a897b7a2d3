"""Connector kinds of the tests' own, and a way to load a configuration with them."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import pytest
import structlog

from doorward.app.config import Kinds, Settings, Vault, load
from doorward.connectors.kinds import NoSuchConnector, SourceKind, TargetKind
from doorward.net.secrets import Secret

EXAMPLE = """\
[source.club]
type = "cardskipper"
url = "https://api.cardskipper.se"
organisation = 123
username = "env:CARDSKIPPER_USERNAME"
password = "env:CARDSKIPPER_PASSWORD"

[target.main-door]
type = "hikvision"
url = "https://192.168.1.100"
username = "admin"
password = "file:terminal"
timezone = "Europe/Stockholm"
match = ["link", "email", "employee_no"]
lapsed = "keep"
missing = "report"
drift = "put back"

[[rule]]
name = "gym members open the main door"
roles = ["Gym*"]
grant = ["main-door"]

[guard]
share = 0.10
number = 25
few = 3
"""
ENVIRONMENT = {"CARDSKIPPER_USERNAME": "api-user", "CARDSKIPPER_PASSWORD": "s3cret-of-club"}
STOCKHOLM = ZoneInfo("Europe/Stockholm")


class RegisterSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings as a register has them."""

    url: str
    organisation: Annotated[int, msgspec.Meta(ge=1, description="the club's number")]
    username: str
    password: Secret
    verify: bool = True
    plain_http: bool = False


class TerminalSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings as a terminal has them."""

    url: str
    username: str
    password: Secret
    fingerprint: str | None = None
    ca_file: str | None = None
    verify: bool = True
    plain_http: bool = False
    doors: list[str] = msgspec.field(default_factory=lambda: ["1"])

    def __post_init__(self) -> None:
        if self.fingerprint and self.ca_file:
            raise ValueError("both 'fingerprint' and 'ca_file' are set")
        if ":" in self.username:
            raise ValueError("username cannot have a colon")


def never_opened(*_anything: Any) -> Any:
    """A configuration is read without opening anything."""
    raise AssertionError("nothing is opened while a configuration is read")


SOURCES = {"cardskipper": SourceKind(RegisterSettings, never_opened)}
TARGETS = {"hikvision": TargetKind(TerminalSettings, never_opened, ("doors", "plan"))}


K = TypeVar("K")


def looked_up(known: Mapping[str, K], what: str) -> Callable[[str], K]:
    """Kinds by name, as the registry of connectors tells them."""

    def kind(name: str) -> K:
        if name not in known:
            raise NoSuchConnector(name, what, list(known))
        return known[name]

    return kind


Load = Callable[..., Settings]


@pytest.fixture(autouse=True)
def logs_for_one_test() -> Iterator[None]:
    """A command that is run in this process sends logs to a stream that goes with its test."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def example() -> str:
    """A configuration in order."""
    return EXAMPLE


@pytest.fixture
def load_text(tmp_path: Path) -> Load:
    """Load a text as `doorward.toml` (or another `name`) in a folder with the terminal's secret."""
    (tmp_path / "terminal").write_text("s3cret-of-door\n")
    (tmp_path / "terminal").chmod(0o600)

    def loaded(
        text: str | bytes,
        name: str = "doorward.toml",
        mode: int = 0o600,
        zone: ZoneInfo = STOCKHOLM,
        sources: Mapping[str, SourceKind[Any]] = MappingProxyType({}),
        **environment: str,
    ) -> Settings:
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        file.chmod(mode)
        vault = Vault(tmp_path, ENVIRONMENT | environment)
        kinds = Kinds(looked_up({**SOURCES, **sources}, "source"), looked_up(TARGETS, "target"))
        return load(file, vault=vault, kinds=kinds, zone=zone)

    return loaded
