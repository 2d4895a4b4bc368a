"""Contacts without an end are found by an index of their own, however long they are open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision: str | None = "0026"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    is_open = sa.text("ended_at IS NULL")
    op.create_index(
        "contact_history_open", "contact_history", ["seen_at"], sqlite_where=is_open, postgresql_where=is_open
    )


def downgrade() -> None:
    op.drop_index("contact_history_open", "contact_history")
