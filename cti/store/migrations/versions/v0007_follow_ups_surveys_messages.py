"""Work that low answers open, who was asked when, and voicemails among the promised calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("contact", sa.String(200), nullable=False),
        sa.Column("survey", sa.String(40), nullable=False),
        sa.Column("queue", sa.String(40), nullable=False),
        sa.Column("agent", sa.String(40), nullable=False),
        sa.Column("flow_version", sa.Integer, nullable=False),
        sa.Column("answer", sa.String(60), nullable=False),
        sa.Column("number", sa.String(80), nullable=False),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("opened_at", sa.Float, nullable=False),
        sa.Column("due_at", sa.Float, nullable=False),
        sa.Column("done_at", sa.Float),
        sa.Column("done_by", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(200), nullable=False),
        sa.UniqueConstraint("contact", "survey"),
    )
    op.create_index("follow_up_due", "follow_up", ["done_at", "due_at"])
    op.create_table(
        "survey_asked",
        sa.Column("customer", sa.String(32), primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("call", sa.String(200), nullable=False),
    )
    op.create_index("survey_asked_at", "survey_asked", ["at"])
    with op.batch_alter_table("callback_request") as table:
        table.add_column(sa.Column("kind", sa.String(16), nullable=False, server_default="callback"))
        table.add_column(sa.Column("recording", sa.String(300), nullable=False, server_default=""))
        table.add_column(sa.Column("message_s", sa.Float, nullable=False, server_default="0"))
        table.add_column(sa.Column("connect", sa.Integer, nullable=False, server_default="1"))


def downgrade() -> None:
    with op.batch_alter_table("callback_request") as table:
        for name in ("connect", "message_s", "recording", "kind"):
            table.drop_column(name)
    op.drop_table("survey_asked")
    op.drop_table("follow_up")
