"""The first tables: agents' status, callback requests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "agent_status",
        sa.Column("agent", sa.String(40), primary_key=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("since", sa.Float, nullable=False),
    )
    op.create_table(
        "callback_request",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("caller", sa.String(80), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("queue", sa.String(40), nullable=False),
        sa.Column("linkedid", sa.String(150), nullable=False),
        sa.Column("uniqueid", sa.String(150), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("taken_at", sa.Float, nullable=False),
    )
    op.create_index("callback_request_state", "callback_request", ["state", "at"])


def downgrade() -> None:
    op.drop_table("callback_request")
    op.drop_table("agent_status")
