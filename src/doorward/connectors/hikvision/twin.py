"""The twin of a Hikvision terminal: people, doors, clock and faults, on a real socket.

`hikvision_twin` makes one. Besides the protocol and every twin's controls it answers
`POST /_twin/open` with `{"employeeNo": "10001", "door": 1}`: whether she gets in now, written into
the event log and pushed to the configured listeners.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from doorward.connectors.hikvision import state as states
from doorward.connectors.hikvision.gate import Gate, GateRules, Tally, Turned
from doorward.connectors.hikvision.operations import OPERATIONS, Form
from doorward.connectors.hikvision.profiles import DEFAULT, Profile, configured
from doorward.connectors.hikvision.push import Pusher
from doorward.connectors.hikvision.rules import decide
from doorward.connectors.hikvision.seed import seeded
from doorward.connectors.hikvision.server import Voice, make_app
from doorward.connectors.hikvision.state import State
from doorward.connectors.hikvision.terminal import Terminal
from doorward.connectors.hikvision.wire import status
from doorward.connectors.hikvision.wire.event import Event
from doorward.connectors.hikvision.wire.form import NotUnderstood, from_json
from doorward.connectors.hikvision.wire.hosts import Hosts
from doorward.connectors.hikvision.wire.person import UserInfo
from doorward.net.calls import Masker
from doorward.net.secrets import masked_names
from doorward.twinkit.clock import TwinClock
from doorward.twinkit.control import make_twin
from doorward.twinkit.faults import FaultKind
from doorward.twinkit.shelf import Shelf
from doorward.twinkit.twin import Overview, Twin

SHOWN_ROWS = 200
MASKED = masked_names(UserInfo, Event)
_JSON_PATHS = frozenset(one.path for one in OPERATIONS if one.form == "json")


class Turns:
    """One request at a time, as a terminal serves them; the others wait, and are counted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._turn = asyncio.Lock()
        self.overlapped = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.overlapped += self._turn.locked()
        async with self._turn:
            await self._app(scope, receive, send)


class HikvisionWorld:
    """One emulated terminal."""

    def __init__(
        self,
        login: tuple[str, str],
        people: int,
        seed: int,
        kind: tuple[str, Mapping[str, object]],
        shelf: Shelf,
        clock: TwinClock,
    ) -> None:
        self.clock = clock
        self.masker = Masker(MASKED)
        self.pusher = Pusher()
        self._people, self._seed, self._kind = people, seed, kind
        self._shelf = shelf
        kept = shelf.load()
        state = states.from_records(kept, self._fresh()) if kept else self._fresh()
        self._name, self._settings = state.name, state.settings
        self.terminal = Terminal(state.profile, clock, shelf.write)
        self.gate = Gate(login, _gate_rules(state.profile), clock, self._keep_tally)
        self.turns = Turns(make_app(self.terminal, self.gate))
        self.app: ASGIApp = self.turns
        self._take(state, keep=not kept)

    def _keep_tally(self, tally: Tally) -> None:
        self._shelf.write([states.tally_record(tally)])

    def _fresh(self) -> State:
        name, settings = self._kind
        rules = configured(name, dict(settings))
        today = self.clock().date()
        users = tuple(seeded(self._people, self._seed, today, rules))
        return State(name, dict(settings), users, (), Hosts(), Tally())

    def _now(self) -> State:
        return State(
            self._name,
            self._settings,
            tuple(self.terminal.users.values()),
            tuple(self.terminal.log),
            self.terminal.listeners,
            self.gate.tally,
        )

    def _take(self, state: State, *, keep: bool = True) -> None:
        self._name, self._settings = state.name, state.settings
        self.terminal.profile = state.profile
        self.terminal.fill(state.users, state.events, state.hosts)
        self.gate.set_rules(_gate_rules(state.profile))
        self.gate.tally = state.login
        self.pusher.forget()
        if keep:
            self._shelf.rewrite(states.records(self.terminal, state))

    def document(self) -> bytes:
        """The whole state; see the module `state` for its form."""
        return states.write(self._now())

    def restore(self, document: bytes) -> None:
        """Take a document's state. Raises ValueError, naming record and field; nothing changed."""
        self._take(states.read(document, self._now()))

    def reset(self) -> None:
        """Back to the seed and to the profile it began with."""
        self.turns.overlapped = self.gate.attempts = 0
        self._take(self._fresh())

    def label(self, method: str, path: str, body: bytes) -> str:
        """What a fault's `match` is searched in."""
        return f"{method} {path}"

    def fault(self, kind: FaultKind, path: str) -> Response:
        """The vendor's own form of "busy", "refuse" or "unauthorised"."""
        form: Form = "json" if path in _JSON_PATHS else "xml"
        voice = Voice(self.terminal.manners(), form, path)
        if kind == "unauthorised":
            return voice.turn_away(Turned(self.gate.offers(), self.gate.lock(self.clock())))
        if kind == "busy":
            return voice.say(status.reply(status.BUSY, "deviceBusy"))
        return voice.say(status.reply(status.INVALID, "invalidOperation"))

    async def open(self, employee_no: str, door: int) -> tuple[Event, int]:
        """Somebody stands at a door: the event, and how many listeners took it."""
        happened = self.terminal.open(employee_no, door)
        taken = await self.pusher.push(happened, self.terminal.profile.mac, self.terminal.listeners)
        return happened, taken

    def overview(self) -> Overview:
        """What the page shows: the terminal's card, then its first people."""
        columns = ("employeeNo", "Name", "E-mail", "From", "Until", "Doors", "Now")
        users = list(self.terminal.users.values())[:SHOWN_ROWS]
        wall = self.terminal.now().replace(tzinfo=None)
        rows = [_row(user, wall) for user in users]
        return Overview(f"Hikvision terminal, profile {self._name}", self._facts(), columns, rows)

    def _facts(self) -> dict[str, str]:
        rules, lock = self.terminal.profile, self.gate.lock(self.clock())
        return {
            "Model": f"{rules.model}, firmware {rules.firmware}",
            "Speaks": f"{', '.join(rules.dialects)}; login by {', '.join(rules.schemes)}",
            "People": f"{self.terminal.count()} of {rules.capacity}"
            + (f" (the first {SHOWN_ROWS} shown)" if self.terminal.count() > SHOWN_ROWS else ""),
            "Its clock": f"{self.terminal.now():%Y-%m-%d %H:%M:%S %z}"
            f" (off by {self.clock.drift.total_seconds():g} s)",
            "Login": f"locked for {lock.seconds} s"
            if lock.locked
            else f"{lock.tries_left} tries left",
            "Requests with a login": str(self.gate.attempts),
            "Requests that had to wait": str(self.turns.overlapped),
            "Events": f"{len(self.terminal.log)}, {self.pusher.waiting()} waiting to be pushed",
        }


