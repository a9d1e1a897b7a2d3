"""Every mistake is told with file, line, key, reason and remedy; and all of them at once."""

import re
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Annotated

import msgspec
import pytest

from doorward.app.config import ConfigError, Problem, Settings, load
from doorward.connectors.kinds import SourceKind
from doorward.net.secrets import Secret

Load = Callable[..., Settings]
Problems = Callable[..., tuple[Problem, ...]]


@pytest.fixture
def problems(load_text: Load, example: str):
    """The problems of the example with something replaced."""

    def of(old: str = "", new: str = "", name: str = "doorward.toml") -> tuple[Problem, ...]:
        assert old in example
        with pytest.raises(ConfigError) as refused:
            load_text(example.replace(old, new, 1) if old else new, name=name)
        return refused.value.problems

    return of


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "reason", "remedy"),
    [
        ("organisation = 123", 'organisation = "x"', 4, "source.club.organisation",
         '"x" does not fit', "a whole number from 1 (the club's number)"),
        ("organisation = 123", "organisation = 0", 4, "source.club.organisation",
         "0 does not fit", "from 1"),
        ("organisation = 123", "organisation = true", 4, "source.club.organisation",
         "true does not fit", "a whole number"),
        ("organisation = 123", "", 1, "source.club.organisation", "it is missing", "Set it"),
        ("organisation = 123", "organization = 123", 4, "source.club.organization",
         "no such key", "Did you mean 'organisation'?"),
        ('password = "file:terminal"', "password = 1234", 12, "target.main-door.password",
         "it does not fit", "text in quotes"),
        ('password = "file:terminal"', 'password = ""', 12, "target.main-door.password",
         "it is empty", "env:NAME"),
        ('password = "file:terminal"', 'password = "env:NOWHERE"', 12,
         "target.main-door.password", "NOWHERE is not set", "Set NOWHERE"),
        ('type = "hikvision"', 'type = "hikvison"', 9, "target.main-door.type",
         'no target of type "hikvison"', "Did you mean 'hikvision'?"),
        ('type = "cardskipper"', 'type = "hikvision"', 2, "source.club.type",
         "no source of type", "There is: cardskipper"),
        ('type = "hikvision"\n', "", 8, "target.main-door.type", "it is missing",
         "the kind of system"),
        ('grant = ["main-door"]', 'grant = ["maindoor"]', 22, "rule[1].grant[1]",
         "no target 'maindoor'", "Did you mean 'main-door'?"),
        ('grant = ["main-door"]', 'grant = [{target = "main-door", dors = ["1"]}]', 22,
         "rule[1].grant[1].dors", "no such option", "Did you mean 'doors'?"),
        ('grant = ["main-door"]', 'grant = [{target = "main-door", doors = []}]', 22,
         "rule[1].grant[1].doors", "does not fit", '["1", "2"]'),
        ('grant = ["main-door"]', 'grant = [{target = "main-door", doors = [true]}]', 22,
         "rule[1].grant[1].doors", "does not fit", '["1", "2"]'),
        ('grant = ["main-door"]', "grant = [{doors = [1]}]", 22, "rule[1].grant[1]",
         "does not name a target", "{target ="),
        ('grant = ["main-door"]', "grant = []", 22, "rule[1].grant", "does not fit",
         "the names of targets"),
        ('grant = ["main-door"]', 'grant = ["main-door"]\nblocked_by = ["maindoor"]', 23,
         "rule[1].blocked_by[1]", "no target 'maindoor'", "Did you mean 'main-door'?"),
        ('roles = ["Gym*"]', 'roles = "Gym*"', 21, "rule[1].roles", '"Gym*" does not fit',
         "a list, each entry text in quotes"),
        ('roles = ["Gym*"]', 'roles = [\n"Gym",\n7]', 23, "rule[1].roles[2]", "7 does not fit",
         "text in quotes"),
        ('roles = ["Gym*"]', 'roles = [""]', 21, "rule[1].roles[1]", '"" does not fit',
         "not empty"),
        ('timezone = "Europe/Stockholm"', 'timezone = "Europe/Stokholm"', 13,
         "target.main-door.timezone", "no time zone", 'Did you mean "Europe/Stockholm"?'),
        ('timezone = "Europe/Stockholm"', 'timezone = "../etc/passwd"', 13,
         "target.main-door.timezone", "no time zone", "Name it like"),
        ('match = ["link", "email", "employee_no"]', 'match = ["mail"]', 14,
         "target.main-door.match[1]", '"mail" does not fit', '"email"'),
        ('match = ["link", "email", "employee_no"]', "match = []", 14,
         "target.main-door.match", "empty or names one twice", "once"),
        ('match = ["link", "email", "employee_no"]', 'match = ["link", "link"]', 14,
         "target.main-door.match", "empty or names one twice", "once"),
        ('lapsed = "keep"', 'lapsed = "remove"', 15, "target.main-door.lapsed",
         '"remove" does not fit', '"delete", "expire" or "keep"'),
        ("share = 0.10", "share = 1.5", 25, "guard.share", "1.5 does not fit", "from 0 to 1"),
        ("share = 0.10", "share = -0.1", 25, "guard.share", "-0.1 does not fit", "from 0 to 1"),
        ("share = 0.10", "share = nan", 25, "guard.share", "does not fit", "from 0 to 1"),
        ("number = 25", "number = 2.5", 26, "guard.number", "2.5 does not fit", "whole number"),
        ("few = 3", "few = -1", 27, "guard.few", "-1 does not fit", "from 0"),
        ("[guard]", "[gard]", 24, "gard", "no such section", "Did you mean 'guard'?"),
        ("[guard]\nshare = 0.10", "guard = 1\n[[rule]]", 24, "rule[1].guard", "no such key", ""),
        ('url = "https://192.168.1.100"', 'url = "192.168.1.100"', 10, "target.main-door.url",
         "not an http or https address", "https://"),
        ('url = "https://192.168.1.100"', 'url = "https://[::1"', 10, "target.main-door.url",
         "not an http or https address", "https://"),
        ('url = "https://192.168.1.100"', 'url = "http://192.168.1.100"', 10,
         "target.main-door.url", "in the clear", "plain_http = true"),
        ('username = "admin"', 'username = "admin"\nfingerprint = "a"\nca_file = "b"', 8,
         "target.main-door", "both 'fingerprint' and 'ca_file'", "Correct"),
        ('username = "admin"', 'username = "ad:min"', 11, "target.main-door.username",
         "it cannot have a colon", "Correct"),
        ("[target.main-door]", '[target."a/b"]\ntype = "hikvision"\n[target.main-door]', 8,
         "target.a/b", "cannot be a name", "letters"),
        ("[target.main-door]", "[target]\nx = 1\n[target.main-door]", 9, "target.x",
         "without a name", "[target.NAME]"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_is(
    problems: Problems, old: str, new: str, line: int, key: str, reason: str, remedy: str
):
    found = [problem for problem in problems(old, new) if problem.key == key]

    assert len(found) == 1, problems(old, new)
    assert found[0].line == line
    assert reason in found[0].reason
    assert remedy in found[0].remedy
    assert found[0].file.name == "doorward.toml"


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ("[store]\nurl = 'mysql://u:p@h/d'", "store.url"),
        ("[store]\nurl = 'nothing'", "store.url"),
        ("[store]\nurl = 'sqlite:///a'\npath = 'b'", "store"),
        ("[store]\nurl = 'env:NOWHERE'", "store.url"),
        ("[run]\ninterval_minutes = 0", "run.interval_minutes"),
        ("[run]\ninterval_minutes = '15'", "run.interval_minutes"),
        ("[calls]\ndays = -1", "calls.days"),
        ("[serve]\ncertificate = 'hub.pem'", "serve"),
        ("[serve]\nclients = 'callers.pem'", "serve"),
        ("[notify]\nurls = ['nothing']", "notify.urls[1]"),
        ("[notify]\nurls = 'json://x'", "notify.urls"),
        ("[notify]\nurls = ['env:NOWHERE']", "notify.urls[1]"),
        ("[notify]\nafter_attempts = 0", "notify.after_attempts"),
        ("[smtp]\nhost = 'h'\nsender = 'x'\nto = 'a@b.example'", "smtp.sender"),
        ("[smtp]\nhost = 'h'\nsender = 'a@b.example'\nto = ['c@d.example', 'x y']", "smtp.to[2]"),
        ("[smtp]\nhost = 'h'\nsender = 'a@b.example'\nto = []", "smtp.to"),
        ("[smtp]\nhost = 'h'\nport = 70000\nsender='a@b.example'\nto='a@b.example'", "smtp.port"),
        ("[smtp]\nhost='h'\nusername = 'u'\nsender = 'a@b.example'\nto = 'a@b.example'", "smtp"),
        ("[smtp]\nhosts='h'\nhost='h'\nsender='a@b.example'\nto='a@b.example'", "smtp.hosts"),
        ("[notify.smtp]\nhosts='h'\nhost='h'\nsender='a@b.example'\nto='a@b.example'",
         "notify.smtp.hosts"),
        ("[notify]\nurls = [7]", "notify.urls[1]"),
        ("[notify]\nsmtp = 7", "notify.smtp"),
        ("[run]\ninterval_minutes = 1979-05-27", "run.interval_minutes"),
        ("[run]\ninterval_minutes = [1]", "run.interval_minutes"),
        ("[[store]]\nurl = 'sqlite:///a'", "store"),
    ],
)  # fmt: skip
def test_other_sections_are_checked_too(problems: Problems, example: str, section: str, key: str):
    (problem,) = problems("", f"{example}\n{section}\n")

    assert problem.key == key
    assert problem.line > example.count("\n") + 1
    assert problem.remedy


