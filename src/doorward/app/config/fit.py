"""Fits tables of a document to typed settings, field by field, and gathers all that does not."""

import re
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec
from msgspec.structs import FieldInfo

from doorward.app.config.document import Document, Tables
from doorward.app.config.lines import KeyPath
from doorward.app.config.problems import Problem
from doorward.app.config.secrets import Unresolved, Vault, is_reference, world_readable
from doorward.app.config.words import described, hides, instead, kind_in_words, meant, shown
from doorward.net.secrets import Secret

S = TypeVar("S", bound=msgspec.Struct)


class _Broken:
    """Stands for a secret that could not be resolved: said already, so never said again."""


BROKEN = _Broken()


class Desk:
    """Where one document is checked. `problems` and `cautions` grow; nothing is raised."""

    def __init__(self, document: Document, vault: Vault) -> None:
        self.document = document
        self.problems: list[Problem] = list(document.problems)
        self.cautions: list[Problem] = list(document.cautions)
        self._vault = vault
        self.references: set[KeyPath] = set()

    def problem(self, path: KeyPath, reason: str, remedy: str) -> None:
        """Something that keeps the configuration from being used."""
        self.problems.append(self.document.problem(path, reason, remedy))

    def caution(self, path: KeyPath, reason: str, remedy: str) -> None:
        """Something that works and is not good."""
        self.cautions.append(self.document.problem(path, reason, remedy))

    def table(self, path: KeyPath, found: Any) -> Tables | None:
        """A value that must be a table."""
        if isinstance(found, dict):
            return found
        name = self.document.place(path).name
        self.problem(path, f"{shown(found)} where a table is wanted", f"Write it as [{name}].")
        return None

    def resolved(self, path: KeyPath, value: Any) -> Any:
        """A value with the secrets that it names put in; BROKEN in place of those not found."""
        match value:
            case str() if is_reference(value):
                return self._secret(path, value)
            case dict():
                return {key: self.resolved((*path, key), one) for key, one in value.items()}
            case list():
                return [self.resolved((*path, place), one) for place, one in enumerate(value)]
            case _:
                return value

    def _secret(self, path: KeyPath, reference: str) -> Secret | _Broken:
        self.references.add(path)
        exposed = self._vault.exposed(reference)
        if exposed is not None:
            self.caution(
                path,
                f"every user of this machine may read {exposed}",
                f"Take that right away: chmod o-rwx {exposed}",
            )
        try:
            return self._vault.resolve(reference)
        except Unresolved as missing:
            self.problem(path, missing.reason, missing.remedy)
            return BROKEN

    def caution_literal(self, path: KeyPath) -> None:
        """Point out a secret that stands in a file which everybody here may read."""
        if path not in self.references and world_readable(self.document.file):
            self.caution(
                path,
                "a secret stands in a file that every user of this machine may read",
                f"chmod o-rwx {self.document.file}, or name its place: env:NAME, file:PATH.",
            )

    def fit(
        self, path: KeyPath, kind: type[S], table: Mapping[str, Any], also: Iterable[str] = ()
    ) -> S | None:
        """The table as settings of this kind; None when there were problems.

        `also` are keys that something else reads: no error here, and offered as a likely spelling.
        """
        fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
        before = len(self.problems)
        self._refuse_unknown(path, table, {*fields}, {*also})
        values = {
            field.name: self._field((*path, name), field, table.get(name, msgspec.UNSET))
            for name, field in fields.items()
        }
        if len(self.problems) > before or BROKEN in values.values():
            return None
        return self._made(path, kind, values)

    def _made(self, path: KeyPath, kind: type[S], values: Mapping[str, Any]) -> S | None:
        given = {name: value for name, value in values.items() if value is not msgspec.UNSET}
        try:
            return kind(**given)
        except ValueError as fault:  # what the settings say of themselves, best by their names
            subject, _, rest = str(fault).partition(" ")
            if subject in given and rest:
                self.problem((*path, subject), f"it {rest}", "Correct it.")
            else:
                self.problem(path, str(fault), "Correct these settings.")
            return None

    def _refuse_unknown(
        self, path: KeyPath, table: Mapping[str, Any], fields: set[str], also: set[str]
    ) -> None:
        for key in table:
            if key not in fields | also:
                self.problem((*path, key), "there is no such key", instead(key, fields | also))

    def _field(self, path: KeyPath, field: FieldInfo, value: Any) -> Any:
        if path in self.document.broken:
            return BROKEN
        if value is msgspec.UNSET:
            if field.required:
                self.problem(path, "it is missing", f"Set it: {_wanted(field.type)}.")
            return value
        if _holds_broken(value):
            return BROKEN
        if field.required and value == "":
            self.problem(path, "it is empty", f"Set it: {_wanted(field.type)}.")
            return BROKEN
        return self._converted(path, field.type, value)

    def _converted(self, path: KeyPath, kind: Any, value: Any) -> Any:
        struct = _struct(kind)
        if struct is not None and isinstance(value, dict):
            return self.fit(path, struct, value) or BROKEN
        lax = self.document.textual or isinstance(value, Secret)
        try:
            return msgspec.convert(value, kind, strict=not lax, dec_hook=_from_text)
        except msgspec.ValidationError as fault:
            self._say_mismatch(path, kind, value, str(fault))
            return BROKEN

    def _say_mismatch(self, path: KeyPath, kind: Any, value: Any, fault: str) -> None:
        inner, wrong = _inside(value, fault)
        if fault.startswith(NO_ZONE):
            reason = f"there is no time zone {shown(wrong)}"
            self.problem((*path, *inner), reason, _zone_remedy(wrong))
            return
        reason = f"{'it' if hides(kind) else shown(wrong)} does not fit"
        self.problem((*path, *inner), reason, f"Set it to {_wanted(kind)}.")


