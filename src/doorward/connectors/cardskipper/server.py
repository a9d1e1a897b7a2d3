"""Cardskipper's side of the protocol: routes to a `Backend` that knows the facts, and back.

In the order of a careful server: is there such a call, who are you, may you, not too often, is the
body one that can be read. Every path is answered with and without its last slash, never by a
redirect. What Cardskipper says when it declines is shown nowhere, so the form is the backend's.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from doorward.connectors.cardskipper.schemas import schema, source
from doorward.connectors.cardskipper.wire import basedata
from doorward.connectors.cardskipper.wire.criteria import (
    Criteria,
    CriteriaRefused,
    Dialect,
    read_criteria,
)
from doorward.connectors.cardskipper.wire.imports import (
    ImportRefused,
    Outcome,
    Sent,
    read_import,
    write_outcome,
)
from doorward.connectors.cardskipper.wire.operations import (
    COUNTRIES,
    GENDERS,
    MEMBER_BLOB,
    MEMBER_EXPORT,
    MEMBER_IMPORT,
    ORGANISATION_INFO,
    SCHEMAS,
    XML,
    Operation,
)
from doorward.connectors.cardskipper.wire.organisation import Organisation, write_organisations
from doorward.net.basic import credentials

# The last two are what HTTP libraries and curl say when nobody told them what they send.
_XML_TYPES = frozenset(
    {
        "",
        "application/xml",
        "text/xml",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
    }
)
_FILE_NAME = re.compile(r"""filename\*?\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))""", re.I)


class Declined(Exception):
    """What the caller asked cannot be had; the answer has this status and says why."""

    def __init__(self, status: int, why: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.headers = headers or {}


class Backend(Protocol):
    """The facts behind the protocol."""

    def grants(self, username: str, password: str) -> AbstractSet[str] | None:
        """The calls (`Operation.name`) this login may make; None for a wrong login.

        Compares in constant time.
        """
        ...

    def admit(self) -> None:
        """Count a call. Raises Declined (429) for one too many."""
        ...

    def organisations(self) -> Sequence[Organisation]:
        """The organisations with their roles."""
        ...

    def export(self, criteria: Criteria, dialect: Dialect) -> Iterable[bytes]:
        """A member export, in pieces. Raises Declined for an unknown organisation."""
        ...

    def take(self, sent: Sequence[Sent]) -> Outcome:
        """Add or change members; all or none. Raises Declined."""
        ...

    def keep_blob(self, organisation: str, member: str, name: str, content: bytes) -> None:
        """Keep a member's photo. Raises Declined for a member that is not there."""
        ...

    def decline(self, declined: Declined) -> Response:
        """How this installation says no."""
        ...


Handler = Callable[[Request], Awaitable[Response]]


def cardskipper_app(backend: Backend) -> Starlette:
    """The protocol, spoken for a backend."""
    handlers: dict[Operation, Handler] = {
        ORGANISATION_INFO: _info(backend),
        MEMBER_EXPORT: _export(backend),
        COUNTRIES: _countries,
        GENDERS: _genders,
        MEMBER_IMPORT: _import(backend),
        MEMBER_BLOB: _blob(backend),
    }
    routes = [
        Route(path, _guarded(operation, backend, handler), methods=[operation.method])
        for operation, handler in handlers.items()
        for path in operation.paths
    ]
    routes += [Route(f"/Doc/{name}", _document(name)) for name in SCHEMAS]
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False
    return app


def _guarded(operation: Operation, backend: Backend, handler: Handler) -> Handler:
    async def answer(request: Request) -> Response:
        try:
            _admit(operation, backend, request)
            return await handler(request)
        except Declined as declined:
            return backend.decline(declined)

    return answer


def _admit(operation: Operation, backend: Backend, request: Request) -> None:
    login = credentials(request.headers.get("authorization"))
    granted = backend.grants(*login) if login else None
    if granted is None:
        challenge = {"WWW-Authenticate": 'Basic realm="Cardskipper", charset="UTF-8"'}
        raise Declined(401, "Authorization has been denied for this request.", challenge)
    if operation.name not in granted:
        raise Declined(403, f"This account has no API access to {operation.name}.")
    backend.admit()


def _info(backend: Backend) -> Handler:
    async def answer(_request: Request) -> Response:
        return Response(write_organisations(backend.organisations()), media_type=XML)

    return answer


def _export(backend: Backend) -> Handler:
    async def answer(request: Request) -> Response:
        body = await _xml_body(request, MEMBER_EXPORT)
        try:
            criteria, dialect = read_criteria(body)
        except CriteriaRefused as refused:
            raise Declined(400, str(refused)) from None
        return StreamingResponse(_pieces(backend.export(criteria, dialect)), media_type=XML)

    return answer


async def _pieces(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    # An asynchronous generator, so that Starlette uses no thread for each piece.
    for piece in pieces:
        yield piece


def _import(backend: Backend) -> Handler:
    async def answer(request: Request) -> Response:
        body = await _xml_body(request, MEMBER_IMPORT)
        try:
            sent = read_import(body, schema("MemberImport.xsd"))
        except ImportRefused as refused:
            raise Declined(400, str(refused)) from None
        return Response(write_outcome(backend.take(sent)), media_type=XML)

    return answer


def _blob(backend: Backend) -> Handler:
    async def answer(request: Request) -> Response:
        name = _FILE_NAME.search(request.headers.get("content-disposition", ""))
        if name is None:
            raise Declined(400, "Content-Disposition with a filename is missing.")
        content = await _body(request, MEMBER_BLOB)
        if not content:
            raise Declined(400, "The image is empty.")
        where = request.path_params
        backend.keep_blob(where["organisation"], where["member"], name[1] or name[2], content)
        return Response(status_code=200)

    return answer


async def _countries(request: Request) -> Response:
    body = basedata.write_countries(basedata.COUNTRIES, _language(request))
    return Response(body, media_type=XML)


async def _genders(request: Request) -> Response:
    return Response(basedata.write_genders(basedata.GENDERS, _language(request)), media_type=XML)


def _document(name: str) -> Handler:
    async def answer(_request: Request) -> Response:
        return Response(source(name), media_type=XML)

    return answer


def _language(request: Request) -> str:
    """The first language asked for that there is; English when none is (guide, "Language")."""
    for wanted in request.headers.get("accept-language", "").split(","):
        language = wanted.partition(";")[0].strip().lower()[:2]
        if language in {"en", "sv"}:
            return language
    return "en"


async def _xml_body(request: Request, operation: Operation) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _XML_TYPES:
        raise Declined(415, f"{operation.name} takes application/xml.")
    return await _body(request, operation)


async def _body(request: Request, operation: Operation) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > operation.limit:
            raise Declined(413, f"{operation.name} takes at most {operation.limit} bytes.")
    return bytes(body)
