"""The documentation keeps its word: links lead somewhere, what is named is there, examples work."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import tomlkit

from docs.commands import commands, lines, objection
from docs.pages import PAGES, ROOT, anchors, blocks, links, name, prose, spans
from doorward.app.config import Settings, Vault, load
from doorward.connectors.cardskipper.twin import cardskipper_twin
from doorward.connectors.hikvision.twin import hikvision_twin
from doorward.connectors.vizpin.twin import make_twin as vizpin_twin
from doorward.connectors.vizpin.twin_settings import TwinOptions as PhoneOptions
from doorward.connectors.wincardcore.twin import wincardcore_twin
from doorward.connectors.wincardcore.twin_settings import TwinOptions
from doorward.net.serving import running

each_page = pytest.mark.parametrize("page", PAGES, ids=name)


# --- links


@each_page
def test_every_link_leads_somewhere(page: Path):
    for link in links(page):
        path, _, anchor = link.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(there), f"{link}: no such heading"


def test_every_page_can_be_reached_from_the_index():
    index = ROOT / "docs" / "README.md"
    reached = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    unreached = [
        name(page)
        for page in PAGES
        if page.parent.name != "decisions" and page not in reached | {index, ROOT / "README.md"}
    ]
    assert unreached == []


@each_page
def test_no_page_names_a_place_on_somebodys_machine(page: Path):
    assert re.findall(r"/(?:work|root|home)/\w+", page.read_text()) == []


# --- commands


@each_page
def test_every_command_is_one_that_the_program_takes(page: Path):
    assert {line: objection(line) for line in lines(page) if objection(line)} == {}


@pytest.mark.parametrize("line", ["paln", "plan --outt x", "links sett a b", "--confg x plan"])
def test_a_command_that_the_program_does_not_take_is_found(line: str):
    assert objection(line)


def test_commands_are_found_in_the_pages():
    typed = {line.split()[0] for page in PAGES for line in lines(page)}
    assert typed >= {words.split()[0] for words in commands()}


@each_page
def test_every_make_target_is_there(page: Path):
    there = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    typed = [line for block in blocks(page) for line in block.text.splitlines()]
    named = [re.match(r"(?:\$ )?make (\w+)", text) for text in (*typed, *spans(prose(page)))]
    assert {found[1] for found in named if found} <= there


# --- tests and files that are named


@cache
def known_tests() -> frozenset[str]:
    found = re.compile(r"^\s*(?:async )?def (test_\w+)", re.MULTILINE)
    files = (ROOT / "tests").rglob("test_*.py")
    return frozenset(test for file in files for test in found.findall(file.read_text()))


@each_page
def test_every_test_that_is_named_is_there(page: Path):
    named = {span for span in spans(prose(page)) if re.fullmatch(r"test_\w+", span)}
    assert named - known_tests() == set()


@each_page
def test_every_file_that_is_named_is_there(page: Path):
    named = {span for span in spans(prose(page)) if re.match(r"(?:src|tests|docs|changes)/", span)}
    assert [path for path in named if not (ROOT / path).exists()] == []


# --- configurations


class Everything(Mapping[str, str]):
    """An environment in which every variable is set, to an address where one is wanted."""

    def __getitem__(self, key: str) -> str:
        wants_address = key.endswith(("_STORE", "_URL"))
        return "postgresql://user:password@localhost/doorward" if wants_address else "something"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


BASE: dict[str, Any] = {
    "source": {
        "club": {
            "type": "cardskipper",
            "url": "https://api.cardskipper.se",
            "organisation": 1,
            "username": "somebody",
            "password": "env:PASSWORD",
        }
    },
    "target": {},
}


def door(number: int) -> dict[str, Any]:
    return {
        "type": "hikvision",
        "url": f"https://192.168.1.{number}",
        "username": "admin",
        "password": "env:PASSWORD",
    }


GARAGE = {
    "type": "wincardcore",
    "url": "https://garage.example",
    "client_id": "doorward",
    "auth_key": "env:AUTH_KEY",
    "sig_key": "env:SIG_KEY",
}
PHONES = {
    "type": "vizpin",
    "url": "https://www.vizpin.net",
    "username": "somebody",
    "password": "env:PASSWORD",
    "oem_key": "env:OEM_KEY",
    "account": "Club",
    "location": "House",
}
USUAL = {"garage": GARAGE, "phones": PHONES}
"""Targets that the pages call by these names."""


def target(number: int, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """What is given of a target, and what of it a page said before."""
    return given if "type" in given and name in USUAL else USUAL.get(name, door(number)) | given


def spoken_of(part: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The targets that are described, and those that rules name; one door where there is none."""
    found: dict[str, dict[str, Any]] = dict(part.get("target", {}))
    for rule in part.get("rule", []):
        for grant in (*rule.get("grant", ()), *rule.get("blocked_by", ())):
            name = grant["target"] if isinstance(grant, dict) else grant
            found.setdefault(name, {})
    return found or {"main-door": {}}


