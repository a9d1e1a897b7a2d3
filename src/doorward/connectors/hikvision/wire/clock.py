"""A terminal's time (`System/time`), and its time zone with the inverted sign.

Source: Hikvision terminals as observed, Validity. `CST-1:00:00` is one hour *ahead* of UTC, as in
POSIX; the summer-time suffix `DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00` differs from POSIX: it
says by how much the clock moves, not where it stands. The rules are left to zoneinfo, which is
handed the POSIX form of the same.
"""

import re
import struct
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from io import BytesIO
from zoneinfo import ZoneInfo

import msgspec

from doorward.connectors.hikvision.wire.form import NotUnderstood, from_xml, guarded, root, to_xml
from doorward.net.xml import local

_ZONE = re.compile(
    r"(?P<name>[A-Za-z]{3,})(?P<sign>[+-]?)(?P<offset>\d{1,2}(?::\d{2}){0,2})"
    r"(?:DST(?P<shift>\d{1,2}(?::\d{2}){0,2}),(?P<rules>[^,\s]{1,32},[^,\s]{1,32}))?"
)


class _TimeForm(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    time_mode: str | None = None
    local_time: str = ""
    time_zone: str | None = None


class DeviceTime(msgspec.Struct, frozen=True):
    """What a terminal's clock shows: wall time, and the offset and zone as far as it tells them."""

    wall: datetime
    offset: timedelta | None = None
    time_zone: str | None = None
    mode: str | None = None  # "manual" or "NTP"

    def instant(self) -> datetime:
        """The moment that the terminal believes it is. Raises NotUnderstood if it can't be told."""
        if self.offset is not None:
            aware = self.wall.replace(tzinfo=timezone(self.offset))
        elif self.time_zone is not None:
            aware = self.wall.replace(tzinfo=zone(self.time_zone))
        else:
            raise NotUnderstood("the time has neither an offset nor a zone")
        return guarded(lambda: aware.astimezone(UTC))


def read_time(body: bytes) -> DeviceTime:
    """Raises NotUnderstood."""
    element = root(body)
    if local(element.tag) != "time":
        raise NotUnderstood(f"expected Time, not {element.tag}")
    form = from_xml(element, _TimeForm)
    shown = guarded(lambda: datetime.fromisoformat(form.local_time))
    return DeviceTime(
        shown.replace(tzinfo=None), shown.utcoffset(), form.time_zone or None, form.time_mode
    )


def write_time(shown: DeviceTime, namespace: str = "") -> bytes:
    """As a terminal sends it: `localTime` with the offset where it has one."""
    moment = shown.wall.isoformat(timespec="seconds")
    if shown.offset is not None:
        moment += _clock(shown.offset)
    return to_xml("Time", _TimeForm(shown.mode, moment, shown.time_zone), namespace)


def _clock(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


@lru_cache(maxsize=64)
def zone(text: str) -> ZoneInfo:
    """The time zone that a terminal names. Raises NotUnderstood."""
    found = _ZONE.fullmatch(text.strip())
    if found is None:
        raise NotUnderstood(f"not a time zone: {text!r}")
    return guarded(lambda: ZoneInfo.from_file(BytesIO(_tzif(_posix(found))), key=text))


def _posix(found: re.Match[str]) -> str:
    behind = _seconds(found["offset"]) * (-1 if found["sign"] == "-" else 1)
    standard = f"<STD>{_hours(behind)}"
    if not found["rules"]:
        return standard
    return f"{standard}<DST>{_hours(behind - _seconds(found['shift']))},{found['rules']}"


def _seconds(text: str) -> int:
    hours, minutes, seconds = (*map(int, text.split(":")), 0, 0)[:3]
    return hours * 3600 + minutes * 60 + seconds


def _hours(seconds: int) -> str:
    size = abs(seconds)
    return f"{'-' if seconds < 0 else ''}{size // 3600}:{size // 60 % 60:02d}:{size % 60:02d}"


def _tzif(posix: str) -> bytes:
    """A time zone file (RFC 8536) that has nothing but a rule, since zoneinfo takes no rule alone.

    The one local time type it needs is UTC, and without transitions never used.
    """
    head = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, 4)
    block = head + struct.pack(">lbb", 0, 0, 0) + b"UTC\0"
    return block + block + b"\n" + posix.encode("ascii") + b"\n"
