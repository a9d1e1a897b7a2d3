"""The settlement side among the routes of a Starlette application, without the cost of a Route."""

from typing import Any

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from doorward.connectors.wincardcore.server.settlement import SettlementServer


class SettlementRoute(BaseRoute):
    """Everything below a server's prefix. Two servers have two prefixes."""

    def __init__(self, server: SettlementServer) -> None:
        self._server = server
        self._below = tuple(
            f"{server.prefix}{path}".encode() for path in ("/v1/", "/accounts", "/accounts/")
        )

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request goes there, judged by its path as it was sent."""
        path: bytes = scope.get("raw_path") or b""
        plain, keyed = self._below[1], (self._below[0], self._below[2])
        mine = scope["type"] == "http" and (path.startswith(keyed) or path == plain)
        return (Match.FULL if mine else Match.NONE), {}

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """It has no names."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request and its answer."""
        await self._server(scope, receive, send)
