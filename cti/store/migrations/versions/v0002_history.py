"""What happened to each contact, how each agent stood, and by which policy it was decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

FACT = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "contact_history",
        sa.Column("contact", sa.String(200), primary_key=True),
        sa.Column("call", sa.String(200), nullable=False),
        sa.Column("caller", sa.String(80), nullable=False),
        sa.Column("queue", sa.String(40), nullable=False),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
        sa.Column("ended_at", sa.Float),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("agent", sa.String(40), nullable=False),
    )
    op.create_index("contact_history_seen_at", "contact_history", ["seen_at"])
    op.create_index("contact_history_caller", "contact_history", ["caller"])
    op.create_table(
        "contact_fact",
        sa.Column("id", FACT, primary_key=True, autoincrement=False),
        sa.Column("contact", sa.String(200), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("contact_fact_contact", "contact_fact", ["contact", "id"])
    op.create_index("contact_fact_at", "contact_fact", ["at"])
    op.create_table(
        "agent_fact",
        sa.Column("id", FACT, primary_key=True, autoincrement=False),
        sa.Column("agent", sa.String(40), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("agent_fact_agent", "agent_fact", ["agent", "id"])
    op.create_index("agent_fact_at", "agent_fact", ["at"])
    op.create_table(
        "decision_agent",
        sa.Column("agent", sa.String(40), primary_key=True),
        sa.Column("fact", FACT, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("decision_agent_at", "decision_agent", ["at"])
    op.create_table(
        "config_version",
        sa.Column("version", sa.String(16), primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for table in ("config_version", "decision_agent", "agent_fact", "contact_fact", "contact_history"):
        op.drop_table(table)
