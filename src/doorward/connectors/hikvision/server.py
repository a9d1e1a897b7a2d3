"""A terminal's side of the protocol: routes to a Backend, in both dialects and the vendor's forms.

Knows how things are said, not what is true: that is the Backend's. Sources: Cardskipper-IVMS
document, IVMS API; Hikvision terminals as observed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from doorward.connectors.hikvision import operations as ops
from doorward.connectors.hikvision.gate import Gate, Turned
from doorward.connectors.hikvision.operations import OPERATIONS, Form, Operation
from doorward.connectors.hikvision.wire import change, clock, device, event, hosts, search, status
from doorward.connectors.hikvision.wire.change import Progress
from doorward.connectors.hikvision.wire.clock import DeviceTime
from doorward.connectors.hikvision.wire.device import Capabilities, DeviceInfo, UserCheck
from doorward.connectors.hikvision.wire.event import EventCondition, EventPage
from doorward.connectors.hikvision.wire.form import Dialect, NotUnderstood
from doorward.connectors.hikvision.wire.hosts import Hosts
from doorward.connectors.hikvision.wire.person import UserInfo
from doorward.connectors.hikvision.wire.search import SearchAnswer, SearchCondition
from doorward.connectors.hikvision.wire.status import Reply, reply

BODY_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manners:
    """How this terminal says things."""

    dialects: tuple[Dialect, ...]
    namespace: str = ""
    refusal_status: int = 400


class Backend(Protocol):
    """What a terminal knows and does. A Reply in place of an answer is a refusal."""

    def manners(self) -> Manners:
        """How it says things just now."""
        ...

    def search(self, asked: SearchCondition) -> SearchAnswer | Reply:
        """A page of people; beyond the last of them "NO MATCH"."""
        ...

    def modify(self, user: UserInfo) -> Reply:
        """Change a person who is there."""
        ...

    def record(self, user: UserInfo) -> Reply:
        """Add a person who is not there."""
        ...

    def set_up(self, user: UserInfo) -> Reply:
        """Add a person, or put her in place of who has her number."""
        ...

    def delete(self, names: tuple[str, ...]) -> Reply:
        """Delete these; none named: everybody."""
        ...

    def begin_delete(self, names: tuple[str, ...]) -> Reply:
        """Delete these with all that belongs to them, in its own time; none named: everybody."""
        ...

    def delete_progress(self) -> Progress | Reply:
        """How far the last `begin_delete` is."""
        ...

    def count(self) -> int:
        """How many people there are."""
        ...

    def capabilities(self) -> Capabilities:
        """What it says it can."""
        ...

    def info(self) -> DeviceInfo:
        """Its own card."""
        ...

    def time(self) -> DeviceTime:
        """What its clock shows."""
        ...

    def events(self, asked: EventCondition) -> EventPage | Reply:
        """A page of what happened."""
        ...

    def hosts(self) -> Hosts:
        """Whom it pushes events to."""
        ...

    def set_hosts(self, listeners: Hosts) -> Reply:
        """Push to these from now on."""
        ...


@dataclass(frozen=True, slots=True)
class _Call:
    """A request as it is judged."""

    method: str
    path: str
    form: Form
    body: bytes

    @property
    def dialect(self) -> Dialect:
        return "terminal" if self.form == "json" else "documented"


def make_app(backend: Backend, gate: Gate) -> Starlette:
    """The protocol's routes: paths in any letter case, JSON where `?format=json` asks for it."""

    async def answer(request: Request) -> Response:
        body = await _body(request)
        form: Form = "json" if request.query_params.get("format", "").lower() == "json" else "xml"
        call = _Call(request.method, request.url.path, form, body or b"")
        voice = Voice(backend.manners(), call.form, call.path)
        if body is None:
            return voice.say(reply(status.BAD_FORMAT, _format(form), "the body is too large"), 413)
        decision = gate.admit(request.headers.get("authorization"), call.method, _target(request))
        if isinstance(decision, Turned):
            return voice.turn_away(decision)
        return _serve(backend, call, voice)

    methods = ["GET", "POST", "PUT", "DELETE", "PATCH"]
    return Starlette(routes=[Route("/{path:path}", answer, methods=methods)])


async def _body(request: Request) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return bytes(body)


def _target(request: Request) -> str:
    query = request.scope["query_string"].decode("latin-1")
    path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return path.decode("latin-1") + (f"?{query}" if query else "")


def _serve(backend: Backend, call: _Call, voice: "Voice") -> Response:
    found = _operation(call)
    if isinstance(found, Reply):
        return voice.say(found, 405 if found.sub_status_code == "methodNotAllowed" else 404)
    if found in _DIALECTED and call.dialect not in backend.manners().dialects:
        return voice.say(reply(status.INVALID, "notSupport"))
    try:
        said = _WORK[found](backend, call)
    except NotUnderstood as error:
        return voice.say(_refused(error, call.form))
    except ValueError as error:  # such as a name that XML cannot hold
        return voice.say(reply(status.DEVICE_ERROR, "deviceError", str(error)[:200]))
    if isinstance(said, Reply):
        return voice.say(said)
    return Response(said, media_type=found.content_type)


