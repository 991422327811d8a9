"""What a lead's pages count over a whole network is counted over indexes, and no row is read for it.

Three indexes of one column go, because a wider one begins with the same column.

Revision ID: 20261128_standing_indexes
Revises: 20261128_release_indexes
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261128_standing_indexes"
down_revision = "20261128_release_indexes"
branch_labels = None
depends_on = None

WIDER = (
    ("people", "ix_people_organisation_id", "ix_people_place", ["organisation_id", "disabled_at", "id"]),
    (
        "series",
        "ix_series_change_idea_id",
        "ix_series_change_idea",
        ["change_idea_id", "owner_id", "id", "classroom_id"],
    ),
    (
        "cycles",
        "ix_cycles_owner_id",
        "ix_cycles_standing",
        ["owner_id", "series_id", "number", "decision", "classroom_id", "set_aside_at"],
    ),
)
NOT_VOID, ERASED = sa.text("state <> 'void'"), sa.text("erased_at IS NOT NULL")


def upgrade() -> None:
    for table, narrow, wide, columns in WIDER:
        op.create_index(wide, table, columns)
        op.drop_index(narrow, table_name=table)
    op.create_index(
        "ix_cycles_shared",
        "cycles",
        ["series_id", "decision", "owner_id", "classroom_id", "id"],
        sqlite_where=sa.text("shares_with_region IS 1 AND reason != ''"),
        postgresql_where=sa.text("shares_with_region IS true AND reason != ''"),
    )
    op.create_index(
        "ix_administrations_standing",
        "administrations",
        ["cycle_id", "state", "locked_at", "revealed_at"],
        sqlite_where=NOT_VOID,
        postgresql_where=NOT_VOID,
    )
    op.create_index(
        "ix_classrooms_erased", "classrooms", ["id"], sqlite_where=ERASED, postgresql_where=ERASED
    )


def downgrade() -> None:
    op.drop_index("ix_classrooms_erased", table_name="classrooms")
    op.drop_index("ix_administrations_standing", table_name="administrations")
    op.drop_index("ix_cycles_shared", table_name="cycles")
    for table, narrow, wide, columns in reversed(WIDER):
        op.create_index(narrow, table, columns[:1])
        op.drop_index(wide, table_name=table)
