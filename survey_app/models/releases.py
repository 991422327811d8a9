"""What was released: the figures leads read, the ledger that guards them, and a network's own thresholds."""

import uuid
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from survey_app.db import Base, Key, Line, Moment, Word, one_of, only

# The product's own numbers, which a network may raise and never lower (analytics.release.Policy).
LEAST = {
    "smallest_group": 5,
    "joined_from": 10,
    "fewest_teachers": 3,
    "steps_from": 10,
    "distribution_from": 20,
    "smallest_segment": 3,
    "whole_from": 50,
    "texts_from": 10,
    "insiders": 2,
}


class Release(Base):
    """One week's figures of one network. What is out stays as it came out."""

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("organisation_id", "label"),)
    id: Mapped[Key]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))  # the network
    label: Mapped[Word]  # the week, as 2026-W48
    made_at: Mapped[Moment]
    policy: Mapped[dict[str, Any]] = mapped_column(JSON)  # the thresholds used
    digest: Mapped[str] = mapped_column(String(64))  # of groups, questions and cells as they stand here
    teachers: Mapped[int]  # with an answer that went in
    withheld: Mapped[int]  # cells that are not here


class ReleaseGroup(Base):
    """One value of a declared grouping, by the name it had; a cell that is not there was withheld."""

    __tablename__ = "release_groups"
    release_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    grouping: Mapped[Word] = mapped_column(primary_key=True)  # region, district, school, team, grade_band...
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[Line]
    place_id: Mapped[uuid.UUID | None]  # the organisation in which it lies; none for the network's own


class ReleaseItem(Base):
    """One question and mode of a release, in the library's own short words."""

    __tablename__ = "release_items"
    __table_args__ = (one_of("mode", ("coded", "pooled")),)
    release_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    item: Mapped[Word] = mapped_column(primary_key=True)
    mode: Mapped[Word] = mapped_column(primary_key=True)
    name: Mapped[Line]
    construct: Mapped[Line]
    position: Mapped[int]
    steps: Mapped[int]


class ReleaseCell(Base):
    """One figure that passed the policy. Withheld cells are not stored at all, so none differs from another.

    ``distribution`` is ``[[first option, last option, per cent], ...]``, options counted from 1 for the least
    favourable one. ``key`` is empty and ``cycle_number`` none where a table does not use them.
    """

    __tablename__ = "release_cells"
    __table_args__ = (
        # A page asks for a few questions of one table, and for which questions there is anything at all.
        Index("ix_release_cells_table", "release_id", "table_name", "mode", "item", "key"),
        Index("ix_release_cells_item", "release_id", "mode", "item"),
        CheckConstraint("n >= 5 AND teachers >= 3 AND answers >= n", name="enough_behind_it"),
        CheckConstraint("share_low >= 0 AND share_high <= 100 AND share_low <= share_high", name="share"),
        CheckConstraint("mean IS NULL OR n >= 10", name="mean_from_ten"),
        CheckConstraint("gap IS NULL OR mean IS NOT NULL", name="gap_beside_mean"),
        one_of("mode", ("coded", "pooled")),
    )
    release_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    table_name: Mapped[Word]  # network, region, team+cycle_number...
    key: Mapped[str] = mapped_column(String(64), default="")
    cycle_number: Mapped[int | None]
    item: Mapped[Word]
    mode: Mapped[Word]
    n: Mapped[int]
    teachers: Mapped[int]
    answers: Mapped[int]
    share_low: Mapped[int]
    share_high: Mapped[int]
    says: Mapped[Word]
    mean: Mapped[int | None]
    mean_says: Mapped[Word | None]
    gap: Mapped[int | None]
    distribution: Mapped[list[list[int]] | None] = mapped_column(JSON(none_as_null=True))
    as_of: Mapped[Word]  # the label of the release from which the figures come


class ReleaseLedger(Base):
    """Who stood behind each figure. As safe as the answers: only the job reads it.

    Each is JSON, packed. ``inputs`` says which snapshots went in and how they were grouped, ``contributors``
    whose answers stand behind the figures, ``entries`` which of them behind which figure.
    """

    __tablename__ = "release_ledgers"
    release_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    inputs: Mapped[bytes] = mapped_column(LargeBinary)
    contributors: Mapped[bytes] = mapped_column(LargeBinary)
    entries: Mapped[bytes] = mapped_column(LargeBinary)


class ReleaseSetting(Base):
    """The thresholds of a network that asks for more than the product does."""

    __tablename__ = "release_settings"
    __table_args__ = (
        *(CheckConstraint(f"{name} >= {least}", name=f"{name}_not_lowered") for name, least in LEAST.items()),
        CheckConstraint("largest_share > 0 AND largest_share <= 0.5", name="largest_share_not_raised"),
    )
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    smallest_group: Mapped[int] = mapped_column(default=LEAST["smallest_group"])
    joined_from: Mapped[int] = mapped_column(default=LEAST["joined_from"])
    fewest_teachers: Mapped[int] = mapped_column(default=LEAST["fewest_teachers"])
    largest_share: Mapped[float] = mapped_column(default=0.5)
    steps_from: Mapped[int] = mapped_column(default=LEAST["steps_from"])
    distribution_from: Mapped[int] = mapped_column(default=LEAST["distribution_from"])
    smallest_segment: Mapped[int] = mapped_column(default=LEAST["smallest_segment"])
    whole_from: Mapped[int] = mapped_column(default=LEAST["whole_from"])
    texts_from: Mapped[int] = mapped_column(default=LEAST["texts_from"])
    insiders: Mapped[int] = mapped_column(default=LEAST["insiders"])


class HandOn(Base):
    """What the bands of one administration say to whomever its teacher shows them, and what they said before.

    ``bands`` is ``[[item, students, low], ...]``, students and low none where too few answered. ``ledger``
    says, packed, who stood behind each: a later snapshot, or an erasure, must not tell by its difference what
    one student picked. Erasing a code puts a mark in its place.
    """

    __tablename__ = "hand_ons"
    __table_args__ = (
        ForeignKeyConstraint(
            ["administration_id", "owner_id"], ["administrations.id", "administrations.owner_id"]
        ),
    )
    administration_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[uuid.UUID]
    snapshot_number: Mapped[int]  # the newest one that was taken in
    bands: Mapped[list[list[Any]]] = mapped_column(JSON)
    ledger: Mapped[bytes] = mapped_column(LargeBinary)


class JobRun(Base):
    """When scheduled work ran, and how it ended; a run that has not ended keeps a second one away."""

    __tablename__ = "job_runs"
    __table_args__ = (
        one_of("job", ("nightly", "weekly")),
        one_of("outcome", ("running", "done", "look", "failed")),
        CheckConstraint("(outcome = 'running') = (ended_at IS NULL)", name="ended_with_outcome"),
        Index(
            "uq_job_runs_running",
            "job",
            unique=True,
            info=only("outcome = 'running'"),
        ),
    )
    id: Mapped[Key]
    job: Mapped[Word]
    started_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    outcome: Mapped[Word]  # look: a person has to look at something
    said: Mapped[Line] = mapped_column(default="")
