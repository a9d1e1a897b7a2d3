"""The INI file of the Cardskipper-IVMS document, section Configuration Settings, key for key.

It becomes the same tables as `doorward.toml`: one source, one target, policies at their defaults.
Besides the printed keys it takes the mail server (`SMTP_*`), a full `URL` of the terminal,
`FINGERPRINT` or `CA_FILE` for its certificate, and the `TIMEZONE`.
"""

import configparser
import re
from collections.abc import Mapping
from pathlib import Path

from doorward.app.config.document import Document, Place, Tables
from doorward.app.config.ini_device import Misaddressed, device_url
from doorward.app.config.lines import KeyPath
from doorward.app.config.problems import ConfigError, Problem
from doorward.app.config.secrets import Unresolved, Vault, is_reference
from doorward.app.config.words import instead

_SOURCE: KeyPath = ("source", "cardskipper")
_TARGET: KeyPath = ("target", "ivms")
_MAIL: KeyPath = ("notify", "smtp")
_PLAIN: Mapping[str, Mapping[str, KeyPath]] = {
    "Cardskipper": {
        "API_URL": (*_SOURCE, "url"),
        "USERNAME": (*_SOURCE, "username"),
        "PASSWORD": (*_SOURCE, "password"),
        "ORGANIZATION_ID": (*_SOURCE, "organisation"),
    },
    "IVMS": {
        "USERNAME": (*_TARGET, "username"),
        "PASSWORD": (*_TARGET, "password"),
        "FINGERPRINT": (*_TARGET, "fingerprint"),
        "CA_FILE": (*_TARGET, "ca_file"),
    },
    "Sync": {"INTERVAL_MINUTES": ("run", "interval_minutes"), "TIMEZONE": ("timezone",)},
}
"""Keys whose value is taken as it stands, and where it goes."""

_MAIL_KEYS: Mapping[str, str] = {
    "SMTP_HOST": "host",
    "SMTP_PORT": "port",
    "SMTP_SECURITY": "security",
    "SMTP_USERNAME": "username",
    "SMTP_PASSWORD": "password",
    "SMTP_SENDER": "sender",
}
_KEYS = {
    "Cardskipper": {*_PLAIN["Cardskipper"]},
    "IVMS": {*_PLAIN["IVMS"], "DEVICE_IP", "PORT", "URL"},
    "Sync": {*_PLAIN["Sync"], *_MAIL_KEYS, "EMAIL_NOTIFICATIONS", "NOTIFICATION_EMAIL"},
}
_Values = Mapping[tuple[str, str], str]
_Lines = Mapping[tuple[str, str], int]


def is_ini(file: Path, text: str) -> bool:
    """Whether this is the INI form: by its ending, else by its sections."""
    if file.suffix.lower() in (".ini", ".toml"):
        return file.suffix.lower() == ".ini"
    return re.search(r"(?im)^[ \t]*\[(cardskipper|ivms)\]", text) is not None


def read_ini(file: Path, text: str, vault: Vault) -> Document:
    """The file as tables. Raises ConfigError for one that is not an INI file."""
    reader = _Reader(file, vault, _values(file, text), _lines(text))
    reader.read()
    return Document(
        file=file,
        tables=reader.tables,
        places=reader.places,
        textual=True,
        broken=reader.broken,
        problems=reader.problems,
        cautions=reader.cautions,
    )