def test_a_mail_server_described_twice_is_refused(problems: Problems, example: str):
    mail = "host = 'h'\nsender = 'a@b.example'\nto = 'a@b.example'\n"

    (problem,) = problems("", f"{example}\n[smtp]\n{mail}[notify.smtp]\n{mail}")

    assert "twice" in problem.reason


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(problems: Problems, example: str):
    text = (
        example.replace("organisation = 123", "organisation = 'x'")
        .replace("env:CARDSKIPPER_PASSWORD", "env:NOWHERE")
        .replace('lapsed = "keep"', 'lapsed = "?"')
        .replace('main-door"]\n', 'side-door"]\n')
        .replace("share = 0.10", "share = 7")
        + "[nonsense]\n"
    )

    found = problems("", text)

    assert [problem.key for problem in found] == [
        "source.club.organisation",
        "source.club.password",
        "target.main-door.lapsed",
        "rule[1].grant[1]",
        "guard.share",
        "nonsense",
    ]


def test_a_target_in_disorder_is_not_reported_as_unknown_in_a_rule(problems: Problems):
    (problem,) = problems('username = "admin"\n', "")

    assert problem.key == "target.main-door.username"


def test_a_secret_that_is_not_found_is_told_once(problems: Problems):
    (problem,) = problems("env:CARDSKIPPER_USERNAME", "env:NOWHERE")

    assert problem.key == "source.club.username"


