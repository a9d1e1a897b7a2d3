"""The sources and targets of a configuration: their names, their kinds, their settings."""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from doorward.app.config.document import Tables
from doorward.app.config.fit import Desk
from doorward.app.config.lines import KeyPath
from doorward.app.config.sections import System, TargetSystem
from doorward.app.config.settings import Source, Target
from doorward.app.config.version import address
from doorward.app.config.words import instead, shown
from doorward.connectors.kinds import (
    NoSuchConnector,
    SourceKind,
    TargetKind,
    source_kind,
    target_kind,
)
from doorward.core.proposal import Policy
from doorward.net.secrets import masked_names
from doorward.net.trust import is_loopback

S = TypeVar("S", bound=System)
K = TypeVar("K", SourceKind[Any], TargetKind[Any])

_NAME = re.compile(r"\w[\w .-]{0,59}")


@dataclass(frozen=True, slots=True)
class Kinds:
    """Where a type is looked up. Both raise NoSuchConnector."""

    source: Callable[[str], SourceKind[Any]] = source_kind
    target: Callable[[str], TargetKind[Any]] = target_kind


def read_sources(desk: Desk, tables: Tables, zone: ZoneInfo, kinds: Kinds) -> dict[str, Source]:
    """The sources that are in order; the others are problems."""
    found: dict[str, Source] = {}
    for path, table in _named(desk, tables, "source"):
        read = _read(desk, path, table, System, kinds.source)
        if read:
            system, connector, _ = read
            name = str(path[-1])
            found[name] = Source(name, system.type, system.timezone or zone, connector)
    return found


def read_targets(
    desk: Desk, tables: Tables, zone: ZoneInfo, kinds: Kinds
) -> tuple[dict[str, Target], dict[str, Sequence[str]]]:
    """The targets that are in order, and which options a grant of each may carry."""
    found: dict[str, Target] = {}
    options: dict[str, Sequence[str]] = {}
    for path, table in _named(desk, tables, "target"):
        read = _read(desk, path, table, TargetSystem, kinds.target)
        if read:
            system, connector, kind = read
            name, policy = str(path[-1]), _policy(desk, path, system, kind.standard)
            found[name] = Target(name, system.type, system.timezone or zone, connector, policy)
            options[name] = kind.grant_options
    _refuse_same_address(desk, found)
    _refuse_clashes(desk, found, kinds)
    return found, options


def refuse_shared_names(desk: Desk, tables: Tables) -> None:
    """A name stands for one system only, in messages as in links."""
    seen: dict[str, KeyPath] = {}
    for section in ("source", "target"):
        for name in _table_of(tables, section):
            other = seen.setdefault(name.casefold(), (section, name))
            if other != (section, name):
                desk.problem(
                    (section, name),
                    f"there is a {other[0]} of that name already ('{other[1]}')",
                    "Give each source and each target a name of its own.",
                )


def _named(desk: Desk, tables: Tables, section: str) -> Iterable[tuple[KeyPath, Tables]]:
    found = desk.table((section,), tables.get(section, {}))
    if found == {}:
        desk.problem((section,), f"there is no {section}", f"Add one: [{section}.NAME].")
    for name, value in (found or {}).items():
        path = (section, name)
        if not isinstance(value, dict):
            remedy = f"Name the {section}: [{section}.NAME], its keys below it."
            desk.problem(path, f"a key of a {section} without a name", remedy)
        elif not _NAME.fullmatch(name):
            remedy = "Use letters, digits, blanks and . _ - (60 at most)."
            desk.problem(path, f"'{name}' cannot be a name", remedy)
        else:
            yield path, value


def _table_of(tables: Tables, section: str) -> Tables:
    found = tables.get(section)
    return found if isinstance(found, dict) else {}


