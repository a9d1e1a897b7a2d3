"""Car parks: visits and their money, locks, signs of life, whitelists, statements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()
KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
CENTS = sa.BigInteger()


def upgrade() -> None:
    _visits()
    _entries()
    _locks()
    _signs()
    _whitelists()
    _statements()


def _partial(name: str, table: str, columns: list[str], where: str, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False)


def _visits() -> None:
    op.create_table(
        "parking_visits",
        sa.Column("id", ID, autoincrement=True),
        _text("system"),
        _text("visit"),
        _text("account"),
        _text("card"),
        _text("state"),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT),
        sa.Column("exit_status", sa.Integer),
        sa.Column("test", sa.Boolean, nullable=False),
        _text("document"),
        _text("raw"),
        _text("raw_out"),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_parking_visits"),
    )
    name = "ix_parking_visits"
    op.create_index(f"{name}_unique", "parking_visits", ["system", "visit"], unique=True)
    op.create_index(f"{name}_left_at", "parking_visits", ["left_at"])
    _partial(f"{name}_open", "parking_visits", ["entered_at"], "state = 'open'")


def _entries() -> None:
    op.create_table(
        "parking_entries",
        sa.Column("id", ID, autoincrement=True),
        _text("system"),
        _text("visit"),
        _text("account"),
        _text("kind"),
        sa.Column("amount", CENTS, nullable=False),
        sa.Column("vat_rate", sa.Integer, nullable=False),
        sa.Column("vat", CENTS, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("asked", CENTS),
        sa.Column("info_id", sa.BigInteger),
        _text("info"),
        _text("by"),
        _text("sent_at"),
        sa.Column("corrects", ID),
        sa.Column("test", sa.Boolean, nullable=False),
        sa.Column("statement", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_parking_entries"),
        sqlite_autoincrement=True,
    )
    name, table = "ix_parking_entries", "parking_entries"
    op.create_index(f"{name}_system_visit", table, ["system", "visit"])
    _partial(f"{name}_unbilled", table, ["id"], "statement is null")
    _partial(f"{name}_billed", table, ["statement"], "statement is not null")


def _locks() -> None:
    op.create_table(
        "parking_locks",
        sa.Column("id", ID, autoincrement=True),
        _text("system"),
        _text("card"),
        _text("account"),
        sa.Column("locked_at", MOMENT, nullable=False),
        _text("locked_by"),
        _text("info"),
        sa.Column("released_at", MOMENT),
        sa.Column("released_by", TEXT, nullable=False, server_default=sa.text("''")),
        sa.Column("release_info", TEXT, nullable=False, server_default=sa.text("''")),
        sa.PrimaryKeyConstraint("id", name="pk_parking_locks"),
        sqlite_autoincrement=True,
    )
    _partial(
        "ix_parking_locks_open", "parking_locks", ["system", "card"], "released_at is null", True
    )


def _signs() -> None:
    op.create_table(
        "parking_signs",
        _text("system"),
        sa.Column("heard_at", MOMENT),
        sa.Column("whitelist_asked_at", MOMENT),
        sa.PrimaryKeyConstraint("system", name="pk_parking_signs"),
    )


def _whitelists() -> None:
    op.create_table(
        "parking_generations",
        _text("system"),
        sa.Column("generation", sa.Integer, nullable=False),
        _text("state"),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("adopted_at", MOMENT),
        sa.Column("replaced_at", MOMENT),
        sa.PrimaryKeyConstraint("system", "generation", name="pk_parking_generations"),
    )
    current = "ix_parking_generations_current"
    _partial(current, "parking_generations", ["system"], "state = 'current'", True)
    op.create_table(
        "parking_accounts",
        _text("system"),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("account", KEY, nullable=False),
        _text("document"),
        _text("digest"),
        _text("cards"),
        sa.PrimaryKeyConstraint("system", "generation", "account", name="pk_parking_accounts"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "parking_cards",
        _text("system"),
        sa.Column("generation", sa.Integer, nullable=False),
        _text("card"),
        _text("account"),
        sa.Column("test", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("system", "generation", "card", name="pk_parking_cards"),
        sqlite_with_rowid=False,
    )


def _statements() -> None:
    op.create_table(
        "parking_settlements",
        _text("system"),
        _text("month"),
        sa.Column("settled_at", MOMENT, nullable=False),
        _text("settled_by"),
        sa.Column("statements", sa.Integer, nullable=False),
        sa.Column("gross", CENTS, nullable=False),
        sa.PrimaryKeyConstraint("system", "month", name="pk_parking_settlements"),
    )
    op.create_table(
        "parking_statements",
        _text("number"),
        _text("system"),
        _text("month"),
        sa.Column("sequence", sa.Integer, nullable=False),
        _text("account"),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("gross", CENTS, nullable=False),
        sa.Column("vat", CENTS, nullable=False),
        _text("rates"),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_parking_statements"),
    )
    name, table = "ix_parking_statements", "parking_statements"
    op.create_index(f"{name}_month", table, ["month", "sequence"], unique=True)
    whose = ["system", "month", "account"]
    op.create_index(f"{name}_{'_'.join(whose)}", table, whose, unique=True)
