"""The tables of car parks. Money is whole cents, percentages are hundredths of a percent.

Visits and entries have few and narrow indexes: each costs time for every visit that is delivered.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, PrimaryKeyConstraint, Table

from doorward.storage.columns import Id, id_column, metadata, partly, text_column
from doorward.storage.encoding import Instant, Key, Words

visits = Table(
    "parking_visits",
    metadata,
    id_column(),
    text_column("system"),
    text_column("visit"),  # the id that the car park gave it
    text_column("account"),
    text_column("card"),
    text_column("state"),
    Column("entered_at", Instant, nullable=False),
    Column("left_at", Instant),
    Column("exit_status", Integer),
    Column("test", Boolean, nullable=False),
    text_column("document"),  # the visit as JSON, as it is now
    text_column("raw"),  # what told of its beginning, as it came
    text_column("raw_out"),  # and of its end, where that came later
    Column("received_at", Instant, nullable=False),
    Index("ix_parking_visits_unique", "system", "visit", unique=True),
    Index(None, "left_at"),
)
partly("ix_parking_visits_open", visits.c.entered_at, where=visits.c.state == "open")

entries = Table(
    "parking_entries",
    metadata,
    id_column(),
    text_column("system"),
    text_column("visit"),
    text_column("account"),
    text_column("kind"),
    Column("amount", BigInteger, nullable=False),
    Column("vat_rate", Integer, nullable=False),
    Column("vat", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("asked", BigInteger),
    Column("info_id", BigInteger),
    text_column("info"),
    text_column("by"),
    text_column("sent_at"),  # as the caller wrote it
    Column("corrects", Id),
    Column("test", Boolean, nullable=False),
    Column("statement", Words),
    Index(None, "system", "visit"),
    sqlite_autoincrement=True,
)
partly("ix_parking_entries_unbilled", entries.c.id, where=entries.c.statement.is_(None))
partly(
    "ix_parking_entries_billed",
    entries.c.statement,
    where=entries.c.statement.is_not(None),
)

locks = Table(
    "parking_locks",
    metadata,
    id_column(),
    text_column("system"),
    text_column("card"),
    text_column("account"),
    Column("locked_at", Instant, nullable=False),
    text_column("locked_by"),
    text_column("info"),
    Column("released_at", Instant),
    text_column("released_by", empty=True),
    text_column("release_info", empty=True),
    sqlite_autoincrement=True,
)
partly(
    "ix_parking_locks_open",
    locks.c.system,
    locks.c.card,
    where=locks.c.released_at.is_(None),
    unique=True,
)

signs = Table(
    "parking_signs",
    metadata,
    Column("system", Words, primary_key=True),
    Column("heard_at", Instant),
    Column("whitelist_asked_at", Instant),
)

generations = Table(
    "parking_generations",
    metadata,
    text_column("system"),
    Column("generation", Integer, nullable=False),
    text_column("state"),
    Column("begun_at", Instant, nullable=False),
    Column("adopted_at", Instant),
    Column("replaced_at", Instant),
    PrimaryKeyConstraint("system", "generation"),
)
partly(
    "ix_parking_generations_current",
    generations.c.system,
    where=generations.c.state == "current",
    unique=True,
)

accounts = Table(
    "parking_accounts",
    metadata,
    text_column("system"),
    Column("generation", Integer, nullable=False),
    Column("account", Key, nullable=False),
    text_column("document"),
    text_column("digest"),
    text_column("cards"),  # their keys as JSON, and which are test cards
    PrimaryKeyConstraint("system", "generation", "account"),
    sqlite_with_rowid=False,
)

cards = Table(
    "parking_cards",
    metadata,
    text_column("system"),
    Column("generation", Integer, nullable=False),
    text_column("card"),
    text_column("account"),
    Column("test", Boolean, nullable=False),
    PrimaryKeyConstraint("system", "generation", "card"),
    sqlite_with_rowid=False,
)

settlements = Table(
    "parking_settlements",
    metadata,
    text_column("system"),
    text_column("month"),
    Column("settled_at", Instant, nullable=False),
    text_column("settled_by"),
    Column("statements", Integer, nullable=False),
    Column("gross", BigInteger, nullable=False),
    PrimaryKeyConstraint("system", "month"),
)

statements = Table(
    "parking_statements",
    metadata,
    Column("number", Words, primary_key=True),
    text_column("system"),
    text_column("month"),
    Column("sequence", Integer, nullable=False),
    text_column("account"),
    Column("lines", Integer, nullable=False),
    Column("gross", BigInteger, nullable=False),
    Column("vat", BigInteger, nullable=False),
    text_column("rates"),  # rate, gross and VAT of each, as JSON
    Column("made_at", Instant, nullable=False),
    Index("ix_parking_statements_month", "month", "sequence", unique=True),
    Index(None, "system", "month", "account", unique=True),
)
