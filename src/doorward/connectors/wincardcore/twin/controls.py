"""What a person does at the car park, as calls: drive in, drive out, be its operator.

`POST /_twin/drive-in`, `/_twin/drive-out`, `/_twin/operator`; see `operator` for their bodies. 200
with what happened, also when the barrier stays closed; 400 for what is not understood; 409 for what
an operator cannot do.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from doorward.connectors.wincardcore.twin.barriers import Barriers
from doorward.connectors.wincardcore.twin.garage import Closed, Impossible, Opened
from doorward.connectors.wincardcore.twin.operator import Barrier, Done, Operator, Order, shown_name
from doorward.connectors.wincardcore.twin.visits import Visit
from doorward.connectors.wincardcore.twin.world import WinCardCoreWorld
from doorward.connectors.wincardcore.wire.amounts import two_places
from doorward.connectors.wincardcore.wire.codes import EntryStatus, ExitStatus
from doorward.connectors.wincardcore.wire.form import write

LIMIT = 64 * 1024
T = TypeVar("T")


def controls(world: WinCardCoreWorld) -> list[Route]:
    """The routes beside those of every twin."""
    barriers = Barriers(world)
    operator = Operator(world, barriers)

    async def drive_in(asked: Barrier) -> Done:
        status = EntryStatus.SYSTEM_AUTHORISED if asked.authorised else EntryStatus.SYSTEM
        return await barriers.drive_in(
            asked.shown,
            status,
            device=asked.device,
            info_id=asked.info_id,
            account=asked.account,
        )

    async def drive_out(asked: Barrier) -> Done:
        return barriers.drive_out(
            asked.shown,
            _exit_status(asked),
            device=asked.device,
            info_id=asked.info_id,
            amount=None if asked.amount is None else two_places(asked.amount, "'amount'"),
            discounts=asked.discounts,
        )

    return [
        _route(world, "/_twin/drive-in", Barrier, drive_in),
        _route(world, "/_twin/drive-out", Barrier, drive_out),
        _route(world, "/_twin/operator", Order, operator.do),
    ]


def _exit_status(asked: Barrier) -> ExitStatus:
    if asked.amount is not None:
        return ExitStatus.SYSTEM_AUTHORISED_PRICE
    return ExitStatus.SYSTEM_AUTHORISED if asked.authorised else ExitStatus.SYSTEM


def _route(
    world: WinCardCoreWorld, path: str, kind: type[T], work: Callable[[T], Awaitable[Done]]
) -> Route:
    async def answer(request: Request) -> Response:
        try:
            asked = msgspec.json.decode(await _body(request), type=kind)
            done = await work(asked)
        except Impossible as error:
            return _json({"error": str(error)}, 409)
        except ValueError as error:
            return _json({"error": str(error)}, 400)
        world.courier.wake()
        return _json(_told(world, done))

    return Route(path, answer, methods=["POST"])


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LIMIT:
            raise ValueError(f"the body is larger than {LIMIT} bytes")
    return bytes(body)


def _told(world: WinCardCoreWorld, done: Done) -> dict[str, object]:
    match done:
        case Opened(visit, cancelled):
            held = world.whitelist.reader.card(visit.card_key)
            return {
                "opens": True,
                "reason": None,
                "display": shown_name(held) if held else "",
                "cancelled": cancelled.id if cancelled else None,
                **_visit(visit),
            }
        case Closed(reason):
            return {"opens": False, "reason": reason}
        case Visit():
            return {"done": True, **_visit(done)}
        case _:
            return {"done": True, "said": done}


def _visit(visit: Visit) -> dict[str, object]:
    price = visit.transaction.price
    return {
        "visit": visit.id,
        "price": price.price_gross if price else None,
        "test": visit.test,
        "refunded": visit.refunded,
        "transaction": visit.transaction,
    }


def _json(value: object, status: int = 200) -> Response:
    return Response(write(value), status, media_type="application/json")
