"""The time zone of this machine: used where a configuration names none."""

import os
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

LOCALTIME = Path("/etc/localtime")


def machine_zone(environ: Mapping[str, str] = os.environ, link: Path = LOCALTIME) -> ZoneInfo:
    """What TZ says, else what the system's clock link points to, else UTC."""
    named = environ.get("TZ", "").removeprefix(":")
    _, _, linked = os.path.realpath(link).partition("/zoneinfo/")
    for key in (named, linked):
        try:
            return ZoneInfo(key)
        except (ValueError, LookupError, OSError):
            continue
    return ZoneInfo("UTC")
