"""What a phone or an operator does at the twin, as calls under `/_twin/`.

A user is named by id or phone, a reader by id or name.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from doorward.connectors.vizpin.server.backend import Declined
from doorward.connectors.vizpin.wire import form
from doorward.connectors.vizpin.wire.faults import NotUnderstood

if TYPE_CHECKING:
    from doorward.connectors.vizpin.twin.world import VizpinWorld

PUSH_WAIT = 2.0  # seconds in which an answer waits for its push, to tell whether it was taken

B = TypeVar("B", bound=msgspec.Struct)


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a control."""


class Unlock(_Body):
    """A phone at a reader."""

    user: str
    reader: str


class OfUser(_Body):
    """Somebody with a phone."""

    user: str


class WithPassword(OfUser):
    """The same with a password."""

    password: str


class OfLogin(_Body):
    """A login of the API."""

    username: str


class OfVizpin(_Body):
    """A VIZpin by its id."""

    vizpin: str


class _NoSuch(Exception):
    """What is named is not there."""


def control_routes(world: "VizpinWorld") -> list[Route]:
    """The routes of these controls."""
    cloud, store = world.cloud, world.store

    async def unlock(asked: Unlock) -> object:
        tried = cloud.unlock(_user(world, asked.user), _reader(world, asked.reader))
        pushed = await world.events.settled(PUSH_WAIT)
        return {"opens": tried.opens, "why": tried.why, "pushed": pushed, "event": tried.event}

    async def verify(asked: OfUser) -> object:
        user = _user(world, asked.user)
        cloud.verify(user)
        return {"user": user, "pushed": await world.verified.settled(PUSH_WAIT)}

    async def password(asked: WithPassword) -> object:
        cloud.set_password(_user(world, asked.user), asked.password)
        return {"changed": True}

    async def sign_in(asked: WithPassword) -> object:
        try:
            cloud.sign_in(_user(world, asked.user), asked.password)
        except Declined as declined:
            return {"code": int(declined.code), "message": declined.message}
        return {"code": 1, "message": "signed in"}

    async def unlock_login(asked: OfLogin) -> object:
        if asked.username not in store.logins.rows:
            raise _NoSuch("there is no such login")
        cloud.unlock_login(asked.username)
        return {"username": asked.username, "locked": False}

    async def blacklist(asked: OfVizpin) -> object:
        if asked.vizpin not in store.vizpins.rows:
            raise _NoSuch("there is no such VIZpin")
        cloud.blacklist(asked.vizpin)
        return cloud.told(store.vizpins.rows[asked.vizpin])

    return [
        _route("unlock", Unlock, unlock),
        _route("verify", OfUser, verify),
        _route("password", WithPassword, password),
        _route("sign-in", WithPassword, sign_in),
        _route("unlock-login", OfLogin, unlock_login),
        _route("blacklist", OfVizpin, blacklist),
    ]


def _user(world: "VizpinWorld", named: str) -> str:
    store = world.store
    if named in store.users.rows:
        return named
    for oem in store.oems.rows:
        found = store.phones(oem, named)
        if found is not None:
            return found
    raise _NoSuch("there is no such user")


def _reader(world: "VizpinWorld", named: str) -> str:
    readers = world.store.readers.rows
    if named in readers:
        return named
    found = [row.id for row in readers.values() if row.reader.name.casefold() == named.casefold()]
    if not found:
        raise _NoSuch("there is no such reader")
    if len(found) > 1:
        raise ValueError("several readers have that name: use the id")
    return found[0]


def _route(name: str, kind: type[B], handler: Callable[[B], Awaitable[object]]) -> Route:
    async def answer(request: Request) -> Response:
        try:
            asked = form.decode(await request.body(), kind)
            return _json(await handler(asked))
        except _NoSuch as error:
            return _json({"error": str(error)}, 404)
        except (NotUnderstood, ValueError) as error:
            return _json({"error": str(error)}, 400)

    return Route(f"/_twin/{name}", answer, methods=["POST"])


def _json(value: object, code: int = 200) -> Response:
    return Response(form.encode(value), code, media_type="application/json")
