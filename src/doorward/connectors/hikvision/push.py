"""A twin's pushes: each event goes to every configured listener, late ones again as replays.

Source: Hikvision terminals as observed, Events. Only listeners on this machine are called.
"""

import asyncio
import secrets
from collections import deque

import aiohttp

from doorward.connectors.hikvision.wire.event import Event, Pushed, push_type, write_push
from doorward.connectors.hikvision.wire.hosts import Host, Hosts
from doorward.net.trust import is_loopback

WAITING = 1000  # events kept for a listener that does not answer
PATIENCE = aiohttp.ClientTimeout(total=3.0)


class Pusher:
    """Delivers events in order; what a listener missed it gets first, marked as not current."""

    def __init__(self) -> None:
        self._missed: dict[str, deque[Event]] = {}
        self._turn = asyncio.Lock()

    def waiting(self) -> int:
        """How many deliveries are outstanding."""
        return sum(map(len, self._missed.values()))

    def forget(self) -> None:
        """Owe nobody anything."""
        self._missed.clear()

    async def push(self, event: Event, device: str, listeners: Hosts) -> int:
        """Deliver to all listeners; how many of them took it."""
        hosts = [host for host in listeners.hosts if _callable(host)]
        if not hosts:
            return 0
        async with self._turn, aiohttp.ClientSession(timeout=PATIENCE) as session:
            taken = [await self._to(session, host, event, device) for host in hosts]
        return sum(taken)

    async def _to(
        self, session: aiohttp.ClientSession, host: Host, event: Event, device: str
    ) -> bool:
        missed = self._missed.setdefault(host.id, deque(maxlen=WAITING))
        while missed:
            if not await _post(session, host, Pushed(missed[0], device, current=False)):
                missed.append(event)
                return False
            missed.popleft()
        if await _post(session, host, Pushed(event, device, current=True)):
            return True
        missed.append(event)
        return False


def _callable(host: Host) -> bool:
    return host.protocol_type.upper() == "HTTP" and is_loopback(host.address)


async def _post(session: aiohttp.ClientSession, host: Host, pushed: Pushed) -> bool:
    boundary = secrets.token_hex(8)
    address = f"http://{host.address}:{host.port_no}/{host.url.lstrip('/')}"
    headers = {"Content-Type": push_type(boundary)}
    try:
        async with session.post(
            address, data=write_push(pushed, boundary), headers=headers, allow_redirects=False
        ) as answer:
            return answer.status < 300
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return False
