"""A cycle on its team's poster; and a version of the driver diagram holds the four lines of its aim.

Revision ID: 20261127_team_shares
Revises: 20261127_children
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import survey_app.db

revision = "20261127_team_shares"
down_revision = "20261127_children"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("diagram_versions", sa.Column("aim", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "team_shares",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("shared_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("level IN ('plan', 'bands')", name=op.f("ck_team_shares_level_known")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_team_shares_cycle_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_shares_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_shares")),
    )
    op.create_index(op.f("ix_team_shares_team_id"), "team_shares", ["team_id"], unique=False)
    op.create_index(
        "uq_team_shares_live",
        "team_shares",
        ["cycle_id", "team_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("team_shares")
    op.drop_column("diagram_versions", "aim")
