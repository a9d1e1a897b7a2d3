"""A twin's whole state as one JSON document that a person can read and edit.

`{"profile": ..., "settings": {...}, "users": [...], "events": [...], "hosts": [...],
"login": {...}}`; people, events and listeners as they stand on the wire, passwords in the clear.
A part that is left out of a document stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from doorward.connectors.hikvision.gate import Tally
from doorward.connectors.hikvision.profiles import Profile, configured
from doorward.connectors.hikvision.terminal import Terminal
from doorward.connectors.hikvision.wire import validity
from doorward.connectors.hikvision.wire.event import Event
from doorward.connectors.hikvision.wire.form import NotUnderstood, from_json, to_json
from doorward.connectors.hikvision.wire.hosts import Host, Hosts
from doorward.connectors.hikvision.wire.person import UserInfo, fields_of, take_user
from doorward.connectors.hikvision.wire.validity import OddValidity
from doorward.twinkit.shelf import Record


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    profile: str | None = None
    settings: dict[str, Any] | None = None
    users: list[msgspec.Raw] | None = None
    events: list[msgspec.Raw] | None = None
    hosts: list[Host] | None = None
    login: Tally | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A terminal's whole state as values."""

    name: str
    settings: dict[str, Any]
    users: tuple[UserInfo, ...]
    events: tuple[Event, ...]
    hosts: Hosts
    login: Tally

    @property
    def profile(self) -> Profile:
        """The profile with its settings. Raises ValueError."""
        return configured(self.name, self.settings)


def read(document: bytes, now: State) -> State:
    """The state that a document describes, laid over the present one.

    Raises ValueError, naming the record and the field.
    """
    form = from_json(document, _Document, lax=False)
    name = form.profile or now.name
    # Settings belong to the profile they were made for.
    settings = form.settings if form.settings is not None else {}
    if form.settings is None and name == now.name:
        settings = now.settings
    state = State(
        name,
        settings,
        now.users if form.users is None else _users(form.users),
        now.events if form.events is None else _events(form.events),
        now.hosts if form.hosts is None else Hosts(tuple(form.hosts)),
        form.login or now.login,
    )
    assert state.profile  # raises for a profile or a setting that isn't known
    return state


def write(state: State) -> bytes:
    """The document of a state."""
    plain = to_json(
        {
            "profile": state.name,
            "settings": state.settings,
            "users": [fields_of(user) for user in state.users],
            "events": state.events,
            "hosts": state.hosts.hosts,
            "login": state.login,
        }
    )
    return msgspec.json.format(plain, indent=1)


def _users(raws: Sequence[msgspec.Raw]) -> tuple[UserInfo, ...]:
    users = tuple(_user(raw, place) for place, raw in enumerate(raws))
    seen: dict[str, int] = {}
    for place, user in enumerate(users):
        if user.employee_no in seen:
            raise ValueError(
                f"users[{place}].employeeNo: {user.employee_no!r} is that of "
                f"users[{seen[user.employee_no]}] as well"
            )
        seen[user.employee_no] = place
    return users


def _user(raw: msgspec.Raw, place: int) -> UserInfo:
    try:
        user = take_user(raw, lax=False)
    except NotUnderstood as error:
        raise ValueError(f"users[{place}].{error.field or 'employeeNo'}: {error}") from None
    if not user.employee_no:
        raise ValueError(f"users[{place}].employeeNo: is empty")
    found = validity.asked(user.valid) if user.valid else None
    if isinstance(found, OddValidity):
        reason = f"users[{place}].Valid.{found.field}: {_ODD[found.reason]}"
        raise ValueError(reason)  # noqa: TRY004  # the value is wrong, whatever type stands for it
    return user


_ODD = {
    "missing": "is missing",
    "form": "is not a time such as 2026-02-04T00:00:00",
    "offset": "has an offset; a terminal keeps its own wall time",
    "order": "the window ends before it begins",
    "range": "is outside 2000-01-01T00:00:00 to 2037-12-31T23:59:59",
}


def _events(raws: Sequence[msgspec.Raw]) -> tuple[Event, ...]:
    return tuple(_event(raw, place) for place, raw in enumerate(raws))


def _event(raw: msgspec.Raw, place: int) -> Event:
    try:
        event = from_json(raw, Event, lax=False)
    except NotUnderstood as error:
        raise ValueError(f"events[{place}].{error.field or 'time'}: {error}") from None
    if event.time.tzinfo is None:
        raise ValueError(f"events[{place}].time: has no offset")
    if event.serial_no is None:
        raise ValueError(f"events[{place}].serialNo: is missing")
    return event


class _Seated(msgspec.Struct):
    seat: int
    user: msgspec.Raw


def records(terminal: Terminal, state: State) -> list[Record]:
    """A state as records for the shelf; `terminal` is filled with it."""
    head = {"profile": state.name, "settings": state.settings}
    return [Record("profile", "", to_json(head)), tally_record(state.login), *terminal.records()]


def tally_record(tally: Tally) -> Record:
    """The wrong logins as a record."""
    return Record("login", "", to_json(tally))


def from_records(kept: Sequence[Record], otherwise: State) -> State:
    """The state that a shelf holds; `otherwise` where it holds nothing of a kind."""
    bodies: dict[str, list[bytes]] = {}
    for record in kept:
        bodies.setdefault(record.kind, []).append(record.body or b"null")
    seated = [from_json(body, _Seated) for body in bodies.get("user", [])]
    seated.sort(key=lambda one: one.seat)
    head = from_json(bodies["profile"][0], _Document) if "profile" in bodies else _Document()
    hosts = [from_json(body, Hosts) for body in bodies.get("hosts", [])]
    login = [from_json(body, Tally) for body in bodies.get("login", [])]
    return State(
        head.profile or otherwise.name,
        head.settings or {},
        tuple(take_user(one.user, lax=False) for one in seated),
        tuple(from_json(body, Event) for body in bodies.get("event", [])),
        hosts[0] if hosts else otherwise.hosts,
        login[0] if login else otherwise.login,
    )
