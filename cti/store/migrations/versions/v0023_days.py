"""The sums of whole days. Days before this are made of their quarter hours, one after the other, by the engine."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cti.store.migrations.versions import v0015_intervals

revision = "0023"
down_revision: str | None = "0021"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "counted_day",
        sa.Column("start", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("end", sa.Integer, nullable=False),
    )
    for name, (keys, sums) in v0015_intervals.TABLES.items():
        op.create_table(
            name.replace("_interval", "_day"),
            sa.Column("start", sa.Integer, primary_key=True, autoincrement=False),
            *(
                sa.Column(key, kind, primary_key=True, autoincrement=False)
                for key, kind in keys
                if (name, key) != ("agent_interval", "queue")
            ),
            *(sa.Column(each, sa.Float, nullable=False, server_default="0") for each in sums),
            sqlite_with_rowid=False,
        )
    op.create_index("callback_promised", "callback", ["promised_at"])


def downgrade() -> None:
    op.drop_index("callback_promised", "callback")
    for name in reversed(v0015_intervals.TABLES):
        op.drop_table(name.replace("_interval", "_day"))
    op.drop_table("counted_day")
