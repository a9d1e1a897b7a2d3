"""Where terminals push to the hub.

    POST /push/TARGET          where the configuration has no secret for it
    POST /push/TARGET/SECRET   where it has one

The answer is 200 once what was told is on disk. Source: Hikvision terminals as observed, Events.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from doorward.connectors.hikvision.happenings import told
from doorward.connectors.hikvision.settings import HikvisionSettings
from doorward.connectors.reception import Inbound, Reached, Reception, Refused, body_of
from doorward.core.inbound import Happening

BODY_LIMIT = 4 * 1024 * 1024  # bytes: a push may carry a picture


@dataclass(frozen=True, slots=True)
class _Ear:
    """One terminal's address at the hub."""

    target: Reached[HikvisionSettings]
    reception: Reception

    async def push(self, request: Request) -> Response:
        name, rules = self.target.name, self.target.settings.inbound or Inbound()
        rules.admit(name, request, request.path_params.get("secret", ""))
        body = await body_of(request, name, BODY_LIMIT)
        batch = self._told(request.headers.get("content-type", ""), body)
        new = await self.reception.events.note(batch, self.reception.clock())
        return JSONResponse({"events": len(batch), "new": new})

    def _told(self, content_type: str, body: bytes) -> Sequence[Happening]:
        try:
            return told(self.target.name, self.target.zone, content_type, body)
        except ValueError as error:
            reason = str(error) or type(error).__name__
            raise Refused(self.target.name, 400, f"this cannot be read: {reason}") from None


def ways_in(
    targets: Sequence[Reached[HikvisionSettings]], reception: Reception
) -> Sequence[BaseRoute]:
    """Each terminal's addresses."""
    return [
        Route(path, _Ear(target, reception).push, methods=["POST"])
        for target in targets
        for path in (f"/push/{target.name}", f"/push/{target.name}/{{secret}}")
    ]
