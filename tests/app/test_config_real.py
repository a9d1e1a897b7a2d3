"""Configurations with the connectors as they are, read from twins on real sockets."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from doorward.app.config import ConfigError, Settings, Vault, load, template
from doorward.app.hub import open_store, open_systems
from doorward.connectors.csvfile.settings import CsvSettings
from doorward.connectors.kinds import twin_kind
from doorward.core.ports import silent
from doorward.core.reads import Complete
from doorward.net.serving import running

INI = """\
[Cardskipper]
API_URL = {register}
USERNAME = demo
PASSWORD = env:CLUB
ORGANIZATION_ID = 123

[IVMS]
DEVICE_IP = {host}
PORT = {port}
USERNAME = demo
PASSWORD = file:terminal

[Sync]
INTERVAL_MINUTES = 15
EMAIL_NOTIFICATIONS = true
NOTIFICATION_EMAIL = board@example.org
"""
TOML = """\
timezone = "Europe/Stockholm"
[source.club]
type = "cardskipper"
url = "{register}"
organisation = 123
username = "demo"
password = "env:CLUB"
[source.guests]
type = "csvfile"
path = "guests.csv"
columns = {{ member = "Nr", until = "Sista dag" }}
[target.main-door]
type = "hikvision"
url = "{terminal}"
username = "demo"
password = "file:terminal"
[[rule]]
roles = ["Gym*"]
grant = [{{ target = "main-door", doors = ["1"] }}]
"""

Written = Callable[..., Settings]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Load a text with the connectors as they are."""
    (tmp_path / "terminal").write_text("demo\n")
    (tmp_path / "guests.csv").write_text("Nr,Namn,Sista dag\n7,Eva Lind,2026-12-31\n")

    def loaded(text: str, name: str = "doorward.toml", **environment: str) -> Settings:
        file = tmp_path / name
        file.write_text(text)
        file.chmod(0o600)
        vault = Vault(tmp_path, {"CLUB": "demo"} | environment)
        return load(file, vault=vault, zone=ZoneInfo("Europe/Stockholm"))

    return loaded


@pytest.fixture
async def twins() -> AsyncIterator[dict[str, str]]:
    """A register and a terminal with the same twenty people."""
    async with AsyncExitStack() as stack:
        urls: dict[str, str] = {}
        for role, kind in (("register", "cardskipper"), ("terminal", "hikvision")):
            made = twin_kind(kind)
            twin = made.make(made.options(people=20, username="demo", password="demo"))
            urls[role] = await stack.enter_async_context(running(twin))
        host, _, port = urls["terminal"].removeprefix("http://").rpartition(":")
        yield {**urls, "host": host, "port": port}


async def read_all(settings: Settings) -> dict[str, int]:
    """How many there are in each system."""
    with open_store(settings) as store:
        async with open_systems(settings, store) as systems:
            people = {name: await one.people(silent) for name, one in systems.registers.items()}
            holders = {name: await one.holders(silent) for name, one in systems.doors.items()}
    reads: dict[str, Any] = {**people, **holders}
    assert all(isinstance(read, Complete) for read in reads.values()), reads
    return {name: len(read.items) for name, read in reads.items()}


async def test_the_documents_ini_file_keeps_a_terminal_in_step(
    written: Written, twins: dict[str, str]
):
    settings = written(INI.format(**twins), "config.ini")

    assert await read_all(settings) == {"cardskipper": 20, "ivms": 20}


async def test_a_toml_file_reads_registers_files_and_terminals(
    written: Written, twins: dict[str, str]
):
    settings = written(TOML.format(**twins))

    assert await read_all(settings) == {"club": 20, "guests": 1, "main-door": 20}


def test_the_printed_ini_file_loads_as_it_is(written: Written):
    text = INI.format(register="https://api.cardskipper.se", host="192.168.1.100", port="80")

    settings = written(text, "config.ini")

    assert settings.targets["ivms"].settings.url == "http://192.168.1.100"


def test_the_template_loads_with_the_connectors_as_they_are(written: Written):
    secrets = ("CARDSKIPPER_USERNAME", "CARDSKIPPER_PASSWORD", "HIKVISION_PASSWORD")

    settings = written(template(), **dict.fromkeys(secrets, "x"))

    assert list(settings.targets) == ["main-door"]


@pytest.mark.parametrize(
    ("setting", "key", "reason"),
    [
        ('region = "XX"', "source.guests.region", "it is no country"),
        ('encoding = "klingon"', "source.guests.encoding", "it is not one that is known"),
        ('dates = "%H:%M"', "source.guests.dates", "it does not say day, month and year"),
        ('delimiter = "ab"', "source.guests.delimiter", '"ab" does not fit'),
        ('ends_with_newline = "no"', "source.guests.ends_with_newline", '"no" does not fit'),
        ('colums = { member = "Nr" }', "source.guests.colums", "there is no such key"),
    ],
)
def test_the_settings_of_a_file_are_checked_one_by_one(
    written: Written, twins: dict[str, str], setting: str, key: str, reason: str
):
    text = TOML.format(**twins).replace('path = "guests.csv"', f'path = "guests.csv"\n{setting}')

    with pytest.raises(ConfigError) as refused:
        written(text)

    (problem,) = refused.value.problems
    assert (problem.line, problem.key) == (11, key)
    assert problem.reason.startswith(reason)


def test_a_file_needs_nothing_but_its_path(written: Written, twins: dict[str, str]):
    text = TOML.format(**twins).replace('columns = { member = "Nr", until = "Sista dag" }\n', "")

    assert written(text).sources["guests"].settings == CsvSettings(path="guests.csv")
