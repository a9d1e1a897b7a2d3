"""What the configuration may say of a VIZpin target."""

from pathlib import Path
from typing import Any

import pytest

from connectors.vizpin.target_rig import settings


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
