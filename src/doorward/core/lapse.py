"""What becomes of the access of somebody whom the register no longer gives anything."""

from dataclasses import replace
from datetime import datetime, time
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from doorward.core.people import Access
from doorward.core.ports import Door
from doorward.core.windows import SECOND, Window

LapsedPolicy = Literal["keep", "expire", "delete"]


def after_lapse(policy: LapsedPolicy, shown: Access, door: Door, now: datetime) -> Access | None:
    """What the target is to show from then on; None when the holder is to go.

    "keep" leaves the dates as they are: access ends when they end, as in the Cardskipper-IVMS
    document.
    """
    match policy:
        case "keep":
            return shown
        case "expire":
            return shown if shown.window.over_at(now) else expired(shown, door, now)
        case "delete":
            return None
        case _:
            assert_never(policy)


def expired(shown: Access, door: Door, now: datetime) -> Access:
    """Access that ended with yesterday: the same all day, so that a reviewed plan keeps.

    The start moves along where it would lie behind the end: a terminal refuses such a window.
    """
    end = yesterday(now, door.zone)
    start = shown.window.start
    start = end if start is not None and start > end else start
    return door.fit(replace(shown, window=Window(start, end)))


def yesterday(now: datetime, zone: ZoneInfo) -> datetime:
    """The last second of the day before, where the target stands."""
    today = now.astimezone(zone).date()
    midnight = datetime.combine(today, time(), zone)
    return midnight.astimezone(now.tzinfo) - SECOND
