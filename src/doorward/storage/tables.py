"""Every table. `sync_history` and `sync_errors` carry at least the columns that the
Cardskipper-IVMS document prints under those names (section Database Schema); ours follow them.

Times are UTC. `person` is a person's key, `holder` her id at the target, `at` the moment told.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    false,
    func,
    text,
)

from doorward.storage.encoding import AccessText, Counts, Instant, Second, Words

VERSION = "0002"
"""The newest migration: what a database of this program's tables is at."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def _text(name: str, *, empty: bool = False) -> Column[str]:
    """A text that is always there; an insert may leave it out where it may be empty."""
    return Column(name, Words, nullable=False, server_default=text("''") if empty else None)


def _partly(name: str, *columns: Column[Any], where: Any, unique: bool = False) -> Index:
    """An index over the rows that fulfil a condition."""
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


people = Table(
    "people",
    metadata,
    Column("key", Words, primary_key=True),
    _text("source"),
    _text("first_name"),
    _text("last_name"),
    _text("email"),
    _text("number"),
    _text("phone"),
    _text("sought"),  # all that she is looked for by, folded, a line each
    _text("document"),  # the whole person as JSON
    _text("digest"),
    Column("seen_at", Instant, nullable=False),  # when she first came
    Column("changed_at", Instant, nullable=False),
    Column("gone_at", Instant),  # since when a complete read has been without her
    Index(None, "source"),
)

links = Table(
    "links",
    metadata,
    _text("target"),
    _text("person"),
    _text("holder"),
    _text("origin"),
    Column("made_at", Instant, nullable=False),
    _text("made_by", empty=True),
    PrimaryKeyConstraint("target", "person"),
    Index(None, "target", "holder"),
)

apart = Table(
    "apart",
    metadata,
    _text("target"),
    _text("person"),
    _text("holder"),
    Column("made_at", Instant, nullable=False),
    _text("made_by", empty=True),
    PrimaryKeyConstraint("target", "person", "holder"),
)

agreed = Table(
    "agreed",
    metadata,
    _text("target"),
    _text("person"),
    _text("holder"),
    Column("wanted", AccessText, nullable=False),
    Column("shown", AccessText, nullable=False),
    Column("agreed_at", Instant, nullable=False),
    PrimaryKeyConstraint("target", "person"),
    Index(None, "target", "holder"),
)

plans = Table(
    "plans",
    metadata,
    Column("digest", Words, primary_key=True),
    _text("document"),
    Column("made_at", Instant, nullable=False),
    Index(None, "made_at"),
)

