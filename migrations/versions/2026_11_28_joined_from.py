"""A network's thresholds say from how many students answers of several teachers are joined: ten, or more.

Written as one statement for both databases: SQLite takes a column's check with the column, and gives both back
together, without building the table anew.

Revision ID: 20261128_joined_from
Revises: 20261128_standing_indexes
"""

from __future__ import annotations

from alembic import op

revision = "20261128_joined_from"
down_revision = "20261128_standing_indexes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE release_settings ADD COLUMN joined_from INTEGER DEFAULT 10 NOT NULL"
        " CONSTRAINT ck_release_settings_joined_from_not_lowered CHECK (joined_from >= 10)"
    )


def downgrade() -> None:
    op.drop_column("release_settings", "joined_from")
