"""Decisions are found among the facts, by an index of their own, instead of a row for each agent who was compared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision: str | None = "0025"
branch_labels: str | None = None
depends_on: str | None = None

_FACT = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    decided = sa.text("kind = 'decision'")
    op.create_index("contact_fact_decision", "contact_fact", ["id"], sqlite_where=decided, postgresql_where=decided)
    op.drop_table("decision_agent")


def downgrade() -> None:
    """Who was compared in earlier decisions is not told again: `lost` begins anew."""
    op.create_table(
        "decision_agent",
        sa.Column("agent", sa.String(40), primary_key=True),
        sa.Column("fact", _FACT, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("decision_agent_at", "decision_agent", ["at"])
    op.drop_index("contact_fact_decision", "contact_fact")