def _struct(kind: Any) -> type[msgspec.Struct] | None:
    """The settings that a field holds, when it holds settings of its own."""
    if isinstance(kind, type):
        return kind if issubclass(kind, msgspec.Struct) else None
    alternatives = typing.get_args(kind) if typing.get_origin(kind) not in (list, dict) else ()
    return next(filter(None, map(_struct, alternatives)), None)


def _wanted(kind: Any) -> str:
    about = described(kind)
    return kind_in_words(kind) + (f" ({about.rstrip('.')})" if about else "")


NO_ZONE = "no time zone"


def _from_text(kind: type, value: Any) -> Any:
    """What msgspec does not know by itself. A ValueError becomes a problem with its place."""
    if not isinstance(value, str):
        raise TypeError("not text")
    if kind is Secret:
        return Secret(value)
    if kind is ZoneInfo:
        try:
            return ZoneInfo(str(value))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(NO_ZONE) from None
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)


def _zone_remedy(value: Any) -> str:
    zones = {zone.rpartition("/")[2]: zone for zone in available_timezones() if "/" in zone}
    near = zones.get(meant(str(value).rpartition("/")[2], zones), "")
    guess = f'Did you mean "{near}"? ' if near else ""
    return guess + 'Name it like "Europe/Stockholm".'


def _holds_broken(value: Any) -> bool:
    match value:
        case dict():
            return any(_holds_broken(one) for one in value.values())
        case list():
            return any(_holds_broken(one) for one in value)
        case _:
            return value is BROKEN


def _inside(value: Any, fault: str) -> tuple[KeyPath, Any]:
    """Where inside a value a mismatch is, as far as msgspec tells, and what stands there."""
    path: list[str | int] = []
    told = re.search(r" - at `\$(.*)`$", fault)
    for place, key in re.findall(r"\[(\d+)\]|\.(\w+)", told.group(1) if told else ""):
        step: str | int = int(place) if place else key
        try:
            value = value[step]
        except (LookupError, TypeError):
            break
        path.append(step)
    return tuple(path), value
