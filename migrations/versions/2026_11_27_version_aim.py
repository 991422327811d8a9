"""A version of the driver diagram holds the four lines of the aim, so that it can be restored.

Revision ID: 20261127_version_aim
Revises: 20261127_archived_places
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261127_version_aim"
down_revision = "20261127_archived_places"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("diagram_versions", sa.Column("aim", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("diagram_versions", "aim")
