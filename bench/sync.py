"""A full sync of 1,000 changed people over 8 terminals, beside the bare requests of that very run.

Every terminal takes 5 ms for an answer and one request at a time. The hub reads a CSV register and
all terminals, plans, writes, reads back, and keeps everything in an SQLite store. The bare requests
are those that the terminals saw, replayed on connections of the same kind to terminals in the same
state, by a program that does nothing else (`bench.replay`). Twins, hub and replay are processes of
their own on this one machine; hub and replay take turns.
"""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bench.report import Figures, apart, columns, heading, row, spread
from bench.terminals import PASSWORD, USERNAME, Terminal, email, number, terminals, user

TERMINALS, PEOPLE = 8, 125
ANSWER = 0.005  # seconds
ROUNDS = 5
FIRST_END = date(2030, 6, 30)

TARGET = """
[target.terminal-{place}]
type = "hikvision"
url = "{url}"
username = "{username}"
password = "{password}"
auth = "{auth}"
dialect = "{dialect}"

[[rule]]
name = "terminal {place}"
roles = ["Terminal {place}"]
grant = ["terminal-{place}"]
"""

CONFIGURATION = """\
timezone = "Europe/Stockholm"

[source.club]
type = "csvfile"
path = "members.csv"

[guard]
share = 1.0
number = 100000
"""


@dataclass(frozen=True)
class Manner:
    """How the terminals are spoken to."""

    title: str
    profile: str
    auth: str
    dialect: str
    mail: bool


MANNERS = (
    Manner("documented dialect: XML, Basic", "documented", "basic", "documented", True),
    Manner("terminal dialect: JSON, Digest (DS-K1T673)", "k1t673", "digest", "auto", False),
)


@dataclass
class Rounds:
    """What was measured, a figure for each round."""

    hub: list[Figures] = field(default_factory=list)
    bare: list[Figures] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def least(self) -> float:
        """The fastest hub to the fastest bare requests: least disturbed by what else runs here."""
        hub, bare = (min(one["seconds"] for one in found) for found in (self.hub, self.bare))
        return hub / bare

    def ratios(self) -> list[float]:
        """Hub to bare, within each round."""
        return [
            hub["seconds"] / bare["seconds"] for hub, bare in zip(self.hub, self.bare, strict=False)
        ]


def register(folder: Path, end: date) -> None:
    """Everybody, with the same last day."""
    people = (
        f"{number(terminal, place)},Kim,Nr{place},{email(terminal, place)},2026-01-01,{end},"
        f"Terminal {terminal}"
        for terminal in range(TERMINALS)
        for place in range(PEOPLE)
    )
    lines = ("member,first name,last name,email,from,until,role", *people)
    (folder / "members.csv").write_text("\n".join(lines) + "\n", "utf-8")


def configuration(folder: Path, manner: Manner, doors: Sequence[Terminal]) -> Path:
    """The hub's configuration file."""
    login = {"username": USERNAME, "password": PASSWORD}
    spoken = {"auth": manner.auth, "dialect": manner.dialect}
    targets = [
        TARGET.format(place=place, url=door.url, **login, **spoken)
        for place, door in enumerate(doors)
    ]
    file = folder / "doorward.toml"
    file.write_text(CONFIGURATION + "".join(targets), "utf-8")
    return file


def measure(manner: Manner, rounds: int) -> Rounds:
    """Hub and bare requests in turns."""
    found = Rounds()
    with tempfile.TemporaryDirectory() as name, terminals(TERMINALS, manner.profile) as doors:
        folder = Path(name)
        file = configuration(folder, manner, doors)
        register(folder, FIRST_END)
        for terminal, door in enumerate(doors):
            everybody = range(PEOPLE)
            people = [user(terminal, one, str(FIRST_END), manner.mail) for one in everybody]
            door.begin({"users": people}, 0.0)
        assert apart("bench.hub", file)["verdict"] == "ok"  # everybody is found and agreed
        for turn in range(rounds):
            register(folder, FIRST_END + timedelta(days=turn + 1))
            before = [door.state() for door in doors]
            _begin(doors, before)
            hub = apart("bench.hub", file)
            assert hub["done"] == TERMINALS * PEOPLE, hub
            lines = [_line(door) for door in doors]
            _begin(doors, before)
            found.hub.append(hub)
            found.bare.append(apart("bench.replay", given={"auth": manner.auth, "lines": lines}))
            found.kinds = Counter(
                f"{method} {path}" for line in lines for method, path, *_ in line["requests"]
            )
    return found


def _begin(doors: Sequence[Terminal], states: Sequence[Any]) -> None:
    for door, state in zip(doors, states, strict=False):
        door.begin(state, ANSWER)


def _line(door: Terminal) -> dict[str, Any]:
    """What one terminal was asked; the refusal that asks for Digest is the login's own affair."""
    asked = [call for call in door.calls() if call["status"] != 401]
    requests = [[call["method"], call["path"], call["body"], call["status"]] for call in asked]
    return {"url": door.url, "requests": requests}


def main() -> None:
    """Print the tables."""
    changed = TERMINALS * PEOPLE
    heading(
        f"{changed:,} changed people over {TERMINALS} terminals, {ANSWER * 1000:g} ms an answer"
    )
    names = ("ratio", "of the fastest", "requests", "a person", "hub CPU s", "bare CPU s")
    columns("", "hub s", "bare s", *names)
    kinds: dict[str, Counter[str]] = {}
    for manner in MANNERS:
        got = measure(manner, ROUNDS)
        kinds[manner.title] = got.kinds
        requests = got.bare[0]["requests"]
        row(
            manner.title,
            spread([one["seconds"] for one in got.hub]),
            spread([one["seconds"] for one in got.bare]),
            spread(got.ratios()),
            f"{got.least():.2f}",
            f"{requests:,}",
            f"{requests / changed:.2f}",
            f"{median(one['cpu'] for one in got.hub):.2f}",
            f"{median(one['cpu'] for one in got.bare):.2f}",
        )
    heading("What was asked of the terminals")
    columns("", "call", "times")
    for title, counted in kinds.items():
        for call, times in counted.most_common():
            row(title, f"`{call}`", f"{times:,}")


if __name__ == "__main__":
    main()
