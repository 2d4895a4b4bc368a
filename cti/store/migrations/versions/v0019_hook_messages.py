"""Messages to other systems, until they were taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision: str | None = "0012"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "hook_message",
        sa.Column("hook", sa.String(40), primary_key=True),
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", sa.Float, nullable=False),
        sa.Column("changed_at", sa.Float, nullable=False),
        sa.Column("answer", sa.String(60), nullable=False),
    )
    op.create_index("hook_message_due", "hook_message", ["hook", "state", "next_at"])
    op.create_index("hook_message_over", "hook_message", ["state", "changed_at"])


def downgrade() -> None:
    op.drop_table("hook_message")
