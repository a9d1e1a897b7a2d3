"""The same requests with nothing around them: plain aiohttp, one connection for each terminal.

`python -m bench.replay` reads logins and requests from standard input: `{"auth": ..., "lines":
[{"url": ..., "requests": [[method, path, body, status], ...]}, ...]}`. Terminals are asked side by
side, each one request at a time; every answer is read to its end and its status looked at.
"""

import asyncio
import json
import sys
import time
from typing import Any

import aiohttp

from bench.report import cpu
from bench.terminals import PASSWORD, USERNAME


async def replay(auth: str, lines: list[dict[str, Any]]) -> dict[str, float]:
    """All of it; seconds, processor seconds, and how many requests that were."""
    sessions = [_session(auth) for _ in lines]
    begun, used = time.perf_counter(), cpu()
    work = [
        _one_after_another(session, **line) for session, line in zip(sessions, lines, strict=False)
    ]
    await asyncio.gather(*work)
    found = {"seconds": time.perf_counter() - begun, "cpu": cpu() - used}
    for session in sessions:
        await session.close()
    return found | {"requests": sum(len(line["requests"]) for line in lines)}


def _session(auth: str) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(limit=1)
    if auth == "basic":
        basic = {"Authorization": aiohttp.encode_basic_auth(USERNAME, PASSWORD)}
        return aiohttp.ClientSession(connector=connector, headers=basic)
    digest = aiohttp.DigestAuthMiddleware(USERNAME, PASSWORD)
    return aiohttp.ClientSession(connector=connector, middlewares=[digest])


async def _one_after_another(
    session: aiohttp.ClientSession, url: str, requests: list[list[Any]]
) -> None:
    for method, path, body, status in requests:
        form = "json" if "format=json" in path else "xml"
        headers = {"Content-Type": f"application/{form}"} if body else None
        data = body.encode() if body else None
        async with session.request(method, url + path, data=data, headers=headers) as answer:
            await answer.read()
            assert answer.status == status, (method, path, answer.status, status)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(replay(**json.load(sys.stdin)))))
