"""The controls of every twin, under `/_twin/`: state, reset, clock, faults, calls, and a page."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from doorward.twinkit.clock import ClockOrder
from doorward.twinkit.faults import Fault
from doorward.twinkit.twin import Twin, TwinCall, World

STATE_LIMIT = 512 * 1024 * 1024
SMALL_LIMIT = 1024 * 1024
PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)

Handler = Callable[[Request], Awaitable[Response]]


def make_twin(world: World) -> Twin:
    """A World with everything a twin has around it."""

    control = Starlette()
    twin = Twin(world, control)
    control.router.routes.extend(_routes(twin))
    return twin


def _routes(twin: Twin) -> list[Route]:
    world = twin.world

    async def state(request: Request) -> Response:
        if request.method == "PUT":
            world.restore(await _body(request, STATE_LIMIT))
        return _document(twin)

    async def reset(_request: Request) -> Response:
        world.reset()
        twin.faults.order([])
        twin.calls.clear()
        return Response(status_code=204)

    async def clock(request: Request) -> Response:
        if request.method == "PUT":
            body = await _body(request, SMALL_LIMIT)
            world.clock.order(msgspec.json.decode(body, type=ClockOrder))
        return _json({"now": world.clock(), "drift": world.clock.drift.total_seconds()})

    async def faults(request: Request) -> Response:
        if request.method == "PUT":
            body = await _body(request, SMALL_LIMIT)
            twin.faults.order(msgspec.json.decode(body, type=list[Fault]))
        return _json(twin.faults.ordered)

    async def calls(_request: Request) -> Response:
        return _json([_shown(world, call) for call in twin.calls])

    async def page(_request: Request) -> Response:
        return HTMLResponse(
            PAGES.get_template("twin.html").render(
                view=world.overview(),
                now=world.clock().strftime("%Y-%m-%d %H:%M:%S UTC"),
                faults=twin.faults.ordered,
                calls=[_shown(world, call) for call in list(twin.calls)[-25:]][::-1],
            )
        )

    return [
        Route("/_twin/state", _guarded(state), methods=["GET", "PUT"]),
        Route("/_twin/reset", _guarded(reset), methods=["POST"]),
        Route("/_twin/clock", _guarded(clock), methods=["GET", "PUT"]),
        Route("/_twin/faults", _guarded(faults), methods=["GET", "PUT"]),
        Route("/_twin/calls", calls),
        Route("/_twin/", page),
        Route("/_twin", page),
    ]


def _document(twin: Twin) -> Response:
    if twin.pieces is None:
        return Response(twin.world.document(), media_type="application/json")
    return StreamingResponse(_in_pieces(twin.pieces()), media_type="application/json")


async def _in_pieces(document: Iterator[bytes]) -> AsyncIterator[bytes]:
    # An asynchronous generator, so that Starlette uses no thread for each piece.
    for piece in document:
        yield piece


def _guarded(handler: Handler) -> Handler:
    """Answer what cannot be read with 400 or 413 and the reason."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except _TooLarge as error:
            return _json({"error": str(error)}, 413)
        except ValueError as error:  # msgspec's ValidationError and DecodeError are ValueErrors
            return _json({"error": str(error)}, 400)

    return answer


async def _body(request: Request, limit: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise _TooLarge(f"the body is larger than {limit} bytes")
    return bytes(body)


class _TooLarge(Exception):
    """A body of more bytes than a control takes."""


def _shown(world: World, call: TwinCall) -> dict[str, object]:
    return {
        "method": call.method,
        "path": call.path,
        "at": call.at.isoformat(),
        "status": call.status,
        "seconds": round(call.seconds, 6),
        "overlapped": call.overlapped,
        "fault": call.fault,
        "body": world.masker(call.body),
    }


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
