"""What is counted by quarter hours, and who has called before; the attempts of a campaign by time."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None

OUTCOMES = (
    *("answered", "abandoned", "timed_out", "key_exit", "overflowed", "merged"),
    *("not_reached", "withdrawn", "moved", "lost"),
)
QUEUE = (
    *("offered", *OUTCOMES, "short_abandoned", "answered_in_target", "abandoned_in_target"),
    *("answered_wait_s", "abandoned_wait_s", "ewt_announced", "ewt_kept", "called"),
    *(f"called_{outcome}" for outcome in OUTCOMES),
    *("handled", "transferred", "talk_s", "hold_s", "wrapup_s", "staffed_s", "busy_s", "known", "repeated"),
    "wait_max_s",
)
AGENT = (
    *("idle_s", "ringing_s", "taken_ring_s", "talk_s", "hold_s", "wrapup_s", "break_s"),
    *("staffed_s", "busy_s", "handled", "transferred", "missed"),
)
TABLES: dict[str, tuple[tuple[tuple[str, Any], ...], tuple[str, ...]]] = {
    "queue_interval": ((("queue", sa.String(40)),), QUEUE),
    "wait_interval": (
        (("queue", sa.String(40)), ("outcome", sa.String(16)), ("step", sa.Integer())),
        ("contacts",),
    ),
    "agent_interval": ((("agent", sa.String(40)), ("queue", sa.String(40))), AGENT),
    "flow_interval": ((("flow", sa.String(40)),), ("came", "to_queue", "self_service", "hung_up")),
    "number_interval": (
        (("number", sa.String(40)),),
        ("calls", "answered", "abandoned", "self_service", "hung_up", "other"),
    ),
    "survey_interval": (
        (
            ("survey", sa.String(40)),
            ("question", sa.String(40)),
            ("queue", sa.String(40)),
            ("agent", sa.String(40)),
            ("scale", sa.String(16)),
            ("score", sa.Integer()),
        ),
        ("answers",),
    ),
}


def upgrade() -> None:
    for name, (keys, sums) in TABLES.items():
        op.create_table(
            name,
            sa.Column("start", sa.Integer, primary_key=True, autoincrement=False),
            *(sa.Column(key, kind, primary_key=True, autoincrement=False) for key, kind in keys),
            *(sa.Column(each, sa.Float, nullable=False, server_default="0") for each in sums),
            sqlite_with_rowid=False,
        )
    op.create_index("survey_interval_queue", "survey_interval", ["queue", "start"])
    op.drop_index("contact_history_caller", "contact_history")
    op.create_index("contact_history_caller", "contact_history", ["caller", "since"])
    op.create_index("attempt_campaign", "attempt", ["campaign", "intended_at"])


def downgrade() -> None:
    op.drop_index("attempt_campaign", "attempt")
    op.drop_index("contact_history_caller", "contact_history")
    op.create_index("contact_history_caller", "contact_history", ["caller"])
    for name in reversed(TABLES):
        op.drop_table(name)
