"""Access in words, for the lines that people read. Times are shown in the target's zone."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from doorward.core.people import Access
from doorward.core.windows import NEVER

_NOTHING = "no access"


def moment(instant: datetime | None, zone: ZoneInfo) -> str:
    """An instant on the target's clock; the whole day where it is its last second."""
    if instant is None:
        return "no end"
    if instant == NEVER.end:
        return _NOTHING
    local = instant.astimezone(zone)
    if (local.hour, local.minute, local.second) == (23, 59, 59):
        return local.date().isoformat()
    return local.strftime("%Y-%m-%d %H:%M:%S")


def in_words(access: Access, zone: ZoneInfo) -> str:
    """When, and with what."""
    window = access.window
    if window == NEVER:
        return _NOTHING
    start = "any time" if window.start is None else window.start.astimezone(zone).date().isoformat()
    options = "".join(f", {name} {' '.join(values)}" for name, values in access.options if values)
    return f"{start} to {moment(window.end, zone)}{options}"


def difference(before: Access, after: Access, zone: ZoneInfo) -> str:
    """What a change changes: only the parts that differ, old and new."""
    if NEVER in (before.window, after.window):
        return f"{in_words(before, zone)} → {in_words(after, zone)}"
    parts: list[str] = []
    if before.window.end != after.window.end:
        parts.append(f"end {moment(before.window.end, zone)} → {moment(after.window.end, zone)}")
    if before.window.start != after.window.start:
        old, new = before.window.start, after.window.start
        parts.append(f"start {_start(old, zone)} → {_start(new, zone)}")
    held = dict(before.options)
    parts += [
        f"{name} {_listed(held.get(name, ()))} → {_listed(values)}"
        for name, values in after.options
        if held.get(name) != values
    ]
    return ", ".join(parts)


def _listed(values: Sequence[str]) -> str:
    return " ".join(values) or "none"


def _start(instant: datetime | None, zone: ZoneInfo) -> str:
    if instant is None:
        return "any time"
    local = instant.astimezone(zone)
    midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
    return local.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M:%S")