_DIALECTED = frozenset((*ops.SEARCH.values(), *ops.MODIFY.values()))


def _operation(call: _Call) -> Operation | Reply:
    path = call.path.rstrip("/").lower()
    here = [op for op in OPERATIONS if op.path.lower() == path and ops.takes(op, call.form)]
    for operation in here:
        if operation.method == call.method:
            return operation
    return reply(status.INVALID, "methodNotAllowed" if here else "notSupport")


def _refused(error: NotUnderstood, form: Form) -> Reply:
    if not error.shape:
        return reply(status.BAD_FORMAT, _format(form), str(error)[:200])
    if error.lacks:
        return reply(status.BAD_CONTENT, "MessageParametersLack", error.lacks)
    sub = "badJsonContent" if form == "json" else "badXmlContent"
    return reply(status.BAD_CONTENT, sub, error.field or str(error)[:200])


def _format(form: Form) -> str:
    return "badJsonFormat" if form == "json" else "badXmlFormat"


def _space(backend: Backend) -> str:
    return backend.manners().namespace


def _search(backend: Backend, call: _Call) -> bytes | Reply:
    found = backend.search(search.read_condition(call.body, call.dialect))
    if isinstance(found, Reply):
        return found
    return search.write_answer(found, call.dialect, _space(backend))


def _modify(backend: Backend, call: _Call) -> Reply:
    return backend.modify(change.read_person(call.body, call.dialect))


def _progress(backend: Backend, _call: _Call) -> bytes | Reply:
    found = backend.delete_progress()
    return found if isinstance(found, Reply) else change.write_progress(found)


def _events(backend: Backend, call: _Call) -> bytes | Reply:
    found = backend.events(event.read_condition(call.body))
    return found if isinstance(found, Reply) else event.write_page(found)


def _checked(backend: Backend, _call: _Call) -> bytes:
    return device.write_check(UserCheck(status_value=200, status_string="OK"), _space(backend))


_Work = Callable[[Backend, _Call], bytes | Reply]

_WORK: dict[Operation, _Work] = {
    ops.SEARCH["documented"]: _search,
    ops.SEARCH["terminal"]: _search,
    ops.MODIFY["documented"]: _modify,
    ops.MODIFY["terminal"]: _modify,
    ops.RECORD: lambda at, call: at.record(change.read_person(call.body, "terminal")),
    ops.SET_UP: lambda at, call: at.set_up(change.read_person(call.body, "terminal")),
    ops.DELETE: lambda at, call: at.delete(change.read_deletion(call.body)),
    ops.DETAIL_DELETE: lambda at, call: at.begin_delete(change.read_deletion(call.body)),
    ops.DELETE_PROGRESS: _progress,
    ops.COUNT: lambda at, _call: device.write_count(at.count()),
    ops.CAPABILITIES: lambda at, _call: device.write_capabilities(at.capabilities()),
    ops.EVENTS: _events,
    ops.DEVICE_INFO: lambda at, _call: device.write_info(at.info(), _space(at)),
    ops.TIME: lambda at, _call: clock.write_time(at.time(), _space(at)),
    ops.USER_CHECK: _checked,
    ops.HOSTS: lambda at, _call: hosts.write_hosts(at.hosts(), _space(at)),
    ops.SET_HOSTS: lambda at, call: at.set_hosts(hosts.read_hosts(call.body)),
}


@dataclass(frozen=True, slots=True)
class Voice:
    """Says a terminal's replies in the form a call asked for."""

    manners: Manners
    form: Form
    path: str

    def say(self, said: Reply, refusal_status: int | None = None) -> Response:
        """A ResponseStatus; a refusal with the status of this terminal unless another is given."""
        code = 200 if said.accepted else refusal_status or self.manners.refusal_status
        return self._response(said, code)

    def turn_away(self, turned: Turned) -> Response:
        """A 401 with what it offers and what it says about the lock."""
        if self.form == "json":
            body = status.write_json(status.unauthorised(turned.lock))
        else:
            body = device.write_check(device.unauthorised(turned.lock), self.manners.namespace)
        response = Response(body, 401, media_type=f"application/{self.form}")
        for line in turned.offers:
            response.headers.append("WWW-Authenticate", line)
        return response

    def _response(self, said: Reply, code: int) -> Response:
        if self.form == "json":
            return Response(status.write_json(said), code, media_type="application/json")
        body = status.write_xml(said, self.path, self.manners.namespace)
        return Response(body, code, media_type="application/xml")
