"""Series and cycles: the PDSA record, from the plan to the decision."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, Key, Line, Moment, Prose, Word, only

DECISIONS = ("adopt", "adapt", "abandon")


class Series(Base):
    """Linked turns on one change idea in one class."""

    __tablename__ = "series"
    __table_args__ = (
        UniqueConstraint("id", "owner_id", "classroom_id"),
        ForeignKeyConstraint(["classroom_id", "owner_id"], ["classrooms.id", "classrooms.owner_id"]),
        Index("ix_series_change_idea", "change_idea_id", "owner_id", "id", "classroom_id"),
    )
    id: Mapped[Key]
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    classroom_id: Mapped[uuid.UUID] = mapped_column(index=True)
    change_idea_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("change_ideas.id"))
    title: Mapped[Line]
    created_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


class Cycle(Base):
    """One PDSA turn. Everything but the survey can wait under "Finish my plan"."""

    __tablename__ = "cycles"
    __table_args__ = (
        UniqueConstraint("series_id", "number"),
        UniqueConstraint("id", "owner_id", "classroom_id"),
        Index("uq_cycles_id_owner_id", "id", "owner_id", unique=True),
        ForeignKeyConstraint(
            ["support_code_id", "classroom_id"], ["focal_codes.id", "focal_codes.classroom_id"]
        ),
        ForeignKeyConstraint(
            ["series_id", "owner_id", "classroom_id"], ["series.id", "series.owner_id", "series.classroom_id"]
        ),
        CheckConstraint(
            "decision IS NULL OR decision IN ('adopt', 'adapt', 'abandon')", name="decision_known"
        ),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_with_decision"),
        CheckConstraint("version > 0", name="version_positive"),
        # What a lead's pages count, without reading a row: they count every cycle in her reach.
        Index(
            "ix_cycles_standing",
            "owner_id",
            "series_id",
            "number",
            "decision",
            "classroom_id",
            "set_aside_at",
        ),
        Index(
            "ix_cycles_shared",
            "series_id",
            "decision",
            "owner_id",
            "classroom_id",
            "id",
            info=only("shares_with_region IS true AND reason != ''"),
        ),
        Index(
            "uq_cycles_one_undecided",
            "series_id",
            unique=True,
            info=only("decided_at IS NULL AND set_aside_at IS NULL"),
        ),
    )
    id: Mapped[Key]
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    classroom_id: Mapped[uuid.UUID]
    series_id: Mapped[uuid.UUID]
    number: Mapped[int]  # 0 is the baseline: one lesson before the change
    version: Mapped[int] = mapped_column(default=1)  # a lost second tab is told, never overwrites
    created_at: Mapped[Moment]
    set_aside_at: Mapped[Moment | None]  # a cycle given up without a decision
    # Plan
    aim: Mapped[Prose] = mapped_column(default="")
    driver: Mapped[Line] = mapped_column(default="")
    change: Mapped[Prose] = mapped_column(default="")
    lesson: Mapped[Line] = mapped_column(default="")
    math: Mapped[Line] = mapped_column(default="")
    science: Mapped[Line] = mapped_column(default="")
    lesson_on: Mapped[date | None]
    # Teach: the lesson log
    dose: Mapped[Prose] = mapped_column(default="")
    adaptations: Mapped[Prose] = mapped_column(default="")
    absences: Mapped[Prose] = mapped_column(default="")
    asked_about_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("item_versions.id"))
    logged_at: Mapped[Moment | None]
    # Decide
    keep_what: Mapped[Prose] = mapped_column(default="")
    keep_where: Mapped[Prose] = mapped_column(default="")
    change_next: Mapped[Prose] = mapped_column(default="")
    support_code_id: Mapped[uuid.UUID | None]
    support_step: Mapped[Prose] = mapped_column(default="")
    decision: Mapped[Word | None]
    decided_at: Mapped[Moment | None]
    reason: Mapped[Prose] = mapped_column(default="")
    data_point: Mapped[Prose] = mapped_column(default="")
    shares_with_region: Mapped[bool] = mapped_column(default=False)
    told_students_on: Mapped[date | None]
    told_students: Mapped[Prose] = mapped_column(default="")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads it once, at class making)


class CycleFocal(Base):
    """A focal student of this cycle: her strength and the teacher's wonder, in the code's name."""

    __tablename__ = "cycle_focals"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cycle_id", "owner_id", "classroom_id"], ["cycles.id", "cycles.owner_id", "cycles.classroom_id"]
        ),
        ForeignKeyConstraint(
            ["focal_code_id", "classroom_id"], ["focal_codes.id", "focal_codes.classroom_id"]
        ),
    )
    cycle_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    focal_code_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, index=True)
    owner_id: Mapped[uuid.UUID]
    classroom_id: Mapped[uuid.UUID]
    strength: Mapped[Prose] = mapped_column(default="")
    wonder: Mapped[Prose] = mapped_column(default="")
    noticing: Mapped[Prose] = mapped_column(default="")
    was_absent: Mapped[bool] = mapped_column(default=False)


class PlanPrediction(Base):
    """How many will pick one of the top two answers: "4 of 5"; frozen at the first answer, or missing."""

    __tablename__ = "plan_predictions"
    __table_args__ = (
        ForeignKeyConstraint(["cycle_id", "owner_id"], ["cycles.id", "cycles.owner_id"]),
        CheckConstraint("(k IS NULL) = (n IS NULL)", name="k_with_n"),
        CheckConstraint("k IS NULL OR (k >= 0 AND k <= n)", name="k_of_n"),
    )
    cycle_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[uuid.UUID]
    item_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("item_versions.id"), primary_key=True)
    k: Mapped[int | None]
    n: Mapped[int | None]
    words: Mapped[Prose] = mapped_column(default="")
    frozen: Mapped[bool] = mapped_column(default=False)
