"""What becomes of the access of somebody whom the register no longer gives anything."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from doorward.core.people import Access
from doorward.core.ports import Door
from doorward.core.windows import SECOND, Window

LapsedPolicy = Literal["keep", "expire", "delete"]


@dataclass(frozen=True, slots=True)
class Gone:
    """Why the rules give somebody nothing at a target any more, and what is then done."""

    reason: str
    policy: LapsedPolicy
    because: str


def lapsed(reason: str, policy: LapsedPolicy) -> Gone:
    """Whom the registers give nothing any more."""
    return Gone(reason, policy, f"as lapsed = '{policy}' says")


def locked_out(locked_at: Iterable[str]) -> Gone:
    """Whom an operator has locked: kept out at once, whatever becomes of those who lapse.

    Her record stays for the day when she is released.
    """
    where = ", ".join(sorted(locked_at))
    return Gone(f"is locked by an operator at {where}", "expire", "until she is released there")


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