runs = Table(
    "runs",
    metadata,
    _id(),
    _text("trigger"),
    Column("begun", Instant, nullable=False),
    Column("ended", Instant),
    Column("verdict", Words),
    Column("digest", Words),
    Column("counts", Counts, nullable=False),
    Column("approved_by", Words),
    Column("approved_held", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

updates = Table(
    "updates",
    metadata,
    _id(),
    Column("run", Id, ForeignKey("runs.id"), nullable=False),
    _text("target"),
    _text("person"),
    _text("who"),
    _text("email"),
    _text("holder"),
    _text("kind"),
    Column("before", AccessText),
    Column("after", AccessText),
    Column("wanted", AccessText),
    _text("why"),
    _text("origin"),
    Column("loss", Boolean, nullable=False),
    Column("approved_held", Boolean, nullable=False),
    _text("state"),
    Column("trouble", Words),  # its kind
    Column("reason", Words),
    Column("remedy", Words),
    Column("intended_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Index(None, "person", "target"),
    Index(None, "run"),
    sqlite_autoincrement=True,
)
_partly("ix_updates_open", updates.c.id, where=updates.c.state.in_(("intended", "unknown")))
_partly(
    "ix_updates_lost",
    updates.c.target,
    updates.c.settled_at,
    where=(updates.c.state == "done") & updates.c.loss & ~updates.c.approved_held,
)

sync_history = Table(
    "sync_history",
    metadata,
    _id(),
    _text("email"),
    _text("cardskipper_id"),  # the register's own id of the member
    _text("ivms_id"),  # the holder's id at the target
    Column("previous_end_date", Words),
    Column("new_end_date", Words),
    Column("sync_status", Words),
    Column("sync_time", Second, server_default=func.current_timestamp()),
    _text("target", empty=True),
    _text("person", empty=True),
    _text("kind", empty=True),
    _text("why", empty=True),
    Column("run", Id),
    Column("update_id", Id),
    Index(None, "sync_time"),
    sqlite_autoincrement=True,
)

sync_errors = Table(
    "sync_errors",
    metadata,
    _id(),
    Column("email", Words),
    Column("error_message", Words),
    Column("error_time", Second, server_default=func.current_timestamp()),
    Column("resolved", Boolean, server_default=false()),
    _text("target", empty=True),
    _text("person", empty=True),
    _text("who", empty=True),
    _text("holder", empty=True),
    _text("kind", empty=True),
    Column("after", AccessText),
    Column("loss", Boolean, nullable=False, server_default=false()),
    _text("why", empty=True),
    Column("run", Id),
    Column("update_id", Id),
    _text("trouble", empty=True),  # its kind
    _text("remedy", empty=True),
    Column("attempts", Integer, nullable=False, server_default="1"),
    Column("next_try", Instant),  # empty: it waits for a person
    Column("failing_since", Second, server_default=func.current_timestamp()),
    Column("resolved_at", Second),
    Column("resolved_by", Words),
    Index(None, "person"),
    sqlite_autoincrement=True,
)
_partly(
    "ix_sync_errors_open",
    sync_errors.c.target,
    sync_errors.c.person,
    where=~sync_errors.c.resolved,
    unique=True,
)

calls = Table(
    "calls",
    metadata,
    _id(),
    _text("system"),
    _text("method"),
    _text("path"),
    Column("at", Instant, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("status", Integer),
    _text("request"),
    _text("response"),
    _text("error"),
    Index(None, "at"),
    Index(None, "system", "id"),
)

incidents = Table(
    "incidents",
    metadata,
    _id(),
    _text("key"),
    _text("text"),
    _text("remedy"),
    Column("opened_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("times", Integer, nullable=False),
    Column("last_notified_at", Instant),
    Column("recovered_at", Instant),
    Index(None, "opened_at"),
)
_partly(
    "ix_incidents_open",
    incidents.c.key,
    where=incidents.c.recovered_at.is_(None),
    unique=True,
)

blocked = Table(
    "blocked",
    metadata,
    Column("system", Words, primary_key=True),
    _text("fingerprint"),  # of the credentials that were refused, never the credentials
    _text("trouble"),
    _text("reason"),
    _text("remedy"),
    Column("since", Instant, nullable=False),
)

events = Table(
    "events",
    metadata,
    _id(),
    _text("system"),
    _text("serial"),  # as the system counts; it may wrap or begin anew
    Column("at", Instant, nullable=False),  # when it happened, by the system's clock
    _text("kind"),
    _text("holder"),
    _text("name"),
    _text("door"),
    _text("text"),
    Column("late", Boolean, nullable=False),
    _text("raw"),  # what the system told, secrets masked
    Column("received_at", Instant, nullable=False),
    Index("ix_events_unique", "system", "serial", "at", unique=True),
    Index(None, "at"),
    Index(None, "system", "at"),
    Index(None, "system", "id"),
    Index(None, "holder", "at"),
    Index(None, "received_at"),
    sqlite_autoincrement=True,
)

event_reads = Table(
    "event_reads",
    metadata,
    Column("system", Words, primary_key=True),
    _text("serial"),  # of the last event that was read
    Column("at", Instant, nullable=False),  # when that one happened
    Column("read_at", Instant, nullable=False),
)
