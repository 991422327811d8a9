"""Places and teams can be archived.

Revision ID: 20261127_archived_places
Revises: 20261122_begin
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import survey_app.db

revision = "20261127_archived_places"
down_revision = "20261122_begin"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("organisations", "teams"):
        op.add_column(table, sa.Column("archived_at", survey_app.db.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table in ("teams", "organisations"):
        op.drop_column(table, "archived_at")
