"""What there is to show of WinCardCore 3.3: calls, statuses, rules."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from doorward.connectors.wincardcore.wire.codes import (
    Action,
    EntryStatus,
    ExitStatus,
    MediaType,
    VisitStatus,
)
from doorward.connectors.wincardcore.wire.operations import OPERATIONS, Operation
from evidence.inventory import Axis, Page, Row, Table, rule_tables
from evidence.page import REAL

INTRO = """\
Made from the tests by `scripts/coverage_pages.py`; do not edit. What there is to show is
taken from the vendor's document, "WinCardCore Schnittstelle zu externem Abwicklungssystem", version
3.3, in our words.

A cell names tests that show it, those first that show little else. `not tested`: no test shows it,
so nothing is claimed. *real system* would name tests that replay what was recorded from a real car
park: no recording exists, **nothing was ever compared with the real system**, so all of that is
`unknown`. Tests that order faults from the twin stand under *client* and the hub's rules only: they
say nothing of how a car park behaves."""

_GENERAL = {
    "car park": {403: "plain http", 404: "no such path", 405: "no such method", 500: "a mistake"},
    "settlement": {
        404: "no such path",
        405: "no such method",
        500: "a mistake",
        503: "no room now",
    },
}
"""What a side answers whatever is called, besides 400, 401 and 422."""
_CODES = (MediaType, VisitStatus, EntryStatus, ExitStatus, Action)


def page(rules: Path) -> Page:
    """The page. `rules`: the TOML file of rules."""
    return Page(
        "wincardcore",
        "WinCardCore coverage",
        INTRO,
        (
            Table(
                "Calls",
                ("call", "answered by"),
                (
                    Axis("client", "client", fidelity=False),
                    Axis("server", "server"),
                    Axis("twin", "twin"),
                    REAL,
                ),
                tuple(map(_call, OPERATIONS)),
                "*client*: our client makes the call; *server*: it is read and answered; *twin*: "
                "the car park does what it asks for, or makes the call by itself.",
            ),
            Table(
                "Statuses",
                ("call", "status"),
                (
                    Axis("answers", "answered by our server"),
                    Axis("hears", "understood by our client", fidelity=False),
                    REAL,
                ),
                (*(row for one in OPERATIONS for row in _statuses(one)), *_general()),
            ),
            *rule_tables(rules),
            Table(
                "Statuses of visits, media and commands",
                ("list", "value", "name"),
                (Axis("value", "read and written"), Axis("happens", "made by the twin"), REAL),
                tuple(_values()),
            ),
        ),
    )


def _call(one: Operation) -> Row:
    return Row(_slug(one), (_printed(one), one.side))


def _printed(one: Operation) -> str:
    key = "/{key}" if one.key_limit else ""
    return f"{one.method} `{one.path}{key}`"


def _slug(one: Operation) -> str:
    return one.name.replace(" ", "-")


def _statuses(one: Operation) -> Iterator[Row]:
    unreadable = (400, 422) if one.body or one.key_limit else ()
    for status in sorted({*one.statuses, *one.refusals, *unreadable, 401}):
        told = f"{status} {HTTPStatus(status).phrase}"
        yield Row(f"{_slug(one)}/{status}", (_printed(one), told))


def _general() -> Iterator[Row]:
    for side, statuses in _GENERAL.items():
        for status, why in statuses.items():
            name = f"{side.replace(' ', '-')}-side/{status}"
            yield Row(
                name, (f"any call of the {side}", f"{status} {HTTPStatus(status).phrase}: {why}")
            )


def _values() -> Iterator[Row]:
    for kind in _CODES:
        for value in kind:
            name = value.name.lower().replace("_", " ")
            told = (kind.__name__, str(int(value)), name)
            yield Row(f"{kind.__name__}-{int(value)}", told)
