"""What a lead's page asks of a large release is found by index: a few questions, and which there are.

Revision ID: 20261128_release_indexes
Revises: 20261128_report_ledgers
"""

from __future__ import annotations

from alembic import op

revision = "20261128_release_indexes"
down_revision = "20261128_report_ledgers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_release_cells_table", table_name="release_cells")
    op.create_index(
        "ix_release_cells_table", "release_cells", ["release_id", "table_name", "mode", "item", "key"]
    )
    op.create_index("ix_release_cells_item", "release_cells", ["release_id", "mode", "item"])


def downgrade() -> None:
    op.drop_index("ix_release_cells_item", table_name="release_cells")
    op.drop_index("ix_release_cells_table", table_name="release_cells")
    op.create_index("ix_release_cells_table", "release_cells", ["release_id", "table_name", "key"])
