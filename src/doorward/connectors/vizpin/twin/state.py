"""The twin's whole state as one JSON document that a person can read and edit.

{"settings", "serial", "oems", "logins", "accounts", "locations", "readers", "roles", "users",
"associations", "credentials", "holdings", "vizpins", "activity"}; a part that is left out of a
document stays as it is. Keys of OEMs stand in it in the clear, passwords as their hashes.
"""

from typing import Any

import msgspec

from doorward.connectors.vizpin.twin.checking import PARTS, Rows, demand_whole
from doorward.connectors.vizpin.twin.ids import PREFIXES
from doorward.connectors.vizpin.twin.records import (
    ApiLogin,
    Association,
    Count,
    Holding,
    KeptAccount,
    KeptReader,
    KeptRole,
    KeptUser,
    KeptVizpin,
    Oem,
)
from doorward.connectors.vizpin.twin.store import Store
from doorward.connectors.vizpin.twin_settings import Settings
from doorward.connectors.vizpin.wire import form
from doorward.connectors.vizpin.wire.activity import Activity
from doorward.connectors.vizpin.wire.credentials import Credential
from doorward.connectors.vizpin.wire.locations import Location


class State(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything; of a document only what stands in it."""

    settings: Settings | None = None
    serial: Count | None = None
    oems: tuple[Oem, ...] | None = None
    logins: tuple[ApiLogin, ...] | None = None
    accounts: tuple[KeptAccount, ...] | None = None
    locations: tuple[Location, ...] | None = None
    readers: tuple[KeptReader, ...] | None = None
    roles: tuple[KeptRole, ...] | None = None
    users: tuple[KeptUser, ...] | None = None
    associations: tuple[Association, ...] | None = None
    credentials: tuple[Credential, ...] | None = None
    holdings: tuple[Holding, ...] | None = None
    vizpins: tuple[KeptVizpin, ...] | None = None
    activity: tuple[Activity, ...] | None = None


_NUMBERED = frozenset(PREFIXES.values())


def write(store: Store) -> bytes:
    """The document of what a store holds."""
    tables = {table.kind: table for table in store.tables}
    rows = {part: tuple(tables[kind].rows.values()) for part, kind in PARTS.items()}
    plain = form.encode(State(settings=store.settings, serial=store.serial, **rows))
    return msgspec.json.format(plain, indent=1)


def read(document: bytes, now: Store) -> tuple[Settings, Rows, int]:
    """Settings, rows by kind and the last number given, laid over what is there now.

    Raises ValueError, naming the record and the field.
    """
    state = form.decode(document, State)
    tables = {table.kind: table for table in now.tables}
    rows: Rows = {}
    for part, kind in PARTS.items():
        said = getattr(state, part)
        rows[kind] = tuple(tables[kind].rows.values()) if said is None else said
    said = {kind for part, kind in PARTS.items() if getattr(state, part) is not None}
    demand_whole(rows, {kind: table.key for kind, table in tables.items()}, said)
    serial = now.serial if state.serial is None else state.serial
    return state.settings or now.settings, rows, max(serial, _highest(rows))


def _highest(rows: Rows) -> int:
    """The highest number in ids of our own making, so that none is given twice."""
    ids = (_ident(row) for kind, those in rows.items() if kind != "login" for row in those)
    return max((int(each[3:15]) for each in ids if _is_numbered(each)), default=0)


def _ident(row: Any) -> str:
    return str(row.audit_id if isinstance(row, Activity) else row.id)


def _is_numbered(ident: str) -> bool:
    plain = ident[3:15]
    return len(ident) == 18 and ident[:3] in _NUMBERED and plain.isascii() and plain.isdecimal()
