"""The calls of other systems to the hub, and asking those systems for what was missed.

Each connector whose system calls brings its own routes. Nothing here opens, changes or asks for
anything at a door because of what was called in: a happening is noted, and that is all.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ExceptionHandler

from doorward.app.blocking import blocked
from doorward.app.config import Settings
from doorward.app.hub import open_systems
from doorward.app.runs import Desk
from doorward.connectors.kinds import target_kind
from doorward.connectors.reception import Reached, Reception, Refused, peer_of
from doorward.core.inbound import Witness, catch_up
from doorward.storage.errors import StoreError

_log = structlog.get_logger("doorward.inbound")


def callers(settings: Settings) -> Sequence[str]:
    """The names of the targets whose systems may call the hub."""
    return [name for name, target in settings.targets.items() if target_kind(target.type).ways_in]


def ways_in(desk: Desk) -> list[BaseRoute]:
    """Where systems call, and an answer for those that push anywhere else."""
    reached: defaultdict[str, list[Reached[msgspec.Struct]]] = defaultdict(list)
    for name in callers(desk.settings):
        target = desk.settings.targets[name]
        reached[target.type].append(Reached(name, target.settings, target.zone))
    reception = Reception(
        events=desk.store.events, parking=desk.store.parking, clock=desk.clock, due=desk.bell.ring
    )
    routes = [route for one in reached.items() for route in _ways(*one, reception)]
    return [*routes, Route("/push/{rest:path}", _nobody, methods=["POST"])]


def _ways(
    kind: str, targets: Sequence[Reached[msgspec.Struct]], reception: Reception
) -> Sequence[BaseRoute]:
    found = target_kind(kind).ways_in
    return found(targets, reception) if found else ()


async def _nobody(request: Request) -> Response:
    name = request.path_params["rest"].partition("/")[0]
    raise Refused(name, 404, f"there is no target '{name}' that pushes to this address")


async def _refused(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    _log.warning(
        "push_refused",
        target=refused.target,
        peer=peer_of(request),
        why=refused.reason,
        status=refused.status,
    )
    return PlainTextResponse(refused.reason, refused.status)


async def _not_kept(_request: Request, error: Exception) -> Response:
    assert isinstance(error, StoreError)
    _log.error("push_not_kept", reason=error.reason)
    return PlainTextResponse("it cannot be kept now: send it again later", 503)


REFUSALS: Mapping[type[Exception], ExceptionHandler] = {Refused: _refused, StoreError: _not_kept}
"""What is answered instead of an error of the server."""


async def fill_gaps(desk: Desk) -> None:
    """Ask every target that can be asked for what nobody heard. Never raises: it is only extra."""
    try:
        skipped = blocked(desk.settings, desk.store)
        async with open_systems(desk.settings, desk.store, desk.clock) as systems:
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
