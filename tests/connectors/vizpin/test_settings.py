"""What the configuration may say of a VIZpin target."""

from pathlib import Path
from typing import Any

import pytest

from connectors.vizpin.target_rig import settings
from doorward.app.config import ConfigError, Settings, Vault, load
from doorward.connectors.vizpin.adapter import TARGET as TARGET_KIND


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"url": "www.vizpin.net"}, "url"),
        ({"url": "ftp://www.vizpin.net"}, "url"),
        ({"url": "https://me@www.vizpin.net"}, "no login"),
        ({"url": "https://www.vizpin.net/services"}, "endpoint"),
        ({"endpoint": "services"}, "endpoint"),
        ({"fingerprint": "AB:CD"}, "fingerprint"),
        ({"fingerprint": "not hex"}, "fingerprint"),
    ],
)
def test_what_cannot_be_is_refused(told: dict[str, Any], word: str):
    with pytest.raises(ValueError, match=word):
        settings(**told)


def test_files_are_relative_to_the_configuration():
    given = settings(ca_file="ca.pem", fingerprint="ab" * 32, timeout=5.0)
    assert given.trust(Path("/etc/club")).ca_file == "/etc/club/ca.pem"
    assert given.limits.connect == given.limits.total == 5.0


def test_no_secret_is_shown():
    shown = repr(settings())
    assert settings().oem_key not in shown
    assert "password=Secret('•••')" in shown


CONFIGURATION = """
timezone = "Europe/Stockholm"

[source.club]
type = "csvfile"
path = "members.csv"
"""
TARGET = """
[target.{name}]
type = "vizpin"
username = "partner"
password = "env:PASSWORD"
oem_key = "env:KEY"
account = "Club"
location = "{location}"
"""


def loaded(folder: Path, *targets: str) -> Settings:
    (folder / "doorward.toml").write_text(CONFIGURATION + "".join(targets))
    environment = {"PASSWORD": "secret", "KEY": "key"}
    vault = Vault(folder, environment, lambda _service, _user: None)
    return load(folder / "doorward.toml", vault=vault)


def test_two_locations_of_one_partner_are_two_targets(tmp_path: Path):
    north = TARGET.format(name="north", location="North")
    found = loaded(tmp_path, north, TARGET.format(name="south", location="South"))
    assert list(found.targets) == ["north", "south"]
    with pytest.raises(ConfigError, match="address already"):
        loaded(tmp_path, north, TARGET.format(name="again", location="North"))


def test_how_it_is_kept_where_the_file_does_not_say(tmp_path: Path):
    found = loaded(tmp_path, TARGET.format(name="phones", location="North"))
    assert found.targets["phones"].policy == TARGET_KIND.standard
    kept = loaded(tmp_path, TARGET.format(name="phones", location="North") + 'lapsed = "keep"\n')
    assert kept.targets["phones"].policy.lapsed == "keep"


def test_roles_and_inbound_are_tables(tmp_path: Path):
    tables = """
roles = { Members = ["Gym", "Pool"] }
inbound = { allow = ["203.0.113.0/24"], secret = "env:PASSWORD_OF_SIXTEEN" }
"""
    with pytest.raises(ConfigError, match="PASSWORD_OF_SIXTEEN"):
        loaded(tmp_path, TARGET.format(name="phones", location="North") + tables)
    tables = tables.replace("env:PASSWORD_OF_SIXTEEN", "0123456789abcdef")
    found = loaded(tmp_path, TARGET.format(name="phones", location="North") + tables)
    phones: Any = found.targets["phones"].settings
    assert phones.roles == {"Members": ("Gym", "Pool")}
    assert phones.inbound.allow == ("203.0.113.0/24",)