def _gate_rules(rules: Profile) -> GateRules:
    return GateRules(
        rules.schemes,
        rules.one_header,
        rules.qop,
        rules.nonce_seconds,
        rules.tries,
        rules.lock_seconds,
    )


def _row(user: UserInfo, wall: datetime) -> tuple[str, ...]:
    form = user.valid
    limited = form is not None and form.enable
    doors = user.doors or ("",)
    first = int(doors[0]) if doors[0].isdecimal() else 0
    return (
        user.employee_no,
        user.name or "",
        user.email or user.slot,
        _shown_time(form.begin_time) if form and limited else "no limit",
        _shown_time(form.end_time) if form and limited else "no limit",
        user.door_right or "",
        decide(user, first, wall).name.lower().replace("_", " "),
    )


def _shown_time(text: str | None) -> str:
    return (text or "").replace("T", " ")


class _Opening(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    employee_no: str
    door: int = 1


def _opening(world: HikvisionWorld) -> Route:
    async def answer(request: Request) -> Response:
        try:
            asked = from_json(await request.body(), _Opening)
        except NotUnderstood as error:
            return _json({"error": str(error)}, 400)
        happened, taken = await world.open(asked.employee_no, asked.door)
        meaning = happened.meaning
        return _json(
            {
                "opens": meaning is not None and meaning.kind == "granted",
                "meaning": meaning.text if meaning else None,
                "pushed": taken,
                "event": happened,
            }
        )

    return Route("/_twin/open", answer, methods=["POST"])


def _json(value: object, code: int = 200) -> Response:
    return Response(msgspec.json.encode(value, enc_hook=str), code, media_type="application/json")


def hikvision_twin(
    username: str,
    password: str,
    people: int = 500,
    seed: int = 1,
    profile: str = DEFAULT,
    state: Path | None = None,
    *,
    settings: Mapping[str, object] | None = None,
    clock: TwinClock | None = None,
) -> Twin:
    """A terminal of the given profile with `people` invented people.

    `settings` are switches of the profile set otherwise (see `profiles.Profile`); `state` is the
    file in which everything is kept, and what it holds goes before the seed. Raises ValueError for
    a profile or switch that isn't known.
    """
    shelf = Shelf(state)
    world = HikvisionWorld(
        (username, password), people, seed, (profile, settings or {}), shelf, clock or TwinClock()
    )
    twin = make_twin(world)
    assert isinstance(twin.control, Starlette)
    twin.control.router.routes.append(_opening(world))
    return twin
