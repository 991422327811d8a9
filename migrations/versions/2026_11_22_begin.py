"""begin.

Revision ID: 20261122_begin
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import survey_app.db
from migrations import rules

revision = "20261122_begin"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("route", sa.String(length=300), nullable=False),
        sa.Column("object_id", sa.String(length=300), nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_events")),
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_audit_events_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "constructs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("question", sa.String(length=300), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("if_low_try", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("for_adults", sa.Boolean(), nullable=False),
        sa.Column("is_core", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_constructs")),
        sa.UniqueConstraint("key", name=op.f("uq_constructs_key")),
    )
    op.create_table(
        "instruments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("question", sa.String(length=300), nullable=False),
        sa.Column("when", sa.String(length=300), nullable=False),
        sa.Column("band", sa.String(length=40), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruments")),
        sa.UniqueConstraint("key", name=op.f("uq_instruments_key")),
    )
    op.create_table(
        "library_releases",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("synced_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_library_releases")),
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("created_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('network', 'region', 'district', 'school')", name=op.f("ck_organisations_kind_known")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["organisations.id"], name=op.f("fk_organisations_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisations_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "scale_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("picture", sa.String(length=40), nullable=False),
        sa.Column("max_length", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale_versions")),
        sa.UniqueConstraint("key", "number", name=op.f("uq_scale_versions_key_number")),
    )
    op.create_table(
        "aims",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("for_whom", sa.String(length=300), nullable=False),
        sa.Column("how_much", sa.String(length=300), nullable=False),
        sa.Column("by_when", sa.String(length=300), nullable=False),
        sa.Column("created_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_aims_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aims")),
    )
    with op.batch_alter_table("aims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_aims_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("display_name", sa.String(length=300), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("use_accepted_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_people_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "scale_options",
        sa.Column("scale_version_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["scale_version_id"], ["scale_versions.id"], name=op.f("fk_scale_options_scale_version_id")
        ),
        sa.PrimaryKeyConstraint("scale_version_id", "value", name=op.f("pk_scale_options")),
        sa.UniqueConstraint("scale_version_id", "code", name=op.f("uq_scale_options_scale_version_id_code")),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("address_mark", sa.LargeBinary(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("tried_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("next_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("failures > 0", name=op.f("ck_sign_in_tries_failures_positive")),
        sa.PrimaryKeyConstraint("address_mark", name=op.f("pk_sign_in_tries")),
    )
    with op.batch_alter_table("sign_in_tries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_tries_tried_at"), ["tried_at"], unique=False)

    op.create_table(
        "teams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_teams_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_teams_organisation_id_name")),
    )
    op.create_table(
        "classrooms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("nickname", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=True),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("band", sa.String(length=40), nullable=False),
        sa.Column("students", sa.Integer(), nullable=True),
        sa.Column("class_code", sa.String(length=6), nullable=False),
        sa.Column("created_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("archived_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("erased_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("band IN ('K-2', '3-12')", name=op.f("ck_classrooms_band_known")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_classrooms_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classrooms")),
        sa.UniqueConstraint("class_code", name=op.f("uq_classrooms_class_code")),
        sa.UniqueConstraint("id", "owner_id", name=op.f("uq_classrooms_id_owner_id")),
    )
    with op.batch_alter_table("classrooms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_classrooms_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "drivers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("aim_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["aim_id"], ["aims.id"], name=op.f("fk_drivers_aim_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["drivers.id"], name=op.f("fk_drivers_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drivers")),
    )
    with op.batch_alter_table("drivers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drivers_aim_id"), ["aim_id"], unique=False)

    op.create_table(
        "diagram_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("nodes", sa.JSON(), nullable=False),
        sa.Column("saved_by_id", sa.Uuid(), nullable=False),
        sa.Column("saved_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_diagram_versions_number_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_diagram_versions_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["people.id"], name=op.f("fk_diagram_versions_saved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diagram_versions")),
        sa.UniqueConstraint(
            "organisation_id", "number", name=op.f("uq_diagram_versions_organisation_id_number")
        ),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("inviter_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("display_name", sa.String(length=300), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('teacher', 'coach', 'lead', 'researcher', 'administrator')",
            name=op.f("ck_invitations_role_known"),
        ),
        sa.ForeignKeyConstraint(["inviter_id"], ["people.id"], name=op.f("fk_invitations_inviter_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_invitations_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(
            "uq_invitations_open",
            ["organisation_id", "email"],
            unique=True,
            sqlite_where=sa.text("accepted_at IS NULL AND revoked_at IS NULL"),
            postgresql_where=sa.text("accepted_at IS NULL AND revoked_at IS NULL"),
        )

    op.create_table(
        "items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("construct_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["construct_id"], ["constructs.id"], name=op.f("fk_items_construct_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_items_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
        sa.UniqueConstraint("key", name=op.f("uq_items_key")),
    )
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_items_construct_id"), ["construct_id"], unique=False)

    op.create_table(
        "password_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_password_links_made_by_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_password_links_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_links_token_hash")),
    )
    with op.batch_alter_table("password_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_password_links_person_id"), ["person_id"], unique=False)

    op.create_table(
        "role_grants",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "role IN ('teacher', 'coach', 'lead', 'researcher', 'administrator')",
            name=op.f("ck_role_grants_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_role_grants_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_role_grants_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "role", "organisation_id", name=op.f("pk_role_grants")),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("proved_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_staff_sessions_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_sessions_token_hash")),
    )
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_sessions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "surveys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("fills", sa.JSON(), nullable=False),
        sa.Column("sheet", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("frozen_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_surveys_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
    )
    with op.batch_alter_table("surveys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_surveys_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "team_members",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_team_members_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "person_id", name=op.f("pk_team_members")),
    )
    with op.batch_alter_table("team_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_members_person_id"), ["person_id"], unique=False)

    op.create_table(
        "change_ideas",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("driver_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("archived_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], name=op.f("fk_change_ideas_driver_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_change_ideas_organisation_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_change_ideas_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_ideas")),
    )
    with op.batch_alter_table("change_ideas", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_change_ideas_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_change_ideas_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "focal_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("classroom_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=4), nullable=False),
        sa.Column("retired_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("erased_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["classroom_id"], ["classrooms.id"], name=op.f("fk_focal_codes_classroom_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_focal_codes")),
        sa.UniqueConstraint("classroom_id", "label", name=op.f("uq_focal_codes_classroom_id_label")),
        sa.UniqueConstraint("id", "classroom_id", name=op.f("uq_focal_codes_id_classroom_id")),
    )
    op.create_table(
        "item_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("band", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scale_version_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("comparability", sa.String(length=40), nullable=False),
        sa.Column("reverse_keyed", sa.Boolean(), nullable=False),
        sa.Column("pooled_only", sa.Boolean(), nullable=False),
        sa.Column("paired", sa.Boolean(), nullable=False),
        sa.Column("may_not_apply", sa.Boolean(), nullable=False),
        sa.Column("min_grade", sa.Integer(), nullable=True),
        sa.Column("max_grade", sa.Integer(), nullable=True),
        sa.Column("from_cycle", sa.Integer(), nullable=False),
        sa.Column("ppra_class", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "comparability IN ('same', 'linked', 'new')", name=op.f("ck_item_versions_comparability_known")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_versions_item_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["item_versions.id"], name=op.f("fk_item_versions_parent_id")),
        sa.ForeignKeyConstraint(
            ["scale_version_id"], ["scale_versions.id"], name=op.f("fk_item_versions_scale_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_versions")),
        sa.UniqueConstraint("item_id", "band", "number", name=op.f("uq_item_versions_item_id_band_number")),
        sa.UniqueConstraint("key", name=op.f("uq_item_versions_key")),
    )
    op.create_table(
        "cards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("classroom_id", sa.Uuid(), nullable=False),
        sa.Column("focal_code_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("locale", sa.String(length=40), nullable=False),
        sa.Column("made_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["classroom_id"], ["classrooms.id"], name=op.f("fk_cards_classroom_id")),
        sa.ForeignKeyConstraint(
            ["focal_code_id", "classroom_id"],
            ["focal_codes.id", "focal_codes.classroom_id"],
            name=op.f("fk_cards_focal_code_id_classroom_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("id", "classroom_id", name=op.f("uq_cards_id_classroom_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_cards_token_hash")),
    )
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cards_classroom_id"), ["classroom_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cards_focal_code_id"), ["focal_code_id"], unique=False)

    op.create_table(
        "instrument_items",
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_version_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_instrument_items_instrument_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_versions.id"], name=op.f("fk_instrument_items_item_version_id")
        ),
        sa.PrimaryKeyConstraint("instrument_id", "position", name=op.f("pk_instrument_items")),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("classroom_id", sa.Uuid(), nullable=False),
        sa.Column("change_idea_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("created_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_idea_id"], ["change_ideas.id"], name=op.f("fk_series_change_idea_id")
        ),
        sa.ForeignKeyConstraint(
            ["classroom_id", "owner_id"],
            ["classrooms.id", "classrooms.owner_id"],
            name=op.f("fk_series_classroom_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_series_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint(
            "id", "owner_id", "classroom_id", name=op.f("uq_series_id_owner_id_classroom_id")
        ),
    )
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_series_change_idea_id"), ["change_idea_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_series_classroom_id"), ["classroom_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_series_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "survey_items",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("item_version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position BETWEEN 1 AND 8", name=op.f("ck_survey_items_at_most_eight")),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_versions.id"], name=op.f("fk_survey_items_item_version_id")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_survey_items_survey_id")),
        sa.PrimaryKeyConstraint("survey_id", "item_version_id", name=op.f("pk_survey_items")),
        sa.UniqueConstraint("survey_id", "position", name=op.f("uq_survey_items_survey_id_position")),
    )
    op.create_table(
        "wordings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_version_id", sa.Uuid(), nullable=False),
        sa.Column("perspective", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("not_applicable", sa.String(length=300), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "perspective IN ('student', 'teacher_own', 'teacher_prediction', 'observer', 'adult_self', 'matched_other')",
            name=op.f("ck_wordings_perspective_known"),
        ),
        sa.CheckConstraint(
            "state IN ('machine_draft', 'reviewed', 'source')", name=op.f("ck_wordings_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_versions.id"], name=op.f("fk_wordings_item_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wordings")),
        sa.UniqueConstraint(
            "item_version_id",
            "perspective",
            "locale",
            "revision",
            name=op.f("uq_wordings_item_version_id_perspective_locale_revision"),
        ),
    )
    op.create_table(
        "cycles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("classroom_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("set_aside_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("aim", sa.Text(), nullable=False),
        sa.Column("driver", sa.String(length=300), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("lesson", sa.String(length=300), nullable=False),
        sa.Column("math", sa.String(length=300), nullable=False),
        sa.Column("science", sa.String(length=300), nullable=False),
        sa.Column("lesson_on", sa.Date(), nullable=True),
        sa.Column("dose", sa.Text(), nullable=False),
        sa.Column("adaptations", sa.Text(), nullable=False),
        sa.Column("absences", sa.Text(), nullable=False),
        sa.Column("asked_about_id", sa.Uuid(), nullable=True),
        sa.Column("logged_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("keep_what", sa.Text(), nullable=False),
        sa.Column("keep_where", sa.Text(), nullable=False),
        sa.Column("change_next", sa.Text(), nullable=False),
        sa.Column("support_code_id", sa.Uuid(), nullable=True),
        sa.Column("support_step", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=True),
        sa.Column("decided_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("data_point", sa.Text(), nullable=False),
        sa.Column("shares_with_region", sa.Boolean(), nullable=False),
        sa.Column("told_students_on", sa.Date(), nullable=True),
        sa.Column("told_students", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('adopt', 'adapt', 'abandon')",
            name=op.f("ck_cycles_decision_known"),
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_cycles_decided_with_decision")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_cycles_version_positive")),
        sa.ForeignKeyConstraint(
            ["asked_about_id"], ["item_versions.id"], name=op.f("fk_cycles_asked_about_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_cycles_owner_id")),
        sa.ForeignKeyConstraint(
            ["series_id", "owner_id", "classroom_id"],
            ["series.id", "series.owner_id", "series.classroom_id"],
            name=op.f("fk_cycles_series_id_owner_id_classroom_id"),
        ),
        sa.ForeignKeyConstraint(
            ["support_code_id"], ["focal_codes.id"], name=op.f("fk_cycles_support_code_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycles")),
        sa.UniqueConstraint(
            "id", "owner_id", "classroom_id", name=op.f("uq_cycles_id_owner_id_classroom_id")
        ),
        sa.UniqueConstraint("series_id", "number", name=op.f("uq_cycles_series_id_number")),
    )
    with op.batch_alter_table("cycles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cycles_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            "uq_cycles_one_undecided",
            ["series_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL AND set_aside_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL AND set_aside_at IS NULL"),
        )

    op.create_table(
        "administrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("classroom_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("may_be_shared", sa.Boolean(), nullable=False),
        sa.Column("under_research", sa.Boolean(), nullable=False),
        sa.Column("notice", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("has_answers", sa.Boolean(), nullable=False),
        sa.Column("saw_answers_first", sa.Boolean(), nullable=False),
        sa.Column("opened_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("locked_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("prediction_skipped_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revealed_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reopened_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("mode IN ('coded', 'pooled')", name=op.f("ck_administrations_mode_known")),
        sa.CheckConstraint("part IN ('focal', 'rest')", name=op.f("ck_administrations_part_known")),
        sa.CheckConstraint(
            "revealed_at IS NULL OR state IN ('closed', 'open')",
            name=op.f("ck_administrations_reveal_closes"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR opened_at IS NOT NULL", name=op.f("ck_administrations_open_since")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'closed', 'void')", name=op.f("ck_administrations_state_known")
        ),
        sa.CheckConstraint(
            "NOT has_answers OR notice IS NOT NULL", name=op.f("ck_administrations_notice_before_answers")
        ),
        sa.CheckConstraint(
            "prediction_skipped_at IS NULL OR locked_at IS NOT NULL",
            name=op.f("ck_administrations_skip_locks_rating"),
        ),
        sa.CheckConstraint(
            "revealed_at IS NULL OR locked_at IS NOT NULL",
            name=op.f("ck_administrations_no_reveal_before_lock"),
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id", "owner_id", "classroom_id"],
            ["cycles.id", "cycles.owner_id", "cycles.classroom_id"],
            name=op.f("fk_administrations_cycle_id_owner_id_classroom_id"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_administrations_owner_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_administrations_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administrations")),
        sa.UniqueConstraint("id", "classroom_id", name=op.f("uq_administrations_id_classroom_id")),
        sa.UniqueConstraint("id", "mode", "survey_id", name=op.f("uq_administrations_id_mode_survey_id")),
    )
    with op.batch_alter_table("administrations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_administrations_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            "uq_administrations_open",
            ["classroom_id", "part"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "uq_administrations_part",
            ["cycle_id", "part"],
            unique=True,
            sqlite_where=sa.text("state <> 'void'"),
            postgresql_where=sa.text("state <> 'void'"),
        )

    op.create_table(
        "comments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_comments_author_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_comments_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comments_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "cycle_focals",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("focal_code_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("classroom_id", sa.Uuid(), nullable=False),
        sa.Column("strength", sa.Text(), nullable=False),
        sa.Column("wonder", sa.Text(), nullable=False),
        sa.Column("noticing", sa.Text(), nullable=False),
        sa.Column("was_absent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id", "owner_id", "classroom_id"],
            ["cycles.id", "cycles.owner_id", "cycles.classroom_id"],
            name=op.f("fk_cycle_focals_cycle_id_owner_id_classroom_id"),
        ),
        sa.ForeignKeyConstraint(
            ["focal_code_id", "classroom_id"],
            ["focal_codes.id", "focal_codes.classroom_id"],
            name=op.f("fk_cycle_focals_focal_code_id_classroom_id"),
        ),
        sa.PrimaryKeyConstraint("cycle_id", "focal_code_id", name=op.f("pk_cycle_focals")),
    )
    with op.batch_alter_table("cycle_focals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cycle_focals_focal_code_id"), ["focal_code_id"], unique=False)

    op.create_table(
        "cycle_shares",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("asks", sa.Text(), nullable=False),
        sa.Column("shared_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("seen_at", survey_app.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "level IN ('plan', 'bands', 'everything')", name=op.f("ck_cycle_shares_level_known")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_cycle_shares_cycle_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_cycle_shares_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle_shares")),
    )
    with op.batch_alter_table("cycle_shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cycle_shares_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_cycle_shares_live",
            ["cycle_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "plan_predictions",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("item_version_id", sa.Uuid(), nullable=False),
        sa.Column("k", sa.Integer(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(k IS NULL) = (n IS NULL)", name=op.f("ck_plan_predictions_k_with_n")),
        sa.CheckConstraint("k IS NULL OR (k >= 0 AND k <= n)", name=op.f("ck_plan_predictions_k_of_n")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_plan_predictions_cycle_id")),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_versions.id"], name=op.f("fk_plan_predictions_item_version_id")
        ),
        sa.PrimaryKeyConstraint("cycle_id", "item_version_id", name=op.f("pk_plan_predictions")),
    )
    op.create_table(
        "own_ratings",
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("item_version_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("missing", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "missing IS NULL OR missing IN ('skipped', 'not_applicable')",
            name=op.f("ck_own_ratings_missing_known"),
        ),
        sa.CheckConstraint(
            "(value IS NULL) <> (missing IS NULL)", name=op.f("ck_own_ratings_value_or_missing")
        ),
        sa.CheckConstraint(
            "value IS NULL OR value BETWEEN 0 AND 9", name=op.f("ck_own_ratings_value_is_a_step")
        ),
        sa.ForeignKeyConstraint(
            ["administration_id", "mode", "survey_id"],
            ["administrations.id", "administrations.mode", "administrations.survey_id"],
            name=op.f("fk_own_ratings_administration_id_mode_survey_id"),
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "item_version_id"],
            ["survey_items.survey_id", "survey_items.item_version_id"],
            name=op.f("fk_own_ratings_survey_id_item_version_id"),
        ),
        sa.PrimaryKeyConstraint("administration_id", "item_version_id", name=op.f("pk_own_ratings")),
    )
    op.create_table(
        "predictions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("classroom_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("item_version_id", sa.Uuid(), nullable=False),
        sa.Column("focal_code_id", sa.Uuid(), nullable=True),
        sa.Column("option", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(mode = 'coded') = (focal_code_id IS NOT NULL)", name=op.f("ck_predictions_code_only_when_coded")
        ),
        sa.CheckConstraint(
            "(mode = 'pooled') = (count IS NOT NULL)", name=op.f("ck_predictions_count_only_when_pooled")
        ),
        sa.CheckConstraint(
            "count IS NULL OR count BETWEEN 0 AND 200", name=op.f("ck_predictions_count_of_children")
        ),
        sa.CheckConstraint("option BETWEEN 0 AND 9", name=op.f("ck_predictions_option_is_a_step")),
        sa.ForeignKeyConstraint(
            ["administration_id", "classroom_id"],
            ["administrations.id", "administrations.classroom_id"],
            name=op.f("fk_predictions_administration_id_classroom_id"),
        ),
        sa.ForeignKeyConstraint(
            ["administration_id", "mode", "survey_id"],
            ["administrations.id", "administrations.mode", "administrations.survey_id"],
            name=op.f("fk_predictions_administration_id_mode_survey_id"),
        ),
        sa.ForeignKeyConstraint(
            ["focal_code_id", "classroom_id"],
            ["focal_codes.id", "focal_codes.classroom_id"],
            name=op.f("fk_predictions_focal_code_id_classroom_id"),
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "item_version_id"],
            ["survey_items.survey_id", "survey_items.item_version_id"],
            name=op.f("fk_predictions_survey_id_item_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predictions")),
    )
    with op.batch_alter_table("predictions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_predictions_administration_id"), ["administration_id"], unique=False
        )
        batch_op.create_index(
            "uq_predictions_count",
            ["administration_id", "item_version_id", "option"],
            unique=True,
            sqlite_where=sa.text("mode = 'pooled'"),
            postgresql_where=sa.text("mode = 'pooled'"),
        )
        batch_op.create_index(
            "uq_predictions_student",
            ["administration_id", "item_version_id", "focal_code_id"],
            unique=True,
            sqlite_where=sa.text("mode = 'coded'"),
            postgresql_where=sa.text("mode = 'coded'"),
        )

    op.create_table(
        "receipts",
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["administration_id"],
            ["administrations.id"],
            name=op.f("fk_receipts_administration_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_receipts")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_receipts_administration_id"), ["administration_id"], unique=False
        )

    op.create_table(
        "responses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("classroom_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("focal_code_id", sa.Uuid(), nullable=True),
        sa.Column("locale", sa.String(length=40), nullable=True),
        sa.Column("entry", sa.String(length=40), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(mode = 'coded') = (focal_code_id IS NOT NULL)", name=op.f("ck_responses_code_only_when_coded")
        ),
        sa.CheckConstraint(
            "entry IS NULL OR entry IN ('screen', 'paper')", name=op.f("ck_responses_entry_known")
        ),
        sa.CheckConstraint(
            "mode = 'coded' OR (locale IS NULL AND entry IS NULL)",
            name=op.f("ck_responses_pooled_keeps_nothing_else"),
        ),
        sa.ForeignKeyConstraint(
            ["administration_id", "classroom_id"],
            ["administrations.id", "administrations.classroom_id"],
            name=op.f("fk_responses_administration_id_classroom_id"),
        ),
        sa.ForeignKeyConstraint(
            ["administration_id", "mode", "survey_id"],
            ["administrations.id", "administrations.mode", "administrations.survey_id"],
            name=op.f("fk_responses_administration_id_mode_survey_id"),
        ),
        sa.ForeignKeyConstraint(
            ["focal_code_id", "classroom_id"],
            ["focal_codes.id", "focal_codes.classroom_id"],
            name=op.f("fk_responses_focal_code_id_classroom_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        sa.UniqueConstraint("id", "survey_id", name=op.f("uq_responses_id_survey_id")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_responses_administration_id"), ["administration_id"], unique=False
        )
        batch_op.create_index(
            "uq_responses_one_a_code",
            ["administration_id", "focal_code_id"],
            unique=True,
            sqlite_where=sa.text("mode = 'coded'"),
            postgresql_where=sa.text("mode = 'coded'"),
        )

    op.create_table(
        "snapshots",
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tables", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("erasures", sa.Integer(), nullable=False),
        sa.Column("made_at", survey_app.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_snapshots_number_positive")),
        sa.ForeignKeyConstraint(
            ["administration_id"], ["administrations.id"], name=op.f("fk_snapshots_administration_id")
        ),
        sa.PrimaryKeyConstraint("administration_id", "number", name=op.f("pk_snapshots")),
    )
    op.create_table(
        "turnout",
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("classroom_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["administration_id", "classroom_id"],
            ["administrations.id", "administrations.classroom_id"],
            name=op.f("fk_turnout_administration_id_classroom_id"),
        ),
        sa.ForeignKeyConstraint(
            ["card_id", "classroom_id"],
            ["cards.id", "cards.classroom_id"],
            name=op.f("fk_turnout_card_id_classroom_id"),
        ),
        sa.PrimaryKeyConstraint("administration_id", "card_id", name=op.f("pk_turnout")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "answers",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("item_version_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("missing", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "missing IS NULL OR missing IN ('skipped', 'not_applicable', 'not_understood', 'not_shown')",
            name=op.f("ck_answers_missing_known"),
        ),
        sa.CheckConstraint(
            "(CASE WHEN value IS NULL THEN 0 ELSE 1 END) + (CASE WHEN words IS NULL THEN 0 ELSE 1 END) + (CASE WHEN missing IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_answers_value_words_or_missing"),
        ),
        sa.CheckConstraint("value IS NULL OR value BETWEEN 0 AND 9", name=op.f("ck_answers_value_is_a_step")),
        sa.ForeignKeyConstraint(
            ["response_id", "survey_id"],
            ["responses.id", "responses.survey_id"],
            name=op.f("fk_answers_response_id_survey_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "item_version_id"],
            ["survey_items.survey_id", "survey_items.item_version_id"],
            name=op.f("fk_answers_survey_id_item_version_id"),
        ),
        sa.PrimaryKeyConstraint("response_id", "item_version_id", name=op.f("pk_answers")),
        sqlite_with_rowid=False,
    )
    rules.install(op.get_bind())


def downgrade() -> None:
    rules.remove(op.get_bind())
    op.drop_table("answers")
    op.drop_table("turnout")
    op.drop_table("snapshots")
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_responses_one_a_code",
            sqlite_where=sa.text("mode = 'coded'"),
            postgresql_where=sa.text("mode = 'coded'"),
        )
        batch_op.drop_index(batch_op.f("ix_responses_administration_id"))

    op.drop_table("responses")
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipts_administration_id"))

    op.drop_table("receipts")
    with op.batch_alter_table("predictions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_predictions_student",
            sqlite_where=sa.text("mode = 'coded'"),
            postgresql_where=sa.text("mode = 'coded'"),
        )
        batch_op.drop_index(
            "uq_predictions_count",
            sqlite_where=sa.text("mode = 'pooled'"),
            postgresql_where=sa.text("mode = 'pooled'"),
        )
        batch_op.drop_index(batch_op.f("ix_predictions_administration_id"))

    op.drop_table("predictions")
    op.drop_table("own_ratings")
    op.drop_table("plan_predictions")
    with op.batch_alter_table("cycle_shares", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cycle_shares_live",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_cycle_shares_person_id"))

    op.drop_table("cycle_shares")
    with op.batch_alter_table("cycle_focals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cycle_focals_focal_code_id"))

    op.drop_table("cycle_focals")
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comments_cycle_id"))

    op.drop_table("comments")
    with op.batch_alter_table("administrations", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_administrations_part",
            sqlite_where=sa.text("state <> 'void'"),
            postgresql_where=sa.text("state <> 'void'"),
        )
        batch_op.drop_index(
            "uq_administrations_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_administrations_owner_id"))

    op.drop_table("administrations")
    with op.batch_alter_table("cycles", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cycles_one_undecided",
            sqlite_where=sa.text("decided_at IS NULL AND set_aside_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL AND set_aside_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_cycles_owner_id"))

    op.drop_table("cycles")
    op.drop_table("wordings")
    op.drop_table("survey_items")
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_series_owner_id"))
        batch_op.drop_index(batch_op.f("ix_series_classroom_id"))
        batch_op.drop_index(batch_op.f("ix_series_change_idea_id"))

    op.drop_table("series")
    op.drop_table("instrument_items")
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cards_focal_code_id"))
        batch_op.drop_index(batch_op.f("ix_cards_classroom_id"))

    op.drop_table("cards")
    op.drop_table("item_versions")
    op.drop_table("focal_codes")
    with op.batch_alter_table("change_ideas", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_ideas_owner_id"))
        batch_op.drop_index(batch_op.f("ix_change_ideas_organisation_id"))

    op.drop_table("change_ideas")
    with op.batch_alter_table("team_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_members_person_id"))

    op.drop_table("team_members")
    with op.batch_alter_table("surveys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_surveys_owner_id"))

    op.drop_table("surveys")
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_sessions_person_id"))

    op.drop_table("staff_sessions")
    op.drop_table("role_grants")
    with op.batch_alter_table("password_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_password_links_person_id"))

    op.drop_table("password_links")
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_items_construct_id"))

    op.drop_table("items")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_invitations_open",
            sqlite_where=sa.text("accepted_at IS NULL AND revoked_at IS NULL"),
            postgresql_where=sa.text("accepted_at IS NULL AND revoked_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_invitations_organisation_id"))

    op.drop_table("invitations")
    with op.batch_alter_table("drivers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drivers_aim_id"))

    op.drop_table("drivers")
    with op.batch_alter_table("classrooms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_classrooms_owner_id"))

    op.drop_table("classrooms")
    op.drop_table("teams")
    with op.batch_alter_table("sign_in_tries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_tries_tried_at"))

    op.drop_table("sign_in_tries")
    op.drop_table("scale_options")
    op.drop_table("diagram_versions")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_organisation_id"))

    op.drop_table("people")
    with op.batch_alter_table("aims", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_aims_organisation_id"))

    op.drop_table("aims")
    op.drop_table("scale_versions")
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisations_parent_id"))

    op.drop_table("organisations")
    op.drop_table("library_releases")
    op.drop_table("instruments")
    op.drop_table("constructs")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_events_organisation_id"))

    op.drop_table("audit_events")
