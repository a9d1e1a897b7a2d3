"""Where VIZpin pushes to the hub.

    POST /push/TARGET/events, /push/TARGET/verified/USER                  without a secret
    POST /push/TARGET/events/SECRET, /push/TARGET/verified/SECRET/USER    with one

Where there is one VIZpin target only, `/push/vizpin/…` is the same. Every answer is JSON in the
form that VIZpin reads, a refusal too, and its message is never empty.

Source: VIZpin OEM API 4.3, Push API Calls.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from doorward.connectors.reception import Inbound, Reached, Reception, Refused, body_of, peer_of
from doorward.connectors.vizpin.happenings import pushed, verified
from doorward.connectors.vizpin.settings import VizpinSettings
from doorward.connectors.vizpin.wire.faults import Fault, NotUnderstood
from doorward.connectors.vizpin.wire.push import (
    PUSH_LIMIT,
    TAKEN,
    PushReply,
    read_push,
    read_verified,
    refused,
    write_reply,
)
from doorward.core.inbound import Happening

ALONE = "vizpin"
"""In place of the target's name, where there is one."""

REMEMBERED = 10_000
NOT_KEPT = PushReply(503, "it cannot be kept now: send it again later")

_log = structlog.get_logger("doorward.inbound")

Hear = Callable[[Request], Awaitable[Happening]]


@dataclass(frozen=True, slots=True)
class _Ear:
    """One target's addresses at the hub.

    `_verified`: when each user's verification was first heard of. Its call names no time, so this
    tells one that is sent again from another.
    """

    target: Reached[VizpinSettings]
    reception: Reception
    _verified: OrderedDict[str, datetime] = field(default_factory=OrderedDict)

    async def events(self, request: Request) -> Response:
        """Something happened at a reader."""
        return await self._answered(request, self._event)

    async def verified(self, request: Request) -> Response:
        """A pre-registered user's phone was verified."""
        return await self._answered(request, self._verification)

    async def _answered(self, request: Request, hear: Hear) -> Response:
        try:
            happening = await hear(request)
        except Refused as refusal:
            return self._refused(request, refused(refusal.reason, refusal.status))
        except NotUnderstood as error:
            return self._refused(request, refused(str(error) or "this is no push"))
        return _said(await self._kept(happening))

    async def _event(self, request: Request) -> Happening:
        self._admit(request)
        body = await body_of(request, self.target.name, PUSH_LIMIT)
        push = read_push(body)
        if isinstance(push, Fault):
            raise Refused(self.target.name, 400, str(push))
        return pushed(self.target.name, push, body, self.reception.clock())

    async def _verification(self, request: Request) -> Happening:
        self._admit(request)
        user = read_verified(request.path_params["user"])
        await body_of(request, self.target.name, PUSH_LIMIT)
        at = self._verified.setdefault(user, self.reception.clock())
        if len(self._verified) > REMEMBERED:
            self._verified.popitem(last=False)
        return verified(self.target.name, user, at)

    def _admit(self, request: Request) -> None:
        rules = self.target.settings.inbound or Inbound()
        rules.admit(self.target.name, request, request.path_params.get("secret", ""))

    async def _kept(self, happening: Happening) -> PushReply:
        try:
            await self.reception.events.note([happening], self.reception.clock())
        except Exception as error:  # whatever keeps it from the disk, it is to be sent again
            _log.error("push_not_kept", target=self.target.name, reason=str(error))
            return NOT_KEPT
        return TAKEN

    def _refused(self, request: Request, reply: PushReply) -> Response:
        _log.warning(
            "push_refused",
            target=self.target.name,
            peer=peer_of(request),
            why=reply.message,
            status=reply.status,
        )
        return _said(reply)


def _said(reply: PushReply) -> Response:
    return Response(write_reply(reply), reply.status, media_type="application/json")


def ways_in(
    targets: Sequence[Reached[VizpinSettings]], reception: Reception
) -> Sequence[BaseRoute]:
    """Each target's addresses, and those without a name where there is one target."""
    routes: list[BaseRoute] = []
    for target in targets:
        ear = _Ear(target, reception)
        for name in dict.fromkeys((target.name, ALONE) if len(targets) == 1 else (target.name,)):
            routes += _routes(f"/push/{name}", ear)
    return routes


def _routes(root: str, ear: _Ear) -> Sequence[BaseRoute]:
    ways = {
        f"{root}/events": ear.events,
        f"{root}/events/{{secret}}": ear.events,
        f"{root}/verified/{{user}}": ear.verified,
        f"{root}/verified/{{secret}}/{{user}}": ear.verified,
    }
    return [Route(path, answer, methods=["POST"]) for path, answer in ways.items()]
