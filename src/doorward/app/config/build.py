"""From what a file says to Settings, or to everything that is wrong with it."""

from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from doorward.app.config.document import Document, Tables
from doorward.app.config.fit import Desk
from doorward.app.config.notify import read_notify
from doorward.app.config.problems import ConfigError
from doorward.app.config.rules import read_rules
from doorward.app.config.secrets import Vault
from doorward.app.config.sections import SECTIONS, Calls, Guard, Run, Serve, Store, Top
from doorward.app.config.settings import CallRetention, Serving, Settings, Source, Target
from doorward.app.config.store import store_url
from doorward.app.config.systems import Kinds, read_sources, read_targets, refuse_shared_names
from doorward.app.config.version import version_of
from doorward.app.config.words import instead
from doorward.core.entitlements import Rule
from doorward.core.guard import Limits
from doorward.net.identity import Identity

S = TypeVar("S", bound=msgspec.Struct)


def build(document: Document, vault: Vault, kinds: Kinds, machine: ZoneInfo) -> Settings:
    """The settings of a document. `machine` is the zone that holds where the file names none.

    Raises ConfigError with all problems.
    """
    desk, tables = Desk(document, vault), document.tables
    _refuse_unknown(desk)
    zone = _zone(desk, machine)
    refuse_shared_names(desk, tables)
    sources = read_sources(desk, tables, zone, kinds)
    targets, options = read_targets(desk, tables, zone, kinds)
    rules = read_rules(desk, tables, options)
    settings = _settings(desk, sources, targets, rules)
    if desk.problems:
        raise ConfigError(desk.problems)
    return settings


def _settings(
    desk: Desk, sources: dict[str, Source], targets: dict[str, Target], rules: tuple[Rule, ...]
) -> Settings:
    limits, calls = _limits(desk), _section(desk, "calls", Calls)
    run, notify = _section(desk, "run", Run), read_notify(desk)
    return Settings(
        file=desk.document.file,
        sources=MappingProxyType(sources),
        targets=MappingProxyType(targets),
        rules=rules,
        limits=limits,
        store_url=store_url(desk, _section(desk, "store", Store, secrets=True)),
        interval=timedelta(minutes=run.interval_minutes),
        serving=_serving(desk),
        notify=notify,
        calls=CallRetention(calls.days, calls.most),
        version=version_of(sources.values(), targets.values(), rules, limits),
        cautions=tuple(sorted(desk.cautions, key=lambda caution: caution.line)),
    )


def _refuse_unknown(desk: Desk) -> None:
    for key in desk.document.tables:
        if key not in SECTIONS:
            desk.problem((key,), "there is no such section", instead(key, SECTIONS))


def _zone(desk: Desk, machine: ZoneInfo) -> ZoneInfo:
    """The zone of systems that name none; whoever relies on the machine's is told so."""
    tables = desk.document.tables
    top = desk.fit((), Top, {key: tables[key] for key in tables if key == "timezone"})
    if "timezone" in tables:
        return machine if top is None or top.timezone is None else top.timezone
    if not all(map(_names_zone, _systems(tables, "target"))):
        desk.caution(
            ("timezone",),
            f"no time zone is set; this machine's is used, which is {machine.key}",
            'Set it, for instance timezone = "Europe/Stockholm": in it a day begins and ends.',
        )
    return machine


def _systems(tables: Tables, section: str) -> list[object]:
    found = tables.get(section)
    return list(found.values()) if isinstance(found, dict) else []


def _names_zone(system: object) -> bool:
    return isinstance(system, dict) and "timezone" in system


def _section(desk: Desk, name: str, kind: type[S], *, secrets: bool = False) -> S:
    """A section's settings; as if it were not there when it is in disorder."""
    path, written = (name,), desk.document.tables.get(name, {})
    table = desk.table(path, desk.resolved(path, written) if secrets else written)
    return (desk.fit(path, kind, table) if table is not None else None) or kind()


def _serving(desk: Desk) -> Serving:
    serve, folder = _section(desk, "serve", Serve), desk.document.file.parent
    if serve.certificate is None or serve.key is None:
        return Serving(plain_http=serve.plain_http)
    clients = folder / serve.clients if serve.clients else None
    identity = Identity(folder / serve.certificate, folder / serve.key, clients)
    return Serving(identity, serve.plain_http)


def _limits(desk: Desk) -> Limits:
    guard, standard = _section(desk, "guard", Guard), Limits()
    return Limits(
        share=standard.share if guard.share is None else guard.share,
        number=standard.number if guard.number is None else guard.number,
        few=standard.few if guard.few is None else guard.few,
    )
