"""What there is to show of the VIZpin OEM API 4.3: methods, codes, objects, events, rules."""

from collections.abc import Iterator
from pathlib import Path

from doorward.connectors.vizpin.wire.codes import ErrorCode, RpcCode, Success, printed
from doorward.connectors.vizpin.wire.events import EVENTS
from doorward.connectors.vizpin.wire.operations import DELETE_ERRORS, OPERATIONS
from evidence.inventory import Axis, Page, Row, Table, rule_tables
from evidence.page import REAL

INTRO = """\
Made from the tests by `scripts/coverage_pages.py`; do not edit. What there is to show is
taken from the vendor's document, "VIZpin API Specification v4.3", in our words.

A cell names tests that show it, those first that show little else. `not tested`: no test shows it,
so nothing is claimed. *real system* would name tests that replay what was recorded from VIZpin's
cloud: no recording exists, **nothing was ever compared with the real system**, so all of that is
`unknown`. Tests that order faults from the twin stand under *client* and the hub's rules only: they
say nothing of how the cloud behaves."""

OBJECTS = (
    *("Account", "Location", "Reader", "ReaderSettings", "User", "PreRegistered User"),
    *("Credential", "Role", "VIZpin", "Schedule", "ScheduleElement (weekly)"),
    *("ScheduleElement (multiple)", "IncludeDates", "ExcludeDates", "Weekdays", "Time"),
    "Activity",
)

HTTP = {
    "403": "the address is not registered",
    "404": "another path",
    "405": "another HTTP method",
    "413": "a body over 1 MiB",
    "415": "another type or encoding",
    "503": "the platform has no time",
}

PUSHES = {
    "events": "audit event to the partner's address",
    "verified": "verification of a pre-registered user to the partner's address",
}


def page(rules: Path) -> Page:
    """The page. `rules`: the TOML file of rules."""
    return Page(
        "vizpin",
        "VIZpin coverage",
        INTRO,
        (
            Table("Methods", ("method",), _SIDES, tuple(map(_method, OPERATIONS)), _OF_SIDES),
            Table(
                "Push calls",
                ("call",),
                (Axis("push", "sent by the twin"), Axis("takes", "taken by the hub", False), REAL),
                tuple(Row(name, (told,)) for name, told in PUSHES.items()),
            ),
            Table("Codes", ("code", "name", "of"), _SAID, tuple(_codes()), _OF_CODES),
            Table(
                "Objects",
                ("object",),
                (Axis("object", "read and written"), Axis("told", "told by the twin"), REAL),
                tuple(Row(_slug(name), (name,)) for name in OBJECTS),
            ),
            *rule_tables(rules),
            Table(
                "Event codes",
                ("code", "event", "the reader's own"),
                (Axis("event", "known"), Axis("happens", "made by the twin"), REAL),
                tuple(_events()),
                "Not every event can happen at a twin: most tell of a reader's own hardware.",
            ),
        ),
    )


_SIDES = (
    Axis("client", "client", fidelity=False),
    Axis("server", "server"),
    Axis("twin", "twin"),
    REAL,
)
_OF_SIDES = (
    "*client*: our client makes the call; *server*: the call is read and answered in its form; "
    "*twin*: done by the document's rules, with memory."
)
_SAID = (
    Axis("answers", "answered by the server"),
    Axis("hears", "understood by the client", fidelity=False),
    REAL,
)
_OF_CODES = "Codes that no method of the document has are listed as well; nothing answers them."


def _method(name: str) -> Row:
    return Row(OPERATIONS[name].short, (f"`{name}`",))


def _slug(name: str) -> str:
    return name.replace(" (", "-").removesuffix(")").replace(" ", "-")


def _codes() -> Iterator[Row]:
    for code in (*Success, *ErrorCode):
        users = _users(code)
        # A name of its own keeps it out of what a test says of all codes.
        name = f"{code.name}:unused" if users == _NOBODY else code.name
        yield Row(name, (str(int(code)), f"`{printed(code)}`", users))
    for rpc in RpcCode:
        yield Row(str(int(rpc)), (str(int(rpc)), f"`{rpc.name}`", "JSON-RPC 2.0"))
    for status, told in HTTP.items():
        yield Row(f"HTTP-{status}", (f"HTTP {status}", told, "transport"))


def _users(code: Success | ErrorCode) -> str:
    """The methods that have a code of their own."""
    mine = [
        f"`{one.short}`"
        for one in OPERATIONS.values()
        if code in (one.success, one.error) or code in dict(one.errors).values()
    ]
    mine += [f"`object.delete` ({kind})" for kind, error in DELETE_ERRORS.items() if error == code]
    return ", ".join(mine) or _EVERY.get(code, _NOBODY)


_NOBODY = "no method"
_EVERY: dict[Success | ErrorCode, str] = {
    ErrorCode.BAD_SESSION: "every call",
    ErrorCode.BAD_OEM_KEY: "every call",
    ErrorCode.BAD_APP_VERSION: "every call",
}
_FLAG = {True: "yes", False: "no", None: "not said"}


def _events() -> Iterator[Row]:
    for event in EVENTS.values():
        yield Row(str(event.code), (str(event.code), event.text, _FLAG[event.reader]))
