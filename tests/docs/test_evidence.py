"""Coverage pages are what the tests say, and say no more than that."""

import subprocess
import sys
from pathlib import Path

import pytest

import coverage_pages
from docs import fault_watch
from doorward.twinkit.faults import Fault, Faults
from evidence.declared import BadDeclaration, Declaration, declarations
from evidence.inventory import Axis, Page, Row, Table, UnknownName, rule_tables
from evidence.page import REAL, FaultsAreNoEvidence, gaps, markdown, shown

PAGE = Page(
    "gate",
    "Gate coverage",
    "What there is.",
    (
        Table(
            "Calls",
            ("call",),
            (Axis("client", "client", fidelity=False), Axis("twin", "twin"), REAL),
            (Row("open", ("`open`",)), Row("shut", ("`shut`",))),
        ),
        Table(
            "Rules",
            ("rule",),
            (Axis("rule", "shown by"),),
            (Row("twice", ("opening twice is opening",)), Row("wait", ("we wait",), ours=True)),
        ),
    ),
)


def said(test: str = "test_it", orders_faults: bool = False, **columns: str) -> Declaration:
    shows = tuple((keyword, tuple(words.split())) for keyword, words in columns.items())
    return Declaration(test, "tests/test_gate.py:1", "gate", shows, orders_faults)


def written(folder: Path, text: str) -> list[Declaration]:
    (folder / "test_gate.py").write_text(f"import pytest\n\n\n{text}", encoding="utf-8")
    return list(declarations(folder))


# --- the pages


@pytest.mark.parametrize("page", coverage_pages.pages(), ids=lambda page: page.system)
def test_a_page_is_what_the_tests_say_now(page: Page):
    made = markdown(page, coverage_pages.declared())
    there = coverage_pages.file_of(page).read_text(encoding="utf-8")
    assert there == made, "run `make evidence`"


@pytest.mark.parametrize("page", coverage_pages.pages(), ids=lambda page: page.system)
def test_nothing_is_listed_twice_under_a_keyword(page: Page):
    names = [
        (axis.keyword, row.name)
        for table in page.tables
        for axis in table.axes
        if axis != REAL
        for row in table.rows
    ]
    assert len(names) == len(set(names))


def test_the_command_writes_the_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(coverage_pages, "REFERENCE", tmp_path)
    coverage_pages.main([])
    found = {file.name for file in tmp_path.iterdir()}
    assert found == {"vizpin-coverage.md", "wincardcore-coverage.md"}


def test_the_command_prints_what_nothing_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(coverage_pages, "ROOT", tmp_path)
    coverage_pages.main(["--gaps"])
    printed = capsys.readouterr().out.splitlines()
    assert {"vizpin client time", "wincardcore rule signature"} <= set(printed)


def test_a_page_that_is_none_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "tests").mkdir()
    written(tmp_path / "tests", '@pytest.mark.covers("gate", a="b")\ndef test_it(): ...\n')
    monkeypatch.setattr(coverage_pages, "ROOT", tmp_path)
    with pytest.raises(UnknownName, match=r"tests/test_gate\.py:5: there is no page 'gate'"):
        coverage_pages.main([])


# --- what a test says


def test_a_test_says_in_one_line_what_it_shows(tmp_path: Path):
    (found,) = written(
        tmp_path,
        '@pytest.mark.covers("gate", client="open shut", rule="twice")\n'
        "async def test_it_opens(): ...\n",
    )
    assert (found.test, found.system) == ("test_it_opens", "gate")
    assert found.shows == (("client", ("open", "shut")), ("rule", ("twice",)))
    assert found.where == f"{tmp_path.name}/test_gate.py:5"
    assert not found.orders_faults


@pytest.mark.parametrize("mark", ["skip", 'skipif(True, reason="")', "xfail(strict=True)"])
def test_a_test_that_does_not_run_or_is_to_fail_shows_nothing(tmp_path: Path, mark: str):
    text = f'@pytest.mark.covers("gate", client="open")\n@pytest.mark.{mark}\ndef test_it(): ...\n'
    assert written(tmp_path, text) == []


def test_only_tests_show_anything(tmp_path: Path):
    assert written(tmp_path, '@pytest.mark.covers("gate", client="open")\ndef it(): ...\n') == []
    assert written(tmp_path, "@cached\n@pytest.mark.slow\ndef test_it(): ...\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "covers",
        "covers()",
        'covers("gate", "open")',
        'covers("gate", client="")',
        "covers(GATE)",
        'covers("gate", client=OPEN)',
        'covers("gate", **everything)',
    ],
)
def test_a_line_that_cannot_be_read_without_running_it_is_refused(tmp_path: Path, line: str):
    with pytest.raises(BadDeclaration, match=r"test_gate\.py:5: "):
        written(tmp_path, f"@pytest.mark.{line}\ndef test_it(): ...\n")


@pytest.mark.parametrize(
    "line", ["twin.faults.order([])", 'put(f"{url}/_twin/faults", [])', "a.b.faults.ordered = []"]
)
def test_a_test_that_orders_faults_is_known_by_its_text(tmp_path: Path, line: str):
    text = f'@pytest.mark.covers("gate", client="open")\ndef test_it():\n    {line}\n'
    assert [one.orders_faults for one in written(tmp_path, text)] == [True]


