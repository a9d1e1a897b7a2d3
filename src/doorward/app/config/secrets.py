"""Secrets that a configuration names and does not hold: `env:`, `file:` and `keyring:` values."""

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from doorward.net.secrets import Secret

SCHEMES = ("env:", "file:", "keyring:")
LARGEST = 65_536  # bytes of a secret's file


class Unresolved(Exception):
    """A secret that is not where the configuration says. Says where, never what."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def is_reference(text: str) -> bool:
    """Whether a text names a secret and is not one."""
    return text.startswith(SCHEMES)


def ask_keyring(service: str, user: str) -> str | None:
    """What this user's keyring holds; None for nothing. Raises Unresolved when it cannot tell."""
    import keyring  # noqa: PLC0415  # finding its backends takes long, and few need it
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        return keyring.get_password(service, user)
    except KeyringError as fault:
        raise Unresolved(
            f"the keyring cannot be asked ({type(fault).__name__})",
            "Unlock it or install one for this user; on a server use env: or file: instead.",
        ) from None


@dataclass(frozen=True, slots=True)
class Vault:
    """Where secrets are looked up. Relative paths lie in `folder`."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    keyring: Callable[[str, str], str | None] = ask_keyring

    def resolve(self, reference: str) -> Secret:
        """The secret that is named. Raises Unresolved."""
        scheme, _, name = reference.partition(":")
        if not name.strip():
            raise Unresolved(
                f"'{reference}' names nothing",
                "Write env:NAME, file:PATH or keyring:SERVICE/USER.",
            )
        match scheme:
            case "env":
                return self._from_environment(name)
            case "file":
                return self._from_file(self.folder / Path(name).expanduser())
            case _:
                return self._from_keyring(name)

    def exposed(self, reference: str) -> Path | None:
        """The file of a `file:` secret, if every user of this machine may read it."""
        scheme, _, name = reference.partition(":")
        path = self.folder / Path(name).expanduser()
        return path if scheme == "file" and world_readable(path) else None

    def _from_environment(self, name: str) -> Secret:
        value = self.environ.get(name, "")
        if not value:
            state = "empty" if name in self.environ else "not set"
            raise Unresolved(
                f"the environment variable {name} is {state}",
                f"Set {name} where doorward is started (with systemd: Environment= or "
                "EnvironmentFile=).",
            )
        return Secret(value)

    def _from_file(self, path: Path) -> Secret:
        try:
            with path.open("rb") as opened:
                content = opened.read(LARGEST + 1)
        except OSError as fault:
            raise Unresolved(
                f"the file {path} cannot be read: {fault.strerror or type(fault).__name__}",
                "Put the secret in that file, on one line, readable by who runs doorward.",
            ) from None
        return _only_line(path, content)

    def _from_keyring(self, name: str) -> Secret:
        service, slash, user = name.rpartition("/")
        if not (slash and service and user):
            raise Unresolved(
                f"'keyring:{name}' does not say whose secret it is",
                "Write keyring:SERVICE/USER.",
            )
        value = self.keyring(service, user)
        if not value:
            raise Unresolved(
                f"the keyring has nothing for {service} / {user}",
                f"Put it there with: keyring set {service} {user}",
            )
        return Secret(value)


def _only_line(path: Path, content: bytes) -> Secret:
    """A file's secret: one line; the line break that editors add is not part of it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unresolved(f"the file {path} is not UTF-8 text", "Save it as UTF-8.") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text or "\n" in text or len(content) > LARGEST:
        found = "empty" if not text else "more than one line"
        raise Unresolved(f"the file {path} is {found}", "Put the secret there, on one line.")
    return Secret(text)


def world_readable(path: Path) -> bool:
    """Whether every user of this machine may read a file; False where that cannot be told."""
    try:
        return os.name == "posix" and bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False
