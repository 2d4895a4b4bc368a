"""Alembic's entry: runs the steps on the connection that cti.store.database hands over."""

from __future__ import annotations

from alembic import context

from cti.store import amd_tables as amd_tables
from cti.store import day_tables as day_tables
from cti.store import interval_tables as interval_tables
from cti.store import people_tables as people_tables
from cti.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter most things in place
)
with context.begin_transaction():
    context.run_migrations()
