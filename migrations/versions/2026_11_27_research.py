"""Item reports, agreements, data packages.

Revision ID: 20261127_research
Revises: 20261127_archived_places
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import survey_app.db

revision = "20261127_research"
down_revision = "20261127_archived_places"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "item_report_runs",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("made_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ledger", sa.Text(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_item_report_runs_number_positive")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_item_report_runs")),
        sa.UniqueConstraint("label", name=op.f("uq_item_report_runs_label")),
    )
    op.create_table(
        "item_reports",
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("as_of", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('coded', 'pooled')", name=op.f("ck_item_reports_mode_known")),
        sa.PrimaryKeyConstraint("subject", "mode", name=op.f("pk_item_reports")),
    )
    op.create_table(
        "agreements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("lessons_from", sa.Date(), nullable=False),
        sa.Column("lessons_until", sa.Date(), nullable=False),
        sa.Column("code_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_agreements_ends_after_start")),
        sa.CheckConstraint("lessons_until >= lessons_from", name=op.f("ck_agreements_lessons_in_order")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_agreements_made_by_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_agreements_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
    )
    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreements_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "agreement_constructs",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("construct_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_constructs_agreement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["construct_id"], ["constructs.id"], name=op.f("fk_agreement_constructs_construct_id")
        ),
        sa.PrimaryKeyConstraint("agreement_id", "construct_id", name=op.f("pk_agreement_constructs")),
    )
    op.create_table(
        "agreement_people",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_people_agreement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_agreement_people_person_id")),
        sa.PrimaryKeyConstraint("agreement_id", "person_id", name=op.f("pk_agreement_people")),
    )
    with op.batch_alter_table("agreement_people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreement_people_person_id"), ["person_id"], unique=False)

    op.create_table(
        "agreement_places",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_places_agreement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_agreement_places_organisation_id")
        ),
        sa.PrimaryKeyConstraint("agreement_id", "organisation_id", name=op.f("pk_agreement_places")),
    )
    op.create_table(
        "data_packages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("requested_by_id", sa.Uuid(), nullable=False),
        sa.Column("requested_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decision_words", sa.Text(), nullable=False),
        sa.Column("made_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("link_until", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("times_given", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_by_id IS NULL)", name=op.f("ck_data_packages_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "made_at IS NULL OR state = 'approved'", name=op.f("ck_data_packages_made_when_approved")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'refused')", name=op.f("ck_data_packages_state_known")
        ),
        sa.CheckConstraint(
            "(decided_by_id IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_data_packages_decided_with_moment"),
        ),
        sa.CheckConstraint(
            "(token_hash IS NULL) = (link_until IS NULL)", name=op.f("ck_data_packages_link_runs_out")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> requested_by_id",
            name=op.f("ck_data_packages_second_person_decides"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_data_packages_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_data_packages_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["people.id"], name=op.f("fk_data_packages_requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_packages")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_data_packages_token_hash")),
    )
    with op.batch_alter_table("data_packages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_packages_agreement_id"), ["agreement_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_data_packages_requested_by_id"), ["requested_by_id"], unique=False
        )



def downgrade() -> None:
    with op.batch_alter_table("data_packages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_data_packages_requested_by_id"))
        batch_op.drop_index(batch_op.f("ix_data_packages_agreement_id"))

    op.drop_table("data_packages")
    op.drop_table("agreement_places")
    with op.batch_alter_table("agreement_people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreement_people_person_id"))

    op.drop_table("agreement_people")
    op.drop_table("agreement_constructs")
    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreements_organisation_id"))

    op.drop_table("agreements")
    op.drop_table("item_reports")
    op.drop_table("item_report_runs")
