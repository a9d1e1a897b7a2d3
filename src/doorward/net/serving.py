"""Serve an ASGI application on a socket: loopback unless told otherwise, port 0 picks one.

Over TLS where a certificate is given; then the scope's extension "doorward.peer" is the SHA-256
of the caller's own certificate, where the caller showed one that `clients` vouches for.
"""

import asyncio
import contextlib
import hashlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from doorward.net.identity import PEER, Identity

HEAD_LIMIT = 64 * 1024  # bytes of a request line and its headers


@asynccontextmanager
async def running(
    app: ASGIApp, port: int = 0, host: str = "127.0.0.1", identity: Identity | None = None
) -> AsyncIterator[str]:
    """The application's address, served until the block ends.

    Raises OSError for a taken port, and for an identity that cannot be used.
    """
    context = identity.context() if identity else None
    # The protocol is named because asyncio looks at it before it switches off Nagle's algorithm,
    # which would hold back every answer for 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        server = _Server(
            uvicorn.Config(
                app,
                log_level="critical",
                access_log=False,
                lifespan="off",
                http=_Protocol,
                server_header=False,
                proxy_headers=False,  # who calls is who is connected, whatever a header says
                ssl_context_factory=(lambda _config, _default: context) if context else None,
            )
        )
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started:
                if task.done():
                    await task
                await asyncio.sleep(0.005)
            yield f"{'https' if context else 'http'}://{host}:{listener.getsockname()[1]}"
        finally:
            server.end()
            await task


class _Protocol(HttpToolsProtocol):
    """Refuses a request whose headers do not end: uvicorn would keep them all."""

    _head: int | None = None  # bytes of it so far; None outside of one
    _peer = ""  # SHA-256 of the caller's certificate; "" where there is none

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is connected."""
        super().connection_made(transport)
        shown = transport.get_extra_info("ssl_object")
        certificate = shown.getpeercert(binary_form=True) if shown else None
        if certificate:
            self._peer = hashlib.sha256(certificate).hexdigest()

    def data_received(self, data: bytes) -> None:
        """Take what came, unless it makes the headers too long."""
        super().data_received(data)
        if self._head is not None:
            self._head += len(data)
            if self._head > HEAD_LIMIT:
                self.send_400_response("the headers are too large")

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        self._head = 0
        super().on_message_begin()
        self.scope["extensions"] = {PEER: {"sha256": self._peer}}

    def on_headers_complete(self) -> None:
        """The last byte of its headers."""
        self._head = None
        super().on_headers_complete()


class _Server(uvicorn.Server):
    """Leaves signals to whoever owns the process: several servers may share it.

    Ends at once when told to, and not with uvicorn's next look ten times a second.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ending = asyncio.Event()

    def end(self) -> None:
        """Stop serving; what is being answered is answered."""
        self.should_exit = True
        self._ending.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        """As uvicorn's, but woken by `end`."""
        counter = 0
        while not await self.on_tick(counter):
            counter = (counter + 1) % 864_000
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), 0.1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, but idle connections are given a moment and not a tenth of a second."""
        for listening in self.servers:
            listening.close()
        for one in sockets or []:
            one.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0.001)
        await self._wait_tasks_to_complete()
