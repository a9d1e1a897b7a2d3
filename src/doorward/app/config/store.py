"""Where the store lies: an SQLAlchemy address, relative paths made absolute."""

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from doorward.app.config.fit import Desk
from doorward.app.config.sections import Store
from doorward.app.config.words import meant
from doorward.net.secrets import Secret

BACKENDS = ("sqlite", "postgresql")
STANDARD = "doorward.db"


def store_url(desk: Desk, store: Store) -> Secret:
    """The address of the store; beside the configuration when nothing is said."""
    if store.url is None:
        return _sqlite(desk.document.file.parent / (store.path or STANDARD))
    path = ("store", "url")
    try:
        url = make_url(str(store.url))
    except (ArgumentError, ValueError):
        remedy = 'Write it like "postgresql://user:password@host/doorward", or use "path".'
        desk.problem(path, "it is not the address of a database", remedy)
        return Secret("")
    _judge(desk, path, url)
    return _absolute(desk.document.file.parent, url)


def _judge(desk: Desk, path: tuple[str, ...], url: URL) -> None:
    backend = url.get_backend_name()
    if backend not in BACKENDS:
        near = meant(backend, BACKENDS)
        guess = f"Did you mean '{near}'? " if near else ""
        reason = f"'{backend}' is not a database that can be used"
        desk.problem(path, reason, f"{guess}Use sqlite or postgresql.")
    if url.password:
        desk.caution_literal(path)


def _absolute(folder: Path, url: URL) -> Secret:
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        return _sqlite(folder / url.database, url)
    return Secret(url.render_as_string(hide_password=False))


def _sqlite(path: Path, url: URL | None = None) -> Secret:
    where = (url or URL.create("sqlite")).set(database=str(path.expanduser().absolute()))
    return Secret(where.render_as_string(hide_password=False))
