"""Events that systems tell, and up to where each system was read."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _events()
    _event_reads()


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", ID, autoincrement=True),
        sa.Column("system", TEXT, nullable=False),
        sa.Column("serial", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("door", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("raw", TEXT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_unique", "events", ["system", "serial", "at"], unique=True)
    op.create_index("ix_events_at", "events", ["at"])
    op.create_index("ix_events_system_at", "events", ["system", "at"])
    op.create_index("ix_events_system_id", "events", ["system", "id"])
    op.create_index("ix_events_holder_at", "events", ["holder", "at"])
    op.create_index("ix_events_received_at", "events", ["received_at"])


def _event_reads() -> None:
    op.create_table(
        "event_reads",
        sa.Column("system", TEXT, nullable=False),
        sa.Column("serial", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("system", name="pk_event_reads"),
    )
