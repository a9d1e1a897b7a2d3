"""The document's INI file, key for key."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from doorward.app.config import ConfigError, Problem, Settings
from doorward.app.config.ini_device import Device, Misaddressed, device_url
from doorward.app.config.zone import machine_zone
from doorward.core.entitlements import Grant
from doorward.core.proposal import Policy

Load = Callable[..., Settings]
Problems = Callable[..., tuple[Problem, ...]]
PRINTED = """\
[Cardskipper]
API_URL = https://api.cardskipper.se
USERNAME = club-login
PASSWORD = 100%secret%(x)s
ORGANIZATION_ID = 4711

[IVMS]
DEVICE_IP = 192.168.7.20
PORT = 80
USERNAME = admin
PASSWORD = d00r;pass#1

[Sync]
INTERVAL_MINUTES = 20
EMAIL_NOTIFICATIONS = true
NOTIFICATION_EMAIL = board@example.org
"""


@pytest.fixture
def load_ini(load_text: Load):
    """Load the printed file with something replaced."""

    def loaded(old: str = "", new: str = "", name: str = "config.ini", **environment: str):
        assert old in PRINTED
        return load_text(PRINTED.replace(old, new, 1) if old else PRINTED, name, **environment)

    return loaded


@pytest.fixture
def problems(load_ini: Load):
    """The problems of the printed file with something replaced."""

    def of(old: str, new: str):
        with pytest.raises(ConfigError) as refused:
            load_ini(old, new)
        return refused.value.problems

    return of


def test_the_printed_file_becomes_settings(load_ini: Load):
    settings = load_ini()

    register = settings.sources["cardskipper"].settings
    assert (register.url, register.organisation) == ("https://api.cardskipper.se", 4711)
    assert (register.username, str(register.password)) == ("club-login", "100%secret%(x)s")
    target = settings.targets["ivms"]
    assert target.policy == Policy()
    assert (target.settings.url, target.settings.plain_http) == ("http://192.168.7.20", True)
    assert (target.settings.username, str(target.settings.password)) == ("admin", "d00r;pass#1")
    assert settings.rules[0].grants == (Grant("ivms"),)
    assert settings.interval == timedelta(minutes=20)


def test_mail_goes_to_this_machine_where_no_server_is_named(load_ini: Load):
    settings = load_ini()

    mail = settings.notify.mail
    assert (mail.host, mail.port, mail.security) == ("localhost", 25, "none")
    assert (mail.sender, mail.to) == ("board@example.org", ("board@example.org",))


def test_what_the_printed_file_leaves_open_is_pointed_out(load_ini: Load):
    cautions = {caution.key: caution for caution in load_ini().cautions}

    assert set(cautions) == {"[IVMS] DEVICE_IP", "[Sync] TIMEZONE", "[Sync] SMTP_HOST"}
    assert cautions["[IVMS] DEVICE_IP"].line == 8
    assert "in the clear" in cautions["[IVMS] DEVICE_IP"].reason


def test_a_mail_server_can_be_named(load_ini: Load):
    settings = load_ini(
        "NOTIFICATION_EMAIL = board@example.org",
        "NOTIFICATION_EMAIL = board@example.org, it@example.org\nSMTP_HOST = smtp.example.org\n"
        "SMTP_PORT = 465\nSMTP_USERNAME = hub\nSMTP_PASSWORD = env:MAIL\n"
        "SMTP_SENDER = hub@example.org\nTIMEZONE = Europe/Helsinki",
        MAIL="m4il%",
    )

    mail = settings.notify.mail
    assert (mail.host, mail.port, mail.security) == ("smtp.example.org", 465, "tls")
    assert (mail.username, str(mail.password), mail.sender) == ("hub", "m4il%", "hub@example.org")
    assert mail.to == ("board@example.org", "it@example.org")
    assert settings.targets["ivms"].zone == ZoneInfo("Europe/Helsinki")
    assert [caution.key for caution in settings.cautions] == ["[IVMS] DEVICE_IP"]


@pytest.mark.parametrize("state", ["false", "no", "Off", "0", ""])
def test_without_notifications_nobody_is_told(load_ini: Load, state: str):
    settings = load_ini("EMAIL_NOTIFICATIONS = true", f"EMAIL_NOTIFICATIONS = {state}")

    assert settings.notify.mail is None


def test_secrets_may_lie_elsewhere(load_ini: Load):
    settings = load_ini("PASSWORD = d00r;pass#1", "PASSWORD = file:terminal")

    assert str(settings.targets["ivms"].settings.password) == "s3cret-of-door"


def test_every_value_may_come_from_elsewhere(load_ini: Load):
    settings = load_ini("DEVICE_IP = 192.168.7.20", "DEVICE_IP = env:DOOR", DOOR="10.1.2.3")

    assert settings.targets["ivms"].settings.url == "http://10.1.2.3"


def test_a_full_address_wins(load_ini: Load):
    settings = load_ini("PORT = 80", "PORT = 80\nURL = https://door.example.org:8443/")

    assert settings.targets["ivms"].settings.url == "https://door.example.org:8443"


def test_a_certificate_can_be_named(load_ini: Load):
    settings = load_ini(
        "DEVICE_IP = 192.168.7.20", "DEVICE_IP = https://192.168.7.20\nFINGERPRINT = AB:CD"
    )

    assert settings.targets["ivms"].settings.fingerprint == "AB:CD"


@pytest.mark.parametrize("name", ["config.conf", "settings", "hub.cfg"])
def test_an_ini_file_is_known_by_its_sections(load_ini: Load, name: str):
    assert "ivms" in load_ini(name=name).targets


def test_a_toml_file_is_known_whatever_its_name(load_text: Load, example: str):
    assert "main-door" in load_text(example, name="doorward.conf").targets


def test_letter_case_and_byte_order_mark_do_not_count(load_text: Load):
    text = "\ufeff" + PRINTED.replace("[IVMS]", "[ivms]").replace("DEVICE_IP", "device_ip")

    assert "ivms" in load_text(text.replace("\n", "\r\n"), "config.ini").targets


def test_quotes_around_a_value_are_pointed_out(load_ini: Load):
    settings = load_ini("PASSWORD = d00r;pass#1", 'PASSWORD = "d00r"')

    assert str(settings.targets["ivms"].settings.password) == '"d00r"'
    assert "quotes" in {c.key: c.reason for c in settings.cautions}["[IVMS] PASSWORD"]


def test_a_literal_password_in_an_open_file_is_pointed_out(load_text: Load):
    cautions = load_text(PRINTED, "config.ini", mode=0o644).cautions

    assert "[IVMS] PASSWORD" in {caution.key for caution in cautions}


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "reason"),
    [
        ("ORGANIZATION_ID = 4711", "ORGANIZATION_ID = abc", 5, "[Cardskipper] ORGANIZATION_ID",
         "does not fit"),
        ("ORGANIZATION_ID = 4711", "", 1, "[Cardskipper] ORGANIZATION_ID", "missing"),
        ("PASSWORD = d00r;pass#1", "PASSWORD =", 11, "[IVMS] PASSWORD", "missing"),
        ("PASSWORD = d00r;pass#1", "PASSWORD = env:NOWHERE", 11, "[IVMS] PASSWORD", "not set"),
        ("DEVICE_IP = 192.168.7.20", "DEVICE_IP = env:NOWHERE", 8, "[IVMS] DEVICE_IP", "not set"),
        ("DEVICE_IP = 192.168.7.20", "DEVICE_IP = 93.184.216.34", 8, "[IVMS] DEVICE_IP",
         "over the internet"),
        ("DEVICE_IP = 192.168.7.20", "DEVICEIP = 192.168.7.20", 8, "[IVMS] DEVICEIP",
         "no such key"),
        ("PORT = 80", "PORT = eighty", 8, "[IVMS] DEVICE_IP", "PORT is not a number"),
        ("INTERVAL_MINUTES = 20", "INTERVAL_MINUTES = often", 14, "[Sync] INTERVAL_MINUTES",
         "does not fit"),
        ("EMAIL_NOTIFICATIONS = true", "EMAIL_NOTIFICATIONS = maybe", 15,
         "[Sync] EMAIL_NOTIFICATIONS", "neither"),
        ("NOTIFICATION_EMAIL = board@example.org", "", 13, "[Sync] NOTIFICATION_EMAIL", "missing"),
        ("NOTIFICATION_EMAIL = board@example.org", "NOTIFICATION_EMAIL = board", 16,
         "[Sync] NOTIFICATION_EMAIL", "not an e-mail address"),
        ("[Sync]", "[Syncing]", 13, "[Syncing]", "no such section"),
        ("[Sync]", "[DEFAULT]", 13, "[DEFAULT]", "no such section"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_the_files_own_key(
    problems: Problems, old: str, new: str, line: int, key: str, reason: str
):
    found = [problem for problem in problems(old, new) if problem.key == key]

    assert len(found) == 1, problems(old, new)
    assert found[0].line == line
    assert reason in found[0].reason
    assert found[0].remedy


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("[Cardskipper]", "", 2, "no section above"),
        ("[Sync]", "[IVMS]", 13, "twice"),
        ("PORT = 80", "PORT = 80\nport = 81", 10, "twice"),
        ("PORT = 80", "p4ssw0rd", 9, "not KEY = value"),
    ],
)
def test_a_file_that_is_no_ini_is_told_with_its_line(
    problems: Problems, old: str, new: str, line: int, reason: str
):
    (problem,) = problems(old, new)

    assert problem.line == line
    assert reason in problem.reason
    assert "p4ssw0rd" not in str(problem)


def test_all_mistakes_are_told_at_once(load_text: Load):
    text = PRINTED.replace("4711", "x").replace("= 20", "= x").replace("d00r;pass#1", "")

    with pytest.raises(ConfigError) as refused:
        load_text(text, "config.ini")

    assert [problem.line for problem in refused.value.problems] == [5, 11, 14]


def test_an_ini_file_without_sections_of_ours_names_what_is_missing(load_text: Load):
    with pytest.raises(ConfigError) as refused:
        load_text("[Sync]\nINTERVAL_MINUTES = 5\n", "config.ini")

    assert {problem.key for problem in refused.value.problems} >= {
        "[Cardskipper] API_URL",
        "[IVMS] DEVICE_IP",
        "[IVMS] PASSWORD",
    }


@pytest.mark.parametrize(
    ("written", "port", "url", "plain"),
    [
        ("192.168.1.9", "80", "http://192.168.1.9", True),
        ("192.168.1.9", "", "http://192.168.1.9", True),
        ("192.168.1.9", "8080", "http://192.168.1.9:8080", True),
        ("192.168.1.9:8000", "80", "http://192.168.1.9:8000", True),
        ("192.168.1.9", "443", "https://192.168.1.9", False),
        ("http://192.168.1.9/ISAPI/", "80", "http://192.168.1.9", True),
        ("https://192.168.1.9/", "8443", "https://192.168.1.9:8443", False),
        ("https://door.example.org", "", "https://door.example.org", False),
        ("door.lan", "80", "http://door.lan", True),
        ("terminal", "80", "http://terminal", True),
        ("127.0.0.1", "8123", "http://127.0.0.1:8123", False),
        ("fd00::5", "80", "http://[fd00::5]", True),
        ("http://[fd00::5]:81", "", "http://[fd00::5]:81", True),
    ],
)
def test_the_address_is_built_as_printed(written: str, port: str, url: str, plain: bool):
    assert device_url(written, port) == Device(url, plain)


def test_https_on_the_port_of_http_is_taken_as_the_usual_one():
    device = device_url("https://192.168.1.9", "80")

    assert device.url == "https://192.168.1.9"
    assert "443" in device.odd


def test_the_odd_port_is_pointed_out(load_ini: Load):
    settings = load_ini("DEVICE_IP = ", "DEVICE_IP = https://")

    assert "[IVMS] PORT" in {caution.key for caution in settings.cautions}


@pytest.mark.parametrize(
    "written",
    [
        *("ftp://192.168.1.9", "http://", "http://x:99999", "http://192.168.1.9/other"),
        *("door.example.org", "http://admin:pw@192.168.1.9", "8.8.8.8", "http://[::1"),
    ],
)
def test_what_is_no_address_of_a_terminal_is_refused(written: str):
    with pytest.raises(Misaddressed) as refused:
        device_url(written, "80")

    assert "pw" not in refused.value.reason


@pytest.mark.parametrize("port", ["0", "65536", "-1", "x", "8 0"])
def test_what_is_no_port_is_refused(port: str):
    with pytest.raises(Misaddressed, match="PORT"):
        device_url("192.168.1.9", port)


def test_the_machines_zone_is_what_it_says_itself(tmp_path: Path):
    link = tmp_path / "localtime"
    (tmp_path / "zoneinfo" / "Europe").mkdir(parents=True)
    (tmp_path / "zoneinfo" / "Europe" / "Oslo").touch()
    link.symlink_to(tmp_path / "zoneinfo" / "Europe" / "Oslo")

    assert machine_zone({}, link) == ZoneInfo("Europe/Oslo")
    assert machine_zone({"TZ": ":Asia/Tokyo"}, link) == ZoneInfo("Asia/Tokyo")
    assert machine_zone({"TZ": "CET-1CEST"}, tmp_path / "none") == ZoneInfo("UTC")
