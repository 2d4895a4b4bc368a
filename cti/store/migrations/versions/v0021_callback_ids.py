"""No id of a callback or a follow-up is given twice: attempts and requests are named by it, old ones deleted."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision: str | None = "0018"
branch_labels: str | None = None
depends_on: str | None = None

TABLES = ("callback", "follow_up")


def upgrade() -> None:
    _again(sqlite_autoincrement=True)


def downgrade() -> None:
    _again(sqlite_autoincrement=False)


def _again(*, sqlite_autoincrement: bool) -> None:
    """Only SQLite gives the number of a deleted last row again, and changes that with the whole table."""
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            kwargs = {"sqlite_autoincrement": sqlite_autoincrement}
            with op.batch_alter_table(table, recreate="always", table_kwargs=kwargs):
                pass
