"""The hub as a service: a run every so often, and what it answers about itself meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from doorward.app.blocking import blocked
from doorward.app.inbound import REFUSALS, callers, ways_in
from doorward.app.runs import Desk, counts, sync
from doorward.core.sync import Report
from doorward.engine.ticker import every
from doorward.storage.errors import StoreBusy, StoreError
from doorward.storage.store import Reader

Told = Callable[[Report], None]
Afterwards = Callable[[Desk], Awaitable[None]]

_log = structlog.get_logger("doorward.service")


def untold(_report: Report) -> None:
    """Show nothing."""


async def nothing_more(_desk: Desk) -> None:
    """Do nothing after a run."""


async def keep_in_step(
    desk: Desk,
    stop: asyncio.Event,
    told: Told = untold,
    afterwards: Afterwards = nothing_more,
) -> None:
    """Run now and at every interval until `stop` is set, also between two writes of a run.

    `afterwards` is done after each run, however that ended; it does not raise.
    """
    desk = replace(desk, stopped=stop.is_set)

    async def once() -> None:
        try:
            report = await sync(desk, "schedule")
        except StoreBusy as error:
            _log.info("run_skipped", reason=str(error))
        except StoreError as error:
            _log.error("run_failed", reason=error.reason, remedy=error.remedy)
        except Exception:  # the service outlives a mistake in one run; the next one may succeed
            _log.exception("run_failed")
        else:
            _log.info("run_ended", verdict=report.verdict, **counts(report))
            told(report)
        if not stop.is_set():
            await afterwards(desk)

    await every(desk.settings.interval, once, stop, desk.bell)


def service_app(desk: Desk) -> Starlette:
    """What the hub answers to others, and where systems call."""

    async def healthz(_request: Request) -> Response:
        health = health_of(desk)
        return JSONResponse(health, 200 if health["healthy"] else 503)

    routes = [Route("/healthz", healthz), *ways_in(desk)]
    return Starlette(routes=routes, exception_handlers=REFUSALS)


def health_of(desk: Desk) -> dict[str, object]:
    """Whether runs are made and end well, the oldest revocation that is not confirmed, and when
    each target that pushes told something last.

    Healthy: the last run ended within three intervals, and not as a failure.
    """
    store, last, now = desk.store, desk.store.runs.last(), desk.clock()
    ended = last.ended if last else None
    revocations = [one.since for one in store.queue.open() if one.loss]
    late = ended is None or now - ended > 3 * desk.settings.interval
    return {
        "healthy": not late and last is not None and last.verdict != "failed",
        "last_run": ended.isoformat() if ended else None,
        "verdict": last.verdict if last else None,
        "failures": len(store.queue.open()),
        "oldest_unconfirmed_revocation": min(revocations).isoformat() if revocations else None,
        "blocked": list(blocked(desk.settings, store)),
        "last_events": {name: _last_event(store, name) for name in callers(desk.settings)},
    }


def _last_event(store: Reader, target: str) -> dict[str, object] | None:
    """When and of what kind; nothing of whom, since anybody may ask."""
    noted = store.events.last(target)
    if noted is None:
        return None
    one = noted.happening
    told = {"at": one.at.isoformat(), "received_at": noted.received_at.isoformat()}
    return {**told, "kind": one.kind, "late": one.late}
