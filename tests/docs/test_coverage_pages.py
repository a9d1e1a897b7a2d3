"""The pages on twins, coverage and features claim nothing that isn't there."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from docs.pages import REFERENCE, keys, prose, rows, section, spans
from doorward.connectors.cardskipper.twin_settings import Settings as RegisterSwitches
from doorward.connectors.cardskipper.wire.operations import OPERATIONS as REGISTER_CALLS
from doorward.connectors.cardskipper.wire.operations import SCHEMAS
from doorward.connectors.hikvision.operations import OPERATIONS as TERMINAL_CALLS
from doorward.connectors.hikvision.profiles import PROFILES, Profile
from doorward.connectors.hikvision.twin import hikvision_twin
from doorward.connectors.hikvision.wire.failures import CATALOGUE
from doorward.connectors.vizpin.twin import make_twin as vizpin_twin
from doorward.connectors.vizpin.twin_settings import Settings as PhoneSwitches
from doorward.connectors.vizpin.twin_settings import TwinOptions as PhoneOptions
from doorward.connectors.wincardcore.twin import wincardcore_twin
from doorward.connectors.wincardcore.twin_settings import TwinOptions as GarageOptions
from doorward.twinkit.faults import FaultKind
from doorward.twinkit.twin import Twin

TWINS = REFERENCE / "twins.md"
ERRORS = REFERENCE / "errors.md"
FEATURES = REFERENCE / "features.md"
TERMINAL = REFERENCE / "hikvision-coverage.md"
REGISTER = REFERENCE / "cardskipper-coverage.md"

# --- twins.md


def controls(twin: Twin) -> set[str]:
    assert isinstance(twin.control, Starlette)
    routes = [one for one in twin.control.routes if isinstance(one, Route)]
    return {
        f"{method} {one.path}"
        for one in routes
        for method in one.methods or ()
        if method != "HEAD" and one.path != "/_twin"
    }


def test_every_control_is_described_and_no_other():
    twins = (
        hikvision_twin("demo", "demo", people=0),
        vizpin_twin(PhoneOptions(people=0)),
        wincardcore_twin(GarageOptions()),
    )
    assert set(keys(section(TWINS, "Controls"))) == set().union(*map(controls, twins))


def test_every_kind_of_fault_is_described():
    assert set(keys(section(TWINS, "Faults"))) == set(get_args(FaultKind))


def test_the_profiles_differ_as_the_table_says():
    table = keys(section(TWINS, "Profiles of the terminal"))
    left_out = {"serial", "mac", "nonce_seconds", "tries", "lock_seconds", "time_zone"}
    assert {*table} | left_out == {one.name for one in msgspec.structs.fields(Profile)}
    for switch, (_, *cells) in table.items():
        assert [shown(getattr(one, switch)) for one in PROFILES.values()] == cells, switch


def shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"`{one}`" for one in value)
    return f"`{value if isinstance(value, str) else json.dumps(value)}`" if value != "" else "none"


def test_every_switch_of_the_register_is_described_with_its_default():
    table = keys(section(TWINS, "Switches of the register"))
    for one in msgspec.structs.fields(RegisterSwitches):
        told = table.pop(one.name)[1]
        plain = "all" if one.name == "grants" else "none" if not one.default else shown(one.default)
        assert told == plain, one.name
    assert table == {}


def test_every_switch_of_vizpin_is_described_with_its_default():
    table = keys(section(TWINS, "Switches of VIZpin"))
    fields = msgspec.structs.fields(PhoneSwitches)
    assert {name: told[1] for name, told in table.items()} == {
        one.name: shown(one.default) for one in fields
    }


# --- errors.md, of terminals


def test_every_code_of_a_terminal_is_described_with_its_kind_and_remedy():
    told = {
        code: (spans(kind)[0], remedy)
        for codes, kind, remedy in rows(section(ERRORS, "From a Hikvision terminal"))
        for code in spans(codes)
    }
    assert told == {
        code: (meaning.error.kind, meaning.remedy or meaning.error.advice)
        for code, meaning in CATALOGUE.items()
    }


# --- coverage


def test_every_call_of_a_terminal_is_listed_and_no_other():
    told = {path for row in rows(section(TERMINAL, "Calls")) for path in spans(row[0])}
    there = {one.path for one in TERMINAL_CALLS}
    not_there = {path for path in told - there if path.startswith("/ISAPI/")}
    assert there <= told
    assert not_there == {"/ISAPI/Event/notification/alertStream"}


def test_every_call_of_the_register_is_listed():
    told = " ".join(row[0] for row in rows(section(REGISTER, "Calls")))
    for one in REGISTER_CALLS:
        assert f"{one.method} `{re.split('{', one.path)[0]}" in told, one.name
    assert [name for name in SCHEMAS if name not in told] == []


@pytest.mark.parametrize("page", [TERMINAL, REGISTER], ids=lambda page: page.stem)
def test_a_line_that_claims_to_be_covered_names_what_shows_it(page: Path):
    for row in rows(prose(page)):
        claims = any(cell.startswith("yes") for cell in row[1:-1])
        assert not claims or re.search(r"`(?:test_|tests/)", row[-1]), row


# --- features.md


def features() -> list[list[str]]:
    return [row for row in rows(prose(FEATURES)) if row[0].isdecimal()]


def test_every_feature_has_its_row():
    assert [int(row[0]) for row in features()] == list(range(1, 66))


@pytest.mark.parametrize("row", features(), ids=lambda row: row[0])
def test_a_feature_says_how_far_it_is_and_what_shows_it(row: list[str]):
    _, _, state, shown_by = row
    assert state in {"holds", "partly", "not yet"}
    proved = re.search(r"`(?:test_|tests/)|\]\(", shown_by) is not None
    assert proved or state != "holds"
    told = shown_by.partition(". ")[2]
    assert told or proved or state != "partly", "what is missing is said"
