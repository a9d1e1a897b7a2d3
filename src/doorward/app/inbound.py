"""What systems push to the hub, and asking them for what was missed.

    POST /push/TARGET          where the configuration has no secret for it
    POST /push/TARGET/SECRET   where it has one

The answer is 200 once it is on disk. Nothing here opens, changes or asks for anything at a door
because of what was pushed: a happening is noted, and that is all.
"""

import asyncio
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from doorward.app.blocking import blocked
from doorward.app.config import Settings, Target
from doorward.app.hub import Clock, open_systems
from doorward.app.runs import Desk
from doorward.connectors.kinds import Received, inbound_of, target_kind
from doorward.core.inbound import EventLog, Happening, Witness, catch_up
from doorward.storage.errors import StoreError

BODY_LIMIT = 4 * 1024 * 1024  # bytes: a push may carry a picture
PATIENCE = 30.0  # seconds for a whole body

Hears = Callable[[Received], Sequence[Happening]]

_log = structlog.get_logger("doorward.inbound")


class _Refused(Exception):
    """A push that is not taken: the status of its answer, and why, never empty."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Door:
    """The way in for one target: who may use it, and what reads what comes through."""

    target: Target
    hears: Hears

    def admit(self, peer: str, secret: str) -> None:
        """Raises _Refused for who may not push in this target's name."""
        rules = inbound_of(self.target.settings)
        if not rules.allows(peer):
            raise _Refused(403, f"{peer or 'an unknown address'} is not in 'allow' of this target")
        if rules.secret is None and secret:
            raise _Refused(403, "this target has no secret: leave out the last part of the address")
        if not hmac.compare_digest((rules.secret or "").encode(), secret.encode()):
            raise _Refused(403, "the last part of the address is not this target's secret")

    def read(self, received: Received) -> Sequence[Happening]:
        """What a push tells. Raises _Refused for one that cannot be read."""
        try:
            return self.hears(received)
        except ValueError as error:
            reason = str(error) or type(error).__name__
            raise _Refused(400, f"this cannot be read: {reason}") from None


def doors(settings: Settings) -> Mapping[str, Door]:
    """The targets that can push, by name."""
    found: dict[str, Door] = {}
    for name, target in settings.targets.items():
        hears = _hearing(target)
        if hears is not None:
            found[name] = Door(target, hears)
    return found


def _hearing(target: Target) -> Hears | None:
    receive = target_kind(target.type).receive
    if receive is None:
        return None
    return lambda received: receive(target.name, target.settings, received)


def push_routes(settings: Settings, log: EventLog, clock: Clock) -> list[Route]:
    """Where systems push to."""
    known = doors(settings)

    async def push(request: Request) -> Response:
        name = request.path_params["target"]
        try:
            return await _take(request, _door(known, name), log, clock)
        except _Refused as refused:
            peer, reason = _peer(request), refused.reason
            _log.warning("push_refused", target=name, peer=peer, why=reason, status=refused.status)
            return PlainTextResponse(reason, refused.status)

    paths = ("/push/{target}", "/push/{target}/{secret}")
    return [Route(path, push, methods=["POST"]) for path in paths]


def _door(known: Mapping[str, Door], name: str) -> Door:
    if name not in known:
        raise _Refused(404, f"there is no target '{name}' that pushes")
    return known[name]


async def _take(request: Request, door: Door, log: EventLog, clock: Clock) -> Response:
    door.admit(_peer(request), request.path_params.get("secret", ""))
    kind = request.headers.get("content-type", "")
    received = Received(kind, await _body(request), clock(), door.target.zone)
    batch = door.read(received)
    try:
        new = await log.note(batch, received.received_at)
    except StoreError as error:
        _log.error("push_not_kept", target=door.target.name, reason=error.reason)
        raise _Refused(503, "it cannot be kept now: send it again later") from None
    return JSONResponse({"events": len(batch), "new": new})


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


async def _body(request: Request) -> bytes:
    told = request.headers.get("content-length", "")
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            if not told.isdecimal() or int(told) <= BODY_LIMIT:
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > BODY_LIMIT:
                        break
                else:
                    return bytes(body)
    except TimeoutError:
        raise _Refused(408, f"it did not come within {PATIENCE:g} seconds") from None
    except ClientDisconnect:
        raise _Refused(400, "it was cut off") from None
    raise _Refused(413, f"it has more than the {BODY_LIMIT} bytes allowed")


async def fill_gaps(desk: Desk) -> None:
    """Ask every target that can be asked for what nobody heard. Never raises: it is only extra."""
    try:
        skipped = blocked(desk.settings, desk.store)
        async with open_systems(desk.settings, desk.store.calls.note, desk.clock) as systems:
            asked = {
                name: door
                for name, door in systems.doors.items()
                if name not in skipped and isinstance(door, Witness)
            }
            await asyncio.gather(*(_fill(desk, name, door) for name, door in asked.items()))
    except StoreError as error:
        _log.error("gaps_not_filled", reason=error.reason, remedy=error.remedy)
    except Exception:  # what was pushed is noted all the same, and the next run asks again
        _log.exception("gaps_not_filled")


async def _fill(desk: Desk, name: str, witness: Witness) -> None:
    caught = await catch_up(name, witness, desk.store.events, desk.clock())
    if caught.missed:
        _log.info("gap_filled", target=name, events=caught.missed)
    if caught.trouble is not None:
        trouble = caught.trouble
        _log.warning("gap_not_filled", target=name, reason=trouble.reason, remedy=trouble.remedy)