def _read(
    desk: Desk, path: KeyPath, written: Tables, common: type[S], kind_of: Callable[[str], K]
) -> tuple[S, msgspec.Struct, K] | None:
    """What every system has, what its connector wants, and its kind; None when any of it fails."""
    table = desk.resolved(path, written)
    own = {field.encode_name for field in msgspec.structs.fields(common)}
    system = desk.fit(path, common, {key: table[key] for key in table if key in own})
    kind = _kind(desk, path, table.get("type"), kind_of)
    if kind is None:
        return None
    rest = {key: table[key] for key in table if key not in own}
    connector = desk.fit(path, kind.settings, rest, own)
    for place in _places(path, written, masked_names(kind.settings)):
        desk.caution_literal(place)
    if system is None or connector is None:
        return None
    _judge_address(desk, path, connector)
    return system, connector, kind


def _places(path: KeyPath, written: Tables, keys: Container[str]) -> Iterable[KeyPath]:
    """Where these keys are written, in tables within the table too."""
    for key, value in written.items():
        if key in keys:
            yield (*path, key)
        elif isinstance(value, dict):
            yield from _places((*path, key), value, keys)


def _kind(desk: Desk, path: KeyPath, name: Any, kind_of: Callable[[str], K]) -> K | None:
    if not isinstance(name, str) or not name:
        return None  # said when the table itself was read
    try:
        return kind_of(name)
    except NoSuchConnector as fault:
        reason = f"there is no {path[0]} of type {shown(name)}"
        desk.problem((*path, "type"), reason, instead(name, fault.known))
        return None


def _policy(desk: Desk, path: KeyPath, system: TargetSystem, standard: Policy) -> Policy:
    match = system.match
    if match is not None and (not match or len(set(match)) < len(match)):
        remedy = "Name each way of matching once, the surest first."
        desk.problem((*path, "match"), "it is empty or names one twice", remedy)
    return Policy(
        match=tuple(match) if match else standard.match,
        lapsed=system.lapsed or standard.lapsed,
        missing=system.missing or standard.missing,
        drift=system.drift or standard.drift,
    )


def _judge_address(desk: Desk, path: KeyPath, connector: msgspec.Struct) -> None:
    """An address must be one; what is sent there in the clear must be meant."""
    url = getattr(connector, "url", None)
    if not isinstance(url, str):
        return
    if not address(url):
        remedy = 'Write it like "https://192.168.1.100".'
        desk.problem((*path, "url"), "it is not an http or https address", remedy)
    elif urlsplit(url).scheme == "http" and not is_loopback(urlsplit(url).hostname or ""):
        _judge_plain_http(desk, path, getattr(connector, "plain_http", None))
    if getattr(connector, "verify", True) is False:
        desk.caution(
            (*path, "verify"),
            "the other side's certificate is not checked: anybody in between can read along",
            "Set 'fingerprint' or 'ca_file' instead.",
        )


def _judge_plain_http(desk: Desk, path: KeyPath, allowed: bool | None) -> None:
    if allowed is False:
        desk.problem(
            (*path, "url"),
            "plain http would send the password in the clear",
            "Use https://, or set plain_http = true where the network is yours alone.",
        )
    elif allowed:
        desk.caution(
            (*path, "url"),
            "plain http sends the password in the clear",
            "Use https:// if the device offers it; keep this network to yourself.",
        )


def _refuse_clashes(desk: Desk, targets: Mapping[str, Target], kinds: Kinds) -> None:
    by_type: defaultdict[str, dict[str, msgspec.Struct]] = defaultdict(dict)
    for name, target in targets.items():
        by_type[target.type][name] = target.settings
    for type_name, settings in by_type.items():
        for one in kinds.target(type_name).clashes(settings):
            desk.problem(("target", one.target, *one.key), one.reason, one.remedy)


def _refuse_same_address(desk: Desk, targets: Mapping[str, Target]) -> None:
    seen: dict[str, str] = {}
    for name, target in targets.items():
        url = getattr(target.settings, "url", None)
        if isinstance(url, str) and (where := address(url)):
            # One address may serve several places; those say which of them they are.
            first = seen.setdefault(f"{where} {getattr(target.settings, 'within', '')}", name)
            if first != name:
                desk.problem(
                    ("target", name, "url"),
                    f"'{first}' has this address already, and the two would undo each other's work",
                    "Keep one of the two; doors of one device go into the grants of its rules.",
                )
