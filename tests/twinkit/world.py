"""The smallest World: notes by name, one door to write them, one to list them."""

import asyncio
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from doorward.net.calls import Masker
from doorward.twinkit.clock import TwinClock
from doorward.twinkit.control import make_twin
from doorward.twinkit.faults import FaultKind
from doorward.twinkit.shelf import Record, Shelf
from doorward.twinkit.twin import Overview, Twin

SEED = {"first": "seeded"}
STATUS = {"busy": 503, "refuse": 409, "unauthorised": 401}


class Notes:
    """Notes that can be written, listed, and waited for."""

    def __init__(self, path: Path | None = None) -> None:
        self.clock = TwinClock()
        self.masker = Masker(frozenset({"password"}))
        self.shelf = Shelf(path)
        kept = {one.key: (one.body or b"").decode() for one in self.shelf.load()}
        self.notes = kept or dict(SEED)
        self.app = Starlette(
            routes=[
                Route("/notes", self._list),
                Route("/notes/{name}", self._write, methods=["PUT"]),
                Route("/wait", self._wait),
                Route("/parts", self._parts),
            ]
        )

    def document(self) -> bytes:
        return msgspec.json.encode(self.notes)

    def restore(self, document: bytes) -> None:
        self.notes = msgspec.json.decode(document, type=dict[str, str])
        self.shelf.rewrite([Record("note", one, text.encode()) for one, text in self.notes.items()])

    def reset(self) -> None:
        self.restore(msgspec.json.encode(SEED))

    def overview(self) -> Overview:
        return Overview(
            "Notes", {"notes": str(len(self.notes))}, ["name"], [[n] for n in self.notes]
        )

    def label(self, method: str, path: str, body: bytes) -> str:
        return f"{method} {path}"

    def fault(self, kind: FaultKind, path: str) -> Response:
        return PlainTextResponse(f"{kind} at {path}", STATUS[kind])

    async def _list(self, _request: Request) -> Response:
        return Response(self.document())

    async def _write(self, request: Request) -> Response:
        name, text = request.path_params["name"], (await request.body()).decode()
        self.notes[name] = text
        self.shelf.write([Record("note", name, text.encode())])
        return Response(status_code=204)

    async def _parts(self, _request: Request) -> Response:
        return StreamingResponse(iter(["one ", "two"]))

    async def _wait(self, _request: Request) -> Response:
        await asyncio.sleep(0.05)
        return PlainTextResponse("waited")


def notes_twin() -> Twin:
    return make_twin(Notes())
