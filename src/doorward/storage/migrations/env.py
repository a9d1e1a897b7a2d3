"""Alembic's entry point: run the migrations over the connection that the store hands in."""

from alembic import context

from doorward.storage.tables import metadata
from doorward.storage.versions import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