# --- what a page makes of it


def test_a_star_stands_for_many_rows():
    cells = shown(PAGE, [said(client="*", rule="t*")])
    assert set(cells) == {("client", "open"), ("client", "shut"), ("rule", "twice")}


@pytest.mark.parametrize("columns", [{"client": "lock"}, {"server": "open"}, {"rule": "x*"}])
def test_what_is_on_no_page_cannot_be_shown(columns: dict[str, str]):
    with pytest.raises(UnknownName, match=r"^tests/test_gate\.py:1: gate has no "):
        shown(PAGE, [said(**columns)])


def test_what_nothing_shows_is_said_to_be_not_tested_and_real_systems_unknown():
    made = markdown(PAGE, [said(client="open", rule="wait")])
    assert "| `open` | `test_it` | not tested | unknown |" in made
    assert "| `shut` | not tested | not tested | unknown |" in made
    assert "| opening twice is opening | not tested |" in made
    assert "| Calls | 2 | client: 1 open, twin: 2 open, real system: 2 unknown |" in made
    assert "| `tests/test_gate.py` | 1 |" in made


def test_only_a_test_of_what_was_recorded_compares_with_the_real_system():
    made = markdown(PAGE, [said(real="open")])
    assert "| `open` | not tested | not tested | `test_it` |" in made


def test_gaps_are_what_could_be_tested():
    cells = shown(PAGE, [said(client="*", rule="*")])
    assert gaps(PAGE, cells) == ["twin open", "twin shut"]


def test_the_tests_that_show_little_else_come_first_and_many_are_counted():
    tests = [said(f"test_{name}", client="*") for name in "abc"]
    made = markdown(PAGE, [*tests, said("test_z", client="open")])
    assert "`test_z`, `test_a`, `test_b` and 1 more" in made


def test_tests_of_other_pages_are_not_its_own():
    other = Declaration("test_it", "tests/test_door.py:1", "door", (("client", ("open",)),))
    assert shown(PAGE, [other]) == {}
    assert "test_door" not in markdown(PAGE, [other])


def test_rules_are_read_with_who_keeps_them(tmp_path: Path):
    file = tmp_path / "rules.toml"
    file.write_text('["At night"]\nshut = ["it is shut", "car park", "1.2"]\n')
    (table,) = rule_tables(file)
    assert (table.heading, table.rows[0].told) == (
        "At night",
        ("`shut`", "it is shut", "car park", "1.2"),
    )
    assert not table.rows[0].ours
    file.write_text('["At night"]\nshut = ["we wait", "client", "1.2"]\n')
    assert rule_tables(file)[0].rows[0].ours
    file.write_text('["At night"]\nshut = ["it is shut", "somebody", "1.2"]\n')
    with pytest.raises(KeyError):
        rule_tables(file)


# --- faults on order


@pytest.mark.parametrize("columns", [{"twin": "open"}, {"rule": "twice"}, {"real": "open"}])
def test_a_test_that_orders_faults_shows_nothing_of_the_real_system(columns: dict[str, str]):
    with pytest.raises(FaultsAreNoEvidence):
        shown(PAGE, [said(orders_faults=True, **columns)])


def test_it_can_show_what_our_own_side_does():
    assert shown(PAGE, [said(orders_faults=True, client="open", rule="wait")])


def test_faults_that_come_due_are_seen_however_they_were_ordered():
    faults = Faults()
    with fault_watch.watched() as seen:
        assert faults.due("GET /") == []
        faults.ordered.append(Fault("GET", "busy", 1))
        assert [fault.kind for fault in faults.due("GET /")] == ["busy"]
    assert [fault.kind for fault in seen] == ["busy"]
    faults.order([Fault("GET", "drop", 1)])
    faults.due("GET /")
    assert len(seen) == 1


def test_claims_are_those_of_a_tests_marks():
    fidelity = pytest.mark.covers("vizpin", client="time", twin="time", rule="push-late").mark
    assert fault_watch.claimed([fidelity]) == ["twin time"]


WITH_FAULTS = """
import pytest
from doorward.twinkit.faults import Fault, Faults

def due(times):
    faults = Faults()
    faults.ordered.append(Fault("time", "busy", times))
    faults.due("com.vizpin.time")

@pytest.mark.covers("vizpin", twin="time")
def test_of_a_twin_with_a_fault():
    due(times=1)

@pytest.mark.covers("vizpin", twin="time")
def test_of_a_twin_whose_fault_never_came_due():
    due(times=0)

@pytest.mark.covers("vizpin", client="time")
def test_of_our_own_side():
    due(times=1)
"""


def test_a_test_that_claims_too_much_fails(tmp_path: Path):
    file = tmp_path / "test_gate.py"
    file.write_text(WITH_FAULTS, encoding="utf-8")
    configured = ("-c", str(coverage_pages.ROOT / "pyproject.toml"), "-p", "docs.fault_watch")
    command = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *configured, str(file))
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "3 passed, 1 error" in ran.stdout, ran.stdout
    assert "ERROR at teardown of test_of_a_twin_with_a_fault" in ran.stdout
    assert "shows nothing of real systems" in ran.stdout
