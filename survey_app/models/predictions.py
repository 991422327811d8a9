"""The teacher's own rating and her prediction. Saved as she goes; unchangeable once locked."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, Key, Word, only


class OwnRating(Base):
    """What she saw: one matched answer for the group."""

    __tablename__ = "own_ratings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["administration_id", "owner_id"], ["administrations.id", "administrations.owner_id"]
        ),
        ForeignKeyConstraint(
            ["administration_id", "mode", "survey_id"],
            ["administrations.id", "administrations.mode", "administrations.survey_id"],
        ),
        ForeignKeyConstraint(
            ["survey_id", "item_version_id"], ["survey_items.survey_id", "survey_items.item_version_id"]
        ),
        CheckConstraint("(value IS NULL) <> (missing IS NULL)", name="value_or_missing"),
        CheckConstraint("missing IS NULL OR missing IN ('skipped', 'not_applicable')", name="missing_known"),
        CheckConstraint("value IS NULL OR value BETWEEN 0 AND 9", name="value_is_a_step"),
    )
    administration_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    item_version_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[uuid.UUID]
    survey_id: Mapped[uuid.UUID]
    mode: Mapped[Word]
    value: Mapped[int | None]
    missing: Mapped[Word | None]


class Prediction(Base):
    """What they will pick: per focal student one option; for a pooled class, how many pick each option."""

    __tablename__ = "predictions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["administration_id", "owner_id"], ["administrations.id", "administrations.owner_id"]
        ),
        ForeignKeyConstraint(
            ["administration_id", "mode", "survey_id"],
            ["administrations.id", "administrations.mode", "administrations.survey_id"],
        ),
        ForeignKeyConstraint(
            ["survey_id", "item_version_id"], ["survey_items.survey_id", "survey_items.item_version_id"]
        ),
        ForeignKeyConstraint(
            ["administration_id", "classroom_id"], ["administrations.id", "administrations.classroom_id"]
        ),
        ForeignKeyConstraint(
            ["focal_code_id", "classroom_id"], ["focal_codes.id", "focal_codes.classroom_id"]
        ),
        CheckConstraint("(mode = 'coded') = (focal_code_id IS NOT NULL)", name="code_only_when_coded"),
        CheckConstraint("(mode = 'pooled') = (count IS NOT NULL)", name="count_only_when_pooled"),
        CheckConstraint("count IS NULL OR count BETWEEN 0 AND 200", name="count_of_children"),
        CheckConstraint("option BETWEEN 0 AND 9", name="option_is_a_step"),
        Index(
            "uq_predictions_student",
            "administration_id",
            "item_version_id",
            "focal_code_id",
            unique=True,
            info=only("mode = 'coded'"),
        ),
        Index(
            "uq_predictions_count",
            "administration_id",
            "item_version_id",
            "option",
            unique=True,
            info=only("mode = 'pooled'"),
        ),
    )
    id: Mapped[Key]
    administration_id: Mapped[uuid.UUID] = mapped_column(index=True)
    owner_id: Mapped[uuid.UUID]
    survey_id: Mapped[uuid.UUID]
    classroom_id: Mapped[uuid.UUID]
    mode: Mapped[Word]
    item_version_id: Mapped[uuid.UUID]
    focal_code_id: Mapped[uuid.UUID | None]
    option: Mapped[int]
    count: Mapped[int | None]
