"""What a request holds so that nothing of it is lost: place, for whom, about what; messages that are followed up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0017"
branch_labels: str | None = None
depends_on: str | None = None

REQUEST = (
    ("agent", sa.String(40), ""),
    ("topic", sa.String(80), ""),
    ("requires", sa.Text, "{}"),
    ("head_start_s", sa.Float, "0"),
    ("customer", sa.Text, "{}"),
)


def upgrade() -> None:
    with op.batch_alter_table("callback_request") as table:
        for name, kind, default in REQUEST:
            table.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        table.add_column(sa.Column("expires_at", sa.Float))
        table.add_column(sa.Column("follow_up", sa.Integer))
    with op.batch_alter_table("follow_up") as table:
        table.add_column(sa.Column("recording", sa.String(300), nullable=False, server_default=""))
        table.add_column(sa.Column("callback", sa.Integer))


def downgrade() -> None:
    with op.batch_alter_table("follow_up") as table:
        for name in ("callback", "recording"):
            table.drop_column(name)
    with op.batch_alter_table("callback_request") as table:
        for name in ("follow_up", "expires_at", *(name for name, _, _ in reversed(REQUEST))):
            table.drop_column(name)
