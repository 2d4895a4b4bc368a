"""An engine's row says which of its batches is stored: one whose commit nobody heard of is not stored twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision: str | None = "0027"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("history_engine", sa.Column("batch", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("history_engine", "batch")
