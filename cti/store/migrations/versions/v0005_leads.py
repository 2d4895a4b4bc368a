"""Lists of leads, who must not be called, and every attempt to reach somebody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

Fact = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _make_lists()
    _make_calls()


def _make_lists() -> None:
    op.create_table(
        "lead_list",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("campaign", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("leads", sa.Integer, nullable=False),
        sa.Column("loader", sa.String(8), unique=True),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("lead_list_campaign", "lead_list", ["campaign", "state"])
    op.create_table(
        "lead_group",
        sa.Column("list", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("zones", sa.String(160), primary_key=True),
        sa.Column("priority", sa.Integer, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "lead",
        sa.Column("id", Fact, primary_key=True, autoincrement=False),
        sa.Column("list", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("zones", sa.String(160), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("next_at", sa.Float, nullable=False),
        sa.Column("number_index", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("result", sa.String(40), nullable=False),
        sa.Column("changed_at", sa.Float, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("consent", sa.String(200), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_index("lead_due", "lead", ["list", "state", "zones", "priority", "next_at", "id"])
    op.create_table(
        "lead_number",
        sa.Column("lead", Fact, primary_key=True, autoincrement=False),
        sa.Column("number_index", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("zones", sa.String(160), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("lead_number_number", "lead_number", ["number"])


def _make_calls() -> None:
    op.create_table(
        "do_not_call",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("pattern", sa.String(21), nullable=False),
        sa.Column("campaign", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(80), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("until", sa.Float),
        sa.Column("ended_by", sa.String(64), nullable=False),
    )
    op.create_index("do_not_call_pattern", "do_not_call", ["pattern"])
    op.create_table(
        "attempt",
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("campaign", sa.String(40), nullable=False),
        sa.Column("lead", Fact, nullable=False),
        sa.Column("attempt_no", sa.Integer, nullable=False),
        sa.Column("number_index", sa.Integer, nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("contact", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("result", sa.String(40), nullable=False),
        sa.Column("rule", sa.String(200), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("intended_at", sa.Float),
        sa.Column("sent_at", sa.Float),
        sa.Column("ended_at", sa.Float),
    )
    op.create_index("attempt_of_lead", "attempt", ["lead", "campaign", "attempt_no"], unique=True)
    op.create_index("attempt_number", "attempt", ["number", "intended_at"])
    op.create_index("attempt_open", "attempt", ["state", "intended_at"])


def downgrade() -> None:
    op.drop_table("attempt")
    op.drop_table("do_not_call")
    op.drop_table("lead_number")
    op.drop_table("lead")
    op.drop_table("lead_group")
    op.drop_table("lead_list")
