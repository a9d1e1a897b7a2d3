"""Any method of VIZpin's API, called by hand: what is asked, what is masked, what is refused."""

import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from doorward.app.config import Settings, load
from doorward.app.hub import open_store
from doorward.app.runs import NoSuchTarget
from doorward.app.vizpin import (
    NoSuchMethod,
    WrongParameter,
    call_method,
    methods,
    operation_of,
    read_parameters,
    vizpin_target,
)
from doorward.cli.shell import Shell
from doorward.cli.vizpin import _list_methods, _show
from doorward.connectors.vizpin.twin import make_twin
from doorward.connectors.vizpin.twin_settings import OEM_KEY, TwinOptions
from doorward.connectors.vizpin.wire.operations import OPERATIONS
from doorward.net.serving import running
from doorward.storage.store import Store
from doorward.twinkit.twin import Twin

TARGET = """
[target.{name}]
type = "vizpin"
url = "{url}"
username = "demo"
password = "demo"
oem_key = "{key}"
account = "Doorward Sports Club"
location = "{name}"
"""
CONFIGURATION = """
timezone = "Europe/Stockholm"

[source.club]
type = "csvfile"
path = "members.csv"
"""


def configured(folder: Path, url: str, *names: str) -> Settings:
    file = folder / "doorward.toml"
    targets = (TARGET.format(name=name, url=url, key=OEM_KEY) for name in names)
    file.write_text(CONFIGURATION + "".join(targets))
    file.chmod(0o600)
    return load(file)


@dataclass(frozen=True, slots=True)
class Desk:
    settings: Settings
    store: Store
    twin: Twin

    async def call(self, method: str, *given: str) -> dict[str, Any]:
        operation = operation_of(method)
        parameters: Mapping[str, Any] = read_parameters(operation, given)
        target = vizpin_target(self.settings, None)
        return await call_method(self.settings, self.store, target, operation, parameters)

    @property
    def user(self) -> Any:
        return next(iter(json.loads(self.twin.world.document())["users"]))["user"]


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[Desk]:
    twin = make_twin(TwinOptions(people=3))
    async with running(twin) as url:
        settings = configured(folder, url, "phones")
        with open_store(settings) as store:
            yield Desk(settings, store, twin)


@pytest.mark.parametrize("name", ["user.find", "com.vizpin.user.find", "USER.FIND"])
def test_a_method_is_found_with_and_without_its_first_part(name: str):
    assert operation_of(name).short == "user.find"


def test_a_method_that_is_not_there_is_told_with_where_they_are():
    with pytest.raises(NoSuchMethod, match=r"user\.fidn") as caught:
        operation_of("user.fidn")
    assert "doorward vizpin methods" in caught.value.remedy


def test_all_methods_are_listed_with_what_they_ask_and_what_they_are_for():
    found = {one["method"]: one for one in methods()}
    assert set(found) == {one.short for one in OPERATIONS.values()}
    assert found["user.count"]["parameters"] == "account_id? locationid?"
    assert found["user.authenticate"]["parameters"] == ""
    assert all(one["for"] for one in found.values())


@pytest.mark.parametrize(
    ("method", "given", "reason", "remedy"),
    [
        ("user.find", ["phone"], "NAME=VALUE", "phone, last_name"),
        ("user.find", ["phon=+46"], "no parameter 'phon'", "phone, last_name"),
        ("time", ["x=1"], "no parameter 'x'", "none"),
    ],
)
def test_a_parameter_that_is_none_is_told_with_those_that_are(
    method: str, given: list[str], reason: str, remedy: str
):
    with pytest.raises(WrongParameter, match=reason) as caught:
        read_parameters(operation_of(method), given)
    assert remedy in caught.value.remedy


def test_values_are_text_unless_they_are_json():
    given = ['user_ids=["a"]', 'schedule={"type": "24x7"}', "stop_date=2027", "reader_ids=[x"]
    found = read_parameters(operation_of("vizpin.grant"), given)
    assert found == {
        "user_ids": ["a"], "schedule": {"type": "24x7"}, "stop_date": "2027", "reader_ids": "[x",
    }  # fmt: skip


@pytest.mark.covers("vizpin", rule="nothing-refused-is-sent")
async def test_what_a_method_does_not_take_is_not_sent(tmp_path: Path):
    async with desk(tmp_path) as here:
        with pytest.raises(WrongParameter, match="phone"):
            await here.call("user.find", "phone=call me", "last_name=Berg")
        assert not here.twin.calls


@pytest.mark.covers("vizpin", rule="secrets-hidden")
async def test_the_answer_is_plain_and_its_secrets_masked(tmp_path: Path):
    async with desk(tmp_path) as here:
        user = here.user
        found = await here.call("user.get", f"user_id={user['id']}")
        assert found["user"]["phone"] == user["phone"]
        assert found["user"]["phoneconfirmation"] == "•••"
        assert (await here.call("user.authenticate"))["token"] == "•••"
        listed = await here.call("account.list")
        ident = listed["accounts"][0]["id"]
        assert await here.call("user.count", f"account_id={ident}") == {
            "totalcount": "3", "batchcounter": "1",
        }  # fmt: skip


async def test_a_method_that_writes_writes(tmp_path: Path):
    async with desk(tmp_path) as here:
        ident = here.user["id"]
        assert await here.call("user.delete", f"userid={ident}") == {}
        assert here.user["id"] != ident


def test_the_target_may_be_left_out_when_there_is_one(tmp_path: Path):
    one = configured(tmp_path, "http://127.0.0.1:9", "north")
    assert vizpin_target(one, None).name == "north"
    two = configured(tmp_path, "http://127.0.0.1:9", "north", "south")
    assert vizpin_target(two, "south").name == "south"
    for name in (None, "west", "club"):
        with pytest.raises(NoSuchTarget) as caught:
            vizpin_target(two, name)
        assert "north, south" in caught.value.remedy


def shown(answer: dict[str, Any]) -> str:
    out = io.StringIO()
    _show(Shell(Path("x"), Console(file=out, width=100), Console(file=out)), answer)
    return out.getvalue()


def test_an_answer_is_shown_as_a_table():
    users = [{"id": "u1", "name": "Ann", "city": ""}, {"id": "u2", "name": "Bo", "city": ""}]
    many = shown({"users": users})
    assert "Ann" in many
    assert "city" not in many
    one = shown({"vizpin": {"id": "v1", "schedule": {"type": "24x7"}, "days": ["a", {"b": 1}]}})
    assert "24x7" in one
    assert "a b=1" in one
    assert "200" in shown({"totalcount": "200"})
    assert "done" in shown({})
    assert "Nothing here" in shown({"users": []})


def test_methods_are_shown_as_a_table():
    out = io.StringIO()
    _list_methods(Shell(Path("x"), Console(file=out, width=100)), methods(), as_json=False)
    assert "user.grantphonerole" in out.getvalue()
