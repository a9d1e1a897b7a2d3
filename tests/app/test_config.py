"""What a configuration in order comes to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from doorward.app.config import CallRetention, Notify, Settings
from doorward.core.entitlements import Grant, Rule
from doorward.core.guard import Limits
from doorward.core.proposal import Policy

Load = Callable[..., Settings]
Version = Callable[..., str]


def test_the_example_becomes_settings(load_text: Load, example: str, tmp_path: Path):
    settings = load_text(example)

    assert list(settings.sources) == ["club"]
    club = settings.sources["club"].settings
    assert (club.url, club.organisation) == ("https://api.cardskipper.se", 123)
    assert (club.username, str(club.password)) == ("api-user", "s3cret-of-club")
    door = settings.targets["main-door"]
    assert (door.type, door.zone) == ("hikvision", ZoneInfo("Europe/Stockholm"))
    assert str(door.settings.password) == "s3cret-of-door"
    assert door.policy == Policy()
    assert settings.rules == (
        Rule("gym members open the main door", ("Gym*",), (Grant("main-door"),)),
    )
    assert settings.limits == Limits(0.10, 25, 3)
    assert settings.interval == timedelta(minutes=15)
    assert settings.notify == Notify()
    assert settings.calls == CallRetention()
    assert settings.folder == tmp_path
    assert not settings.cautions


def test_without_rules_every_membership_opens_every_target(load_text: Load, example: str):
    text = example[: example.index("[[rule]]")]

    (rule,) = load_text(text).rules

    assert rule.fits("anything")
    assert rule.grants == (Grant("main-door"),)


def test_a_policy_is_read_per_target(load_text: Load, example: str):
    text = (
        example.replace('"link", "email", "employee_no"', '"extra", "link"')
        .replace('lapsed = "keep"', 'lapsed = "delete"')
        .replace('missing = "report"', 'missing = "create"')
        .replace('drift = "put back"', 'drift = "accept"')
    )

    policy = load_text(text).targets["main-door"].policy

    assert policy == Policy(("extra", "link"), "delete", "create", "accept")


def test_a_grant_may_carry_options_of_its_target(load_text: Load, example: str):
    text = example.replace(
        'grant = ["main-door"]', 'grant = [{target = "main-door", doors = ["2", 1, "2"], plan = 3}]'
    )

    (rule,) = load_text(text).rules

    assert rule.grants == (Grant("main-door", (("doors", ("1", "2")), ("plan", ("3",)))),)


def test_rules_without_a_name_are_counted(load_text: Load, example: str):
    text = example.replace('name = "gym members open the main door"\n', "")

    assert load_text(text).rules[0].name == "rule 1"


def test_everything_else_can_be_set(load_text: Load, example: str):
    text = f"""{example}
