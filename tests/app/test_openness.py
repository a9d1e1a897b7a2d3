"""Whether the hub answers other machines, and how."""

from pathlib import Path

import pytest

from doorward.app.config import Serving
from doorward.app.openness import NotServed, judge
from doorward.net.identity import Identity
from net.certificates import make


def test_this_machine_is_answered_in_plain_http():
    assert judge(Serving(), "127.0.0.1") == ""


def test_other_machines_are_not_answered_in_plain_http():
    with pytest.raises(NotServed, match="plain http") as refused:
        judge(Serving(), "0.0.0.0")
    assert "certificate" in refused.value.remedy


def test_other_machines_are_answered_in_plain_http_where_that_is_meant_and_said():
    assert "plain http" in judge(Serving(plain_http=True), "0.0.0.0")


def test_other_machines_are_answered_over_tls(tmp_path: Path):
    ours = make(tmp_path, "127.0.0.1")
    identity = Identity(ours.file, tmp_path / "127.0.0.1.key", ours.file)
    assert judge(Serving(identity), "0.0.0.0") == ""


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_certificate_that_is_missing_is_named(tmp_path: Path, host: str):
    identity = Identity(tmp_path / "hub.pem", tmp_path / "hub.key")
    with pytest.raises(NotServed, match=r"hub\.pem") as refused:
        judge(Serving(identity), host)
    assert "serve" in refused.value.remedy
