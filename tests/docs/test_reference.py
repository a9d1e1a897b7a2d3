"""The reference says what the program does: every key, option, column and code, both ways."""

import tomllib
from datetime import UTC, datetime
from typing import Any, get_args

import msgspec
import pytest

from docs.commands import commands, options
from docs.pages import REFERENCE, anchors, keys, prose, rows, section, spans
from doorward.app.config.ini import _KEYS as INI_KEYS
from doorward.app.config.sections import (
    SECTIONS,
    Calls,
    Guard,
    NotifySection,
    RuleEntry,
    Run,
    Serve,
    Smtp,
    Store,
    System,
    TargetSystem,
    Top,
)
from doorward.app.documents import plan_document, report_document
from doorward.cli.shell import Exit
from doorward.connectors.kinds import source_kind, target_kind
from doorward.connectors.wincardcore.settings import InboundSettings
from doorward.core.apply import Applied
from doorward.core.changes import ChangeKind
from doorward.core.errors import Kind
from doorward.core.guard import Limits
from doorward.core.plan import Plan
from doorward.core.proposal import Policy
from doorward.core.sync import Report
from doorward.net import errors
from doorward.storage import errors as storage_errors
from doorward.storage.tables import metadata

CONFIGURATION = REFERENCE / "configuration.md"
COMMANDS = REFERENCE / "commands.md"
PLAN = REFERENCE / "plan.md"
ERRORS = REFERENCE / "errors.md"
DATABASE = REFERENCE / "database.md"

# --- configuration.md

STRUCTS: dict[str, type[msgspec.Struct]] = {
    "The top of the file": Top,
    "Every source": System,
    "Cardskipper": source_kind("cardskipper").settings,
    "CSV file": source_kind("csvfile").settings,
    "Every target": TargetSystem,
    "Hikvision": target_kind("hikvision").settings,
    "VIZpin": target_kind("vizpin").settings,
    "WinCardCore": target_kind("wincardcore").settings,
    "WinCardCore, inbound": InboundSettings,
    "Rules": RuleEntry,
    "Guard": Guard,
    "Store": Store,
    "Run": Run,
    "Serve": Serve,
    "Notify": NotifySection,
    "SMTP": Smtp,
    "Calls": Calls,
}
ELSEWHERE: dict[tuple[str, str], object] = {
    ("Store", "path"): "doorward.db",
    ("SMTP", "security"): "starttls",
    **{("Guard", one): getattr(Limits(), one) for one in ("share", "number", "few")},
    **{("Every target", one): getattr(Policy(), one) for one in ("lapsed", "missing", "drift")},
    ("Every target", "match"): list(Policy().match),
}
"""Defaults that are not the setting's own, but of what it is put into."""

each_section = pytest.mark.parametrize("heading", STRUCTS)


@each_section
def test_every_key_is_described_and_no_other(heading: str):
    described = keys(section(CONFIGURATION, heading))
    assert set(described) == {one.encode_name for one in msgspec.structs.fields(STRUCTS[heading])}


@each_section
def test_every_default_is_the_one_that_holds(heading: str):
    described = keys(section(CONFIGURATION, heading))
    for one in msgspec.structs.fields(STRUCTS[heading]):
        told = described[one.encode_name][1]
        assert told.startswith("needed") == one.required, one.name
        if told.startswith("`"):
            assert literal(told) == standard(heading, one), one.name
        elif not one.required:
            assert standard(heading, one) in (None, []), one.name


def literal(cell: str) -> object:
    return tomllib.loads(f"value = {spans(cell)[0]}")["value"]


def standard(heading: str, one: msgspec.structs.FieldInfo) -> object:
    if (heading, one.name) in ELSEWHERE:
        return ELSEWHERE[heading, one.name]
    made = one.default_factory is not msgspec.NODEFAULT
    told = one.default_factory() if made else one.default
    return list(told) if isinstance(told, tuple) else told


@pytest.mark.parametrize("heading", INI_KEYS)
def test_every_ini_key_is_described_and_no_other(heading: str):
    assert set(keys(section(CONFIGURATION, f"`[{heading}]`"))) == INI_KEYS[heading]


