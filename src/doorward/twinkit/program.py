"""A twin as a program: one line says where it listens, a signal ends it."""

import asyncio
import signal

from doorward.net.serving import running
from doorward.twinkit.twin import Twin


async def serve_until_signal(twin: Twin, port: int) -> None:
    """Serve on loopback, print `ready: http://127.0.0.1:P` first, return on SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running(twin, port) as url:
        twin.begin()
        print(f"ready: {url}", flush=True)
        await stop.wait()
        await twin.end()