def completed(part: dict[str, Any]) -> dict[str, Any]:
    """A part of a configuration with what it leaves out put in."""
    sources = {
        one: BASE["source"]["club"] | given if "type" not in given else given
        for one, given in part.get("source", BASE["source"]).items()
    }
    targets = {
        one: target(number, one, given)
        for number, (one, given) in enumerate(spoken_of(part).items(), 1)
    }
    return {**part, "source": sources, "target": targets}


def loaded(folder: Path, file: str, text: str) -> Settings:
    for path in re.findall(r'"file:([^"]+)"', text):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text("a-secret-long-enough")
    (folder / file).write_text(text)
    return load(folder / file, vault=Vault(folder, Everything(), lambda _service, _user: "secret"))


def examples(info: str) -> list[Any]:
    return [
        pytest.param(block.text, id=f"{name(page)}-{place}")
        for page in PAGES
        for place, block in enumerate(blocks(page))
        if block.info == info
    ]


@pytest.mark.parametrize("text", examples("toml"))
def test_every_toml_example_can_be_used(text: str, tmp_path: Path):
    whole = "[source." in text and "[target." in text and "type =" in text
    if not whole:
        text = tomlkit.dumps(completed(tomlkit.parse(text).unwrap()))
    assert loaded(tmp_path, "doorward.toml", text).targets


@pytest.mark.parametrize("text", examples("ini"))
def test_every_ini_example_can_be_used(text: str, tmp_path: Path):
    assert loaded(tmp_path, "doorward.ini", text).targets


@pytest.mark.parametrize("text", examples("json"))
def test_every_json_example_is_json(text: str):
    assert json.loads(text)


# --- what can be typed at the twins

TWINS = ROOT / "docs" / "how-to" / "play-with-the-twins.md"


def curls() -> list[tuple[list[str], str]]:
    """The curl lines of the page, block by block, with the answer that the next block shows."""
    shown = blocks(TWINS)
    result = []
    for block, after in zip(shown, [*shown[1:], None], strict=True):
        typed = [line for line in block.text.splitlines() if line.startswith("curl ")]
        answer = after.text if after and after.text.startswith("{") else ""
        if typed:
            result.append((typed, answer.partition("…")[0].strip()))
    return result


async def curl(line: str, twins: Mapping[int, str]) -> tuple[int, str]:
    words = shlex.split(line)[1:]
    method, body, headers = "GET", None, {}
    while words[0].startswith("-"):
        option, value, *words = words
        if option == "-H":
            name, _, said = value.partition(": ")
            headers[name] = said
        else:
            method, body = {"-X": (value, body), "-d": (method, value)}[option]
            method = "POST" if method == "GET" and option == "-d" else method
    [url] = words
    for port, twin in twins.items():
        url = url.replace(f"http://127.0.0.1:{port}", twin)
    async with aiohttp.request(method, url, data=body, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_every_curl_line_works_in_the_order_of_the_page():
    page, ports = curls(), (8701, 8702, 8703, 8704)
    assert sum(len(typed) for typed, _ in page) > 10
    async with (
        running(cardskipper_twin("demo", "demo", people=40)) as register,
        running(hikvision_twin("demo", "demo", people=40)) as terminal,
        running(vizpin_twin(PhoneOptions(people=40))) as phones,
        running(wincardcore_twin(TwinOptions(people=40))) as garage,
    ):
        for typed, shown in page:
            for line in typed:
                twins = dict(zip(ports, (register, terminal, phones, garage), strict=True))
                status, answer = await curl(line, twins)
                assert status < 300, f"{line}: {answer}"
            assert answer.startswith(shown), typed[-1]
