"""What a network is trying: aim, drivers, change ideas."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from survey_app.db import Base, Key, Line, Moment, Prose


class Aim(Base):
    """What, for whom, how much, by when."""

    __tablename__ = "aims"
    id: Mapped[Key]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    what: Mapped[Prose]
    for_whom: Mapped[Line]
    how_much: Mapped[Line]
    by_when: Mapped[Line]
    created_at: Mapped[Moment]


class Driver(Base):
    """Something that moves the aim; a secondary driver has a parent."""

    __tablename__ = "drivers"
    id: Mapped[Key]
    aim_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("aims.id"), index=True)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("drivers.id"))
    name: Mapped[Line]
    position: Mapped[int]


class ChangeIdea(Base):
    """A change to try in a lesson: the network's own, or one teacher's."""

    __tablename__ = "change_ideas"
    id: Mapped[Key]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    driver_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("drivers.id"))
    name: Mapped[Line]
    description: Mapped[Prose] = mapped_column(default="")
    created_at: Mapped[Moment]
    archived_at: Mapped[Moment | None]


class DiagramVersion(Base):
    """The whole diagram as it stood after one change, so that nothing written is lost.

    ``nodes`` is ``[[key, parent's key or none, text], ...]`` as an outline reads, the aim first.
    """

    __tablename__ = "diagram_versions"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
    )
    id: Mapped[Key]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    number: Mapped[int]
    nodes: Mapped[list[list[str | None]]] = mapped_column(JSON)
    aim: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))  # its four lines, to restore
    saved_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    saved_at: Mapped[Moment]
