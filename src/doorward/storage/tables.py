"""Every table. `sync_history` and `sync_errors` carry at least the columns that the
Cardskipper-IVMS document prints under those names (section Database Schema); ours follow them.

Times are UTC. `person` is a person's key, `holder` her id at the target, `at` the moment told.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    false,
    func,
)

from doorward.storage.columns import Id, id_column, metadata, partly, text_column
from doorward.storage.encoding import AccessText, Counts, Instant, Second, Words
from doorward.storage.parking import tables as parking

__all__ = ["metadata", "parking"]  # the tables of car parks are of the same catalogue

VERSION = "0003"
"""The newest migration: what a database of this program's tables is at."""

people = Table(
    "people",
    metadata,
    Column("key", Words, primary_key=True),
    text_column("source"),
    text_column("first_name"),
    text_column("last_name"),
    text_column("email"),
    text_column("number"),
    text_column("phone"),
    text_column("sought"),  # all that she is looked for by, folded, a line each
    text_column("document"),  # the whole person as JSON
    text_column("digest"),
    Column("seen_at", Instant, nullable=False),  # when she first came
    Column("changed_at", Instant, nullable=False),
    Column("gone_at", Instant),  # since when a complete read has been without her
    Index(None, "source"),
)

links = Table(
    "links",
    metadata,
    text_column("target"),
    text_column("person"),
    text_column("holder"),
    text_column("origin"),
    Column("made_at", Instant, nullable=False),
    text_column("made_by", empty=True),
    PrimaryKeyConstraint("target", "person"),
    Index(None, "target", "holder"),
)

apart = Table(
    "apart",
    metadata,
    text_column("target"),
    text_column("person"),
    text_column("holder"),
    Column("made_at", Instant, nullable=False),
    text_column("made_by", empty=True),
    PrimaryKeyConstraint("target", "person", "holder"),
)

agreed = Table(
    "agreed",
    metadata,
    text_column("target"),
    text_column("person"),
    text_column("holder"),
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
    text_column("document"),
    Column("made_at", Instant, nullable=False),
    Index(None, "made_at"),
)

runs = Table(
    "runs",
    metadata,
    id_column(),
    text_column("trigger"),
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
    id_column(),
    Column("run", Id, ForeignKey("runs.id"), nullable=False),
    text_column("target"),
    text_column("person"),
    text_column("who"),
    text_column("email"),
    text_column("holder"),
    text_column("kind"),
    Column("before", AccessText),
    Column("after", AccessText),
    Column("wanted", AccessText),
    text_column("why"),
    text_column("origin"),
    Column("loss", Boolean, nullable=False),
    Column("approved_held", Boolean, nullable=False),
    text_column("state"),
    Column("trouble", Words),  # its kind
    Column("reason", Words),
    Column("remedy", Words),
    Column("intended_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Index(None, "person", "target"),
    Index(None, "run"),
    sqlite_autoincrement=True,
)
partly("ix_updates_open", updates.c.id, where=updates.c.state.in_(("intended", "unknown")))
partly(
    "ix_updates_lost",
    updates.c.target,
    updates.c.settled_at,
    where=(updates.c.state == "done") & updates.c.loss & ~updates.c.approved_held,
)

sync_history = Table(
    "sync_history",
    metadata,
    id_column(),
    text_column("email"),
    text_column("cardskipper_id"),  # the register's own id of the member
    text_column("ivms_id"),  # the holder's id at the target
    Column("previous_end_date", Words),
    Column("new_end_date", Words),
    Column("sync_status", Words),
    Column("sync_time", Second, server_default=func.current_timestamp()),
    text_column("target", empty=True),
    text_column("person", empty=True),
    text_column("kind", empty=True),
    text_column("why", empty=True),
    Column("run", Id),
    Column("update_id", Id),
    Index(None, "sync_time"),
    sqlite_autoincrement=True,
)

sync_errors = Table(
    "sync_errors",
    metadata,
    id_column(),
    Column("email", Words),
    Column("error_message", Words),
    Column("error_time", Second, server_default=func.current_timestamp()),
    Column("resolved", Boolean, server_default=false()),
    text_column("target", empty=True),
    text_column("person", empty=True),
    text_column("who", empty=True),
    text_column("holder", empty=True),
    text_column("kind", empty=True),
    Column("after", AccessText),
    Column("loss", Boolean, nullable=False, server_default=false()),
    text_column("why", empty=True),
    Column("run", Id),
    Column("update_id", Id),
    text_column("trouble", empty=True),  # its kind
    text_column("remedy", empty=True),
    Column("attempts", Integer, nullable=False, server_default="1"),
    Column("next_try", Instant),  # empty: it waits for a person
    Column("failing_since", Second, server_default=func.current_timestamp()),
    Column("resolved_at", Second),
    Column("resolved_by", Words),
    Index(None, "person"),
    sqlite_autoincrement=True,
)
partly(
    "ix_sync_errors_open",
    sync_errors.c.target,
    sync_errors.c.person,
    where=~sync_errors.c.resolved,
    unique=True,
)

calls = Table(
    "calls",
    metadata,
    id_column(),
    text_column("system"),
    text_column("method"),
    text_column("path"),
    Column("at", Instant, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("status", Integer),
    text_column("request"),
    text_column("response"),
    text_column("error"),
    Index(None, "at"),
    Index(None, "system", "id"),
)

incidents = Table(
    "incidents",
    metadata,
    id_column(),
    text_column("key"),
    text_column("text"),
    text_column("remedy"),
    Column("opened_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("times", Integer, nullable=False),
    Column("last_notified_at", Instant),
    Column("recovered_at", Instant),
    Index(None, "opened_at"),
)
partly(
    "ix_incidents_open",
    incidents.c.key,
    where=incidents.c.recovered_at.is_(None),
    unique=True,
)

blocked = Table(
    "blocked",
    metadata,
    Column("system", Words, primary_key=True),
    text_column("fingerprint"),  # of the credentials that were refused, never the credentials
    text_column("trouble"),
    text_column("reason"),
    text_column("remedy"),
    Column("since", Instant, nullable=False),
)

events = Table(
    "events",
    metadata,
    id_column(),
    text_column("system"),
    text_column("serial"),  # as the system counts; it may wrap or begin anew
    Column("at", Instant, nullable=False),  # when it happened, by the system's clock
    text_column("kind"),
    text_column("holder"),
    text_column("name"),
    text_column("door"),
    text_column("text"),
    Column("late", Boolean, nullable=False),
    text_column("raw"),  # what the system told, secrets masked
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
    text_column("serial"),  # of the last event that was read
    Column("at", Instant, nullable=False),  # when that one happened
    Column("read_at", Instant, nullable=False),
)
