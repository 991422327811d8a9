"""What a teacher hands on herself: per cycle, to named people, until she takes it back."""

import uuid

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, Key, Moment, Prose, Word, one_of, only

LEVELS = ("plan", "bands", "everything")
TEAM_LEVELS = ("plan", "bands")  # a poster hangs in a room: single answers never leave that way


class CycleShare(Base):
    """One person may see one cycle, at one level."""

    __tablename__ = "cycle_shares"
    __table_args__ = (
        ForeignKeyConstraint(["cycle_id", "owner_id"], ["cycles.id", "cycles.owner_id"]),
        one_of("level", LEVELS),
        Index(
            "uq_cycle_shares_live",
            "cycle_id",
            "person_id",
            unique=True,
            info=only("revoked_at IS NULL"),
        ),
    )
    id: Mapped[Key]
    cycle_id: Mapped[uuid.UUID]
    owner_id: Mapped[uuid.UUID]  # whose cycle it is
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    level: Mapped[Word]
    asks: Mapped[Prose] = mapped_column(default="")  # what the teacher would like help with
    shared_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]
    seen_at: Mapped[Moment | None]  # when the other person last opened it: what changed since is marked


class TeamShare(Base):
    """A cycle stands on the poster of one of its teacher's teams, at one level, until she takes it off."""

    __tablename__ = "team_shares"
    __table_args__ = (
        ForeignKeyConstraint(["cycle_id", "owner_id"], ["cycles.id", "cycles.owner_id"]),
        one_of("level", TEAM_LEVELS),
        Index(
            "uq_team_shares_live",
            "cycle_id",
            "team_id",
            unique=True,
            info=only("revoked_at IS NULL"),
        ),
    )
    id: Mapped[Key]
    cycle_id: Mapped[uuid.UUID]
    owner_id: Mapped[uuid.UUID]  # whose cycle it is
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id"), index=True)
    level: Mapped[Word]
    shared_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]


class Comment(Base):
    """A word from a colleague about a cycle."""

    __tablename__ = "comments"
    __table_args__ = (ForeignKeyConstraint(["cycle_id", "owner_id"], ["cycles.id", "cycles.owner_id"]),)
    id: Mapped[Key]
    cycle_id: Mapped[uuid.UUID] = mapped_column(index=True)
    owner_id: Mapped[uuid.UUID]  # whose cycle it is
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    words: Mapped[Prose]
    written_at: Mapped[Moment]