def test_a_wrong_value_from_a_secrets_place_is_never_shown(load_text: Load, example: str):
    text = example.replace('lapsed = "keep"', 'lapsed = "env:LAPSED"')

    with pytest.raises(ConfigError) as refused:
        load_text(text, LAPSED="hunter2")

    assert "hunter2" not in str(refused.value)
    assert "the secret it names" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a = 1\nb = \n", 2, "not valid TOML"),
        ('a = 1\nb = "x\nc = 1\n', 2, "not valid TOML"),
        ("[a]\n[b]\n[a]\n", 3, "a second time"),
        ("a = 1\nb = 2\na = 3\n", 3, "a second time"),
        ("[target.x]\na = 1\n[target.x]\n", 3, "a second time"),
        ("a = [1,\n2,\n", 2, "in the middle"),
        ("a = " + "[" * 5000, 1, "too deeply"),
    ],
)
def test_a_file_that_is_no_toml_is_told_with_its_line(
    problems: Problems, text: str, line: int, reason: str
):
    (problem,) = problems("", text)

    assert problem.line == line
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 1, "empty"),
        (b" \n\t\n", 1, "empty"),
        (b"\xef\xbb\xbf", 1, "empty"),
        (b"a = 1\nb = '\xe5'\n", 2, "not UTF-8"),
        ("a = 1".encode("utf-16"), 1, "not UTF-8"),
        (b"#" * (1024 * 1024 + 1), 1, "larger than"),
    ],
)
def test_a_file_that_is_no_text_is_refused(load_text: Load, content: bytes, line: int, reason: str):
    with pytest.raises(ConfigError) as refused:
        load_text(content)

    (problem,) = refused.value.problems
    assert problem.line == line
    assert reason in problem.reason


def test_a_missing_file_is_told_with_how_to_begin(tmp_path: Path):
    with pytest.raises(ConfigError) as refused:
        load(tmp_path / "doorward.toml")

    (problem,) = refused.value.problems
    assert "no such file" in problem.reason
    assert "doorward init" in problem.remedy


