"""Reads a file of members from the disk, and notices when somebody writes to it meanwhile."""

import os
from pathlib import Path

from doorward.connectors.csvfile.wire.members import Form, Listing, Step, read
from doorward.connectors.csvfile.wire.text import Unusable

LARGEST = 2 * 1024**3  # bytes


class Unreadable(Exception):
    """The file cannot be read; `passing`: trying again can help by itself."""

    def __init__(self, reason: str, remedy: str, *, passing: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
        self.passing = passing


def read_file(path: Path, form: Form, step: Step) -> Listing:
    """What a file says. Raises Unreadable."""
    try:
        with path.open("rb") as stream:
            before = os.fstat(stream.fileno())
            if before.st_size > LARGEST:
                raise _unusable(path, f"it is larger than {LARGEST} bytes", "Check 'path'.")
            try:
                return read(stream, form, step)
            except Unusable as fault:
                raise _unusable(path, fault.reason, fault.remedy) from None
            finally:
                _refuse_changed(path, before, os.fstat(stream.fileno()))
    except OSError as fault:
        reason = f"{path} cannot be read: {fault.strerror or type(fault).__name__}"
        remedy = "Check 'path', and who may read the file."
        raise Unreadable(reason, remedy, passing=True) from None


def _refuse_changed(path: Path, before: os.stat_result, after: os.stat_result) -> None:
    """What was written to while it was read may be half old and half new."""
    if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
        return
    what = "it shrank" if after.st_size < before.st_size else "it was written to"
    raise Unreadable(
        f"{path.name}: {what} while it was read",
        "Nothing to do: it is read again. Best write a new file and rename it over the old one.",
        passing=True,
    )


def _unusable(path: Path, reason: str, remedy: str) -> Unreadable:
    return Unreadable(f"{path.name}: {reason}", remedy, passing=False)
