"""What listening to those who answered has told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision: str | None = "0019"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "amd_verdict",
        sa.Column("attempt", sa.String(120), primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("heard", sa.String(16), nullable=False),
        sa.Column("cause", sa.String(80), nullable=False),
        sa.Column("listened_s", sa.Float, nullable=False),
    )
    op.create_index("amd_verdict_at", "amd_verdict", ["at"])


def downgrade() -> None:
    op.drop_table("amd_verdict")
