"""The twin of Cardskipper: a register of members on a real socket. `cardskipper_twin` makes one."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from html import escape
from itertools import islice
from pathlib import Path

import msgspec
from starlette.responses import Response
from starlette.types import ASGIApp

from doorward.connectors.cardskipper import state as states
from doorward.connectors.cardskipper.intake import taken
from doorward.connectors.cardskipper.page import overview
from doorward.connectors.cardskipper.search import finder
from doorward.connectors.cardskipper.seed import seeded
from doorward.connectors.cardskipper.server import Declined, cardskipper_app
from doorward.connectors.cardskipper.state import Kept, KeptRole, Photo, State
from doorward.connectors.cardskipper.twin_settings import Settings
from doorward.connectors.cardskipper.wire.criteria import Criteria, Dialect
from doorward.connectors.cardskipper.wire.imports import Outcome, Sent
from doorward.connectors.cardskipper.wire.operations import MASKED, XML
from doorward.connectors.cardskipper.wire.organisation import Organisation
from doorward.connectors.cardskipper.wire.text import HEAD, escaped, possible
from doorward.connectors.cardskipper.wire.writing import write_export
from doorward.net.basic import same
from doorward.net.calls import Masker
from doorward.net.line import Login
from doorward.net.secrets import Secret
from doorward.twinkit.clock import TwinClock
from doorward.twinkit.control import make_twin
from doorward.twinkit.faults import FaultKind
from doorward.twinkit.kept_clock import clock_record, keep_clock
from doorward.twinkit.shelf import Record, Shelf
from doorward.twinkit.twin import Overview, Twin

CALL_WINDOW = timedelta(minutes=1)
NO_SETTINGS = Settings()


class CardskipperWorld:
    """One emulated register: what the protocol serves, what the controls change."""

    def __init__(
        self,
        login: Login,
        seed: Callable[[], State],
        shelf: Shelf,
        kept: Sequence[Record],
        clock: TwinClock,
    ) -> None:
        self.clock = clock
        self.masker = Masker(MASKED)
        self.app: ASGIApp = cardskipper_app(self)
        self._login = login
        self._seed = seed
        self._shelf = shelf
        self._calls: deque[datetime] = deque()
        self._take(states.from_records(kept) if kept else seed(), keep=not kept)

    def _take(self, state: State, *, keep: bool = True) -> None:
        self.organisation = state.organisation
        self.settings = state.settings
        self.members = {member.id: member for member in state.members}
        self._photos = dict(state.photos)
        self._calls.clear()
        if keep:
            self._shelf.rewrite([*states.records(state), clock_record(self.clock)])

    def close(self) -> None:
        """Release the file."""
        self._shelf.close()

    def _now(self) -> State:
        members = tuple(self.members.values())
        return State(self.organisation, self.settings, members, self._photos)

    # What every twin does.

    def document(self) -> bytes:
        """The whole state; see `state` for its form."""
        return states.write_state(self._now())

    def restore(self, document: bytes) -> None:
        """Take a document's state. Raises ValueError, naming record and field; nothing changed."""
        self._take(states.read_state(document, self._now()))

    def reset(self) -> None:
        """Back to the seed."""
        self._take(self._seed())

    def label(self, method: str, path: str, body: bytes) -> str:
        """What a fault's `match` is searched in."""
        return f"{method} {path}"

    def fault(self, kind: FaultKind, path: str) -> Response:
        """No public source shows how Cardskipper declines: statuses as HTTP has them."""
        match kind:
            case "unauthorised":
                challenge = {"WWW-Authenticate": 'Basic realm="Cardskipper"'}
                return self.decline(Declined(401, "Authorization has been denied.", challenge))
            case "busy":
                return self.decline(Declined(503, "The service is busy.", {"Retry-After": "5"}))
            case _:
                return self.decline(Declined(400, "The request is invalid."))

    def overview(self) -> Overview:
        """What the page shows."""
        return overview(self._now(), self.clock())

    # What tests and demonstrations do.

    def renew(self, member_id: str, role_id: str, end: date | str) -> None:
        """Let a member's role last until `end`; one she does not have begins today.

        Raises KeyError for a member that is not there, ValueError for an end that cannot be.
        """
        member = self.members[member_id]
        until = end if isinstance(end, str) else end.isoformat()
        held = [role for role in member.roles if role.role == role_id]
        if held:
            newest = max(held, key=lambda role: role.end or "9999")
            roles = tuple(
                msgspec.structs.replace(role, end=until) if role is newest else role
                for role in member.roles
            )
        else:
            today = self.clock().astimezone(self.settings.zone).date()
            roles = (*member.roles, KeptRole(role_id, today.isoformat(), until))
        self.put(msgspec.structs.replace(member, roles=roles, changed_at=self.clock()))

    def put(self, member: Kept) -> None:
        """Add a member, or put her in place of what was there."""
        self.members[member.id] = member
        self._shelf.write([states.member_record(member)])

    def remove(self, member_id: str) -> None:
        """Take a member away. Raises KeyError for one that is not there."""
        del self.members[member_id]
        self._photos.pop(member_id, None)
        self._shelf.write([Record("member", member_id, None), Record("photo", member_id, None)])

    # The protocol's facts: `server.Backend`.

    def grants(self, username: str, password: str) -> AbstractSet[str] | None:
        """The calls that the one account may make."""
        name = same(username, self._login.username)
        word = same(password, self._login.password)
        return frozenset(self.settings.grants) if name and word else None

    def admit(self) -> None:
        """Count a call against `rate_limit`."""
        limit = self.settings.rate_limit
        if limit is None:
            return
        now = self.clock()
        while self._calls and not now - CALL_WINDOW < self._calls[0] <= now:
            self._calls.popleft()
        if len(self._calls) >= limit:
            raise Declined(429, "Too many requests.", {"Retry-After": "60"})
        self._calls.append(now)

    def organisations(self) -> Sequence[Organisation]:
        """The one organisation."""
        return (self.organisation,)

    def export(self, criteria: Criteria, dialect: Dialect) -> Iterable[bytes]:
        """The members that the search finds, as they are at this moment."""
        if criteria.organisation_id.lstrip("0") != self.organisation.id.lstrip("0"):
            raise Declined(400, f"There is no organisation {criteria.organisation_id}.")
        if dialect not in self.settings.dialects:
            return self._in_unknown_dialect()
        found = finder(criteria, self.organisation, self.clock(), self.settings.zone)
        members = tuple(self.members.values())  # a search goes on over later changes
        told = (member.told() for member in members if found(member))
        some = islice(told, self.settings.at_most)
        also = "".join(self.settings.extra_members)
        return write_export(some, self.organisation.id, self.settings.manner, also)

    def _in_unknown_dialect(self) -> Iterable[bytes]:
        if self.settings.other_dialect == "refuse":
            raise Declined(400, "The request is invalid.")
        return write_export((), self.organisation.id, self.settings.manner)

    def take(self, sent: Sequence[Sent]) -> Outcome:
        """Add and change members."""
        after = taken(sent, self.members, self.organisation, self.clock())
        created = len(after.keys() - self.members.keys())
        self.members.update(after)
        self._shelf.write([states.member_record(member) for member in after.values()])
        return Outcome(created, len(after) - created)

    def keep_blob(self, organisation: str, member: str, name: str, content: bytes) -> None:
        """Keep a photo, in place of an earlier one."""
        if organisation != self.organisation.id or member not in self.members:
            raise Declined(404, "There is no such member.")
        photo = self._photos[member] = Photo(name, content)
        self._shelf.write([states.photo_record(member, photo)])

    def decline(self, declined: Declined) -> Response:
        """No, in the form that the settings choose."""
        why = declined.why if possible(declined.why) else "The request is invalid."
        body, kind = "", "text/plain"
        match self.settings.errors:
            case "xml":
                body, kind = f"{HEAD}<Error><Message>{escaped(why)}</Message></Error>", XML
            case "html":
                title = f"{declined.status} - {escape(why)}"
                body, kind = f"<html><title>{title}</title><h2>{title}</h2></html>", "text/html"
            case "text":
                body = why
        return Response(body, declined.status, declined.headers, kind)


def cardskipper_twin(
    username: str,
    password: str,
    organisation: str = "123",
    people: int = 500,
    seed: int = 1,
    state: Path | None = None,
    clock: TwinClock | None = None,
    settings: Settings = NO_SETTINGS,
) -> Twin:
    """A twin with `people` invented members, or with what the file `state` holds already."""
    shelf = Shelf(state)
    kept = shelf.load()
    ticking = clock or TwinClock()
    keep_clock(ticking, shelf, kept)
    today = ticking().astimezone(settings.zone).date()
    login = Login(username, Secret(password))
    world = CardskipperWorld(
        login, lambda: seeded(organisation, people, seed, today, settings), shelf, kept, ticking
    )
    return make_twin(world)
