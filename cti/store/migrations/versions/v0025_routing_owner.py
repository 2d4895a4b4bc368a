"""Which engine owns a routing domain, where several are joined."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision: str | None = "0024"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "routing_owner",
        sa.Column("domain", sa.String(40), primary_key=True),
        sa.Column("token", sa.BigInteger, nullable=False),
        sa.Column("engine", sa.String(80), nullable=False),
        sa.Column("since", sa.Float, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("routing_owner")
