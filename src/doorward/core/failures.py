"""The queue of failed updates: what is tried again, when, and what waits for a person."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from doorward.core.changes import Change
from doorward.core.errors import Kind, Trouble
from doorward.core.ports import Failures

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)


def next_try(trouble: Trouble, attempts: int, now: datetime) -> datetime | None:
    """When to try again after so many attempts; None when trying alone cannot help."""
    match trouble.kind:
        case Kind.RETRY:
            return now + min(FIRST_WAIT * (1 << min(attempts - 1, 10)), LONGEST_WAIT)
        case Kind.CAPACITY:
            return now + LONGEST_WAIT
        case _:
            return None


def due(changes: Iterable[Change], failures: Failures, now: datetime) -> list[Change]:
    """The changes to try now: those that never failed, whose time has come, or that are new.

    A change that asks for something else than the one that failed is new.
    """
    return [change for change in changes if _due(change, failures, now)]


def _due(change: Change, failures: Failures, now: datetime) -> bool:
    failure = failures.get((change.target, change.person))
    if failure is None or failure.after != change.after:
        return True
    return failure.next_try is not None and failure.next_try <= now
