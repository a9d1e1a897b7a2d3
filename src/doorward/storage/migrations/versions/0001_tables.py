"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True)
NOW = sa.func.current_timestamp()


def upgrade() -> None:
    _people()
    _links()
    _apart()
    _agreed()
    _plans()
    _runs()
    _updates()
    _sync_history()
    _sync_errors()
    _calls()
    _incidents()
    _blocked()


def _where(sqlite: str, postgresql: str = "") -> dict[str, Any]:
    """The condition of a partial index, as either database spells it."""
    return {
        "sqlite_where": sa.text(sqlite),
        "postgresql_where": sa.text(postgresql or sqlite),
    }


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("first_name", TEXT, nullable=False),
        sa.Column("last_name", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("phone", TEXT, nullable=False),
        sa.Column("sought", TEXT, nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("gone_at", MOMENT),
        sa.PrimaryKeyConstraint("key", name="pk_people"),
    )
    op.create_index("ix_people_source", "people", ["source"])


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("target", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", TEXT, server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("target", "person", name="pk_links"),
    )
    op.create_index("ix_links_target_holder", "links", ["target", "holder"])


def _apart() -> None:
    op.create_table(
        "apart",
        sa.Column("target", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", TEXT, server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("target", "person", "holder", name="pk_apart"),
    )


def _agreed() -> None:
    op.create_table(
        "agreed",
        sa.Column("target", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("wanted", TEXT, nullable=False),
        sa.Column("shown", TEXT, nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("target", "person", name="pk_agreed"),
    )
    op.create_index("ix_agreed_target_holder", "agreed", ["target", "holder"])


def _plans() -> None:
    op.create_table(
        "plans",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_plans"),
    )
    op.create_index("ix_plans_made_at", "plans", ["made_at"])


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", ID, autoincrement=True),
        sa.Column("trigger", TEXT, nullable=False),
        sa.Column("begun", MOMENT, nullable=False),
        sa.Column("ended", MOMENT),
        sa.Column("verdict", TEXT),
        sa.Column("digest", TEXT),
        sa.Column("counts", TEXT, nullable=False),
        sa.Column("approved_by", TEXT),
        sa.Column("approved_held", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sqlite_autoincrement=True,
    )


def _updates() -> None:
    op.create_table(
        "updates",
        sa.Column("id", ID, autoincrement=True),
        sa.Column("run", ID, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("before", TEXT),
        sa.Column("after", TEXT),
        sa.Column("wanted", TEXT),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("loss", sa.Boolean, nullable=False),
        sa.Column("approved_held", sa.Boolean, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("trouble", TEXT),
        sa.Column("reason", TEXT),
        sa.Column("remedy", TEXT),
        sa.Column("intended_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_updates_run"),
        sa.PrimaryKeyConstraint("id", name="pk_updates"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_updates_lost",
        "updates",
        ["target", "settled_at"],
        **_where(
            "state = 'done' AND loss = 1 AND approved_held = 0",
            "state = 'done' AND loss AND NOT approved_held",
        ),
    )
    op.create_index(
        "ix_updates_open", "updates", ["id"], **_where("state IN ('intended', 'unknown')")
    )
    op.create_index("ix_updates_person_target", "updates", ["person", "target"])
    op.create_index("ix_updates_run", "updates", ["run"])


def _sync_history() -> None:
    op.create_table(
        "sync_history",
        sa.Column("id", ID, autoincrement=True),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("cardskipper_id", TEXT, nullable=False),
        sa.Column("ivms_id", TEXT, nullable=False),
        sa.Column("previous_end_date", TEXT),
        sa.Column("new_end_date", TEXT),
        sa.Column("sync_status", TEXT),
        sa.Column("sync_time", MOMENT, server_default=NOW),
        sa.Column("target", TEXT, server_default=sa.text("''"), nullable=False),
        sa.Column("person", TEXT, server_default=sa.text("''"), nullable=False),
        sa.Column("kind", TEXT, server_default=sa.text("''"), nullable=False),
        sa.Column("why", TEXT, server_default=sa.text("''"), nullable=False),
        sa.Column("run", ID),
        sa.Column("update_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_sync_history"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sync_history_sync_time", "sync_history", ["sync_time"])


def _sync_errors() -> None:
    op.create_table(
        "sync_errors",
        sa.Column("id", ID, autoincrement=True),
        sa.Column("email", TEXT),
        sa.Column("error_message", TEXT),
        sa.Column("error_time", MOMENT, server_default=NOW),
        sa.Column("resolved", sa.Boolean, server_default=sa.false()),
        sa.Column("target", TEXT, server_default=sa.text("''"), nullable=False),
        sa.Column("person", TEXT, server_default=sa.text("''"), nullable=False),
        sa.Column("who", TEXT, server_default=sa.text("''"), nullable=False),
        sa.Column("holder", TEXT, server_default=sa.text("''"), nullable=False),
        sa.Column("kind", TEXT, server_default=sa.text("''"), nullable=False),
        sa.Column("after", TEXT),
        sa.Column("loss", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("why", TEXT, server_default=sa.text("''"), nullable=False),
        sa.Column("run", ID),
        sa.Column("update_id", ID),
        sa.Column("trouble", TEXT, server_default=sa.text("''"), nullable=False),
        sa.Column("remedy", TEXT, server_default=sa.text("''"), nullable=False),
        sa.Column("attempts", sa.Integer, server_default="1", nullable=False),
        sa.Column("next_try", MOMENT),
        sa.Column("failing_since", MOMENT, server_default=NOW),
        sa.Column("resolved_at", MOMENT),
        sa.Column("resolved_by", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_sync_errors"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_sync_errors_open",
        "sync_errors",
        ["target", "person"],
        unique=True,
        **_where("resolved = 0", "NOT resolved"),
    )
    op.create_index("ix_sync_errors_person", "sync_errors", ["person"])


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", ID, autoincrement=True),
        sa.Column("system", TEXT, nullable=False),
        sa.Column("method", TEXT, nullable=False),
        sa.Column("path", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("request", TEXT, nullable=False),
        sa.Column("response", TEXT, nullable=False),
        sa.Column("error", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
    )
    op.create_index("ix_calls_at", "calls", ["at"])
    op.create_index("ix_calls_system_id", "calls", ["system", "id"])


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", ID, autoincrement=True),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("remedy", TEXT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("last_notified_at", MOMENT),
        sa.Column("recovered_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
    )
    op.create_index(
        "ix_incidents_open", "incidents", ["key"], unique=True, **_where("recovered_at IS NULL")
    )
    op.create_index("ix_incidents_opened_at", "incidents", ["opened_at"])


def _blocked() -> None:
    op.create_table(
        "blocked",
        sa.Column("system", TEXT, nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("trouble", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("remedy", TEXT, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("system", name="pk_blocked"),
    )
