"""One emulated cloud: what the protocol serves, what the controls change, what is pushed."""

import asyncio
import secrets
import ssl
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from doorward.connectors.vizpin.server.endpoint import Endpoint
from doorward.connectors.vizpin.twin import state as states
from doorward.connectors.vizpin.twin.cloud import Cloud
from doorward.connectors.vizpin.twin.controls import control_routes
from doorward.connectors.vizpin.twin.outbox import Outbox, Patience
from doorward.connectors.vizpin.twin.page import overview
from doorward.connectors.vizpin.twin.seed import ZONE, seeded
from doorward.connectors.vizpin.twin.sessions import Sessions
from doorward.connectors.vizpin.twin.store import Store
from doorward.connectors.vizpin.twin_settings import TwinOptions
from doorward.connectors.vizpin.wire import answers
from doorward.connectors.vizpin.wire.answers import Failed, PlatformFailed
from doorward.connectors.vizpin.wire.envelope import read_request
from doorward.connectors.vizpin.wire.operations import MASKED
from doorward.connectors.vizpin.wire.push import verified_url
from doorward.net.calls import Masker
from doorward.net.secrets import Secret
from doorward.twinkit import control
from doorward.twinkit.clock import TwinClock
from doorward.twinkit.faults import FaultKind
from doorward.twinkit.kept_clock import clock_record, keep_clock
from doorward.twinkit.shelf import Record, Shelf
from doorward.twinkit.twin import Overview, Twin

JSON = "application/json"
PATIENT = Patience()
TICK = 0.5  # seconds between looks at doors that first-in mode holds open


class _Called(msgspec.Struct):
    method: str


_CALLED = msgspec.json.Decoder(_Called)


class VizpinWorld:
    """A twin's inside."""

    def __init__(
        self,
        options: TwinOptions,
        shelf: Shelf,
        kept: Sequence[Record],
        clock: TwinClock,
        patience: Patience = PATIENT,
    ) -> None:
        self.clock = clock
        self.masker = Masker(MASKED)
        self._options = options
        self._shelf = shelf
        self.store = Store(shelf)
        tls = _tls(options)
        events, verified = options.push_url, options.verify_url
        self.events = Outbox("push", lambda _about: events, shelf.write, tls, patience)
        self.verified = Outbox(
            "verified",
            lambda user: verified_url(verified, user) if verified else "",
            shelf.write,
            tls,
            patience,
        )
        self.cloud = Cloud(self.store, clock, _six_digits)
        self.cloud.sessions = Sessions(clock, self._session_life, shelf.write)
        self.cloud.events, self.cloud.verified = self.events, self.verified
        self.cloud.allow(options.networks)
        self.app: ASGIApp = Endpoint(self.cloud)
        self._begin(kept)

    def _begin(self, kept: Sequence[Record]) -> None:
        if not kept:
            self.reset()
            return
        self.store.load(kept)
        self.cloud.sessions.load(kept)
        self.events.load(kept)
        self.verified.load(kept)

    def _session_life(self) -> timedelta:
        return _lasting(self.store.settings.session_seconds)

    # What every twin does.

    def document(self) -> bytes:
        """The whole state; see `state` for its form."""
        return states.write(self.store)

    def restore(self, document: bytes) -> None:
        """Take a document's state. Raises ValueError, naming record and field; nothing changed."""
        settings, rows, serial = states.read(document, self.store)
        self.store.settings = settings
        self.store.fill(rows.items(), serial)
        self._keep()

    def reset(self) -> None:
        """Back to the seed: no sessions, nothing to be pushed."""
        options = self._options
        self.store.settings = type(self.store.settings)()
        today = self.clock().astimezone(ZoneInfo(ZONE)).date()
        login = (options.username, options.password, Secret(options.oem_key))
        rows, serial = seeded(login, options.people, options.seed, today, self.store.settings)
        self.store.fill(rows.items(), serial)
        self.cloud.sessions.forget()
        self.events.forget()
        self.verified.forget()
        self._keep()

    def _keep(self) -> None:
        also = (self.cloud.sessions, self.events, self.verified)
        records = [record for one in also for record in one.records()]
        self.store.rewrite([*records, clock_record(self.clock)])

    def label(self, method: str, path: str, body: bytes) -> str:
        """What a fault's `match` is searched in: the name of the method that is called."""
        try:
            return _CALLED.decode(body).method
        except (ValueError, RecursionError):
            return f"{method} {path}"

    def fault(self, kind: FaultKind, path: str) -> Response:
        """As the platform underneath says it, or as the method itself would."""
        match kind:
            case "unauthorised":
                return _platform(401, "INVALID_SESSION_ID", "Session expired or invalid")
            case "busy":
                answer = _platform(503, "SERVER_UNAVAILABLE", "the server is too busy")
                answer.headers["Retry-After"] = "5"
                return answer
            case _:
                return _Refusing(self.cloud)

    def overview(self) -> Overview:
        """What the page shows."""
        return overview(self)

    # What goes on beside.

    async def work(self) -> None:
        """Push what waits and comes, and let doors fall shut, for as long as this is awaited."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.events.deliver())
            group.create_task(self.verified.deliver())
            group.create_task(self._settle())

    async def _settle(self) -> None:
        while True:
            self.cloud.settle()
            await asyncio.sleep(TICK)

    def close(self) -> None:
        """Release the file."""
        self._shelf.close()


class _Refusing(Response):
    """The answer of a method that declines, made of the call it answers."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(media_type=JSON)
        self._cloud = cloud

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        read = read_request(message.get("body", b""))
        if not isinstance(read, Failed):
            read = Failed(int(read.operation.error), "declined as ordered", read.id)
        body = answers.write_failed(read, self._cloud.now())
        await Response(body, media_type=JSON)(scope, receive, send)


def _platform(status: int, code: str, why: str) -> Response:
    return Response(answers.write_platform(PlatformFailed(code, why)), status, media_type=JSON)


def _six_digits() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


@lru_cache  # asked for with every call, and nearly always the same
def _lasting(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)


def _tls(options: TwinOptions) -> ssl.SSLContext | None:
    """What pushes are encrypted with. Raises ValueError for files that are missing or no such."""
    if options.push_cert is None and options.push_ca is None:
        return None
    try:
        context = ssl.create_default_context(cafile=options.push_ca)
        if options.push_cert is not None:
            context.load_cert_chain(options.push_cert, options.push_key)
    except OSError as error:  # ssl's own errors are OSErrors
        raise ValueError(f"the certificates for pushes cannot be used: {error}") from None
    return context


def make_twin(
    options: TwinOptions, clock: TwinClock | None = None, patience: Patience = PATIENT
) -> Twin:
    """The twin that these options describe, or what the file `options.state` holds already."""
    shelf = Shelf(options.state)
    kept = shelf.load()
    ticking = clock or TwinClock()
    keep_clock(ticking, shelf, kept)
    world = VizpinWorld(options, shelf, kept, ticking, patience)
    twin = control.make_twin(world)
    twin.work = world.work
    assert isinstance(twin.control, Starlette)
    twin.control.router.routes.extend(control_routes(world))
    return twin
