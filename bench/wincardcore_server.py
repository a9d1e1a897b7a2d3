"""One make of the settlement side's endpoint in a process of its own.

`python -m bench.wincardcore_server MAKE DATABASE [PROFILE]` prints its address and serves until
standard input ends; then it prints what it took. With a third word it writes a profile there.
"""

import asyncio
import cProfile
import json
import sys
from contextlib import AsyncExitStack

from bench.report import cpu, peak
from bench.wincardcore_makes import made
from doorward.net.collecting import spare_what_stays
from doorward.net.serving import running


async def serve(make: str, database: str) -> None:
    """Serve until standard input ends."""
    async with AsyncExitStack() as stack:
        if make == "plain":
            from bench.wincardcore_plain import plain_app

            app = plain_app(database)
        else:
            app = await stack.enter_async_context(made(make, database))
        url = await stack.enter_async_context(running(app))
        spare_what_stays()  # as the hub does
        print(json.dumps(url), flush=True)
        await asyncio.to_thread(sys.stdin.read)
    print(json.dumps({"cpu": cpu(), "peak": peak()}), flush=True)


if __name__ == "__main__":
    profile = cProfile.Profile() if len(sys.argv) > 3 else None
    if profile:
        profile.enable()
    asyncio.run(serve(sys.argv[1], sys.argv[2]))
    if profile:
        profile.dump_stats(sys.argv[3])
