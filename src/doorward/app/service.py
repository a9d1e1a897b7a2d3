"""The hub as a service: a run every so often, and what it answers about itself meanwhile."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from doorward.app.blocking import blocked
from doorward.app.runs import Desk, counts, sync
from doorward.core.sync import Report
from doorward.engine.ticker import every
from doorward.storage.errors import StoreBusy, StoreError

Told = Callable[[Report], None]

_log = structlog.get_logger("doorward.service")


def untold(_report: Report) -> None:
    """Show nothing."""


async def keep_in_step(desk: Desk, stop: asyncio.Event, told: Told = untold) -> None:
    """Run now and at every interval until `stop` is set, also between two writes of a run."""
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

    await every(desk.settings.interval, once, stop)


def service_app(desk: Desk) -> Starlette:
    """What the hub answers to others."""

    async def healthz(_request: Request) -> Response:
        health = health_of(desk)
        return JSONResponse(health, 200 if health["healthy"] else 503)

    return Starlette(routes=[Route("/healthz", healthz)])


def health_of(desk: Desk) -> dict[str, object]:
    """Whether runs are made and end well, and the oldest revocation that is not confirmed.

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
    }
