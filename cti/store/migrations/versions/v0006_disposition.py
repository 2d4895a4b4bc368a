"""What came of a talk, in the summary of its contact."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("contact_history", sa.Column("disposition", sa.String(40), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("contact_history", "disposition")
