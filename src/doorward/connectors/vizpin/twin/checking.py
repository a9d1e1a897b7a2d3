"""What is wrong with a state that somebody wrote: ids, what they refer to, values, names twice.

Every check raises ValueError, naming the record and the field.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from doorward.connectors.vizpin import timetables
from doorward.connectors.vizpin.twin.records import (
    Holding,
    KeptAccount,
    KeptReader,
    KeptUser,
    KeptVizpin,
)
from doorward.connectors.vizpin.wire.locations import Location
from doorward.connectors.vizpin.wire.schedules import AroundTheClock
from doorward.connectors.vizpin.wire.vizpins import Vizpin

Rows = dict[str, tuple[Any, ...]]

PARTS = {
    "oems": "oem",
    "logins": "login",
    "accounts": "account",
    "locations": "location",
    "readers": "reader",
    "roles": "role",
    "users": "user",
    "associations": "association",
    "credentials": "credential",
    "holdings": "holding",
    "vizpins": "vizpin",
    "activity": "activity",
}
"""The tables, by their names in the document; what refers to others stands after them."""


def demand_whole(
    rows: Rows, keys: Mapping[str, Callable[[Any], str]], said: Collection[str]
) -> None:
    """Raise ValueError for a state that cannot be.

    Rows of the kinds in `said` are new. Of the others, which may be 100,000, it is known that each
    is as it should be; they may still refer to something that has gone.
    """
    held: dict[str, dict[str, Any]] = {}
    for part, kind in PARTS.items():
        seen: dict[str, Any] = {}
        taken: set[tuple[str, ...]] = set()
        for place, row in enumerate(rows[kind]):
            reason = _dangling(kind, row, held)
            if kind in said:
                reason = reason or _fault(row) or _twice(row, taken)
            key = keys[kind](row)
            if not key or key in seen:
                reason = "its id is there twice" if key else "its id is empty"
            if reason:
                raise ValueError(f"{part}[{place}].{reason}")
            seen[key] = row
        held[kind] = seen


def _dangling(kind: str, row: Any, held: Mapping[str, Mapping[str, Any]]) -> str | None:
    for field, target, ident in _references(kind, row):
        if ident not in held[target]:
            return f"{field}: there is no such {target}"
    if kind == "reader" and not held["location"][row.reader.location_id].timezone:
        return "reader.locationid: is a location without timezone"
    return None


def _references(kind: str, row: Any) -> Iterator[tuple[str, str, str]]:
    """What a row refers to: field, kind, id."""
    for field, target, held in _REFERENCES.get(kind, ()):
        yield field, target, held(row)
    if kind == "role":
        for reader in row.readers:
            yield "readers", "reader", reader


_OEM = (("oem", "oem", attrgetter("oem")),)
_REFERENCES: dict[str, tuple[tuple[str, str, Callable[[Any], str]], ...]] = {
    "login": _OEM,
    "account": _OEM,
    "user": _OEM,
    "location": (("accountid", "account", attrgetter("account_id")),),
    "reader": (("reader.locationid", "location", attrgetter("reader.location_id")),),
    "role": (("role.siteid", "location", attrgetter("role.site_id")),),
    "association": (
        ("location", "location", attrgetter("location")),
        ("user", "user", attrgetter("user")),
    ),
    "holding": (("role", "role", attrgetter("role")), ("user", "user", attrgetter("user"))),
    "credential": (
        ("userid", "user", attrgetter("user_id")),
        ("accountId", "account", attrgetter("account_id")),
    ),
    "vizpin": (
        ("vizpin.readerid", "reader", attrgetter("vizpin.reader_id")),
        ("vizpin.userid", "user", attrgetter("vizpin.user_id")),
    ),
    "activity": (("readerId", "reader", attrgetter("reader_id")),),
}


def _fault(row: Any) -> str | None:
    """What is wrong with a row in itself."""
    return _unzoned(row) or _unusable(row)


def _unusable(row: Any) -> str | None:
    found: str | None = None
    match row:
        case KeptAccount(account=inner):
            found = _said("account", inner.fault())
        case Location():
            found = _said("", row.fault())
        case KeptReader(reader=inner):
            found = _said("reader", inner.fault())
        case KeptUser(user=inner):
            found = _said("user", inner.fault())
        case KeptVizpin(vizpin=inner):
            found = _unopenable(inner)
        case Holding():
            vizpin = Vizpin(id="", start_date=row.start_date, stop_date=row.stop_date)
            found = _undated(vizpin) if row.stop_date else "stop_date: is empty"
    return found


def _said(path: str, fault: Any) -> str | None:
    return str(fault.under(path)) if fault else None


def _unzoned(row: Any) -> str | None:
    for field in ("stands_open_until", "password_at", "locked_at"):
        moment = getattr(row, field, None)
        if isinstance(moment, datetime) and moment.tzinfo is None:
            return f"{field}: needs an offset, such as 2026-03-29T01:59:00+01:00"
    return None


def _unopenable(vizpin: Vizpin) -> str | None:
    reason = _undated(vizpin)
    if reason is None and not isinstance(vizpin.schedule, AroundTheClock):
        reason = next(map(str, timetables.faults(vizpin.schedule)), None)
    return f"vizpin.{reason}" if reason else None


def _undated(vizpin: Vizpin) -> str | None:
    """What is wrong with the dates of a VIZpin, or of what has the same."""
    for field in ("start", "stop"):
        try:
            getattr(vizpin, field)
        except ValueError as error:
            return f"{field}_date: {error}"
    return None


def _twice(row: Any, taken: set[tuple[str, ...]]) -> str | None:
    """Which value of a row another one has already; `taken` are those of all rows before."""
    match row:
        case KeptAccount():
            field, value = "account.name", (row.oem, row.account.name.casefold())
        case Location():
            field, value = "name", (row.account_id, row.name.casefold())
        case KeptUser():
            field, value = "user.phone", (row.oem, row.user.phone)
        case _:
            return None
    if value in taken:
        return f"{field}: is there twice"
    taken.add(value)
    return None