class _Reader:
    """Moves the values of one file to where they belong."""

    def __init__(self, file: Path, vault: Vault, values: _Values, lines: _Lines) -> None:
        self.tables: Tables = {
            "source": {_SOURCE[1]: {"type": "cardskipper"}},
            "target": {_TARGET[1]: {"type": "hikvision"}},
        }
        self.places: dict[KeyPath, Place] = {}
        self.problems: list[Problem] = []
        self.cautions: list[Problem] = []
        self.broken: set[KeyPath] = set()
        self._file = file
        self._vault = vault
        self._values = values
        self._lines = lines

    def read(self) -> None:
        self._refuse_unknown()
        self._point_out_quotes()
        for section, keys in _PLAIN.items():
            for key, path in keys.items():
                self._put(section, key, path, self._values.get((section, key), ""))
        self._read_device()
        self._read_mail()

    def _read_device(self) -> None:
        key = "URL" if ("IVMS", "URL") in self._values else "DEVICE_IP"
        port = self._known("IVMS", "PORT") if key == "DEVICE_IP" else ""
        written = self._known("IVMS", key, (*_TARGET, "url"))
        self._put("IVMS", key, (*_TARGET, "url"), written)
        if not written:
            return
        try:
            device = device_url(written, port)
        except Misaddressed as fault:
            self._say(self.problems, "IVMS", key, fault.reason, fault.remedy)
            self.broken.add((*_TARGET, "url"))
            return
        self._put("IVMS", key, (*_TARGET, "url"), device.url)
        if device.plain_http:
            self._put("IVMS", key, (*_TARGET, "plain_http"), "true")
        if device.odd:
            self._say(self.cautions, "IVMS", "PORT", device.odd, "Correct PORT.")

    def _read_mail(self) -> None:
        wanted = self._known("Sync", "EMAIL_NOTIFICATIONS").lower() or "false"
        state = configparser.RawConfigParser.BOOLEAN_STATES.get(wanted)
        if state is None:
            remedy = "Write true or false."
            self._say(self.problems, "Sync", "EMAIL_NOTIFICATIONS", "it is neither", remedy)
        if not state:
            return
        given = self._known("Sync", "NOTIFICATION_EMAIL")
        to = [one for one in re.split(r"[,;\s]+", given) if one]
        self._put("Sync", "NOTIFICATION_EMAIL", (*_MAIL, "to"), to)
        for key, name in _MAIL_KEYS.items():
            self._put("Sync", key, (*_MAIL, name), self._values.get(("Sync", key), ""))
        self._put_standards(to)

    def _put_standards(self, to: list[str]) -> None:
        """The mail server is not in the printed file: then this machine's own is meant."""
        mail = self.tables["notify"]["smtp"] if "notify" in self.tables else {}
        if to:
            mail.setdefault("sender", to[0])
        if "host" not in mail and to:
            mail["host"] = "localhost"
            mail.setdefault("security", "none")
            reason = "no mail server is set: mail is handed to this machine"
            remedy = "Set SMTP_HOST, and SMTP_USERNAME and SMTP_PASSWORD where it wants a login."
            self._say(self.cautions, "Sync", "SMTP_HOST", reason, remedy)
        if not to:
            remedy = "Name who is to be told, or set EMAIL_NOTIFICATIONS = false."
            self._say(self.problems, "Sync", "NOTIFICATION_EMAIL", "it is missing", remedy)
            self.tables.pop("notify", None)

    def _put(self, section: str, key: str, path: KeyPath, value: str | list[str]) -> None:
        """Note where a value stands, or would stand, and put it there unless it is empty."""
        self.places[path] = self._place(section, key)
        if not value:
            return
        table = self.tables
        for name in path[:-1]:
            table = table.setdefault(str(name), {})
        table[str(path[-1])] = value

    def _known(self, section: str, key: str, path: KeyPath = ()) -> str:
        """A value that is needed right here, so a secret is resolved here."""
        value = self._values.get((section, key), "")
        if not is_reference(value):
            return value
        try:
            return self._vault.resolve(value)
        except Unresolved as missing:
            self._say(self.problems, section, key, missing.reason, missing.remedy)
            self.broken.add(path)
            return ""

    def _refuse_unknown(self) -> None:
        for section, key in self._lines:
            if section not in _KEYS:
                if not key:
                    reason = "there is no such section"
                    self._say(self.problems, section, "", reason, instead(section, _KEYS))
            elif key and key not in _KEYS[section]:
                reason = "there is no such key"
                self._say(self.problems, section, key, reason, instead(key, _KEYS[section]))

    def _point_out_quotes(self) -> None:
        for (section, key), value in self._values.items():
            if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
                reason = "the quotes are read as part of the value"
                self._say(self.cautions, section, key, reason, "Take them away.")

    def _place(self, section: str, key: str) -> Place:
        line = self._lines.get((section, key)) or self._lines.get((section, "")) or 1
        return Place(line, f"[{section}] {key}".rstrip())

    def _say(self, to: list[Problem], section: str, key: str, reason: str, remedy: str) -> None:
        place = self._place(section, key)
        to.append(Problem(self._file, place.line, place.name, reason, remedy))


def _values(file: Path, text: str) -> _Values:
    """Section and key to value. '%' stands for itself: passwords have it."""
    parser = configparser.RawConfigParser(default_section="", interpolation=None)
    parser.optionxform = str.upper  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(text)
    except configparser.Error as fault:
        raise ConfigError(_syntax(file, fault)) from None
    return {
        (_section(name), key): value
        for name in parser.sections()
        for key, value in parser[name].items()
    }


def _section(written: str) -> str:
    """A section's name as it is printed, however it is written."""
    printed = {name.lower(): name for name in _KEYS}
    return printed.get(written.strip().lower(), written.strip())


def _lines(text: str) -> _Lines:
    """Where each key stands, and (key "") each section; only lines that begin something count."""
    found: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[([^\]]+)\]", line):
            section = _section(header[1])
            found.setdefault((section, ""), number)
        elif pair := re.match(r"([^#;\s][^=:]*?)\s*[=:]", line):
            found.setdefault((section, pair[1].upper()), number)
    return found


def _syntax(file: Path, fault: configparser.Error) -> list[Problem]:
    """What the parser refuses, without the line's text: it may hold a password."""
    remedy = "Write [Section] above lines of KEY = value."
    match fault:
        case configparser.DuplicateSectionError(section=section, lineno=line):
            return [
                Problem(file, line or 1, f"[{section}]", "the section is there twice", "Join them.")
            ]
        case configparser.DuplicateOptionError(section=section, option=option, lineno=line):
            key = f"[{section}] {option}"
            return [Problem(file, line or 1, key, "the key is there twice", "Keep one.")]
        case configparser.MissingSectionHeaderError(lineno=line):
            return [Problem(file, line, "", "there is no section above this line", remedy)]
        case _:
            lines = [line for line, _ in getattr(fault, "errors", [(1, "")])]
            return [Problem(file, line, "", "this is not KEY = value", remedy) for line in lines]
