"""Who may write, and who may run: locks that end with the process that holds them.

`FileLock` is a flock on a file beside an SQLite database. The kernel lets go of it when the process
ends, however it ends. Its file stays: removing it would let two processes lock two files.
"""

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

STEP = 0.002  # seconds between two tries of a lock that somebody holds


def who_we_are() -> str:
    """This process, as another one is told who holds a lock."""
    return f"doorward {os.getpid()} on {socket.gethostname()}"[:63]


class FileLock:
    """An exclusive lock on a file, made when it is missing. Raises OSError where that fails."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def taken(self) -> bool:
        """Take it; False when somebody else has it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def wait(self, seconds: float) -> bool:
        """Take it as soon as it is free; False when that took too long."""
        until = time.monotonic() + seconds
        while not self.taken():
            if time.monotonic() > until:
                return False
            time.sleep(STEP)
        return True

    def release(self) -> None:
        """Let go of it."""
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of it and of the file."""
        os.close(self._file)

    def sign(self) -> None:
        """Write into the file who has taken it."""
        since = datetime.now(UTC).isoformat(" ", "seconds")
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{who_we_are()} since {since}".encode(), 0)

    def signature(self) -> str:
        """Who took it last."""
        return (
            os.pread(self._file, 200, 0).decode("utf-8", "replace") or "a process that is starting"
        )


@contextmanager
def held_file(path: Path) -> Iterator[str | None]:
    """Hold the file's lock for the block: None, or who has it and it is not held."""
    lock = FileLock(path)
    try:
        if lock.taken():
            lock.sign()
            yield None
        else:
            yield lock.signature()
    finally:
        lock.close()
