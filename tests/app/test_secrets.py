"""Where secrets come from, and what is said when they do not."""

from collections.abc import Callable
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail, null
from keyring.errors import KeyringLocked

from doorward.app.config.secrets import Unresolved, Vault, ask_keyring, is_reference, world_readable
from doorward.net.secrets import Secret


@pytest.fixture
def vault(tmp_path: Path):
    """A vault over a folder, an environment and a keyring of its own."""
    known = {("club", "hub"): "from-ring", ("a/b", "hub"): "deep"}
    environ = {"SET": "from-env", "EMPTY": ""}
    return Vault(tmp_path, environ, lambda service, user: known.get((service, user)))


def test_only_whole_values_are_references():
    assert is_reference("env:X")
    assert is_reference("file:/x")
    assert is_reference("keyring:a/b")
    assert not is_reference("my env:X")
    assert not is_reference("https://x")


def test_the_environment_is_asked(vault: Vault):
    assert vault.resolve("env:SET") == Secret("from-env")


@pytest.mark.parametrize(("name", "state"), [("UNSET", "not set"), ("EMPTY", "empty")])
def test_a_variable_that_is_not_there_is_named(vault: Vault, name: str, state: str):
    with pytest.raises(Unresolved, match=f"{name} is {state}"):
        vault.resolve(f"env:{name}")


@pytest.mark.parametrize("content", ["of-file", "of-file\n", "of-file\r\n", "\ufeffof-file\n"])
def test_a_file_holds_the_secret_on_its_only_line(
    vault: Vault, tmp_path: Path, content: bytes | str
):
    (tmp_path / "key").write_bytes(content if isinstance(content, bytes) else content.encode())

    assert vault.resolve("file:key") == "of-file"
    assert vault.resolve(f"file:{tmp_path}/key") == "of-file"


def test_blanks_belong_to_a_secret(vault: Vault, tmp_path: Path):
    (tmp_path / "key").write_text(" a b \n")

    assert vault.resolve("file:key") == " a b "


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"\n", "empty"), (b"a\nb\n", "more than one line"), (b"\xff", "not UTF-8"),
     (b"x" * 65_537, "more than one line")],
)  # fmt: skip
def test_a_file_that_is_no_secret_is_told(
    vault: Vault, tmp_path: Path, content: bytes | str, reason: str
):
    (tmp_path / "key").write_bytes(content)

    with pytest.raises(Unresolved, match=reason):
        vault.resolve("file:key")


def test_a_missing_file_is_told_with_its_path(vault: Vault, tmp_path: Path):
    with pytest.raises(Unresolved, match=str(tmp_path / "key")):
        vault.resolve("file:key")


def test_a_folder_is_not_a_secret(vault: Vault, tmp_path: Path):
    with pytest.raises(Unresolved, match="cannot be read"):
        vault.resolve(f"file:{tmp_path}")


def test_the_keyring_is_asked(vault: Vault):
    assert vault.resolve("keyring:club/hub") == "from-ring"
    assert vault.resolve("keyring:a/b/hub") == "deep"


def test_what_the_keyring_has_not_is_told_with_how_to_put_it_there(vault: Vault):
    with pytest.raises(Unresolved, match="nothing for club / else") as missing:
        vault.resolve("keyring:club/else")

    assert missing.value.remedy == "Put it there with: keyring set club else"


@pytest.mark.parametrize("reference", ["env:", "file: ", "keyring:", "keyring:x", "keyring:/x"])
def test_a_reference_that_names_nothing_is_told(vault: Vault, reference: str):
    with pytest.raises(Unresolved):
        vault.resolve(reference)


@pytest.fixture
def ring():
    """Sets the keyring of this process; puts the old one back."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_a_machine_without_a_keyring_is_told_what_to_use_instead(ring: Callable[..., None]):
    ring(fail.Keyring())

    with pytest.raises(Unresolved, match="cannot be asked") as missing:
        ask_keyring("club", "hub")

    assert "env:" in missing.value.remedy


def test_a_locked_keyring_is_told(ring: Callable[..., None]):
    class Locked(null.Keyring):
        def get_password(self, service: str, username: str | None = None) -> None:
            raise KeyringLocked("locked")

    ring(Locked())

    with pytest.raises(Unresolved, match="KeyringLocked"):
        ask_keyring("club", "hub")


def test_an_empty_keyring_has_nothing(ring: Callable[..., None]):
    ring(null.Keyring())

    assert ask_keyring("club", "hub") is None


def test_who_may_read_a_file_is_seen(vault: Vault, tmp_path: Path):
    (tmp_path / "key").write_text("x")
    (tmp_path / "key").chmod(0o644)

    assert vault.exposed("file:key") == tmp_path / "key"
    (tmp_path / "key").chmod(0o640)
    assert vault.exposed("file:key") is None
    assert vault.exposed("env:key") is None
    assert not world_readable(tmp_path / "missing")


def test_a_vault_does_not_show_its_environment(vault: Vault):
    assert "from-env" not in repr(vault)
