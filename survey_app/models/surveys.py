"""Surveys and their administrations: 2-8 item versions, frozen, given once to one group."""

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from survey_app.db import Base, Key, Moment, Word, one_of, only

MODES = ("coded", "pooled")
STATES = ("draft", "open", "closed", "void")
GROUPS = ("focal", "rest")


class Survey(Base):
    """A chosen set of item versions. ``sheet`` is the exact wording in every locale, frozen at opening.

    ``sheet`` is ``{"items": [...], "words": {locale: {...}}}``. An item is ``{"id" (item version id as text),
    "key", "construct" (its name), "kind" (choice, text), "values" ([1, 2, 3, 4]), "reverse", "paired",
    "may_not_apply", "picture" ("cups" or ""), "max_length"}``, in the order asked. A locale's words are
    ``{"header": line above the questions, "state": "source", "reviewed" or "machine_draft", "items": {id:
    {perspective: {"text", "labels": {"1": words}, "not_applicable"}}}}``; ``student`` words stand in every
    locale given, ``teacher_own`` words at least in English. Placeholders are filled.
    """

    __tablename__ = "surveys"
    __table_args__ = (Index("uq_surveys_id_owner_id", "id", "owner_id", unique=True),)
    id: Mapped[Key]
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    fills: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # lesson, math, science, goal
    sheet: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    frozen_at: Mapped[Moment | None]


class SurveyItem(Base):
    """An item version's place in a survey."""

    __tablename__ = "survey_items"
    __table_args__ = (
        UniqueConstraint("survey_id", "position"),
        CheckConstraint("position BETWEEN 1 AND 8", name="at_most_eight"),
    )
    survey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    item_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("item_versions.id"), primary_key=True)
    position: Mapped[int]


class Administration(Base):
    """One survey given to one group of one class for one lesson in one mode."""

    __tablename__ = "administrations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cycle_id", "owner_id", "classroom_id"], ["cycles.id", "cycles.owner_id", "cycles.classroom_id"]
        ),
        Index(
            "uq_administrations_part",
            "cycle_id",
            "part",
            unique=True,
            info=only("state <> 'void'"),
        ),
        Index(
            "ix_administrations_standing",
            "cycle_id",
            "state",
            "locked_at",
            "revealed_at",
            info=only("state <> 'void'"),
        ),
        # Answers carry mode and survey in their foreign key: neither can change once an answer exists.
        UniqueConstraint("id", "mode", "survey_id"),
        UniqueConstraint("id", "classroom_id"),
        Index("uq_administrations_id_owner_id", "id", "owner_id", unique=True),
        ForeignKeyConstraint(["survey_id", "owner_id"], ["surveys.id", "surveys.owner_id"]),
        one_of("mode", MODES),
        one_of("state", STATES),
        one_of("part", GROUPS),
        CheckConstraint("revealed_at IS NULL OR locked_at IS NOT NULL", name="no_reveal_before_lock"),
        CheckConstraint("prediction_skipped_at IS NULL OR locked_at IS NOT NULL", name="skip_locks_rating"),
        CheckConstraint("revealed_at IS NULL OR state IN ('closed', 'open')", name="reveal_closes"),
        CheckConstraint("state = 'draft' OR opened_at IS NOT NULL", name="open_since"),
        CheckConstraint("NOT has_answers OR notice IS NOT NULL", name="notice_before_answers"),
        Index(
            "uq_administrations_open",
            "classroom_id",
            "part",
            unique=True,
            info=only("state = 'open'"),
        ),
    )
    id: Mapped[Key]
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    classroom_id: Mapped[uuid.UUID]
    cycle_id: Mapped[uuid.UUID]
    survey_id: Mapped[uuid.UUID]
    part: Mapped[Word]  # focal: the chosen students; rest: the rest of the class, or the whole of it
    mode: Mapped[Word]
    state: Mapped[Word] = mapped_column(default="draft")
    expected: Mapped[int | None]  # how many children are asked, when that is known
    may_be_shared: Mapped[bool] = mapped_column(default=False)
    under_research: Mapped[bool] = mapped_column(default=False)
    notice: Mapped[dict[str, str] | None] = mapped_column(
        JSON(none_as_null=True)
    )  # locale -> words, frozen at the first answer
    has_answers: Mapped[bool] = mapped_column(default=False)  # a yes or no, so that no time of answer is kept
    saw_answers_first: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[Moment | None]
    closed_at: Mapped[Moment | None]
    locked_at: Mapped[Moment | None]
    prediction_skipped_at: Mapped[Moment | None]
    revealed_at: Mapped[Moment | None]
    reopened_at: Mapped[Moment | None]
