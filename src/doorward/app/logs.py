"""Logs: to the error stream, for people on a terminal and as JSON lines anywhere else.

Nothing here masks: what is logged is chosen so that it needs none (names, counts, reasons), and
bodies go to the call log, which masks by type.
"""

import logging
import sys

import structlog
from stamina.instrumentation import RetryDetails, set_on_retry_hooks


def configure_logs(*, verbose: bool) -> None:
    """Show warnings, or with `verbose` also what happens."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso", utc=True),
            *_last(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.INFO if verbose else logging.WARNING
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    set_on_retry_hooks([_note_retry])


def _last() -> list[structlog.typing.Processor]:
    if sys.stderr.isatty():
        return [structlog.dev.ConsoleRenderer()]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def _note_retry(details: RetryDetails) -> None:
    """A harmless call is tried again: worth a line only for who asked for them all."""
    structlog.get_logger("doorward.retry").info(
        "retry",
        attempt=details.retry_num,
        wait=round(details.wait_for, 1),
        why=str(details.caused_by),
    )