def test_every_section_is_described():
    text = prose(CONFIGURATION)
    assert [one for one in SECTIONS if f"[{one}" not in text and f"`{one}`" not in text] == []


@pytest.mark.parametrize("heading", ["Hikvision", "VIZpin"])
def test_every_option_of_a_grant_is_described(heading: str):
    told = spans(section(CONFIGURATION, heading))
    assert set(target_kind(heading.lower()).grant_options) <= set(told)


# --- commands.md


@pytest.mark.parametrize("words", commands())
def test_every_command_is_described_with_all_its_options(words: str):
    described = keys(section(COMMANDS, f"`doorward {words}`"))
    told = {one.split()[0] for one in described if one.startswith("--")}
    assert told == options(commands()[words])


def test_no_other_command_is_described():
    described = {one for one in anchors(COMMANDS) if one.startswith("doorward-")}
    assert described == {f"doorward-{words.replace(' ', '-')}" for words in commands()}


def test_exit_codes_are_those_of_the_program():
    told = {int(code): text for code, text in rows(section(COMMANDS, "Exit codes"))}
    assert sorted(told) == sorted(Exit)
    assert [told[Exit.OK], told[Exit.HELD]] == ["ok", "held by the guard"]


def nothing_planned() -> Plan:
    return Plan((), (), (), "", datetime(2026, 1, 1, tzinfo=UTC))


def described_json(words: str) -> set[str]:
    described = keys(section(COMMANDS, f"`doorward {words}`"))
    return {one for one in described if not one.startswith("--")}


def test_the_json_of_a_plan_has_the_keys_that_are_described():
    assert described_json("plan") == set(plan_document(nothing_planned(), {}))


def test_the_json_of_a_run_has_the_keys_that_are_described():
    report = Report(nothing_planned(), Applied(), (), 0)
    assert described_json("apply") == set(report_document(report, {}))


# --- plan.md


def test_every_kind_of_change_is_described():
    assert set(keys(section(PLAN, "Kinds of change"))) == set(get_args(ChangeKind))


@pytest.mark.parametrize("policy", ["lapsed", "missing", "drift"])
def test_every_policy_is_described(policy: str):
    kinds = {one.name: one.type for one in msgspec.structs.fields(TargetSystem)}
    values = {value for part in get_args(kinds[policy]) for value in get_args(part)}
    told = {one.strip('"') for one in spans(prose(PLAN) + section(CONFIGURATION, "Every target"))}
    assert values
    assert values <= told


def test_the_guards_arithmetic_is_the_guards():
    told = [(int(row[0]), int(row[1])) for row in rows(section(PLAN, "The guard"))]
    assert len(told) > 3
    assert told == [(people, Limits().allowed(people)) for people, _ in told]


# --- errors.md


def kinds_of(module: Any, root: type[Any]) -> list[type[Any]]:
    return [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, root)]


def test_every_kind_of_trouble_is_described():
    top = prose(ERRORS).partition("\n## ")[0]
    assert set(keys(top)) == {kind.value for kind in Kind}


def test_every_remote_error_is_described_with_its_kind_and_remedy():
    told = {
        (spans(kind)[0], remedy)
        for _, kind, remedy in rows(section(ERRORS, "Between Doorward and a system"))
    }
    classes = [one for one in kinds_of(errors, errors.RemoteError) if one is not errors.RemoteError]
    assert told == {(one.kind, one.advice) for one in classes}


def test_every_trouble_with_the_database_is_described_with_its_remedy():
    told = {remedy for _, remedy in rows(section(ERRORS, "In the database"))}
    root = storage_errors.StoreError
    assert told == {one.advice for one in kinds_of(storage_errors, root) if one is not root}


# --- database.md


def test_every_table_is_described_and_no_other():
    described = {one for one in anchors(DATABASE) if one in metadata.tables or "_" in one}
    assert described == set(metadata.tables)


@pytest.mark.parametrize("table", metadata.tables)
def test_every_column_is_described_and_no_other(table: str):
    assert list(keys(section(DATABASE, table))) == [
        column.name for column in metadata.tables[table].columns
    ]
