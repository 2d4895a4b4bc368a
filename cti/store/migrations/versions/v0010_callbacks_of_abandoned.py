"""Requests for callbacks that nobody has asked for: of callers who gave up, due later, with the time of their wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    with op.batch_alter_table("callback_request") as table:
        table.add_column(sa.Column("since", sa.Float))
        table.add_column(sa.Column("due_at", sa.Float))


def downgrade() -> None:
    with op.batch_alter_table("callback_request") as table:
        for name in ("due_at", "since"):
            table.drop_column(name)
