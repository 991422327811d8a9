"""Answers. Rows carry no time, device or address; pooled rows carry no card, language or way of entry either.

On SQLite these tables have no row number, so that the file does not keep the order of arrival.
"""

import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, Key, Prose, Word, only

MISSING_REASONS = ("skipped", "not_applicable", "not_understood", "not_shown")


class Response(Base):
    """One child's sheet."""

    __tablename__ = "responses"
    __table_args__ = (
        ForeignKeyConstraint(
            ["administration_id", "mode", "survey_id"],
            ["administrations.id", "administrations.mode", "administrations.survey_id"],
        ),
        ForeignKeyConstraint(
            ["administration_id", "classroom_id"], ["administrations.id", "administrations.classroom_id"]
        ),
        ForeignKeyConstraint(
            ["focal_code_id", "classroom_id"], ["focal_codes.id", "focal_codes.classroom_id"]
        ),
        UniqueConstraint("id", "survey_id"),
        CheckConstraint("(mode = 'coded') = (focal_code_id IS NOT NULL)", name="code_only_when_coded"),
        CheckConstraint(
            "mode = 'coded' OR (locale IS NULL AND entry IS NULL)", name="pooled_keeps_nothing_else"
        ),
        CheckConstraint("entry IS NULL OR entry IN ('screen', 'paper')", name="entry_known"),
        Index(
            "uq_responses_one_a_code",
            "administration_id",
            "focal_code_id",
            unique=True,
            info=only("mode = 'coded'"),
        ),
        {"sqlite_with_rowid": False},
    )
    id: Mapped[Key]
    administration_id: Mapped[uuid.UUID] = mapped_column(index=True)
    survey_id: Mapped[uuid.UUID]
    classroom_id: Mapped[uuid.UUID]
    mode: Mapped[Word]
    focal_code_id: Mapped[uuid.UUID | None]
    locale: Mapped[Word | None]
    entry: Mapped[Word | None]
    late: Mapped[bool] = mapped_column(default=False)  # given after the first snapshot


class Answer(Base):
    """One value, or the reason why there is none."""

    __tablename__ = "answers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["response_id", "survey_id"], ["responses.id", "responses.survey_id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["survey_id", "item_version_id"], ["survey_items.survey_id", "survey_items.item_version_id"]
        ),
        CheckConstraint(
            "(CASE WHEN value IS NULL THEN 0 ELSE 1 END) + (CASE WHEN words IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN missing IS NULL THEN 0 ELSE 1 END) = 1",
            name="value_words_or_missing",
        ),
        CheckConstraint("value IS NULL OR value BETWEEN 0 AND 9", name="value_is_a_step"),
        CheckConstraint(
            "missing IS NULL OR missing IN ('skipped', 'not_applicable', 'not_understood', 'not_shown')",
            name="missing_known",
        ),
        {"sqlite_with_rowid": False},
    )
    response_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    item_version_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    survey_id: Mapped[uuid.UUID]
    value: Mapped[int | None]
    words: Mapped[Prose | None]
    missing: Mapped[Word | None]


class Receipt(Base):
    """That a sheet with this key was taken: apart from the sheet, and purged a week after the close."""

    __tablename__ = "receipts"
    __table_args__ = ({"sqlite_with_rowid": False},)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    administration_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("administrations.id", ondelete="CASCADE"), index=True
    )
    content_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
