"""releases: what came out, its ledger, thresholds of a network; what bands said before; runs of jobs.

Revision ID: 20261127_releases
Revises: 20261127_owners
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import survey_app.db
from migrations import rules

revision = "20261127_releases"
down_revision = "20261127_owners"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("started_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("said", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'running') = (ended_at IS NULL)", name=op.f("ck_job_runs_ended_with_outcome")
        ),
        sa.CheckConstraint("job IN ('nightly', 'weekly')", name=op.f("ck_job_runs_job_known")),
        sa.CheckConstraint(
            "outcome IN ('running', 'done', 'look', 'failed')", name=op.f("ck_job_runs_outcome_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
    )
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.create_index(
            "uq_job_runs_running",
            ["job"],
            unique=True,
            sqlite_where=sa.text("outcome = 'running'"),
            postgresql_where=sa.text("outcome = 'running'"),
        )

    op.create_table(
        "release_settings",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("smallest_group", sa.Integer(), nullable=False),
        sa.Column("fewest_teachers", sa.Integer(), nullable=False),
        sa.Column("largest_share", sa.Double(), nullable=False),
        sa.Column("steps_from", sa.Integer(), nullable=False),
        sa.Column("distribution_from", sa.Integer(), nullable=False),
        sa.Column("smallest_segment", sa.Integer(), nullable=False),
        sa.Column("whole_from", sa.Integer(), nullable=False),
        sa.Column("texts_from", sa.Integer(), nullable=False),
        sa.Column("insiders", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "distribution_from >= 20", name=op.f("ck_release_settings_distribution_from_not_lowered")
        ),
        sa.CheckConstraint(
            "fewest_teachers >= 3", name=op.f("ck_release_settings_fewest_teachers_not_lowered")
        ),
        sa.CheckConstraint("insiders >= 2", name=op.f("ck_release_settings_insiders_not_lowered")),
        sa.CheckConstraint(
            "largest_share > 0 AND largest_share <= 0.5",
            name=op.f("ck_release_settings_largest_share_not_raised"),
        ),
        sa.CheckConstraint(
            "smallest_group >= 5", name=op.f("ck_release_settings_smallest_group_not_lowered")
        ),
        sa.CheckConstraint(
            "smallest_segment >= 3", name=op.f("ck_release_settings_smallest_segment_not_lowered")
        ),
        sa.CheckConstraint("steps_from >= 10", name=op.f("ck_release_settings_steps_from_not_lowered")),
        sa.CheckConstraint("texts_from >= 10", name=op.f("ck_release_settings_texts_from_not_lowered")),
        sa.CheckConstraint("whole_from >= 50", name=op.f("ck_release_settings_whole_from_not_lowered")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_release_settings_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_release_settings")),
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("made_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("teachers", sa.Integer(), nullable=False),
        sa.Column("withheld", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_releases_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("organisation_id", "label", name=op.f("uq_releases_organisation_id_label")),
    )
    op.create_table(
        "release_cells",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("cycle_number", sa.Integer(), nullable=True),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("teachers", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("share_low", sa.Integer(), nullable=False),
        sa.Column("share_high", sa.Integer(), nullable=False),
        sa.Column("says", sa.String(length=40), nullable=False),
        sa.Column("mean", sa.Integer(), nullable=True),
        sa.Column("mean_says", sa.String(length=40), nullable=True),
        sa.Column("gap", sa.Integer(), nullable=True),
        sa.Column("distribution", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("as_of", sa.String(length=40), nullable=False),
        sa.CheckConstraint("mode IN ('coded', 'pooled')", name=op.f("ck_release_cells_mode_known")),
        sa.CheckConstraint("gap IS NULL OR mean IS NOT NULL", name=op.f("ck_release_cells_gap_beside_mean")),
        sa.CheckConstraint("mean IS NULL OR n >= 10", name=op.f("ck_release_cells_mean_from_ten")),
        sa.CheckConstraint(
            "n >= 5 AND teachers >= 3 AND answers >= n", name=op.f("ck_release_cells_enough_behind_it")
        ),
        sa.CheckConstraint(
            "share_low >= 0 AND share_high <= 100 AND share_low <= share_high",
            name=op.f("ck_release_cells_share"),
        ),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_release_cells_release_id")),
        sa.PrimaryKeyConstraint("release_id", "position", name=op.f("pk_release_cells")),
    )
    with op.batch_alter_table("release_cells", schema=None) as batch_op:
        batch_op.create_index("ix_release_cells_table", ["release_id", "table_name", "key"], unique=False)

    op.create_table(
        "release_groups",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("grouping", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_release_groups_release_id")),
        sa.PrimaryKeyConstraint("release_id", "grouping", "key", name=op.f("pk_release_groups")),
    )
    op.create_table(
        "release_items",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("construct", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.CheckConstraint("mode IN ('coded', 'pooled')", name=op.f("ck_release_items_mode_known")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_release_items_release_id")),
        sa.PrimaryKeyConstraint("release_id", "item", "mode", name=op.f("pk_release_items")),
    )
    op.create_table(
        "release_ledgers",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.Column("contributors", sa.LargeBinary(), nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_release_ledgers_release_id")),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_release_ledgers")),
    )
    op.create_table(
        "hand_ons",
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_number", sa.Integer(), nullable=False),
        sa.Column("bands", sa.JSON(), nullable=False),
        sa.Column("ledger", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["administration_id", "owner_id"],
            ["administrations.id", "administrations.owner_id"],
            name=op.f("fk_hand_ons_administration_id_owner_id"),
        ),
        sa.PrimaryKeyConstraint("administration_id", name=op.f("pk_hand_ons")),
    )
    rules.install(op.get_bind())


def downgrade() -> None:
    op.drop_table("hand_ons")
    op.drop_table("release_ledgers")
    op.drop_table("release_items")
    op.drop_table("release_groups")
    with op.batch_alter_table("release_cells", schema=None) as batch_op:
        batch_op.drop_index("ix_release_cells_table")

    op.drop_table("release_cells")
    op.drop_table("releases")
    op.drop_table("release_settings")
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.drop_index("uq_job_runs_running")

    op.drop_table("job_runs")
