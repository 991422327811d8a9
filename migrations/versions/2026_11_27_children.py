"""Consent and opt-out, orders to erase, tombstones of adults, reviews of items.

Revision ID: 20261127_children
Revises: 20261127_research
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import survey_app.db

revision = "20261127_children"
down_revision = "20261127_research"
branch_labels = None
depends_on = None
MOMENT = survey_app.db.UtcDateTime(timezone=True)
STANDING = "done_at IS NULL AND withdrawn_at IS NULL AND person_id IS NULL"
AREAS = (
    "'none', 'politics', 'mental_health', 'sex', 'illegal_behaviour', 'appraisal_of_family',"
    " 'privileged_relations', 'religion', 'income'"
)


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("classroom_id", sa.Uuid(), nullable=False),
        sa.Column("focal_code_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('not_needed', 'notice_sent', 'given', 'opted_out')", name=op.f("ck_consents_kind_known")
        ),
        sa.ForeignKeyConstraint(["classroom_id"], ["classrooms.id"], name=op.f("fk_consents_classroom_id")),
        sa.ForeignKeyConstraint(
            ["focal_code_id", "classroom_id"],
            ["focal_codes.id", "focal_codes.classroom_id"],
            name=op.f("fk_consents_focal_code_id_classroom_id"),
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["people.id"], name=op.f("fk_consents_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint(
            "classroom_id", "focal_code_id", name=op.f("uq_consents_classroom_id_focal_code_id")
        ),
    )
    op.create_index(op.f("ix_consents_focal_code_id"), "consents", ["focal_code_id"], unique=False)
    op.create_index(
        "uq_consents_rest",
        "consents",
        ["classroom_id"],
        unique=True,
        sqlite_where=sa.text("focal_code_id IS NULL"),
        postgresql_where=sa.text("focal_code_id IS NULL"),
    )
    op.create_table(
        "consent_rules",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('not_needed', 'notice_sent', 'given')", name=op.f("ck_consent_rules_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_consent_rules_organisation_id")
        ),
        sa.ForeignKeyConstraint(["set_by_id"], ["people.id"], name=op.f("fk_consent_rules_set_by_id")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_consent_rules")),
    )
    op.create_table(
        "erasure_orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("with_accounts", sa.Boolean(), nullable=False),
        sa.Column("ordered_by_id", sa.Uuid(), nullable=False),
        sa.Column("ordered_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "done_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_erasure_orders_done_or_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_erasure_orders_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["ordered_by_id"], ["people.id"], name=op.f("fk_erasure_orders_ordered_by_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_erasure_orders_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_orders")),
    )
    op.create_index(op.f("ix_erasure_orders_person_id"), "erasure_orders", ["person_id"], unique=False)
    op.create_index(
        "uq_erasure_orders_standing",
        "erasure_orders",
        ["organisation_id"],
        unique=True,
        sqlite_where=sa.text(STANDING),
        postgresql_where=sa.text(STANDING),
    )
    op.create_table(
        "item_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_version_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ppra_class", sa.String(length=40), nullable=False),
        sa.Column("reviewed_at", MOMENT, nullable=False),
        sa.Column("reviewed_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_item_reviews_number_positive")),
        sa.CheckConstraint(f"ppra_class IN ({AREAS})", name=op.f("ck_item_reviews_ppra_class_known")),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_versions.id"], name=op.f("fk_item_reviews_item_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["people.id"], name=op.f("fk_item_reviews_reviewed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_reviews")),
        sa.UniqueConstraint(
            "item_version_id", "number", name=op.f("uq_item_reviews_item_version_id_number")
        ),
    )
    op.create_index(op.f("ix_item_reviews_item_version_id"), "item_reviews", ["item_version_id"])
    op.add_column("people", sa.Column("erased_at", MOMENT, nullable=True))


def downgrade() -> None:
    op.drop_column("people", "erased_at")
    for table in ("item_reviews", "erasure_orders", "consent_rules", "consents"):
        op.drop_table(table)
