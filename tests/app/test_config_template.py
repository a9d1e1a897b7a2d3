"""The configuration that `doorward init` writes."""

import re
from collections.abc import Callable

import msgspec
import pytest

from doorward.app.config import Settings, template
from doorward.connectors.kinds import SourceKind
from doorward.core.proposal import Policy

Load = Callable[..., Settings]
SECRETS = {"HIKVISION_PASSWORD": "d00r", "NOTIFY_URL": "json://example.org", "SMTP_PASSWORD": "m"}


class FileSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a register that is a file."""

    path: str


@pytest.fixture
def load_template(load_text: Load):
    """Load a text like the template, its secrets set."""

    def loaded(text: str):
        sources = {"csvfile": SourceKind(FileSettings, lambda *_: None)}
        return load_text(text, sources=sources, **SECRETS)

    return loaded


def uncommented(text: str) -> str:
    """The template with every key that is shown as a possibility switched on."""
    text = re.sub(r"(?m)^# ca_file.*\n", "", text)  # instead of a fingerprint
    text = re.sub(r"(?m)^# (\[+\w|\w+ = )", r"\1", text)
    return text


def test_the_template_loads_once_its_secrets_are_set(load_template: Load):
    settings = load_template(template())

    assert settings.targets["main-door"].policy == Policy()
    assert settings.rules[0].name == "every membership"
    assert not settings.cautions


def test_every_possibility_it_shows_works(load_template: Load):
    text = uncommented(template())
    settings = load_template(text)

    assert text.count("\n# ") < template().count("\n# ") - 15
    assert settings.rules[0].roles == ("Gym*",)
    assert settings.notify.mail.to == ("board@example.org",)
    assert settings.notify.urls == ("json://example.org",)
    assert settings.sources["members"].settings.path == "members.csv"
    assert settings.calls.most == 10_000


def test_its_lines_fit_a_terminal():
    assert max(map(len, template().splitlines())) <= 80