[run]
interval_minutes = 2.5
[calls]
days = 7
most = 100
[notify]
urls = ["json://example.org/hook", "env:PUSH"]
after_attempts = 5
remind_hours = 0
[smtp]
host = "smtp.example.org"
username = "hub"
password = "env:MAIL"
sender = "hub@example.org"
to = ["board@example.org", "it@example.org"]
"""
    settings = load_text(text, PUSH="json://tok3n@example.org", MAIL="m4il")

    assert settings.interval == timedelta(minutes=2.5)
    assert settings.calls == CallRetention(7, 100)
    notify = settings.notify
    assert notify.urls == ("json://example.org/hook", "json://tok3n@example.org")
    assert (notify.after_attempts, notify.remind_after) == (5, None)
    mail = notify.mail
    assert mail is not None
    assert (mail.host, mail.port, mail.security) == ("smtp.example.org", 587, "starttls")
    assert (mail.username, str(mail.password)) == ("hub", "m4il")
    assert mail.to == ("board@example.org", "it@example.org")


@pytest.mark.parametrize(
    ("written", "port", "security"),
    [
        ('host = "smtp.example.org"', 587, "starttls"),
        ('host = "smtp.example.org"\nport = 465', 465, "tls"),
        ('host = "smtp.example.org"\nsecurity = "tls"', 465, "tls"),
        ('host = "127.0.0.1"', 25, "none"),
        ('host = "127.0.0.1"\nport = 2525\nsecurity = "starttls"', 2525, "starttls"),
    ],
)
def test_a_mail_server_is_spoken_to_as_its_port_means(
    load_text: Load, example: str, written: str, port: int, security: str
):
    text = f'{example}\n[notify.smtp]\n{written}\nsender = "a@example.org"\nto = "b@example.org"\n'

    mail = load_text(text).notify.mail

    assert (mail.port, mail.security, mail.to) == (port, security, ("b@example.org",))


def test_the_store_lies_beside_the_configuration(load_text: Load, example: str, tmp_path: Path):
    assert str(load_text(example).store_url) == f"sqlite:///{tmp_path}/doorward.db"


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ('path = "data/hub.db"', "sqlite:///{folder}/data/hub.db"),
        ('path = "/var/lib/hub.db"', "sqlite:////var/lib/hub.db"),
        ('url = "sqlite:///hub.db"', "sqlite:///{folder}/hub.db"),
        ('url = "postgresql://hub@db/doors"', "postgresql://hub@db/doors"),
        ('url = "env:STORE"', "postgresql://hub:pw@db/doors"),
    ],
)
def test_the_store_may_lie_elsewhere(
    load_text: Load, example: str, tmp_path: Path, written: str, url: str
):
    settings = load_text(f"{example}\n[store]\n{written}\n", STORE="postgresql://hub:pw@db/doors")

    assert str(settings.store_url) == url.format(folder=tmp_path)


def test_a_zone_at_the_top_holds_for_all_that_name_none(load_text: Load, example: str):
    text = 'timezone = "Europe/Helsinki"\n' + example

    settings = load_text(text)

    assert settings.sources["club"].zone == ZoneInfo("Europe/Helsinki")
    assert settings.targets["main-door"].zone == ZoneInfo("Europe/Stockholm")
    assert not settings.cautions


def test_without_a_zone_the_machines_is_used_and_pointed_out(load_text: Load, example: str):
    text = example.replace('timezone = "Europe/Stockholm"\n', "")

    settings = load_text(text, zone=ZoneInfo("UTC"))

    assert settings.targets["main-door"].zone == ZoneInfo("UTC")
    (caution,) = settings.cautions
    assert caution.key == "timezone"
    assert "UTC" in caution.reason


def test_a_file_with_a_byte_order_mark_and_windows_line_breaks_is_read(
    load_text: Load, example: str
):
    content = b"\xef\xbb\xbf" + example.replace("\n", "\r\n").encode()

    assert list(load_text(content).targets) == ["main-door"]


def test_nothing_secret_is_shown(load_text: Load, example: str):
    text = example + '[notify]\nurls = ["env:PUSH"]\n[store]\nurl = "env:STORE"\n'

    settings = load_text(text, PUSH="json://tok3n@h", STORE="postgresql://u:st0re@h/d")

    shown = repr(settings) + "".join(map(str, settings.findings))
    for secret in ("s3cret-of-club", "s3cret-of-door", "tok3n", "st0re", "api-user"):
        assert secret not in shown


def test_findings_begin_with_what_there_is(load_text: Load, example: str):
    first, *rest = load_text(example).findings

    assert first.good
    assert first.text == "1 source, 1 target, 1 rule"
    assert not rest


class TestVersion:
    """The version stands for what decides, and for nothing else."""

    @pytest.fixture
    def version(self, load_text: Load, example: str):
        def of(old: str = "", new: str = "", **environment: str) -> str:
            assert old in example
            return load_text(example.replace(old, new) if old else example, **environment).version

        return of

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('lapsed = "keep"', 'lapsed = "expire"'),
            ('roles = ["Gym*"]', 'roles = ["Gym"]'),
            ("number = 25", "number = 26"),
            ("192.168.1.100", "192.168.1.101"),
            ("organisation = 123", "organisation = 124"),
            ("target.main-door]", 'target.main-door]\ndoors = ["2"]'),
            ("Europe/Stockholm", "Europe/Helsinki"),
            ('"link", "email"', '"email", "link"'),
        ],
    )
    def test_what_decides_changes_it(self, version: Version, old: str, new: str):
        assert version(old, new) != version()

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("[guard]", "# a comment\n[run]\ninterval_minutes = 5\n[guard]"),
            ("https://192.168.1.100", "https://192.168.1.100:443/"),
            ("https://192.168.1.100", "https://user:pw@192.168.1.100"),
            ('match = ["link", "email", "employee_no"]\n', ""),
        ],
    )
    def test_what_does_not_decide_leaves_it(self, version: Version, old: str, new: str):
        assert version(old, new) == version()

    def test_a_new_password_leaves_it(self, version: Version):
        other = {"CARDSKIPPER_PASSWORD": "another", "CARDSKIPPER_USERNAME": "else"}

        assert version(**other) == version()


def test_a_literal_password_in_an_open_file_is_pointed_out(load_text: Load, example: str):
    text = example.replace("file:terminal", "hunter2")

    closed, opened = load_text(text), load_text(text, mode=0o644)

    assert not closed.cautions
    (caution,) = opened.cautions
    assert (caution.line, caution.key) == (12, "target.main-door.password")
    assert "chmod o-rwx" in caution.remedy
    assert "hunter2" not in str(caution)


def test_an_open_file_without_secrets_is_fine(load_text: Load, example: str):
    assert not load_text(example, mode=0o644).cautions


def test_an_open_file_of_a_secret_is_pointed_out(load_text: Load, example: str, tmp_path: Path):
    (tmp_path / "terminal").chmod(0o644)

    (caution,) = load_text(example).cautions

    assert caution.key == "target.main-door.password"
    assert str(tmp_path / "terminal") in caution.reason


@pytest.mark.parametrize(
    "section",
    [
        '[notify]\nurls = ["json://tok3n@example.org"]',
        '[store]\nurl = "postgresql://u:pw@h/d"',
        '[smtp]\nhost="h.example"\nusername="u"\npassword="p"\nsender="a@b.example"\nto="c@d.example"',
    ],
)
def test_literal_secrets_of_other_sections_are_pointed_out_too(
    load_text: Load, example: str, section: str
):
    assert len(load_text(f"{example}\n{section}\n", mode=0o644).cautions) == 1


def test_what_is_allowed_but_unsafe_is_pointed_out(load_text: Load, example: str):
    text = example.replace(
        'url = "https://192.168.1.100"', 'url = "http://192.168.1.100"\nplain_http = true'
    ).replace("organisation = 123", "organisation = 123\nverify = false")

    cautions = load_text(text).cautions

    assert [caution.key for caution in cautions] == ["source.club.verify", "target.main-door.url"]
    assert [finding.good for finding in load_text(text).findings] == [True, False, False]


def test_mail_in_the_clear_with_a_password_is_pointed_out(load_text: Load, example: str):
    text = f"""{example}
[smtp]
host = "smtp.example.org"
security = "none"
username = "hub"
password = "env:MAIL"
sender = "hub@example.org"
to = "board@example.org"
"""
    (caution,) = load_text(text, MAIL="m4il").cautions

    assert caution.key == "smtp.security"


def test_settings_are_frozen(load_text: Load, example: str):
    settings = load_text(example)

    with pytest.raises(TypeError):
        settings.targets["other"] = settings.targets["main-door"]
    with pytest.raises(AttributeError):
        settings.version = "1"
    assert replace(settings, version="1") != settings


def test_settings_of_a_connector_are_of_its_own_type(load_text: Load, example: str):
    door = load_text(example).targets["main-door"].settings

    assert isinstance(door, msgspec.Struct)
    assert door.doors == ["1"]


def test_a_number_may_come_from_the_environment(load_text: Load, example: str):
    text = example.replace("organisation = 123", 'organisation = "env:CLUB"')

    assert load_text(text, CLUB="77").sources["club"].settings.organisation == 77


def test_paths_stay_relative_to_the_configuration(
    load_text: Load, example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(Path("/"))

    assert str(load_text(example).store_url) == f"sqlite:///{tmp_path}/doorward.db"
