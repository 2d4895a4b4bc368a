"""Room for sealed secrets of authenticators, and the marks of recovery codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision: str | None = "0023"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    with op.batch_alter_table("person") as table:
        table.alter_column("totp", existing_type=sa.String(64), type_=sa.String(200), existing_nullable=False)
        table.add_column(sa.Column("recovery", sa.Text, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.execute("UPDATE person SET totp = '' WHERE length(totp) > 64")
    with op.batch_alter_table("person") as table:
        table.drop_column("recovery")
        table.alter_column("totp", existing_type=sa.String(200), type_=sa.String(64), existing_nullable=False)