def test_a_folder_is_not_a_configuration(tmp_path: Path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_an_empty_configuration_needs_a_source_and_a_target(problems: Problems):
    found = problems("", "# nothing yet\n")

    assert [problem.key for problem in found] == ["source", "target"]


@pytest.mark.parametrize("section", ["source", "target", "rule", "guard", "notify", "smtp", "run"])
def test_a_value_where_a_section_is_wanted_is_told(problems: Problems, section: str):
    found = problems("", f"{section} = 1\n")

    assert section in {problem.key for problem in found}


@pytest.mark.parametrize("name", ["club", "Club", "main-door", "MAIN-door"])
def test_two_systems_of_one_name_are_refused(problems: Problems, name: str):
    extra = f'[target."{name}"]\ntype = "hikvision"\nurl = "https://10.0.0.9"\nusername = "u"\n'
    text = f'{extra}password = "file:terminal"\n[guard]'
    reasons = [problem.reason for problem in problems("[guard]", text)]

    assert any("of that name already" in r or "a second time" in r for r in reasons)


@pytest.mark.parametrize("url", ["https://192.168.1.100", "HTTPS://192.168.1.100:443/"])
def test_two_targets_with_one_address_are_refused(problems: Problems, url: str):
    extra = f'[target.other]\ntype = "hikvision"\nurl = "{url}"\nusername = "u"\n'

    (problem,) = problems("[guard]", f'{extra}password = "file:terminal"\n[guard]')

    assert problem.key == "target.other.url"
    assert "'main-door' has this address already" in problem.reason


def test_two_rules_of_one_name_are_refused(problems: Problems):
    extra = (
        '[[rule]]\nname = "GYM members open the main door"\nroles = ["*"]\ngrant = ["main-door"]\n'
    )

    (problem,) = problems("[guard]", f"{extra}[guard]")

    assert (problem.key, problem.line) == ("rule[2].name", 25)


def test_a_problem_reads_as_one_line(problems: Problems):
    (problem,) = problems("number = 25", 'number = "many"')

    assert re.fullmatch(
        r'\S+doorward\.toml:26: guard\.number: "many" does not fit\. '
        r"Set it to a whole number from 0 \(people\)\.",
        str(problem),
    )


def test_a_wrong_secret_among_several_is_not_repeated(odd: Load):
    with pytest.raises(ConfigError) as refused:
        odd("path = 'x'\nkeys = [90125]")

    assert refused.value.problems[0].key == "source.odd.keys[1]"
    assert "90125" not in str(refused.value)


def test_a_wrong_secret_is_not_repeated(problems: Problems):
    (problem,) = problems('password = "file:terminal"', "password = 90125")

    assert "90125" not in str(problem)


class Colour(Enum):
    """A choice."""

    RED = "red"
    BLUE = "blue"


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """Settings within settings."""

    member: str = ""


class Odd(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of kinds that no section of ours has."""

    path: Path
    speed: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    columns: Annotated[Columns, msgspec.Meta(description="names")] | None = Columns()
    keys: Annotated[list[Secret], msgspec.Meta(max_length=2)] | None = None
    colour: Colour = Colour.RED
    tags: dict[str, int] = {}
    url: int = 0


@pytest.fixture
def odd(load_text: Load, example: str):
    """Load a source with odd settings."""

    def loaded(written: str):
        text = f'[source.odd]\ntype = "odd"\n{written}\n{example}'
        return load_text(text, sources={"odd": SourceKind(Odd, lambda *_: None)})

    return loaded


def test_a_connector_may_have_paths_tables_and_choices(odd: Load):
    settings = odd('path = "a/b"\ncolumns = {member = "no"}\ncolour = "blue"\ntags = {a = 1}')

    found = settings.sources["odd"].settings
    assert found == Odd(
        path=Path("a/b"), columns=Columns(member="no"), colour=Colour.BLUE, tags={"a": 1}
    )


@pytest.mark.parametrize(
    ("written", "key", "remedy"),
    [
        ("path = 7", "source.odd.path", "text in quotes"),
        ("path = 'x'\nspeed = 0", "source.odd.speed", "a number above 0"),
        ("path = 'x'\ncolumns = {membr = 'a'}", "source.odd.columns.membr", "'member'"),
        ("path = 'x'\ncolumns = 7", "source.odd.columns", "a table"),
        ("path = 'x'\ntags = {a = 'b'}", "source.odd.tags", "a table"),
        ("path = 'x'\ncolour = 'pink'", "source.odd.colour", '"red" or "blue"'),
    ],
)
def test_a_connectors_own_kinds_are_explained(odd: Load, written: str, key: str, remedy: str):
    with pytest.raises(ConfigError) as refused:
        odd(written)

    (problem,) = refused.value.problems
    assert problem.key == key
    assert remedy in problem.remedy
